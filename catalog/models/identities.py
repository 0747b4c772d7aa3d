"""Who is the same: decisions on natural keys, and on statements without an identifier. Rows are added, never changed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.models.base import Model
from catalog.models.organisation import Department


class IdentityDecision(Model):
    """Two natural keys name one thing, or no longer; of a pair the newest row counts.

    kind: of platform keys. kept, other: sealed natural keys; merged, the thing stands under the first. kept_key,
    other_key: the record keys they had. reason, evidence: sealed, for they may name a person.
    """

    __tablename__ = "identity_decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40), index=True)
    is_same: Mapped[bool]
    kept: Mapped[str] = mapped_column(Text)
    other: Mapped[str] = mapped_column(Text)
    kept_key: Mapped[str] = mapped_column(String(20))
    other_key: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text)
    evidence: Mapped[str] = mapped_column(Text)
    department_id: Mapped[str] = mapped_column(ForeignKey("department.id"))
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(100))

    department: Mapped[Department] = relationship()


class LinkageDecision(Model):
    """A reviewer's answer on a statement without a valid identifier: whose it is; the newest row of a statement counts.

    statement_key: opaque, as the build makes it. record_key: None for a statement that speaks of nobody known.
    """

    __tablename__ = "linkage_decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    statement_key: Mapped[str] = mapped_column(String(20), index=True)
    record_key: Mapped[str | None] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text)
    department_id: Mapped[str] = mapped_column(ForeignKey("department.id"))
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(100))
