"""How DuckDB runs the models: a join that compares every row with every row takes hours in a large city."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from basedb import build, inputs, keymap
from basedb.connect import connect
from basedb.spec import Step
from catalog.settings import Settings
from catalog.vocab import Base
from pipelines.basedbs import plan
from pipelines.house import clock_of, open_house
from tests.helpers import AS_OF

# one side is a table of rules, of kinds, or of the divisions of one city, of which there are some hundreds at most
SMALL = {
    "025_legal_entity",
    "050_division",
    "055_division_settlement",
    "092_address_conflict",
    "020_penalty_row",
}
READING = {duckdb.StatementType.CREATE, duckdb.StatementType.INSERT, duckdb.StatementType.UPDATE}
EVERY_ROW_WITH_EVERY_ROW = {"BLOCKWISE_NL_JOIN", "NESTED_LOOP_JOIN"}


def operators(plans: list[dict[str, Any]]) -> Iterator[str]:
    """The names of all operators of a plan."""
    for node in plans:
        yield node["name"].strip()
        yield from operators(node["children"])


def joins(connection: duckdb.DuckDBPyConnection, folder: Path, step: Step) -> set[str]:
    """Run a step; what in its plans compares every row with every row."""
    model = folder / "models" / f"{step.name}.sql"
    if not model.exists():
        step.run(connection)
        return set()
    found: set[str] = set()
    for statement in connection.extract_statements(model.read_text(encoding="utf-8")):
        if statement.type in READING and statement.query:
            for _, told in connection.execute(f"explain (format json) {statement.query.strip()}").fetchall():
                found.update(operators(json.loads(told)))
        connection.execute(statement)
    return found & EVERY_ROW_WITH_EVERY_ROW


@pytest.mark.parametrize("name", list(Base))
def test_no_model_compares_every_row_with_every_row_of_a_table_that_grows(city, name):
    settings = Settings(home=city)
    planned = plan(open_house(settings, clock_of(date.fromisoformat(AS_OF), settings)), name)
    with connect(planned.engine, *planned.base.extensions) as connection:
        keymap.load(connection, planned.keymap, planned.secret)
        build.prepare(planned, connection, inputs.sources(planned.inputs))
        slow = {step.name for step in planned.base.steps if joins(connection, planned.base.folder, step)}
    assert slow <= SMALL
