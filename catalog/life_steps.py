"""The dated steps of a catalog entry's life: written, read, and looked for when they are late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from catalog import departments
from catalog.calendar import Due
from catalog.models import CatalogRevision, LifeStep, Resource

AUTHORITY, DEPARTMENT = "authority", "department"


@dataclass(frozen=True, slots=True)
class Overdue:
    """A step that is late. side: `authority` or `department`; department_id: whose to-do list it stands on."""

    side: str
    department_id: str
    resource: Resource
    step: str
    since: datetime
    due: date
    is_provisional: bool


def history(db: Session, resource: Resource) -> Sequence[LifeStep]:
    """Every step of a resource, oldest first."""
    query = select(LifeStep).where(LifeStep.resource_id == resource.id)
    return db.scalars(query.order_by(LifeStep.id)).all()


def last_return(db: Session, resource: Resource) -> LifeStep | None:
    """The newest return that still waits to be mended."""
    query = select(LifeStep).where(
        LifeStep.resource_id == resource.id, LifeStep.step == "returned", LifeStep.closed_at.is_(None)
    )
    return db.scalar(query.order_by(LifeStep.id.desc()).limit(1))


def overdue(db: Session, today: date) -> list[Overdue]:
    """Every step past its due date, the oldest first, for the dashboards of both sides."""
    query = (
        select(LifeStep)
        .options(joinedload(LifeStep.resource).joinedload(Resource.provider))
        .where(LifeStep.closed_at.is_(None), LifeStep.due < today, LifeStep.side != "")
        .order_by(LifeStep.due, LifeStep.id)
    )
    steps = db.scalars(query).all()
    authority = departments.authority(db).id if any(s.side == AUTHORITY for s in steps) else ""
    return [_overdue(step, step.due, authority) for step in steps if step.due is not None]


def _overdue(step: LifeStep, due: date, authority: str) -> Overdue:
    owner = authority if step.side == AUTHORITY else step.resource.provider_id
    return Overdue(step.side, owner, step.resource, step.step, step.at, due, step.is_due_provisional)


def write_step(
    db: Session,
    resource: Resource,
    revision: CatalogRevision | None,
    step: str,
    side: str,
    *,
    now: datetime,
    by: str,
    due: Due | None = None,
    note: str = "",
    reasons: Sequence[Mapping[str, str]] = (),
) -> None:
    """Write a step; it closes those that were open."""
    still_open = update(LifeStep).where(LifeStep.resource_id == resource.id, LifeStep.closed_at.is_(None))
    db.execute(still_open.values(closed_at=now).execution_options(synchronize_session=False))
    db.add(
        LifeStep(
            resource_id=resource.id,
            revision_id=revision.id if revision else None,
            step=step,
            at=now,
            by=by,
            note=note[:500],
            reasons=list(reasons),
            side=side,
            due=due.day if due else None,
            is_due_provisional=due.is_provisional if due else False,
            closed_at=None if side else now,
        )
    )
    db.flush()
