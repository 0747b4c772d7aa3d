"""Coordinates lie inside the division that the row names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb

from catalog.vocab import Column, Dimension, Outcome, TableSpec
from quality.library import geometries
from quality.normalise import CHECKED
from quality.reference import Reference
from quality.rules import of_item
from quality.searches import Search
from quality.sql import literal, quoted

TOLERANCE = 0.002  # degrees, about 200 m: outlines are simplified, and gates stand across the street from them
LONGITUDE, LATITUDE = ("longitude", "经度"), ("latitude", "纬度")
DIVISIONS = "GB/T 2260"


def searches(connection: duckdb.DuckDBPyConnection, spec: TableSpec, reference: Reference) -> Iterator[Search]:
    """The rule COORDINATES_OUTSIDE, for a table with coordinates where outlines are known."""
    items = _items(spec)
    if items is None or reference.outlines is None:
        return
    _read_outlines(connection, reference.outlines)
    x, y, division = (quoted(column.name) for column in items)
    rule = of_item(
        spec, items[0], "COORDINATES_OUTSIDE", Dimension.CONSISTENT, Outcome.WARN, "",
        f"经纬度不在{items[2].title}所指的行政区划内", "请核对坐标（CGCS2000，经度在前）和区划代码后重新报送",
        source="行政界线",
    )  # fmt: skip
    yield Search(
        rule,
        f"select c._row from {CHECKED} c join outline o on o.code = left(c.{division}, 6) "
        f"where not ST_Intersects(o.shape, ST_Point(c.{x}, c.{y}))",
    )


def _items(spec: TableSpec) -> tuple[Column, Column, Column] | None:
    x, y = (
        next((c for c in spec.columns if names & {c.name, c.title}), None) for names in map(set, (LONGITUDE, LATITUDE))
    )
    division = next((c for c in spec.columns if c.code_list == DIVISIONS), None)
    return (x, y, division) if x and y and division and x.type == y.type == "DOUBLE" else None


def _read_outlines(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    geometries.load_spatial(connection)
    connection.execute(
        f"""create or replace temp table outline as
        select left(division_code, 6) as code, ST_Buffer(shape, {TOLERANCE}) as shape
        from (select division_code, {geometries.SHAPE} as shape from read_parquet({literal(str(path))}))
        where shape is not null"""
    )
