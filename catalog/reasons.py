"""The reasons for which sharing, or a demand, may be refused (不予共享理由): dated rows with their article."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from catalog.errors import Invalid
from catalog.models import RefusalReason

SHARING, DEMAND = "sharing", "demand"


def listed(db: Session, used_for: str, on: date) -> Sequence[RefusalReason]:
    """The reasons in force on a day, by code."""
    table = RefusalReason
    query = select(table).where(table.used_for.in_((used_for, "both")), table.valid_from <= on)
    return db.scalars(query.where(or_(table.valid_to.is_(None), table.valid_to > on)).order_by(table.code)).all()


def require(db: Session, used_for: str, code: str, text: str, on: date) -> RefusalReason:
    """The reason of a refusal; raises Invalid unless it is on the list and explained in words."""
    known = {reason.code: reason for reason in listed(db, used_for, on)}
    if code not in known or not text.strip():
        raise Invalid(
            "不予共享须从理由清单中选择一项，并写明具体情况",
            remedy="理由代码：" + "、".join(f"{r.code} {r.title}" for r in known.values()),
            reasons=sorted(known),
        )
    return known[code]
