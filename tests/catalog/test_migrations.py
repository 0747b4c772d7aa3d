"""Migrations of a register in use: up from every earlier state and down to it again, with a row in every table."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Engine,
    Enum,
    Float,
    Integer,
    MetaData,
    Table,
    inspect,
    select,
)

from catalog.models import Model, RequestAnswer
from catalog.register import MIGRATIONS, downgrade, migrate, open_engine

REVISIONS = [each.revision for each in reversed(list(ScriptDirectory(str(MIGRATIONS)).walk_revisions()))]
Rows = dict[str, list[dict[str, Any]]]


def test_a_register_in_use_goes_up_step_by_step_and_comes_down_with_every_row(register_url: str) -> None:
    engine, stages = open_engine(register_url), dict[str, Rows]()
    before: dict[str, Table] = {}
    for revision in REVISIONS:
        migrate(register_url, revision)
        stages[revision] = fill(engine, before)
        before = tables(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Model.metadata) == []
        for table in Model.metadata.sorted_tables:
            # what the models read, they understand
            assert connection.execute(select(table)).all(), table.name
        # the request that waited for its provider goes on waiting for it
        assert connection.execute(select(RequestAnswer.department_id)).scalars().all() == ["k"]
    for revision in reversed(REVISIONS):
        downgrade(register_url, revision)
        assert content(engine, tables(engine)) == stages[revision], revision
    downgrade(register_url, "base")
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    engine.dispose()


def tables(engine: Engine) -> dict[str, Table]:
    """The tables as they are now, those that others refer to first."""
    found = MetaData()
    found.reflect(engine)
    return {table.name: table for table in found.sorted_tables}


def content(engine: Engine, held: dict[str, Table]) -> Rows:
    with engine.connect() as connection:
        return {
            name: [dict(row._mapping) for row in connection.execute(select(table))]
            for name, table in held.items()
            if name != "alembic_version"
        }


def fill(engine: Engine, before: dict[str, Table]) -> Rows:
    """A row in every table, one referring to the other, with something in every column; what the register then holds.

    before: the tables of the revision before, which were filled then.
    """
    held = tables(engine)
    with engine.begin() as connection:
        for name, table in held.items():
            if name == "alembic_version":
                continue
            known = before[name].columns.keys() if name in before else ()
            new = {column.name: value(column) for column in table.columns if column.name not in known}
            if not connection.execute(select(table)).all():
                connection.execute(table.insert(), {column.name: value(column) for column in table.columns})
            elif name in before and new:
                connection.execute(table.update().values(new))
    return content(engine, held)


def value(column: Column[Any]) -> Any:
    """Something that this column may hold, the same for a key and for what refers to it."""
    if f"{column.table.name}.{column.name}" == "sharing_request.state":
        return "asked"
    model = Model.metadata.tables.get(column.table.name)
    meant = model.columns.get(column.name) if model is not None else None
    if meant is not None and isinstance(meant.type, Enum):
        return meant.type.enums[0]
    made: dict[type, Any] = {
        JSON: [],
        Boolean: True,
        Date: date(2026, 11, 20),
        DateTime: datetime(2026, 11, 20, tzinfo=UTC),
        Integer: 1,
        Float: 1.0,
    }
    return next((made[kind] for kind in made if isinstance(column.type, kind)), "k")
