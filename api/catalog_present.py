"""Catalog entries and their life as what goes over the wire."""

from __future__ import annotations

from sqlalchemy.orm import Session

from api import catalog_schemas as schemas
from catalog import entry_form, life_steps, resources, revisions, writing
from catalog.models import Department, Resource


def entry(db: Session, found: Resource) -> schemas.EntryOut:
    revision = revisions.open_of(db, found) or revisions.waiting_of(db, found)
    returned = life_steps.last_return(db, found)
    return schemas.EntryOut(
        slug=found.slug,
        code=found.code,
        department=found.provider.slug,
        state=found.state.value,
        state_label=found.state.label,
        version=found.version,
        stamp=entry_form.stamp_of(db, found),
        content=resources.plain_content(writing.entry_of(db, found).content()),
        revision=schemas.RevisionOut.model_validate(revision) if revision else None,
        returned=returned.reasons if returned else [],
    )


def overdue(db: Session, found: life_steps.Overdue) -> schemas.OverdueOut:
    return schemas.OverdueOut(
        side=found.side,
        department=db.get_one(Department, found.department_id).slug,
        resource=found.resource.slug,
        step=found.step,
        since=found.since,
        due=found.due,
        is_provisional=found.is_provisional,
    )
