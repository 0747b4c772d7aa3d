"""Projects, their systems, and the dated rules that clocks and acceptance read."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.models.base import Model, new_id
from catalog.models.organisation import Department


class Project(Model):
    """A government IT project (政务信息化项目); kind and state carry the workbook's Chinese term."""

    __tablename__ = "project"

    id: Mapped[str] = mapped_column(String(20), primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    department_id: Mapped[str] = mapped_column(ForeignKey("department.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20))
    go_live_date: Mapped[date | None]
    statement: Mapped[str] = mapped_column(String(500), default="")

    department: Mapped[Department] = relationship()
    systems: Mapped[list[System]] = relationship(back_populates="project")


class System(Model):
    """A system that a project builds; resources are registered under it."""

    __tablename__ = "system"

    id: Mapped[str] = mapped_column(String(20), primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    project_id: Mapped[str] = mapped_column(ForeignKey("project.id"), index=True)

    project: Mapped[Project] = relationship(back_populates="systems")


class RuleRow(Model):
    """A dated rule: a clock, a threshold or an acceptance item; never applied before `valid_from`.

    kind: `article` (law) or `local rule`. blocks: a failed acceptance item forbids acceptance.
    """

    __tablename__ = "rule_row"
    __table_args__ = (UniqueConstraint("code", "valid_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), index=True)
    title: Mapped[str] = mapped_column(String(200))
    article: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(20))
    blocks: Mapped[bool] = mapped_column(default=True)
    value: Mapped[float | None]
    unit: Mapped[str] = mapped_column(String(20), default="")
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]

    def is_in_force(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


class CalendarDay(Model):
    """A day that the authority entered itself: it overrides the built-in official calendar."""

    __tablename__ = "calendar_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    is_working: Mapped[bool]
    source: Mapped[str] = mapped_column(String(200))
