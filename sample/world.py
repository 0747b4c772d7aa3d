"""The whole city as it truly is, before any department writes about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from sample import addresses, firms, geography, people
from sample.names import VARIANTS
from sample.periods import Workdays
from sample.streams import Bools, Days, Ints, stream, weighted
from sample.trouble import KINDS


@dataclass
class World:
    """People, addresses and organisations, and who is set aside for which planted trouble.

    is_clean: nobody writes anything wrong. reserved: person or firm numbers by kind. taken_*: those that carry a plant
    already: no one carries two.
    """

    seed: int
    as_of: date
    people: people.People
    addresses: addresses.Addresses
    firms: firms.Firms
    workdays: Workdays
    reserved: dict[str, Ints]
    taken_people: Bools
    taken_firms: Bools
    is_clean: bool = False

    def rng(self, label: str) -> np.random.Generator:
        return stream(self.seed, label)

    @property
    def today(self) -> np.datetime64:
        return np.datetime64(self.as_of, "D")

    @property
    def standing(self) -> Ints:
        """Companies and traders that were not struck off."""
        pool = np.r_[self.firms.numbers("enterprise"), self.firms.numbers("individual")]
        found: Ints = pool[self.firms.status[pool] != firms.CANCELLED]
        return found

    @property
    def pays_tax(self) -> Bools:
        """Which organisations the tax office lists: companies, and six traders in ten."""
        numbers = np.arange(len(self.firms.code))
        company, trader = (np.isin(numbers, self.firms.numbers(kind)) for kind in ("enterprise", "individual"))
        listed: Bools = company | (trader & (self.rng("taxpayers").random(len(numbers)) < 0.6))
        return listed

    def days_ago(self, rng: np.random.Generator, size: int, low: int, high: int) -> Days:
        """Days between `low` and `high` days before the city's day."""
        return self.today - rng.integers(low, high, size)

    def county_code(self, address: Ints) -> pl.Series:
        """County code of each address."""
        return pl.Series(geography.COUNTY_CODES).gather(self.addresses.county[address])


def make(persons: int, seed: int, as_of: date, *, is_clean: bool = False) -> World:
    """The city of that many people on that day."""
    crowd = people.make(persons, seed, as_of)
    places = addresses.make(_addresses_wanted(crowd), seed)
    _settle(crowd, places, seed)
    companies = firms.make(crowd, places, seed, as_of)
    _employ(crowd, companies, seed)
    workdays = Workdays(as_of - timedelta(days=1500), as_of + timedelta(days=60))
    world = World(
        seed, as_of, crowd, places, companies, workdays, {},
        np.zeros(persons, np.bool_), np.zeros(len(companies.code), np.bool_), is_clean,
    )  # fmt: skip
    _reserve(world)
    return world


def _addresses_wanted(crowd: people.People) -> Ints:
    county = np.zeros(crowd.homes.count, np.int64)
    county[crowd.homes.household] = crowd.county
    return (np.bincount(county, minlength=len(geography.COUNTY_CODES)) * 1.15).astype(np.int64) + 60


def _settle(crowd: people.People, places: addresses.Addresses, seed: int) -> None:
    """An address for each household; people who live apart from it get another."""
    rng = stream(seed, "settle")
    county = np.zeros(crowd.homes.count, np.int64)
    county[crowd.homes.household] = crowd.county
    home = np.zeros(crowd.homes.count, np.int64)
    for number, pool in enumerate(places.by_county):
        here = np.flatnonzero(county == number)
        home[here] = pool[: len(here)]
    crowd.registered_at = home[crowd.homes.household]
    apart = np.flatnonzero(crowd.permit & ~crowd.migrant)
    crowd.lives_at = crowd.registered_at.copy()
    crowd.lives_at[apart] = somewhere(rng, places, weighted(rng, geography.COUNTY_WEIGHTS, len(apart)))


def somewhere(rng: np.random.Generator, places: addresses.Addresses, county: Ints) -> Ints:
    """A random address in each county."""
    found = np.zeros(len(county), np.int64)
    for number, pool in enumerate(places.by_county):
        here = np.flatnonzero(county == number)
        found[here] = pool[rng.integers(0, len(pool), len(here))]
    return found


