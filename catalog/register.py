"""The register's database: opening it, migrating it, and the revisions others watch."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, event, select, update
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session, sessionmaker

from catalog.errors import Misconfigured
from catalog.models import Revision
from catalog.search_index import keep_index

MIGRATIONS = Path(__file__).parent / "migrations"
# what lies behind it in the file is read as usual
MAPPED = 1 << 30


def open_engine(url: str) -> Engine:
    """An engine on the register; SQLite runs in WAL mode with foreign keys on and waits 10 s for a writer.

    Its file is mapped into memory: a list by an index else reads a page of the file for every row, and each is a call
    of the system. A committed delivery survives a power cut. Parameters stay out of error messages: they may hold a person's value.
    """
    if not make_url(url).get_backend_name().startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, hide_parameters=True)
    engine = create_engine(url, connect_args={"timeout": 10}, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _: Any) -> None:
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL", f"mmap_size={MAPPED}"):
            connection.execute(f"pragma {pragma}")

    return engine


@lru_cache(maxsize=16)
def sessions(engine: Engine) -> sessionmaker[Session]:
    """A maker of sessions whose objects stay readable after the commit, and which keep the search index."""
    return keep_index(sessionmaker(engine, expire_on_commit=False))


@contextmanager
def transaction(engine: Engine) -> Iterator[Session]:
    """One session, committed whole when the block ends, rolled back when it raises."""
    with sessions(engine).begin() as db:
        yield db


@contextmanager
def whole(db: Session) -> Iterator[None]:
    """All that the block does, or nothing of it when it raises; the transaction goes on either way."""
    # SQLite begins a transaction at the first write, and a savepoint must lie inside one
    db.execute(update(Revision).where(Revision.name == "").values(value=0))
    with db.begin_nested():
        yield
        db.flush()


def _config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url
    return config


def migrate(url: str, revision: str = "head") -> None:
    """Bring the register's tables to `revision`, from nothing or from any earlier state."""
    command.upgrade(_config(url), revision)


def downgrade(url: str, revision: str) -> None:
    """Take the register's tables back to an earlier revision."""
    command.downgrade(_config(url), revision)


def require_migrated(engine: Engine) -> None:
    """Raise Misconfigured unless the tables are those of this program."""
    with engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    wanted = ScriptDirectory.from_config(_config("")).get_current_head()
    if found != wanted:
        raise Misconfigured(
            f"the register is at migration {found}, this program needs {wanted}", remedy="run `sixbase upgrade`"
        )


def bump(db: Session, name: str) -> None:
    """Say that the subject `name` changed: definitions, grants, clients."""
    if not db.execute(update(Revision).where(Revision.name == name).values(value=Revision.value + 1)).rowcount:  # type: ignore[attr-defined]
        db.add(Revision(name=name, value=1))
        db.flush()


def revision_of(db: Session, name: str) -> int:
    """How often the subject has changed; 0 when never."""
    return db.scalar(select(Revision.value).where(Revision.name == name)) or 0
