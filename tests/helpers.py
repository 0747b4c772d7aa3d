"""What tests of several rooms call."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

AS_OF = "2026-11-20"
PERSONS = "2000"


def sixbase(*arguments: str, home: Path, **more: Any) -> subprocess.CompletedProcess[str]:
    """Run the command line as a user does."""
    program = Path(sys.executable).with_name("sixbase")
    environment = {**os.environ, "SIXBASE_HOME": str(home), **more.pop("env", {})}
    return subprocess.run([program, *arguments], check=False, env=environment, capture_output=True, text=True, **more)


@contextmanager
def queries_of(engine: Engine) -> Iterator[list[str]]:
    """The queries that a SQLite register answers while the block runs, however they come to it."""
    asked: list[str] = []
    watched: list[Any] = []

    def watch(connection: Any, *_: Any) -> None:
        connection.set_trace_callback(lambda sql: asked.append(sql) if sql.startswith("SELECT") else None)
        watched.append(connection)

    event.listen(engine, "checkout", watch)
    try:
        yield asked
    finally:
        event.remove(engine, "checkout", watch)
        for connection in watched:
            connection.set_trace_callback(None)


def settled(path: Path) -> None:
    """Take what was written beside a database into it, so that its file alone holds all."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("pragma wal_checkpoint(truncate)")


def copied(city: Path, target: Path) -> Path:
    """A copy of a settled city to change; what readers keep beside its databases comes and goes, and holds nothing."""
    return Path(shutil.copytree(city, target, ignore=shutil.ignore_patterns("*.sqlite-shm", "*.sqlite-wal")))
