"""Conditions of a View as SQL for both engines: names from the release, values always parameters."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from basedb.quote import name
from basedb.values import to_sqlite, typed
from catalog.errors import Misconfigured, TooMuch
from catalog.view import READABLE, AllOf, AnyOf, Condition, Eq, In, IsNull, Prefix, Range, Value, is_within, walk


class Engine(StrEnum):
    SQLITE = "sqlite"
    DUCKDB = "duckdb"


@dataclass(slots=True)
class Compiler:
    """Turns conditions into SQL with `?`; `parameters` grows in the order of the places.

    types: every column of the table -> DuckDB type. Raises Misconfigured for a column the table
    does not have, Invalid for a value that is none of the column's type, TooMuch for a condition
    that an engine could choke on.
    """

    engine: Engine
    types: Mapping[str, str]
    parameters: list[Any] = field(default_factory=list)

    def sql(self, condition: Condition) -> str:
        """The condition in parentheses where it needs them."""
        if not isinstance(condition, Eq):
            _require_bounded(condition)
        return self._sql(condition)

    def _sql(self, condition: Condition) -> str:
        match condition:
            case Eq(column, value):
                return f"{self._column(column)} = {self._value(column, value)}"
            case In(column, values):
                return self._in(column, values)
            case Range(column, low, high):
                return self._all([self._bound(column, ">=", low), self._bound(column, "<=", high)])
            case IsNull(column, negated):
                return f"{self._column(column)} is {'not ' if negated else ''}null"
            case Prefix(column, text):
                return self._prefix(column, text)
            case AllOf(parts):
                return self._all([self._sql(part) for part in parts])
            case AnyOf(parts):
                return "(" + (" or ".join(self._sql(part) for part in parts) or "false") + ")"

    def none_of_keys(self, keys: Sequence[str], column: str = "record_key") -> str:
        """A condition that no row with one of these keys meets; one parameter however many there are."""
        held = f"coalesce({self._column(column)}, '')" if column != "record_key" else column
        if self.engine is Engine.SQLITE:
            self.parameters.append(json.dumps(sorted(keys)))
            return f"{held} not in (select value from json_each(?))"
        self.parameters.append(sorted(keys))
        return f"{held} not in (select unnest(?::varchar[]))"

    def _column(self, column: str) -> str:
        if column not in self.types:
            raise Misconfigured(f"条件中的列 {column} 不在该版本的数据表中", column=column)
        return name(column)

    def _value(self, column: str, value: Value) -> str:
        kind = self.types[column]
        exact = typed(value, kind, column)
        self.parameters.append(to_sqlite(exact, kind) if self.engine is Engine.SQLITE else _for_duckdb(exact))
        return "?" if self.engine is Engine.SQLITE else f"?::{kind}"

    def _in(self, column: str, values: tuple[Value, ...]) -> str:
        quoted = self._column(column)
        if not values:
            return "false"
        return f"{quoted} in ({', '.join(self._value(column, value) for value in values)})"

    def _bound(self, column: str, sign: str, value: Value | None) -> str:
        quoted = self._column(column)
        return "true" if value is None else f"{quoted} {sign} {self._value(column, value)}"

    def _prefix(self, column: str, start: str) -> str:
        """The lower bound lets an index help; the rest is exact in both engines."""
        quoted = self._column(column)
        if self.types[column] != "VARCHAR":
            raise Misconfigured(f"列 {column} 不是文本，不能按前缀查询", column=column)
        typed(start, "VARCHAR", column)
        self.parameters += [start, len(start), start]
        return f"({quoted} >= ? and substr({quoted}, 1, ?) = ?)"

    def _all(self, parts: list[str]) -> str:
        return "(" + (" and ".join(parts) or "true") + ")"


def columns_in(condition: Condition) -> frozenset[str]:
    """Every column that a condition speaks of."""
    leaves = (part for _, part in walk(condition) if not isinstance(part, AllOf | AnyOf))
    return frozenset(leaf.column for leaf in leaves)


def _require_bounded(condition: Condition) -> None:
    if not is_within(condition, READABLE):
        depth, parts, values = READABLE
        raise TooMuch(
            f"条件过大：最多 {depth} 层、{parts} 个子条件、{values} 个值",
            remedy="拆成几次查询，或按列的起止值筛选",
        )


def _for_duckdb(value: Value | Decimal) -> object:
    return str(value) if isinstance(value, Decimal) else value
