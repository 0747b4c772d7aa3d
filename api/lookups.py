"""Look-up files held open: one read-only connection per table of a release, in this worker."""

from __future__ import annotations

import fcntl
import sqlite3
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from basedb import read
from basedb.connect import Engine
from catalog.access import Access

MAX_OPEN = 64


class Lookups:
    """Connections by release and table; a release never changes, so one is good until it is pruned."""

    def __init__(self) -> None:
        self._open: OrderedDict[tuple[Path, str], sqlite3.Connection] = OrderedDict()

    def held(self, access: Access) -> sqlite3.Connection | None:
        """The open connection, None when there is none yet."""
        return self._open.get((access.view.directory, access.view.table))

    def open(self, access: Access, engine: Engine) -> sqlite3.Connection:
        """A connection; makes the look-up file of a department's release when its first reader comes."""
        directory = access.view.directory
        if not access.is_base_table:
            with alone(engine.temp / f"lookup-{directory.parent.name}.lock"):
                read.prepare_lookup(directory, access.spec, engine)
        table = access.view.table
        connection = self._open[directory, table] = read.open_lookup(directory, table)
        while len(self._open) > MAX_OPEN:
            self._open.popitem(last=False)
        return connection

    def close(self) -> None:
        while self._open:
            self._open.popitem()[1].close()


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Keep other workers and threads out of the block."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
