"""The public directory: what there is and which release of it is in force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, case, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from catalog import deliveries, lists
from catalog.calendar import work_calendar
from catalog.errors import NotFound
from catalog.facets import Freshness, QualityGrade
from catalog.models import Delivery, Department, Grant, Release, Resource, SearchEntry
from catalog.prepared import Prepared
from catalog.search_index import releases_in_force
from catalog.shelf import current_until
from catalog.vocab import Base, FormatClass, ResourceState, ShareType, UpdateCycle

_VISIBLE = (ResourceState.PUBLISHED, ResourceState.PLANNED)


@dataclass(frozen=True, slots=True)
class Listing:
    """A resource with its release in force, None before the first.

    as_of: the last day that its data speak of. bases: that it belongs to or feeds. titles: of its items.
    """

    resource: Resource
    release: Release | None
    as_of: date | None = None
    bases: tuple[Base, ...] = ()
    titles: tuple[str, ...] = ()

    @property
    def rows(self) -> int | None:
        return None if self.release is None else int(self.release.tables[self.resource.table_name])


class Card(NamedTuple):
    """A resource as lists show it, in any state; release, released_at and rows are None before the first release."""

    id: str
    slug: str
    code: str | None
    name: str
    abstract: str
    provider: str
    provider_name: str
    share_type: ShareType
    share_condition: str
    is_open: bool
    format_class: FormatClass
    update_cycle: UpdateCycle
    state: ResourceState
    unit: str
    table: str
    release: str | None
    released_at: datetime | None
    rows: int | None


_CARDS = Prepared(
    # in the order of a card's fields
    select(
        *(getattr(Resource, name) for name in ("id", "slug", "code", "name", "abstract")),
        *(Department.slug.label("provider"), Department.name.label("provider_name")),
        *(getattr(Resource, name) for name in ("share_type", "share_condition", "is_open", "format_class")),
        *(Resource.update_cycle, Resource.state, Resource.unit, Resource.table_name.label("table")),
        *(Release.release_id.label("release"), Release.created_at.label("released_at"), Release.tables),
    )
    .join(Department, Department.id == Resource.provider_id)
    .join(SearchEntry, SearchEntry.resource_id == Resource.id)
    .outerjoin(Release, (Release.unit == Resource.unit) & (Release.release_id == SearchEntry.release_id))
    .where(Resource.id.in_(bindparam("ids", expanding=True)))
)


def cards(db: Session, ids: Sequence[str]) -> list[Card]:
    """These resources in this order, in one statement; those that are gone are left out."""
    found = {row.id: _card(row) for row in _CARDS.rows(db, {"ids": list(ids)})}
    return [found[i] for i in ids if i in found]


def published_list(provider_id: str | None) -> lists.Listing[Resource]:
    """Published resources by name, of one provider or of all, to search, sort and cut."""
    query = select(Resource).join(Department, Resource.provider_id == Department.id)
    query = query.where(Resource.state == ResourceState.PUBLISHED)
    return lists.Listing(
        query if provider_id is None else query.where(Resource.provider_id == provider_id),
        {"name": Resource.name, "provider": Department.name, "share": Resource.share_type, "slug": Resource.slug},
        [Resource.name, Resource.slug],
        (Resource.name, Resource.slug, Resource.code, Department.name),
        ("provider", "share"),
        load=[contains_eager(Resource.provider)],
    )


def open_list() -> lists.Listing[Card]:
    """The resources that are open to everybody, found by their names; by default the shortest names first."""
    query = select(Resource.id).join(SearchEntry, SearchEntry.resource_id == Resource.id)
    entry = SearchEntry
    return lists.Listing(
        query.where(Resource.state == ResourceState.PUBLISHED, Resource.is_open),
        {"name": entry.spelling + "\n" + entry.name, "newest": case((entry.release_id.is_not(None), entry.as_of))},
        [func.length(entry.name), Resource.slug],
        (entry.name,),
        backwards=("newest",),
        made=lambda db, rows: cards(db, [row.id for row in rows]),
    )


def _card(row: Any) -> Card:
    """Of a row that ends with the tables of a release, which tell the rows of one."""
    return Card._make((*row[:-1], int(row.tables[row.table]) if row.tables else None))


def page(db: Session, after: str, limit: int) -> tuple[list[Listing], str | None]:
    """Published resources in the order of slugs; the slug to go on after, None at the end."""
    query = select(Resource.id).where(Resource.state == ResourceState.PUBLISHED, Resource.slug > after)
    found = db.scalars(query.order_by(Resource.slug).limit(limit + 1)).all()
    listed = listings(db, found[:limit])
    return listed, listed[-1].resource.slug if len(found) > limit else None


def listings(db: Session, ids: Sequence[str]) -> list[Listing]:
    """These resources in this order, with providers, releases and items; those that are gone are left out."""
    query = select(Resource).options(joinedload(Resource.provider), selectinload(Resource.items))
    found = {resource.id: resource for resource in db.scalars(query.where(Resource.id.in_(ids)))}
    entries = {entry.resource_id: entry for entry in db.scalars(_ENTRIES, {"ids": list(found)})}
    current = releases_in_force(db, {resource.unit for resource in found.values()})
    return [_listing(found[i], current.get(found[i].unit), entries.get(i)) for i in ids if i in found]


_ENTRIES = select(SearchEntry).where(SearchEntry.resource_id.in_(bindparam("ids", expanding=True)))


def _listing(resource: Resource, release: Release | None, entry: SearchEntry | None) -> Listing:
    return Listing(
        resource,
        release,
        as_of=entry.as_of if entry else None,
        bases=tuple(Base(base) for base in entry.bases.split("\n") if base) if entry else (),
        titles=tuple(item.title for item in resource.items),
    )


def freshness(db: Session, listing: Listing, today: date) -> Freshness:
    """Whether the data in force are as new as the update cycle promises; as search says it."""
    found = listing.resource
    if listing.release is None:
        return Freshness.NONE
    lead_days = 1 if found.is_base_table else found.lead_days
    until = current_until(found.update_cycle, listing.as_of, lead_days, work_calendar(db))
    return Freshness.LATE if until < today.toordinal() else Freshness.CURRENT


def quality(listing: Listing) -> QualityGrade:
    """The grade of the release in force."""
    return QualityGrade.of(listing.release.share_passed if listing.release else None)


def providers(db: Session) -> Sequence[Department]:
    """The departments with a published resource, by slug."""
    providing = select(Resource.provider_id).where(Resource.state == ResourceState.PUBLISHED)
    return db.scalars(select(Department).where(Department.id.in_(providing)).order_by(Department.slug)).all()


def get(db: Session, slug: str) -> Listing:
    """A published or planned resource; raises NotFound for one that the public does not know."""
    found = db.scalar(select(Resource).where(Resource.slug == slug, Resource.state.in_(_VISIBLE)))
    if found is None:
        raise NotFound(f"目录中没有资源「{slug}」", remedy="在 /v1/resources 中查找", resource=slug)
    (listing,) = listings(db, [found.id])
    return listing


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
    grants = db.scalar(select(func.count()).select_from(Grant).where(Grant.revoked_at.is_(None), ~Grant.is_probe)) or 0
    return Totals(resources, departments, open_resources, grants)
