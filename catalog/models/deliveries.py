"""Deliveries and what was found in them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.models.base import Model, new_id, term_column
from catalog.models.organisation import Department
from catalog.models.resources import Resource
from catalog.vocab import Channel, DeliveryState, Dimension, Outcome, Side


class Delivery(Model):
    """One delivery (数据报送批次): bytes of one resource for one period.

    digest: SHA-256 of the stored bytes. A claim is `lease_owner` until `lease_until`. verdict: by the thresholds in
    force when it was settled, "" before. excepted: bad rows that accepted exceptions cover. rules_version: of the suite
    that judged the rows, "" where none did. attempts: how often its check was begun since it came in.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("resource_id", "period", "sequence"),
        Index("ix_delivery_state_received_at", "state", "received_at"),
        Index("ix_delivery_resource_id_state", "resource_id", "state"),
        Index("ix_delivery_resource_id_received_at", "resource_id", "received_at"),
    )

    id: Mapped[str] = mapped_column(String(20), primary_key=True, default=new_id)
    resource_id: Mapped[str] = mapped_column(ForeignKey("resource.id"))
    period: Mapped[str] = mapped_column(String(12))
    sequence: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    filename: Mapped[str] = mapped_column(String(300))
    size: Mapped[int]
    channel: Mapped[Channel] = mapped_column(term_column(Channel))
    delivered_by: Mapped[str] = mapped_column(String(100))
    secrecy_reviewer: Mapped[str] = mapped_column(String(50), default="")
    is_zero_report: Mapped[bool] = mapped_column(default=False)
    state: Mapped[DeliveryState] = mapped_column(term_column(DeliveryState))
    received_at: Mapped[datetime] = mapped_column(index=True)
    lease_owner: Mapped[str | None] = mapped_column(String(100))
    lease_until: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    rows: Mapped[int | None]
    good: Mapped[int | None]
    bad: Mapped[int | None]
    held_reason: Mapped[str] = mapped_column(String(300), default="")
    verdict: Mapped[str] = mapped_column(String(20), default="")
    excepted: Mapped[int] = mapped_column(default=0)
    rules_version: Mapped[str] = mapped_column(String(16), default="")
    attempts: Mapped[int] = mapped_column(default=0)

    resource: Mapped[Resource] = relationship()
    findings: Mapped[list[FindingRow]] = relationship(cascade="all, delete-orphan")
    wrong_rows: Mapped[list[WrongRows]] = relationship(cascade="all, delete-orphan")


class FindingRow(Model):
    """A finding (质量问题), the department that must act and the other one it concerns; counts and row numbers, no values.

    Found in a delivery (`delivery_id`), at a build (`release_id`), or by the schedule (neither). accepted: how many of
    the count are accepted exceptions.
    """

    __tablename__ = "finding"
    __table_args__ = (
        Index("ix_finding_rule_resource_id_period", "rule", "resource_id", "period"),
        Index("ix_finding_department_id_rule", "department_id", "rule"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    resource_id: Mapped[str] = mapped_column(ForeignKey("resource.id"), index=True)
    delivery_id: Mapped[str | None] = mapped_column(ForeignKey("delivery.id"), index=True)
    release_id: Mapped[str | None] = mapped_column(String(40), index=True)
    period: Mapped[str] = mapped_column(String(12), default="")
    rule: Mapped[str] = mapped_column(String(40))
    dimension: Mapped[Dimension] = mapped_column(term_column(Dimension))
    outcome: Mapped[Outcome] = mapped_column(term_column(Outcome))
    side: Mapped[Side] = mapped_column(term_column(Side))
    department_id: Mapped[str] = mapped_column(ForeignKey("department.id"))
    other_id: Mapped[str | None] = mapped_column(ForeignKey("department.id"), index=True)
    item: Mapped[str] = mapped_column(String(64), default="")
    count: Mapped[int]
    accepted: Mapped[int] = mapped_column(default=0)
    message: Mapped[str] = mapped_column(String(500))
    remedy: Mapped[str] = mapped_column(String(500), default="")
    first_rows: Mapped[list[Any]]
    found_at: Mapped[datetime]

    department: Mapped[Department] = relationship(foreign_keys=[department_id])
    other: Mapped[Department | None] = relationship(foreign_keys=[other_id])
    resource: Mapped[Resource] = relationship()


class WrongRows(Model):
    """How many rows of a delivery have a finding in a dimension, accepted exceptions left out."""

    __tablename__ = "wrong_rows"

    delivery_id: Mapped[str] = mapped_column(ForeignKey("delivery.id"), primary_key=True)
    dimension: Mapped[Dimension] = mapped_column(term_column(Dimension), primary_key=True)
    rows: Mapped[int]
