"""What reviewers decided about identity, as a build gets it: lasting, part of the build's identity.

`linked(kind, statement_key, record_key, is_same)`: a statement without a valid identifier speaks of
that record, or does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import duckdb

from basedb import manifest


@dataclass(frozen=True, slots=True, order=True)
class Link:
    """One decision. kind: key map kind of the record, such as `person`."""

    kind: str
    statement_key: str
    record_key: str
    is_same: bool


def create(connection: duckdb.DuckDBPyConnection, links: Sequence[Link]) -> None:
    """Make the table that models read, empty in most cities."""
    connection.execute(
        "create temp table linked (kind varchar, statement_key varchar, record_key varchar, is_same boolean)"
    )
    if links:
        rows = [[each.kind, each.statement_key, each.record_key, each.is_same] for each in sorted(links)]
        connection.executemany("insert into linked values (?, ?, ?, ?)", rows)


def digest(links: Sequence[Link]) -> str:
    """Equal for equal decisions, in whatever order they were taken."""
    return manifest.digest([asdict(each) for each in sorted(links)]) if links else ""
