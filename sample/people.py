"""The people of the city: sex, birth, identifier, name, household, status."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import polars as pl

from sample import codes, households, kin, names
from sample.geography import COUNTY_CODES, COUNTY_WEIGHTS, outside_codes
from sample.streams import Bools, Days, Floats, Ints, rank_within, stream, weighted

NORMAL, DECEASED, MOVED_OUT = 1, 2, 3
DEATH_SHARE, MOVED_SHARE, MIGRANT_SHARE, APART_SHARE = 0.014, 0.004, 0.06, 0.07
TWIN_SHARE, NAMESAKE_SHARE = 0.04, 0.004
# A county's code on identifiers, by the year in which the number was given: (last year, codes and weights).
ERAS: dict[str, tuple[tuple[int, tuple[tuple[int, float], ...]], ...]] = {
    "140212": ((9999, ((140212, 1.0),)),),
    "140213": ((2017, ((140202, 0.7), (140211, 0.3))), (9999, ((140213, 1.0),))),
    "140214": ((2017, ((140203, 0.6), (140211, 0.4))), (9999, ((140214, 1.0),))),
    "140215": ((1992, ((142132, 1.0),)), (2017, ((140227, 1.0),)), (9999, ((140215, 1.0),))),
    "140221": ((1992, ((142121, 1.0),)), (9999, ((140221, 1.0),))),
    "140222": ((1992, ((142122, 1.0),)), (9999, ((140222, 1.0),))),
    "140223": ((1992, ((142123, 1.0),)), (9999, ((140223, 1.0),))),
    "140224": ((1992, ((142124, 1.0),)), (9999, ((140224, 1.0),))),
    "140225": ((1992, ((142125, 1.0),)), (9999, ((140225, 1.0),))),
    "140226": ((1992, ((142130, 1.0),)), (9999, ((140226, 1.0),))),
}
OLD_CODES = (140202, 140203, 140211, 140227, 142121, 142122, 142123, 142124, 142125, 142130, 142132)


@dataclass
class People:
    """One position per person. county: index of the household's county; address numbers are filled later.

    phone: 11 digits as a number; children and some of the old have that of their household's head.
    """

    sex: Ints
    birth: Days
    age: Floats
    area: Ints
    id_number: pl.Series
    name: pl.Series
    homes: households.Households
    county: Ints
    migrant: Bools
    status: Ints
    death: Days
    permit: Bools
    phone: Ints
    registered_at: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    lives_at: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    employer: Ints = field(default_factory=lambda: np.zeros(0, np.int64))

    @property
    def living(self) -> Bools:
        alive: Bools = self.status == NORMAL
        return alive

    @property
    def adult(self) -> Bools:
        """Living people between 20 and 70 who belong here."""
        adults: Bools = self.living & (self.age >= 20) & (self.age < 70)
        return adults


def make(size: int, seed: int, as_of: date) -> People:
    """The people as they are on `as_of`."""
    rng = stream(seed, "people")
    age = households.ages(rng, size)
    sex = np.where(rng.random(size) < 0.512, 1, 2).astype(np.int64)
    homes = households.assemble(rng, age, sex)
    twins = kin.twins(stream(seed, "twins"), homes, age, TWIN_SHARE)
    age[twins.younger] = age[twins.elder]
    home_county = weighted(rng, COUNTY_WEIGHTS, homes.count)
    head_age = _head_age(homes, age)
    migrant = ((rng.random(homes.count) < MIGRANT_SHARE / 0.75) & (head_age < 55))[homes.household]
    county = home_county[homes.household]
    birth = np.datetime64(as_of, "D") - 1 - (age * 365.2425).astype(np.int64)
    area = _areas(rng, county, migrant, homes.household, _year(birth))
    status, death = _ends(rng, age, migrant, as_of)
    apart = (rng.random(size) < APART_SHARE) & (age > 18) & (age < 65)
    name = kin.named(stream(seed, "kin"), _names(rng, homes, sex, birth), homes, sex, twins, NAMESAKE_SHARE)
    return People(
        sex, birth, age, area, _id_numbers(rng, area, birth, sex), name, homes,
        county, migrant, status, death, permit=(migrant | apart) & (status == NORMAL),
        phone=kin.phones(stream(seed, "phones"), homes, age),
    )  # fmt: skip


def _year(days: Days) -> Ints:
    return days.astype("datetime64[Y]").astype(np.int64) + 1970


def compact(days: Days) -> Ints:
    """Days as the number yyyymmdd."""
    months = days.astype("datetime64[M]")
    month = months.astype(np.int64) % 12 + 1
    day: Ints = (days - months.astype("datetime64[D]")).astype(np.int64) + 1
    return _year(days) * 10000 + month * 100 + day


def _head_age(homes: households.Households, age: Floats) -> Floats:
    heads = np.zeros(homes.count)
    chosen = homes.relation == households.HEAD
    heads[homes.household[chosen]] = age[chosen]
    return heads


def _areas(rng: np.random.Generator, county: Ints, migrant: Bools, household: Ints, birth_year: Ints) -> Ints:
    """The division code on each identifier; numbers were first given from 1984 on."""
    given_year = np.maximum(birth_year, 1984 + rng.integers(0, 7, len(county)))
    area = np.zeros(len(county), np.int64)
    for number, code in enumerate(COUNTY_CODES):
        first = 0
        for last, choices in ERAS[code]:
            rows = np.flatnonzero((county == number) & (given_year > first) & (given_year <= last))
            area[rows] = np.array([c for c, _ in choices])[weighted(rng, [w for _, w in choices], len(rows))]
            first = last
    outside = outside_codes()
    homes_outside = outside[rng.integers(0, len(outside), household.max() + 1)]
    return np.where(migrant, homes_outside[household], area)


def _id_numbers(rng: np.random.Generator, area: Ints, birth: Days, sex: Ints) -> pl.Series:
    """No number is given twice: people of one area, day and sex get different serials."""
    day = compact(birth)
    rank = rank_within((area * 10**8 + day) * 2 + sex % 2)
    start = (area * 31 + day * 17) % 490
    step = (start + rank * 37) % 490
    return codes.citizen_ids(area, day, step * 2 + np.where(sex == 1, 1, 2))


def _names(rng: np.random.Generator, homes: households.Households, sex: Ints, birth: Days) -> pl.Series:
    surname = names.surnames(rng, len(sex))
    heads = np.zeros(homes.count, np.int64)
    heads[homes.household[homes.relation == households.HEAD]] = surname[homes.relation == households.HEAD]
    fathers = (homes.relation == households.PARENT) & (sex == 1)
    surname = np.where((homes.father >= 0) | fathers, heads[homes.household], surname)
    return names.full_names(rng, surname, sex, _year(birth))


def _ends(rng: np.random.Generator, age: Floats, migrant: Bools, as_of: date) -> tuple[Ints, Days]:
    """Deaths, mostly of the old, and moves away; the dead of about a year."""
    size = len(age)
    status = np.full(size, NORMAL, np.int64)
    death = np.full(size, np.datetime64("NaT", "D"))
    chance = 0.085 * age + rng.gumbel(size=size)
    chance[migrant | (age < 3)] = -np.inf
    dead = np.sort(np.argsort(-chance, kind="stable")[: max(12, round(size * DEATH_SHARE))])
    status[dead] = DECEASED
    death[dead] = np.datetime64(as_of, "D") - rng.integers(40, 400, len(dead))
    moved = (rng.random(size) < MOVED_SHARE) & ~migrant & (status == NORMAL) & (age > 20)
    status[moved] = MOVED_OUT
    return status, death
