"""How long releases are kept: the files of those that nothing pins are deleted."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import datetime, tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog import past
from catalog.models import CityRelease, Extract, Release
from catalog.register import bump
from catalog.releases import current_ids, listed
from catalog.store import Store


def prune(
    db: Session,
    store: Store,
    *,
    now: datetime,
    zone: tzinfo,
    keep_daily: int,
    keep_month_ends: int,
    dry_run: bool = False,
) -> list[Release]:
    """Delete the files of releases that nothing pins; the releases concerned.

    Kept: those in force, those that a kept release was built from, those with which each of the last
    `keep_daily` days and `keep_month_ends` months with releases ended in the city, those that a living extract
    came from, and those of the newest city release.
    """
    every = [r for r in listed(db) if r.pruned_at is None]
    kept = _pinned(db, every, zone, keep_daily, keep_month_ends)
    doomed = [r for r in every if (r.unit, r.release_id) not in kept]
    if doomed and not dry_run:
        for release in doomed:
            release.pruned_at = now
        # no worker may go on answering from what it holds open
        bump(db, "releases")
        db.flush()
        for release in doomed:
            shutil.rmtree(store.release(release.unit, release.release_id), ignore_errors=True)
            shutil.rmtree(store.changes(release.unit, release.release_id), ignore_errors=True)
    return doomed


def _pinned(
    db: Session, every: list[Release], zone: tzinfo, keep_daily: int, keep_month_ends: int
) -> set[tuple[str, str]]:
    kept = set(current_ids(db).items())
    kept |= {(e.unit, e.release_id) for e in db.scalars(select(Extract).where(Extract.deleted_at.is_(None)))}
    latest = db.scalar(select(CityRelease).order_by(CityRelease.id.desc()).limit(1))
    kept |= set(latest.members.items()) if latest else set()
    for unit in {r.unit for r in every}:
        ended = [term for term in past.terms(db, unit, zone) if term.is_kept]
        kept |= {
            (unit, each) for each in (*_last(ended, "%Y-%m-%d", keep_daily), *_last(ended, "%Y-%m", keep_month_ends))
        }
    return _with_sources(every, kept)


def _last(terms: Sequence[past.Term], grain: str, count: int) -> list[str]:
    """The releases with which each of the last `count` days or months ended; terms: oldest first."""
    newest = {f"{term.start:{grain}}": term.release_id for term in terms}
    return list(newest.values())[-count:] if count else []


def _with_sources(every: list[Release], kept: set[tuple[str, str]]) -> set[tuple[str, str]]:
    sources = {(s["unit"], s["release_id"]) for r in every if (r.unit, r.release_id) in kept for s in r.built_from}
    return kept | sources
