"""The states of a demand, and the one way from one to another.

asked -> assigned            the authority finds the department whose duty it is
assigned -> asked            that department says it is not; the authority looks further
asked, assigned -> met       a published resource answers it
asked, assigned -> refused   with a reason of the list and words
asked, assigned -> withdrawn
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from catalog.deadlines import Deadline
from catalog.errors import Conflict
from catalog.models import Demand, DemandEvent

ASKED, ASSIGNED, MET, REFUSED, WITHDRAWN = "asked", "assigned", "met", "refused", "withdrawn"
OPEN = (ASKED, ASSIGNED)
LABELS = {ASKED: "待指派", ASSIGNED: "待答复", MET: "已满足", REFUSED: "不予满足", WITHDRAWN: "已撤回"}


def close(db: Session, found: Demand, state: str, now: datetime) -> None:
    """End the demand in a state; raises Conflict when it has ended."""
    move(db, found, state, out_of=OPEN)
    found.closed_at = now


def move(db: Session, found: Demand, to: str, *, out_of: Collection[str], due: Deadline | None = None) -> None:
    """Take the demand to another state; of two who try at once, the second gets Conflict."""
    db.flush()
    taken = update(Demand).where(Demand.id == found.id, Demand.state.in_(out_of))
    taken = taken.values(state=to, moves=Demand.moves + 1, escalated_at=None)
    won = db.execute(taken.execution_options(synchronize_session=False)).rowcount  # type: ignore[attr-defined]
    db.refresh(found)
    if not won:
        raise Conflict(f"需求现在的状态是「{LABELS[found.state]}」，不能做这一步", remedy="刷新后查看", demand=found.id)
    set_due(found, due)


def set_due(found: Demand, due: Deadline | None) -> None:
    """Set the term of the step that is on, or none."""
    found.due_at, found.is_due_provisional = (due.at, due.is_provisional) if due else (None, False)


def note(
    found: Demand, what: str, department_id: str, *, by: str, now: datetime, text: str = "", reason_code: str = ""
) -> None:
    """Write down one step."""
    found.events.append(
        DemandEvent(department_id=department_id, what=what, reason_code=reason_code, text=text.strip(), at=now, by=by)
    )
