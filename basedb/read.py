"""Answers a View and nothing else: records, look-ups, pages, extracts, counts.

A look-up or page asks the release's read-only SQLite file; an extract and a count ask its Parquet
through DuckDB. Both see the view's rows only, never a suppressed key, and hidden columns are in no
answer. Rows are dictionaries of JSON values with `record_key` first.
"""

from __future__ import annotations

import codecs
import re
import shutil
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from basedb import connect as engines
from basedb import lookup, macros, manifest, masks, tables, views
from basedb.conditions import Compiler, Engine
from basedb.draft import drafted
from basedb.plans import Row, plan_of, row_of
from basedb.quote import literal, name
from catalog.errors import Invalid, NoRelease, NotGranted
from catalog.view import AnyOf, Condition, Eq, View
from catalog.vocab import Mask, TableSpec

MAX_PAGE = 100
KEY = re.compile(r"[0-9a-f]{20}")


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in the order of their keys; next: the key to go on after, None at the end."""

    rows: tuple[Row, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class Extract:
    """A stored extract: rows, SHA-256 and size of its file."""

    path: Path
    rows: int
    sha256: str
    size: int


def open_lookup(directory: Path, table: str) -> sqlite3.Connection:
    """A read-only connection to the look-up file of a release's table, for one thread at a time.

    Raises NoRelease when the table has none.
    """
    path = lookup.path_of(directory, table)
    if not path.exists():
        raise NoRelease(f"发布版本 {directory.name} 没有查询文件", remedy="该资源尚未开通按记录查询，请用批量文件方式")
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)


def record(connection: sqlite3.Connection, view: View, record_key: str) -> Row | None:
    """The record of that key, None when the view does not show it, for whatever reason."""
    if not KEY.fullmatch(record_key):
        return None
    plan = plan_of(view)
    found = connection.execute(plan.one, [record_key, *plan.parameters]).fetchone()
    return row_of(found, plan.readers) if found else None


def forwarded(view: View, record_key: str) -> str | None:
    """The key of the record into which that of this key was merged in the view's release; None when it was not."""
    into: dict[str, str] = views.entry(view.directory, view.table).get("merged", {}).get("into", {})
    return into.get(record_key)


def forwarded_name(view: View, natural: str, secret: bytes) -> str | None:
    """The same by the natural key of the merged record; secret: of the platform keys."""
    merged = views.entry(view.directory, view.table).get("merged")
    return forwarded(view, macros.plain_key(secret, merged["kind"], natural)) if merged else None


def plain_key(kind: str, natural: str, secret: bytes) -> str:
    """The record key that a natural key has by itself; secret: of the platform keys."""
    return macros.plain_key(secret, kind, natural)


def merged_into(view: View, record_key: str) -> list[str]:
    """The keys of the records that were merged into that of this key, in order."""
    into: dict[str, str] = views.entry(view.directory, view.table).get("merged", {}).get("into", {})
    return sorted(old for old, new in into.items() if new == record_key)


def find(
    connection: sqlite3.Connection, view: View, column: str, value: Any, limit: int = MAX_PAGE, after: str | None = None
) -> Page:
    """A page of the records whose column has this value; NotGranted unless the view allows that question.

    The column itself may be masked in the answer: who asks by an identifier knows it.
    """
    if column not in view.lookup:
        raise NotGranted(
            f"授权不允许按 {column} 查询", remedy=f"可查询的列：{'、'.join(view.lookup) or '无'}", column=column
        )
    return _page(connection, view, [Eq(column, value)], limit, after)


def page(
    connection: sqlite3.Connection,
    view: View,
    limit: int = MAX_PAGE,
    after: str | None = None,
    filter: Condition | None = None,
) -> Page:
    """A page of the view; the filter may speak of columns shown unmasked only, else NotGranted."""
    return _page(connection, view, views.allowed(view, filter), limit, after)


def extract(view: View, out: Path, engine: engines.Engine) -> Extract:
    """Write the view's rows and columns to a Parquet file, masked, ordered by record key.

    What is hidden is not in the file. The file appears whole or not at all, also when several
    write it at once.
    """
    with drafted(out) as draft, engines.connect(engine) as connection:
        if any(column.mask is Mask.HASH for column in view.columns):
            macros.create_hmac(connection, masks.HASH_MACRO, view.mask_key)
        compiler, condition = views.duckdb_condition(view, None)
        shown = ", ".join(views.masked(view, column) for column in views.shown(view))
        query = f"select record_key{', ' + shown if shown else ''} from {views.parquet(view)} where {condition} order by record_key"
        rows = tables.copy(connection, query, draft, compiler.parameters)
    return Extract(out, rows, manifest.file_digest(out), out.stat().st_size)


def as_geoparquet(extract: Path, out: Path, engine: engines.Engine) -> int:
    """Write an extract as GeoParquet in CGCS2000 (EPSG:4490), without rows that have no place; the number of rows.

    The place is the outline, else the point, else the cell, as far as the extract shows it unmasked; NotGranted when
    it shows none. Whole or not at all.
    """
    with drafted(out) as draft, engines.connect(engine, "spatial") as connection:
        source = connection.read_parquet(str(extract))
        shape, replaced = _shape(dict(zip(source.columns, map(str, source.types), strict=True)))
        rest = "* exclude (geometry)" if replaced else "*"
        from_file = f"read_parquet({literal(str(extract))})"
        placed = f"select {rest}, st_setcrs({shape}, 'EPSG:4490') as geometry from {from_file}"
        # the file is read by GDAL and others, who take the first geometry column for the place
        return tables.copy(connection, f"from ({placed}) where geometry is not null order by record_key", draft)