def _employ(crowd: people.People, companies: firms.Firms, seed: int) -> None:
    """Work for four adults in ten, in firms whose sizes differ widely."""
    rng = stream(seed, "employ")
    crowd.employer = np.full(len(crowd.sex), -1, np.int64)
    workers = np.flatnonzero(crowd.adult & (crowd.age < 60) & (rng.random(len(crowd.sex)) < 0.42))
    offices = np.r_[companies.numbers("enterprise"), companies.numbers("institution")]
    offices = offices[companies.active[offices]]
    crowd.employer[workers] = offices[weighted(rng, rng.lognormal(1.5, 1.4, len(offices)), len(workers))]


def wanted(world: World, kind: str, base: int) -> int:
    """How many plants of a kind are set among `base`; two at least, none in a clean city."""
    return 0 if world.is_clean else max(2, round(base * KINDS[kind].rate))


def _reserve(world: World) -> None:
    """Set people and firms aside for the trouble that only a build can show."""
    rng, crowd, companies = world.rng("reserve"), world.people, world.firms
    size = len(crowd.sex)
    free = crowd.adult & ~crowd.migrant
    free[companies.representative[companies.representative >= 0]] = False
    workers = rng.permutation(np.flatnonzero(free & (crowd.employer >= 0)))
    _deal(
        world, workers, size,
        (
            "name_conflict", "name_variant", "sex_conflict", "birth_conflict", "employer_dissolved", "two_numbers",
            "shared_identifier",
        ),
    )  # fmt: skip
    _deal(
        world, rng.permutation(np.flatnonzero(free & crowd.permit)), size, ("residence_conflict", "residence_welfare")
    )
    dead = np.flatnonzero((crowd.status == people.DECEASED) & (crowd.age > 25))
    _deal(world, rng.permutation(dead), size, ("death_conflict", "representative_deceased", "holder_deceased"))
    _reserve_firms(world, rng)
    _give_variant_names(world)


def _deal(world: World, pool: Ints, base: int, kinds: tuple[str, ...]) -> None:
    """Deal people out of the pool to the kinds."""
    start = 0
    for kind in kinds:
        count = wanted(world, kind if kind in KINDS else "residence_conflict", base)
        world.reserved[kind] = np.sort(pool[start : start + count])
        start += count
        world.taken_people[world.reserved[kind]] = True


def _reserve_firms(world: World, rng: np.random.Generator) -> None:
    companies, size = world.firms, len(world.people.sex)
    rows = companies.numbers("enterprise")
    partnership = (companies.type_code[rows] == firms.PARTNERSHIP).to_numpy()
    active = companies.active[rows]
    led = rng.permutation(rows[partnership & active])
    gone = rng.permutation(rows[~partnership & (companies.status[rows] == firms.CANCELLED)])
    count = min(wanted(world, "representative_dissolved", size), len(led), len(gone) // 3)
    partners = {"representative_dissolved": count, "partner_unknown": wanted(world, "partner_unknown", size)}
    _reserve_first(world, led, partners)
    _reserve_as(world, "dissolved_partner", gone[:count])
    long_gone = gone[companies.cancelled[gone] < world.today - 60]
    _reserve_as(world, "dissolved_firm", long_gone[-1:])
    gone = gone[~np.isin(gone, long_gone[-1:])]
    _reserve_first(world, gone[count:], {"entity_status_conflict": wanted(world, "entity_status_conflict", size)})
    mourning = rng.permutation(rows[~partnership & active & (companies.representative[rows] >= 0)])
    kinds = (
        *("entity_name_conflict", "entity_representative_conflict"),
        *("representative_unknown", "representative_from_elsewhere"),
    )
    counts = {"deceased_firm": len(world.reserved["representative_deceased"])}
    _reserve_first(world, mourning, counts | {kind: wanted(world, kind, size) for kind in kinds})


def _reserve_first(world: World, pool: Ints, counts: dict[str, int]) -> Ints:
    """Set the first firms of the pool aside for each name; what is left of the pool."""
    for name, count in counts.items():
        _reserve_as(world, name, np.sort(pool[:count]))
        pool = pool[count:]
    return pool


def _reserve_as(world: World, name: str, numbers: Ints) -> None:
    world.reserved[name] = numbers
    world.taken_firms[numbers] = True


def _give_variant_names(world: World) -> None:
    """Names with a character that is written in two ways."""
    rows = world.reserved["name_variant"]
    old = world.people.name.gather(rows).to_list()
    new = [name[:-1] + VARIANTS[n % len(VARIANTS)][0] for n, name in enumerate(old)]
    world.people.name = world.people.name.scatter(rows, pl.Series(new, dtype=pl.String))
