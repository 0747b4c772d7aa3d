"""How often an address may ask what needs no sign-in, counted in one small file that all workers share."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from catalog.errors import TooOften

PER_MINUTE = 20
_TABLE = (
    "create table if not exists asked (who text primary key, minute integer not null, times integer not null) strict"
)
_COUNT = """insert into asked values (?, ?, 1) on conflict (who) do update set
    times = case when minute = excluded.minute then times + 1 else 1 end, minute = excluded.minute
    returning times"""


class Rates:
    """So many questions from one address in each minute of the clock."""

    def __init__(self, path: Path, most: int = PER_MINUTE) -> None:
        self._path, self._most = path, most

    def count(self, door: str, address: str, now: datetime) -> None:
        """Count one question; raises TooOften beyond the limit. What is kept of an address is a digest for a minute."""
        minute, second = divmod(int(now.timestamp()), 60)
        who = hashlib.sha256(f"{door}\0{address}".encode()).hexdigest()
        with closing(sqlite3.connect(self._path, isolation_level=None, timeout=10)) as db:
            db.execute("pragma journal_mode = wal")
            db.execute(_TABLE)
            db.execute("delete from asked where minute < ?", [minute - 1])
            ((times,),) = db.execute(_COUNT, [who, minute]).fetchall()
        if times > self._most:
            raise TooOften("查询过于频繁", remedy="稍后再试", seconds=60 - second)
