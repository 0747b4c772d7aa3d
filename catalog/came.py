"""Whether a delivery counts for its period (到报): one that was returned does not, whatever it was.

It counts from its arrival on while nobody has judged it, and while it waits for a steward. One that the house itself
could not check counts, too: whoever sent it did so in time.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import aliased

from catalog.faults import CHECK_FAILED
from catalog.models import Delivery, FindingRow
from catalog.vocab import DeliveryState


def has_come() -> ColumnElement[bool]:
    """The condition on a delivery, for a query."""
    found = aliased(FindingRow)
    was_not_checked = select(found.delivery_id).where(found.rule == CHECK_FAILED, found.delivery_id.is_not(None))
    return or_(Delivery.state != DeliveryState.RETURNED, Delivery.id.in_(was_not_checked))
