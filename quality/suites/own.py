"""Rules that verifiers added, out of their parameters: values enter SQL as literals alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from catalog.vocab import Dimension, Outcome, RuleKind, TableSpec
from quality.normalise import CHECKED
from quality.rules import Rule, of_item
from quality.searches import Search, remember
from quality.sql import literal, literals, quoted

DIMENSIONS = {
    RuleKind.BETWEEN: Dimension.ACCURATE,
    RuleKind.IN_LIST: Dimension.NORMATIVE,
    RuleKind.PATTERN: Dimension.NORMATIVE,
    RuleKind.COMPARE: Dimension.CONSISTENT,
    RuleKind.EXISTS_IN: Dimension.CONSISTENT,
}
OPERATORS = frozenset({"<", "<=", "=", "<>", ">=", ">"})


@dataclass(frozen=True, slots=True)
class OwnRule:
    """One version of an added rule. parameters: as `catalog.own_parameters` settles them by kind.

    table: for EXISTS_IN the rows in force of the other resource; without them the rule finds nothing.
    """

    code: str
    version: int
    kind: RuleKind
    item: str
    parameters: Mapping[str, Any]
    outcome: Outcome
    title: str
    table: Path | None = None


def rules(connection: duckdb.DuckDBPyConnection, spec: TableSpec, own: Iterable[OwnRule]) -> Iterator[Rule]:
    """The rules as they are judged; one whose items are no longer registered does not apply."""
    for each in own:
        if {each.item, *_others(each)} <= set(spec.names):
            yield from _rule(connection, spec, each)


def _others(own: OwnRule) -> Iterator[str]:
    if own.kind is RuleKind.COMPARE:
        yield own.parameters["other"]


def _rule(connection: duckdb.DuckDBPyConnection, spec: TableSpec, own: OwnRule) -> Iterator[Rule]:
    predicate = "" if own.kind is RuleKind.EXISTS_IN else _predicate(spec, own)
    rule = of_item(
        spec, spec.column(own.item), own.code, DIMENSIONS[own.kind], own.outcome, predicate,
        f"{own.title}（部门自定规则第 {own.version} 版）", "请核对后重新报送；规则不当的请联系本部门数据校核员",
        source="部门自定规则",
    )  # fmt: skip
    if own.kind is not RuleKind.EXISTS_IN:
        yield rule
    elif own.table is not None and own.parameters["other"] in _columns(connection, own.table):
        yield from remember(connection, [Search(rule, _missing(own, own.table))])


def _predicate(spec: TableSpec, own: OwnRule) -> str:
    name, said = quoted(own.item), own.parameters
    if own.kind is RuleKind.BETWEEN:
        return _between(spec.column(own.item).type, name, said)
    if own.kind is RuleKind.IN_LIST:
        return f"{name} in {literals(said['values'])}"
    if own.kind is RuleKind.PATTERN:
        return f"regexp_full_match({name}, {literal(said['pattern'])})"
    operator = next(each for each in OPERATORS if each == said["operator"])
    return f"{name} {operator} {quoted(said['other'])}"


def _between(duckdb_type: str, name: str, said: Mapping[str, Any]) -> str:
    def limit(text: str) -> str:
        return f"date {literal(text)}" if duckdb_type == "DATE" else f"{float(text)!r}::double"

    value = name if duckdb_type == "DATE" else f"{name}::double"
    ends = [f"{value} {sign} {limit(said[end])}" for end, sign in (("low", ">="), ("high", "<=")) if end in said]
    return " and ".join(ends)


def _columns(connection: duckdb.DuckDBPyConnection, table: Path) -> set[str]:
    """What the other resource's rows have now: its items may have changed since the rule was adopted."""
    return {name for (name,) in connection.execute("select name from parquet_schema(?)", [str(table)]).fetchall()}


def _missing(own: OwnRule, table: Path) -> str:
    other = quoted(own.parameters["other"])
    return (
        f"select c._row from {CHECKED} c anti join read_parquet({literal(str(table))}) o "
        f"on cast(o.{other} as varchar) = cast(c.{quoted(own.item)} as varchar) where c.{quoted(own.item)} is not null"
    )
