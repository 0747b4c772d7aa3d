"""Opened installations: one with the police and nothing else, one of the whole city."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from catalog import registration
from catalog.settings import Settings
from pipelines.demo import initialise
from pipelines.house import House, clock_of, open_house
from tests.catalog.conftest import make_department, make_resource
from tests.conftest import NOW
from tests.helpers import AS_OF


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A home with the police and their resource of two items."""
    settings = Settings(home=tmp_path / "home")
    initialise(settings)
    house = open_house(settings, lambda: NOW)
    with house.transaction() as db:
        registration.enter_reference_data(db)
        make_department(db, "digital_government", 1, is_authority=True)
        make_resource(db, make_department(db, "police", 2))
    yield house
    house.database.dispose()


@pytest.fixture
def city_house(own_city: Path) -> Iterator[House]:
    """The sample city, to change, on the evening of its day."""
    settings = Settings(home=own_city)
    house = open_house(settings, clock_of(date.fromisoformat(AS_OF), settings))
    yield house
    house.database.dispose()
