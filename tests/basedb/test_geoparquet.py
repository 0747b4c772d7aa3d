"""Extracts with a place as GeoParquet: other tools read them, in the right reference system."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from basedb import read
from basedb.connect import Engine, connect
from catalog.errors import NotGranted

SQUARE = '{"type":"Polygon","coordinates":[[[113.0,40.0],[113.1,40.0],[113.1,40.1],[113.0,40.1],[113.0,40.0]]]}'


def written(folder: Path, columns: str) -> Path:
    """An extract of one record and of one without a place."""
    path = folder / "extract.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"copy (select 'a' as record_key, {columns}) to '{path}' (format parquet)")
    return path


@pytest.mark.parametrize(
    ("columns", "kind", "box"),
    [
        (f"'{SQUARE}' as geometry", "Polygon", [113.0, 40.0, 113.1, 40.1]),
        ("113.3::double as longitude, 40.1::double as latitude", "Point", [113.3, 40.1, 113.3, 40.1]),
        (
            "113.3::double as west, 40.1::double as south, 113.31::double as east, 40.11::double as north",
            "Polygon",
            [113.3, 40.1, 113.31, 40.11],
        ),
    ],
)
def test_a_place_is_a_geometry_in_cgcs2000_with_valid_metadata(
    tmp_path: Path, columns: str, kind: str, box: list[float]
) -> None:
    out, engine = tmp_path / "out.parquet", Engine(tmp_path)
    assert read.as_geoparquet(written(tmp_path, columns), out, engine) == 1
    facts = json.loads(pq.read_schema(out).metadata[b"geo"])
    column = facts["columns"][facts["primary_column"]]
    assert (facts["version"], column["encoding"], column["geometry_types"]) == ("1.0.0", "WKB", [kind])
    assert (column["bbox"], column["crs"]["id"]) == (box, {"authority": "EPSG", "code": 4490})
    with connect(engine, "spatial") as connection:
        inside = f"select st_isvalid(geometry) and st_xmin(geometry) = {box[0]} from read_parquet('{out}')"
        assert connection.execute(inside).fetchall() == [(True,)]


@pytest.mark.parametrize("geometry", ["null::varchar", "'no outline'"])
def test_a_record_without_a_place_is_left_out(tmp_path: Path, geometry: str) -> None:
    out = tmp_path / "out.parquet"
    assert read.as_geoparquet(written(tmp_path, f"{geometry} as geometry"), out, Engine(tmp_path)) == 0


@pytest.mark.parametrize("columns", ["1 as n", "113.0::double as longitude", "'***' as longitude, '***' as latitude"])
def test_an_extract_that_shows_no_place_is_none(tmp_path: Path, columns: str) -> None:
    with pytest.raises(NotGranted):
        read.as_geoparquet(written(tmp_path, columns), tmp_path / "out.parquet", Engine(tmp_path))
    assert not (tmp_path / "out.parquet").exists()


def test_an_area_on_the_ellipsoid_agrees_with_the_integral_over_it(tmp_path: Path) -> None:
    """A cell between two parallels and meridians has its area in closed form (authalic latitude)."""
    from math import atanh, radians, sin, sqrt

    axis, flattening = 6378137.0, 1 / 298.257222101
    e2 = flattening * (2 - flattening)
    e = sqrt(e2)

    def zone(latitude: float) -> float:
        s = sin(radians(latitude))
        return axis**2 * (1 - e2) / 2 * (s / (1 - e2 * s * s) + atanh(e * s) / e)

    wanted = radians(0.001) * (zone(40.001) - zone(40.0))
    cell = "st_makeenvelope(113.0, 40.0, 113.001, 40.001)"
    with connect(Engine(tmp_path), "spatial") as connection:
        [(area,)] = connection.execute(f"select st_area_spheroid(st_flipcoordinates({cell}))").fetchall()
    assert area == pytest.approx(wanted, rel=1e-6)
