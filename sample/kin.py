"""What makes people hard to tell apart: twins, sons named after their fathers, phones of a household."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from sample.households import DAUGHTER, HEAD, SON, Households
from sample.streams import Floats, Ints, rank_within

PHONE_STARTS = np.array([13, 15, 17, 18, 19])
CHILD, OLD, MOST_APART = 14, 75, 4.0
TWIN_ENDINGS = "阳辰彤涵萌博悦宁"


@dataclass(frozen=True)
class Twins:
    """Person numbers of brothers and sisters of one birthday, pair by pair."""

    elder: Ints
    younger: Ints


def twins(rng: np.random.Generator, homes: Households, age: Floats, share: float) -> Twins:
    """A share of the youngest children whose next brother or sister is near in age."""
    children = np.flatnonzero((homes.father >= 0) & ((homes.relation == SON) | (homes.relation == DAUGHTER)))
    order = children[np.lexsort((age[children], homes.father[children]))]
    elder, younger = order[1:], order[:-1]
    near = (homes.father[elder] == homes.father[younger]) & (age[elder] - age[younger] < MOST_APART)
    elder, younger = elder[near], younger[near]
    chosen = (rank_within(homes.father[elder]) == 0) & (rng.random(len(elder)) < share)
    return Twins(elder[chosen], younger[chosen])


def named(
    rng: np.random.Generator, name: pl.Series, homes: Households, sex: Ints, pairs: Twins, share: float
) -> pl.Series:
    """The names, with twins' differing in the last character and a share of the sons bearing their father's."""
    old = name.gather(pairs.elder).to_list()
    ends = [_other_ending(each, int(n)) for each, n in zip(old, rng.integers(0, 8, len(old)), strict=True)]
    name = name.scatter(pairs.younger, pl.Series(ends, dtype=pl.String))
    sons = np.flatnonzero((homes.father >= 0) & (sex == 1) & (rng.random(len(sex)) < share))
    sons = np.setdiff1d(sons, np.r_[pairs.elder, pairs.younger])
    return name.scatter(sons, name.gather(homes.father[sons]))


def _other_ending(name: str, number: int) -> str:
    ending = TWIN_ENDINGS[number]
    return name[:-1] + (ending if ending != name[-1] else TWIN_ENDINGS[number - 1])


def phones(rng: np.random.Generator, homes: Households, age: Floats) -> Ints:
    """A phone number per person; children and a third of the old have the head's."""
    size = len(age)
    own = PHONE_STARTS[rng.integers(0, 5, size)] * 10**9 + rng.integers(0, 10**9, size)
    heads = np.arange(size)
    of_home = np.full(homes.count, -1, np.int64)
    of_home[homes.household[homes.relation == HEAD]] = np.flatnonzero(homes.relation == HEAD)
    shared = ((age < CHILD) | ((age > OLD) & (rng.random(size) < 0.33))) & (of_home[homes.household] >= 0)
    numbers: Ints = own[np.where(shared, of_home[homes.household], heads)]
    return numbers
