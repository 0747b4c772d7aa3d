"""Reports of acceptance checks."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from catalog.models.base import Model, new_id


class AcceptanceReport(Model):
    """What an acceptance check (验收条件核验) of one project found on one day, with its digest."""

    __tablename__ = "acceptance_report"

    id: Mapped[str] = mapped_column(String(20), primary_key=True, default=new_id)
    project_id: Mapped[str] = mapped_column(ForeignKey("project.id"), index=True)
    as_of: Mapped[date]
    verdict: Mapped[str] = mapped_column(String(20))
    items: Mapped[list[Any]]
    digest: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(100))
