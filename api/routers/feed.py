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
from catalog.policy import open_forms

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
    """Each with the forms in which everybody may download it, and the verdict on what it serves."""
    after: str | None = ""
    while after is not None:
        found, after = directory.page(db, after, _PAGE)
        standings = verdicts.standings(db, [(each.resource, each.release) for each in found], today)
        for each in found:
            forms = open_forms(db, each.resource, today) if each.release is not None else ()
            yield each, forms, standings.get(each.resource.id)
        db.expunge_all()
