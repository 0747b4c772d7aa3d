"""What a repair or the end of a period takes off every release: a new release of credit enters it as suppressions.

The rows of the department that delivered the record go with the base's own, whatever the release: they are found by
the number of the document. Decisions on a repair name the record, and go with it. A repair taken back ends its
suppression; that a record is delivered no more ends none, for releases of before hold it. What people ordered is never
touched.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

import duckdb
from sqlalchemy import select
from sqlalchemy.orm import Session

from basedb import connect, manifest
from basedb.quote import literal, name
from catalog import grants, resources
from catalog.models import Resource, Suppression
from catalog.register import bump
from catalog.vocab import Base
from pipelines.house import House
from pipelines.withholding import NAMED

BY = "pipelines.repairs"
# table of the base: the roles of the departments' resources that hold its records
ROLES = {
    "penalty": ("penalty",),
    "credit_list_entry": ("abnormal_list", "serious_list"),
    "credit_repair": ("repair",),
}
# what tells records of one number apart: "" for nothing does. Who does not say it is taken at the number alone
_APART = {"penalty": "authority_code", "credit_list_entry": "credit_code", "credit_repair": ""}
# a term that a department delivered longer than the rule lets is cut, too
_ENDED = {
    "penalty": """select record_key, document_no, authority_code, record_source, coalesce(repaired_date, visible_until + 1),
        case when repaired_date is not null then '信用修复' else '公示期满' end
        from {file} where repaired_date is not null or visible_until < coalesce(publish_until, date '9999-12-31')""",
    "credit_list_entry": """select record_key, entry_no, credit_code, record_source, visible_until + 1,
        case exit_kind when 'repaired' then '信用修复' when 'removed' then '移出名单' else '公示期满' end
        from {file} where visible_until < coalesce(publish_until, date '9999-12-31')""",
    "credit_repair": """select record_key, repair_no, null::varchar, record_source, visible_until + 1,
        case when is_effective then '信用修复' else '公示期满' end
        from {file} where visible_until is not null""",
}


class End(NamedTuple):
    """A record that no door shows from a day on."""

    resource_id: str
    record_key: str


Wanted = Mapping[End, tuple[date, str]]


class Place(NamedTuple):
    """A resource whose rows speak of a table's records; code: as whose source it told them, None for the table itself."""

    table: str
    resource: Resource
    file: str
    code: int | None


def withhold(house: House, unit: str, release_id: str) -> int:
    """Bring the suppressions in line with a release of credit; how many records are withheld by it."""
    if unit != Base.CREDIT:
        return 0
    with house.transaction() as db, connect.connect(house.engine) as connection:
        release = house.store.release(unit, release_id)
        places = list(_places(house, db, release))
        wanted = dict(_wanted(connection, release, places))
        known = _known(db)
        told = _told(connection, places, known.keys() - wanted.keys())
        _follow(house, db, wanted, known, told)
    return len(wanted)


def _places(house: House, db: Session, release: Path) -> Iterator[Place]:
    facts, filling = manifest.read(release), resources.inputs_of(db, Base.CREDIT)
    tables = {r.table_name: r for r in resources.base_tables(db, Base.CREDIT)}
    for table, roles in ROLES.items():
        if table in tables:
            yield Place(table, tables[table], _file(release, table), None)
        own = {r.slug: r for role in roles for r in filling.get(role, ())}
        for source in facts["sources"]:
            folder = house.store.release(source["resource"], source["release_id"])
            if source["resource"] in own and (folder / manifest.FILE).exists():
                yield Place(table, own[source["resource"]], _file(folder, source["resource"]), int(source["code"]))


def _wanted(
    connection: duckdb.DuckDBPyConnection, release: Path, places: Iterable[Place]
) -> Iterator[tuple[End, tuple[date, str]]]:
    for table in ROLES:
        query = _ENDED[table].format(file=_file(release, table))
        columns = "key, number, apart, code, day, reason"
        connection.execute(f"create or replace temp table ended_{table}({columns}) as {query}")
    for place in places:
        query = f"select key, day, reason from ended_{place.table}"
        if place.code is not None:
            # another resource of the role may tell of the same record
            query = f"""select r.record_key, min(e.day), arg_min(e.reason, e.day)
                from ended_{place.table} e join ({_numbered(place)}) r using (number)
                where e.code = {place.code} or coalesce(r.apart, e.apart, '') = coalesce(e.apart, r.apart, '')
                group by all"""
        for key, day, reason in connection.execute(query).fetchall():
            yield End(place.resource.id, key), (day, reason)


def _numbered(place: Place) -> str:
    """The rows of a resource by their number and by what tells those of one number apart, where they have it."""
    natural, _ = NAMED[place.table]
    apart = name(_APART[place.table] or "_apart")
    rows = f"from {place.file} union all by name select null::varchar as {apart} where false"
    return f"select record_key, {name(natural)} as number, upper(trim({apart})) as apart from ({rows})"


def _told(connection: duckdb.DuckDBPyConnection, places: Iterable[Place], ends: Collection[End]) -> set[End]:
    """Those of the records that the release and its sources still hold."""
    found: set[End] = set()
    for place in places:
        keys = [end.record_key for end in ends if end.resource_id == place.resource.id]
        query = f"select record_key from {place.file} semi join (select unnest($keys) as record_key) using (record_key)"
        held = connection.execute(query, {"keys": keys}).fetchall() if keys else []
        found |= {End(place.resource.id, key) for (key,) in held}
    return found


def _file(release: Path, table: str) -> str:
    return f"read_parquet({literal(str(release / manifest.read(release)['tables'][table]['file']))})"


def _known(db: Session) -> dict[End, Suppression]:
    living = select(Suppression).where(Suppression.ordered_by == BY, Suppression.valid_to.is_(None))
    return {End(each.resource_id, each.record_key): each for each in db.scalars(living)}


def _follow(house: House, db: Session, wanted: Wanted, known: Mapping[End, Suppression], told: Collection[End]) -> None:
    """Enter what is new, date what changed, end what no longer holds of a record that is told."""
    for end, held in known.items():
        if end in wanted:
            held.valid_from, held.reason = wanted[end]
        elif end in told:
            held.valid_to = house.today - timedelta(days=1)
    of = {each: db.get_one(Resource, each) for each in {end.resource_id for end in wanted}}
    for end in sorted(wanted.keys() - known.keys()):
        day, reason = wanted[end]
        grants.suppress(
            db, of[end.resource_id], end.record_key, reason=reason, valid_from=day, by=BY, now=house.clock()
        )
    bump(db, "suppressions")
