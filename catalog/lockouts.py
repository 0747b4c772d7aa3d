"""Failed sign-ins, counted in one small file that all workers share."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

FREE_FAILURES = 5
LONGEST = 900
_FORGOTTEN = timedelta(days=1)
_TABLE = """create table if not exists failure (
    who text primary key, failures integer not null, last real not null, blocked_until real not null
) strict, without rowid"""


class Lockouts:
    """After five failures from one address each further one doubles the wait, up to 15 minutes."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def attempt(self, client_id: str, address: str, now: datetime) -> int:
        """Seconds to wait before trying again; at 0 the attempt is counted and may go on."""
        at = now.timestamp()
        with self._open() as db:
            db.execute("begin immediate")
            db.execute("delete from failure where last < ?", [(now - _FORGOTTEN).timestamp()])
            failures, until = db.execute(
                "select failures, blocked_until from failure where who = ?", [_who(client_id, address)]
            ).fetchone() or (0, 0.0)
            if until <= at:
                pause = min(LONGEST, 2 ** max(0, failures + 1 - FREE_FAILURES)) if failures + 1 >= FREE_FAILURES else 0
                db.execute(
                    "insert or replace into failure values (?, ?, ?, ?)",
                    [_who(client_id, address), failures + 1, at, at + pause],
                )
            db.execute("commit")
        return max(0, int(until - at + 0.999))

    def succeed(self, client_id: str, address: str) -> None:
        """Forget the failures of a client that signed in."""
        with self._open() as db:
            db.execute("delete from failure where who = ?", [_who(client_id, address)])

    def _open(self) -> closing[sqlite3.Connection]:
        db = sqlite3.connect(self._path, isolation_level=None, timeout=10)
        db.execute("pragma journal_mode = wal")
        db.execute(_TABLE)
        return closing(db)


def _who(client_id: str, address: str) -> str:
    """A bounded name for whatever was sent as a client id."""
    return hashlib.sha256(f"{client_id}\0{address}".encode()).hexdigest()
