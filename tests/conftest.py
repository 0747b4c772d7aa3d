"""What every room's tests share: a register on SQLite and on a real PostgreSQL server, a store, a fixed clock."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from catalog import rows
from catalog.register import migrate, open_engine, sessions
from catalog.store import Store
from tests.helpers import AS_OF, PERSONS, copied, settled, sixbase

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
TODAY = date(2026, 11, 20)


def _programs() -> Path:
    """The folder of PostgreSQL's programs: on the path, or where Debian keeps them."""
    found = shutil.which("pg_ctl")
    return Path(found).resolve().parent if found else max(Path("/usr/lib/postgresql").glob("*/bin"))


def _run(*command: str | Path) -> None:
    """Run one of PostgreSQL's programs, as its own user when we are root, for it refuses to serve root."""
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run([*prefix, *map(str, command)], check=True, capture_output=True)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address prefix of a PostgreSQL server of our own, on a socket in a folder that goes with the tests."""
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    data, programs = folder / "data", _programs()
    _run(programs / "initdb", "-D", data, "-A", "trust", "-U", "city", "-E", "UTF8", "--locale=C", "--no-sync")
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
    _run(programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
    try:
        yield str(folder)
    finally:
        # an immediate stop would leave its shared memory behind
        _run(programs / "pg_ctl", "-D", data, "-m", "fast", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def register_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database for a register, once of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'register.sqlite'}"
    else:
        with _database(request.getfixturevalue("postgresql"), request.node.nodeid) as url:
            yield url


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite register with all migrations, to copy."""
    path = tmp_path_factory.mktemp("migrated") / "register.sqlite"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql: str) -> Iterator[str]:
    """The name of a PostgreSQL database with all migrations, to copy."""
    with _database(postgresql, "migrated") as url:
        migrate(url)
        yield _name("migrated")


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An engine on a migrated register, once of each kind; a copy, for migrating takes longer than most tests."""
    if request.param == "sqlite":
        path = shutil.copyfile(request.getfixturevalue("migrated"), tmp_path / "register.sqlite")
        opened: AbstractContextManager[str] = nullcontext(f"sqlite:///{path}")
    else:
        template = request.getfixturevalue("migrated_postgresql")
        opened = _database(request.getfixturevalue("postgresql"), request.node.nodeid, template)
    with opened as url:
        engine = open_engine(url)
        yield engine
        engine.dispose()


def _name(subject: str) -> str:
    return "t" + hashlib.sha256(subject.encode()).hexdigest()[:20]


@contextmanager
def _database(folder: str, subject: str, template: str = "template1") -> Iterator[str]:
    """The address of a new database named after the subject; it is gone afterwards."""
    name = _name(subject)
    with psycopg.connect(f"host={folder} user=city dbname=postgres", autocommit=True) as server:
        # by its files and not through the log, as servers before 15 copy anyway: it takes half of the time
        how = "strategy file_copy" if server.info.server_version >= 15_00_00 else ""
        server.execute(f"create database {name} template {template} {how}")
        try:
            yield f"postgresql+psycopg://city@/{name}?host={folder}"
        finally:
            server.execute(f"drop database {name} with (force)")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def register_of_city(request: pytest.FixtureRequest, city: Path) -> Iterator[str]:
    """The address of a register that holds all that the sample city's does; "" for the one in its home."""
    if request.param == "sqlite":
        yield ""
        return
    template = request.getfixturevalue("migrated_postgresql")
    with _database(request.getfixturevalue("postgresql"), f"city {request.node.nodeid}", template) as url:
        _pour(open_engine(f"sqlite:///{city / 'register.sqlite'}"), open_engine(url))
        yield url


def _pour(source: Engine, target: Engine) -> None:
    """Enter all rows of one register into another, as a restored backup does."""
    with rows.snapshot(source) as old, target.begin() as new:
        rows.empty(new)
        later = [
            statement
            for table in rows.tables()
            for piece in rows.lines(old, table)
            for statement in rows.enter(new, table, piece, rows.columns_of(table))
        ]
        for statement in later:
            new.execute(statement)
        rows.count_on(new)
    source.dispose()
    target.dispose()


@pytest.fixture
def empty_postgresql(postgresql: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty PostgreSQL database beside the register."""
    with _database(postgresql, f"empty {request.node.nodeid}") as url:
        yield url


@pytest.fixture
def db(engine: Engine) -> Iterator[Session]:
    """A session on a migrated register."""
    with sessions(engine)() as session:
        yield session


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A new, empty home."""
    return Store(tmp_path / "home").prepare()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever makes the shared city begins, while the others do what needs none."""
    items.sort(key=lambda item: not item.nodeid.startswith("tests/journeys/test_demo.py"))


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home after `sixbase demo`, shared by all workers; do not change it."""
    shared = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        shared = shared.parent
    home = shared / "city"
    with (shared / "city.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "city.json").exists():
            made = sixbase("demo", "--persons", PERSONS, "--seed", "1", "--as-of", AS_OF, "--json", home=home)
            assert made.returncode == 0, made.stderr
            for each in home.glob("*.sqlite"):
                settled(each)
            (shared / "city.json").write_text(made.stdout)
    return home


@pytest.fixture(scope="session")
def result(city: Path) -> dict[str, Any]:
    """What the demo printed."""
    found: dict[str, Any] = json.loads((city.parent / "city.json").read_text())
    return found


@pytest.fixture
def own_city(city: Path, tmp_path: Path) -> Path:
    """A copy of the city to change."""
    return copied(city, tmp_path / "home")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how long each room's tests took, for the whole has a budget of 20 minutes on two cores."""
    seconds: dict[str, float] = {}
    for reports in terminalreporter.stats.values():
        for report in (r for r in reports if isinstance(r, pytest.TestReport)):
            room = report.nodeid.split("/")[1]
            seconds[room] = seconds.get(room, 0.0) + report.duration
    told = ", ".join(f"{room} {spent:.0f} s" for room, spent in sorted(seconds.items()))
    terminalreporter.write_line(f"time per room: {told}")
