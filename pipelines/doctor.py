"""What is wrong with an installation, and how to mend it."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
from sqlalchemy.exc import SQLAlchemyError

from basedb.connect import Engine, connect
from catalog.claims import waiting
from catalog.errors import PlatformError
from catalog.keys import Keys, Purpose
from catalog.register import open_engine, require_migrated, transaction
from catalog.settings import Settings
from catalog.store import Store
from pipelines.house import system_clock


@dataclass(frozen=True, slots=True)
class Examined:
    """One thing looked at. remedy: what to do when it is not fine."""

    subject: str
    is_fine: bool
    finding: str
    remedy: str = ""


def examine(settings: Settings) -> list[Examined]:
    """Everything a running installation needs, looked at one by one; nothing is changed."""
    store = Store(settings.home.absolute())
    looks: dict[str, Callable[[], str]] = {
        "home": lambda: _home(store),
        "register": lambda: _register(settings),
        "keys": lambda: _keys(store),
        "disk": lambda: _disk(store, settings),
        "DuckDB and its extensions": lambda: _duckdb(store),
        "Great Expectations": _great_expectations,
        "receipts": lambda: _receipts(store),
        "waiting deliveries": lambda: _waiting(settings),
    }
    return [_look(subject, look) for subject, look in looks.items()]


def _look(subject: str, look: Callable[[], str]) -> Examined:
    try:
        return Examined(subject, True, look())
    except PlatformError as error:
        return Examined(subject, False, error.message, error.remedy)
    except (OSError, SQLAlchemyError, duckdb.Error, sqlite3.Error, ImportError) as error:
        return Examined(
            subject,
            False,
            f"{type(error).__name__}: {error}",
            "check the address, the permissions and the installation",
        )


def _home(store: Store) -> str:
    store.require_format()
    return str(store.home)


def _register(settings: Settings) -> str:
    engine = open_engine(settings.database_url)
    try:
        require_migrated(engine)
        return engine.url.render_as_string(hide_password=True)
    finally:
        engine.dispose()


def _keys(store: Store) -> str:
    keys = Keys(store.keys)
    for purpose in Purpose:
        keys.current(purpose)
    loose = [p.name for p in store.keys.iterdir() if stat.S_IMODE(p.stat().st_mode) & 0o077]
    if loose:
        raise PlatformError(f"readable by others: {', '.join(loose)}", remedy="chmod 600 the files under keys/")
    return f"{len(list(Purpose))} purposes"


def _disk(store: Store, settings: Settings) -> str:
    free = store.free_mb()
    if free < settings.min_free_mb:
        raise PlatformError(
            f"{free} MB free, builds need {settings.min_free_mb}", remedy="free space, or sixbase prune"
        )
    return f"{free} MB free"


def _duckdb(store: Store) -> str:
    temp = store.tmp if store.tmp.is_dir() else Path("/tmp")
    with connect(Engine(temp), "spatial", "sqlite_scanner") as connection:
        connection.execute("select st_point(113, 40)")
    return f"DuckDB {duckdb.__version__}, spatial and sqlite_scanner load offline"


def _great_expectations() -> str:
    from importlib.metadata import version

    return version("great-expectations")


def _receipts(store: Store) -> str:
    from catalog.receipts import verify

    problems = verify(store)
    if problems:
        raise PlatformError(
            f"{len(problems)} problems in the chains", remedy="run sixbase verify; keep a copy of receipts/"
        )
    return "chains are whole"


def _waiting(settings: Settings) -> str:
    engine = open_engine(settings.database_url)
    try:
        with transaction(engine) as db:
            return f"{len(waiting(db, system_clock()))} resources"
    finally:
        engine.dispose()
