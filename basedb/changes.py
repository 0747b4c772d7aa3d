"""What changed from one release of a unit to another: per table in whole, and as the reader of a view sees it.

A file of changes has `record_key`, `op` (insert, update, delete) and `changed`, the names of the columns that
differ, of an update; ordered by key. It holds no value of a record.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from basedb import macros, manifest, masks, tables, views
from basedb.conditions import Compiler, Engine
from basedb.connect import Engine as Bounds
from basedb.connect import connect
from basedb.draft import drafted
from basedb.quote import literal, name
from catalog.view import View, ViewColumn
from catalog.vocab import Mask

INSERT, UPDATE, DELETE = "insert", "update", "delete"
# where a row came from says nothing of the record; record_key is what rows are matched by
_OWN = frozenset({"record_key", "_row", "_delivery", "_as_of", "_stale"})


@dataclass(frozen=True, slots=True)
class Change:
    """One row of a file of changes. changed: names of columns, of an update."""

    record_key: str
    op: str
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """One release as its reader saw it: what it surely saw on the day it was made (then), and all it may have seen."""

    then: View
    perhaps: tuple[View, ...]


def between(old: Path, new: Path, out: Path, engine: Bounds) -> dict[str, dict[str, int]]:
    """Write `<out>/<table>.parquet` for every table of the new release; how many of each op, by table.

    A table that the older release lacks is all inserts.
    """
    out.mkdir(parents=True, exist_ok=True)
    entries = manifest.read(new)["tables"]
    before = manifest.read(old)["tables"]
    with connect(engine) as connection:
        return {
            table: _between(
                connection,
                _at(old, before[table]) if table in before else None,
                _at(new, entry),
                out / f"{table}.parquet",
            )
            for table, entry in entries.items()
        }


@dataclass(frozen=True, slots=True)
class _Stored:
    """A table of a release: a query for its rows, its columns with their types."""

    scan: str
    columns: Mapping[str, str]


def _at(directory: Path, entry: Mapping[str, Any]) -> _Stored:
    return _Stored(
        f"read_parquet({literal(str(directory / entry['file']))})", {c["name"]: c["type"] for c in entry["columns"]}
    )


def _between(connection: duckdb.DuckDBPyConnection, old: _Stored | None, new: _Stored, path: Path) -> dict[str, int]:
    with drafted(path) as draft:
        if old is None:
            tables.copy(
                connection,
                f"select record_key, 'insert' as op, []::varchar[] as changed from {new.scan} order by 1",
                draft,
            )
        else:
            shared = [c for c in new.columns if c in old.columns and c not in _OWN]
            gained = [c for c in new.columns if c not in old.columns and c not in _OWN]
            differ = _differing([(c, _unequal(c, old.columns[c], new.columns[c])) for c in shared]
                                + [(c, f"n.{name(c)} is not null") for c in gained])  # fmt: skip
            one, other = (f"select * from {at.scan} semi join differing using (record_key)" for at in (old, new))
            _find_differing(connection, old, new, shared, gained)
            tables.copy(connection, _query(one, other, differ, "true"), draft)
        counted = connection.execute(
            f"select op, count(*) from read_parquet({literal(str(draft))}) group by op"
        ).fetchall()
    found = dict(counted)
    return {op: int(found.get(op, 0)) for op in (INSERT, UPDATE, DELETE)}


def _find_differing(
    connection: duckdb.DuckDBPyConnection, old: _Stored, new: _Stored, shared: Sequence[str], gained: Sequence[str]
) -> None:
    """Make `differing(record_key)`: rows whose digest is another, or that one release lacks; wide joins cost memory."""
    columns = ", ".join(name(column) for column in shared) or "0"
    nothing = " and ".join(f"{name(column)} is null" for column in gained) or "true"
    connection.execute(
        "create or replace temp table differing as select coalesce(o.record_key, n.record_key) as record_key from "
        f"(select record_key, hash({columns}) as h from {old.scan}) o full join "
        f"(select record_key, case when {nothing} then hash({columns}) end as h from {new.scan}) n "
        "on n.record_key = o.record_key "
        "where o.h is distinct from n.h or (o.record_key is null) <> (n.record_key is null)"
    )


def _differing(columns: Sequence[tuple[str, str]]) -> str:
    """A list of the names whose condition holds; plain where nothing differs, for most rows do not."""
    if not columns:
        return "[]::varchar[]"
    names = ", ".join(f"case when {condition} then {literal(column)} end" for column, condition in columns)
    some = " or ".join(f"({condition})" for _, condition in columns)
    return f"case when {some} then list_filter([{names}], lambda x: x is not null) else []::varchar[] end"


def _query(old: str, new: str, differ: str, was_seen: str) -> str:
    """Rows matched by key; was_seen: whether the reader had the older row, else the newer one is new to it."""
    op = (
        "case when n.record_key is null then 'delete' "
        f"when o.record_key is null or not {was_seen} then 'insert' else 'update' end"
    )
    return (
        f"select record_key, op, case when op = 'update' then changed else []::varchar[] end as changed from ("
        f"select coalesce(n.record_key, o.record_key) as record_key, {op} as op, {differ} as changed "
        f"from ({old}) o full join ({new}) n on n.record_key = o.record_key) "
        "where op <> 'update' or len(changed) > 0 order by record_key"
    )


def seen(before: Seen, now: View, out: Path, engine: Bounds) -> int:
    """Write what a reader that holds the older release must do to hold the newer one; how many rows.

    A record that is no longer shown, for whatever reason, is a delete; one that was not shown then an insert.
    Columns count as the reader gets them: masked, and those only that both releases have and the view shows.
    """
    with drafted(out) as draft, connect(engine) as connection:
        if any(column.mask is Mask.HASH for column in now.columns):
            macros.create_hmac(connection, masks.HASH_MACRO, now.mask_key)
        sides = (before.then, *before.perhaps, now)
        compilers = [Compiler(Engine.DUCKDB, views.types(side)) for side in sides]
        was, *perhaps, shown = (views.where(c, side, []) for c, side in zip(compilers, sides, strict=True))
        held = " or ".join(["_was", *(f"({each})" for each in perhaps)])
        old = (
            f"select * from (select *, coalesce({was}, false) as _was from {views.parquet(before.then)}) t where {held}"
        )
        query = _query(old, f"from {views.parquet(now)} where {shown}", _shown_differing(before.then, now), "o._was")
        parameters = [each for compiler in compilers for each in compiler.parameters]
        return tables.copy(connection, query, draft, parameters)


def _shown_differing(old: View, new: View) -> str:
    kinds, before = views.types(new), views.types(old)
    shown = [c for c in new.columns if c.mask is not Mask.HIDDEN and c.name not in _OWN]
    return _differing([(c.name, _differs(c, kinds[c.name], before.get(c.name))) for c in shown])


def _differs(column: ViewColumn, kind: str, before: str | None) -> str:
    """Whether the reader sees another value; a mask is worked out only where the values differ."""
    new = f"n.{name(column.name)}"
    if before is None:
        return f"{new} is not null"
    differs = _unequal(column.name, before, kind)
    if column.mask is Mask.PLAIN or before != kind:
        return differs
    old = f"o.{name(column.name)}"
    masked = masks.in_duckdb(column.mask, before, old), masks.in_duckdb(column.mask, kind, new)
    return f"{differs} and {masked[0]} is distinct from {masked[1]}"


def _unequal(column: str, before: str, kind: str) -> str:
    """Whether two releases hold different values; those of another type are others, and are not to be compared."""
    old, new = f"o.{name(column)}", f"n.{name(column)}"
    return f"{old} is distinct from {new}" if before == kind else f"({old} is not null or {new} is not null)"


def turned(
    path: Path, new: Path, table: str, column: str, known: Collection[str], engine: Bounds
) -> tuple[list[str], list[str]]:
    """The records of which a file of changes set a boolean column of the newer release: to true, inserts included, and
    to something else, inserts of known keys included."""
    entry = manifest.read(new)["tables"][table]
    query = (
        f"select c.record_key, coalesce(n.{name(column)}, false) as is_true from read_parquet($changes) c "
        f"join read_parquet($new) n using (record_key) where list_contains(c.changed, $column) "
        "or c.op = 'insert' and (is_true or c.record_key in (select unnest($known::varchar[]))) order by 1"
    )
    facts = {"changes": str(path), "new": str(new / entry["file"]), "column": column, "known": list(known)}
    return _parted(query, facts, engine)


def merged_as(new: Path, table: str, column: str, engine: Bounds) -> tuple[list[str], list[str]]:
    """The keys that lead to other records of a release, by a boolean column of those: true, and something else."""
    entry = manifest.read(new)["tables"][table]
    into: dict[str, str] = entry.get("merged", {}).get("into", {})
    query = (
        f"select m.key, coalesce(n.{name(column)}, false) from read_parquet($new) n "
        "join (select unnest($keys::varchar[]) as key, unnest($into::varchar[]) as record_key) m using (record_key) "
        "order by 1"
    )
    return _parted(query, {"new": str(new / entry["file"]), "keys": list(into), "into": list(into.values())}, engine)


def _parted(query: str, facts: Mapping[str, Any], engine: Bounds) -> tuple[list[str], list[str]]:
    with connect(engine) as connection:
        found = connection.execute(query, facts).fetchall()
    return [key for key, is_true in found if is_true], [key for key, is_true in found if not is_true]


def page(path: Path, after: str | None, limit: int, engine: Bounds) -> tuple[list[Change], str | None]:
    """Changes of a file in the order of their keys, and the key to go on after; None at the end."""
    with connect(engine) as connection:
        rows = connection.execute(
            "select record_key, op, changed from read_parquet(?) where record_key > ? order by record_key limit ?",
            [str(path), after or "", limit + 1],
        ).fetchall()
    found = [Change(key, op, tuple(changed)) for key, op, changed in rows[:limit]]
    return found, found[-1].record_key if len(rows) > limit else None
