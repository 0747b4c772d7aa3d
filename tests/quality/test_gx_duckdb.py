"""Great Expectations inside DuckDB: it counts what a plain query counts, in one query, and leaves nothing behind."""

from __future__ import annotations

import os
import subprocess
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
import sqlalchemy as sa

from catalog.errors import BuildFailed
from quality.gx_duckdb import _source, count_broken


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(
            "create table thing as select i as _row, i % 7 as n, nullif(i % 3, 0) as m from range(70) r(i)"
        )
        yield connection


def test_counts_equal_a_plain_query_and_null_is_right(connection: duckdb.DuckDBPyConnection) -> None:
    predicates = ["n <> 3", "m = 1", "false", "true", "null", "n < 5 or m = 2", "'100%' like '%' and ':x' <> '$1'"]
    plain = [
        connection.execute(f"select count(*) from thing where ({p}) is false").fetchall()[0][0] for p in predicates
    ]
    assert count_broken(connection, "thing", predicates) == plain


def test_a_table_may_change_between_two_counts(connection: duckdb.DuckDBPyConnection) -> None:
    assert count_broken(connection, "thing", ["n <> 3"]) == [10]
    connection.execute("create or replace table thing as select 1 as _row, 3 as n, 'x' as other")
    assert count_broken(connection, "thing", ["n <> 3", "other = 'x'"]) == [1, 0]
    connection.execute("delete from thing")
    assert count_broken(connection, "thing", ["n <> 3"]) == [0]


def test_a_predicate_that_cannot_be_evaluated_stops_the_build(connection: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(BuildFailed, match="could not evaluate"):
        count_broken(connection, "thing", ["n <> 3", "nowhere = 1"])


def test_no_value_reaches_a_log_when_the_engine_quotes_one(
    connection: duckdb.DuckDBPyConnection, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    connection.execute("create or replace table thing as select 1 as _row, '140203197812310024' as id_number")
    with pytest.raises(duckdb.ConversionException, match="140203197812310024"):
        connection.execute("select * from thing where cast(id_number as date) is null").fetchall()
    with caplog.at_level("DEBUG"), pytest.raises(BuildFailed) as raised:
        count_broken(connection, "thing", ["cast(id_number as date) is null"])
    printed = capfd.readouterr()
    chain = "".join(traceback.format_exception(raised.value))
    for told in (caplog.text, printed.out, printed.err, chain):
        assert "140203197812310024" not in told


def test_the_connection_stays_usable(connection: duckdb.DuckDBPyConnection) -> None:
    count_broken(connection, "thing", ["n <> 3"])
    assert connection.execute("select count(*) from thing").fetchall() == [(70,)]


def test_all_rules_are_counted_in_one_query(connection: duckdb.DuckDBPyConnection) -> None:
    statements: list[str] = []

    def note(_: object, __: object, statement: str, *rest: object) -> None:
        statements.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        count_broken(connection, "thing", [f"n <> {i}" for i in range(40)])
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
    assert sum("n <> " in statement for statement in statements) == 1
    assert not any("LIMIT" in statement for statement in statements if "n <> " in statement)


def test_gx_writes_no_files_and_sends_no_analytics(tmp_path: Path) -> None:
    script = (
        "import duckdb; from quality.gx_duckdb import count_broken; c = duckdb.connect(); "
        "c.execute('create table t as select 1 as _row'); print(count_broken(c, 't', ['_row = 2']))"
    )
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True,
        env={**os.environ, "HOME": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[2])},
    )  # fmt: skip
    assert run.stdout.strip() == "[1]"
    assert list(tmp_path.iterdir()) == []
    assert "Calculating" not in run.stderr
    assert _source().type == "duckdb"
