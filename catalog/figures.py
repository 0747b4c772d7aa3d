"""Figures that pages draw: the counties' outlines, counts by county.

Only what anyone may see leaves here: counts of records never fewer than ten.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb

from catalog.models import Release
from catalog.store import Store

SMALLEST = 10
AREAS = ("Polygon", "MultiPolygon")
# the table and the column that say in which county a record of a base lies
_PLACES = {
    "natural_person": ("person", "residence_division_code", "registered_division_code"),
    "legal_entity": ("legal_entity", "division_code", "division_code"),
    "geospatial": ("address", "division_code", "division_code"),
}


@dataclass(frozen=True, slots=True)
class Outline:
    """A county's outline as GeoJSON geometry."""

    code: str
    name: str
    geometry: dict[str, Any]


def has_places(base: str) -> bool:
    """Whether records of the base can be counted by county."""
    return base in _PLACES


def outlines(store: Store, release: Release) -> list[Outline]:
    """The counties' outlines of a release of the geospatial base, by code; what is no area is left out."""
    rows = _outlines(file(store, release, "division_outline"))
    known = [Outline(code, name, json.loads(geometry)) for code, name, geometry in rows]
    return [each for each in known if each.geometry.get("type") in AREAS]


def by_county(store: Store, release: Release) -> dict[str, int | None]:
    """County code -> records of the base's main table, None for fewer than ten; {} for a base without places."""
    if release.unit not in _PLACES:
        return {}
    table, column, otherwise = _PLACES[release.unit]
    return dict(_by_county(file(store, release, table), column, otherwise))


def file(store: Store, release: Release, table: str) -> str:
    """The Parquet file of a table of a release."""
    folder: Path = store.release(release.unit, release.release_id)
    return str(folder / store.manifest(release.unit, release.release_id)["tables"][table]["file"])


def ask(query: str, parameters: list[Any] | dict[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of a query over files of releases."""
    with duckdb.connect(config={"threads": 1}) as engine:
        engine.execute("set TimeZone = 'UTC'")
        return engine.execute(query, parameters).fetchall()


# a release never changes, so what its files say is read once
@lru_cache(maxsize=4)
def _outlines(file: str) -> list[tuple[Any, ...]]:
    query = """select division_code, name, geometry from read_parquet(?)
        where area_m2 > 0 and length(division_code) = 6 and not ends_with(division_code, '00') order by division_code"""
    return ask(query, [file])


@lru_cache(maxsize=16)
def _by_county(file: str, column: str, otherwise: str) -> tuple[tuple[str, int | None], ...]:
    # both column names are ours, of the table above
    query = f"""select left(coalesce({column}, {otherwise}), 6) as county, count(*) as rows
        from read_parquet(?) where county is not null group by county order by county"""
    return tuple((code, rows if rows >= SMALLEST else None) for code, rows in ask(query, [file]))
