"""Releases: recorded, published, rolled back, pruned. Publishing and rolling back are one row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, String, case, cast, func, select
from sqlalchemy.orm import Session

from catalog.errors import NoRelease, NotFound, ReleaseExpired, Suppressed
from catalog.held import RELEASE, is_held
from catalog.lists import Listing
from catalog.models import CityRelease, Publication, Release, Resource
from catalog.register import bump
from catalog.store import Store, sha256_of

BASE, RESOURCE = "base", "resource"
PUBLISH, ROLLBACK = "publish", "rollback"


def record(db: Session, store: Store, manifest: dict[str, Any], *, now: datetime) -> Release:
    """The release row of a directory that is in place; the row that exists when it was recorded before."""
    unit, release_id = manifest["unit"], manifest["release_id"]
    found = db.get(Release, (unit, release_id))
    if found is None:
        found = Release(
            unit=unit,
            release_id=release_id,
            identity=manifest["identity"],
            manifest_digest=sha256_of(store.release(unit, release_id) / "manifest.json"),
            tables={name: table["rows"] for name, table in manifest["tables"].items()},
            built_from=manifest["built_from"],
            share_passed=manifest.get("quality", {}).get("share_passed"),
            created_at=now,
        )
        db.add(found)
    if not found.pruned_reason:
        found.pruned_at = None
    db.flush()
    return found


def publish(db: Session, release: Release, *, now: datetime, by: str, action: str = PUBLISH, reason: str = "") -> bool:
    """Put the release in force with one row; whether that changed anything."""
    if _current(db, release.unit) == release.release_id:
        return False
    db.add(Publication(unit=release.unit, release_id=release.release_id, action=action, at=now, by=by, reason=reason))
    bump(db, "releases")
    db.flush()
    return True


def is_rolled_back(db: Session, unit: str, release_id: str) -> bool:
    """Whether people took a release out of force by rolling its unit back, and nothing was published since."""
    published = select(Publication).where(Publication.unit == unit)
    newest = db.scalar(published.order_by(Publication.id.desc()).limit(1))
    if newest is None or newest.action != ROLLBACK or newest.release_id == release_id:
        return False
    return db.scalar(published.where(Publication.release_id == release_id).limit(1)) is not None


def _current(db: Session, unit: str) -> str | None:
    query = select(Publication.release_id).where(Publication.unit == unit).order_by(Publication.id.desc()).limit(1)
    return db.scalar(query)


def in_force(db: Session, unit: str) -> Release:
    """The release that answers for a unit now; raises NoRelease before the first one."""
    release_id = _current(db, unit)
    if release_id is None:
        raise NoRelease(f"「{unit}」还没有发布任何数据版本", remedy="等待首次报送检查通过", unit=unit)
    return get(db, unit, release_id)


def get(db: Session, unit: str, release_id: str) -> Release:
    """A release by its id; raises NotFound, ReleaseExpired when its files were pruned, Suppressed while frozen."""
    found = db.get(Release, (unit, release_id))
    if found is None:
        raise NotFound(f"「{unit}」没有数据版本 {release_id}", unit=unit, release_id=release_id)
    if found.pruned_at is not None:
        why = "已按保密要求清除" if found.pruned_reason else "已过保存期"
        raise ReleaseExpired(f"「{unit}」的数据版本 {release_id} {why}", unit=unit, release_id=release_id)
    if is_held(db, RELEASE, f"{unit}/{release_id}"):
        raise Suppressed(f"「{unit}」的数据版本 {release_id} 已冻结", remedy="等待主管部门处置", unit=unit)
    return found


def listed(db: Session, unit: str | None = None) -> Sequence[Release]:
    """Releases, newest first, of one unit or of all."""
    query = select(Release).order_by(Release.unit, Release.created_at.desc(), Release.release_id)
    return db.scalars(query.where(Release.unit == unit) if unit else query).all()


@dataclass(frozen=True, slots=True)
class InForce:
    """A release that answers for its unit, with the unit's name."""

    release: Release
    name: str


def in_force_list(names: Mapping[str, str]) -> Listing[InForce]:
    """The release in force of every unit, by unit; names: of the units that are bases."""
    newest = select(func.max(Publication.id)).group_by(Publication.unit)
    which = (Publication.unit == Release.unit) & (Publication.release_id == Release.release_id)
    query = select(Release, _named(names)).join(Publication, which).where(Publication.id.in_(newest))
    query = query.outerjoin(Resource, Resource.slug == Release.unit)
    return Listing(
        query,
        {
            "unit": _named(names),
            "kind": case((Release.unit.in_(list(names)), BASE), else_=RESOURCE),
            "release": Release.release_id,
            "created": Release.created_at,
            "rows": _rows(),
            "share": Release.share_passed,
        },
        [Release.unit],
        (_named(names), Release.unit, Release.release_id),
        ("kind",),
        made=lambda db, rows: [InForce(*row) for row in rows],
    )


IN_FORCE, PRUNED = "in_force", "pruned"


def unit_list(unit: str, current: Release) -> Listing[Release]:
    """The releases of a unit as a list to search, sort and cut, newest first; current: the one in force."""
    here = Release.release_id == current.release_id
    return Listing(
        select(Release).where(Release.unit == unit),
        {
            "release": Release.release_id,
            "created": Release.created_at,
            "rows": _rows(),
            "share": Release.share_passed,
            "state": case((here, IN_FORCE), (Release.pruned_at.is_not(None), PRUNED)),
        },
        [Release.created_at.desc(), Release.release_id],
        (Release.release_id,),
        ("state",),
    )


def place_of(release: Release, current: Release) -> str | None:
    """Whether a release is in force or pruned; None for one that could be in force again."""
    if release.release_id == current.release_id:
        return IN_FORCE
    return PRUNED if release.pruned_at else None


def _rows() -> Any:
    """The rows of all tables of a release."""
    tables = func.json_each(Release.tables).table_valued("value")
    rows = select(func.sum(cast(cast(tables.c.value, String), BigInteger))).select_from(tables).correlate(Release)
    return rows.scalar_subquery()


def _named(names: Mapping[str, str]) -> ColumnElement[str]:
    return case(dict(names), value=Release.unit, else_=func.coalesce(Resource.name, Release.unit))


def current_ids(db: Session) -> dict[str, str]:
    """The release in force of every unit."""
    rows = db.execute(select(Publication.unit, Publication.release_id).order_by(Publication.id))
    return {row.unit: row.release_id for row in rows}


def pin_city(db: Session, bases: Iterable[str], *, now: datetime) -> CityRelease | None:
    """A row that names the base releases answering together now, unless the newest row names the same."""
    current = current_ids(db)
    members = {base: current[base] for base in bases if base in current}
    latest = db.scalar(select(CityRelease).order_by(CityRelease.id.desc()).limit(1))
    if latest is not None and latest.members == members:
        return None
    pinned = CityRelease(members=members, at=now)
    db.add(pinned)
    db.flush()
    return pinned
