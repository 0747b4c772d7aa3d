"""Everybody may ask so often in a minute, each address for itself, over all workers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from catalog.errors import TooOften
from catalog.rates import Rates

NOW = datetime(2026, 11, 20, 10, 0, 15, tzinfo=UTC)


def test_an_address_that_asks_too_often_waits_for_the_next_minute(tmp_path: Path) -> None:
    one, other = (Rates(tmp_path / "rates.sqlite", most=3) for _ in range(2))
    for rates in (one, other, one):
        rates.count("verify", "10.0.0.1", NOW)
    with pytest.raises(TooOften) as refused:
        other.count("verify", "10.0.0.1", NOW)
    assert refused.value.facts["seconds"] == 45
    other.count("verify", "10.0.0.2", NOW)
    one.count("other door", "10.0.0.1", NOW)
    one.count("verify", "10.0.0.1", NOW + timedelta(seconds=45))


def test_no_address_is_kept(tmp_path: Path) -> None:
    Rates(tmp_path / "rates.sqlite").count("verify", "10.0.0.1", NOW)
    assert all(b"10.0.0.1" not in path.read_bytes() for path in tmp_path.iterdir())
