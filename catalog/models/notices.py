"""What departments are told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from catalog.models.base import Model


class Notice(Model):
    """A message to a department; kind names what it is about, subject the thing's id."""

    __tablename__ = "notice"
    __table_args__ = (Index("ix_notice_department_id_created_at", "department_id", "created_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    department_id: Mapped[str] = mapped_column(ForeignKey("department.id"))
    kind: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(100))
    text: Mapped[str] = mapped_column(String(500))
    due: Mapped[datetime | None]
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
