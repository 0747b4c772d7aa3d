"""Due dates: so many working days, or months, after a day, as a dated rule says."""

from __future__ import annotations

import calendar as _gregorian
from datetime import date

from sqlalchemy.orm import Session

from catalog import projects
from catalog.calendar import Due, WorkCalendar, work_calendar
from catalog.models import RuleRow


def due_of(db: Session, code: str, start: date) -> Due | None:
    """The last day of a clock that starts on a day (not counted); None when no rule was in force then."""
    rule = projects.rule(db, code, start)
    return None if rule is None else reckon(rule, start, work_calendar(db))


def reckon(rule: RuleRow, start: date, working: WorkCalendar) -> Due | None:
    """The same for a rule and a calendar that are at hand; None for a rule without a number."""
    if rule.value is None:
        return None
    count = int(rule.value)
    if rule.unit == "working_day":
        return working.after(start, count)
    return Due(_months_after(start, count), is_provisional=False) if rule.unit == "month" else None


def _months_after(start: date, count: int) -> date:
    """The same day so many months on, or the month's last day where it has none such."""
    year, month = divmod(start.year * 12 + start.month - 1 + count, 12)
    return date(year, month + 1, min(start.day, _gregorian.monthrange(year, month + 1)[1]))
