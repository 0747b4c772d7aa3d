"""Rows at fault that still stand (仍待重报): what an incremental resource was sent wrong and no later delivery put right.

A delivery of rows, not of everything, says nothing of the rows that it does not name. A row at fault stands until an
accepted delivery later in the fold names its key again, right or to delete it; the rows of a returned delivery also
until its period is accepted; a row without a key, which cannot be told again, until the next accepted delivery.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from catalog import exceptions
from catalog.held import DELIVERY, subjects
from catalog.models import Delivery, FindingRow, QualityOrder, QualityOrderStep
from catalog.order_states import LIVING
from catalog.store import Store
from catalog.vocab import DeliveryMode, DeliveryState, Outcome

_GOOD = (DeliveryState.ACCEPTED, DeliveryState.ACCEPTED_IN_PART)
_WRITTEN = (*_GOOD, DeliveryState.RETURNED)


@dataclass(frozen=True, slots=True)
class Checks:
    """Where checks leave their rows, and the secret by which accepted ones are known again."""

    store: Store
    secret: bytes


@dataclass(frozen=True, slots=True)
class Standing:
    """By rule: how many findings still stand of which delivery, by its id; known: the rules whose rows can be told."""

    rows: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    known: frozenset[str] = frozenset()

    def before(self, rule: str, delivery: Delivery) -> int:
        """How many stand from deliveries other than this one."""
        return sum(count for each, count in self.rows.get(rule, {}).items() if each != delivery.id)


NOTHING_STANDS = Standing()


def standing(db: Session, checks: Checks, delivery: Delivery, on: date) -> Standing:
    """What stands for the open orders of the delivery's resource, accepted exceptions of a day left out.

    Nothing for a snapshot, which says everything of every row.
    """
    if delivery.resource.delivery_mode is DeliveryMode.SNAPSHOT:
        return NOTHING_STANDS
    faulty = _faulty(db, QualityOrder.resource_id == delivery.resource_id)
    with exceptions.engine() as engine:
        if not faulty or not _gather(db, engine, checks, delivery.resource_id, faulty, on):
            return NOTHING_STANDS
        known = frozenset(rule for (rule,) in engine.execute("select distinct rule from fault").fetchall())
        return Standing(_counts(engine), known)


def left(
    db: Session, checks: Checks, resource_id: str, faulty: Mapping[str, set[str]], on: date
) -> Mapping[str, Mapping[str, int]]:
    """By rule how many findings of which delivery no later delivery put right; rules whose rows can be told.

    faulty: deliveries with the rules to look at. Accepted exceptions of a day are left out.
    """
    with exceptions.engine() as engine:
        if not _gather(db, engine, checks, resource_id, faulty, on):
            return {}
        told = engine.execute("select distinct rule from fault").fetchall()
        return {rule: {} for (rule,) in told} | _counts(engine)


def of_order(db: Session, checks: Checks, found: QualityOrder, on: date) -> list[tuple[Delivery, int]]:
    """The deliveries whose rows at fault an open order still waits for, each with how many findings, as they came.

    Nothing for a snapshot: what its newest delivery holds is all.
    """
    with exceptions.engine() as engine:
        if not _of_order(db, engine, checks, found, on):
            return []
        counts = _counts(engine).get(found.rule, {})
    rows = [(db.get_one(Delivery, each), count) for each, count in counts.items()]
    return sorted(rows, key=lambda row: (row[0].period, row[0].sequence))


def keep(db: Session, checks: Checks, found: QualityOrder, exception_id: str, on: date) -> Mapping[str, int]:
    """Write down which rows stand for an open order as accepted; how many findings those are, by delivery."""
    with exceptions.engine() as engine:
        if not _of_order(db, engine, checks, found, on):
            return {}
        out = exceptions.file_of(checks.store, exception_id)
        out.parent.mkdir(parents=True, exist_ok=True)
        engine.sql("select rule, item, identity from standing").write_parquet(str(out))
        return _counts(engine).get(found.rule, {})


def _of_order(db: Session, engine: duckdb.DuckDBPyConnection, checks: Checks, found: QualityOrder, on: date) -> bool:
    """Table `standing` of one order; False where its rows cannot be told."""
    if found.resource.delivery_mode is DeliveryMode.SNAPSHOT or found.state not in LIVING or found.unit:
        return False
    faulty = _faulty(db, QualityOrder.id == found.id)
    return bool(faulty) and _gather(db, engine, checks, found.resource_id, faulty, on)


def _faulty(db: Session, *where: ColumnElement[bool]) -> dict[str, set[str]]:
    """The deliveries in which open orders have findings since they opened, each with the rules of those orders."""
    opened = select(QualityOrderStep.delivery_id).where(
        QualityOrderStep.order_id == QualityOrder.id, QualityOrderStep.opened_at == QualityOrder.opened_at
    )
    # a delivery that was held opens its order later than it was settled
    since = or_(Delivery.settled_at >= QualityOrder.opened_at, Delivery.id.in_(opened))
    query = select(Delivery.id, FindingRow.rule).join(FindingRow, FindingRow.delivery_id == Delivery.id)
    query = query.join(
        QualityOrder, (QualityOrder.resource_id == Delivery.resource_id) & (QualityOrder.rule == FindingRow.rule)
    )
    query = query.where(*where, QualityOrder.unit == "", QualityOrder.state.in_(LIVING), since)
    query = query.where(FindingRow.outcome != Outcome.NORMALISE, Delivery.state.in_(_WRITTEN), _is_not_held())
    found: dict[str, set[str]] = {}
    for delivery_id, rule in db.execute(query.distinct()):
        found.setdefault(delivery_id, set()).add(rule)
    return found


def _is_not_held() -> ColumnElement[bool]:
    return Delivery.id.not_in(subjects(DELIVERY))


def _gather(
    db: Session,
    engine: duckdb.DuckDBPyConnection,
    checks: Checks,
    resource_id: str,
    faulty: Mapping[str, set[str]],
    on: date,
) -> bool:
    """Tables `fault` and `standing` (rule, item, identity, delivery); False when no check has left its rows."""
    written = _written(db, resource_id)
    places = {each.id: place for place, each in enumerate(written)}
    ours = [each for each in written if each.id in faulty and _folder(checks, each, exceptions.FINDINGS).exists()]
    if not ours:
        return False
    _tell_deliveries(engine, written)
    engine.execute("create temp table fault (rule varchar, item varchar, identity varchar, _key varchar, place int)")
    for each in ours:
        _add_faults(engine, checks, each, places[each.id], faulty[each.id])
    engine.execute("create temp table named (_key varchar, place int)")
    for each in written[places[ours[0].id] + 1 :]:
        if each.state in _GOOD:
            _add_named(engine, checks, each, places[each.id])
    _add_accepted(engine, db, checks, resource_id, on)
    engine.execute(_STANDING)
    return True


def _written(db: Session, resource_id: str) -> Sequence[Delivery]:
    """The deliveries that left rows, in the order of the fold."""
    query = select(Delivery).where(Delivery.resource_id == resource_id, Delivery.state.in_(_WRITTEN), _is_not_held())
    query = query.where(Delivery.is_zero_report.is_(False))
    return db.scalars(query.order_by(Delivery.period, Delivery.sequence)).all()


def _folder(checks: Checks, delivery: Delivery, name: str) -> Path:
    return checks.store.checked(delivery.id) / name


def _tell_deliveries(engine: duckdb.DuckDBPyConnection, written: Sequence[Delivery]) -> None:
    engine.execute("create temp table delivery (place int, id varchar, period varchar, is_good boolean)")
    rows = [[place, each.id, each.period, each.state in _GOOD] for place, each in enumerate(written)]
    engine.executemany("insert into delivery values (?, ?, ?, ?)", rows)


def _add_faults(
    engine: duckdb.DuckDBPyConnection, checks: Checks, delivery: Delivery, place: int, rules: set[str]
) -> None:
    exceptions.identify(engine, checks.store.checked(delivery.id), checks.secret)
    query = "insert into fault select rule, item, identity, _key, ? from identified where list_contains(?, rule)"
    engine.execute(query, [place, sorted(rules)])


def _add_named(engine: duckdb.DuckDBPyConnection, checks: Checks, delivery: Delivery, place: int) -> None:
    """The keys at fault that an accepted delivery names."""
    files = [path for name in exceptions.ROWS if (path := _folder(checks, delivery, name)).exists()]
    if files:
        query = """insert into named
            select distinct _key, ? from read_parquet(?, union_by_name = true) semi join fault using (_key)"""
        engine.execute(query, [place, [str(path) for path in files]])


def _add_accepted(engine: duckdb.DuckDBPyConnection, db: Session, checks: Checks, resource_id: str, on: date) -> None:
    """Table `accepted`: what exceptions in force accept."""
    engine.execute("create temp table accepted (rule varchar, item varchar, identity varchar)")
    for path in exceptions.files(db, checks.store, resource_id, on):
        engine.execute("insert into accepted select rule, item, identity from read_parquet(?)", [path])


_STANDING = """create temp table standing as
    select f.rule, f.item, f.identity, d.id as delivery from fault f join delivery d using (place)
    where not exists (select 1 from named n where n._key = f._key and n.place > f.place)
        and not exists (
            select 1 from delivery later where later.is_good and later.place > f.place
                and (f._key is null or not d.is_good and later.period = d.period))
        and not exists (
            select 1 from accepted a where a.rule = f.rule and a.item = f.item and a.identity = f.identity)"""


def _counts(engine: duckdb.DuckDBPyConnection) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    query = "select rule, delivery, count(*) from standing group by all order by all"
    for rule, delivery_id, count in engine.execute(query).fetchall():
        found.setdefault(rule, {})[delivery_id] = count
    return found
