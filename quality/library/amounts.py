"""Amounts in the stated unit: yuan written where ten thousands are asked for, and the other way round.

One amount alone cannot tell. What is ten thousand times the usual stands far outside its own delivery, however
skewed amounts are: the limits leave three hundred times the tenth that is furthest out.
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from catalog.vocab import Column, Dimension, Outcome, TableSpec
from quality.normalise import CHECKED, typed_items
from quality.rules import Rule, of_item
from quality.sql import quoted

FEWEST = 30  # amounts; fewer say nothing about what is usual
FROM_MIDDLE, FROM_EDGE = 2000, 300
LARGE_UNITS = ("万元", "百万元", "亿元")
SMALL_UNIT = "元"


def rules(connection: duckdb.DuckDBPyConnection, spec: TableSpec) -> Iterator[Rule]:
    """The rule AMOUNT_UNIT for each amount of which the delivery has enough."""
    columns = [c for c in typed_items(spec) if c.unit == SMALL_UNIT or c.unit in LARGE_UNITS]
    for column in columns:
        limit = _limit(connection, column)
        if limit is not None:
            yield _rule(spec, column, limit)


def _limit(connection: duckdb.DuckDBPyConnection, column: Column) -> float | None:
    """The largest usual amount in a large unit, the smallest usual one in yuan; None with too few of them."""
    name = quoted(column.name)
    edge = 0.1 if column.unit == SMALL_UNIT else 0.9
    row = connection.execute(
        f"select count(*), median({name})::double, quantile_cont({name}::double, {edge}) from {CHECKED} where {name} > 0"
    ).fetchone()
    if row is None or row[0] < FEWEST:
        return None
    middle, outer = float(row[1]), float(row[2])
    return (
        min(middle / FROM_MIDDLE, outer / FROM_EDGE)
        if column.unit == SMALL_UNIT
        else max(middle * FROM_MIDDLE, outer * FROM_EDGE)
    )


def _rule(spec: TableSpec, column: Column, limit: float) -> Rule:
    name, is_small = quoted(column.name), column.unit == SMALL_UNIT
    predicate = f"{name} <= 0 or {name}::double >= {limit!r}" if is_small else f"{name}::double <= {limit!r}"
    return of_item(
        spec, column, "AMOUNT_UNIT", Dimension.ACCURATE, Outcome.WARN, predicate,
        f"与其他行相差上万倍，疑未按登记的计量单位（{column.unit}）填写", f"请核对金额，按{column.unit}填写后重新报送",
        source="目录登记的计量单位",
    )  # fmt: skip
