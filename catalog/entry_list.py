"""Catalog entries as lists show them: where each stands, what is under way, by when the next step is due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from catalog.lists import Listing
from catalog.models import CatalogRevision, DataItem, Department, LifeStep, Resource
from catalog.revisions import APPROVED, DRAFT, RETURNED, SUBMITTED
from catalog.vocab import ResourceState, ShareType, UpdateCycle

_OPEN = (DRAFT, SUBMITTED, RETURNED, APPROVED)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. revision: state of the change under way, "" without one; kind: content or retirement.

    side: whose turn it is, authority or department; due: by when.
    """

    id: str
    slug: str
    code: str | None
    name: str
    provider: str
    state: ResourceState
    share_type: ShareType
    update_cycle: UpdateCycle
    version: int
    published_date: date | None
    items: int = 0
    revision: str = ""
    kind: str = ""
    side: str = ""
    due: date | None = None
    is_provisional: bool = False


def of_department(department_id: str) -> Listing[Entry]:
    """Every entry of a department, by slug."""
    return _entries(Resource.provider_id == department_id)


def not_settled() -> Listing[Entry]:
    """Everybody's entries that are not published, or have a change under way."""
    changing = select(CatalogRevision.resource_id).where(CatalogRevision.state.in_(_OPEN))
    settled = (ResourceState.PUBLISHED, ResourceState.RETIRED)
    return _entries(or_(Resource.state.not_in(settled), Resource.id.in_(changing)))


def under_review() -> Listing[Entry]:
    """What waits for the authority, the soonest due first."""
    changing = select(CatalogRevision.resource_id).where(CatalogRevision.state == SUBMITTED)
    found = _entries(or_(Resource.state == ResourceState.SUBMITTED, Resource.id.in_(changing)))
    due = found.columns["due"]
    return replace(found, order=[due.is_(None), due, Resource.slug])


def waiting(db: Session, department_id: str | None) -> int:
    """How many entries of a department, None for everybody's, are not published, or have a change under way."""
    listing = not_settled()
    query = listing.query
    if department_id is not None:
        query = query.where(Resource.provider_id == department_id)
    return db.scalar(query.with_only_columns(func.count(), maintain_column_froms=True)) or 0


def _entries(which: ColumnElement[bool]) -> Listing[Entry]:
    names = ("id", "slug", "code", "name", "state", "share_type", "update_cycle", "version", "published_date")
    columns = [getattr(Resource, name) for name in names]
    query = select(*columns, Department.name.label("provider")).join(Department, Resource.provider_id == Department.id)
    items = select(func.count()).where(DataItem.resource_id == Resource.id).correlate(Resource)
    return Listing(
        query.where(which, ~Resource.is_base_table),
        {
            "name": Resource.name,
            "provider": Department.name,
            "life": Resource.state,
            "revision": _newest(CatalogRevision.kind + "." + CatalogRevision.state),
            "due": _step(LifeStep.due),
            "share": Resource.share_type,
            "cycle": Resource.update_cycle,
            "items": items.scalar_subquery(),
            "version": Resource.version,
            "published": Resource.published_date,
        },
        [Resource.slug],
        (Resource.name, Resource.code, Resource.slug, Department.name),
        ("provider", "life", "revision", "share", "cycle"),
        made=_made,
    )


def _newest(what: Any) -> Any:
    """Of the newest change under way."""
    mine = (CatalogRevision.resource_id == Resource.id, CatalogRevision.state.in_(_OPEN))
    query = select(what).where(*mine).order_by(CatalogRevision.made_at.desc(), CatalogRevision.id)
    return query.limit(1).correlate(Resource).scalar_subquery()


def _step(what: Any) -> Any:
    """Of the newest open step."""
    query = select(what).where(LifeStep.resource_id == Resource.id, LifeStep.closed_at.is_(None))
    return query.order_by(LifeStep.id.desc()).limit(1).correlate(Resource).scalar_subquery()


def _made(db: Session, rows: Sequence[Any]) -> list[Entry]:
    more = _more(db, [row.id for row in rows])
    return [Entry(**row._asdict(), **more.get(row.id, {})) for row in rows]


def _more(db: Session, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {each: {} for each in ids}
    counts = select(DataItem.resource_id, func.count()).where(DataItem.resource_id.in_(ids))
    for resource_id, count in db.execute(counts.group_by(DataItem.resource_id)):
        found[resource_id]["items"] = count
    table = CatalogRevision
    changing = select(table.resource_id, table.state, table.kind).where(table.resource_id.in_(ids))
    for resource_id, state, kind in db.execute(changing.where(table.state.in_(_OPEN)).order_by(table.made_at)):
        found[resource_id] |= {"revision": state, "kind": kind}
    step = LifeStep
    steps = select(step.resource_id, step.side, step.due, step.is_due_provisional).where(step.resource_id.in_(ids))
    for resource_id, side, due, is_provisional in db.execute(steps.where(step.closed_at.is_(None)).order_by(step.id)):
        found[resource_id] |= {"side": side, "due": due, "is_provisional": is_provisional}
    return found
