"""Who lives with whom: couples, their children and their old parents, out of an age pyramid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sample.streams import Floats, Ints, weighted

# Shares of five-year age groups from 0, after the 2020 census of Shanxi
# (0-14: 16.4 %, 15-59: 64.7 %, 60 and over: 18.9 %).
PYRAMID = (4.6, 6.2, 5.6, 5.1, 5.4, 6.4, 9.0, 7.3, 6.6, 8.0, 9.0, 7.9, 6.1, 5.3, 3.4, 2.2, 1.3, 0.5, 0.12)
HEAD, SPOUSE, SON, DAUGHTER, PARENT, OTHER = 2, 10, 20, 30, 50, 97
YOUNGEST_PARENT = 19.0


@dataclass(frozen=True)
class Households:
    """household: number per person, couples first; relation: GB/T 4761 code to the head.

    husbands, wives: person numbers of household 0, 1, 2...; father: person number or -1.
    """

    household: Ints
    relation: Ints
    husbands: Ints
    wives: Ints
    father: Ints
    count: int


def ages(rng: np.random.Generator, size: int) -> Floats:
    """Ages in years after the pyramid."""
    return 5.0 * (weighted(rng, PYRAMID, size) + rng.random(size))


def assemble(rng: np.random.Generator, age: Floats, sex: Ints) -> Households:
    """Put every person into one household."""
    husbands, wives = _couples(rng, age, sex)
    household = np.full(len(age), -1, np.int64)
    relation = np.full(len(age), HEAD, np.int64)
    household[husbands] = household[wives] = np.arange(len(husbands))
    relation[wives] = SPOUSE
    father = np.full(len(age), -1, np.int64)
    if len(husbands):
        _add_children(rng, age, sex, household, relation, husbands, wives, father)
        _add_parents(rng, age, household, relation, husbands)
        orphans = np.flatnonzero((household < 0) & (age < 18))  # no couple of a fitting age: with relatives
        household[orphans] = rng.integers(0, len(husbands), len(orphans))
        relation[orphans] = OTHER
    alone = np.flatnonzero(household < 0)
    household[alone] = len(husbands) + np.arange(len(alone))
    return Households(household, relation, husbands, wives, father, len(husbands) + len(alone))


def _couples(rng: np.random.Generator, age: Floats, sex: Ints) -> tuple[Ints, Ints]:
    """Husbands and wives paired by age; a wife is two years younger on average."""
    share = np.clip((age - 21) / 13, 0, 0.92) - np.clip((age - 65) * 0.02, 0, 0.6)
    married = rng.random(len(age)) < share
    men, women = np.flatnonzero(married & (sex == 1)), np.flatnonzero(married & (sex == 2))
    pairs = min(len(men), len(women))
    men, women = rng.permutation(men)[:pairs], rng.permutation(women)[:pairs]
    return (
        men[np.argsort(age[men] + rng.normal(0, 1.5, pairs), kind="stable")],
        women[np.argsort(age[women] + rng.normal(0, 1.5, pairs), kind="stable")],
    )


def _add_children(
    rng: np.random.Generator,
    age: Floats,
    sex: Ints,
    household: Ints,
    relation: Ints,
    husbands: Ints,
    wives: Ints,
    father: Ints,
) -> None:
    at_home = (age < 23) | ((age < 33) & (rng.random(len(age)) < 0.4))
    children = np.flatnonzero((household < 0) & at_home)
    wanted = age[children] + np.clip(rng.normal(27, 4.5, len(children)), 20, 42)
    couple = _near(rng, age[wives], wanted)
    fits = np.minimum(age[wives[couple]], age[husbands[couple]]) - age[children] >= YOUNGEST_PARENT
    children, couple = children[fits], couple[fits]
    household[children], father[children] = couple, husbands[couple]
    relation[children] = np.where(sex[children] == 1, SON, DAUGHTER)


def _add_parents(rng: np.random.Generator, age: Floats, household: Ints, relation: Ints, husbands: Ints) -> None:
    parents = np.flatnonzero((household < 0) & (age > 58) & (rng.random(len(age)) < 0.45))
    couple = _near(rng, age[husbands], age[parents] - np.clip(rng.normal(27, 4, len(parents)), 20, 42))
    fits = age[parents] - age[husbands[couple]] >= YOUNGEST_PARENT
    household[parents[fits]], relation[parents[fits]] = couple[fits], PARENT


def _near(rng: np.random.Generator, have: Floats, wanted: Floats) -> Ints:
    """For each wanted age a random index among those of about that age."""
    order = np.argsort(have, kind="stable")
    width = len(have) // 100 + 1
    place = np.searchsorted(have[order], wanted) + rng.integers(-width, width + 1, len(wanted))
    last = len(have) - 1
    near: Ints = order[np.clip(last - np.abs(last - np.abs(place)), 0, last)]
    return near
