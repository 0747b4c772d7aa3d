"""Periods, cycles and working days of the deliveries."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar
import numpy as np

from sample.streams import Bools, Days, Ints

ONE_DAY = timedelta(days=1)
# 报送期限: working days after the end of the period.
DUE_DAYS = {"实时": 1, "每日": 1, "每周": 2, "每月": 10, "每季度": 15, "每半年": 20, "每年": 30}


def last_period(cycle: str, as_of: date) -> str:
    """The last period of a cycle that was over on `as_of`, as deliveries name it."""
    if cycle in ("实时", "每日", "不定期"):
        return (as_of - ONE_DAY).isoformat()
    if cycle == "每周":
        year, week, _ = (as_of - timedelta(days=7)).isocalendar()
        return f"{year}-W{week:02}"
    if cycle == "每年":
        return str(as_of.year - 1)
    return _month_based(cycle, as_of)


def _month_based(cycle: str, as_of: date) -> str:
    months, letter = {"每月": (1, ""), "每季度": (3, "Q"), "每半年": (6, "H")}[cycle]
    count = (as_of.year * 12 + as_of.month - 1) // months - 1
    year, part = divmod(count, 12 // months)
    return f"{year}-{letter}{part + 1}" if letter else f"{year}-{part + 1:02}"


def months_before(as_of: date, count: int) -> list[tuple[int, int]]:
    """The last `count` complete months as (year, month), oldest first."""
    last = as_of.year * 12 + as_of.month - 2
    return [(month // 12, month % 12 + 1) for month in range(last - count + 1, last + 1)]


def _is_workday(day: date) -> bool:
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:  # outside the calendar's years: weekdays are the best known
        return day.weekday() < 5


class Workdays:
    """Working days of the official calendar around the days of interest."""

    def __init__(self, first: date, last: date) -> None:
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        self.first = np.datetime64(first, "D")
        self.open: Bools = np.array([_is_workday(day) for day in days])
        self.passed: Ints = np.cumsum(self.open)
        self.days: Days = np.array(days, dtype="datetime64[D]")[self.open]

    def after(self, start: Days, count: Ints) -> Days:
        """The `count`-th working day after each start; 0 gives the start itself."""
        seen = self.passed[(start - self.first).astype(np.int64)]
        return np.where(count == 0, start, self.days[seen + np.maximum(count, 1) - 1])
