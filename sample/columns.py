"""Small makers of columns that the departments' frames share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from sample.codes import citizen_ids, digits, texts
from sample.people import compact
from sample.streams import Bools, Days, Ints, weighted
from sample.world import World


def pick(values: Sequence[str], numbers: Ints) -> pl.Series:
    """The values of those numbers."""
    return pl.Series(list(values), dtype=pl.String).gather(numbers)


def chance(rng: np.random.Generator, options: Mapping[str, float], size: int) -> pl.Series:
    """Codes drawn by weight."""
    return pick(list(options), weighted(rng, list(options.values()), size))


def serials(prefix: str, size: int, width: int, start: int = 1) -> pl.Series:
    """`prefix` followed by running numbers."""
    return joined(prefix, texts(digits(np.arange(start, start + size), width)))


def joined(*parts: str | pl.Series) -> pl.Series:
    """Texts put together row by row."""
    return pl.select(pl.concat_str([pl.lit(part) for part in parts])).to_series()


def day(days: Days) -> pl.Series:
    """A column of days; NaT is null."""
    return pl.Series(days.astype("datetime64[D]"))


def no_day(size: int) -> Days:
    return np.full(size, np.datetime64("NaT", "D"))


def same(value: str | None, size: int) -> pl.Series:
    return pl.Series([value], dtype=pl.String).new_from_index(0, size)


def only(column: pl.Series, wanted: Bools) -> pl.Series:
    """The column where `wanted`, null elsewhere."""
    return pl.select(pl.when(pl.lit(pl.Series(wanted))).then(pl.lit(column))).to_series()


def marked(numbers: Ints, plants: dict[str, Ints]) -> pl.Series:
    """For each number the kind of plant it is set aside for, or null."""
    kinds = list(plants)
    found = np.full(len(numbers), -1, np.int64)
    for place, kind in enumerate(kinds):
        found[np.isin(numbers, plants[kind])] = place
    return pl.Series([*kinds, None], dtype=pl.String).gather(np.where(found < 0, len(kinds), found))


def id_number(world: World, rows: Ints) -> pl.Series:
    return world.people.id_number.gather(rows)


def name(world: World, rows: Ints) -> pl.Series:
    return world.people.name.gather(rows)


def strangers(size: int, area: int, first_born: str, serial: int) -> pl.Series:
    """Identifiers that nobody has: born on days from `first_born` on, the serial beyond those of the city's people."""
    born = compact(np.datetime64(first_born, "D") + np.arange(size))
    return citizen_ids(np.full(size, area), born, np.full(size, serial))


def birth(world: World, rows: Ints) -> pl.Series:
    return day(world.people.birth[rows])


def sex(world: World, rows: Ints) -> pl.Series:
    return pick(("0", "1", "2"), world.people.sex[rows])


def phone(world: World, rows: Ints) -> pl.Series:
    return texts(digits(world.people.phone[rows], 11))


def some(rng: np.random.Generator, wanted: Bools, share: float, least: int) -> Ints:
    """A share of the wanted people, `least` at least, in order."""
    pool = np.flatnonzero(wanted)
    count = min(len(pool), max(least, round(len(pool) * share)))
    return np.sort(rng.permutation(pool)[:count])
