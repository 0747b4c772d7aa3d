"""Extracts: a Parquet file for one grant version, one release and one horizon of what may be shown.

When its grant ends or changes the file goes; its record keys stay apart, so that whoever asks who read
a record is still answered.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path

import duckdb
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog import policy, releases
from catalog.errors import PlatformError
from catalog.models import Extract, Grant, Resource
from catalog.reads import extract_file, keys_file
from catalog.store import Store
from catalog.view import View


def extract_id(view: View) -> str:
    """The name of the extract of a view: equal for equal columns, masks, rows and records that are hidden.

    A condition on the day stands in the view with its date, so that the next day has another extract
    exactly where days matter.
    """
    parts = (
        view.grant_id,
        view.grant_version,
        view.directory.parent.name,
        view.release_id,
        view.table,
        view.columns,
        view.where,
        sorted(view.suppressed),
        sorted(view.departed),
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def text_file(store: Store, name: str) -> Path:
    """Where the rows of an extract lie as CSV, once somebody asked for them so."""
    return store.extracts / f"{name}.csv"


def placed_file(store: Store, name: str) -> Path:
    """Where the rows of an extract lie as GeoParquet, once somebody asked for them so."""
    return store.extracts / f"{name}.geoparquet"


def find(db: Session, store: Store, name: str) -> Extract | None:
    """The extract of that name when its file is there."""
    found = db.get(Extract, name)
    return found if found is not None and found.deleted_at is None and extract_file(store, name).exists() else None


def record(
    db: Session, view: View, *, unit: str, name: str, sha256: str, rows: int, size: int, now: datetime
) -> Extract:
    """The row of an extract that was made; takes the place of the row of a lost one."""
    found = Extract(
        id=name,
        grant_id=view.grant_id or None,
        grant_version=view.grant_version,
        unit=unit,
        release_id=view.release_id,
        filename=f"{name}.parquet",
        sha256=sha256,
        rows=rows,
        size=size,
        made_at=now,
        deleted_at=None,
    )
    return db.merge(found)


def sweep(db: Session, store: Store, *, now: datetime, grant_id: str | None = None) -> list[Extract]:
    """Delete the files of extracts whose grant has ended or changed, of one grant or of all; the extracts concerned."""
    query = select(Extract).where(Extract.deleted_at.is_(None), Extract.grant_id.is_not(None))
    living = db.scalars(query.where(Extract.grant_id == grant_id) if grant_id else query).all()
    ended = [extract for extract in living if _is_over(db.get(Grant, extract.grant_id), extract, now)]
    for extract in ended:
        discard(store, extract, now=now)
    db.flush()
    return ended


def sweep_open(db: Session, store: Store, *, now: datetime, today: date) -> list[Extract]:
    """Delete the files of open data that nobody would be given any more; the extracts concerned."""
    query = select(Extract).where(Extract.deleted_at.is_(None), Extract.grant_id.is_(None))
    living = db.scalars(query).all()
    given = {name for unit in {e.unit for e in living} for name in _given(db, store, unit, today)}
    ended = [extract for extract in living if extract.id not in given]
    for extract in ended:
        discard(store, extract, now=now)
    db.flush()
    return ended


def _given(db: Session, store: Store, unit: str, today: date) -> Iterator[str]:
    """The names of the open extracts of a unit's release in force."""
    for resource in db.scalars(select(Resource).where(Resource.unit == unit, Resource.is_open)):
        with suppress(PlatformError):
            release = releases.in_force(db, unit)
            yield extract_id(policy.open_view(db, store, resource, release, today=today))


def discard(store: Store, extract: Extract, *, now: datetime) -> None:
    """Delete the file of an extract; its record keys stay."""
    _shrink(extract_file(store, extract.id), keys_file(store, extract.id))
    for made_of_it in (text_file, placed_file):
        made_of_it(store, extract.id).unlink(missing_ok=True)
    extract.deleted_at = now


def _is_over(grant: Grant | None, extract: Extract, now: datetime) -> bool:
    if grant is None or grant.revoked_at is not None:
        return True
    newest = grant.versions[-1]
    return newest.version != extract.grant_version or newest.expires_at <= now


def _shrink(path: Path, keys: Path) -> None:
    """Keep the record keys of a file and nothing else; of two processes that do it at once, either may come first."""
    # a name of one's own, or the slower would replace what the quicker has finished by a half
    draft = keys.with_name(f"{keys.name}.{secrets.token_hex(8)}.part")
    try:
        _keys_of(path, draft)
        draft.replace(keys)
    except duckdb.IOException:
        if path.exists():
            raise
    finally:
        draft.unlink(missing_ok=True)
    path.unlink(missing_ok=True)


def _keys_of(path: Path, out: Path) -> None:
    with duckdb.connect(config={"threads": 1}) as engine:
        engine.execute("set TimeZone = 'UTC'")
        engine.read_parquet(str(path)).project("record_key").write_parquet(str(out))