def rows_of(path: Path, engine: engines.Engine) -> int:
    """How many rows a Parquet file has, out of its footer."""
    with engines.connect(engine) as connection:
        found = connection.execute("select num_rows from parquet_file_metadata(?)", [str(path)]).fetchall()
    return int(found[0][0])


def _shape(types: dict[str, str]) -> tuple[str, bool]:
    """How the place is made of the columns there are, and whether it takes the place of a column."""
    if types.get("geometry") == "VARCHAR":
        return "try(st_geomfromgeojson(geometry))", True
    for shape, wanted in (
        ("st_point(longitude, latitude)", ("longitude", "latitude")),
        ("st_makeenvelope(west, south, east, north)", ("west", "south", "east", "north")),
    ):
        if all(types.get(column) == "DOUBLE" for column in wanted):
            return shape, False
    raise NotGranted("授权的列中没有可用的空间位置", remedy="申请包含几何、经纬度或网格四至的列")


def as_csv(extract: Path, out: Path, engine: engines.Engine) -> None:
    """Write an extract as CSV in UTF-8, its mark first, by which Excel reads Chinese; whole or not at all."""
    with drafted(out) as draft, engines.connect(engine) as connection:
        rows = draft.with_suffix(".rows")
        try:
            connection.read_parquet(str(extract)).write_csv(str(rows), header=True)
            with draft.open("wb") as target, rows.open("rb") as source:
                target.write(codecs.BOM_UTF8)
                shutil.copyfileobj(source, target, 1 << 20)
        finally:
            rows.unlink(missing_ok=True)


def keys(asked: Iterable[tuple[View, str]], engine: engines.Engine, limit: int) -> list[list[str]]:
    """For each view and value the record keys whose look-up columns hold it, `limit` of them at most.

    Asks no look-up file.
    """
    with engines.connect(engine) as connection:
        return [_keys(connection, view, value, limit) for view, value in asked]


def _keys(connection: duckdb.DuckDBPyConnection, view: View, value: str, limit: int) -> list[str]:
    if not view.lookup:
        return []
    compiler = Compiler(Engine.DUCKDB, views.types(view))
    condition = views.where(compiler, view, [AnyOf(tuple(Eq(column, value) for column in view.lookup))])
    query = f"select record_key from {views.parquet(view)} where {condition} order by record_key limit {int(limit)}"
    return [key for (key,) in connection.execute(query, compiler.parameters).fetchall()]


def tally(connection: sqlite3.Connection, view: View, column: str, value: Any) -> int:
    """How many records of the view have this value in a column by which it may be asked."""
    if column not in view.lookup:
        raise NotGranted(f"授权不允许按 {column} 查询", column=column)
    plan = plan_of(view)
    compiler = Compiler(Engine.SQLITE, plan.types)
    condition = f"{compiler.sql(Eq(column, value))} and {plan.own}"
    query = f"select count(*) from {name(view.table)} where {condition}"
    return int(connection.execute(query, [*compiler.parameters, *plan.parameters]).fetchone()[0])


def count(view: View, engine: engines.Engine, filter: Condition | None = None) -> int:
    """How many records the view has, or those of them that the filter leaves."""
    with engines.connect(engine) as connection:
        return _count(connection, view, filter)


def _count(connection: duckdb.DuckDBPyConnection, view: View, filter: Condition | None) -> int:
    compiler, condition = views.duckdb_condition(view, filter)
    query = f"select count(*) from {views.parquet(view)} where {condition}"
    return int(connection.execute(query, compiler.parameters).fetchall()[0][0])


def _page(connection: sqlite3.Connection, view: View, asked: list[Condition], limit: int, after: str | None) -> Page:
    if not 1 <= limit <= MAX_PAGE:
        raise Invalid(f"每页条数须在 1 到 {MAX_PAGE} 之间", remedy="更多数据请用批量文件方式", limit=limit)
    if after is not None and not KEY.fullmatch(after):
        raise Invalid("翻页标记无效", remedy="使用上一页返回的标记")
    rows = _ask(connection, view, asked, after, limit + 1)
    more = len(rows) > limit
    return Page(tuple(rows[:limit]), str(rows[limit - 1]["record_key"]) if more else None)


def _ask(
    connection: sqlite3.Connection, view: View, asked: list[Condition], after: str | None, limit: int
) -> list[Row]:
    plan = plan_of(view)
    compiler = Compiler(Engine.SQLITE, plan.types)
    condition = " and ".join([compiler.sql(each) for each in asked] + [plan.own])
    parameters = [*compiler.parameters, *plan.parameters]
    if after is not None:
        condition += " and record_key > ?"
        parameters.append(after)
    query = f"{plan.select}{condition} order by record_key limit ?"
    found = connection.execute(query, [*parameters, limit]).fetchall()
    return [row_of(values, plan.readers) for values in found]


def prepare_lookup(directory: Path, table: TableSpec, engine: engines.Engine) -> None:
    """Make the look-up file of a release's table unless it is there."""
    lookup.ensure(directory, table, engine)
