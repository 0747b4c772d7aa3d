"""What pages list: deliveries and resources of a department, quality by department, who uses a resource."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Float, Select, cast, func, select
from sqlalchemy.orm import Session, joinedload

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
from catalog.releases import current_ids
from catalog.vocab import DeliveryState, Dimension, ResourceState


def deliveries(department_id: str | None, *where: ColumnElement[bool]) -> Listing[Delivery]:
    """Deliveries of a department's resources, None for all departments', last received first."""
    query = select(Delivery).join(Resource, Delivery.resource_id == Resource.id)
    query = query.join(Department, Resource.provider_id == Department.id)
    if department_id is not None:
        query = query.where(Resource.provider_id == department_id)
    share = cast(Delivery.good, Float) / func.nullif(Delivery.rows, 0)
    return Listing(
        query.where(*where),
        {
            "resource": Resource.name,
            "period": Delivery.period,
            "provider": Department.name,
            "state": Delivery.state,
            "received": Delivery.received_at,
            "channel": Delivery.channel,
            "rows": Delivery.rows,
            "bad": Delivery.bad,
            "share": share,
            "reason": Delivery.held_reason,
        },
        [Delivery.received_at.desc(), Delivery.id],
        (Resource.name, Resource.slug, Department.name, Delivery.period, Delivery.filename, Delivery.held_reason),
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
            "share": _of_newest(cast(Delivery.good, Float) / func.nullif(Delivery.rows, 0)),
            "received": _of_newest(Delivery.received_at),
        },
        [entry.slug],
        (entry.title, entry.slug, provider, entry.newest_period),
        ("provider", "life", "cycle", "state"),
        made=_kept,
    )


def _of_newest(what: Any) -> Any:
    """Something of a resource's newest delivery, looked up only where a list sorts by it."""
    return select(what).where(Delivery.id == SearchEntry.newest_id).scalar_subquery()


def _kept(db: Session, rows: Sequence[Any]) -> list[Kept]:
    found = resources.by_id(db, [row.resource_id for row in rows])
    newest = {
        d.id: d
        for d in db.scalars(select(Delivery).where(Delivery.id.in_([row.newest_id for row in rows if row.newest_id])))
    }
    return [Kept(found[row.resource_id], newest.get(row.newest_id)) for row in rows]


def _newest(*, settled: bool = False) -> Select[tuple[str]]:
    """Ids of the newest delivery of each resource, or of the newest that was checked."""
    place = func.row_number().over(
        partition_by=Delivery.resource_id, order_by=(Delivery.period.desc(), Delivery.sequence.desc())
    )
    ranked = select(Delivery.id, place.label("place"))
    if settled:
        ranked = ranked.where(Delivery.settled_at.is_not(None))
    table = ranked.subquery()
    return select(table.c.id).where(table.c.place == 1)


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


def quality(db: Session, department_id: str | None = None) -> list[DepartmentQuality]:
    """Quality by department, of those that keep published resources; None for all departments."""
    published = select(Resource.provider_id, func.count()).where(
        Resource.state == ResourceState.PUBLISHED, Resource.unit == Resource.slug
    )
    counts = {row[0]: row[1] for row in db.execute(published.group_by(Resource.provider_id))}
    departments = db.scalars(select(Department).where(Department.id.in_(counts)).order_by(Department.slug))
    found = {d.id: DepartmentQuality(d, counts[d.id]) for d in departments if department_id in (None, d.id)}
    _add_deliveries(db, found)
    _add_findings(db, found)
    return list(found.values())


def _add_deliveries(db: Session, found: dict[str, DepartmentQuality]) -> None:
    returned = func.count().filter(Delivery.state == DeliveryState.RETURNED)
    totals = select(
        Resource.provider_id, func.count(), returned, func.sum(Delivery.rows), func.sum(Delivery.good)
    ).join(Resource, Delivery.resource_id == Resource.id)
    newest = totals.where(Delivery.id.in_(_newest(settled=True))).group_by(Resource.provider_id)
    for provider, count, back, rows, good in db.execute(newest):
        if provider in found:
            one = found[provider]
            one.delivered, one.returned, one.rows, one.good = count, back, int(rows or 0), int(good or 0)


def _add_findings(db: Session, found: dict[str, DepartmentQuality]) -> None:
    in_force = list(current_ids(db).values())
    here = FindingRow.delivery_id.in_(_newest(settled=True)) | FindingRow.release_id.in_(in_force)
    query = select(FindingRow.department_id, FindingRow.dimension, func.sum(FindingRow.count)).where(here)
    for department, dimension, count in db.execute(query.group_by(FindingRow.department_id, FindingRow.dimension)):
        if department in found:
            found[department].findings[dimension] = int(count)


def findings_of(db: Session, department_id: str) -> Sequence[FindingRow]:
    """What a department must act on: findings of its resources' newest deliveries and of the builds in force."""
    in_force = list(current_ids(db).values())
    here = FindingRow.delivery_id.in_(_newest(settled=True)) | FindingRow.release_id.in_(in_force)
    query = select(FindingRow).where(FindingRow.department_id == department_id, here)
    return db.scalars(query.options(joinedload(FindingRow.resource)).order_by(FindingRow.id)).all()


def found_at_build(db: Session, release: Release) -> Sequence[FindingRow]:
    """The conflicts that a base's build met."""
    query = select(FindingRow).where(FindingRow.release_id == release.release_id, FindingRow.delivery_id.is_(None))
    return db.scalars(query.options(joinedload(FindingRow.department), joinedload(FindingRow.resource))).all()


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
