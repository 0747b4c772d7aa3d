"""A DuckDB of its own for one piece of work, bounded, that spills to a folder and leaves nothing behind."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb


@dataclass(frozen=True, slots=True)
class Bounds:
    """memory: DuckDB's limit, such as "2GB". temp: a folder for the working database."""

    threads: int
    memory: str
    temp: Path


@contextmanager
def scratch(bounds: Bounds) -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
    """The connection, and a folder for copies; a large delivery need not fit into memory."""
    bounds.temp.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="check-", dir=bounds.temp) as name:
        folder = Path(name)
        connection = duckdb.connect(":memory:", config=_settings(bounds, folder))
        try:
            connection.execute("set TimeZone='UTC'")
            yield connection, folder
        finally:
            connection.close()


def _settings(bounds: Bounds, folder: Path) -> dict[str, str | bool | int | float | list[str]]:
    return {
        "threads": bounds.threads,
        "memory_limit": bounds.memory,
        "temp_directory": str(folder / "spill"),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
