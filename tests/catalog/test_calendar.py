"""Working days, periods and due dates."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.calendar import WorkCalendar, check_period, due_of, first_day, last_complete_period, last_day, period_of
from catalog.errors import Invalid
from catalog.vocab import UpdateCycle

CYCLES = [c for c in UpdateCycle if c is not UpdateCycle.IRREGULAR]
DAYS = st.dates(date(2005, 1, 1), date(2035, 1, 1))


def test_a_shifted_workday_counts_and_a_holiday_does_not() -> None:
    working = WorkCalendar()
    assert not working.is_working(date(2026, 10, 1))
    assert working.is_working(date(2026, 10, 10)), "a Saturday worked for the National Day holiday"


def test_a_due_date_beyond_the_official_calendar_is_provisional() -> None:
    working = WorkCalendar()
    assert working.after(date(2026, 11, 20), 5) == working.after(date(2026, 11, 20), 5)
    assert not working.after(date(2026, 11, 20), 5).is_provisional
    assert working.after(date(2026, 12, 30), 5).is_provisional


def test_the_authoritys_own_row_overrides_the_calendar() -> None:
    day = date(2026, 11, 23)
    assert WorkCalendar({day: False}).after(date(2026, 11, 20), 1).day == date(2026, 11, 24)


@given(st.sampled_from(CYCLES), DAYS)
def test_a_day_lies_in_its_own_period(cycle: UpdateCycle, day: date) -> None:
    period = period_of(cycle, day)
    assert first_day(period) <= day <= last_day(period)
    assert period_of(cycle, first_day(period)) == period_of(cycle, last_day(period)) == period


@given(st.sampled_from(CYCLES), DAYS)
def test_the_last_complete_period_ended_and_the_next_did_not(cycle: UpdateCycle, day: date) -> None:
    period = last_complete_period(cycle, day)
    assert last_day(period) < day
    assert last_day(period_of(cycle, last_day(period) + timedelta(days=1))) >= day


@pytest.mark.parametrize("text", ["", "2026-13", "2026-W54", "2026-Q5", "yesterday", "2026-02-30"])
def test_a_text_that_is_no_period_is_told_so(text: str) -> None:
    with pytest.raises(Invalid, match="报送期"):
        last_day(text)


def test_a_period_of_another_cycle_is_refused() -> None:
    with pytest.raises(Invalid, match="更新周期"):
        check_period(UpdateCycle.MONTHLY, "2026-11-23")


def test_a_delivery_is_due_so_many_working_days_after_its_period() -> None:
    assert due_of("2026-09", 10, WorkCalendar()).day == date(2026, 10, 20)
