"""Migrations, revisions and what the register refuses."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from catalog import resources
from catalog.errors import Misconfigured
from catalog.models import CodeSerial, Model, Publication
from catalog.register import bump, downgrade, migrate, open_engine, require_migrated, revision_of, sessions, transaction
from tests.catalog.conftest import make_department, make_resource


def test_the_migrations_make_exactly_the_tables_of_the_models(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Model.metadata) == []


def test_a_register_of_another_migration_is_refused(register_url: str) -> None:
    migrate(register_url)
    downgrade(register_url, "base")
    engine = open_engine(register_url)
    with pytest.raises(Misconfigured, match="migration"):
        require_migrated(engine)
    engine.dispose()


def test_a_revision_grows_with_every_change_and_not_with_one_taken_back(engine: Engine) -> None:
    maker = sessions(engine)
    for _ in range(2):
        with maker.begin() as db:
            bump(db, "grants")
    with maker() as db:
        bump(db, "grants")
        db.rollback()
        assert (revision_of(db, "grants"), revision_of(db, "clients")) == (2, 0)


def test_a_time_without_a_zone_does_not_enter(db: Session) -> None:
    db.add(Publication(unit="u", release_id="r", action="publish", at=datetime(2026, 1, 1), by="x", reason="secret"))
    with pytest.raises(StatementError) as refused:
        db.flush()
    assert "secret" not in str(refused.value), "parameters stay out of error messages"


def test_departments_that_register_at_once_are_given_different_codes(engine: Engine) -> None:
    with transaction(engine) as db:
        owner = make_department(db, "police", 1)
        for number in range(16):
            make_resource(db, owner, f"r{number:02d}").code = None
        db.query(CodeSerial).delete()
    together = Barrier(8)

    def give(number: int) -> str:
        together.wait(20)
        with transaction(engine) as db:
            return resources.give_code(db, resources.get(db, f"r{number:02d}"))

    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(give, range(16)))
    assert sorted(codes) == [f"302001/{serial:06d}" for serial in range(1, 17)]
