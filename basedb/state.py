"""The rows of a resource while its deliveries are folded, on one connection.

Tables: `state`, the current rows; `incoming` and `blocked`, what the next delivery brings.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from basedb import macros, tables
from basedb.quote import literal, name
from basedb.spec import with_raw
from catalog.errors import BuildFailed
from catalog.vocab import Column, DeliveryMode, IdentifierKind, TableSpec

BIRTHS = ("birth_date", "born_date")
DELETE = ("D", "d", "delete", "删除", "注销")
CHECKED = (
    Column("_key", "VARCHAR", "键"),
    Column("_row", "BIGINT", "行号"),
)
STATE = (
    *CHECKED,
    Column("_delivery", "INTEGER", "批次序号"),
    Column("_as_of", "DATE", "数据所属日期"),
    Column("_stale", "BOOLEAN", "沿用上一好行"),
)


def items(table: TableSpec) -> tuple[Column, ...]:
    """The items of a resource with the raw companions of identifiers."""
    return tuple(each for column in table.columns for each in with_raw(column))


def start(connection: duckdb.DuckDBPyConnection, table: TableSpec, prior: Path | None) -> None:
    """Make `state`: what the last release holds, or nothing."""
    columns = (*items(table), *STATE)
    empty = ", ".join(f"{name(c.name)} {c.type}" for c in columns)
    connection.execute(f"create temp table state ({empty})")
    if prior:
        connection.execute(f"insert into state {_typed(connection, prior, columns)}")


def take(
    connection: duckdb.DuckDBPyConnection, table: TableSpec, index: int, as_of: date, good: Path, bad: Path | None
) -> None:
    """Make `incoming` (the good rows as state) and `blocked(_key)` of the delivery of that index."""
    rows = _typed(connection, good, (*items(table), *CHECKED))
    connection.execute(
        f"create or replace temp table incoming as select *, {index}::integer as _delivery, "
        f"{literal(as_of.isoformat())}::date as _as_of, false as _stale from ({rows})"
    )
    blocked = _typed(connection, bad, CHECKED[:1]) if bad else "select null::varchar as _key where false"
    connection.execute(
        f"create or replace temp table blocked as select distinct _key from ({blocked}) where _key is not null"
    )


def put(connection: duckdb.DuckDBPyConnection, table: TableSpec, mode: DeliveryMode, operation: str) -> None:
    """Put `incoming` onto `state`; BuildFailed when a key comes twice."""
    _require_unique(connection, table.name)
    if mode is DeliveryMode.SNAPSHOT:
        rest = "select * replace (true as _stale) from state semi join blocked using (_key)"
    else:
        stale = "select *, true as is_blocked from blocked"
        rest = (
            "select * exclude (is_blocked) replace (_stale or coalesce(is_blocked, false) as _stale) "
            f"from state left join ({stale}) using (_key)"
        )
    living = _living(table, operation) if mode is DeliveryMode.UPSERT_DELETE else "select * from incoming"
    rest = f"select * from ({rest}) anti join incoming using (_key)"
    connection.execute(
        f"create or replace temp table state as {living} union all by name {rest}",
    )


def write(connection: duckdb.DuckDBPyConnection, table: TableSpec, secret: bytes, directory: Path) -> dict[str, Any]:
    """Write `<directory>/<slug>.parquet` with opaque keys, ordered by `_key`; its entry in the manifest."""
    macros.create_platform_key(connection, secret, exceptions=False)
    births = _births(table)
    birth = (Column("_birth_date", "DATE", "出生日期"),) if births else ()
    columns = (Column("record_key", "VARCHAR", "记录键"), *items(table), *STATE, *birth)
    path = directory / f"{table.name}.parquet"
    born = f", greatest({', '.join(births)}) as _birth_date" if birth else ""
    query = f"select platform_key({literal(table.name)}, _key) as record_key, *{born} from state order by _key"
    rows = tables.copy(connection, query, path)
    return tables.entry(path, columns, rows, table.key)


def _births(table: TableSpec) -> list[str]:
    """What tells the birth of the youngest person a row is about: birth dates, and identifiers (GB 11643: 7 to 14).

    A person without a valid identifier is a minor by the birth date alone. A row that is not about persons tells none.
    """
    dates = [name(c.name) for c in table.columns if c.name in BIRTHS and c.type == "DATE"]
    if not (table.subject or dates):
        return []
    people = [name(c.name) for c in table.columns if c.identifier is IdentifierKind.CITIZEN_ID]
    return dates + [f"try_strptime(substr({each}, 7, 8), '%Y%m%d')::date" for each in people]


def columns_in(connection: duckdb.DuckDBPyConnection, path: Path) -> set[str]:
    """The columns of a Parquet file."""
    rows = connection.execute(f"describe select * from read_parquet({literal(str(path))})").fetchall()
    return {row[0] for row in rows}


def _typed(connection: duckdb.DuckDBPyConnection, path: Path, columns: Sequence[Column]) -> str:
    """A query for these columns of a Parquet file; one that it lacks is NULL."""
    held = columns_in(connection, path)
    chosen = [f"{name(c.name) if c.name in held else 'null'}::{c.type} as {name(c.name)}" for c in columns]
    return f"select {', '.join(chosen)} from read_parquet({literal(str(path))})"


def _living(table: TableSpec, operation: str) -> str:
    deletes = ", ".join(literal(word) for word in DELETE)
    said = name(table.column(operation).name)
    return f"select * from incoming where coalesce({said}, '') not in ({deletes})"


def _require_unique(connection: duckdb.DuckDBPyConnection, slug: str) -> None:
    (repeated,) = connection.execute("select count(*) - count(distinct _key) from incoming").fetchall()[0]
    if repeated:
        raise BuildFailed(f"{slug}: 通过检查的行中有 {repeated} 行键重复或为空", remedy="重新检查该批次")
