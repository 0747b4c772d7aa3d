"""As of (历史时点查询): the release that was in force on a day, and how far back a unit can be asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog import releases
from catalog.errors import NoRelease, ReleaseExpired
from catalog.models import Publication, Release


@dataclass(frozen=True, slots=True)
class Term:
    """A release that was in force at the end of every day from `start` to before `end`; an end of None is open."""

    release_id: str
    start: date
    end: date | None
    is_kept: bool


def in_force_on(db: Session, unit: str, day: date, zone: tzinfo) -> Release:
    """The release in force at the end of a day in the city.

    Raises NoRelease for a day before the first one, ReleaseExpired where its files were pruned; both name the
    horizon. Raises Suppressed while it is frozen.
    """
    found = next((t for t in terms(db, unit, zone) if t.start <= day and (t.end is None or day < t.end)), None)
    if found is None:
        remedy, facts = _way_out(db, unit, zone, day)
        raise NoRelease(f"「{unit}」在 {day} 还没有发布数据版本", remedy=remedy, **facts)
    return get(db, unit, found.release_id, zone, day)


def get(db: Session, unit: str, release_id: str, zone: tzinfo, day: date | None = None) -> Release:
    """A release by its id; ReleaseExpired names the horizon, and the first day after `day` that is answered."""
    try:
        return releases.get(db, unit, release_id)
    except ReleaseExpired as error:
        remedy, facts = _way_out(db, unit, zone, day)
        raise ReleaseExpired(error.message, remedy=remedy, **(error.facts | facts)) from error


def horizon(db: Session, unit: str, zone: tzinfo) -> date | None:
    """The earliest day that can be asked as of; None while there is no release."""
    return min((term.start for term in terms(db, unit, zone) if term.is_kept), default=None)


def _way_out(db: Session, unit: str, zone: tzinfo, day: date | None) -> tuple[str, dict[str, Any]]:
    starts = sorted(term.start for term in terms(db, unit, zone) if term.is_kept)
    if not starts:
        return "等待首次发布数据版本", {"unit": unit}
    following = next((start for start in starts if day is not None and start > day), starts[0])
    remedy = f"最早可查询 {starts[0]} 的数据；其后最近可查询的日期为 {following}"
    return remedy, {"unit": unit, "horizon": starts[0].isoformat(), "next_answered": following.isoformat()}


def terms(db: Session, unit: str, zone: tzinfo) -> Iterator[Term]:
    """The terms of a unit's releases that saw the end of a day, or are in force now."""
    query = (
        select(Publication.release_id, Publication.at, Release.pruned_at)
        .join(Release, (Release.unit == Publication.unit) & (Release.release_id == Publication.release_id))
        .where(Publication.unit == unit)
        .order_by(Publication.id)
    )
    rows = db.execute(query).all()
    starts = [_day(row.at, zone) for row in rows]
    ends = [*starts[1:], None] if rows else []
    for row, start, end in zip(rows, starts, ends, strict=True):
        if end is None or start < end:
            yield Term(row.release_id, start, end, row.pruned_at is None)


def _day(at: datetime, zone: tzinfo) -> date:
    return at.astimezone(zone).date()
