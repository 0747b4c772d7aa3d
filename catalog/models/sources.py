"""One source per item (一数一源): who leads a base, who holds an item, where two departments hold the same."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.models.base import Model, new_id
from catalog.models.organisation import Department
from catalog.models.resources import DataItem, Resource

# two departments' items are compared by title or by code list and name, to-do lists look at states, among 100,000
Index("ix_data_item_title", DataItem.title)
Index("ix_data_item_code_list_name", DataItem.code_list, DataItem.name)
Index("ix_resource_state", Resource.state)


class BaseLead(Model):
    """The lead department (牵头部门) of a base between two days."""

    __tablename__ = "base_lead"
    __table_args__ = (UniqueConstraint("base", "valid_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    base: Mapped[str] = mapped_column(String(40), index=True)
    department_id: Mapped[str] = mapped_column(ForeignKey("department.id"))
    basis: Mapped[str] = mapped_column(String(300), default="")
    settled_by: Mapped[str] = mapped_column(String(100))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]

    department: Mapped[Department] = relationship()


class ItemSource(Model):
    """The authoritative department (数源部门) of an item, by meaning, between two days.

    meaning: see `catalog.meanings`.
    """

    __tablename__ = "item_source"
    __table_args__ = (Index("ix_item_source_meaning_valid_from", "meaning", "valid_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    meaning: Mapped[str] = mapped_column(String(200))
    title: Mapped[str] = mapped_column(String(100))
    department_id: Mapped[str] = mapped_column(ForeignKey("department.id"), index=True)
    resource_id: Mapped[str] = mapped_column(ForeignKey("resource.id"))
    basis: Mapped[str] = mapped_column(String(300))
    settled_by: Mapped[str] = mapped_column(String(100))
    settled_at: Mapped[datetime]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]

    department: Mapped[Department] = relationship()
    resource: Mapped[Resource] = relationship()


class SourceConflict(Model):
    """A second department registered an item that another holds already; the authority settles it.

    outcome: `holder` (the first stays the source), `newcomer` (the source moves), `different` (not the same item).
    """

    __tablename__ = "source_conflict"
    __table_args__ = (
        UniqueConstraint("resource_id", "item", "holder_resource_id"),
        Index("ix_source_conflict_state_found_at", "state", "found_at"),
    )

    id: Mapped[str] = mapped_column(String(20), primary_key=True, default=new_id)
    meaning: Mapped[str] = mapped_column(String(200))
    item: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(100))
    resource_id: Mapped[str] = mapped_column(ForeignKey("resource.id"))
    department_id: Mapped[str] = mapped_column(ForeignKey("department.id"), index=True)
    holder_resource_id: Mapped[str] = mapped_column(ForeignKey("resource.id"))
    holder_id: Mapped[str] = mapped_column(ForeignKey("department.id"), index=True)
    state: Mapped[str] = mapped_column(String(20))
    found_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    is_due_provisional: Mapped[bool] = mapped_column(default=False)
    escalated_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(String(20), default="")
    basis: Mapped[str] = mapped_column(String(300), default="")
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str] = mapped_column(String(100), default="")

    resource: Mapped[Resource] = relationship(foreign_keys=resource_id)
    holder_resource: Mapped[Resource] = relationship(foreign_keys=holder_resource_id)
    department: Mapped[Department] = relationship(foreign_keys=department_id)
    holder: Mapped[Department] = relationship(foreign_keys=holder_id)
