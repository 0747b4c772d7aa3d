"""Standard addresses (门楼牌) in the city's real towns, with points inside the real outlines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from sample import geography
from sample.codes import digits, texts
from sample.streams import Floats, Ints, rank_within, stream, weighted

_STREETS = (
    "迎宾魏都御河永泰平城云中北都文兴和阳清远武定同泉新建振兴建设南环北环开源向阳西环"
    "站前光明友谊和平新华工农矿山育才文昌恒安白登采凉恒山桑干云冈煤海兴云太和泰安永和"
)
STREETS = [_STREETS[n : n + 2] for n in range(0, len(_STREETS), 2)]
KINDS = ("街", "路", "大街", "巷", "西路", "东街")
JITTER = 0.0006


@dataclass(frozen=True)
class Addresses:
    """One row per address. county: index; by_county: address numbers per county in a random order."""

    table: pl.DataFrame
    county: Ints
    by_county: list[Ints]

    def full(self, numbers: Ints) -> pl.Series:
        """Full texts of the addresses of those numbers."""
        return self.table["full_address"].gather(numbers)


def make(per_county: Ints, seed: int) -> Addresses:
    """At least `per_county` addresses in each county, in the order of geography.COUNTY_CODES."""
    rng = stream(seed, "addresses")
    streets = _streets(rng)
    parts = []
    for number, code in enumerate(geography.COUNTY_CODES):
        here = streets.filter(pl.col("division_code") == code)
        parts.append(_county(rng, here, int(per_county[number])))
    table = pl.concat(parts)
    counties = pl.Series(geography.COUNTY_CODES)
    county = np.repeat(np.arange(len(counties)), [len(p) for p in parts])
    table = table.with_columns(address_code=_codes(table), full_address=_full()).drop("town_code")
    return Addresses(table, county, [rng.permutation(np.flatnonzero(county == n)) for n in range(len(counties))])


def _codes(table: pl.DataFrame) -> pl.Series:
    town = table["town_code"].cast(pl.Int64).to_numpy()
    return texts(np.column_stack([digits(town, 9), digits(np.arange(1, len(table) + 1), 11)]))


def _full() -> pl.Expr:
    county = pl.col("division_code").replace_strict(geography.county_names())
    return pl.concat_str(
        pl.lit("山西省大同市"), county, pl.col("town_name"), pl.col("street"), pl.col("house_no"),
        pl.col("unit_room").fill_null(""),
    )  # fmt: skip


def _streets(rng: np.random.Generator) -> pl.DataFrame:
    """Streets of each town, or villages, each with a point and a weight."""
    parts = []
    for county, code, name in geography.towns():
        urban = name.endswith("街道")
        titles = _street_titles(rng) if urban else geography.villages().get((county, name)) or [f"{name[:-1]}村"]
        centre = geography.anywhere(rng, county, 1)
        spread = 0.012 if urban else 0.04
        points = geography.points_inside(rng, county, np.tile(centre, (len(titles), 1)), spread, JITTER * 2)
        parts.append(
            pl.DataFrame({
                "division_code": county, "town_code": code, "town_name": name, "street": titles,
                "urban": urban, "x": points[:, 0], "y": points[:, 1], "weight": 6.0 if urban else 1.0 / len(titles) * 8,
            })
        )  # fmt: skip
    return pl.concat(parts)


def _street_titles(rng: np.random.Generator) -> list[str]:
    chosen = rng.permutation(len(STREETS) * len(KINDS))[:14]
    return [STREETS[n % len(STREETS)] + KINDS[n // len(STREETS)] for n in chosen]


def _county(rng: np.random.Generator, streets: pl.DataFrame, size: int) -> pl.DataFrame:
    chosen = np.sort(weighted(rng, streets["weight"].to_numpy(), size))
    rank = rank_within(chosen)
    frame = streets.select("division_code", "town_code", "town_name", "street", "urban")[chosen]
    points = streets.select("x", "y").to_numpy()[chosen] + rng.uniform(-JITTER, JITTER, (size, 2))
    return frame.with_columns(**_doors(rank), **_position(points)).drop("urban")


def _doors(rank: Ints) -> dict[str, pl.Expr]:
    """The k-th door of a street: compounds of 6 buildings with 4 units, 6 floors and 2 doors; a village by house."""
    room, rest = rank % 2 + 1, rank // 2
    floor, rest = rest % 6 + 1, rest // 6
    unit, rest = rest % 4 + 1, rest // 4
    building, compound = rest % 6 + 1, rest // 6 + 1
    number = pl.lit(pl.Series(compound))
    urban = pl.concat_str(
        pl.lit(pl.Series(building)), pl.lit("号楼"), pl.lit(pl.Series(unit)), pl.lit("单元"),
        pl.lit(pl.Series(floor * 100 + room)), pl.lit("室"),
    )  # fmt: skip
    return {
        "house_no": pl.concat_str(pl.when("urban").then(number).otherwise(pl.lit(pl.Series(rank + 1))), pl.lit("号")),
        "unit_room": pl.when("urban").then(urban),
    }


def _position(points: Floats) -> dict[str, pl.Series]:
    rounded = points.round(6)
    return {"longitude": pl.Series(rounded[:, 0]), "latitude": pl.Series(rounded[:, 1])}
