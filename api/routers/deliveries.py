"""Deliveries by a department's own program, and what was found in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from api import present, schemas
from api.deps import GUARDED, Db, House, SignedIn
from api.handover import deliver, require_provider
from api.uploads import received
from catalog import checked, deliveries, resources
from catalog.roles import Action, require

router = APIRouter(prefix="/v1", tags=["deliveries"], dependencies=GUARDED)

_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
            "multipart/form-data": {
                "schema": {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}}
            },
        },
    }
}


@router.post("/resources/{slug}/deliveries", status_code=201, openapi_extra=_BODY)
async def send(
    slug: str,
    request: Request,
    house: House,
    caller: SignedIn,
    period: Annotated[str | None, Query(max_length=12, description="default: the period of today")] = None,
    sequence: Annotated[int | None, Query(ge=1)] = None,
    zero_report: bool = False,
    secrecy_reviewer: Annotated[str, Query(max_length=50, description="who reviewed this delivery for secrets")] = "",
) -> schemas.DeliveryOut:
    """Deliver one file for one period; it is checked later, and its state tells the outcome."""
    await run_in_threadpool(require_provider, house, caller, slug)
    async with received(request, house) as upload:
        return await run_in_threadpool(
            deliver, house, caller, slug, upload, period, sequence, zero_report, secrecy_reviewer
        )


@router.get("/resources/{slug}/deliveries")
def list_deliveries(slug: str, db: Db, caller: SignedIn) -> list[schemas.DeliveryOut]:
    """The newest 100 deliveries of a resource, for its provider and the stewards."""
    resource = resources.get(db, slug)
    require(caller, Action.READ_DELIVERIES, resource.provider_id)
    return [present.delivery(each) for each in deliveries.history(db, resource)]


@router.get("/deliveries/{delivery_id}")
def read_delivery(delivery_id: str, db: Db, caller: SignedIn) -> schemas.DeliveryDetail:
    """A delivery and its findings."""
    found = deliveries.get(db, delivery_id)
    require(caller, Action.READ_DELIVERIES, found.resource.provider_id)
    return present.delivery_detail(found)


@router.get(
    "/deliveries/{delivery_id}/rows",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
def read_rows(
    delivery_id: str, db: Db, house: House, caller: SignedIn, rule: str = "", item: str = ""
) -> StreamingResponse:
    """The row numbers of every finding as CSV; no values."""
    found = deliveries.get(db, delivery_id)
    require(caller, Action.READ_DELIVERIES, found.resource.provider_id)
    return StreamingResponse(_csv(checked.finding_rows(house.store, found.id, rule, item)), media_type="text/csv")


def _csv(rows: Iterator[tuple[str, str, int]]) -> Iterator[str]:
    yield "rule,item,row\r\n"
    for rule, item, row in rows:
        yield f"{rule},{item},{row}\r\n"
