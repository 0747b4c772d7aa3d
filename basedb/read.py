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
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb

from basedb import connect as engines
from basedb import lookup, macros, manifest, masks, tables
from basedb.conditions import Compiler, Engine, columns_in
from basedb.draft import drafted
from basedb.lookup import scale
from basedb.masks import Json
from basedb.quote import literal, name
from basedb.values import from_sqlite
from catalog.errors import Invalid, Misconfigured, NoRelease, NotGranted
from catalog.view import AllOf, AnyOf, Condition, Eq, View, ViewColumn
from catalog.vocab import Mask, TableSpec

MAX_PAGE = 100
KEY = re.compile(r"[0-9a-f]{20}")

Row = dict[str, Json]


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


def open_lookup(directory: Path) -> sqlite3.Connection:
    """A read-only connection to a release's look-up file, for one thread at a time.

    Raises NoRelease when the release has none.
    """
    path = directory / lookup.FILE
    if not path.exists():
        raise NoRelease(f"发布版本 {directory.name} 没有查询文件", remedy="该资源尚未开通按记录查询，请用批量文件方式")
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)


def record(connection: sqlite3.Connection, view: View, record_key: str) -> Row | None:
    """The record of that key, None when the view does not show it, for whatever reason."""
    if not KEY.fullmatch(record_key):
        return None
    plan = _plan(view)
    found = connection.execute(plan.one, [record_key, *plan.parameters]).fetchone()
    return _row(found, plan.readers) if found else None


def forwarded(view: View, record_key: str) -> str | None:
    """The key of the record into which that of this key was merged in the view's release; None when it was not."""
    into: dict[str, str] = _entry(view.directory, view.table).get("merged", {}).get("into", {})
    return into.get(record_key)


def forwarded_name(view: View, natural: str, secret: bytes) -> str | None:
    """The same by the natural key of the merged record; secret: of the platform keys."""
    merged = _entry(view.directory, view.table).get("merged")
    return forwarded(view, macros.plain_key(secret, merged["kind"], natural)) if merged else None


def plain_key(kind: str, natural: str, secret: bytes) -> str:
    """The record key that a natural key has by itself; secret: of the platform keys."""
    return macros.plain_key(secret, kind, natural)


def merged_into(view: View, record_key: str) -> list[str]:
    """The keys of the records that were merged into that of this key, in order."""
    into: dict[str, str] = _entry(view.directory, view.table).get("merged", {}).get("into", {})
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
    return _page(connection, view, _allowed(view, filter), limit, after)


def extract(view: View, out: Path, engine: engines.Engine) -> Extract:
    """Write the view's rows and columns to a Parquet file, masked, ordered by record key.

    What is hidden is not in the file. The file appears whole or not at all, also when several
    write it at once.
    """
    with drafted(out) as draft, engines.connect(engine) as connection:
        if any(column.mask is Mask.HASH for column in view.columns):
            macros.create_hmac(connection, masks.HASH_MACRO, view.mask_key)
        compiler, condition = _duckdb_condition(view, None)
        shown = ", ".join(_masked(view, column) for column in _shown(view))
        query = f"select record_key{', ' + shown if shown else ''} from {_parquet(view)} where {condition} order by record_key"
        rows = tables.copy(connection, query, draft, compiler.parameters)
    return Extract(out, rows, manifest.file_digest(out), out.stat().st_size)


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


def keys(view: View, value: str, engine: engines.Engine, limit: int) -> list[str]:
    """The record keys whose look-up columns hold the value, `limit` of them at most; asks no look-up file."""
    if not view.lookup:
        return []
    with engines.connect(engine) as connection:
        compiler = Compiler(Engine.DUCKDB, types_of(view))
        condition = where(compiler, view, [AnyOf(tuple(Eq(column, value) for column in view.lookup))])
        query = f"select record_key from {_parquet(view)} where {condition} order by record_key limit {int(limit)}"
        return [key for (key,) in connection.execute(query, compiler.parameters).fetchall()]


def count(view: View, engine: engines.Engine, filter: Condition | None = None) -> int:
    """How many records the view has, or those of them that the filter leaves."""
    with engines.connect(engine) as connection:
        return _count(connection, view, filter)


def _count(connection: duckdb.DuckDBPyConnection, view: View, filter: Condition | None) -> int:
    compiler, condition = _duckdb_condition(view, filter)
    query = f"select count(*) from {_parquet(view)} where {condition}"
    return int(connection.execute(query, compiler.parameters).fetchall()[0][0])


def _allowed(view: View, filter: Condition | None) -> list[Condition]:
    """The caller's filter, once it speaks only of columns shown unmasked."""
    if filter is None:
        return []
    plain = {column.name for column in view.columns if column.mask is Mask.PLAIN} | {"record_key"}
    refused = sorted(columns_in(filter) - plain)
    if refused:
        raise NotGranted(
            f"授权不允许按 {'、'.join(refused)} 筛选", remedy="只能按授权中以原值显示的列筛选", columns=refused
        )
    return [filter]


