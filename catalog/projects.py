"""Projects, what they registered, and the dated rules that speak of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from catalog.errors import NotFound
from catalog.models import Project, Resource, RuleRow, System

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


_RULE = (
    select(RuleRow)
    .where(RuleRow.code == bindparam("code"), RuleRow.valid_from <= bindparam("on"))
    .where(or_(RuleRow.valid_to.is_(None), RuleRow.valid_to > bindparam("on")))
    .order_by(RuleRow.valid_from.desc())
    .limit(1)
)
