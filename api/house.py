"""What every route works with: settings, files, the register, keys, receipts, one clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Engine as Database
from sqlalchemy.orm import Session

from api.cursors import Cursors
from api.lookups import Lookups
from api.oidc import Provider, provider_of
from basedb.connect import Engine
from catalog.access import AccessCache
from catalog.keys import Keys
from catalog.lockouts import Lockouts
from catalog.receipts import Digests, Receipts
from catalog.register import open_engine, require_migrated, transaction
from catalog.settings import Settings
from catalog.store import Store

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """The real time."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Exchange:
    """An opened installation, for one worker."""

    settings: Settings
    store: Store
    database: Database
    clock: Clock
    keys: Keys
    receipts: Receipts
    digests: Digests
    access: AccessCache
    lockouts: Lockouts
    cursors: Cursors
    lookups: Lookups
    provider: Provider | None = None

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
    def idle(self) -> timedelta:
        """How long an official's browser may do nothing."""
        return timedelta(minutes=self.settings.session_idle_minutes)

    @property
    def engine(self) -> Engine:
        """How an extract may use DuckDB."""
        self.store.tmp.mkdir(parents=True, exist_ok=True)
        return Engine(self.store.tmp, self.settings.duckdb_threads, self.settings.duckdb_memory)

    def close(self) -> None:
        """Commit what waits and let files and connections go."""
        self.receipts.close()
        self.lookups.close()
        self.database.dispose()


def open_exchange(settings: Settings, clock: Clock = system_clock) -> Exchange:
    """The installation at `settings.home`; raises Misconfigured when it was made by another version."""
    store = Store(settings.home.absolute())
    store.require_format()
    database = open_engine(settings.database_url)
    require_migrated(database)
    keys = Keys(store.keys, look_every=1.0).ensure()
    return Exchange(
        settings=settings,
        store=store,
        database=database,
        clock=clock,
        keys=keys,
        receipts=Receipts(store.receipts),
        digests=Digests(keys),
        access=AccessCache(database, store, keys, settings.zone),
        lockouts=Lockouts(store.home / "lockouts.sqlite"),
        cursors=Cursors(keys),
        lookups=Lookups(),
        provider=provider_of(settings, keys),
    )
