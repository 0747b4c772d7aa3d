"""What a repair or the end of a period takes off every release: a new release of credit enters it as suppressions.

The rows of the department that delivered the record go with the base's own, whatever the release: they are found by
the number of the document. A repair taken back ends its suppression; what people ordered is never touched.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
ROLES = {"penalty": ("penalty",), "credit_list_entry": ("abnormal_list", "serious_list")}
# a term that a department delivered longer than the rule lets is cut, too
_ENDED = {
    "penalty": """select record_key, document_no, record_source, coalesce(repaired_date, visible_until + 1),
        case when repaired_date is not null then '信用修复' else '公示期满' end
        from {file} where repaired_date is not null or visible_until < coalesce(publish_until, date '9999-12-31')""",
    "credit_list_entry": """select record_key, entry_no, record_source, visible_until + 1,
        case exit_kind when 'repaired' then '信用修复' when 'removed' then '移出名单' else '公示期满' end
        from {file} where visible_until < coalesce(publish_until, date '9999-12-31')""",
}


class End(NamedTuple):
    """A record that no door shows from a day on."""

    resource_id: str
    record_key: str


Wanted = Mapping[End, tuple[date, str]]


def withhold(house: House, unit: str, release_id: str) -> int:
    """Bring the suppressions in line with a release of credit; how many records are withheld by it."""
    if unit != Base.CREDIT:
        return 0
    with house.transaction() as db, connect.connect(house.engine) as connection:
        wanted = dict(_wanted(house, db, connection, house.store.release(unit, release_id)))
        _follow(house, db, wanted)
    return len(wanted)


def _wanted(
    house: House, db: Session, connection: duckdb.DuckDBPyConnection, release: Path
) -> Iterator[tuple[End, tuple[date, str]]]:
    facts, filling = manifest.read(release), resources.inputs_of(db, Base.CREDIT)
    tables = {r.table_name: r for r in resources.base_tables(db, Base.CREDIT)}
    for table, roles in ROLES.items():
        natural, _ = NAMED[table]
        query = _ENDED[table].format(file=_file(release, table))
        connection.execute(f"create or replace temp table ended(key, number, code, day, reason) as {query}")
        own = {r.slug: r for role in roles for r in filling.get(role, ())}
        found = [(tables[table], "select key, day, reason from ended")] if table in tables else []
        for source in facts["sources"]:
            folder = house.store.release(source["resource"], source["release_id"])
            if source["resource"] in own and (folder / manifest.FILE).exists():
                rows = f"{_file(folder, source['resource'])} r on r.{name(natural)} = e.number"
                query = f"select r.record_key, e.day, e.reason from ended e join {rows} where e.code = {int(source['code'])}"
                found.append((own[source["resource"]], query))
        for resource, query in found:
            for key, day, reason in connection.execute(query).fetchall():
                yield End(resource.id, key), (day, reason)


def _file(release: Path, table: str) -> str:
    return f"read_parquet({literal(str(release / manifest.read(release)['tables'][table]['file']))})"


def _follow(house: House, db: Session, wanted: Wanted) -> None:
    """Enter what is new, date what changed, end what no longer holds."""
    living = select(Suppression).where(Suppression.ordered_by == BY, Suppression.valid_to.is_(None))
    known = {End(each.resource_id, each.record_key): each for each in db.scalars(living)}
    for end, held in known.items():
        if end not in wanted:
            held.valid_to = house.today - timedelta(days=1)
        else:
            held.valid_from, held.reason = wanted[end]
    of = {each: db.get_one(Resource, each) for each in {end.resource_id for end in wanted}}
    for end in sorted(wanted.keys() - known.keys()):
        day, reason = wanted[end]
        grants.suppress(
            db, of[end.resource_id], end.record_key, reason=reason, valid_from=day, by=BY, now=house.clock()
        )
    bump(db, "suppressions")
