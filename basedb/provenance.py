"""Where the values of one record come from: resource, department, delivery, row and day of each, in one query.

A base's table says by a code which source each value (`<item>_source`) or the whole row (`source`, `record_source`)
came from; the source's release says which delivery and row. A source's rows are found by the items that are the
record's natural key in both; where there are none, the source is all that is told. Values never leave the engine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from basedb import manifest
from basedb.connect import Engine, connect
from basedb.quote import literal, name
from basedb.spec import Base, base
from catalog.errors import NotFound
from catalog.vocab import Column, TableSpec

_WHOLE_ROW = ("record_source", "source")


@dataclass(frozen=True, slots=True)
class Origin:
    """Whence an item's value came. department: "" where the release does not say whose the resource is.

    delivery_id, row, as_of: None where the source's row cannot be told.
    """

    item: str
    resource: str
    department: str
    release_id: str
    delivery_id: str | None
    row: int | None
    as_of: str | None


def origins(
    directory: Path,
    table: str,
    record_key: str,
    items: Sequence[str],
    releases: Path,
    engine: Engine,
    same: Sequence[str] = (),
) -> list[Origin]:
    """The origin of each item of a record that has a value from a known source, in the order asked for.

    directory: of the base's release; releases: the folder of all units; same: further natural keys of the thing.
    """
    facts = manifest.read(directory)
    entry = facts["tables"].get(table)
    if entry is None:
        raise NotFound(f"该版本没有数据表 {table}", table=table)
    if "deliveries" in facts:
        return _of_department(directory, facts, table, record_key, items, engine)
    told = _told(entry, items)
    if not told:
        return []
    owner = base(str(facts["unit"]))
    natural = _natural(owner.table(table))
    stated = [each for source in facts["sources"] for each in _stated(owner, natural, source, told, releases)]
    query = _query(directory / entry["file"], natural, told, stated, facts["sources"], releases)
    with connect(engine) as connection:
        given = {"key": record_key, "same": list(same)} if stated else {"key": record_key}
        rows = connection.execute(query, given).fetchall()
    order = {item: n for n, item in enumerate(items)}
    return sorted((Origin(*row) for row in rows), key=lambda each: order[each.item])


def _of_department(
    directory: Path, facts: Mapping[str, Any], table: str, record_key: str, items: Sequence[str], engine: Engine
) -> list[Origin]:
    """The one row of a department's release that all items of a record stand in."""
    query = "select _delivery, _row, _as_of::varchar from read_parquet(?) where record_key = ?"
    with connect(engine) as connection:
        path = str(directory / facts["tables"][table]["file"])
        rows = connection.execute(query, [path, record_key]).fetchall()
    deliveries = {int(each["index"]): str(each["delivery_id"]) for each in facts["deliveries"]}
    unit, release = str(facts["unit"]), str(facts["release_id"])
    return [
        Origin(item, unit, "", release, deliveries.get(index), row, as_of)
        for index, row, as_of in rows
        for item in items
    ]


def _told(entry: Mapping[str, Any], items: Sequence[str]) -> list[tuple[str, str]]:
    """Each item with the column that says its source; items of which the base does not say it are left out."""
    held = {column["name"] for column in entry["columns"]}
    columns = {item: [c for c in (f"{item}_source", *_WHOLE_ROW) if c in held and c != item] for item in items}
    return [(item, columns[item][0]) for item in items if item in held and columns[item]]


def _natural(table: TableSpec) -> Column | None:
    """The one column that names the record in its sources too."""
    return table.column(table.key[0]) if len(table.key) == 1 and table.key != ("record_key",) else None


def _stated(
    owner: Base, natural: Column | None, source: Mapping[str, Any], told: Sequence[tuple[str, str]], releases: Path
) -> list[str]:
    """A query for the source's rows about the record, for each of its columns that may name it."""
    if natural is None:
        return []
    folder = releases / str(source["resource"]) / str(source["release_id"])
    if not (folder / manifest.FILE).exists():
        return []
    entry = manifest.read(folder)["tables"][source["resource"]]
    held = {column["name"] for column in entry["columns"]}
    said = [item for item, _ in told if item in held]
    pairs = ", ".join(f"{literal(item)}: {name(item)}::varchar" for item in said)
    return [
        f"select {int(source['code'])} as code, _row, _delivery, _as_of, "
        f"{f'map {{{pairs}}}' if said else 'map([], [])::map(varchar, varchar)'} as said "
        f"from read_parquet({literal(str(folder / entry['file']))}) "
        f"where {name(column)}::varchar in (select natural_key from record union all select unnest($same::varchar[]))"
        for column in sorted(_names_of(owner, natural) & held)
    ]


def _names_of(owner: Base, natural: Column) -> set[str]:
    """What the natural key may be called in a source: items of its kind of identifier, else its own name."""
    if natural.identifier is None:
        return {natural.name}
    return {c.name for role in owner.spec.INPUTS.values() for c in role.columns if c.identifier is natural.identifier}


def _query(
    path: Path,
    natural: Column | None,
    told: Sequence[tuple[str, str]],
    stated: Sequence[str],
    sources: Sequence[Mapping[str, Any]],
    releases: Path,
) -> str:
    values = " union all ".join(
        f"select {literal(item)} as item, {name(item)}::varchar as value, {name(column)} as code from record"
        for item, column in told
    )
    known = ", ".join(
        f"({int(s['code'])}, {literal(s['resource'])}, {literal(s.get('department', ''))}, {literal(s['release_id'])})"
        for s in sources
    )
    deliveries = ", ".join(each for source in sources for each in _deliveries(source, releases))
    return f"""
        with record as (
            select *, {name(natural.name) + "::varchar" if natural else "null::varchar"} as natural_key
            from read_parquet({literal(str(path))}) where record_key = $key),
        told as ({values}),
        stated as ({" union all ".join(stated) or _NOTHING}),
        source(code, resource, department, release_id) as (values {known}),
        delivered(code, delivery, delivery_id) as (values {deliveries or "(null, null, null)"})
        select t.item, s.resource, s.department, s.release_id, d.delivery_id, r._row, r._as_of::varchar
        from told t
        join source s on s.code = t.code
        left join stated r on r.code = t.code
        left join delivered d on d.code = r.code and d.delivery = r._delivery
        where t.value is not null
        -- the row that says what stands in the base, else the newest of the source
        qualify row_number() over (
            partition by t.item
            order by (r.said[t.item] is not distinct from t.value) desc, r._as_of desc, r._delivery desc, r._row desc) = 1
        """


_NOTHING = (
    "select null::integer as code, null::bigint as _row, null::integer as _delivery, null::date as _as_of, "
    "map([], [])::map(varchar, varchar) as said where false"
)


def _deliveries(source: Mapping[str, Any], releases: Path) -> list[str]:
    folder = releases / str(source["resource"]) / str(source["release_id"])
    if not (folder / manifest.FILE).exists():
        return []
    found = manifest.read(folder)["deliveries"]
    return [f"({int(source['code'])}, {int(each['index'])}, {literal(each['delivery_id'])})" for each in found]
