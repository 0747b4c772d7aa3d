"""The states of a sharing request, and the one way from one to another.

checking -> returned -> checking    the authority's check of conformity; back once at most
checking -> asked                   departments answer
asked -> granted | refused          all agree, or one does not
refused -> disputed                 and an answer that does not come in time: asked -> disputed
disputed -> granted | refused       the authority decides, and that is the end
any open state -> withdrawn
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from catalog.deadlines import Deadline
from catalog.errors import Conflict
from catalog.models import Decision, SharingRequest

CHECKING, RETURNED, ASKED, GRANTED = "checking", "returned", "asked", "granted"
REFUSED, DISPUTED, WITHDRAWN = "refused", "disputed", "withdrawn"
LABELS = {
    CHECKING: "待合规性审查",
    RETURNED: "退回补正",
    ASKED: "待答复",
    GRANTED: "已授权",
    REFUSED: "不予共享",
    DISPUTED: "争议处理中",
    WITHDRAWN: "已撤回",
}
OPEN = (CHECKING, RETURNED, ASKED, DISPUTED)


def move(db: Session, found: SharingRequest, to: str, *, out_of: Collection[str], due: Deadline | None = None) -> None:
    """Take the request to another state; of two who try at once, the second gets Conflict."""
    values = {
        "state": to,
        "due_at": due.at if due else None,
        "is_due_provisional": due is not None and due.is_provisional,
        "escalated_at": None,
    }
    _take(db, found, out_of, values)


def hold(db: Session, found: SharingRequest, *, in_state: str) -> None:
    """Keep others out of the request until the transaction ends; raises Conflict when it is in another state."""
    _take(db, found, (in_state,), {})


def _take(db: Session, found: SharingRequest, states: Collection[str], values: Mapping[str, object]) -> None:
    db.flush()
    taken = update(SharingRequest).where(SharingRequest.id == found.id, SharingRequest.state.in_(states))
    taken = taken.values(moves=SharingRequest.moves + 1, **values).execution_options(synchronize_session=False)
    won = db.execute(taken).rowcount  # type: ignore[attr-defined]
    db.refresh(found)
    for answer in found.answers:
        db.refresh(answer)
    if not won:
        raise Conflict(
            f"申请现在的状态是「{LABELS[found.state]}」，不能做这一步",
            remedy="刷新后查看已有的处理",
            request=found.id,
            state=found.state,
        )


def is_overdue(found: SharingRequest, now: datetime) -> bool:
    """Whether an answer did not come in time; a request on which the clock has been called is, whatever its term."""
    return found.state == ASKED and (
        found.escalated_at is not None or (found.due_at is not None and found.due_at <= now)
    )


def note(
    found: SharingRequest,
    step: str,
    outcome: str,
    department_id: str,
    *,
    by: str,
    now: datetime,
    reason: str = "",
    reason_code: str = "",
) -> None:
    """Write down one step: who, when, why."""
    found.decisions.append(
        Decision(
            department_id=department_id,
            step=step,
            outcome=outcome,
            reason=reason.strip(),
            reason_code=reason_code,
            decided_at=now,
            decided_by=by,
        )
    )
