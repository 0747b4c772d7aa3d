"""What a candidate is judged by: one row of counts per table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from basedb.connect import Engine, connect
from basedb.quote import name, names
from catalog.vocab import TableSpec


@dataclass(frozen=True, slots=True)
class TableProfile:
    """Counts of one table.

    duplicate_keys: rows whose record key or key another row has too. null_keys: rows without a
    record key. null_required: share of missing values in the required columns, 0 to 1.
    orphans: values of reference columns whose target row does not exist.
    """

    table: str
    rows: int
    duplicate_keys: int
    null_keys: int
    null_required: float
    orphans: int


def profile(
    connection: duckdb.DuckDBPyConnection, tables: tuple[TableSpec, ...], references: Mapping[str, str]
) -> tuple[TableProfile, ...]:
    """Profiles of the tables on this connection, in the order of the spec."""
    return tuple(_profile(connection, table, references) for table in tables)


def links(release: Path, found: Mapping[str, str], targets: Mapping[str, Path], engine: Engine) -> dict[str, float]:
    """Of each link (`<table>.<column>` -> `<base>.<table>`) the share of its keys that the other base holds, 0 to 1.

    release: the base's folder; targets: of each other base the folder of its release. A link to a base without one,
    and a column without any key, are left out.
    """
    with connect(engine) as connection:
        shares = {
            source: _share(connection, release, source, targets[target.split(".")[0]], target)
            for source, target in found.items()
            if target.split(".")[0] in targets
        }
    return {source: share for source, share in shares.items() if share is not None}


def _share(connection: duckdb.DuckDBPyConnection, release: Path, source: str, other: Path, target: str) -> float | None:
    (table, column), (_, there) = source.split("."), target.split(".")
    query = (
        f"select count(*), count(*) filter (exists (select 1 from read_parquet(?) o where o.record_key = s.key)) "
        f"from (select {name(column)} as key from read_parquet(?) where {name(column)} is not null) s"
    )
    held, found = connection.execute(
        query, [str(other / f"{there}.parquet"), str(release / f"{table}.parquet")]
    ).fetchall()[0]
    return round(found / held, 6) if held else None


def _profile(connection: duckdb.DuckDBPyConnection, table: TableSpec, references: Mapping[str, str]) -> TableProfile:
    required = [c.name for c in table.columns if c.required]
    nulls = " + ".join(f"count(*) filter ({name(c)} is null)" for c in required) or "0"
    rows, keys, null_keys, missing = connection.execute(
        f"select count(*), count(distinct hash(record_key)) filter (record_key is not null), "
        f"count(*) filter (record_key is null), {nulls} "
        f"from {name(table.name)}"
    ).fetchall()[0]
    # digests of eight bytes are counted faster than texts; where two rows share one, the texts decide
    if keys < rows - null_keys:
        keys = _number(connection, f"select count(distinct record_key) from {name(table.name)}")
    duplicates = rows - null_keys - keys + _duplicates(connection, table)
    share = missing / (rows * len(required)) if rows and required else 0.0
    return TableProfile(
        table.name, rows, duplicates, null_keys, round(share, 6), _orphans(connection, table, references)
    )


def _duplicates(connection: duckdb.DuckDBPyConnection, table: TableSpec) -> int:
    if table.key == ("record_key",):
        return 0
    keys = names(table.key)
    if _number(connection, f"select count(*) - count(distinct hash({keys})) from {name(table.name)}") == 0:
        return 0
    return _number(
        connection,
        f"select coalesce(sum(n - 1), 0) from (select count(*) as n from {name(table.name)} group by {keys})",
    )


def _orphans(connection: duckdb.DuckDBPyConnection, table: TableSpec, references: Mapping[str, str]) -> int:
    own = [(c, target) for c, target in references.items() if c.split(".")[0] == table.name]
    return sum(_orphans_of(connection, column, target) for column, target in own)


def _orphans_of(connection: duckdb.DuckDBPyConnection, column: str, target: str) -> int:
    (table, own), (other, key) = column.split("."), target.split(".")
    return _number(
        connection,
        f"select count(*) from {name(table)} a anti join {name(other)} b on b.{name(key)} = a.{name(own)} "
        f"where a.{name(own)} is not null",
    )


def _number(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    return int(connection.execute(query).fetchall()[0][0])
