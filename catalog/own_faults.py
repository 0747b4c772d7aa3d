"""Faults of linking and merging that come out when a decision takes them back: the authority's own, with a term.

The order stands until the next build publishes the records as they should be.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog import departments, order_lists, quality_orders, releases
from catalog.errors import NoRelease, ReleaseExpired
from catalog.faults import Fault
from catalog.identities import KINDS
from catalog.models import Resource
from catalog.order_states import LIVING
from catalog.quality_orders import Look
from catalog.vocab import Dimension, Side

LINK_WRONG, MERGE_WRONG = "LINK_WRONG", "MERGE_WRONG"
_TEXTS = {
    LINK_WRONG: ("记录关联错误", "核对关联，改正后重新构建"),
    MERGE_WRONG: ("记录合并错误", "核对合并，改正后重新构建"),
}


def taken_back(db: Session, kind: str, rule: str, *, now: datetime, zone: ZoneInfo) -> None:
    """Open the authority's order on the records of a kind, or count one more under it; nothing before a first release."""
    base, _ = KINDS[kind]
    resource = db.scalar(select(Resource).where(Resource.unit == base.value, Resource.table_name == kind))
    release_id = _in_force(db, base.value)
    if resource is None or release_id is None:
        return
    authority = departments.authority(db)
    known = order_lists.find(db, rule, resource.id, authority.id)
    before = known.count if known is not None and known.state in LIVING else 0
    message, remedy = _TEXTS[rule]
    fault = Fault(rule, resource.id, authority.id, Dimension.ACCURATE, Side.VERIFIER, before + 1, message, remedy)
    quality_orders.open_fault(db, fault, Look(now, zone, unit=base.value, release_id=release_id))


def _in_force(db: Session, unit: str) -> str | None:
    try:
        return releases.in_force(db, unit).release_id
    except (NoRelease, ReleaseExpired):
        return None
