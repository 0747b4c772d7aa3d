"""From finding to end: quality orders, explanations, accepted exceptions, corrections."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.models.base import Model, new_id, term_column
from catalog.models.organisation import Department
from catalog.models.resources import Resource
from catalog.vocab import Dimension, Side


class QualityOrder(Model):
    """A quality order (整改通知单): one per rule, resource and responsible department, however often it opens.

    unit: the base whose build found it, "" for what a delivery or the schedule found. state: open, explained, closed.
    count: findings at the newest look, those of accepted exceptions left out. closed_how: passed, explained.
    """

    __tablename__ = "quality_order"
    __table_args__ = (
        UniqueConstraint("resource_id", "rule", "department_id"),
        Index("ix_quality_order_state_due_at", "state", "due_at"),
        Index("ix_quality_order_department_id_state", "department_id", "state"),
    )

    id: Mapped[str] = mapped_column(String(20), primary_key=True, default=new_id)
    rule: Mapped[str] = mapped_column(String(40))
    resource_id: Mapped[str] = mapped_column(ForeignKey("resource.id"))
    department_id: Mapped[str] = mapped_column(ForeignKey("department.id"))
    unit: Mapped[str] = mapped_column(String(64), default="", index=True)
    dimension: Mapped[Dimension] = mapped_column(term_column(Dimension))
    side: Mapped[Side] = mapped_column(term_column(Side))
    state: Mapped[str] = mapped_column(String(20))
    moves: Mapped[int] = mapped_column(default=0)
    count: Mapped[int]
    message: Mapped[str] = mapped_column(String(500), default="")
    remedy: Mapped[str] = mapped_column(String(500), default="")
    period: Mapped[str] = mapped_column(String(12), default="")
    delivery_id: Mapped[str | None] = mapped_column(ForeignKey("delivery.id"), index=True)
    release_id: Mapped[str | None] = mapped_column(String(40))
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    is_due_provisional: Mapped[bool] = mapped_column(default=False)
    reminded_at: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_how: Mapped[str] = mapped_column(String(20), default="")
    times: Mapped[int] = mapped_column(default=1)

    resource: Mapped[Resource] = relationship()
    department: Mapped[Department] = relationship()
    steps: Mapped[list[QualityOrderStep]] = relationship(
        order_by="QualityOrderStep.id", cascade="all, delete-orphan", back_populates="order"
    )
    explanations: Mapped[list[OrderExplanation]] = relationship(
        order_by="OrderExplanation.made_at", cascade="all, delete-orphan", back_populates="order"
    )


class QualityOrderStep(Model):
    """One step of an order: opened, reopened, reminded, escalated, explained, approved, rejected, closed.

    opened_at, due_at: of the opening that the step begins or ends, and the end of its term; None for steps between.
    """

    __tablename__ = "quality_order_step"
    __table_args__ = (Index("ix_quality_order_step_what_at", "what", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("quality_order.id"), index=True)
    what: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(100))
    text: Mapped[str] = mapped_column(String(500), default="")
    count: Mapped[int | None]
    delivery_id: Mapped[str | None] = mapped_column(String(20))
    release_id: Mapped[str | None] = mapped_column(String(40))
    due_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]

    order: Mapped[QualityOrder] = relationship(back_populates="steps")


class OrderExplanation(Model):
    """What a department says instead of mending, with evidence; outcome None until the authority decides.

    evidence_digest: SHA-256 of a file in the store, "" without one. delivery_id, release_id: whose rows it speaks of.
    """

    __tablename__ = "order_explanation"

    id: Mapped[str] = mapped_column(String(20), primary_key=True, default=new_id)
    order_id: Mapped[str] = mapped_column(ForeignKey("quality_order.id"), index=True)
    text: Mapped[str] = mapped_column(String(2000))
    evidence_name: Mapped[str] = mapped_column(String(200), default="")
    evidence_digest: Mapped[str] = mapped_column(String(64), default="")
    evidence_size: Mapped[int] = mapped_column(default=0)
    delivery_id: Mapped[str | None] = mapped_column(String(20))
    release_id: Mapped[str | None] = mapped_column(String(40))
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(100))
    outcome: Mapped[str | None] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(500), default="")
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(String(100))

    order: Mapped[QualityOrder] = relationship(back_populates="explanations")


class AcceptedException(Model):
    """Rows that an approved explanation accepts for a time (例外); which ones, a file of the home names by keyed digest.

    ended_at: when what it covered was judged again after its last day.
    """

    __tablename__ = "accepted_exception"

    id: Mapped[str] = mapped_column(String(20), primary_key=True, default=new_id)
    explanation_id: Mapped[str] = mapped_column(ForeignKey("order_explanation.id"), unique=True)
    resource_id: Mapped[str] = mapped_column(ForeignKey("resource.id"), index=True)
    rule: Mapped[str] = mapped_column(String(40))
    count: Mapped[int]
    valid_from: Mapped[date]
    valid_to: Mapped[date]
    ended_at: Mapped[datetime | None]

    explanation: Mapped[OrderExplanation] = relationship()


class Correction(Model):
    """A correction request (校核申请): a consumer disputes one item of one record that it may read.

    claim, grounds, answer: sealed texts, for they may hold a person's values. assigned: who collected the value, or the
    authority where linking, merging or choosing is at fault (`fault`). state: asked, mended, refused, withdrawn.
    wrong_since: when the disputed value came into force, None when that was before the oldest release that is kept.
    """

    __tablename__ = "correction"
    __table_args__ = (
        Index("ix_correction_state_due_at", "state", "due_at"),
        Index("ix_correction_assigned_id_state", "assigned_id", "state"),
    )

    id: Mapped[str] = mapped_column(String(20), primary_key=True, default=new_id)
    resource_id: Mapped[str] = mapped_column(ForeignKey("resource.id"), index=True)
    record_key: Mapped[str] = mapped_column(String(20))
    item: Mapped[str] = mapped_column(String(64))
    release_id: Mapped[str] = mapped_column(String(40))
    grant_id: Mapped[str] = mapped_column(String(20))
    claim: Mapped[str] = mapped_column(Text)
    grounds: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text, default="")
    department_id: Mapped[str] = mapped_column(ForeignKey("department.id"), index=True)
    asked_at: Mapped[datetime]
    asked_by: Mapped[str] = mapped_column(String(100))
    assigned_id: Mapped[str] = mapped_column(ForeignKey("department.id"))
    source_id: Mapped[str] = mapped_column(ForeignKey("resource.id"))
    fault: Mapped[str] = mapped_column(String(20), default="")
    state: Mapped[str] = mapped_column(String(20))
    moves: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime | None]
    is_due_provisional: Mapped[bool] = mapped_column(default=False)
    reminded_at: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    fix_delivery_id: Mapped[str | None] = mapped_column(ForeignKey("delivery.id"))
    fix_release_id: Mapped[str | None] = mapped_column(String(40))
    wrong_since: Mapped[datetime | None]
    told: Mapped[int] = mapped_column(default=0)

    resource: Mapped[Resource] = relationship(foreign_keys=resource_id)
    source: Mapped[Resource] = relationship(foreign_keys=source_id)
    department: Mapped[Department] = relationship(foreign_keys=department_id)
    assigned: Mapped[Department] = relationship(foreign_keys=assigned_id)
    steps: Mapped[list[CorrectionStep]] = relationship(order_by="CorrectionStep.id", cascade="all, delete-orphan")


class CorrectionStep(Model):
    """One step of a correction: who did what and when; words stand sealed in the correction."""

    __tablename__ = "correction_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    correction_id: Mapped[str] = mapped_column(ForeignKey("correction.id"), index=True)
    what: Mapped[str] = mapped_column(String(20))
    department_id: Mapped[str] = mapped_column(ForeignKey("department.id"))
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(100))
