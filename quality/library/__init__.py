"""Library rules that look beyond a row: at outlines and geometries, at the other amounts, at earlier states, at other months."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from pathlib import Path

import duckdb

from catalog.vocab import TableSpec
from quality.library import amounts, coordinates, geometries, series, states
from quality.reference import Reference
from quality.rules import Rule
from quality.searches import remember


def rules(connection: duckdb.DuckDBPyConnection, spec: TableSpec, reference: Reference) -> tuple[Rule, ...]:
    """The rules that apply to the table's items, their predicates over table `checked`."""
    reference = replace(reference, earlier=tuple(p for p in reference.earlier if _has_items(connection, p, spec)))
    searches = chain(
        coordinates.searches(connection, spec, reference),
        geometries.searches(connection, spec),
        states.searches(spec, reference),
        series.searches(connection, spec, reference),
    )
    return (*amounts.rules(connection, spec, reference), *remember(connection, searches))


def _has_items(connection: duckdb.DuckDBPyConnection, path: Path, spec: TableSpec) -> bool:
    """Whether earlier rows have all of today's items: items may have been registered since."""
    names = connection.execute("select name from parquet_schema(?)", [str(path)]).fetchall()
    return {*spec.names, "_key"} <= {name for (name,) in names}
