"""What journeys share: a fresh town."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.town import Town


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """An installation of its own, in a folder that goes with the test."""
    made = Town(tmp_path / "home")
    yield made
    made.close()
