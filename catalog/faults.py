"""Findings added up as faults: one for each rule, resource and responsible department."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from catalog import departments
from catalog.models import Department, FindingRow
from catalog.vocab import Dimension, Outcome, Side

LATE = "DELIVERY_LATE"
# what the house could not check
CHECK_FAILED = "CHECK_FAILED"
# what the authority itself did when it linked, merged or chose
AUTHORITY_RULES = ("LINK_WRONG", "MERGE_WRONG", "CHOICE_WRONG")
# what no delivery can pass
NOT_OF_ROWS = (LATE, *AUTHORITY_RULES)
Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Fault:
    """Findings of one rule, resource and department added up; accepted: those that are accepted exceptions."""

    rule: str
    resource_id: str
    department_id: str
    dimension: Dimension
    side: Side
    count: int
    message: str
    remedy: str = ""
    accepted: int = 0

    @property
    def key(self) -> Key:
        return self.rule, self.resource_id, self.department_id


def responsible(db: Session, rule: str, department: Department) -> Department:
    """Who answers for findings of a rule: the authority for what it linked, merged or chose, else the department."""
    return departments.authority(db) if rule in AUTHORITY_RULES else department


def fault_of(row: FindingRow) -> Fault:
    """The fault that one finding is."""
    names = ("rule", "department_id", "dimension", "side", "count", "message", "remedy")
    return Fault(resource_id=row.resource.id, **{name: getattr(row, name) for name in names})


def faults(db: Session, *where: ColumnElement[bool]) -> list[Fault]:
    """Findings that somebody must act on, added up by rule, resource and department; the platform mends the rest."""
    table = FindingRow
    keys = (table.rule, table.resource_id, table.department_id)
    query = select(
        *keys,
        func.min(table.dimension),
        func.min(table.side),
        func.sum(table.count),
        func.min(table.message),
        func.min(table.remedy),
        func.sum(table.accepted),
    )
    wanted = query.where(*where, table.outcome != Outcome.NORMALISE).group_by(*keys).order_by(*keys)
    return [Fault(*row) for row in db.execute(wanted)]


def others(db: Session, rule: str, resource_id: str, department_id: str, release_id: str | None) -> list[Department]:
    """The other departments whose data a build held against the responsible one's, by slug."""
    table = FindingRow
    own = (table.rule == rule, table.resource_id == resource_id, table.department_id == department_id)
    query = select(Department).join(table, table.other_id == Department.id).where(*own, table.release_id == release_id)
    return list(db.scalars(query.distinct().order_by(Department.slug)))
