"""The public directory: published resources by page and by words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, joinedload

from catalog import deliveries, releases
from catalog.errors import NoRelease, NotFound
from catalog.models import DataItem, Delivery, Grant, Release, Resource
from catalog.vocab import ResourceState

_VISIBLE = (ResourceState.PUBLISHED, ResourceState.PLANNED)


@dataclass(frozen=True, slots=True)
class Listing:
    """A published resource with its release in force, None before the first."""

    resource: Resource
    release: Release | None

    @property
    def rows(self) -> int | None:
        return None if self.release is None else int(self.release.tables[self.resource.table_name])


def page(db: Session, words: str, after: str, limit: int) -> tuple[list[Listing], str | None]:
    """Published resources in the order of slugs that hold every word in name, abstract, slug, code or item title;
    the slug to go on after, None at the end."""
    query = select(Resource).options(joinedload(Resource.provider)).where(Resource.state == ResourceState.PUBLISHED)
    for word in words.split()[:10]:
        query = query.where(_holds(word))
    found = db.scalars(query.where(Resource.slug > after).order_by(Resource.slug).limit(limit + 1)).all()
    listed = [Listing(resource, release_of(db, resource)) for resource in found[:limit]]
    return listed, found[limit - 1].slug if len(found) > limit else None


def _holds(word: str) -> ColumnElement[bool]:
    in_items = select(DataItem.resource_id).where(DataItem.title.contains(word, autoescape=True))
    columns = (Resource.name, Resource.abstract, Resource.slug, Resource.code)
    return or_(*(column.contains(word, autoescape=True) for column in columns), Resource.id.in_(in_items))


def get(db: Session, slug: str) -> Listing:
    """A published or planned resource; raises NotFound for one that the public does not know."""
    found = db.scalar(select(Resource).where(Resource.slug == slug, Resource.state.in_(_VISIBLE)))
    if found is None:
        raise NotFound(f"目录中没有资源「{slug}」", remedy="在 /v1/resources 中查找", resource=slug)
    return Listing(found, release_of(db, found))


def release_of(db: Session, resource: Resource) -> Release | None:
    """The release in force, None before the first."""
    try:
        return releases.in_force(db, resource.unit)
    except NoRelease:
        return None


def last_delivery(db: Session, resource: Resource) -> Delivery | None:
    """The newest delivery, None for a table of a base."""
    history: Sequence[Delivery] = deliveries.history(db, resource, limit=1)
    return history[0] if history else None


@dataclass(frozen=True, slots=True)
class Totals:
    """What is published, in numbers; grants: those that were not revoked."""

    resources: int
    departments: int
    open_resources: int
    grants: int


def totals(db: Session) -> Totals:
    """Published resources, the departments that keep them, how many are open, grants in use."""
    published = Resource.state == ResourceState.PUBLISHED
    query = select(
        func.count(), func.count(Resource.provider_id.distinct()), func.count().filter(Resource.is_open)
    ).where(published)
    resources, departments, open_resources = db.execute(query).one()
    grants = db.scalar(select(func.count()).select_from(Grant).where(Grant.revoked_at.is_(None))) or 0
    return Totals(resources, departments, open_resources, grants)
