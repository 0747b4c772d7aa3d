"""Legal terms as moments: how long a step may take, by the dated rule of its code, on the official calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from catalog import projects
from catalog.calendar import Due, work_calendar


@dataclass(frozen=True, slots=True)
class Deadline:
    """The first moment that is too late; provisional when the official calendar does not reach there."""

    at: datetime
    is_provisional: bool


class Timed(Protocol):
    """A thing with a term, as the register keeps it."""

    due_at: Any
    is_due_provisional: Any


def due_of(found: Timed, zone: ZoneInfo) -> Due | None:
    """The city's last day of the term of a thing that waits, None when it has none."""
    return ends_on(found.due_at, zone, is_provisional=found.is_due_provisional) if found.due_at else None


def ends_on(at: datetime, zone: ZoneInfo, *, is_provisional: bool = False) -> Due:
    """The city's last day before a moment that is too late: of midnight, the day that it ends."""
    return Due((at - timedelta(microseconds=1)).astimezone(zone).date(), is_provisional)


def deadline(db: Session, code: str, now: datetime, zone: ZoneInfo) -> Deadline | None:
    """When a step that begins now must have ended; None where no rule of that code is in force."""
    today = now.astimezone(zone).date()
    return _after(db, code, today, today, zone)


def prolonged(db: Session, due_at: datetime, code: str, now: datetime, zone: ZoneInfo) -> Deadline | None:
    """A deadline moved on by the rule of a code as it is in force now."""
    return _after(db, code, ends_on(due_at, zone).day, now.astimezone(zone).date(), zone)


class Terms:
    """The terms of one code for many steps: its rules and the calendar are read once."""

    def __init__(self, db: Session, code: str, zone: ZoneInfo) -> None:
        self._rules, self._working, self._zone = projects.rules(db, code), work_calendar(db), zone

    def deadline(self, begun: datetime) -> Deadline | None:
        """When a step that begins at a moment must have ended; None where no rule is in force."""
        start = begun.astimezone(self._zone).date()
        days = self._days(start)
        if days is None:
            return None
        due = self._working.after(start, days)
        return Deadline(_end_of(due.day, self._zone), due.is_provisional)

    def latest_start(self, at: datetime) -> datetime | None:
        """The last moment at which a step must have begun for its term to have ended at another; None without a rule.

        The rule is that of the moment; terms are shorter than half a year.
        """
        day = at.astimezone(self._zone).date()
        days = self._days(day)
        if days is None:
            return None
        before = (day - timedelta(days=back) for back in range(days + 1, 184))
        begun = next((each for each in before if self._working.after(each, days).day < day), None)
        return None if begun is None else _end_of(begun, self._zone) - timedelta(microseconds=1)

    def _days(self, on: date) -> int | None:
        """Working days by the rule in force on a day."""
        rule = next((each for each in self._rules if each.is_in_force(on)), None)
        return None if rule is None or rule.value is None else int(rule.value)


def _after(db: Session, code: str, start: date, today: date, zone: ZoneInfo) -> Deadline | None:
    rule = projects.rule(db, code, today)
    if rule is None or rule.value is None:
        return None
    due = work_calendar(db).after(start, int(rule.value))
    return Deadline(_end_of(due.day, zone), due.is_provisional)


def _end_of(day: date, zone: ZoneInfo) -> datetime:
    """The midnight after a day in the city."""
    return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
