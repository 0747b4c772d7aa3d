"""The class of the deceased, in every table of a base that speaks of persons: no table is forgotten."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

from basedb.quote import name
from catalog.vocab import TableSpec

CLASS, PERSON = "is_deceased", "person_key"


def mark(connection: duckdb.DuckDBPyConnection, tables: Iterable[TableSpec]) -> None:
    """Add the class to each table made so far that has it by its spec, and whose models have not told it.

    The base's models have made `deceased`, the keys of persons who died.
    """
    for table in tables:
        held = _columns(connection, table.name)
        if CLASS in table.names and CLASS not in held and PERSON in held:
            target = name(table.name)
            connection.execute(f"alter table {target} add column {CLASS} boolean default false")
            connection.execute(
                f"update {target} set {CLASS} = true from deceased d where {target}.{PERSON} = d.{PERSON}"
            )


def _columns(connection: duckdb.DuckDBPyConnection, table: str) -> set[str]:
    query = "select column_name from duckdb_columns() where table_name = ? and not internal"
    return {column for (column,) in connection.execute(query, [table]).fetchall()}
