"""Quality orders (整改通知单): opened by findings, closed by what passes, opened again when the fault comes back.

One order per rule, resource and responsible department, whatever the rows. Source: 市办法第三十四条
(谁采集谁负责、谁校核谁负责); the term is the dated rule `correct`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload

from catalog.deadlines import due_of
from catalog.errors import Conflict
from catalog.faults import AUTHORITY_RULES, LATE, NOT_OF_ROWS, Fault, Key, fault_of, faults, others
from catalog.models import Correction, Delivery, Department, FindingRow, QualityOrder
from catalog.notices import tell
from catalog.order_states import ACCEPTED, CLOSED, LIVING, OPEN, PASSED, note, take, term
from catalog.standing import Checks, Standing, standing
from catalog.standing import left as standing_rows
from catalog.vocab import DeliveryMode, DeliveryState

SYSTEM = "system"
_GOOD = (DeliveryState.ACCEPTED, DeliveryState.ACCEPTED_IN_PART)


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a resource or base: when, and of which delivery, release or period."""

    now: datetime
    zone: ZoneInfo
    unit: str = ""
    delivery_id: str | None = None
    release_id: str | None = None
    period: str = ""

    @property
    def origin(self) -> dict[str, Any]:
        return {
            "unit": self.unit,
            "delivery_id": self.delivery_id,
            "release_id": self.release_id,
            "period": self.period,
        }


def follow_delivery(db: Session, delivery: Delivery, checks: Checks, *, now: datetime, zone: ZoneInfo) -> None:
    """Open, renew and close the orders of a resource as its newly checked delivery says.

    A snapshot that a later one has replaced says nothing any more; only what was accepted can pass, and a zero report,
    which leaves every row as it was, passes nothing. Of an incremental resource, rows at fault that came before and
    were not put right keep their order open.
    """
    db.flush()
    look = Look(now, zone, delivery_id=delivery.id, period=delivery.period)
    if delivery.state in _GOOD:
        _close_late(db, delivery, look)
    is_newest = _is_newest(db, delivery)
    if not is_newest and delivery.resource.delivery_mode is DeliveryMode.SNAPSHOT:
        return
    before = standing(db, checks, delivery, now.astimezone(zone).date())
    current = faults(db, FindingRow.delivery_id == delivery.id)
    if not is_newest:
        current = _still_wrong(db, checks, delivery, current, look)
    known = _known(db, QualityOrder.resource_id == delivery.resource_id)
    for fault in current:
        _follow(db, fault, known.get(fault.key), look, before.before(fault.rule, delivery))
    if delivery.state in _GOOD and not delivery.is_zero_report:
        found = {fault.key for fault in current}
        absent = [o for key, o in known.items() if key not in found and o.unit == "" and o.rule not in NOT_OF_ROWS]
        _pass(db, [o for o in absent if is_newest or o.rule in before.known], before, look)


def _still_wrong(db: Session, checks: Checks, delivery: Delivery, current: Sequence[Fault], look: Look) -> list[Fault]:
    """The faults of a delivery that came after later ones, without the rows that those have right."""
    faulty = {delivery.id: {fault.rule for fault in current}}
    left = standing_rows(db, checks, delivery.resource_id, faulty, look.now.astimezone(look.zone).date())
    stays = [fault for fault in current if fault.rule not in left]
    counts = {fault.rule: sum(left[fault.rule].values()) for fault in current if fault.rule in left}
    told = [replace(f, count=f.accepted + counts[f.rule]) for f in current if counts.get(f.rule)]
    return sorted([*stays, *told], key=lambda fault: fault.key)


def _pass(db: Session, absent: Sequence[QualityOrder], before: Standing, look: Look) -> None:
    """Close the orders of rules that a delivery does not break, but for those whose rows still stand."""
    _close_passed(db, [each for each in absent if not before.rows.get(each.rule)], look)
    for each in absent:
        if stays := before.rows.get(each.rule):
            _stay(each, stays, look.now)


