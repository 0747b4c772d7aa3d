"""Good rows, bad rows and the row numbers of every rule, by the predicates that GX judged with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from catalog.vocab import TableSpec
from quality.normalise import CHECKED
from quality.rules import Rule
from quality.sql import literal, quoted

SHOWN_ROWS = 20


@dataclass(frozen=True, slots=True)
class Split:
    """Rows by kind; counts and first row numbers in the order of the rules."""

    good: int
    bad: int
    counts: list[int]
    first_rows: list[tuple[int, ...]]


def split(connection: duckdb.DuckDBPyConnection, spec: TableSpec, broken: Sequence[Rule], folder: Path) -> Split:
    """The files good.parquet, bad.parquet and findings.parquet in `folder`.

    broken: the rules that some row breaks.
    """
    _mark(connection, broken)
    _write_good(connection, spec, broken, folder / "good.parquet")
    _write_bad(connection, spec, folder / "bad.parquet")
    _write_findings(connection, folder / "findings.parquet")
    return _summary(connection, len(broken), folder)


def _mark(connection: duckdb.DuckDBPyConnection, broken: Sequence[Rule]) -> None:
    """Tables `rule` (number, code, item, whether it blocks) and `hit` (row, key, numbers of the rules it breaks)."""
    connection.execute("create or replace temp table rule (n integer, code varchar, item varchar, blocks boolean)")
    for number, rule in enumerate(broken):
        connection.execute("insert into rule values (?, ?, ?, ?)", [number, rule.code, rule.item, rule.is_blocking])
    numbers = ", ".join(f"case when {_is_broken(rule)} then {n} end" for n, rule in enumerate(broken)) or "null"
    anywhere = " or ".join(_is_broken(rule) for rule in broken) or "false"
    connection.execute(
        f"""create or replace temp table hit as
        select _row, _key, list_filter([{numbers}], lambda n: n is not null)::integer[] as rules
        from {CHECKED} where {anywhere}"""
    )


def _is_broken(rule: Rule) -> str:
    return f"(({rule.predicate}) is false)"


def _write_good(connection: duckdb.DuckDBPyConnection, spec: TableSpec, broken: Iterable[Rule], path: Path) -> None:
    columns = ", ".join(
        ", ".join([quoted(c.name)] + [quoted(c.name + "_raw")] * (c.identifier is not None)) for c in spec.columns
    )
    bad = " or ".join(_is_broken(rule) for rule in broken if rule.is_blocking) or "false"
    _copy(connection, f"select {columns}, _key, _row from {CHECKED} where not ({bad})", path)


def _write_bad(connection: duckdb.DuckDBPyConnection, spec: TableSpec, path: Path) -> None:
    """The bad rows as delivered, with the rules that keep them out, and the key by which the fold and orders know them."""
    items = ", ".join(f"s.{quoted(c.name)}" for c in spec.columns)
    _copy(
        connection,
        f"""with bad as (
            select h._row, any_value(h._key) as _key, list(distinct r.code order by r.code) as _rules
            from (select _row, _key, unnest(rules) as n from hit) h join rule r on r.n = h.n and r.blocks
            group by h._row)
        select s._row, {items}, bad._key, bad._rules from staged s join bad on bad._row = s._row order by s._row""",
        path,
    )


def _write_findings(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    _copy(
        connection,
        """select r.code as rule, r.item as item, h._row as row
        from (select _row, unnest(rules) as n from hit) h join rule r on r.n = h.n order by r.n, h._row""",
        path,
    )


def _summary(connection: duckdb.DuckDBPyConnection, rules: int, folder: Path) -> Split:
    found = connection.execute(
        f"""select n, count(*), min(_row, {SHOWN_ROWS}) from (select _row, unnest(rules) as n from hit)
        group by n order by n"""
    ).fetchall()
    counts = [0] * rules
    first_rows: list[tuple[int, ...]] = [()] * rules
    for number, count, rows in found:
        counts[number], first_rows[number] = count, tuple(rows)
    good, bad = (_rows(connection, folder / name) for name in ("good.parquet", "bad.parquet"))
    return Split(good, bad, counts, first_rows)


def _rows(connection: duckdb.DuckDBPyConnection, path: Path) -> int:
    row = connection.execute("select sum(num_rows)::bigint from parquet_file_metadata(?)", [str(path)]).fetchone()
    return int(row[0]) if row and row[0] is not None else 0


def _copy(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    connection.execute(f"copy ({query}) to {literal(str(path))} (format parquet)")
