"""The records that hold a value of another record: of the same person, firm or thing, taken from the same resource.

Records are told to be of the same thing by identifiers of the same kind and by keys of the same name, within one base
also by the keys of records that name each other. Everything is compared inside DuckDB; what comes out is record keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from catalog.models import Resource
from catalog.record_history import ROW_SOURCES


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a release and what the register says of its items. source: the code of the resource asked about."""

    slug: str
    file: Path
    columns: frozenset[str]
    identifiers: tuple[tuple[str, str], ...]
    keys: frozenset[str]
    source: int | None = None

    @property
    def links(self) -> tuple[str, ...]:
        """The columns that hold keys of records of other tables."""
        return tuple(sorted(name for name in self.columns if name.endswith("_key") and name not in _OWN_KEYS))

    def taken(self, item: str) -> str:
        """That the item of a row came from the resource asked about, as SQL."""
        column = next((c for c in (f"{item}_source", *ROW_SOURCES) if c in self.columns), None)
        return "true" if column is None or self.source is None else f't."{column}" = {self.source}'


_OWN_KEYS = ("record_key", "_key")


def table_of(resource: Resource, file: Path, columns: Iterable[str], source: int | None = None) -> Table:
    """A table as the register describes it."""
    held = frozenset(columns)
    kinds = tuple((i.name, i.identifier.value) for i in resource.items if i.identifier and i.name in held)
    keys = frozenset(i.name for i in resource.items if i.is_key and i.name in held and i.name not in _OWN_KEYS)
    return Table(resource.slug, file, held, kinds, keys, source)


def same(start: Table, record_key: str, item: str, among: Sequence[Table], beside: Sequence[Table] = ()) -> Found:
    """(slug, record key, item) of every record among tables of one release that holds the value of a record's item.

    beside: the other tables of the release that the record is in. Nothing for a value that is empty.
    """
    with duckdb.connect(config={"threads": 1}) as engine:
        engine.execute("set TimeZone = 'UTC'")
        _identify(engine, start, record_key, item, beside)
        for each in among:
            _add_entities(engine, each)
        return [found for each in among for found in _holding(engine, start, each, item)]


Found = list[tuple[str, str, str]]


def _identify(
    engine: duckdb.DuckDBPyConnection, start: Table, record_key: str, item: str, beside: Iterable[Table]
) -> None:
    """Tables `disputed(value)`, `ident(kind, value)`, `named(name, value)` of the record, and an empty `entity`."""
    scan = "from read_parquet($file) t where t.record_key = $key"
    given = {"file": str(start.file), "key": record_key}
    engine.execute(f'create temp table disputed as select t."{item}"::varchar as value {scan}', given)
    engine.execute("create temp table ident (kind varchar, value varchar)")
    engine.execute("create temp table named (name varchar, value varchar)")
    engine.execute("create temp table entity (record_key varchar)")
    for name, kind in start.identifiers:
        engine.execute(f"insert into ident select '{kind}', t.\"{name}\" {scan}", given)
    for name in sorted(start.keys):
        engine.execute(f"insert into named select '{name}', t.\"{name}\"::varchar {scan}", given)
    for link in start.links:
        for each in beside:
            _add_identifiers(engine, each, f'select t."{link}" {scan}', given)


def _add_identifiers(engine: duckdb.DuckDBPyConnection, table: Table, keys: str, given: dict[str, str]) -> None:
    """The identifiers of the records that a record names."""
    for name, kind in table.identifiers:
        query = f"insert into ident select '{kind}', o.\"{name}\" from read_parquet($other) o where o.record_key in ({keys})"
        engine.execute(query, {**given, "other": str(table.file)})


def _add_entities(engine: duckdb.DuckDBPyConnection, table: Table) -> None:
    """The records of a table that are themselves the person or firm: those whose key is the identifier."""
    for name, kind in table.identifiers:
        if table.keys == {name}:
            query = f"insert into entity select t.record_key from read_parquet(?) t where {_is_known(name, kind)}"
            engine.execute(query, [str(table.file)])


def _holding(engine: duckdb.DuckDBPyConnection, start: Table, table: Table, item: str) -> Found:
    about = [_is_known(name, kind) for name, kind in table.identifiers]
    about += [f't."{link}" in (select record_key from entity)' for link in table.links]
    shared = sorted(start.keys & table.columns)
    if shared and (start.keys <= table.columns or not start.identifiers):
        about.append("(" + " and ".join(_is_named(name) for name in shared) + ")")
    if not about:
        return []
    values = [item] if item in table.columns else sorted(c for c in table.columns if _is_value(c))
    return [
        (table.slug, record_key, name)
        for name in values
        for (record_key,) in engine.execute(
            f"""select t.record_key from read_parquet(?) t, disputed d
            where ({" or ".join(about)}) and {table.taken(name)} and {_equal(name)} order by 1""",
            [str(table.file)],
        ).fetchall()
    ]


def _is_known(name: str, kind: str) -> str:
    return f"t.\"{name}\" in (select value from ident where kind = '{kind}')"


def _is_named(name: str) -> str:
    return f"t.\"{name}\"::varchar in (select value from named where name = '{name}')"


def _equal(name: str) -> str:
    text = f't."{name}"::varchar'
    return f"({text} = d.value or try_cast({text} as double) = try_cast(d.value as double))"


def _is_value(column: str) -> bool:
    return not column.startswith("_") and not column.endswith(("_key", "source", "_raw"))
