"""The real divisions and outlines of Datong, and points inside them."""

from __future__ import annotations

import csv
import json
from functools import cache
from pathlib import Path

import numpy as np

from sample.streams import Bools, Floats, Ints

DATA = Path(__file__).parent / "data"
# Share of the city's people per county, about as in the 2020 census.
COUNTIES = {
    "140212": 8.3, "140213": 110.5, "140214": 70.0, "140215": 13.0, "140221": 19.5,
    "140222": 15.2, "140223": 14.0, "140224": 18.3, "140225": 26.3, "140226": 12.0,
}  # fmt: skip
COUNTY_CODES = tuple(COUNTIES)
COUNTY_WEIGHTS = tuple(COUNTIES.values())


def rows(name: str) -> list[dict[str, str]]:
    """The rows of one table of the data folder."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def county_names() -> dict[str, str]:
    return {r["code"]: r["name"] for r in rows("divisions_civil_affairs_2025.csv") if r["level"] == "3"}


@cache
def towns() -> tuple[tuple[str, str, str], ...]:
    """(county code, town code, town name) as civil affairs has them."""
    table = rows("divisions_civil_affairs_2025.csv")
    return tuple((r["parent_code"], r["code"], r["name"]) for r in table if r["level"] == "4")


@cache
def villages() -> dict[tuple[str, str], list[str]]:
    """Village names by county code and town name, from the statistics table."""
    table = rows("divisions_statistics_2023.csv")
    town_of = {r["code"]: (r["parent_code"], r["name"]) for r in table if r["level"] == "township"}
    found: dict[tuple[str, str], list[str]] = {}
    for row in table:
        if row["level"] == "village":
            name = row["name"].removesuffix("村委会").removesuffix("居委会").removesuffix("社区")
            found.setdefault(town_of[row["parent_code"]], []).append(name)
    return found


@cache
def outside_codes() -> Ints:
    """County-level codes of other places still in force, mostly of the provinces around."""
    open_codes = [r["code"] for r in rows("division_codes_timeline.csv") if not r["end_year"]]
    near = [c for c in open_codes if c[:2] in ("13", "14", "15", "61", "41") and c[4:] != "00" and c[:4] != "1402"]
    far = [c for c in open_codes if c[:2] in ("21", "32", "34", "37", "42", "51") and c[4:] != "00"]
    return np.array([int(c) for c in near + near + far])


@cache
def features() -> list[dict[str, object]]:
    """The county outlines as GeoJSON features."""
    collection = json.loads((DATA / "datong_counties.geojson").read_text(encoding="utf-8"))
    return list(collection["features"])


@cache
def outline(county: str) -> Floats:
    """The outer ring of a county, longitude and latitude."""
    for feature in features():
        if str(feature["properties"]["gb"]).endswith(county):  # type: ignore[index]
            return np.array(feature["geometry"]["coordinates"][0][0])  # type: ignore[index]
    raise KeyError(county)


def inside(points: Floats, ring: Floats) -> Bools:
    """Which points lie inside the ring (even-odd rule)."""
    x, y = points[:, :1], points[:, 1:]
    x1, y1 = ring[:-1, 0], ring[:-1, 1]
    x2, y2 = ring[1:, 0], ring[1:, 1]
    crosses = (y1 > y) != (y2 > y)
    with np.errstate(divide="ignore", invalid="ignore"):
        at = (x2 - x1) * (y - y1) / (y2 - y1) + x1
    odd: Bools = (crosses & (x < at)).sum(axis=1) % 2 == 1
    return odd


def points_inside(rng: np.random.Generator, county: str, centres: Floats, spread: float, margin: float) -> Floats:
    """One point near each centre, at least `margin` degrees inside the county's outline."""
    ring = outline(county)
    points = np.full_like(centres, np.nan)
    open_rows = np.arange(len(centres))
    width = spread
    while len(open_rows):
        tries = centres[open_rows] + rng.uniform(-width, width, (len(open_rows), 2))
        good = np.logical_and.reduce([inside(tries + np.array(c) * margin, ring) for c in _CORNERS])
        points[open_rows[good]] = tries[good]
        open_rows = open_rows[~good]
        width = min(width * 1.1, 0.5)
    return points


_CORNERS = ((-1, -1), (-1, 1), (1, -1), (1, 1))


def anywhere(rng: np.random.Generator, county: str, size: int) -> Floats:
    """Points spread over a county."""
    ring = outline(county)
    middle = (ring.min(axis=0) + ring.max(axis=0)) / 2
    return points_inside(rng, county, np.tile(middle, (size, 1)), float(np.ptp(ring, axis=0).max() / 2), 0.002)
