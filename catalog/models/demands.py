"""Demand for data that nobody has registered (供需对接)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.models.base import Model, new_id
from catalog.models.organisation import Department
from catalog.models.resources import Resource


class Demand(Model):
    """A consumer's wish for data, which ends in a resource or in a reasoned no.

    state: asked, assigned, met, refused, withdrawn. due_at: the end of the step that is on.
    """

    __tablename__ = "demand"
    __table_args__ = (
        Index("ix_demand_state_due_at", "state", "due_at"),
        Index("ix_demand_assigned_id_state", "assigned_id", "state"),
    )

    id: Mapped[str] = mapped_column(String(20), primary_key=True, default=new_id)
    department_id: Mapped[str] = mapped_column(ForeignKey("department.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(String(2000))
    purpose: Mapped[str] = mapped_column(String(500))
    legal_basis: Mapped[str] = mapped_column(String(500))
    update_cycle: Mapped[str] = mapped_column(String(24), default="")
    state: Mapped[str] = mapped_column(String(20))
    moves: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[datetime]
    asked_by: Mapped[str] = mapped_column(String(100))
    assigned_id: Mapped[str | None] = mapped_column(ForeignKey("department.id"))
    due_at: Mapped[datetime | None]
    is_due_provisional: Mapped[bool] = mapped_column(default=False)
    escalated_at: Mapped[datetime | None]
    resource_id: Mapped[str | None] = mapped_column(ForeignKey("resource.id"))
    closed_at: Mapped[datetime | None]

    department: Mapped[Department] = relationship(foreign_keys=department_id)
    assigned: Mapped[Department | None] = relationship(foreign_keys=assigned_id)
    resource: Mapped[Resource | None] = relationship()
    events: Mapped[list[DemandEvent]] = relationship(order_by="DemandEvent.id", cascade="all, delete-orphan")


class DemandEvent(Model):
    """One step of a demand: who did what, when and why."""

    __tablename__ = "demand_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    demand_id: Mapped[str] = mapped_column(ForeignKey("demand.id"), index=True)
    department_id: Mapped[str] = mapped_column(ForeignKey("department.id"))
    what: Mapped[str] = mapped_column(String(20))
    reason_code: Mapped[str] = mapped_column(String(40), default="")
    text: Mapped[str] = mapped_column(String(500), default="")
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(100))
