"""Rules on what a row's own items cannot tell: each searches its broken rows once, and a column remembers them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import duckdb

from quality.normalise import CHECKED
from quality.rules import Rule
from quality.sql import quoted


@dataclass(frozen=True, slots=True)
class Search:
    """A rule without a predicate of its own. broken: SQL that gives the `_row` of each row of `checked` that breaks it."""

    rule: Rule
    broken: str


def remember(connection: duckdb.DuckDBPyConnection, searches: Iterable[Search]) -> Iterator[Rule]:
    """The rules, each over a column of `checked` that is false where the search found the row."""
    for search in searches:
        name = quoted(f"$right {search.rule.code} {search.rule.item}")
        connection.execute(f"alter table {CHECKED} add column {name} boolean default true")
        connection.execute(f"update {CHECKED} set {name} = false where _row in ({search.broken})")
        yield replace(search.rule, predicate=name)
