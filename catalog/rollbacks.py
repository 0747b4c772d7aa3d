"""Going from one release to another: back, with the bases that were built from what goes, or forward."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.errors import Conflict, Invalid
from catalog.models import Publication, Release
from catalog.releases import ROLLBACK, current_ids, get, in_force, listed, publish


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
        publish(db, release, now=now, by=by, action=ROLLBACK, reason=reason)
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
