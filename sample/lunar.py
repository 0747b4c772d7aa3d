"""The traditional calendar: what somebody says who gives the birthday of the old calendar as if of the new."""

from __future__ import annotations

from functools import cache

import numpy as np

from sample.geography import rows
from sample.streams import Days, Ints


@cache
def _months() -> tuple[Days, Ints, Ints]:
    """First day, year and month (a leap month has its month's number) of each month, in order."""
    starts, years, months = [], [], []
    for row in rows("lunar_year.csv"):
        day = np.datetime64(row["first_day"], "D")
        leap, month = int(row["leap_month"] or 0), 0
        is_leap = False
        for is_long in row["long_months"]:
            is_leap = not is_leap and month == leap and month > 0
            month += 0 if is_leap else 1
            starts.append(day)
            years.append(int(row["lunar_year"]))
            months.append(month)
            day += 29 + int(is_long)
    return np.array(starts), np.array(years), np.array(months)


def as_told(days: Days) -> Days:
    """For each day its year, month and day of the old calendar written as a day of the new one.

    A day that the new calendar lacks (the 30th of the second month) is told as the day after.
    """
    starts, years, months = _months()
    at = np.searchsorted(starts, days, side="right") - 1
    year: Days = (years[at] - 1970).astype("datetime64[Y]")
    month: Days = year.astype("datetime64[M]") + (months[at] - 1).astype("timedelta64[M]")
    first: Days = month.astype("datetime64[D]")
    return first + (days - starts[at])
