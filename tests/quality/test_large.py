"""Deliveries of ten million rows, of five hundred columns, of bad rows alone: each ends, within a bounded memory."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from catalog.vocab import DeliveryState
from quality.scratch import Bounds
from tests.quality.conftest import Checker, spec

pytestmark = [pytest.mark.long, pytest.mark.timeout(1800)]
THING = spec("""
    code   | 编号 | C20 | KR |
    kind   | 类别 | C2  | R  | codes:01,02
    amount | 金额 | Y18 |    | range:0..1000
""")


def delivered(path: Path, query: str) -> Path:
    with duckdb.connect() as connection:
        connection.execute(f"copy ({query}) to '{path}' (format csv, header)")
    return path


def test_ten_million_rows_end(checked: Checker, tmp_path: Path) -> None:
    rows = "select i as code, case when i % 1000 = 0 then '9' else '01' end as kind, i % 900 as amount from range(10000000) r(i)"
    result = checked(delivered(tmp_path / "x.csv", rows), THING, bounds=Bounds(2, "2GB", tmp_path / "tmp"))
    assert (result.report.rows, result.report.bad) == (10_000_000, 10_000)
    assert result.found == {"CODE_UNKNOWN": tuple(range(2, 20_002, 1000))}


def test_five_hundred_columns_end(checked: Checker, tmp_path: Path) -> None:
    wide = spec("\n".join(f"item_{i} | 信息项{i} | C10 | {'K' if i == 0 else ''}R |" for i in range(500)))
    columns = ", ".join(f"i as item_{n}" for n in range(500))
    result = checked(
        delivered(tmp_path / "x.csv", f"select {columns} from range(20000) r(i)"),
        wide,
        bounds=Bounds(2, "2GB", tmp_path / "tmp"),
    )
    assert (result.report.rows, result.report.bad) == (20_000, 0)


def test_three_million_bad_rows_end_with_a_bounded_report(checked: Checker, tmp_path: Path) -> None:
    rows = "select i as code, 'x' as kind, -1 as amount from range(3000000) r(i)"
    result = checked(delivered(tmp_path / "x.csv", rows), THING, bounds=Bounds(2, "2GB", tmp_path / "tmp"))
    assert result.report.state is DeliveryState.RETURNED
    assert result.found == {rule: tuple(range(2, 22)) for rule in ("CODE_UNKNOWN", "OUT_OF_RANGE")}
