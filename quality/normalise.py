"""From delivered text to one typed table, `checked`, which rules look at and good rows come from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import zip_longest

import duckdb

from catalog import natural_keys
from catalog.vocab import Column, IdentifierKind, TableSpec
from quality import identifiers, values
from quality.sql import quoted, trimmed

CHECKED = "checked"
FIRST_NUMBERS = 1984  # citizen identifiers were first given out then; older people got theirs in the areas of that year


def normalise(
    connection: duckdb.DuckDBPyConnection,
    staged: str,
    spec: TableSpec,
    *,
    as_of: date,
    area_codes: Mapping[str, int],
    working_days: Sequence[date],
    serials: bool = False,
    period_end: date | None = None,
) -> None:
    """Table `checked`: one row per staged row, in its order.

    Columns: `_row`; every item typed; `<item>_raw` and `<item>$note` of identifiers, `<item>$area`
    of citizen identifiers; `<item>$bad` of other typed items, true where the text is no such value;
    `<item>$rounded` of decimal items, true where digits were lost;
    `_key`; `_repeat`, true for each row of a key after its first; `_term` where the item set has
    `decided_date` and `submitted_date`: working days between them; `_today`; `_period_end`, today where the period
    is not over or not known.
    area_codes: the last year of each; one that ended the year before a number could be given still passes.
    serials: dates may be a spreadsheet's day numbers.
    """
    _prepare(connection, area_codes, working_days if has_term(spec) else ())
    query = f"select _row, {_texts(spec)} from {quoted(staged)}"
    for step in _identifier_steps(spec, as_of):
        query = _with_step(query, step)
    days = (f"date '{as_of}' as _today", f"date '{min(as_of, period_end or as_of)}' as _period_end")
    columns = ", ".join(["_row", *_typed_columns(spec, serials), f"{_key(spec)} as _key", *_term(spec), *days])
    query = f"select {columns}, false as _repeat from (select *, {_typed_values(spec, serials)} from ({query}))"
    connection.execute(f"create or replace table {CHECKED} as {query}")
    mark_repeats(connection)


def has_term(spec: TableSpec) -> bool:
    """Whether the rule of 7 working days from decision to publication applies."""
    return {"decided_date", "submitted_date"} <= set(spec.names)


def typed_items(spec: TableSpec) -> tuple[Column, ...]:
    """The items whose text may fail to be a value of their type."""
    return tuple(c for c in spec.columns if c.type != "VARCHAR" and not c.identifier)


def _prepare(connection: duckdb.DuckDBPyConnection, area_codes: Mapping[str, int], days: Sequence[date]) -> None:
    codes = sorted(area_codes)
    connection.execute("create or replace temp table area as select unnest(?::varchar[]) as code", [codes])
    connection.execute("create type area_code as enum (select code from area order by code)")
    connection.execute("set variable area_ends = ?::integer[]", [[area_codes[code] for code in codes]])
    connection.execute("create or replace temp table working_day as select unnest(?::date[]) as day", [list(days)])
    connection.execute("set variable first_day = (select min(day) from working_day)")
    connection.execute("set variable last_day = (select max(day) from working_day)")
    # One number per calendar day: how many working days lie before it or on it.
    connection.execute(
        """set variable days_until = (
            select list(passed order by day) from (
                select d.day, count(w.day) over (order by d.day) as passed
                from (select unnest(generate_series(min(day), max(day), interval 1 day))::date as day
                      from working_day) d
                left join (select distinct day from working_day) w on w.day = d.day))"""
    )


def _texts(spec: TableSpec) -> str:
    return ", ".join(f"{trimmed(quoted(c.name))} as {quoted(c.name)}" for c in spec.columns)


def _identifier_steps(spec: TableSpec, as_of: date) -> Iterator[identifiers.Step]:
    """The steps of all identifier items, the first of each together, then the second, and so on."""
    for level in zip_longest(*(identifiers.steps(c.identifier, c.name, as_of) for c in spec.columns if c.identifier)):
        merged: identifiers.Step = {}
        for step in level:
            merged |= step or {}
        yield merged


def _with_step(query: str, step: identifiers.Step) -> str:
    """The step over the query. A name that the query has already is replaced."""
    old = [f"{expression} as {name}" for name, expression in step.items() if "$" not in name and "_raw" not in name]
    new = [f"{expression} as {name}" for name, expression in step.items() if "$" in name or "_raw" in name]
    replaced = f" replace ({', '.join(old)})" if old else ""
    return f"select {', '.join(['*' + replaced, *new])} from ({query})"


def _typed_values(spec: TableSpec, serials: bool) -> str:
    pairs = [
        f"{values.typed(quoted(c.name), c.type, serials=serials)} as {quoted(c.name + '$value')}"
        for c in typed_items(spec)
    ]
    return ", ".join(pairs) or "null as unused"


def _typed_columns(spec: TableSpec, serials: bool) -> Iterator[str]:
    for column in spec.columns:
        name = quoted(column.name)
        raw, note, area = (quoted(column.name + e) for e in ("_raw", "$note", "$area"))
        value, bad, rounded = (quoted(column.name + e) for e in ("$value", "$bad", "$rounded"))
        if column.identifier:
            yield from (name, raw, note)
        elif column.type != "VARCHAR":
            yield f"{value} as {name}"
            yield f"{name} is not null and {value} is null as {bad}"
            if values.decimals(column.type) is not None:
                yield f"{value} is not null and {values.rounding_of(name, column.type)} as {rounded}"
        else:
            yield name
        if column.identifier is IdentifierKind.CITIZEN_ID:
            yield f"{name} is null or coalesce({_area_end(name)} + 1 >= {_first_year(name)}, false) as {area}"


def _area_end(name: str) -> str:
    """The last year of an identifier's area; NULL when there never was one."""
    return f"getvariable('area_ends')[enum_code(try_cast(left({name}, 6) as area_code)) + 1]"


