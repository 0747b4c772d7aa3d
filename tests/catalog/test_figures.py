"""Figures that pages draw: outlines that can be drawn, of counties alone."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import duckdb

from catalog import figures
from catalog.models import Release

if TYPE_CHECKING:
    from catalog.store import Store

SQUARE = '{"type": "Polygon", "coordinates": [[[113, 40], [114, 40], [114, 41], [113, 40]]]}'


def test_an_outline_that_cannot_be_drawn_is_left_out(tmp_path: Path) -> None:
    rows = [
        ("140200", "市", SQUARE, 1.0),
        ("140213", "甲", SQUARE, 1.0),
        ("140213001", "街道", SQUARE, 1.0),
        ("140214", "乙", "no geometry", None),
        ("140215", "丙", f'{{"type": "GeometryCollection", "geometries": [{SQUARE}]}}', 1.0),
    ]
    with duckdb.connect() as connection:
        connection.execute("create table o (division_code text, name text, geometry text, area_m2 double)")
        connection.executemany("insert into o values (?, ?, ?, ?)", [list(row) for row in rows])
        connection.execute(f"copy o to '{tmp_path / 'o.parquet'}'")
    facts = {"tables": {"division_outline": {"file": "o.parquet"}}}
    store = cast("Store", SimpleNamespace(release=lambda *_: tmp_path, manifest=lambda *_: facts))
    release = cast("Release", SimpleNamespace(unit="geospatial", release_id="r1"))
    assert [each.code for each in figures.outlines(store, release)] == ["140213"]
