"""What a build reads: one view `input.<role>` over the released Parquet of the resources filling it.

The views have a schema of their own: a role and a table that the models make may share a name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from basedb import manifest
from basedb.quote import literal, name
from catalog.errors import BuildFailed
from catalog.vocab import TableSpec

PROVENANCE = {"_key": "VARCHAR", "_row": "BIGINT", "_delivery": "INTEGER", "_as_of": "DATE"}
MAX_SOURCES = 255
SCHEMA = "input"


@dataclass(frozen=True, slots=True)
class Input:
    """One resource's release in a role. department: slug of who answers for it; release: its folder."""

    resource: str
    department: str
    release: Path


Inputs = Mapping[str, Sequence[Input]]


@dataclass(frozen=True, slots=True)
class Source:
    """A resource as the build knows it: `<attribute>_source` columns hold the code.

    key: the items whose valid values no two rows of its release share. as_of: the last day it speaks of.
    """

    code: int
    resource: str
    department: str
    release_id: str
    file: Path
    deliveries: tuple[str, ...]
    key: tuple[str, ...]
    as_of: str = ""


def sources(inputs: Inputs) -> tuple[Source, ...]:
    """Every resource of the build once, coded from 1 in order of their slugs."""
    by_slug = {each.resource: each for filling in inputs.values() for each in filling}
    if len(by_slug) > MAX_SOURCES:
        raise BuildFailed(f"一个基础库最多 {MAX_SOURCES} 个来源，实有 {len(by_slug)} 个")
    return tuple(_source(code, by_slug[slug]) for code, slug in enumerate(sorted(by_slug), start=1))


def _source(code: int, given: Input) -> Source:
    facts = manifest.read(given.release)
    table = facts["tables"][given.resource]
    deliveries = sorted(facts["deliveries"], key=lambda each: int(each["index"]))
    return Source(
        code,
        given.resource,
        given.department,
        str(facts["release_id"]),
        given.release / str(table["file"]),
        tuple(str(each["delivery_id"]) for each in deliveries),
        tuple(map(str, table.get("key", ()))),
        max((str(each.get("as_of", "")) for each in deliveries), default=""),
    )


def create_views(
    connection: duckdb.DuckDBPyConnection,
    roles: Mapping[str, TableSpec],
    inputs: Inputs,
    known: Sequence[Source],
) -> None:
    """Make a view per role with all its columns, typed; a role or column nobody brings is NULL.

    Raises BuildFailed for an input whose role the base does not have.
    """
    unknown = sorted(set(inputs) - set(roles))
    if unknown:
        raise BuildFailed(f"基础库没有输入 {'、'.join(unknown)}", remedy=f"可用的输入：{'、'.join(roles)}")
    by_slug = {source.resource: source for source in known}
    connection.execute(f"create schema {SCHEMA}")
    for role, table in roles.items():
        filling = [by_slug[each.resource] for each in inputs.get(role, ())]
        parts = [_select(connection, table, source) for source in filling] or [_nothing(table)]
        connection.execute(f"create view {view(role)} as " + " union all by name ".join(parts))


def view(role: str) -> str:
    """The quoted name of a role's view."""
    return f"{SCHEMA}.{name(role)}"


def create_sources(connection: duckdb.DuckDBPyConnection, known: Sequence[Source]) -> None:
    """Make tables `sources(code, resource, department)` and `source_deliveries(code, delivery, delivery_id)`."""
    connection.execute("create temp table sources (code utinyint, resource varchar, department varchar)")
    connection.execute("create temp table source_deliveries (code utinyint, delivery integer, delivery_id varchar)")
    rows = [[s.code, s.resource, s.department] for s in known]
    deliveries = [[s.code, index, each] for s in known for index, each in enumerate(s.deliveries)]
    _insert(connection, "insert into sources values (?, ?, ?)", rows)
    _insert(connection, "insert into source_deliveries values (?, ?, ?)", deliveries)


def set_as_of(connection: duckdb.DuckDBPyConnection, roles: Mapping[str, TableSpec], until: date | None = None) -> None:
    """Set variable `as_of`: the last day any input speaks of, none after `until`; models have no other today."""
    days = " union all ".join(f"select max(_as_of) as day from {view(role)}" for role in roles)
    # `least` passes over a bound that is not there
    connection.execute(
        f"set variable as_of = (select if(max(day) is null, null, least(max(day), $until::date)) from ({days}))",
        {"until": until},
    )


def set_keys(connection: duckdb.DuckDBPyConnection, inputs: Inputs, known: Sequence[Source]) -> None:
    """Set variable `input_keys`: `input.<role>(<item>,<item>)` of every role that one resource alone fills.

    A model need not look for repeated rows of such a key; DuckDB then plans the search away.
    """
    keys = {source.resource: source.key for source in known}
    alone = {role: keys[filling[0].resource] for role, filling in inputs.items() if len(filling) == 1}
    told = [f"{SCHEMA}.{role}({','.join(key)})" for role, key in sorted(alone.items()) if key]
    connection.execute("set variable input_keys = $told::varchar[]", {"told": told})


def _insert(connection: duckdb.DuckDBPyConnection, statement: str, rows: list[list[object]]) -> None:
    if rows:
        connection.executemany(statement, rows)


def _columns(table: TableSpec) -> dict[str, str]:
    return {c.name: c.type for c in table.columns} | PROVENANCE


def _select(connection: duckdb.DuckDBPyConnection, table: TableSpec, source: Source) -> str:
    scan = f"read_parquet({literal(str(source.file))})"
    held = dict(row[:2] for row in connection.execute(f"describe select * from {scan}").fetchall())
    columns = [_read(column, kind, held.get(column)) for column, kind in _columns(table).items()]
    return f"select {', '.join(columns)}, {source.code}::utinyint as _source from {scan}"


def _read(column: str, kind: str, held: str | None) -> str:
    """A column as the models read it; what is of another type and no value of theirs is unknown, and stops no base."""
    if held is None:
        return f"null::{kind} as {name(column)}"
    return name(column) if held == kind else f"try_cast({name(column)} as {kind}) as {name(column)}"


def _nothing(table: TableSpec) -> str:
    columns = [f"null::{kind} as {name(column)}" for column, kind in _columns(table).items()]
    return f"select {', '.join(columns)}, null::utinyint as _source where false"
