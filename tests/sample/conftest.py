"""One small city that all tests of this room look at."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from sample.city import generate

PERSONS, SEED, AS_OF = 2_000, 7, date(2026, 11, 20)


@dataclass(frozen=True)
class City:
    """A generated city and how long it took."""

    folder: Path
    seconds: float

    @property
    def plants(self) -> pl.DataFrame:
        return pl.read_parquet(self.folder / "truth" / "plants.parquet")

    def landing(self, slug: str, period: str = "*") -> Path:
        """The newest delivery of a resource."""
        return max(self.folder.glob(f"landing/*/{slug}/{period}.*"))


def make(folder: Path, seed: int = SEED, persons: int = PERSONS) -> City:
    start = time.monotonic()
    generate(persons, seed, AS_OF, folder)
    return City(folder, time.monotonic() - start)


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    return make(tmp_path_factory.mktemp("city"))
