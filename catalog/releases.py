"""Releases: recorded, published, rolled back, pruned. Publishing and rolling back are one row."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, String, case, cast, func, select
from sqlalchemy.orm import Session

from catalog.errors import Conflict, Invalid, NoRelease, NotFound, ReleaseExpired, Suppressed
from catalog.held import RELEASE, is_held
from catalog.lists import Listing
from catalog.models import CityRelease, Extract, Publication, Release, Resource
from catalog.register import bump
from catalog.store import Store, sha256_of

BASE, RESOURCE = "base", "resource"


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


def publish(
    db: Session, release: Release, *, now: datetime, by: str, action: str = "publish", reason: str = ""
) -> bool:
    """Put the release in force with one row; whether that changed anything."""
    if _current(db, release.unit) == release.release_id:
        return False
    db.add(Publication(unit=release.unit, release_id=release.release_id, action=action, at=now, by=by, reason=reason))
    bump(db, "releases")
    db.flush()
    return True


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


def roll_back(
    db: Session,
    unit: str,
    release_id: str | None,
    *,
    now: datetime,
    by: str,
    reason: str,
    with_dependents: bool = False,
) -> list[tuple[str, str]]:
    """Put an earlier release in force again; the units moved with their new releases.

    release_id: None takes the one in force before. Raises Conflict when a base in force was built from the
    release that goes, unless `with_dependents`: then each such base goes back to its newest release built
    without it, and Conflict says when there is none.
    """
    leaving = in_force(db, unit)
    target = get(db, unit, release_id or _previous(db, unit, leaving.release_id))
    using = dependents(db, leaving)
    if using and not with_dependents:
        raise Conflict(
            f"「{unit}」的现行版本是 {'、'.join(r.unit for r in using)} 的来源，不能单独回退",
            remedy="加 --with-dependents 一并回退",
            dependents=[r.unit for r in using],
        )
    moves = [(target, leaving), *((_without(db, r, leaving), r) for r in using)]
    for release, _ in moves:
        publish(db, release, now=now, by=by, action="rollback", reason=reason)
    return [(release.unit, release.release_id) for release, _ in moves]


def put_in_force(
    db: Session,
    unit: str,
    release_id: str,
    *,
    now: datetime,
    by: str,
    reason: str,
    with_dependents: bool = False,
) -> list[tuple[str, str]]:
    """Go to another release of a unit: forward by publishing it, back by `roll_back`; the units moved.

    Raises Invalid without a reason, Conflict when it is in force already.
    """
    if not reason.strip():
        raise Invalid("须写明理由", remedy="填写发布或回退的理由")
    target, leaving = get(db, unit, release_id), in_force(db, unit)
    if target.release_id == leaving.release_id:
        raise Conflict(f"{release_id} 已是现行版本", remedy="无需操作", unit=unit)
    if is_back(target, leaving):
        return roll_back(db, unit, release_id, now=now, by=by, reason=reason.strip(), with_dependents=with_dependents)
    publish(db, target, now=now, by=by, reason=reason.strip())
    return [(unit, release_id)]


def is_back(target: Release, leaving: Release) -> bool:
    """Whether going from one release to the other is a step back."""
    return target.created_at < leaving.created_at


def dependents(db: Session, release: Release) -> list[Release]:
    """The releases in force that were built from this one."""
    return [r for r in _in_force_all(db) if _uses(r, release)]


def _previous(db: Session, unit: str, current: str) -> str:
    query = select(Publication.release_id).where(Publication.unit == unit).order_by(Publication.id.desc())
    earlier = next((r for r in db.scalars(query) if r != current), None)
    if earlier is None:
        raise Conflict(f"「{unit}」没有更早的数据版本可以回退", unit=unit)
    return earlier


def _in_force_all(db: Session) -> list[Release]:
    found = (db.get(Release, key) for key in current_ids(db).items())
    return [release for release in found if release is not None]


def _uses(release: Release, source: Release) -> bool:
    return {"unit": source.unit, "release_id": source.release_id} in release.built_from


def _without(db: Session, dependent: Release, source: Release) -> Release:
    for candidate in listed(db, dependent.unit):
        if candidate.pruned_at is None and not _uses(candidate, source):
            return candidate
    raise Conflict(f"「{dependent.unit}」没有不依赖该版本的旧版本", remedy="先重新构建该基础库", unit=dependent.unit)


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


def prune(
    db: Session, store: Store, *, now: datetime, keep_daily: int, keep_month_ends: int, dry_run: bool = False
) -> list[Release]:
    """Delete the files of releases that nothing pins; the releases concerned.

    Kept: those in force, those that a kept release was built from, the newest of each of the last
    `keep_daily` days and `keep_month_ends` months with releases, those that a living extract came from,
    and those of the newest city release.
    """
    every = [r for r in listed(db) if r.pruned_at is None]
    kept = _pinned(db, every, keep_daily, keep_month_ends)
    doomed = [r for r in every if (r.unit, r.release_id) not in kept]
    if not dry_run:
        for release in doomed:
            release.pruned_at = now
        db.flush()
        for release in doomed:
            shutil.rmtree(store.release(release.unit, release.release_id), ignore_errors=True)
    return doomed


def _pinned(db: Session, every: list[Release], keep_daily: int, keep_month_ends: int) -> set[tuple[str, str]]:
    kept = set(current_ids(db).items())
    kept |= {(e.unit, e.release_id) for e in db.scalars(select(Extract).where(Extract.deleted_at.is_(None)))}
    latest = db.scalar(select(CityRelease).order_by(CityRelease.id.desc()).limit(1))
    kept |= set(latest.members.items()) if latest else set()
    for unit in {r.unit for r in every}:
        own = [r for r in every if r.unit == unit]
        kept |= _newest_of(own, "%Y-%m-%d", keep_daily) | _newest_of(own, "%Y-%m", keep_month_ends)
    return _with_sources(every, kept)


def _newest_of(releases: list[Release], grain: str, count: int) -> set[tuple[str, str]]:
    """The newest release of each of the last `count` days or months; `releases` are newest first."""
    newest: dict[str, tuple[str, str]] = {}
    for release in releases:
        newest.setdefault(f"{release.created_at:{grain}}", (release.unit, release.release_id))
    return set(list(newest.values())[:count])


def _with_sources(every: list[Release], kept: set[tuple[str, str]]) -> set[tuple[str, str]]:
    sources = {(s["unit"], s["release_id"]) for r in every if (r.unit, r.release_id) in kept for s in r.built_from}
    return kept | sources
