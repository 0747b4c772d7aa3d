"""Where the values of one record come from: resource, department, delivery, row and day of each, in one query.

A base's table says by a code which source each value (`<item>_source`) or the whole row (`source`, `record_source`)
came from; the source's release says which delivery and row. A source's rows are found by `SOURCE_KEYS` of the spec,
or by the one column that names the record in both, and those that were linked by their links. Values never leave the
engine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from basedb import manifest
from basedb.connect import Engine, connect
from basedb.quote import literal, name
from basedb.source_keys import Finder, finder
from basedb.spec import base
from catalog.errors import NotFound

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
    same: Sequence[tuple[str, str]] = (),
) -> list[Origin]:
    """The origin of each item of a record that has a value from a known source, in the order asked for.

    directory: of the base's release; releases: the folder of all units; same: (natural key, canonical natural key)
    of merged groups, whichever they are.
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
    found = finder(base(str(facts["unit"])), table, directory)
    stated = [each for source in facts["sources"] for each in _stated(found, source, told, releases)]
    query = _query(found, told, stated, facts["sources"], releases)
    with connect(engine) as connection:
        given = {"key": record_key, "same": [each[0] for each in same], "canonical": [each[1] for each in same]}
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
    """Each item with the expression that says its source; items of which the base does not say it are left out.

    An item of its own code is told by it. The others of a record are told by the code of the row, or by that of the
    first value that has one: the identifier, and what follows from it, came with it.
    """
    held = [str(column["name"]) for column in entry["columns"]]
    codes = [column for column in held if column.endswith("_source") and column not in _WHOLE_ROW]
    row = next((name(column) for column in _WHOLE_ROW if column in held), "")
    common = row or (f"coalesce({', '.join(map(name, codes))})" if codes else "")
    said = {}
    for item in items:
        own = next((c for c in (f"{item}_source", f"{item.removesuffix('_value')}_source") if c in codes), None)
        if item in held and item not in codes and item not in _WHOLE_ROW and (own or common):
            said[item] = f"coalesce({name(own)}, {common})" if own and common else name(own) if own else common
    return list(said.items())


def _stated(found: Finder, source: Mapping[str, Any], told: Sequence[tuple[str, str]], releases: Path) -> list[str]:
    """A query for the source's rows about the record, for each way in which they may be found."""
    folder = releases / str(source["resource"]) / str(source["release_id"])
    if not (folder / manifest.FILE).exists():
        return []
    entry = manifest.read(folder)["tables"][source["resource"]]
    held = {str(column["name"]) for column in entry["columns"]}
    renamed = {item: column for item, _ in told if (column := found.called(item, held))}
    pairs = ", ".join(f"{literal(item)}: s.{name(column)}::varchar" for item, column in renamed.items())
    said = f"map {{{pairs}}}" if renamed else "map([], [])::map(varchar, varchar)"
    return [
        f"select {int(source['code'])} as code, {rank} as rank, _row, _delivery, _as_of, {said} as said "
        f"from read_parquet({literal(str(folder / entry['file']))}) s where {condition}"
        for rank, condition in found.conditions(held)
    ]


def _query(
    found: Finder,
    told: Sequence[tuple[str, str]],
    stated: Sequence[str],
    sources: Sequence[Mapping[str, Any]],
    releases: Path,
) -> str:
    values = " union all ".join(
        f"select {literal(item)} as item, {name(item)}::varchar as value, {code} as code from record"
        for item, code in told
    )
    known = ", ".join(
        f"({int(s['code'])}, {literal(s['resource'])}, {literal(s.get('department', ''))}, {literal(s['release_id'])})"
        for s in sources
    )
    deliveries = ", ".join(each for source in sources for each in _deliveries(source, releases))
    return f"""
        with {found.record}, told as ({values}),
        stated as ({" union all ".join(stated) or _NOTHING}),
        -- how many values of the record each row says, that one row may answer for all of them
        agreeing as (
            select r.*, (select count(*) from told t where t.code = r.code and r.said[t.item] = t.value) as agrees
            from stated r),
        source(code, resource, department, release_id) as (values {known}),
        delivered(code, delivery, delivery_id) as (values {deliveries or "(null, null, null)"})
        select t.item, s.resource, s.department, s.release_id, d.delivery_id, r._row, r._as_of::varchar
        from told t
        join source s on s.code = t.code
        left join agreeing r on r.code = t.code
        left join delivered d on d.code = r.code and d.delivery = r._delivery
        where t.value is not null
        -- the row that says what stands in the base, else the newest of the source
        qualify row_number() over (
            partition by t.item
            order by (r.said[t.item] is not distinct from t.value) desc, r.rank, r.agrees desc,
                r._as_of desc, r._delivery desc, r._row desc) = 1
        """


_NOTHING = (
    "select null::integer as code, 0 as rank, null::bigint as _row, null::integer as _delivery, null::date as _as_of, "
    "map([], [])::map(varchar, varchar) as said where false"
)


def _deliveries(source: Mapping[str, Any], releases: Path) -> list[str]:
    folder = releases / str(source["resource"]) / str(source["release_id"])
    if not (folder / manifest.FILE).exists():
        return []
    found = manifest.read(folder)["deliveries"]
    return [f"({int(source['code'])}, {int(each['index'])}, {literal(each['delivery_id'])})" for each in found]
