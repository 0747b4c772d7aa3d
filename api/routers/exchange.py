"""Records under a grant: one by its key, by a value in the body, page by page."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from api import increments, origins, records
from api.deps import Asked
from api.direct import DirectRoute
from api.schemas import ChangesOut, LookupIn, OriginsOut, PageOut

router = APIRouter(prefix="/v1/data/{resource}", tags=["data"], route_class=DirectRoute)

GrantId = Annotated[str | None, Query(description="needed when several grants are live")]
ReleaseId = Annotated[str | None, Query(max_length=40, description="answer from this release, under the view of today")]
AsOf = Annotated[date | None, Query(description="answer from the release in force at the end of this day")]


@router.get("/records/{record_key}")
async def read_record(
    record_key: str, asked: Asked, grant: GrantId = None, release: ReleaseId = None, as_of: AsOf = None
) -> Response:
    """One record by its platform key."""
    asked.past(release, as_of)
    return await records.one(asked, record_key, grant)


@router.get("/records/{record_key}/origins", response_model=OriginsOut)
async def read_origins(
    record_key: str, asked: Asked, grant: GrantId = None, release: ReleaseId = None, as_of: AsOf = None
) -> Response:
    """Which department, resource, delivery and row said each item of a base's record, and when."""
    asked.past(release, as_of)
    return await origins.of_record(asked, record_key, grant)


@router.post("/lookup", response_model=PageOut)
async def look_up(
    sent: LookupIn, asked: Asked, grant: GrantId = None, release: ReleaseId = None, as_of: AsOf = None
) -> Response:
    """The records that hold an identifier, or a value of a column that may be asked for."""
    asked.past(release, as_of)
    return await records.by_value(asked, sent, grant)


@router.get("/records", response_model=PageOut)
async def read_page(
    asked: Asked,
    limit: Annotated[int, Query(ge=1, le=100)] = 100,
    cursor: str | None = None,
    grant: GrantId = None,
    release: ReleaseId = None,
    as_of: AsOf = None,
) -> Response:
    """A page in the order of keys; its cursor stays on the release it began with."""
    asked.past(release, as_of)
    return await records.page(asked, limit, cursor, grant)


@router.get("/changes", response_model=ChangesOut)
async def read_changes(
    asked: Asked,
    since: Annotated[str, Query(min_length=1, max_length=40, description="the release that the caller holds")],
    limit: Annotated[int, Query(ge=1, le=100)] = 100,
    cursor: str | None = None,
    grant: GrantId = None,
) -> Response:
    """What changed since a release, as the grant shows it: inserts, updates with their columns, deletes."""
    return await increments.page(asked, since, limit, cursor, grant)
