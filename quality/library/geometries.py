"""Geometries are GeoJSON in degrees, and outlines do not cross themselves."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path

import duckdb

from catalog.vocab import Dimension, Outcome, TableSpec
from quality.normalise import CHECKED
from quality.rules import of_item
from quality.searches import Search
from quality.sql import literal

ITEM = "geometry"
WHEEL = "duckdb-extension-spatial"
# what cannot be mended to something that can be drawn is NULL
SHAPE = f"try(ST_MakeValid(ST_GeomFromGeoJSON({ITEM})))"
IN_DEGREES = "ST_XMin(shape) >= -180 and ST_XMax(shape) <= 180 and ST_YMin(shape) >= -90 and ST_YMax(shape) <= 90"


def searches(connection: duckdb.DuckDBPyConnection, spec: TableSpec) -> Iterator[Search]:
    """The rules GEOMETRY_UNREADABLE and GEOMETRY_CROSSING, for a table with a geometry."""
    if ITEM not in spec.names or spec.column(ITEM).type != "VARCHAR":
        return
    load_spatial(connection)
    column, shapes = spec.column(ITEM), f"(select *, {SHAPE} as shape from {CHECKED} where {ITEM} is not null)"
    unreadable = of_item(
        spec, column, "GEOMETRY_UNREADABLE", Dimension.NORMATIVE, Outcome.BLOCK_ROW, "",
        "不是可以绘出的 GeoJSON 几何，或坐标不是经纬度", "请按 GeoJSON 填写几何，坐标用 CGCS2000 经纬度（度），经度在前",
        source="RFC 7946",
    )  # fmt: skip
    yield Search(unreadable, f"select _row from {shapes} where coalesce(not ({IN_DEGREES}), true)")
    crossing = of_item(
        spec, column, "GEOMETRY_CROSSING", Dimension.ACCURATE, Outcome.WARN, "",
        "几何自相交", "请用制图软件的拓扑检查修正后重新报送", source="ISO 19125-1",
    )  # fmt: skip
    yield Search(
        crossing, f"select _row from {shapes} where {IN_DEGREES} and not ST_IsValid(ST_GeomFromGeoJSON({ITEM}))"
    )


def load_spatial(connection: duckdb.DuckDBPyConnection) -> None:
    """Load the extension out of the installed wheel: nothing is downloaded."""
    wheel = distribution(WHEEL)
    version = f"v{duckdb.__version__}"
    files = (f for f in wheel.files or () if f.name == "spatial.duckdb_extension" and version in f.parts)
    connection.execute(f"load {literal(str(Path(str(wheel.locate_file(next(files))))))}")
