"""Amounts in the stated unit: yuan written where ten thousands are asked for, and the other way round.

One amount alone cannot tell. What is ten thousand times the usual stands far outside the amounts of the resource that
are known, or, as long as too few are, of its own delivery; however skewed amounts are: the limits leave three hundred
times the tenth that is furthest out. A delivery whose middle amount is a thousand times the usual is wrong as a whole:
it waits for a steward, else it would become what is usual.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

from catalog.vocab import Column, Dimension, Outcome, TableSpec
from quality.normalise import CHECKED, typed_items
from quality.reference import Reference
from quality.rules import Rule, of_item
from quality.sql import literal, quoted

FEWEST = 30  # amounts; fewer say nothing about what is usual
FEWEST_OF_A_WHOLE = 3  # amounts of a delivery that may be wrong as a whole
FROM_MIDDLE, FROM_EDGE, OF_A_WHOLE = 2000, 300, 1000
LARGE_UNITS = ("万元", "百万元", "亿元")
SMALL_UNIT = "元"


@dataclass(frozen=True, slots=True)
class _Amounts:
    """How many there are, the middle one, and the tenth that is furthest out on the side of right ones."""

    count: int
    middle: float
    outer: float


def rules(connection: duckdb.DuckDBPyConnection, spec: TableSpec, reference: Reference) -> Iterator[Rule]:
    """The rule AMOUNT_UNIT for each amount of which enough are known."""
    for column in typed_items(spec):
        if column.unit == SMALL_UNIT or column.unit in LARGE_UNITS:
            yield from _rule(connection, spec, column, reference)


def _rule(
    connection: duckdb.DuckDBPyConnection, spec: TableSpec, column: Column, reference: Reference
) -> Iterator[Rule]:
    own = _amounts(connection, column, CHECKED)
    earlier = _amounts(connection, column, _earlier(reference))
    if earlier.count >= FEWEST and own.count >= FEWEST_OF_A_WHOLE and _is_whole(column, own, earlier):
        yield _of(spec, column, "false", "整批与此前报送的相差上千倍", Outcome.HOLD)
    elif max(earlier.count, own.count) >= FEWEST:
        usual = earlier if earlier.count >= FEWEST else own
        against = "此前报送的" if usual is earlier else "其他行"
        yield _of(spec, column, _usual(column, usual), f"与{against}相差上万倍", Outcome.WARN)


def _earlier(reference: Reference) -> str:
    """Every earlier row of the resource; none where nothing was delivered before."""
    files = ", ".join(literal(str(path)) for path in reference.earlier)
    return f"read_parquet([{files}], union_by_name = true)" if files else ""


def _amounts(connection: duckdb.DuckDBPyConnection, column: Column, table: str) -> _Amounts:
    if not table:
        return _Amounts(0, 0.0, 0.0)
    name = quoted(column.name)
    edge = 0.1 if column.unit == SMALL_UNIT else 0.9
    count, middle, outer = connection.execute(
        f"select count(*), median({name})::double, quantile_cont({name}::double, {edge}) from {table} where {name} > 0"
    ).fetchall()[0]
    return _Amounts(count, float(middle or 0), float(outer or 0))


def _is_whole(column: Column, own: _Amounts, earlier: _Amounts) -> bool:
    """Whether the middle amount is off in the direction in which the unit may be mistaken."""
    if column.unit == SMALL_UNIT:
        return own.middle * OF_A_WHOLE <= earlier.middle
    return own.middle >= earlier.middle * OF_A_WHOLE


def _usual(column: Column, usual: _Amounts) -> str:
    """The largest usual amount in a large unit, the smallest usual one in yuan."""
    amount = f"{quoted(column.name)}::double"
    if column.unit == SMALL_UNIT:
        return f"{amount} >= {min(usual.middle / FROM_MIDDLE, usual.outer / FROM_EDGE)!r}"
    return f"{amount} <= {max(usual.middle * FROM_MIDDLE, usual.outer * FROM_EDGE)!r}"


def _of(spec: TableSpec, column: Column, predicate: str, message: str, outcome: Outcome) -> Rule:
    return of_item(
        spec, column, "AMOUNT_UNIT", Dimension.ACCURATE, outcome, f"coalesce({quoted(column.name)}, 0) <= 0 or {predicate}",
        f"{message}，疑未按登记的计量单位（{column.unit}）填写", f"请核对金额，按{column.unit}填写后重新报送",
        source="目录登记的计量单位",
    )  # fmt: skip
