"""Statements that the busiest pages ask, run on the driver itself.

SQLAlchemy prepares a statement for the driver at each execution: it fills in every parameter, makes a result with a
map of its columns. For a list of things to do, whose statement has a hundred parameters, that takes longer than the
query. Here it is done once for each kind of database.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Dialect, Enum
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler

SHORT = 100
Values = Mapping[str, Any]
Process = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Given:
    """A place of the statement that is filled in when it is run: with a value, or with one of a list of them."""

    name: str
    place: int | None = None

    def of(self, values: Values) -> Any:
        return values[self.name] if self.place is None else values[self.name][self.place]


@dataclass(frozen=True, slots=True)
class _Ready:
    """A statement for one kind of database. order: of the parameters where they have no names."""

    sql: str
    constants: dict[str, Any]
    given: Sequence[tuple[str, _Given, Process | None]]
    order: Sequence[str] | None
    row: Any
    results: Sequence[tuple[int, Process]]

    def run(self, connection: Connection, values: Values) -> list[Any]:
        cursor = connection.connection.cursor()
        try:
            cursor.execute(self.sql, self._parameters(values))
            return [self._row(row) for row in cursor.fetchall()]
        finally:
            cursor.close()

    def _parameters(self, values: Values) -> Any:
        found = self.constants.copy()
        for key, given, process in self.given:
            value = given.of(values)
            found[key] = value if process is None else process(value)
        return found if self.order is None else [found[key] for key in self.order]

    def _row(self, row: Sequence[Any]) -> Any:
        if not self.results:
            return self.row._make(row)
        found = list(row)
        for place, process in self.results:
            found[place] = process(found[place])
        return self.row._make(found)


class Prepared:
    """A query with named parameters; a list, for one that expands, is prepared for each of its lengths up to `SHORT`."""

    def __init__(self, statement: Any) -> None:
        self._statement = statement
        self._ready: dict[Any, _Ready] = {}

    def rows(self, db: Session, values: Values) -> list[Any]:
        """What the query finds in the open transaction, as named tuples; what waits in the session is written before."""
        db.flush()
        connection = db.connection()
        dialect = connection.dialect
        lengths = [len(value) for value in values.values() if isinstance(value, list)]
        if lengths and max(lengths) > SHORT:
            return list(connection.execute(self._statement, values).all())
        shape = (dialect.name, *lengths)
        ready = self._ready.get(shape)
        if ready is None:
            ready = self._ready[shape] = _ready(self._statement, dialect, values)
        try:
            return ready.run(connection, values)
        except dialect.loaded_dbapi.Error:
            # it knows what an error of the driver means, and lets a lost connection go
            return list(connection.execute(self._statement, values).all())


def _ready(statement: Any, dialect: Dialect, values: Values) -> _Ready:
    compiled = statement.compile(dialect=dialect)
    expanded = compiled.construct_expanded_state({name: _given(name, value) for name, value in values.items()})
    processes = {key: _process(compiled, expanded.processors, dialect, key) for key in expanded.parameters}
    is_given = {key: isinstance(value, _Given) for key, value in expanded.parameters.items()}
    columns = list(statement.selected_columns)
    results = [_reading(column.type, dialect) for column in columns]
    return _Ready(
        sql=expanded.statement,
        constants={
            key: process(expanded.parameters[key]) if process else expanded.parameters[key]
            for key, process in processes.items()
            if not is_given[key]
        },
        given=[(key, expanded.parameters[key], process) for key, process in processes.items() if is_given[key]],
        order=expanded.positiontup if compiled.positional else None,
        row=namedtuple("Row", [column.name for column in columns]),
        results=[(place, process) for place, process in enumerate(results) if process],
    )


def _reading(kind: Any, dialect: Dialect) -> Process | None:
    """What makes a column's values out of what the driver gives."""
    process: Process | None = kind.dialect_impl(dialect).result_processor(dialect, None)
    if process is None or not isinstance(kind, Enum):
        return process
    members: dict[Any, Any] = {text: process(text) for text in (None, *kind.enums)}
    return members.__getitem__


def _given(name: str, value: Any) -> Any:
    return [_Given(name, place) for place in range(len(value))] if isinstance(value, list) else _Given(name)


def _process(compiled: SQLCompiler, expanded: Mapping[str, Any], dialect: Dialect, key: str) -> Process | None:
    """What makes a parameter into what the driver takes."""
    if key not in compiled.binds:
        return expanded.get(key)
    return compiled.binds[key].type.dialect_impl(dialect).bind_processor(dialect)
