"""What releases say of one item of one record: who collected it, whether it changed, since when it has been so.

Values are compared where they lie and never leave; what comes out is a source, a yes or no, a release.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import duckdb

from catalog.models import Release
from catalog.store import Store

# who delivered a row of a base, by the name of its column
ROW_SOURCES = ("record_source", "source")


def source_of(store: Store, release: Release, table: str, item: str, record_key: str) -> str | None:
    """The slug of the resource from which a base took the item of a record; None where the base does not say."""
    columns = _columns(store, release, table)
    column = next((name for name in (f"{item}_source", *ROW_SOURCES) if name in columns), None)
    return next(iter(_sources(store, release, table, [column], record_key)), None) if column else None


def sources_of(store: Store, release: Release, table: str, record_key: str) -> list[str]:
    """The slugs of all resources from which a base took anything of a record, in the order of its columns."""
    columns = _column_names(store, release, table)
    named = [name for name in columns if name in ROW_SOURCES or name.endswith("_source")]
    return _sources(store, release, table, named, record_key)


def _sources(store: Store, release: Release, table: str, columns: list[str], record_key: str) -> list[str]:
    if not columns:
        return []
    chosen = ", ".join(f'"{column}"' for column in columns)
    found = _ask(
        f"select {chosen} from read_parquet(?) where record_key = ?", [_file(store, release, table), record_key]
    )
    slugs = {each["code"]: str(each["resource"]) for each in _manifest(store, release)["sources"]}
    return list(dict.fromkeys(slugs[code] for code in (found[0] if found else ()) if code in slugs))


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
    return set(_column_names(store, release, table))


def _column_names(store: Store, release: Release, table: str) -> list[str]:
    entry = store.manifest(release.unit, release.release_id)["tables"].get(table, {})
    return [str(column["name"]) for column in entry.get("columns", ())]


def _file(store: Store, release: Release, table: str) -> str:
    entry = store.manifest(release.unit, release.release_id)["tables"][table]
    return str(store.release(release.unit, release.release_id) / entry["file"])


def _ask(query: str, parameters: list[str]) -> list[tuple[Any, ...]]:
    with duckdb.connect(config={"threads": 1}) as engine:
        engine.execute("set TimeZone = 'UTC'")
        return engine.execute(query, parameters).fetchall()