def _page(connection: sqlite3.Connection, view: View, asked: list[Condition], limit: int, after: str | None) -> Page:
    if not 1 <= limit <= MAX_PAGE:
        raise Invalid(f"每页条数须在 1 到 {MAX_PAGE} 之间", remedy="更多数据请用批量文件方式", limit=limit)
    if after is not None and not KEY.fullmatch(after):
        raise Invalid("翻页标记无效", remedy="使用上一页返回的标记")
    rows = _ask(connection, view, asked, after, limit + 1)
    more = len(rows) > limit
    return Page(tuple(rows[:limit]), str(rows[limit - 1]["record_key"]) if more else None)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What stays the same in every question to one view: types, columns, their readers, the view's own rows."""

    view: View
    types: dict[str, str]
    select: str
    one: str
    readers: tuple[tuple[str, Callable[[Json], Json] | None], ...]
    own: str
    parameters: tuple[Any, ...]


_PLANS: dict[int, _Plan] = {}
MAX_PLANS = 1000


def _plan(view: View) -> _Plan:
    """The view's plan, made once: a view never changes, and the plan holds it, so that its id stays its own."""
    plan = _PLANS.get(id(view))
    if plan is None:
        types = types_of(view)
        compiler = Compiler(Engine.SQLITE, types)
        own = where(compiler, view, [])
        columns = ", ".join(["record_key", *(name(column.name) for column in _shown(view))])
        select = f"select {columns} from {name(view.table)} where "
        if len(_PLANS) >= MAX_PLANS:
            _PLANS.clear()
        one = f"{select}record_key = ? and {own}"
        plan = _Plan(view, types, select, one, _readers(view), own, tuple(compiler.parameters))
        _PLANS[id(view)] = plan
    return plan


def _ask(
    connection: sqlite3.Connection, view: View, asked: list[Condition], after: str | None, limit: int
) -> list[Row]:
    plan = _plan(view)
    compiler = Compiler(Engine.SQLITE, plan.types)
    condition = " and ".join([compiler.sql(each) for each in asked] + [plan.own])
    parameters = [*compiler.parameters, *plan.parameters]
    if after is not None:
        condition += " and record_key > ?"
        parameters.append(after)
    query = f"{plan.select}{condition} order by record_key limit ?"
    found = connection.execute(query, [*parameters, limit]).fetchall()
    return [_row(values, plan.readers) for values in found]


def where(compiler: Compiler, view: View, asked: list[Condition]) -> str:
    """The view's own rows, then what is asked of them; the order of the text is that of the parameters."""
    own = [view.where] if view.where is not None else []
    condition = compiler.sql(AllOf((*own, *asked)))
    return f"{condition} and {compiler.none_of_keys(sorted(view.suppressed))}" if view.suppressed else condition


def _duckdb_condition(view: View, filter: Condition | None) -> tuple[Compiler, str]:
    compiler = Compiler(Engine.DUCKDB, types_of(view))
    return compiler, where(compiler, view, _allowed(view, filter))


def _shown(view: View) -> list[ViewColumn]:
    shown = [column for column in view.columns if column.mask is not Mask.HIDDEN and column.name != "record_key"]
    missing = sorted({column.name for column in shown} - set(types_of(view)))
    if missing:
        raise Misconfigured(f"{view.table} 的版本 {view.release_id} 没有列 {'、'.join(missing)}", columns=missing)
    return shown


def _readers(view: View) -> tuple[tuple[str, Callable[[Json], Json] | None], ...]:
    """Column -> from the stored form to what the reader gets; None where the two are the same."""
    types = types_of(view)
    shown = ((c.name, _reader(types[c.name], c.mask, view.mask_key)) for c in _shown(view))
    return (("record_key", None), *shown)


def _reader(kind: str, mask: Mask, key: bytes) -> Callable[[Json], Json] | None:
    is_stored_as_shown = scale(kind) is None and kind != "BOOLEAN"
    if mask is Mask.PLAIN and is_stored_as_shown:
        return None
    show = masks.in_python(mask, kind, key)
    if is_stored_as_shown:
        return show
    read = from_sqlite(kind)
    return lambda value: show(read(value))


def _row(values: tuple[Json, ...], readers: tuple[tuple[str, Callable[[Json], Json] | None], ...]) -> Row:
    return {
        column: read(value) if read is not None else value
        for (column, read), value in zip(readers, values, strict=True)
    }


def _masked(view: View, column: ViewColumn) -> str:
    kind = types_of(view)[column.name]
    return f"{masks.in_duckdb(column.mask, kind, name(column.name))} as {name(column.name)}"


def _parquet(view: View) -> str:
    return f"read_parquet({literal(str(view.directory / _entry(view.directory, view.table)['file']))})"


def types_of(view: View) -> dict[str, str]:
    """Column -> DuckDB type of what a view can speak of: what the look-up file holds, in both engines.

    SQLite reads an unknown quoted name as a text, so no name passes that is not in here. Raises
    Misconfigured when the view names a column twice: one mask could undo the other.
    """
    counted = Counter(column.name for column in view.columns)
    twice = [column for column, times in counted.items() if times > 1]
    if twice:
        raise Misconfigured(f"授权中列 {'、'.join(twice)} 重复", remedy="修改授权，每列只列一次", columns=twice)
    return lookup.columns_of(_entry(view.directory, view.table))


@lru_cache(maxsize=256)
def _entry(directory: Path, table: str) -> dict[str, Any]:
    """The table's entry in the manifest; a release never changes, so it is read once."""
    known = manifest.read(directory)["tables"]
    if table not in known:
        raise Misconfigured(f"发布版本 {directory.name} 没有数据表 {table}")
    entry: dict[str, Any] = known[table]
    return entry


def prepare_lookup(directory: Path, table: TableSpec, engine: engines.Engine) -> None:
    """Make the look-up file of a department's release unless it is there."""
    lookup.ensure(directory, table, engine)
