"""The states of a quality order, and the one way from one to another.

open -> explained -> closed | open    the department explains, the authority approves or rejects
open, explained -> closed             a delivery or build passes
closed -> open                        the fault comes back
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import update
from sqlalchemy.orm import Session

from catalog.deadlines import deadline
from catalog.errors import Conflict
from catalog.models import QualityOrder, QualityOrderStep

OPEN, EXPLAINED, CLOSED = "open", "explained", "closed"
LIVING = (OPEN, EXPLAINED)
LABELS = {OPEN: "整改中", EXPLAINED: "说明待审", CLOSED: "已销号"}
# how an order closes
PASSED, ACCEPTED = "passed", "accepted"
CLOCK = "correct"


def take(db: Session, found: QualityOrder, to: str, *, out_of: Collection[str], **values: Any) -> bool:
    """Take the order to another state; of two who try at once, one is told False."""
    db.flush()
    taken = update(QualityOrder).where(QualityOrder.id == found.id, QualityOrder.state.in_(out_of))
    taken = taken.values(state=to, moves=QualityOrder.moves + 1, **values)
    won = db.execute(taken.execution_options(synchronize_session=False)).rowcount  # type: ignore[attr-defined]
    db.refresh(found)
    return bool(won)


def move(db: Session, found: QualityOrder, to: str, *, out_of: Collection[str], **values: Any) -> None:
    """The same for somebody who waits for it; raises Conflict when the order is in another state."""
    if not take(db, found, to, out_of=out_of, **values):
        raise Conflict(
            f"整改通知单现在的状态是「{LABELS[found.state]}」，不能做这一步", remedy="刷新后查看", order=found.id
        )


def term(db: Session, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """What an order that opens now is told of its term."""
    due = deadline(db, CLOCK, now, zone)
    return {
        "opened_at": now,
        "due_at": due.at if due else None,
        "is_due_provisional": due is not None and due.is_provisional,
        "reminded_at": None,
        "escalated_at": None,
        "closed_at": None,
        "closed_how": "",
    }


def note(found: QualityOrder, what: str, *, by: str, now: datetime, text: str = "") -> None:
    """Write down one step, with the findings, delivery or release and term that the order has then."""
    found.steps.append(
        QualityOrderStep(
            what=what,
            at=now,
            by=by,
            text=text.strip()[:500],
            count=found.count,
            delivery_id=found.delivery_id,
            release_id=found.release_id,
            opened_at=found.opened_at,
            due_at=found.due_at,
        )
    )
