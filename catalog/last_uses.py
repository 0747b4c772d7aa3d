"""When sessions were used last, kept for a while and written together.

Each page would else pay for a durable write of its own, which takes longer than the page.
"""

from __future__ import annotations

import threading
from datetime import datetime

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from catalog.models import WebSession


class LastUses:
    """The last uses that one process has seen and not yet written; safe from several threads.

    Another process knows of them when they are written, so it may take a session for idle that much too early.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[str, datetime] = {}

    def note(self, token_hash: str, at: datetime) -> None:
        with self._lock:
            self._waiting[token_hash] = at

    def latest(self, token_hash: str, written: datetime) -> datetime:
        """The last use, of which the register says `written`."""
        noted = self._waiting.get(token_hash, written)
        return max(noted, written)

    def write(self, db: Session) -> int:
        """Bring the register up to date; how many sessions were used. One that has ended stays ended."""
        with self._lock:
            used, self._waiting = self._waiting, {}
        if used:
            # in one order, so that two workers never wait for each other
            db.connection().execute(_WRITE, [{"token": token, "at": at} for token, at in sorted(used.items())])
        return len(used)


_WRITE = (
    update(WebSession)
    .where(WebSession.token_hash == bindparam("token"), WebSession.seen_at < bindparam("at"))
    .values(seen_at=bindparam("at"))
)
