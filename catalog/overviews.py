"""What pages list: deliveries and resources of a department, quality by department, who uses a resource."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import CTE, BigInteger, ColumnElement, Float, cast, func, select
from sqlalchemy.orm import Session, aliased, joinedload

from catalog import resources
from catalog.lists import Listing, Named
from catalog.models import (
    Delivery,
    Department,
    FindingRow,
    Grant,
    GrantVersion,
    Publication,
    Release,
    Resource,
    ResourceVersion,
    SearchEntry,
)
from catalog.vocab import DeliveryState, Dimension, ResourceState


def deliveries(department_id: str | None, *where: ColumnElement[bool]) -> Listing[Delivery]:
    """Deliveries of a department's resources, None for all departments', last received first."""
    query = select(Delivery).join(Resource, Delivery.resource_id == Resource.id)
    provider = Named(Resource.provider_id, Department.id, Department.name)
    if department_id is not None:
        query = query.where(Resource.provider_id == department_id)
    share = cast(Delivery.good, Float) / func.nullif(Delivery.rows, 0)
    return Listing(
        query.where(*where),
        {
            "resource": Resource.name,
            "period": Delivery.period,
            "provider": provider,
            "state": Delivery.state,
            "received": Delivery.received_at,
            "channel": Delivery.channel,
            "rows": Delivery.rows,
            "bad": Delivery.bad,
            "share": share,
            "reason": Delivery.held_reason,
        },
        [Delivery.received_at.desc(), Delivery.id],
        (Resource.name, Resource.slug, provider, Delivery.period, Delivery.filename, Delivery.held_reason),
        ("provider", "state", "channel"),
        load=[joinedload(Delivery.resource).joinedload(Resource.provider)],
    )


def held() -> Listing[Delivery]:
    """Deliveries that wait for a steward, the longest waiting first."""
    found = deliveries(None, Delivery.state == DeliveryState.HELD)
    return replace(found, order=[Delivery.received_at, Delivery.id])


@dataclass(frozen=True, slots=True)
class Kept:
    """A resource that a department keeps, with its newest delivery, None before the first."""

    resource: Resource
    latest: Delivery | None


def kept(department_id: str | None = None) -> Listing[Kept]:
    """The resources of a department in every state, base tables apart, by slug; None for all departments.

    The index of resources finds and counts them; resources and deliveries themselves are read for one page.
    """
    entry = SearchEntry
    query = select(entry.resource_id, entry.newest_id).where(entry.is_own)
    if department_id is not None:
        query = query.where(entry.provider_id == department_id)
    provider = Named(entry.provider_id, Department.id, Department.name)
    return Listing(
        query,
        {
            "name": entry.title,
            "provider": provider,
            "life": entry.state,
            "cycle": entry.update_cycle,
            "period": entry.newest_period,
            "state": entry.newest_state,
            "share": entry.newest_share,
            "received": entry.newest_received_at,
        },
        [entry.slug],
        (entry.title, entry.slug, provider, entry.newest_period),
        ("provider", "life", "cycle", "state"),
        made=_kept,
    )


def _kept(db: Session, rows: Sequence[Any]) -> list[Kept]:
    found = resources.by_id(db, [row.resource_id for row in rows])
    newest = {
        d.id: d
        for d in db.scalars(select(Delivery).where(Delivery.id.in_([row.newest_id for row in rows if row.newest_id])))
    }
    return [Kept(found[row.resource_id], newest.get(row.newest_id)) for row in rows]


@dataclass(slots=True)
class DepartmentQuality:
    """The newest checked delivery of each of a department's resources, added up.

    findings: rows with a finding by dimension, those found at the builds in force included. returned: resources whose
    newest delivery went back.
    """

    department: Department
    resources: int = 0
    delivered: int = 0
    returned: int = 0
    rows: int = 0
    good: int = 0
    findings: dict[Dimension, int] = field(default_factory=dict)

    @property
    def share_good(self) -> float | None:
        return self.good / self.rows if self.rows else None

    @property
    def found(self) -> int:
        return sum(self.findings.values())


def quality(db: Session, department_id: str | None = None) -> Sequence[DepartmentQuality]:
    """Quality by department, of those that keep published resources; None for all departments."""
    return quality_list(department_id).all(db)


def quality_list(department_id: str | None = None) -> Listing[DepartmentQuality]:
    """The same as a list to search, sort and cut."""
    kept, faults = _checked_of(department_id), _faults_of(department_id)
    shown = {dimension: func.coalesce(faults.c[dimension.value], 0) for dimension in Dimension}
    query = select(Department, kept, *(count.label(f"of_{dimension}") for dimension, count in shown.items()))
    query = query.join(kept, kept.c.provider_id == Department.id)
    query = query.outerjoin(faults, faults.c.department_id == Department.id).where(kept.c.resources > 0)
    return Listing(
        query,
        {
            "department": Department.name,
            **{name: kept.c[name] for name in ("resources", "delivered", "returned")},
            "rows": func.coalesce(kept.c.rows, 0),
            "share": cast(kept.c.good, Float) / func.nullif(kept.c.rows, 0),
            **{dimension.value: count for dimension, count in shown.items()},
        },
        [Department.slug],
        (Department.name, Department.slug),
        made=_qualities,
        is_counted_along=True,
    )


def _checked_of(department_id: str | None) -> CTE:
    """By department: its published resources, and their newest checked deliveries added up."""
    entry = SearchEntry
    is_published = entry.state == ResourceState.PUBLISHED
    query = select(
        entry.provider_id,
        func.count().filter(is_published).label("resources"),
        func.count(entry.checked_id).label("delivered"),
        func.count().filter(entry.checked_state == DeliveryState.RETURNED).label("returned"),
        _sum(entry.checked_rows).label("rows"),
        _sum(entry.checked_good).label("good"),
    ).where(entry.is_own)
    if department_id is not None:
        query = query.where(entry.provider_id == department_id)
    return query.group_by(entry.provider_id).cte("kept")


def _faults_of(department_id: str | None) -> CTE:
    """By department: rows with a finding of each dimension, of what it must act on."""
    counts = (_sum(FindingRow.count).filter(FindingRow.dimension == each).label(each.value) for each in Dimension)
    query = select(FindingRow.department_id, *counts).where(_standing())
    if department_id is not None:
        query = query.where(FindingRow.department_id == department_id)
    return query.group_by(FindingRow.department_id).cte("faults")


def _sum(column: Any) -> Any:
    """As a whole number on either engine; PostgreSQL's sums are decimals."""
    return func.sum(column, type_=BigInteger)


