"""Whoever has died is a class of rows in every table that names a person, without a line of its own in a model."""

from __future__ import annotations

import duckdb

from basedb import deceased
from basedb.spec import classes, record_key
from catalog.vocab import Column, TableSpec

KEY = Column("person_key", "VARCHAR", "自然人记录键", "Person")


def spec(name: str, *columns: Column) -> TableSpec:
    return TableSpec(name, name, ("record_key",), (record_key(), *columns))


def test_every_table_with_a_person_s_key_is_marked_and_what_a_model_told_stays() -> None:
    told = spec("told", KEY, *classes())
    tables = (spec("plain", KEY, *classes()), told, spec("of_nobody"), spec("not_made_yet", KEY, *classes()))
    with duckdb.connect() as connection:
        connection.execute("create temp table deceased as select 'dead' as person_key")
        connection.execute("create table plain as select unnest(['dead', 'alive', null]) as person_key")
        connection.execute("create table told as select 'dead' as person_key, false as is_deceased")
        connection.execute("create table of_nobody as select 'dead' as person_key")
        deceased.mark(connection, tables)
        query = "select person_key, is_deceased from plain order by person_key nulls last"
        assert connection.execute(query).fetchall() == [("alive", False), ("dead", True), (None, False)]
        assert connection.execute("select is_deceased from told").fetchall() == [(False,)]
        assert connection.table("of_nobody").columns == ["person_key"]
