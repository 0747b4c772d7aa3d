"""What a build found, row by row, and which of it accepted exceptions cover.

A release's file of findings names rows by delivery and number; the check of the delivery left the row's key. As in
deliveries, a row is known again at the next build by a digest of its key, here with the department that must act.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path

import duckdb
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from catalog import departments, exceptions
from catalog.faults import AUTHORITY_RULES
from catalog.models import FindingRow, QualityOrder
from catalog.standing import Checks
from catalog.store import Store
from catalog.vocab import Dimension

# rule, slug of the resource, item, slugs of the department that must act and of the other one
_Key = tuple[str, str, str, str, str]


def file_of(store: Store, unit: str, release_id: str) -> Path:
    """Where the findings of a release of a base lie."""
    return store.findings / unit / f"{release_id}.parquet"


def accept(db: Session, checks: Checks, unit: str, release_id: str, on: date) -> None:
    """Count in the findings of a release what exceptions in force on a day accept; everything else counts as fault."""
    rows = db.scalars(select(FindingRow).where(*_of(release_id))).all()
    covered = _covered(db, checks, unit, release_id, rows, on)
    for row in rows:
        key = _key(row)
        row.accepted = min(row.count, covered.get(key, 0))
        covered[key] = covered.get(key, 0) - row.accepted
    db.flush()


def keep(db: Session, checks: Checks, found: QualityOrder, exception_id: str) -> int:
    """Write down which rows of the newest build an order of a base is about; how many findings that is.

    0 where their keys are not known any more: such rows cannot be told again.
    """
    file = file_of(checks.store, found.unit, found.release_id or "")
    if not file.exists():
        return 0
    wanted = "" if found.rule in AUTHORITY_RULES else found.department.slug
    out = exceptions.file_of(checks.store, exception_id)
    out.parent.mkdir(parents=True, exist_ok=True)
    with exceptions.engine() as duck:
        _identify(duck, checks, file, {found.resource.slug})
        query = (
            "create temp table kept as select rule, item, identity from built where rule = ? and ? in ('', department)"
        )
        duck.execute(query, [found.rule, wanted])
        duck.table("kept").write_parquet(str(out))
        counted = duck.execute("select count(identity) from kept").fetchall()
    return int(counted[0][0])


def wrong_rows(db: Session, checks: Checks, unit: str, release_id: str, on: date) -> dict[Dimension, int] | None:
    """Rows that a build found wrong, by dimension, each counted once however many findings it has.

    Rows that exceptions in force accept are left out. None where the build has left no file of findings.
    """
    file, rows = file_of(checks.store, unit, release_id), db.scalars(select(FindingRow).where(*_of(release_id))).all()
    if not file.exists():
        return None
    with exceptions.engine() as duck:
        _accept(duck, checks, file, _files(db, checks, rows, on))
        duck.execute("create temp table kind (rule varchar, dimension varchar)")
        for rule, dimension in {(row.rule, row.dimension) for row in rows}:
            duck.execute("insert into kind values (?, ?)", [rule, dimension])
        counted = duck.execute(_WRONG).fetchall()
    return {Dimension(name): int(count) for name, count in counted}


_WRONG = """select dimension, count(distinct (resource, delivery_id, row)) from built join kind using (rule)
    where not is_accepted group by dimension"""


def _of(release_id: str) -> tuple[ColumnElement[bool], ...]:
    return FindingRow.release_id == release_id, FindingRow.delivery_id.is_(None)


def _key(row: FindingRow) -> _Key:
    return row.rule, row.resource.slug, row.item, row.department.slug, row.other.slug if row.other else ""


def _covered(
    db: Session, checks: Checks, unit: str, release_id: str, rows: Collection[FindingRow], on: date
) -> dict[_Key, int]:
    """How many findings exceptions accept, by what makes a finding of the register."""
    file, accepted = file_of(checks.store, unit, release_id), _files(db, checks, rows, on)
    if not file.exists() or not accepted:
        return {}
    owner = departments.authority(db).slug
    with exceptions.engine() as duck:
        _accept(duck, checks, file, accepted)
        query = """select rule, resource, item, case when list_contains(?, rule) then ? else department end,
            coalesce(other, ''), count(*) from built where is_accepted group by all"""
        found = duck.execute(query, [list(AUTHORITY_RULES), owner]).fetchall()
    return {(rule, resource, item, department, other): n for rule, resource, item, department, other, n in found}


def _files(db: Session, checks: Checks, rows: Collection[FindingRow], on: date) -> dict[str, list[str]]:
    """By slug of the resource the files of exceptions in force on a day that concern findings of these rules."""
    rules, found = {row.rule for row in rows}, {}
    for resource in {row.resource for row in rows}:
        named = [each.id for each in exceptions.in_force(db, resource.id, on) if each.rule in rules]
        paths = [path for each in named if (path := exceptions.file_of(checks.store, each)).exists()]
        if paths:
            found[resource.slug] = [str(path) for path in paths]
    return found


def _accept(duck: duckdb.DuckDBPyConnection, checks: Checks, file: Path, accepted: Mapping[str, list[str]]) -> None:
    """Table `built`, with `is_accepted` for what the files of the resources name."""
    _identify(duck, checks, file, set(accepted))
    for slug, paths in accepted.items():
        duck.execute(_ACCEPT, [paths, slug])


_ACCEPT = """update built set is_accepted = true from (select distinct rule, item, identity from read_parquet($1)) e
    where built.resource = $2 and built.rule = e.rule and built.item = e.item and built.identity = e.identity"""


def _identify(duck: duckdb.DuckDBPyConnection, checks: Checks, file: Path, slugs: set[str]) -> None:
    """Table `built`: every finding, those of rows of the named resources with their identity."""
    duck.execute("create temp table found as from read_parquet($1)", [str(file)])
    duck.execute("create temp table row_key (delivery_id varchar, row bigint, _key varchar)")
    query = "select distinct delivery_id from found where list_contains($1, resource) and delivery_id is not null"
    for (delivery_id,) in duck.execute(query, [sorted(slugs)]).fetchall():
        folder = checks.store.checked(delivery_id)
        paths = [str(path) for name in exceptions.ROWS if (path := folder / name).exists()]
        if paths:
            duck.execute(_KEYS, [delivery_id, paths])
    duck.execute(_BUILT, [checks.secret.hex()])


_KEYS = """insert into row_key select $1, _row, _key from read_parquet($2, union_by_name = true)
    where _row in (select row from found where delivery_id = $1)"""

_BUILT = """create temp table built as
    select f.*, left(sha256($1 || f.rule || '@' || f.department || '|' || k._key), 40) as identity,
        false as is_accepted
    from found f left join row_key k using (delivery_id, row)"""
