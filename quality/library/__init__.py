"""Library rules that look beyond a row: at outlines, at the other amounts, at earlier states, at other months."""

from __future__ import annotations

from itertools import chain

import duckdb

from catalog.vocab import TableSpec
from quality.library import amounts, coordinates, series, states
from quality.reference import Reference
from quality.rules import Rule
from quality.searches import remember


def rules(connection: duckdb.DuckDBPyConnection, spec: TableSpec, reference: Reference) -> tuple[Rule, ...]:
    """The rules that apply to the table's items, their predicates over table `checked`."""
    searches = chain(
        coordinates.searches(connection, spec, reference),
        states.searches(spec, reference),
        series.searches(connection, spec, reference),
    )
    return (*amounts.rules(connection, spec), *remember(connection, searches))
