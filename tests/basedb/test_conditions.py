"""What may be asked of a table: bounded conditions, and values that mean one thing in both engines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import duckdb
import pytest

from basedb.conditions import Compiler, Engine, columns_in
from catalog import conditions
from catalog.errors import Invalid, TooMuch
from catalog.view import ASKABLE, READABLE, AllOf, AnyOf, Condition, Eq, In, IsNull, Prefix, Range, Size, Value

TYPES = {
    "words": "VARCHAR",
    "whole": "BIGINT",
    "code": "UTINYINT",
    "short": "SMALLINT",
    "amount": "DECIMAL(18,2)",
    "small": "DECIMAL(5,2)",
    "measure": "DOUBLE",
    "born": "DATE",
    "seen_at": "TIMESTAMP",
}
MAX_DEPTH, MAX_PARTS, MAX_VALUES = READABLE
BOTH = pytest.mark.parametrize("engine", list(Engine))


def compiled(condition: Condition, engine: Engine = Engine.SQLITE) -> list[object]:
    compiler = Compiler(engine, TYPES)
    compiler.sql(condition)
    return compiler.parameters


def nested(depth: int) -> Condition:
    condition: Condition = Eq("whole", 1)
    for _ in range(depth):
        condition = AllOf((condition,))
    return condition


@BOTH
@pytest.mark.parametrize(
    "condition",
    [
        In("whole", tuple(range(300_000))),
        AnyOf((In("whole", tuple(range(MAX_VALUES // 2))), In("whole", tuple(range(MAX_VALUES // 2 + 1))))),
        AnyOf((Eq("whole", 1),) * 5_000),
        AllOf((AnyOf((IsNull("whole"),) * (MAX_PARTS // 2)),) * 3),
        nested(500),
        nested(100_000),
    ],
    ids=["values of one", "values of two", "parts of one", "parts of three", "deep", "deeper than the stack"],
)
def test_a_condition_of_any_size_is_refused_before_an_engine_sees_it(engine, condition):
    with pytest.raises(TooMuch):
        compiled(condition, engine)
    assert columns_in(condition) == {"whole"}


@BOTH
@pytest.mark.parametrize(
    "condition",
    [In("whole", tuple(range(MAX_VALUES))), AnyOf((Eq("whole", 1),) * (MAX_PARTS - 1)), nested(MAX_DEPTH - 1)],
    ids=["values", "parts", "depth"],
)
def test_the_largest_condition_that_is_allowed_compiles(engine, condition):
    assert compiled(condition, engine)


@BOTH
@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("words", "\ud800"), ("words", "a\0b"), ("amount", "1e999999999"), ("amount", "-1e999999999"),
        ("amount", "Infinity"), ("amount", float("nan")), ("amount", " 4 "), ("amount", "1_0"), ("amount", "１２"),
        ("small", "1000"), ("measure", "NaN"), ("measure", float("nan")), ("measure", "-inf"), ("measure", "1e999"),
        ("measure", float("inf")), ("measure", "1_0"), ("whole", "4_0"), ("whole", " 4 "), ("whole", "٤"),
        ("whole", "+4"), ("whole", True), ("whole", 4.0), ("whole", "9" * 5_000), ("whole", 2**63),
        ("code", 256), ("code", -1), ("short", 2**15), ("born", "20261123"), ("born", "2026-W47-1"),
        ("born", "\ud800"), ("seen_at", "0001-01-01T00:00:00+08:00"),
    ],
)  # fmt: skip
def test_a_value_that_engines_could_read_differently_is_refused(engine, column, value):
    for condition in (Eq(column, value), In(column, (value,)), Range(column, low=value)):
        with pytest.raises(Invalid) as refused:
            compiled(condition, engine)
        assert refused.value.__cause__ is None and refused.value.__suppress_context__  # it would repeat the value


@BOTH
@pytest.mark.parametrize("text", ["\ud800", "a\0b"])
def test_a_prefix_that_is_no_text_is_refused(engine, text):
    with pytest.raises(Invalid):
        compiled(Prefix("words", text), engine)


@pytest.mark.parametrize(
    ("column", "value", "stored"),
    [("whole", "-04", -4), ("amount", "-0.5", -50), ("amount", 1e-2, 1), ("measure", "1e3", 1000.0),
     ("small", "999.99", 99999), ("seen_at", "2026-11-23T08:00:00+08:00", "2026-11-23T00:00:00.000000"),
     ("words", "大同", "大同")],
)  # fmt: skip
def test_a_value_is_stored_as_the_look_up_file_stores_it(column, value, stored):
    assert compiled(Eq(column, value)) == [stored]


@pytest.mark.parametrize("value", [0, 255, "007"])
def test_duckdb_casts_every_value_that_passes(value: Value):
    compiler = Compiler(Engine.DUCKDB, TYPES)
    query = f"select {compiler.sql(Eq('code', value))} from (select 7::utinyint as code)"
    with duckdb.connect() as connection:
        assert connection.execute(query, compiler.parameters).fetchall() == [(value == "007",)]


def widest(limit: Size) -> Iterator[Any]:
    """Conditions as large as may be asked for, in each way."""
    one = {"eq": {"column": "whole", "value": 1}}
    wide = {"any": [{"is_null": {"column": "whole"}}] * 9}
    deep: dict[str, Any] = one
    for _ in range(limit.depth - 1):
        deep = {"all": [deep]}
    yield {"in": {"column": "whole", "values": list(range(limit.values))}}
    yield {"all": [one] * (limit.parts - 1)}
    yield {"all": [wide] * ((limit.parts - 1) // 10)}
    yield deep


@BOTH
def test_whatever_may_be_asked_for_can_be_read_with_all_that_is_added(engine: Engine) -> None:
    open_end = AnyOf((Range("born", low=date(2026, 1, 1)), IsNull("born")))
    added = (open_end, open_end, IsNull("born"), open_end)
    for content in widest(ASKABLE):
        asked = conditions.parse(content, TYPES)
        view = conditions.both(asked, *added)
        assert view is not None
        assert compiled(AllOf((view, Eq("whole", 1), In("whole", tuple(range(100))))), engine)


def test_a_condition_beyond_any_limit_is_refused_when_it_is_asked_for() -> None:
    depth, parts, values = ASKABLE
    for content in widest(Size(depth + 1, parts + 10, values + 1)):
        with pytest.raises(Invalid):
            conditions.parse(content, TYPES)
