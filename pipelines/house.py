"""What every asset works with: settings, files, the register, one clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Engine as Database
from sqlalchemy.orm import Session

from basedb.connect import Engine
from catalog.keys import Keys
from catalog.register import open_engine, require_migrated, transaction
from catalog.settings import Settings
from catalog.store import Store

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """The real time."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class House:
    """An opened installation. told: hears one line per finished piece of work."""

    settings: Settings
    store: Store
    database: Database
    clock: Clock = system_clock
    told: Callable[[str], None] = field(default=lambda line: None)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session that commits when the block ends and rolls back when it raises."""
        with transaction(self.database) as db:
            yield db

    @property
    def today(self) -> date:
        """Today in the city."""
        return self.clock().astimezone(self.settings.zone).date()

    @property
    def engine(self) -> Engine:
        """How a build may use DuckDB."""
        self.store.tmp.mkdir(parents=True, exist_ok=True)
        return Engine(self.store.tmp, self.settings.duckdb_threads, self.settings.duckdb_memory)

    @property
    def keys(self) -> Keys:
        return Keys(self.store.keys)

    @property
    def lease(self) -> timedelta:
        return timedelta(minutes=self.settings.lease_minutes)


def open_house(settings: Settings, clock: Clock = system_clock, told: Callable[[str], None] | None = None) -> House:
    """The installation at `settings.home`; raises Misconfigured when it was made by another version."""
    store = Store(settings.home.absolute())
    store.require_format()
    database = open_engine(settings.database_url)
    require_migrated(database)
    return House(settings, store, database, clock, told or (lambda line: None))


def clock_of(day: date | None, settings: Settings) -> Clock:
    """A clock that stands at 18:00 of a day in the city, or the real one."""
    if day is None:
        return system_clock
    moment = datetime.combine(day, time(18), settings.zone).astimezone(UTC)
    return lambda: moment
