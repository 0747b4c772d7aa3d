"""The look-up files of a release made from those of the release before, where few rows changed.

Writing three million rows and their indexes again takes most of the time of a build that changed one in a hundred.
A table whose Parquet has the digest it had keeps its file; else the file is copied and brought up to date. Rows are
compared by a digest of all that the file holds of them, read from the Parquet of both releases.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

from basedb import lookup, manifest
from basedb.connect import Engine
from basedb.draft import drafted
from basedb.quote import literal, name

# beyond this share of changed rows a new file is made faster
MOST_CHANGED = 0.2
_GONE = "gone"

Tables = Mapping[str, Mapping[str, Any]]


def write(
    previous: Path | None, directory: Path, tables: Tables, indexed: Mapping[str, Sequence[str]], engine: Engine
) -> None:
    """Write the look-up files of a release: those of the previous release where they serve, new ones elsewhere."""
    before: Tables = manifest.read(previous)["tables"] if previous and (previous / manifest.FILE).exists() else {}
    works = [
        partial(_write_one, previous, before.get(table), directory, table, entry, indexed[table])
        for table, entry in lookup.largest_first(tables)
    ]
    lookup.side_by_side(engine, works)


def _write_one(
    previous: Path | None,
    before: Mapping[str, Any] | None,
    directory: Path,
    table: str,
    entry: Mapping[str, Any],
    indexed: Sequence[str],
    connection: duckdb.DuckDBPyConnection,
) -> lookup.Work | None:
    if (
        previous is None
        or before is None
        or not _is_alike(previous, table, before, entry, indexed)
        or not _took_over(connection, previous, before, directory, table, entry)
    ):
        return lookup.write_one(directory, table, entry, indexed, connection)
    return None


def _is_alike(
    previous: Path, table: str, before: Mapping[str, Any], entry: Mapping[str, Any], indexed: Sequence[str]
) -> bool:
    """Whether the previous release has a file of this table, with its columns in their order and its indexes."""
    path = lookup.path_of(previous, table)
    held, wanted = (list(lookup.columns_of(each).items()) for each in (before, entry))
    if not path.exists() or held != wanted:
        return False
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
        rows = database.execute("select name from sqlite_master where type = 'index' and sql is not null")
        return {index for (index,) in rows} == {f"{table}.{column}" for column in indexed}


def _took_over(
    connection: duckdb.DuckDBPyConnection,
    previous: Path,
    before: Mapping[str, Any],
    directory: Path,
    table: str,
    entry: Mapping[str, Any],
) -> bool:
    """Whether the table's file came from the previous release's: the same file, or a copy with few rows changed."""
    own, theirs = lookup.path_of(directory, table), lookup.path_of(previous, table)
    if before["sha256"] == entry["sha256"]:
        _link(theirs, own)
        return True
    if _compare(connection, previous, directory, table, entry) > MOST_CHANGED * int(entry["rows"]):
        return False
    with drafted(own) as draft:
        shutil.copyfile(theirs, draft)
        _apply(connection, draft, directory, table, entry)
    return True


def _link(theirs: Path, own: Path) -> None:
    """The same file under two names, as releases never change; a copy where the file system knows no such links."""
    try:
        own.hardlink_to(theirs)
    except OSError:
        with drafted(own) as draft:
            shutil.copyfile(theirs, draft)


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
