"""What every route works with: settings, files, the register, keys, receipts, one clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from api.cursors import Cursors
from api.lookups import Lookups
from api.oidc import Provider, provider_of
from basedb.connect import Engine
from catalog.access import AccessCache
from catalog.installation import Clock, Installation, open_parts, system_clock
from catalog.keys import Keys, Purpose
from catalog.last_uses import LastUses
from catalog.lockouts import Lockouts
from catalog.rates import Rates
from catalog.receipts import Digests, Receipts
from catalog.search import Library
from catalog.settings import Settings
from catalog.standing import Checks

__all__ = ["Clock", "Exchange", "open_exchange", "system_clock"]


@dataclass(frozen=True)
class Exchange(Installation):
    """An opened installation, for one worker."""

    keys: Keys
    receipts: Receipts
    digests: Digests
    access: AccessCache
    lockouts: Lockouts
    rates: Rates
    cursors: Cursors
    lookups: Lookups
    library: Library
    uses: LastUses
    provider: Provider | None = None

    @property
    def idle(self) -> timedelta:
        """How long an official's browser may do nothing."""
        return timedelta(minutes=self.settings.session_idle_minutes)

    @property
    def checks(self) -> Checks:
        """Where the rows of checks lie, and what tells accepted ones."""
        return Checks(self.store, self.keys.current(Purpose.PLATFORM).secret)

    @property
    def charts(self) -> Path:
        """Where drawings lie that were made before."""
        return self.store.tmp / "charts"

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
    store, database = open_parts(settings)
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
        rates=Rates(store.home / "rates.sqlite"),
        cursors=Cursors(keys),
        lookups=Lookups(),
        library=Library(),
        uses=LastUses(),
        provider=provider_of(settings, keys),
    )
