"""Streams of chance: the same seed and label give the same numbers, whatever ran before."""

from __future__ import annotations

from zlib import crc32

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]
Days = npt.NDArray[np.datetime64]


def stream(seed: int, label: str) -> np.random.Generator:
    """A generator of its own for one part of the city, so that parts do not disturb each other."""
    return np.random.default_rng([seed, crc32(label.encode())])


def weighted(rng: np.random.Generator, weights: npt.ArrayLike, size: int) -> Ints:
    """`size` indexes drawn in proportion to `weights`; faster than `choice` at millions of draws."""
    bounds = np.cumsum(np.asarray(weights, dtype=float))
    return np.searchsorted(bounds / bounds[-1], rng.random(size), side="right").astype(np.int64)


def sample(rng: np.random.Generator, pool: Ints, size: int) -> Ints:
    """Up to `size` different members of `pool`, in the pool's order."""
    if size >= len(pool):
        return pool
    return np.sort(rng.permutation(pool)[:size])


def rank_within(groups: Ints) -> Ints:
    """For each row, how many earlier rows have the same group."""
    order = np.argsort(groups, kind="stable")
    ordered = groups[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(ordered) else np.zeros(0, np.int64)
    lengths = np.diff(np.r_[starts, len(ordered)])
    ranks = np.empty(len(groups), dtype=np.int64)
    ranks[order] = np.arange(len(groups)) - np.repeat(starts, lengths)
    return ranks
