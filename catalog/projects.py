"""Projects, what they registered, and the dated rules that speak of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session, joinedload

from catalog.errors import NotFound
from catalog.lists import Listing
from catalog.models import AcceptanceReport, Department, Project, Resource, RuleRow, System

# kinds of project that bring data; the others file a signed statement instead
DATA_KINDS = ("软件开发", "系统集成")
UNDER_CONSTRUCTION = "在建"


def get(db: Session, code: str) -> Project:
    """The project of that code; raises NotFound."""
    found = db.scalar(select(Project).where(Project.code == code))
    if found is None:
        raise NotFound(f"没有编码为「{code}」的项目", project=code)
    return found


def listed(db: Session) -> Sequence[Project]:
    """Every project, by code."""
    return db.scalars(select(Project).order_by(Project.code)).all()


@dataclass(frozen=True, slots=True)
class Checked:
    """A project with what the newest report on it says, None before the first."""

    project: Project
    verdict: str | None


def listing(department_id: str | None) -> Listing[Checked]:
    """The projects of a department, by code; None for all."""
    report = AcceptanceReport
    newest = select(report.verdict).where(report.project_id == Project.id).order_by(report.made_at.desc()).limit(1)
    verdict = newest.correlate(Project).scalar_subquery()
    query = select(Project, verdict).join(Department, Project.department_id == Department.id)
    return Listing(
        query if department_id is None else query.where(Project.department_id == department_id),
        {
            "name": Project.name,
            "department": Department.name,
            "kind": Project.kind,
            "state": Project.state,
            "live": Project.go_live_date,
            "verdict": verdict,
        },
        [Project.code],
        (Project.name, Project.code, Department.name),
        ("department", "kind", "state", "verdict"),
        load=[joinedload(Project.department)],
        made=lambda db, rows: [Checked(*row) for row in rows],
    )


def awaiting_acceptance(db: Session) -> Sequence[Project]:
    """The projects under construction, by code: those whose acceptance is still to come."""
    return db.scalars(select(Project).where(Project.state == UNDER_CONSTRUCTION).order_by(Project.code)).all()


def resources_of(db: Session, project: Project) -> Sequence[Resource]:
    """The resources registered under the project's systems."""
    query = select(Resource).join(System, Resource.system_id == System.id).where(System.project_id == project.id)
    return db.scalars(query.order_by(Resource.slug)).all()


def rule(db: Session, code: str, on: date) -> RuleRow | None:
    """The rule in force on a day; None when it did not hold yet, for rules never reach back."""
    return db.scalars(_RULE, {"code": code, "on": on}).first()


def rules(db: Session, code: str) -> Sequence[RuleRow]:
    """Every rule of a code, the newest first."""
    return db.scalars(_RULES, {"code": code}).all()


_RULES = select(RuleRow).where(RuleRow.code == bindparam("code")).order_by(RuleRow.valid_from.desc())
_RULE = (
    select(RuleRow)
    .where(RuleRow.code == bindparam("code"), RuleRow.valid_from <= bindparam("on"))
    .where(or_(RuleRow.valid_to.is_(None), RuleRow.valid_to > bindparam("on")))
    .order_by(RuleRow.valid_from.desc())
    .limit(1)
)
