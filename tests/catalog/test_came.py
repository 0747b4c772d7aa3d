"""Which delivery counts for its period: on the late list, in the score, to do."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from catalog import check_failures, lateness, resources
from catalog.calendar import WorkCalendar
from catalog.vocab import Outcome
from tests.catalog.conftest import make_department
from tests.catalog.offices import ZONE, Offices
from tests.catalog.test_quality_orders import check, finding
from tests.catalog.test_scorecards import card
from tests.conftest import TODAY

PERIOD = "2026-11-18"


@pytest.fixture
def all_of(city: Session) -> Offices:
    make_department(city, "housing", 3)
    return Offices(city)


def owes(offices: Offices) -> bool:
    """What the list of what is late and the look at one resource say alike."""
    late = lateness.late(offices.db, TODAY, WorkCalendar())
    one = lateness.owed(offices.db, resources.get(offices.db, "police_population"), TODAY, WorkCalendar())
    assert bool(late) == (one is not None)
    return one is not None


@pytest.mark.parametrize(
    ("delivered", "counts"),
    [
        ({}, True),
        ({"found": finding()}, True),
        ({"held_reason": "将删除 99% 的记录"}, True),
        ({"rows": 0, "is_zero_report": True}, True),
        ({"found": finding("FILE_EMPTY", 1, outcome=Outcome.BLOCK_DELIVERY), "rows": 0}, False),
        ({"found": finding("COLUMN_MISSING", 1, outcome=Outcome.BLOCK_DELIVERY)}, False),
    ],
)
def test_what_was_returned_does_not_count_for_its_period(
    all_of: Offices, delivered: dict[str, Any], counts: bool
) -> None:
    found = [delivered["found"]] if "found" in delivered else []
    check(all_of, PERIOD, *found, **{name: value for name, value in delivered.items() if name != "found"})
    assert owes(all_of) != counts
    assert card(all_of).due == (1 if counts else 0)


def test_a_returned_period_is_found_late_and_the_delivery_that_mends_it_ends_that(all_of: Offices) -> None:
    check(all_of, PERIOD, finding("FILE_EMPTY", 1, outcome=Outcome.BLOCK_DELIVERY), rows=0)
    (debt,) = lateness.late(all_of.db, TODAY, WorkCalendar())
    assert debt.period == PERIOD
    assert lateness.record_late(all_of.db, debt, now=all_of.now, zone=ZONE)
    assert (card(all_of).due, card(all_of).on_time) == (1, 0)
    check(all_of, PERIOD, sequence=2)
    assert not owes(all_of)
    assert (card(all_of).due, card(all_of).on_time) == (1, 0)


def test_what_the_house_could_not_check_came_in_time(all_of: Offices) -> None:
    delivery = check(all_of, PERIOD)
    check_failures.give_up(all_of.db, delivery, "MemoryError", now=all_of.now, zone=ZONE)
    assert not owes(all_of)
    assert card(all_of).on_time == 1
