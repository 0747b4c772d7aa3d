"""Clocks: working days across holidays and shifted workdays, months, dated rules."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from catalog import clocks, registration
from catalog.calendar import WorkCalendar
from catalog.models import CalendarDay, RuleRow

DAYS = st.dates(date(2024, 1, 1), date(2027, 2, 1))
OVERRIDES = st.dictionaries(DAYS, st.booleans(), max_size=5)


def rule(value: float, unit: str) -> RuleRow:
    return RuleRow(code="x", value=value, unit=unit, valid_from=date(2020, 1, 1))


@given(DAYS, st.integers(0, 15), OVERRIDES)
def test_the_due_day_leaves_just_so_many_working_days(start: date, count: int, overrides: dict[date, bool]) -> None:
    working = WorkCalendar(overrides)
    due = clocks.reckon(rule(count, "working_day"), start, working)
    assert due is not None
    assert len(working.working_days(start + timedelta(days=1), due.day)) == count
    assert due.day == start or working.is_working(due.day)


@given(DAYS, st.integers(0, 10), st.integers(0, 10))
def test_two_clocks_in_a_row_are_one_long_clock(start: date, first: int, second: int) -> None:
    working = WorkCalendar()
    one = working.after(start, first + second)
    two = working.after(working.after(start, first).day, second)
    assert one.day == two.day


def test_the_spring_festival_and_its_shifted_saturdays_are_counted_as_ordered() -> None:
    # 2026: off from 15 to 23 February; Saturday the 14th and Saturday the 28th are worked
    due = clocks.reckon(rule(2, "working_day"), date(2026, 2, 13), WorkCalendar())
    assert due is not None
    assert due.day == date(2026, 2, 24)
    assert not due.is_provisional


def test_beyond_the_official_calendar_a_date_is_provisional() -> None:
    due = clocks.reckon(rule(10, "working_day"), date(2026, 12, 28), WorkCalendar())
    assert due is not None
    assert due.is_provisional


@given(DAYS, st.integers(1, 24))
def test_a_month_ends_on_its_day_or_on_the_last_there_is(start: date, count: int) -> None:
    due = clocks.reckon(rule(count, "month"), start, WorkCalendar())
    assert due is not None
    assert (due.day.year * 12 + due.day.month) - (start.year * 12 + start.month) == count
    assert due.day.day == start.day or (due.day + timedelta(days=1)).day == 1


def test_a_rule_counts_on_the_days_that_the_authority_entered_and_never_reaches_back(db: Session) -> None:
    registration.enter_reference_data(db)
    assert clocks.due_of(db, "catalog_review", date(2025, 7, 31)) is None
    plain = clocks.due_of(db, "catalog_review", date(2026, 11, 20))
    db.add(CalendarDay(day=date(2026, 11, 23), is_working=False, source="测试"))
    db.flush()
    moved = clocks.due_of(db, "catalog_review", date(2026, 11, 20))
    assert plain is not None
    assert moved is not None
    assert (plain.day, moved.day) == (date(2026, 11, 24), date(2026, 11, 25))
