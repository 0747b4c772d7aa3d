"""What one delivery is like as a whole: counts by which the next one is judged, and no value of a person."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from catalog.vocab import Column, Profile, TableSpec
from quality.normalise import CHECKED
from quality.sql import literals, quoted

MOST_CODES = 100  # a list of more, such as industries in four digits, says little by its shares


def profile(connection: duckdb.DuckDBPyConnection, spec: TableSpec) -> Profile:
    """Rows, empty values of each item, and rows of each code of a code list, in one scan of table `checked`."""
    coded = [c for c in spec.columns if _is_coded(c)]
    selected = ["count(*)", *(f"count(*) filter (where {_is_empty(c)})" for c in spec.columns), *_histograms(coded)]
    row = connection.execute(f"select {', '.join(selected)} from {CHECKED}").fetchall()[0]
    empty = dict(zip(spec.names, row[1 : 1 + len(spec.columns)], strict=True))
    codes = zip((c.name for c in coded), row[1 + len(spec.columns) :], strict=True)
    return Profile(row[0], empty, {name: dict(sorted(shares.items())) for name, shares in codes if shares})


def _is_coded(column: Column) -> bool:
    return 0 < len(column.codes) <= MOST_CODES


def _is_empty(column: Column) -> str:
    name = quoted(column.name)
    return f"{name} is null and {quoted(column.name + '_raw')} is null" if column.identifier else f"{name} is null"


def _histograms(coded: list[Column]) -> Iterator[str]:
    """Codes of the list alone: what else stands there may be anything."""
    for column in coded:
        name = quoted(column.name)
        yield f"histogram({name}) filter (where {name} in {literals(column.codes)})"
