"""Exceptions whose last day is over (例外到期): what is still served with their rows is judged again.

Nobody need deliver or build for it: the verdict of what is served counts the rows as wrong from then on, and the order
opens again where such rows still stand. Deliveries that later ones replaced keep the verdict that they had.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from catalog import build_findings, explanations, quality_orders, standing
from catalog.errors import NoRelease, ReleaseExpired
from catalog.faults import faults
from catalog.models import AcceptedException, Delivery, FindingRow, QualityOrder
from catalog.quality_orders import Look
from catalog.releases import in_force
from catalog.standing import Checks
from catalog.vocab import DeliveryMode, DeliveryState


def end(db: Session, checks: Checks, *, now: datetime, zone: ZoneInfo) -> int:
    """Judge again what the exceptions that ended before today covered; how many have ended since the last look."""
    today, table = now.astimezone(zone).date(), AcceptedException
    query = select(table).where(table.valid_to < today, table.ended_at.is_(None)).order_by(table.valid_to, table.id)
    found = [each for each in db.scalars(query).all() if _take(db, each, now)]
    for each in found:
        order = each.explanation.order
        if order.unit:
            _build(db, checks, order, today, Look(now, zone, unit=order.unit))
        else:
            _deliveries(db, checks, order, today, Look(now, zone))
    db.flush()
    return len(found)


def _take(db: Session, each: AcceptedException, now: datetime) -> bool:
    """Of two who look at once, one gets it."""
    mine = update(AcceptedException).where(AcceptedException.id == each.id, AcceptedException.ended_at.is_(None))
    won = db.execute(mine.values(ended_at=now).execution_options(synchronize_session=False)).rowcount  # type: ignore[attr-defined]
    db.refresh(each)
    return bool(won)


def _build(db: Session, checks: Checks, order: QualityOrder, today: date, look: Look) -> None:
    """What the release in force of a base was found with."""
    try:
        release_id = in_force(db, order.unit).release_id
    except (NoRelease, ReleaseExpired):
        return
    build_findings.accept(db, checks, order.unit, release_id, today)
    of_order = (FindingRow.rule == order.rule, FindingRow.resource_id == order.resource_id)
    for fault in faults(db, FindingRow.release_id == release_id, FindingRow.delivery_id.is_(None), *of_order):
        if fault.department_id == order.department_id:
            quality_orders.open_fault(db, fault, replace(look, release_id=release_id))


def _deliveries(db: Session, checks: Checks, order: QualityOrder, today: date, look: Look) -> None:
    """What the deliveries that make up the resource's state were found with."""
    found = _found_with(db, order)
    is_snapshot = order.resource.delivery_mode is DeliveryMode.SNAPSHOT
    faulty = {} if is_snapshot else {each.id: {order.rule} for each in found}
    left = standing.left(db, checks, order.resource_id, faulty, today).get(order.rule)
    wrong = found[-1:] if left is None else [each for each in found if each.id in left]
    for each in wrong:
        explanations.judge_again(db, checks, each, order.rule, today)
        look = replace(look, delivery_id=each.id, period=each.period)
    for fault in faults(db, FindingRow.rule == order.rule, FindingRow.delivery_id == look.delivery_id):
        told = fault if left is None else replace(fault, count=sum(left.values()), accepted=0)
        quality_orders.open_fault(db, told, look)


def _found_with(db: Session, order: QualityOrder) -> Sequence[Delivery]:
    """Deliveries with findings of the order's rule, in the order of the fold; of a snapshot the newest, where it has any."""
    query = select(Delivery).where(Delivery.resource_id == order.resource_id, Delivery.is_zero_report.is_(False))
    if order.resource.delivery_mode is DeliveryMode.SNAPSHOT:
        query = query.where(Delivery.state.in_((DeliveryState.ACCEPTED, DeliveryState.ACCEPTED_IN_PART)))
        newest = db.scalar(query.order_by(Delivery.period.desc(), Delivery.sequence.desc()).limit(1))
        return [newest] if newest and any(row.rule == order.rule for row in newest.findings) else []
    rule = select(FindingRow.delivery_id).where(FindingRow.rule == order.rule)
    return db.scalars(query.where(Delivery.id.in_(rule)).order_by(Delivery.period, Delivery.sequence)).all()
