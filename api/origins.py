"""Whence the values of a record come: department, resource, delivery, row and time of each item that a grant shows."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.question import Question
from basedb import provenance, read
from basedb.provenance import Origin
from catalog import identities, resources
from catalog.access import Access
from catalog.errors import NotFound
from catalog.grants import LOOKUP
from catalog.models import Delivery
from catalog.vocab import Mask


async def of_record(asked: Question, record_key: str, grant_id: str | None) -> Response:
    """The origins of the record's items; raises NotFound for a record that the grant does not show."""
    asked.about([record_key])
    access = await asked.enter(LOOKUP, grant_id)
    if read.record(await asked.connection(access), access.view, record_key) is None:
        raise NotFound("没有这条记录，或授权不含这条记录", remedy="核对记录键；记录键由查询或分页得到")
    found = await run_in_threadpool(_origins, asked, access, record_key)
    return await asked.answer(access.view, {"record_key": record_key, "origins": found}, len(found))


def _origins(asked: Question, access: Access, record_key: str) -> list[dict[str, Any]]:
    house, view = asked.exchange, access.view
    items = [column.name for column in view.columns if column.mask is not Mask.HIDDEN]
    with house.transaction() as db:
        same = [(natural, into) for _, natural, into in identities.same_as(db, house.keys)]
        found = provenance.origins(
            view.directory, view.table, record_key, items, house.store.releases, house.engine, same
        )
        ids = {each.delivery_id for each in found if each.delivery_id}
        deliveries = {d.id: d for d in db.scalars(select(Delivery).where(Delivery.id.in_(ids)))}
        owners = {slug: resources.get(db, slug).provider.slug for slug in {each.resource for each in found}}
        return [_line(each, owners[each.resource], deliveries.get(each.delivery_id or "")) for each in found]


def _line(found: Origin, owner: str, delivery: Delivery | None) -> dict[str, Any]:
    return {
        "item": found.item,
        "department": found.department or owner,
        "resource": found.resource,
        "release": found.release_id,
        "delivery": found.delivery_id,
        "row": found.row,
        "as_of": found.as_of,
        "period": delivery.period if delivery else None,
        "received_at": delivery.received_at if delivery else None,
    }