def _stay(found: QualityOrder, stays: Mapping[str, int], now: datetime) -> None:
    """Keep an order to the rows that still stand; its origin is the newest delivery that brought such rows."""
    count = sum(stays.values())
    if found.state in LIVING and found.count != count:
        found.count = count
        note(found, "waiting", by=SYSTEM, now=now)


def follow_build(db: Session, unit: str, release_id: str, *, now: datetime, zone: ZoneInfo) -> None:
    """Open, renew and close the orders of a base as its newly published build says."""
    db.flush()
    look = Look(now, zone, unit=unit, release_id=release_id)
    current = faults(db, FindingRow.release_id == release_id, FindingRow.delivery_id.is_(None))
    concerned = {fault.resource_id for fault in current}
    known = _known(db, or_(QualityOrder.unit == unit, QualityOrder.resource_id.in_(concerned)))
    for fault in current:
        _follow(db, fault, known.get(fault.key), look)
    found = {fault.key for fault in current}
    passed = [o for key, o in known.items() if key not in found and o.unit == unit and not _is_disputed(db, o)]
    _close_passed(db, passed, look)


def _is_disputed(db: Session, found: QualityOrder) -> bool:
    """Whether somebody waits for the answer to a dispute about what the authority did; that answer ends the order."""
    if found.rule not in AUTHORITY_RULES:
        return False
    handed_on = (Correction.resource_id == found.resource_id, Correction.fault != "")
    asked = select(Correction.id).where(*handed_on, Correction.state == "asked")
    return db.scalar(asked.limit(1)) is not None


def follow_late(db: Session, row: FindingRow, *, now: datetime, zone: ZoneInfo) -> None:
    """Open the order for a delivery that did not come; a delivery of the period or a later one closes it."""
    look = Look(now, zone, period=row.period)
    open_fault(db, fault_of(row), look)


def open_fault(db: Session, fault: Fault, look: Look) -> QualityOrder:
    """The order for a fault, opened now, opened again, or as it stands."""
    db.flush()
    where = (QualityOrder.resource_id == fault.resource_id, QualityOrder.rule == fault.rule)
    _follow(db, fault, _known(db, *where).get(fault.key), look)
    return _known(db, *where)[fault.key]


def _is_newest(db: Session, delivery: Delivery) -> bool:
    """Whether no later delivery of rows has been accepted for the resource."""
    later = (Delivery.period > delivery.period) | (
        (Delivery.period == delivery.period) & (Delivery.sequence > delivery.sequence)
    )
    rows = (Delivery.resource_id == delivery.resource_id, Delivery.is_zero_report.is_(False))
    query = select(Delivery.id).where(*rows, later)
    return db.scalar(query.where(Delivery.state.in_(_GOOD)).limit(1)) is None


def _known(db: Session, *where: ColumnElement[bool]) -> dict[Key, QualityOrder]:
    found = db.scalars(select(QualityOrder).where(*where).options(joinedload(QualityOrder.resource)))
    return {(each.rule, each.resource_id, each.department_id): each for each in found}


def _follow(db: Session, fault: Fault, known: QualityOrder | None, look: Look, before: int = 0) -> None:
    """What a fault makes of its order; one whose rows are all accepted exceptions opens nothing.

    before: how many findings stand from earlier deliveries.
    """
    waiting = int(fault.count - fault.accepted) + before
    if known is None:
        if waiting:
            _open(db, fault, waiting, look)
    elif not waiting:
        _close(db, known, ACCEPTED, look.origin, look.now)
    elif known.state == CLOSED:
        _reopen(db, known, fault, waiting, look)
    else:
        _renew(known, fault, waiting, look)


def _open(db: Session, fault: Fault, count: int, look: Look) -> None:
    facts = {name: getattr(fault, name) for name in ("rule", "resource_id", "department_id", "dimension", "side")}
    found = QualityOrder(
        **facts,
        state=OPEN,
        count=count,
        message=fault.message,
        remedy=fault.remedy,
        **look.origin,
        **term(db, look.now, look.zone),
    )
    db.add(found)
    db.flush()
    note(found, "opened", by=SYSTEM, now=look.now)
    _tell(db, found, "order_opened", f"「{found.resource.name}」有质量问题需整改：{fault.message}", look.now, look.zone)
    _tell_others(db, found, look.now)


