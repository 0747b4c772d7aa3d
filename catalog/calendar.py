"""Working days, delivery periods and due dates, in the city's zone.

The official calendar (holidays and shifted workdays, 2004-2026) comes from chinesecalendar; rows
that the authority entered override it. Beyond both, weekdays are assumed and the date is provisional.
"""

from __future__ import annotations

import calendar as _gregorian
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

import chinese_calendar
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.errors import Invalid
from catalog.models import CalendarDay
from catalog.vocab import UpdateCycle

_FIRST, _LAST = date(2004, 1, 1), date(2026, 12, 31)


@cache
def _is_worked(day: date) -> bool:
    """What the official calendar says, which looks through all its holidays each time it is asked."""
    return bool(chinese_calendar.is_workday(day))


@dataclass(frozen=True, slots=True)
class Due:
    """A due date; provisional when part of the way to it lies outside the official calendar."""

    day: date
    is_provisional: bool


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Which days are worked; `overrides` are the authority's own rows."""

    overrides: Mapping[date, bool] = field(default_factory=dict)

    def covers(self, day: date) -> bool:
        return day in self.overrides or _FIRST <= day <= _LAST

    def is_working(self, day: date) -> bool:
        if day in self.overrides:
            return self.overrides[day]
        if _FIRST <= day <= _LAST:
            return _is_worked(day)
        return day.weekday() < 5

    def after(self, day: date, working_days: int) -> Due:
        """The day that lies `working_days` working days after `day`; the day itself is not counted."""
        provisional, left = False, working_days
        while left > 0:
            day += timedelta(days=1)
            provisional = provisional or not self.covers(day)
            left -= self.is_working(day)
        return Due(day, provisional)

    def working_days(self, first: date, last: date) -> list[date]:
        """Every working day between two days, both counted."""
        span = (first + timedelta(days=n) for n in range((last - first).days + 1))
        return [day for day in span if self.is_working(day)]


def work_calendar(db: Session) -> WorkCalendar:
    """The calendar with the authority's own rows."""
    return WorkCalendar({row.day: row.is_working for row in db.execute(_DAYS)})


_DAYS = select(CalendarDay.day, CalendarDay.is_working)


def period_of(cycle: UpdateCycle, day: date) -> str:
    """The period of a cycle in which a day lies: 2026-11-23, 2026-W47, 2026-11, 2026-Q4, 2026-H2 or 2026."""
    year, week, _ = day.isocalendar()
    match cycle:
        case UpdateCycle.WEEKLY:
            return f"{year}-W{week:02d}"
        case UpdateCycle.MONTHLY:
            return f"{day:%Y-%m}"
        case UpdateCycle.QUARTERLY:
            return f"{day.year}-Q{(day.month + 2) // 3}"
        case UpdateCycle.HALF_YEARLY:
            return f"{day.year}-H{(day.month + 5) // 6}"
        case UpdateCycle.YEARLY:
            return f"{day.year}"
        case _:
            return day.isoformat()


def last_day(period: str) -> date:
    """The last day of a period; raises Invalid when the text is none."""
    try:
        year, _, part = period.partition("-")
        if not part:
            return date(int(year), 12, 31)
        if part[0] == "W":
            return date.fromisocalendar(int(year), int(part[1:]), 7)
        if part[0] in "QH":
            return _month_end(int(year), int(part[1:]) * (3 if part[0] == "Q" else 6))
        return date.fromisoformat(period) if len(part) > 2 else _month_end(int(year), int(part))
    except (ValueError, IndexError) as error:
        raise Invalid(
            f"「{period}」不是报送期",
            remedy="日期写作 2026-11-23，周 2026-W47，月 2026-11，季 2026-Q4，半年 2026-H2，年 2026",
        ) from error


def _month_end(year: int, month: int) -> date:
    return date(year, month, _gregorian.monthrange(year, month)[1])


def check_period(cycle: UpdateCycle, period: str) -> str:
    """The period itself when it is one of that cycle; raises Invalid otherwise."""
    if period_of(cycle, last_day(period)) != period:
        raise Invalid(
            f"报送期「{period}」与更新周期「{cycle.label}」不符", remedy=f"例如 {period_of(cycle, date(2026, 11, 23))}"
        )
    return period


def last_complete_period(cycle: UpdateCycle, day: date) -> str:
    """The newest period that ended before `day`."""
    candidate = day - timedelta(days=1)
    while last_day(period_of(cycle, candidate)) >= day:
        candidate = (
            candidate.replace(day=1) - timedelta(days=1)
            if cycle is not UpdateCycle.WEEKLY
            else candidate - timedelta(days=1)
        )
    return period_of(cycle, candidate)


def recent_periods(cycle: UpdateCycle, day: date, count: int) -> list[str]:
    """The period in which a day lies and those before it, newest first."""
    found = [period_of(cycle, day)]
    while len(found) < count:
        found.append(period_of(cycle, first_day(found[-1]) - timedelta(days=1)))
    return found


def due_of(period: str, lead_days: int, working: WorkCalendar) -> Due:
    """When a delivery for a period is due: so many working days after its end."""
    return working.after(last_day(period), lead_days)


def last_due_period(cycle: UpdateCycle, lead_days: int, day: date, working: WorkCalendar) -> str:
    """The newest period whose delivery was due before `day`."""
    period = last_complete_period(cycle, day)
    while due_of(period, lead_days, working).day >= day:
        period = last_complete_period(cycle, first_day(period))
    return period


def first_day(period: str) -> date:
    """The first day of a period."""
    end, (_, _, part) = last_day(period), period.partition("-")
    if not part:
        return end.replace(month=1, day=1)
    if part[0] == "W":
        return end - timedelta(days=6)
    if part[0] in "QH":
        return end.replace(month=end.month - (2 if part[0] == "Q" else 5), day=1)
    return end.replace(day=1) if len(part) == 2 else end
