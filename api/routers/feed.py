"""The open catalog for harvesters: DCAT-AP 3 in JSON-LD."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from sqlalchemy.orm import Session
from starlette.responses import StreamingResponse

from api import dcat
from api.deps import Db, House
from api.house import Exchange
from catalog import departments, directory, verdicts
from catalog.policy import is_open

router = APIRouter(prefix="/v1", tags=["catalog"])

MEDIA_TYPE = "application/ld+json"
_ANSWER: dict[int | str, dict[str, Any]] = {200: {"content": {MEDIA_TYPE: {"schema": {"type": "object"}}}}}
_PAGE = 200


@router.get("/catalog.jsonld", response_class=StreamingResponse, responses=_ANSWER)
def catalog(db: Db, house: House, request: Request) -> StreamingResponse:
    """Every published resource as a dataset."""
    departments.authority(db)
    base = str(request.base_url).rstrip("/")
    return StreamingResponse(_pieces(house, base), media_type=MEDIA_TYPE)


def _pieces(house: Exchange, base: str) -> Iterator[str]:
    with house.transaction() as db:
        yield from dcat.catalog(base, departments.authority(db), directory.providers(db), _published(db, house.today))


def _published(db: Session, today: date) -> Iterator[dcat.Listed]:
    """Each with whether everybody may download it, and the verdict on what it serves."""
    after: str | None = ""
    while after is not None:
        found, after = directory.page(db, after, _PAGE)
        for each in found:
            may_download = each.release is not None and is_open(db, each.resource, today)
            yield each, may_download, verdicts.standing(db, each.resource, each.release, today)
        db.expunge_all()
