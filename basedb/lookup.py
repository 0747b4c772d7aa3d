"""The look-up files of a release: one SQLite file per table, record key first.

Tables are apart so that they are written side by side, and so that a table that did not change keeps its file.

SQLite has few types, so values are stored in forms that compare and come back exactly:
dates and times as ISO text, booleans as 0/1, decimals as integers scaled by their digits
(DECIMAL(18,2) 12.50 is 1250), whole numbers as integers, floats as floats, text as text.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import duckdb

from basedb import manifest
from basedb.connect import Engine, connect
from basedb.draft import drafted
from basedb.quote import literal, name
from catalog.errors import BuildFailed
from catalog.vocab import TableSpec

# what is to be done on a connection, and what is left to do after it
Work = Callable[[duckdb.DuckDBPyConnection], "Work | None"]
NOT_LOOKED_UP = ("_key", "_row", "_delivery")
WHOLE = ("BIGINT", "INTEGER", "SMALLINT", "TINYINT", "UINTEGER", "USMALLINT", "UTINYINT")
TIME_FORMAT = "%Y-%m-%dT%H:%M:%S.%f"


def indexes(table: TableSpec) -> tuple[str, ...]:
    """Columns that records are found by besides their key: look-up columns and identifiers."""
    identifiers = tuple(c.name for c in table.columns if c.identifier is not None)
    return tuple(dict.fromkeys((*table.lookup, *identifiers)))


@cache
def scale(kind: str) -> int | None:
    """Digits after the point of a DECIMAL type, None for other types."""
    found = re.fullmatch(r"DECIMAL\((\d+),(\d+)\)", kind)
    return int(found[2]) if found else None


def path_of(directory: Path, table: str) -> Path:
    """Where the look-up file of a release's table lies."""
    return directory / f"{table}.sqlite"


def write(
    directory: Path, tables: Mapping[str, Mapping[str, Any]], indexed: Mapping[str, Sequence[str]], engine: Engine
) -> None:
    """Write the look-up files of these manifest entries from their Parquet, as many at once as the engine has threads."""
    works = [partial(write_one, directory, table, entry, indexed[table]) for table, entry in largest_first(tables)]
    side_by_side(engine, works)


def largest_first(tables: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, Mapping[str, Any]]]:
    """Manifest entries by their rows: a large table that is begun last keeps one thread when others have nothing to do."""
    return sorted(tables.items(), key=lambda each: -int(each[1]["rows"]))


def side_by_side(engine: Engine, works: Iterable[Work]) -> None:
    """Do all works on as many connections as the engine has threads, which share its memory; a failure is raised.

    SQLite takes one thread per file, so two files at once take half of the time. What is left to do after a work
    waits behind all others: three large files are then indexed while others are filled, and no thread is idle for long.
    """
    waiting = SimpleQueue[Work]()
    for work in works:
        waiting.put(work)
    share = replace(engine, threads=1, memory=engine.share(engine.threads))
    with ThreadPoolExecutor(engine.threads) as pool:
        for done in [pool.submit(_work_through, waiting, share) for _ in range(engine.threads)]:
            done.result()


def _work_through(waiting: SimpleQueue[Work], engine: Engine) -> None:
    with connect(engine, "sqlite_scanner") as connection:
        for work in _taken(waiting):
            rest = work(connection)
            if rest is not None:
                waiting.put(rest)


def _taken(waiting: SimpleQueue[Work]) -> Iterator[Work]:
    with suppress(Empty):
        while True:
            yield waiting.get_nowait()


def write_one(
    directory: Path,
    table: str,
    entry: Mapping[str, Any],
    indexed: Sequence[str],
    connection: duckdb.DuckDBPyConnection,
) -> Work:
    """Fill the look-up file of one table; it appears, whole or not at all, when what is returned is done too.

    connection: with the sqlite_scanner extension.
    """
    with ExitStack() as stack:
        draft = stack.enter_context(drafted(path_of(directory, table)))
        create(draft, {table: entry})
        connection.execute(f"attach {literal(str(draft))} as lookup (type sqlite)")
        try:
            fill(connection, directory, table, entry)
        finally:
            connection.execute("detach lookup")
        return partial(_finish, stack.pop_all(), draft, table, indexed)


def _finish(drafting: ExitStack, draft: Path, table: str, indexed: Sequence[str], _: duckdb.DuckDBPyConnection) -> None:
    with drafting:
        _index(draft, table, indexed)


def ensure(directory: Path, table: TableSpec, engine: Engine) -> Path:
    """The look-up file of a table, made from its Parquet unless it is there."""
    path = path_of(directory, table.name)
    if not path.exists():
        with connect(engine, "sqlite_scanner") as connection:
            entry = manifest.read(directory)["tables"][table.name]
            write_one(directory, table.name, entry, indexes(table), connection)(connection)
    return path


def create(path: Path, tables: Mapping[str, Mapping[str, Any]]) -> None:
    """An empty look-up file with these tables."""
    with closing(sqlite3.connect(path)) as database:
        database.execute("pragma journal_mode = off")
        for table, entry in tables.items():
            columns = ", ".join(f"{name(c)} {_storage(kind)}" for c, kind in columns_of(entry).items())
            database.execute(f"create table {name(table)} ({columns}, primary key (record_key)) without rowid")
        database.commit()


def columns_of(entry: Mapping[str, Any]) -> dict[str, str]:
    """Name -> DuckDB type of the columns that a look-up file holds."""
    return {c["name"]: c["type"] for c in entry["columns"] if c["name"] not in NOT_LOOKED_UP}


def fill(
    connection: duckdb.DuckDBPyConnection, directory: Path, table: str, entry: Mapping[str, Any], some: str = ""
) -> None:
    """Put a table's rows into the attached file `lookup`; some: a join that leaves those that are wanted."""
    stored = ", ".join(_stored(column, kind) for column, kind in columns_of(entry).items())
    query = f"select {stored} from read_parquet({literal(str(directory / entry['file']))}) {some}"
    # a base's file lies in the order of its record keys already, and sorting it again takes half of the time
    order = "order by record_key" if some or any(c["name"] == "_key" for c in entry["columns"]) else ""
    connection.execute(f"insert into lookup.{name(table)} {query} {order}")


def _index(path: Path, table: str, columns: Sequence[str]) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("pragma journal_mode = off")
        database.execute("pragma synchronous = off")
        for column in columns:
            database.execute(f"create index {name(f'{table}.{column}')} on {name(table)} ({name(column)})")
        database.commit()


def _storage(kind: str) -> str:
    if kind in WHOLE or kind == "BOOLEAN" or scale(kind) is not None:
        return "INTEGER"
    if kind in ("VARCHAR", "DATE", "TIMESTAMP"):
        return "TEXT"
    if kind in ("DOUBLE", "FLOAT"):
        return "REAL"
    raise BuildFailed(f"查询文件不支持 {kind} 类型的列")


def _stored(column: str, kind: str) -> str:
    quoted = name(column)
    if kind == "DATE":
        return f"strftime({quoted}, '%Y-%m-%d')"
    if kind == "TIMESTAMP":
        return f"strftime({quoted}, {literal(TIME_FORMAT)})"
    digits = scale(kind)
    if digits is not None:
        return f"({quoted}::decimal(38, {digits}) * {10**digits})::bigint"
    return quoted