def _reopen(db: Session, found: QualityOrder, fault: Fault, count: int, look: Look) -> None:
    values = {"count": count, "times": QualityOrder.times + 1, **_told(fault), **look.origin}
    if take(db, found, OPEN, out_of=(CLOSED,), **values, **term(db, look.now, look.zone)):
        note(found, "reopened", by=SYSTEM, now=look.now)
        text = f"「{found.resource.name}」的质量问题再次出现，重新整改：{fault.message}"
        _tell(db, found, "order_reopened", text, look.now, look.zone)
        _tell_others(db, found, look.now)


def _renew(found: QualityOrder, fault: Fault, count: int, look: Look) -> None:
    """Keep an order that is still open to what was found last."""
    for name, value in {"count": count, **_told(fault), **look.origin}.items():
        setattr(found, name, value)


def _told(fault: Fault) -> dict[str, Any]:
    return {"message": fault.message, "remedy": fault.remedy, "dimension": fault.dimension, "side": fault.side}


def _close_passed(db: Session, orders: Sequence[QualityOrder], look: Look) -> None:
    for each in orders:
        _close(db, each, PASSED, look.origin, look.now)


def _close_late(db: Session, delivery: Delivery, look: Look) -> None:
    late = (QualityOrder.rule == LATE, QualityOrder.resource_id == delivery.resource_id)
    _close_passed(db, list(_known(db, *late, QualityOrder.period <= delivery.period).values()), look)


def _close(db: Session, found: QualityOrder, how: str, origin: dict[str, Any], now: datetime) -> None:
    """End an order that is open; what is closed stays as it was."""
    values = {**origin, "unit": found.unit, "closed_at": now, "closed_how": how, "count": 0}
    told = _others(db, found)
    if take(db, found, CLOSED, out_of=LIVING, **values):
        for each in found.explanations:
            if each.outcome is None:
                each.outcome, each.decided_at = "lapsed", now
        note(found, "closed", by=SYSTEM, now=now)
        text = f"「{found.resource.name}」的整改通知单已销号：{found.message}"
        _tell(db, found, "order_closed", text, now)
        for other in told:
            tell(db, other.id, "order_closed", found.id, text, now=now)


def end_fault(db: Session, found: QualityOrder, *, now: datetime) -> None:
    """Close an order whose fault was mended otherwise than by a delivery or a build that passes."""
    _close(db, found, PASSED, {"unit": found.unit}, now)


def _tell_others(db: Session, found: QualityOrder, now: datetime) -> None:
    """Tell the other side of a disagreement that the responsible department was asked to settle it."""
    for each in _others(db, found):
        text = f"「{found.resource.name}」的数据与其他部门不一致，已请{found.department.name}核实：{found.message}"
        tell(db, each.id, "order_told", found.id, text, now=now)


def _others(db: Session, found: QualityOrder) -> Sequence[Department]:
    return others(db, found.rule, found.resource_id, found.department_id, found.release_id) if found.unit else ()


def _tell(db: Session, found: QualityOrder, kind: str, text: str, now: datetime, zone: ZoneInfo | None = None) -> None:
    """Tell the department; with the last day of the term where the zone is given."""
    tell(db, found.department_id, kind, found.id, text, due_of(found, zone) if zone else None, now=now)


def remind(db: Session, found: QualityOrder, *, by: str, now: datetime, zone: ZoneInfo) -> None:
    """Remind the department of an open order (催办); raises Conflict when nothing is to be mended."""
    if found.state != OPEN:
        raise Conflict("整改通知单不在整改环节", remedy="刷新后查看", order=found.id)
    note(found, "reminded", by=by, now=now)
    _tell(db, found, "order_reminder", f"催办：请整改「{found.resource.name}」的质量问题：{found.message}", now, zone)
    db.flush()
