"""The look-up file of a release made from that of the release before: copied, then brought up to date.

Writing three million rows and their indexes again takes most of the time of a build that changed one in a hundred.
Rows are compared by a digest of all that the file holds of them, read from the Parquet of both releases.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb

from basedb import lookup, manifest
from basedb.draft import drafted
from basedb.quote import literal, name

# beyond this share of changed rows a new file is made faster
MOST_CHANGED = 0.2
_GONE = "gone"

Tables = Mapping[str, Mapping[str, Any]]


def refresh(
    connection: duckdb.DuckDBPyConnection,
    previous: Path,
    directory: Path,
    tables: Tables,
    indexed: Mapping[str, tuple[str, ...]],
) -> bool:
    """Write the look-up file from the previous release's; False where that does not suit and nothing was written.

    It suits when both releases have the same tables, columns and indexes, and few rows differ.
    """
    if not _is_alike(previous, tables, indexed):
        return False
    changed = {table: _compare(connection, previous, directory, table, entry) for table, entry in tables.items()}
    if sum(changed.values()) > MOST_CHANGED * sum(int(entry["rows"]) for entry in tables.values()):
        return False
    with drafted(directory / lookup.FILE) as draft:
        shutil.copyfile(previous / lookup.FILE, draft)
        for table, entry in tables.items():
            if changed[table]:
                _apply(connection, draft, directory, table, entry)
    return True


def _is_alike(previous: Path, tables: Tables, indexed: Mapping[str, tuple[str, ...]]) -> bool:
    if not (previous / lookup.FILE).exists():
        return False
    before: Tables = manifest.read(previous)["tables"]
    columns = {table: lookup.columns_of(entry) for table, entry in tables.items()}
    if {table: lookup.columns_of(entry) for table, entry in before.items()} != columns:
        return False
    with closing(sqlite3.connect(f"{(previous / lookup.FILE).resolve().as_uri()}?mode=ro", uri=True)) as database:
        rows = database.execute("select name from sqlite_master where type = 'index' and sql is not null")
        held = {index for (index,) in rows}
    return held == {f"{table}.{column}" for table, own in indexed.items() for column in own}


def _compare(
    connection: duckdb.DuckDBPyConnection, previous: Path, directory: Path, table: str, entry: Mapping[str, Any]
) -> int:
    """Make `gone_<table>` (keys) and `come_<table>` (keys to put); how many both are."""
    stored = ", ".join(name(column) for column in lookup.columns_of(entry))
    digest = f"select record_key, hash({stored}) as h from"
    old, new = (f"{digest} read_parquet({literal(str(at / entry['file']))})" for at in (previous, directory))
    connection.execute(f"create or replace temp table old_digest as {old}")
    connection.execute(f"create or replace temp table new_digest as {new}")
    for kind, one, other in (("gone", "old", "new"), ("come", "new", "old")):
        connection.execute(
            f"create or replace temp table {name(f'{kind}_{table}')} as "
            f"select record_key from {one}_digest a anti join {other}_digest b using (record_key, h)"
        )
    connection.execute("drop table old_digest")
    connection.execute("drop table new_digest")
    counts = f"(select count(*) from {name(f'gone_{table}')}), (select count(*) from {name(f'come_{table}')})"
    gone, come = connection.execute(f"select {counts}").fetchall()[0]
    return int(max(gone, come))


def _apply(
    connection: duckdb.DuckDBPyConnection, draft: Path, directory: Path, table: str, entry: Mapping[str, Any]
) -> None:
    """Take the old rows out and put the new ones in, inside SQLite."""
    delta = draft.with_suffix(".delta")
    try:
        lookup.create(delta, {table: entry})
        with closing(sqlite3.connect(delta)) as database:
            database.execute(f"create table {_GONE} (record_key text primary key) without rowid")
            database.commit()
        connection.execute(f"attach {literal(str(delta))} as lookup (type sqlite)")
        try:
            lookup.fill(connection, directory, table, entry, f"semi join {name(f'come_{table}')} using (record_key)")
            connection.execute(f"insert into lookup.{_GONE} from {name(f'gone_{table}')} order by record_key")
        finally:
            connection.execute("detach lookup")
        _merge(draft, delta, table)
    finally:
        delta.unlink(missing_ok=True)


def _merge(draft: Path, delta: Path, table: str) -> None:
    with closing(sqlite3.connect(draft, isolation_level=None)) as database:
        database.execute("pragma journal_mode = off")
        database.execute("pragma synchronous = off")
        database.execute("attach ? as delta", [str(delta)])
        database.execute("begin")
        database.execute(f"delete from main.{name(table)} where record_key in (select record_key from delta.{_GONE})")
        database.execute(f"insert into main.{name(table)} select * from delta.{name(table)}")
        database.execute("commit")
        database.execute("detach delta")
