"""Figures that pages draw: the counties' outlines, counts by county, series of official statistics.

Only what anyone may see leaves here: counts of records never fewer than ten, and series whose source is open.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb

from catalog.models import Release
from catalog.store import Store

SMALLEST = 10
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


@dataclass(frozen=True, slots=True)
class Series:
    """One indicator of one area: points are (period, value); unit of the values."""

    code: str
    name: str
    unit: str
    measure: str
    points: tuple[tuple[str, float], ...]


def has_places(base: str) -> bool:
    """Whether records of the base can be counted by county."""
    return base in _PLACES


def outlines(store: Store, release: Release) -> list[Outline]:
    """The counties' outlines of a release of the geospatial base, by code."""
    rows = _outlines(file(store, release, "division_outline"))
    return [Outline(code, name, json.loads(geometry)) for code, name, geometry in rows]


def by_county(store: Store, release: Release) -> dict[str, int | None]:
    """County code -> records of the base's main table, None for fewer than ten; {} for a base without places."""
    if release.unit not in _PLACES:
        return {}
    table, column, otherwise = _PLACES[release.unit]
    return dict(_by_county(file(store, release, table), column, otherwise))


def series(store: Store, release: Release, area: str, open_sources: Collection[int]) -> list[Series]:
    """The newest vintage of every indicator of an area: its level, cumulative within the year.

    open_sources: the manifest's source codes of resources that are open; rows of others are left out.
    """
    return list(
        _series(file(store, release, "observation"), file(store, release, "indicator"), area, tuple(open_sources))
    )


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
    return ask("select division_code, name, geometry from read_parquet(?) order by division_code", [file])


@lru_cache(maxsize=16)
def _by_county(file: str, column: str, otherwise: str) -> tuple[tuple[str, int | None], ...]:
    # both column names are ours, of the table above
    query = f"""select left(coalesce({column}, {otherwise}), 6) as county, count(*) as rows
        from read_parquet(?) where county is not null group by county order by county"""
    return tuple((code, rows if rows >= SMALLEST else None) for code, rows in ask(query, [file]))


@lru_cache(maxsize=16)
def _series(observations: str, indicators: str, area: str, open_sources: tuple[int, ...]) -> tuple[Series, ...]:
    query = """select o.indicator_code, i.name, o.unit, o.measure_code,
            list((o.time_period, o.obs_value) order by o.period_end)
        from read_parquet(?) o join read_parquet(?) i on i.record_key = o.indicator_key
        where o.is_latest and o.ref_area = ? and o.period_kind_code = 'cumulative' and o.measure_code = 'LEVEL'
            and o.obs_value is not null and list_contains(?, o.record_source)
        group by all order by o.indicator_code"""
    rows = ask(query, [observations, indicators, area, list(open_sources)])
    return tuple(Series(code, name, unit, measure, tuple(points)) for code, name, unit, measure, points in rows)
