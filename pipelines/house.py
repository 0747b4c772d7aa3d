"""What every asset works with: settings, files, the register, one clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from basedb.connect import Engine
from catalog.installation import Clock, Installation, open_parts, system_clock
from catalog.keys import Keys, Purpose
from catalog.settings import Settings
from catalog.standing import Checks

__all__ = ["Clock", "House", "clock_of", "open_house", "system_clock"]


@dataclass(frozen=True)
class House(Installation):
    """An opened installation. told: hears one line per finished piece of work."""

    told: Callable[[str], None] = field(default=lambda line: None)

    @property
    def engine(self) -> Engine:
        """How a build may use DuckDB."""
        self.store.tmp.mkdir(parents=True, exist_ok=True)
        return Engine(self.store.tmp, self.settings.duckdb_threads, self.settings.duckdb_memory)

    @property
    def keys(self) -> Keys:
        return Keys(self.store.keys)

    @property
    def checks(self) -> Checks:
        """Where the rows of checks lie, and what tells accepted ones."""
        return Checks(self.store, self.keys.current(Purpose.PLATFORM).secret)

    @property
    def lease(self) -> timedelta:
        return timedelta(minutes=self.settings.lease_minutes)


def open_house(settings: Settings, clock: Clock = system_clock, told: Callable[[str], None] | None = None) -> House:
    """The installation at `settings.home`; raises Misconfigured when it was made by another version."""
    store, database = open_parts(settings)
    return House(settings, store, database, clock, told or (lambda line: None))


def clock_of(day: date | None, settings: Settings) -> Clock:
    """A clock that stands at 18:00 of a day in the city, or the real one."""
    if day is None:
        return system_clock
    moment = datetime.combine(day, time(18), settings.zone).astimezone(UTC)
    return lambda: moment