def _first_year(name: str) -> str:
    return f"greatest(substr({name}, 7, 4)::integer, {FIRST_NUMBERS})"


def _key(spec: TableSpec) -> str:
    """The key items as one text; NULL when one of them is missing or not of its type."""
    return natural_keys.joined([_key_part(spec.column(name)) for name in spec.key])


def _key_part(column: Column) -> str:
    if column.identifier:
        return f"coalesce({quoted(column.name)}, {quoted(column.name + '_raw')})"
    if column.type == "VARCHAR":
        return quoted(column.name)
    return f"cast({quoted(column.name + '$value')} as varchar)"


def _term(spec: TableSpec) -> list[str]:
    """Working days after the decision, up to and with the day of submission.

    A decision older than the calendar counts from its first day on, so never too many; a
    submission outside it is not judged.
    """
    if not has_term(spec):
        return []
    decided, submitted = '"decided_date$value"', '"submitted_date$value"'
    passed = "getvariable('days_until')[{} - getvariable('first_day') + 1]"
    before = f"case when {decided} < getvariable('first_day') then 0 else {passed.format(decided)} end"
    is_known = f"{submitted} between getvariable('first_day') and getvariable('last_day')"
    return [f"case when {is_known} then {passed.format(submitted)} - {before} end as _term"]


def mark_repeats(connection: duckdb.DuckDBPyConnection) -> None:
    """Set `_repeat`. Hashes are counted first: they need a tenth of the memory that keys need."""
    connection.execute(
        f"""create or replace temp table repeated as
        select _row from (
            select _row, _key from {CHECKED}
            where _key is not null and hash(_key) in (
                select h from (select hash(_key) as h from {CHECKED} where _key is not null)
                group by h having count(*) > 1))
        qualify row_number() over (partition by _key order by _row) > 1"""
    )
    connection.execute(f"update {CHECKED} set _repeat = true where _row in (select _row from repeated)")
