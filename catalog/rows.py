"""The register's rows as lines of JSON, out of one engine and into another."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from enum import Enum
from itertools import islice
from typing import Any

from sqlalchemy import JSON, Column, Connection, Engine, Executable, Table, TypeDecorator, func, select, text
from sqlalchemy.sql.sqltypes import Enum as SqlEnum

from catalog.errors import Damaged
from catalog.models import Model

PART = 5000


def tables() -> list[Table]:
    """Every table, those that others refer to first."""
    return Model.metadata.sorted_tables


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """A connection that sees the register as of one moment, whatever is written meanwhile."""
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.exec_driver_sql("begin")
            yield connection
    else:
        with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
            yield connection


def lines(connection: Connection, table: Table) -> Iterator[bytes]:
    """The rows of a table in the order of its key, some thousands in each piece."""
    query = select(table).order_by(*table.primary_key.columns).execution_options(yield_per=PART)
    for some in connection.execute(query).partitions():
        yield "".join(f"{json.dumps([_plain(v) for v in row], ensure_ascii=False)}\n" for row in some).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, bytes):
        return value.hex()
    return value.isoformat() if isinstance(value, date) else value


def enter(connection: Connection, table: Table, content: bytes, columns: list[str]) -> list[Executable]:
    """Insert the rows of one piece; statements to carry out when all pieces are in, for rows that refer to later ones.

    columns: as the piece has them; Damaged when the table has others.
    """
    if columns != columns_of(table):
        raise Damaged(f"备份中 {table.name} 的字段与本程序不同", remedy="用写出备份的版本恢复，再运行 sixbase upgrade")
    readers = [_reader(column) for column in table.columns]
    rows = [
        {name: read(value) for name, read, value in zip(columns, readers, json.loads(line), strict=True)}
        for line in content.decode().split("\n")[:-1]
    ]
    own = [column for column in table.columns if any(key.column.table is table for key in column.foreign_keys)]
    connection.execute(table.insert(), [row | {column.name: None for column in own} for row in rows])
    return [_reference(table, column, row) for column in own for row in rows if row[column.name] is not None]


def _reference(table: Table, column: Column[Any], row: dict[str, Any]) -> Executable:
    (key,) = table.primary_key.columns
    return table.update().where(key == row[key.name]).values({column.name: row[column.name]})


def _reader(column: Column[Any]) -> Any:
    kind = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    if isinstance(kind, SqlEnum) and kind.enum_class is not None:
        return _optional(kind.enum_class)
    if isinstance(kind, JSON):
        return _same
    python = kind.python_type
    if python is bytes:
        return _optional(bytes.fromhex)
    return _optional(python.fromisoformat) if python in (datetime, date) else _same


def _optional(read: Any) -> Any:
    return lambda value: None if value is None else read(value)


def _same(value: Any) -> Any:
    return value


def empty(connection: Connection) -> None:
    """Take out the few rows that migrations enter."""
    for table in reversed(tables()):
        connection.execute(table.delete())


def is_used(connection: Connection) -> bool:
    """Whether the register holds more than migrations enter."""
    names = ("department", "resource", "api_client", "delivery", "release")
    known = Model.metadata.tables
    return any(connection.scalar(select(func.count()).select_from(known[name])) for name in names)


def count_on(connection: Connection) -> None:
    """Let PostgreSQL's counters go on after the highest number entered."""
    if connection.dialect.name != "postgresql":
        return
    for table in tables():
        for column in islice(table.primary_key.columns, 1):
            counter = connection.scalar(
                text("select pg_get_serial_sequence(:table, :column)"),
                {"table": f'"{table.name}"', "column": column.name},
            )
            highest = connection.scalar(select(func.max(column))) if counter else None
            if highest is not None:
                connection.execute(text("select setval(:counter, :highest)"), {"counter": counter, "highest": highest})


def columns_of(table: Table) -> list[str]:
    return [column.name for column in table.columns]
