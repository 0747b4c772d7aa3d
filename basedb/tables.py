"""Tables of a release as Parquet: ordered, without a clock value, equal byte for byte."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from basedb.manifest import file_digest
from basedb.quote import literal, name
from catalog.errors import BuildFailed
from catalog.vocab import TableSpec

ROW_GROUP = 122_880


def write(
    connection: duckdb.DuckDBPyConnection, table: TableSpec, directory: Path, *, order: str = "record_key"
) -> dict[str, Any]:
    """Write a table of this connection to `<directory>/<table>.parquet`; its entry in the manifest.

    Base tables are ordered by the record key: the order then tells nothing of a hidden identifier.
    """
    columns = ", ".join(f"{name(c.name)}::{c.type} as {name(c.name)}" for c in table.columns)
    rows = copy(connection, f"select {columns} from {name(table.name)} order by {name(order)}", _path(table, directory))
    return entry(_path(table, directory), table.columns, rows, table.key)


def copy(connection: duckdb.DuckDBPyConnection, query: str, path: Path, parameters: Sequence[object] = ()) -> int:
    """Run a query into a Parquet file; the number of rows."""
    copied = connection.execute(
        f"copy ({query}) to {literal(str(path))} (format parquet, row_group_size {ROW_GROUP})",
        list(parameters),
    ).fetchall()
    return int(copied[0][0])


def entry(path: Path, columns: tuple[Any, ...], rows: int, key: tuple[str, ...]) -> dict[str, Any]:
    """A table's entry in the manifest; `columns` have a name and a type."""
    return {
        "file": path.name,
        "rows": rows,
        "sha256": file_digest(path),
        "columns": [{"name": c.name, "type": c.type} for c in columns],
        "key": list(key),
        "has_lookup": False,
    }


def require_columns(connection: duckdb.DuckDBPyConnection, table: TableSpec) -> None:
    """Raise BuildFailed unless the models made this table with exactly its columns."""
    made = {
        row[0]
        for row in connection.execute(
            "select column_name from duckdb_columns() where schema_name = 'main' and table_name = ? and not internal",
            [table.name],
        ).fetchall()
    }
    wanted = set(table.names)
    if made != wanted:
        raise BuildFailed(
            f"{table.name}: 模型产出的列与规格不符",
            missing=sorted(wanted - made),
            extra=sorted(made - wanted),
            remedy=f"缺少 {sorted(wanted - made)}，多出 {sorted(made - wanted)}",
        )


def _path(table: TableSpec, directory: Path) -> Path:
    return directory / f"{table.name}.parquet"
