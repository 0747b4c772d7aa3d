"""The life of a catalog entry: steps with their clocks, revisions, notices, uploads, spills."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.models.base import Model, new_id
from catalog.models.organisation import Department
from catalog.models.resources import Resource


class CodeSerial(Model):
    """The last serial given under a code prefix; it only grows, so that no code is given twice."""

    __tablename__ = "code_serial"

    prefix: Mapped[str] = mapped_column(String(100), primary_key=True)
    last: Mapped[int]


class CatalogRevision(Model):
    """A change of a published resource (修订稿) on its way: the published version answers until it takes effect.

    kind: `content`, or `retirement` with empty content. state: draft, submitted, returned, approved, applied,
    withdrawn. breaking: what consumers would miss; consumers: slugs of the departments whose grants it touches.
    """

    __tablename__ = "catalog_revision"

    id: Mapped[str] = mapped_column(String(20), primary_key=True, default=new_id)
    resource_id: Mapped[str] = mapped_column(ForeignKey("resource.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20), index=True)
    content: Mapped[dict[str, Any]]
    breaking: Mapped[list[Any]]
    consumers: Mapped[list[Any]]
    reason: Mapped[str] = mapped_column(String(500))
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(100))
    effective_date: Mapped[date | None]
    is_provisional: Mapped[bool] = mapped_column(default=False)
    applied_at: Mapped[datetime | None]

    resource: Mapped[Resource] = relationship()


class LifeStep(Model):
    """One step in a resource's life: who did what when, and by when the next one is due.

    side: whose turn it is afterwards, `authority` or `department`, "" when nobody's. An open step
    (closed_at is None) past its due date is overdue. reasons: [{column, item, reason}] of a return.
    """

    __tablename__ = "life_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    resource_id: Mapped[str] = mapped_column(ForeignKey("resource.id"), index=True)
    revision_id: Mapped[str | None] = mapped_column(ForeignKey("catalog_revision.id"), index=True)
    step: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(100))
    note: Mapped[str] = mapped_column(String(500), default="")
    reasons: Mapped[list[Any]]
    side: Mapped[str] = mapped_column(String(20), default="")
    due: Mapped[date | None] = mapped_column(index=True)
    is_due_provisional: Mapped[bool] = mapped_column(default=False)
    closed_at: Mapped[datetime | None]

    resource: Mapped[Resource] = relationship()


class Notice(Model):
    """Something that a department must know: kind for programs, text for people, due when it must act."""

    __tablename__ = "notice"
    __table_args__ = (Index("ix_notice_department_id_read_at", "department_id", "read_at"),)

    id: Mapped[str] = mapped_column(String(20), primary_key=True, default=new_id)
    department_id: Mapped[str] = mapped_column(ForeignKey("department.id"))
    kind: Mapped[str] = mapped_column(String(40), index=True)
    subject: Mapped[str] = mapped_column(String(100))
    text: Mapped[str] = mapped_column(String(1000))
    due: Mapped[date | None]
    is_due_provisional: Mapped[bool] = mapped_column(default=False)
    sent_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    read_by: Mapped[str | None] = mapped_column(String(100))

    department: Mapped[Department] = relationship()


class CatalogUpload(Model):
    """One workbook that was handed in: what was wrong, what would be mended, what it changed."""

    __tablename__ = "catalog_upload"

    id: Mapped[str] = mapped_column(String(20), primary_key=True, default=new_id)
    department_id: Mapped[str] = mapped_column(ForeignKey("department.id"), index=True)
    filename: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(100))
    outcome: Mapped[str] = mapped_column(String(20))
    faults: Mapped[list[Any]]
    fixes: Mapped[list[Any]]
    changed: Mapped[list[Any]]


class Spill(Model):
    """A spill (泄密处置): data that should never have been here, frozen, then erased.

    derived: what came of the bytes, by kind; stays as the tombstone. state: frozen, lifted, erased.
    """

    __tablename__ = "spill"

    id: Mapped[str] = mapped_column(String(20), primary_key=True, default=new_id)
    state: Mapped[str] = mapped_column(String(20), index=True)
    reason: Mapped[str] = mapped_column(Text)
    derived: Mapped[dict[str, Any]]
    frozen_at: Mapped[datetime]
    frozen_by: Mapped[str] = mapped_column(String(100))
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None] = mapped_column(String(100))


class SpillPart(Model):
    """One thing that a spill holds back: bytes, a delivery, a release. subject: digest, id or `unit/release_id`."""

    __tablename__ = "spill_part"
    __table_args__ = (UniqueConstraint("spill_id", "kind", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    spill_id: Mapped[str] = mapped_column(ForeignKey("spill.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(String(120), index=True)
    is_active: Mapped[bool] = mapped_column(default=True)