def _standing() -> ColumnElement[bool]:
    """Findings of resources' newest checked deliveries, and of the builds in force."""
    entry = SearchEntry
    checked = select(entry.resource_id).where(entry.resource_id == FindingRow.resource_id)
    checked = checked.where(entry.checked_id == FindingRow.delivery_id)
    said, since = aliased(Publication), aliased(Publication)
    replaced = select(since.id).where(since.unit == said.unit, since.id > said.id)
    in_force = select(said.release_id).where(~replaced.exists())
    return checked.exists() | FindingRow.release_id.in_(in_force)


def _qualities(db: Session, rows: Sequence[Any]) -> list[DepartmentQuality]:
    return [
        DepartmentQuality(
            *(row.Department, row.resources, row.delivered, row.returned, int(row.rows or 0), int(row.good or 0)),
            {each: int(count) for each in Dimension if (count := getattr(row, f"of_{each}"))},
        )
        for row in rows
    ]


def findings_of(db: Session, department_id: str) -> Sequence[FindingRow]:
    """What a department must act on or is told of: in its resources' newest deliveries and in the builds in force.

    Its own come first.
    """
    whose = (FindingRow.department_id == department_id) | (FindingRow.other_id == department_id)
    load = (joinedload(FindingRow.resource), joinedload(FindingRow.department), joinedload(FindingRow.other))
    order = (FindingRow.department_id != department_id, FindingRow.id)
    return db.scalars(select(FindingRow).where(whose, _standing()).options(*load).order_by(*order)).all()


def found_at_build(db: Session, release: Release) -> Sequence[FindingRow]:
    """The conflicts that a base's build met."""
    query = select(FindingRow).where(FindingRow.release_id == release.release_id, FindingRow.delivery_id.is_(None))
    load = (joinedload(FindingRow.department), joinedload(FindingRow.other), joinedload(FindingRow.resource))
    return db.scalars(query.options(*load).order_by(FindingRow.id)).all()


def consumers(db: Session, resource: Resource, now: datetime) -> Sequence[Grant]:
    """The living grants of a resource."""
    newest = select(func.max(GrantVersion.id)).group_by(GrantVersion.grant_id)
    query = (
        select(Grant)
        .join(GrantVersion)
        .where(
            Grant.resource_id == resource.id,
            Grant.revoked_at.is_(None),
            ~Grant.is_probe,
            GrantVersion.id.in_(newest),
            GrantVersion.expires_at > now,
        )
    )
    return db.scalars(query.options(joinedload(Grant.department)).order_by(Grant.id)).unique().all()


def versions(db: Session, resource: Resource) -> Sequence[ResourceVersion]:
    """A resource's versions, newest first."""
    query = select(ResourceVersion).where(ResourceVersion.resource_id == resource.id)
    return db.scalars(query.order_by(ResourceVersion.version.desc())).all()


def publications(db: Session, unit: str, limit: int = 100) -> Sequence[Publication]:
    """What was put in force when by whom, newest first."""
    query = select(Publication).where(Publication.unit == unit).order_by(Publication.id.desc())
    return db.scalars(query.limit(limit)).all()
