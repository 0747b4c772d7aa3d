"""Where a disputed value went: into the resource that collected it, and into every base that took it from there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalog import record_history, releases
from catalog.errors import NotFound
from catalog.models import BaseInput, Correction, Publication, Release, Resource
from catalog.same_value import Found, Table, same, table_of
from catalog.store import Store


@dataclass(frozen=True, slots=True)
class Place:
    """An item of a record that showed the value; since: when it came into force, None when all that is kept shows it."""

    resource: str
    record_key: str
    item: str
    since: datetime | None


def places(db: Session, store: Store, found: Correction) -> list[Place]:
    """Everywhere that the value was shown, where it was disputed first.

    A fault of linking, merging or choosing is the base's own: what was collected is right, and went nowhere wrong.
    """
    disputed = releases.get(db, found.resource.unit, found.release_id)
    here = _own(db, store, found.resource, disputed, found.item, found.record_key)
    if found.fault or found.source.is_base_table:
        return [here]
    if not found.resource.is_base_table:
        return [here, *_in_bases(db, store, found.resource, disputed, here)]
    origins = _origins(db, store, found, disputed)
    spread = [
        place for release, each in origins for place in (each, *_in_bases(db, store, found.source, release, each))
    ]
    known = {(here.resource, here.record_key, here.item)}
    return [here, *(p for p in dict.fromkeys(spread) if (p.resource, p.record_key, p.item) not in known)]


def _own(db: Session, store: Store, resource: Resource, disputed: Release, item: str, record_key: str) -> Place:
    """The place of the value in a unit; since: walked back through its releases."""
    about = (resource.table_name, item, record_key)
    older = [each for each in _kept(db, store, disputed.unit) if each.created_at < disputed.created_at]
    first = record_history.oldest_like(store, disputed, older, *about)
    return Place(resource.slug, record_key, item, _published(db, first) if first else None)


def _kept(db: Session, store: Store, unit: str) -> list[Release]:
    """The releases of a unit whose files are there, the newest first."""
    found = [each for each in releases.listed(db, unit) if each.pruned_at is None and _has_files(store, each)]
    return sorted(found, key=lambda each: each.created_at, reverse=True)


def _has_files(store: Store, release: Release) -> bool:
    try:
        store.manifest(release.unit, release.release_id)
    except NotFound:
        return False
    return True


def _published(db: Session, release: Release) -> datetime | None:
    """When a release first came into force."""
    came = select(func.min(Publication.at)).where(
        Publication.unit == release.unit, Publication.release_id == release.release_id
    )
    return db.scalar(came)


def _origins(db: Session, store: Store, found: Correction, disputed: Release) -> list[tuple[Release, Place]]:
    """The records of the collecting resource that a base took the value from, in the release it was built from."""
    used = _built_from(store, disputed).get(found.source.unit)
    release = next((each for each in _kept(db, store, found.source.unit) if each.release_id == used), None)
    if release is None:
        return []
    tables = _tables(db, store, disputed)
    start = next(each for each in tables if each.slug == found.resource.slug)
    target = table_of(found.source, *_stored(store, release, found.source.table_name))
    records = same(start, found.record_key, found.item, [target], tables)
    return [(release, _own(db, store, found.source, release, item, key)) for _, key, item in records]


def _in_bases(db: Session, store: Store, resource: Resource, disputed: Release, origin: Place) -> list[Place]:
    """Where bases show a value that a record of a resource has, by the releases that are kept of them."""
    about = (resource.table_name, origin.item, origin.record_key)
    wrong = {
        each.release_id
        for each in _kept(db, store, resource.unit)
        if each.release_id == disputed.release_id or record_history.is_same(store, disputed, each, *about)
    }
    start = table_of(resource, *_stored(store, disputed, resource.table_name))
    bases = db.scalars(select(BaseInput.base).where(BaseInput.resource_id == resource.id).distinct())
    return [place for base in sorted(bases) for place in _in_base(db, store, base, resource, wrong, start, origin)]


def _in_base(
    db: Session, store: Store, base: str, resource: Resource, wrong: set[str], start: Table, origin: Place
) -> list[Place]:
    kept = _kept(db, store, base)[::-1]
    first: dict[tuple[str, str, str], datetime | None] = {}
    for each in kept:
        if _built_from(store, each).get(resource.unit) not in wrong:
            continue
        since = None if each is kept[0] else _published(db, each)
        for place in _shown(db, store, each, resource, start, origin):
            first.setdefault(place, since)
    return [Place(*place, since) for place, since in first.items()]


def _shown(db: Session, store: Store, release: Release, resource: Resource, start: Table, origin: Place) -> Found:
    return same(start, origin.record_key, origin.item, _tables(db, store, release, of=resource))


def _built_from(store: Store, release: Release) -> dict[str, str]:
    """The releases that a base was built from, by unit."""
    return {each["unit"]: each["release_id"] for each in _manifest(store, release).get("built_from", ())}


def _tables(db: Session, store: Store, release: Release, of: Resource | None = None) -> Sequence[Table]:
    """The tables of a base's release that the register knows. of: the resource whose values are looked for."""
    sources = {each["resource"]: int(each["code"]) for each in _manifest(store, release).get("sources", ())}
    code = sources.get(of.slug) if of else None
    held = _manifest(store, release)["tables"]
    known = db.scalars(select(Resource).where(Resource.unit == release.unit).order_by(Resource.slug))
    return [
        table_of(each, *_stored(store, release, each.table_name), code) for each in known if each.table_name in held
    ]


def _stored(store: Store, release: Release, table: str) -> tuple[Any, Iterable[str]]:
    entry = _manifest(store, release)["tables"][table]
    names = [str(column["name"]) for column in entry["columns"]]
    return store.release(release.unit, release.release_id) / entry["file"], names


def _manifest(store: Store, release: Release) -> dict[str, Any]:
    return store.manifest(release.unit, release.release_id)
