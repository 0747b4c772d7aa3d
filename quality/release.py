"""Whether a base may be published: Great Expectations judges the candidate's profile, one row per table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from quality.gx_duckdb import count_broken
from quality.suites.release import RULES

_COLUMNS = ("table", "rows", "duplicate_keys", "null_keys", "null_required", "orphans")
_CREATE = """
create table profile (_row bigint, previous_rows bigint, "table" varchar, rows bigint, duplicate_keys bigint,
                      null_keys bigint, null_required double, orphans bigint)
"""


def faults(profile: Sequence[Mapping[str, Any]], previous: Mapping[str, int]) -> list[dict[str, Any]]:
    """The rules that tables break, as {rule, tables}; an empty list when the candidate is sound.

    profile: one mapping per table with table, rows, duplicate_keys, null_keys, null_required, orphans.
    previous: rows by table in the release in force; a table that had rows may not lose them all.
    """
    with duckdb.connect() as connection:
        connection.execute(_CREATE)
        rows = [
            [number, previous.get(each["table"], 0), *(each[c] for c in _COLUMNS)]
            for number, each in enumerate(profile)
        ]
        connection.executemany("insert into profile values (?, ?, ?, ?, ?, ?, ?, ?)", rows)
        counts = count_broken(connection, "profile", list(RULES.values()))
        broken = [(rule, predicate) for (rule, predicate), count in zip(RULES.items(), counts, strict=True) if count]
        return [{"rule": rule, "tables": _tables(connection, predicate)} for rule, predicate in broken]


def _tables(connection: duckdb.DuckDBPyConnection, predicate: str) -> list[str]:
    rows = connection.execute(f'select "table" from profile where not ({predicate}) order by _row').fetchall()
    return [str(row[0]) for row in rows]
