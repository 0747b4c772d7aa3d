"""What all workers count together holds when several of them count at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

import pytest

from catalog.errors import TooOften
from catalog.lockouts import FREE_FAILURES, Lockouts
from catalog.rates import PER_MINUTE, Rates

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
# each worker asks in the same order, so that they meet at every address again
WORKERS, AT_ONCE, EACH, ADDRESSES = 2, 4, 12, 30


def answered(path: Path) -> int:
    """How many of a worker's questions are answered."""
    rates = Rates(path)

    def ask(address: str) -> bool:
        try:
            rates.count("verify", address, NOW)
        except TooOften:
            return False
        return True

    return _all_at_once(ask)


def tried(path: Path) -> int:
    """How many of a worker's sign-ins are tried at all."""
    lockouts = Lockouts(path)
    return _all_at_once(lambda address: lockouts.attempt("client", address, NOW) == 0)


def _all_at_once(ask: Callable[[str], bool]) -> int:
    asked = [f"10.0.0.{address}" for address in range(ADDRESSES) for _ in range(EACH)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return sum(pool.map(ask, asked))


@pytest.mark.parametrize(("count", "limit"), [(answered, PER_MINUTE), (tried, FREE_FAILURES)])
def test_workers_who_count_at_once_let_in_no_more_than_one_would(
    count: Callable[[Path], int], limit: int, tmp_path: Path
) -> None:
    with ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as workers:
        assert sum(workers.map(count, [tmp_path / "counts.sqlite"] * WORKERS)) == limit * ADDRESSES
