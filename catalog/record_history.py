"""What releases say of one item of one record: who collected it, whether it changed, since when it has been so.

Values are compared where they lie and never leave; what comes out is a source, a yes or no, a release.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import duckdb

from catalog.models import Release
from catalog.store import Store


def source_of(store: Store, release: Release, table: str, item: str, record_key: str) -> str | None:
    """The slug of the resource from which a base took the item of a record; None where the base does not say."""
    columns = _columns(store, release, table)
    column = next((name for name in (f"{item}_source", "record_source") if name in columns), None)
    if column is None:
        return None
    query = f'select "{column}" from read_parquet(?) where record_key = ?'
    found = _ask(query, [_file(store, release, table), record_key])
    sources = {each["code"]: str(each["resource"]) for each in _manifest(store, release)["sources"]}
    return sources.get(found[0][0]) if found else None


def is_same(store: Store, one: Release, other: Release, table: str, item: str, record_key: str) -> bool:
    """Whether both releases hold the record with the same value of the item."""
    shared = _columns(store, one, table) & _columns(store, other, table)
    compared = [name for name in (item, f"{item}_raw") if name in shared]
    if item not in compared:
        return False
    equal = " and ".join(f'a."{name}" is not distinct from b."{name}"' for name in compared)
    query = f"""select count(*) from read_parquet(?) a join read_parquet(?) b using (record_key)
        where record_key = ? and {equal}"""
    files = [_file(store, each, table) for each in (one, other)]
    return bool(_ask(query, [*files, record_key])[0][0])


def oldest_like(
    store: Store, disputed: Release, older: Iterable[Release], table: str, item: str, record_key: str
) -> Release | None:
    """The release in which the value came in; None when all that are kept hold it. older: the newest first."""
    found = disputed
    for each in older:
        if not is_same(store, disputed, each, table, item, record_key):
            return found
        found = each
    return None


def holds(store: Store, release: Release, unit: str, delivery_id: str) -> bool:
    """Whether a release was made from a delivery of a resource's unit, at once or over the release of that unit."""
    manifest = _manifest(store, release)
    if release.unit == unit:
        return any(each["delivery_id"] == delivery_id for each in manifest.get("deliveries", ()))
    parts = [each["release_id"] for each in manifest["built_from"] if each["unit"] == unit]
    return any(
        each["delivery_id"] == delivery_id
        for part in parts
        for each in store.manifest(unit, part).get("deliveries", ())
    )


def _manifest(store: Store, release: Release) -> dict[str, list[dict[str, Any]]]:
    manifest: dict[str, list[dict[str, Any]]] = store.manifest(release.unit, release.release_id)
    return manifest


def _columns(store: Store, release: Release, table: str) -> set[str]:
    entry = store.manifest(release.unit, release.release_id)["tables"].get(table, {})
    return {str(column["name"]) for column in entry.get("columns", ())}


def _file(store: Store, release: Release, table: str) -> str:
    entry = store.manifest(release.unit, release.release_id)["tables"][table]
    return str(store.release(release.unit, release.release_id) / entry["file"])


def _ask(query: str, parameters: list[str]) -> list[tuple[Any, ...]]:
    with duckdb.connect(config={"threads": 1}) as engine:
        engine.execute("set TimeZone = 'UTC'")
        return engine.execute(query, parameters).fetchall()
