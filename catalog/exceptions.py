"""Accepted exceptions (例外): which rows an approved explanation accepts, found again in later deliveries.

A file of the home, `exceptions/<id>.parquet`, holds (rule, item, identity); identity is a digest of the row's key
under the platform's secret, so that neither file nor register tells whose row it is. A row without a key has none, and
is accepted in its own delivery only. A file for itself, because the rows of an exception may be very many.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.models import AcceptedException, Delivery
from catalog.store import Store


@dataclass(frozen=True, slots=True)
class Accepted:
    """What of a delivery exceptions cover: findings by (rule, item), and bad rows that nothing else is wrong with."""

    findings: Mapping[tuple[str, str], int] = field(default_factory=dict)
    rows: int = 0


NOTHING_ACCEPTED = Accepted()
# what a check leaves
ROWS, FINDINGS = ("good.parquet", "bad.parquet"), "findings.parquet"


def file_of(store: Store, exception_id: str) -> Path:
    """Where the identities of an exception lie."""
    return store.exceptions / f"{exception_id}.parquet"


def is_whole(path: Path) -> bool:
    """Whether a file can be read as the Parquet file that it was."""
    with engine() as duck:
        try:
            duck.execute("select count(*) from parquet_metadata(?)", [str(path)])
        except duckdb.Error:
            return False
    return True


def in_force(db: Session, resource_id: str, on: date) -> Sequence[AcceptedException]:
    """The exceptions of a resource that hold on a day, the oldest first."""
    table = AcceptedException
    query = select(table).where(table.resource_id == resource_id, table.valid_from <= on, table.valid_to >= on)
    return db.scalars(query.order_by(table.valid_from, table.id)).all()


def files(db: Session, store: Store, resource_id: str, on: date) -> list[str]:
    """The files of the exceptions in force on a day; one that names no rows has none."""
    found = (file_of(store, each.id) for each in in_force(db, resource_id, on))
    return [str(path) for path in found if path.exists()]


def keep(store: Store, delivery: Delivery, rule: str, exception_id: str, secret: bytes) -> int:
    """Write down which rows of a delivery break a rule; how many findings that is.

    0 where the check left no file of findings: then the rows cannot be told apart.
    """
    folder = store.checked(delivery.id)
    if not (folder / FINDINGS).exists():
        return 0
    store.exceptions.mkdir(parents=True, exist_ok=True)
    out = file_of(store, exception_id)
    with engine() as duck:
        identify(duck, folder, secret)
        duck.execute("create temp table kept as select rule, item, identity from identified where rule = ?", [rule])
        duck.table("kept").write_parquet(str(out))
        found = duck.execute("select count(*) from kept").fetchall()
    return int(found[0][0])


def covered(db: Session, store: Store, delivery: Delivery, secret: bytes, on: date) -> Accepted:
    """What exceptions in force cover of a delivery that was just checked."""
    folder = store.checked(delivery.id)
    accepted = files(db, store, delivery.resource_id, on)
    if not accepted or not (folder / FINDINGS).exists():
        return NOTHING_ACCEPTED
    with engine() as duck:
        identify(duck, folder, secret)
        duck.execute(COVERED, [accepted])
        findings = duck.execute("select rule, item, count(*) from covered group by all").fetchall()
        rows = duck.execute(_ROWS, [str(folder / "bad.parquet")]).fetchall()
    return Accepted({(rule, item): count for rule, item, count in findings}, int(rows[0][0]))


def engine() -> duckdb.DuckDBPyConnection:
    """DuckDB for a few files, to be closed by who asked."""
    found = duckdb.connect(config={"threads": 1})
    found.execute("set TimeZone = 'UTC'")
    return found


def identify(duck: duckdb.DuckDBPyConnection, folder: Path, secret: bytes) -> None:
    """A table `identified`: (rule, item, row, _key, identity) of every finding of a check."""
    duck.execute(
        """create or replace temp table identified as
        with keys as (select _row as row, _key from read_parquet($1, union_by_name = true))
        select f.rule, coalesce(f.item, '') as item, f.row, k._key,
            left(sha256($2 || f.rule || '|' || k._key), 40) as identity
        from read_parquet($3) f left join keys k on k.row = f.row""",
        [[str(folder / name) for name in ROWS], secret.hex(), str(folder / FINDINGS)],
    )


# what exceptions in force accept of `identified`; takes the list of their files
COVERED = """create temp table covered as
    select i.rule, i.item, i.row from identified i
    semi join read_parquet($1) e on e.rule = i.rule and e.item = i.item and e.identity = i.identity"""

# a bad row is covered when each blocking rule that it breaks is, on every item
_ROWS = """with blocking as (
        select i.rule, i.item, i.row from identified i
        join (select _row, unnest(_rules) as rule from read_parquet($1)) b on b._row = i.row and b.rule = i.rule)
    select count(*) from (
        select b.row from blocking b left join covered c using (rule, item, row)
        group by b.row having count(*) = count(c.rule))"""
