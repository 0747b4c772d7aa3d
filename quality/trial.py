"""A rule tried on a delivery that was checked without it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from catalog.errors import Invalid
from catalog.vocab import TableSpec
from quality.check import prepare
from quality.gx_duckdb import count_broken
from quality.normalise import CHECKED
from quality.reading import Staged, stage
from quality.reference import Reference
from quality.scratch import Bounds, scratch
from quality.split import SHOWN_ROWS
from quality.suites import own
from quality.suites.own import OwnRule


@dataclass(frozen=True, slots=True)
class Tried:
    """Rows of the delivery, how many of them break the rule, and the first of their numbers."""

    rows: int
    count: int
    first_rows: tuple[int, ...]


def try_rule(
    path: Path, filename: str, spec: TableSpec, rule: OwnRule, *, as_of: date, reference: Reference, bounds: Bounds
) -> Tried:
    """What the rule would find in a delivered file; nothing is written. Raises Invalid when it cannot be tried."""
    try:
        with scratch(bounds) as (connection, folder):
            return _try(connection, stage(connection, path, filename, spec, folder), spec, rule, as_of, reference)
    except duckdb.OutOfMemoryException:
        raise Invalid("最近一次报送过大，试运行所需内存超过平台上限", remedy="请平台调高检查内存后再试运行") from None


def _try(
    connection: duckdb.DuckDBPyConnection,
    staged: Staged,
    spec: TableSpec,
    rule: OwnRule,
    as_of: date,
    reference: Reference,
) -> Tried:
    if staged.is_blocked:
        raise Invalid("最近一次报送的文件已不能按现在的目录读取", remedy="按现在的目录重新报送后再试运行")
    prepare(connection, staged, spec, as_of=as_of, reference=reference)
    try:
        found = list(own.rules(connection, spec, [rule]))
        if not found:
            raise Invalid("规则所用的信息项或比对的资源现在没有数据", remedy="核对信息项；比对的资源应已有现行版本")
        return _counted(connection, staged.rows, found[0].predicate)
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error:
        raise Invalid("规则的参数不能执行", remedy="核对格式等参数，另拟一版") from None


def _counted(connection: duckdb.DuckDBPyConnection, rows: int, predicate: str) -> Tried:
    numbers = connection.execute(
        f"select _row from {CHECKED} where ({predicate}) is false order by _row limit {SHOWN_ROWS}"
    ).fetchall()
    (count,) = count_broken(connection, CHECKED, [predicate])
    return Tried(rows, count, tuple(row for (row,) in numbers))
