"""An opened installation: what both doors work with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import Engine as Database
from sqlalchemy.orm import Session

from catalog.register import open_engine, require_migrated, transaction
from catalog.settings import Settings
from catalog.store import Store

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """The real time."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Installation:
    """Settings, files, the register, and the one clock of everything that is done."""

    settings: Settings
    store: Store
    database: Database
    clock: Clock

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session that commits when the block ends and rolls back when it raises."""
        with transaction(self.database) as db:
            yield db

    @property
    def today(self) -> date:
        """Today in the city."""
        return self.clock().astimezone(self.settings.zone).date()


def open_parts(settings: Settings) -> tuple[Store, Database]:
    """The files and the register at `settings.home`; raises Misconfigured when another version made them."""
    store = Store(settings.home.absolute())
    store.require_format()
    database = open_engine(settings.database_url)
    require_migrated(database)
    return store, database
