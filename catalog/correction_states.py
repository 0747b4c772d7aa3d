"""The states of a correction request, and the one way from one to another.

asked -> asked                       the collector says that linking, merging or choosing is at fault: to the authority
asked -> mended | refused            by the department that has it, with proof or with a reason
asked -> withdrawn                   by the department that asked
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from catalog.errors import Conflict
from catalog.models import Correction, CorrectionStep

ASKED, MENDED, REFUSED, WITHDRAWN = "asked", "mended", "refused", "withdrawn"
LABELS = {ASKED: "待答复", MENDED: "已更正", REFUSED: "不予更正", WITHDRAWN: "已撤回"}
CLOCK = "correct"


def move(db: Session, found: Correction, to: str, *, out_of: Collection[str] = (ASKED,), **values: Any) -> None:
    """Take the request to another state; of two who try at once, the second gets Conflict."""
    db.flush()
    taken = update(Correction).where(Correction.id == found.id, Correction.state.in_(out_of))
    taken = taken.values(state=to, moves=Correction.moves + 1, **values)
    won = db.execute(taken.execution_options(synchronize_session=False)).rowcount  # type: ignore[attr-defined]
    db.refresh(found)
    if not won:
        raise Conflict(
            f"校核申请现在的状态是「{LABELS[found.state]}」，不能做这一步", remedy="刷新后查看", correction=found.id
        )


def note(found: Correction, what: str, department_id: str, *, by: str, now: datetime) -> None:
    """Write down one step; no words, for they may hold values."""
    found.steps.append(CorrectionStep(what=what, department_id=department_id, at=now, by=by))
