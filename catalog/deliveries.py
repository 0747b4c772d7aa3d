"""Deliveries: received, settled, confirmed, and folded into what holds now."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog import quality_orders, verdicts, wrong_rows
from catalog.calendar import check_period, period_of
from catalog.errors import Conflict, Invalid, NotAllowed, NotFound
from catalog.exceptions import NOTHING_ACCEPTED, Accepted
from catalog.faults import CHECK_FAILED
from catalog.held import BYTES, DELIVERY, is_erased, is_held, subjects
from catalog.models import Delivery, FindingRow, Resource
from catalog.standing import Checks
from catalog.store import Store
from catalog.vocab import Channel, DeliveryState, Finding, Report, ResourceState

SETTLED_GOOD = (DeliveryState.ACCEPTED, DeliveryState.ACCEPTED_IN_PART)


def receive(
    db: Session,
    store: Store,
    *,
    resource: Resource,
    source: Path,
    filename: str,
    period: str | None,
    sequence: int | None = None,
    channel: Channel,
    delivered_by: str,
    is_zero_report: bool = False,
    secrecy_reviewer: str = "",
    must_name_reviewer: bool = False,
    now: datetime,
    today: date,
) -> Delivery:
    """The delivery row of these bytes: a new one, or the latest when this is its repeat.

    A repeat has the digest, resource and period of the resource's latest delivery. must_name_reviewer: a delivery
    by the interface names who reviewed it for secrets; other ways in stand on the resource's named reviewer.
    Raises NotAllowed for a resource that is not published or not delivered, Conflict for a sequence that is taken
    and for bytes of a spill.
    """
    if resource.state is not ResourceState.PUBLISHED or resource.is_base_table:
        raise NotAllowed(f"「{resource.name}」现在不接收数据报送", remedy="目录发布后再报送", resource=resource.slug)
    period = check_period(resource.update_cycle, period) if period else period_of(resource.update_cycle, today)
    reviewer = _reviewer(resource, channel, secrecy_reviewer, must_name_reviewer)
    with open(source, "rb", opener=_open_itself) as file:
        digest, size = store.keep(file)
    if is_held(db, BYTES, digest):
        _refuse_spilled(db, store, digest)
    latest = _latest(db, resource, period)
    if latest is not None and _is_repeat(latest, digest, sequence):
        return latest
    delivery = Delivery(
        resource=resource,
        period=period,
        sequence=_free_sequence(db, resource, period, sequence, latest),
        digest=digest,
        filename=filename,
        size=size,
        channel=channel,
        delivered_by=delivered_by,
        secrecy_reviewer=reviewer,
        is_zero_report=is_zero_report,
        state=DeliveryState.RECEIVED,
        received_at=now,
    )
    db.add(delivery)
    db.flush()
    return delivery


def _open_itself(path: str, flags: int) -> int:
    """Open a file, never what a link leads to."""
    return os.open(path, flags | os.O_NOFOLLOW)


def _is_repeat(latest: Delivery, digest: str, sequence: int | None) -> bool:
    """Bytes that the house could not check may come again."""
    was_checked = all(row.rule != CHECK_FAILED for row in latest.findings)
    return latest.digest == digest and sequence in (None, latest.sequence) and was_checked


def _refuse_spilled(db: Session, store: Store, digest: str) -> None:
    if is_erased(db, BYTES, digest):
        store.bytes_of(digest).unlink(missing_ok=True)
    raise Conflict("该文件涉及泄密处置，不予接收", remedy="剔除不应入库的内容后重新报送", digest=digest)


# where whoever delivers can say who reviewed; a watched folder and a pull cannot
_NAMED = (Channel.API, Channel.PAGE)


def _reviewer(resource: Resource, channel: Channel, named: str, is_required: bool) -> str:
    """Who reviewed the delivery for secrets: the person named, else the resource's own standing reviewer."""
    if named.strip() or not (is_required and channel in _NAMED):
        return named.strip()[:50] or resource.secrecy_reviewer
    raise Invalid(
        "本次报送没有写明保密审查人",
        remedy="写明审查人姓名（接口参数 secrecy_reviewer）",
        field="secrecy_reviewer",
        resource=resource.slug,
    )


def _latest(db: Session, resource: Resource, period: str) -> Delivery | None:
    query = select(Delivery).where(Delivery.resource_id == resource.id, Delivery.period == period)
    return db.scalar(query.order_by(Delivery.sequence.desc()).limit(1))


def _free_sequence(db: Session, resource: Resource, period: str, wanted: int | None, latest: Delivery | None) -> int:
    if wanted is None:
        return latest.sequence + 1 if latest else 1
    same = (Delivery.resource_id == resource.id, Delivery.period == period, Delivery.sequence == wanted)
    if db.scalar(select(Delivery.id).where(*same)):
        raise Conflict(
            f"「{resource.name}」{period} 的第 {wanted} 次报送已存在",
            remedy="改用下一个序号，或不填序号由平台给出",
            resource=resource.slug,
            period=period,
        )
    return wanted


def get(db: Session, delivery_id: str) -> Delivery:
    """The delivery; raises NotFound."""
    found = db.get(Delivery, delivery_id)
    if found is None:
        raise NotFound(f"没有报送批次 {delivery_id}", delivery=delivery_id)
    return found


def history(db: Session, resource: Resource, limit: int = 100) -> Sequence[Delivery]:
    """The resource's deliveries, newest first."""
    query = select(Delivery).where(Delivery.resource_id == resource.id)
    return db.scalars(query.order_by(Delivery.period.desc(), Delivery.sequence.desc()).limit(limit)).all()


def settle(
    db: Session,
    delivery: Delivery,
    report: Report,
    checks: Checks,
    *,
    now: datetime,
    zone: ZoneInfo,
    accepted: Accepted = NOTHING_ACCEPTED,
    held_reason: str = "",
) -> None:
    """Accept or return the delivery; its findings say to whom and why, and open and close quality orders.

    accepted: what of the findings accepted exceptions cover. held_reason: keeps an accepted delivery out of the fold
    until a steward confirms it; what it passes is not passed before.
    """
    delivery.state, delivery.settled_at = report.state, now
    if held_reason and report.state in SETTLED_GOOD:
        delivery.state, delivery.held_reason = DeliveryState.HELD, held_reason
    delivery.rows, delivery.good, delivery.bad = report.rows, report.good, report.bad
    delivery.rules_version = report.suite.version if report.suite else ""
    delivery.lease_owner = delivery.lease_until = None
    delivery.findings = [
        finding_row(
            f, resource=delivery.resource, period=delivery.period, department_id=delivery.resource.provider_id, now=now
        )
        for f in report.findings
    ]
    for row in delivery.findings:
        row.accepted = min(row.count, accepted.findings.get((row.rule, row.item), 0))
    delivery.excepted = min(report.bad, accepted.rows)
    on = now.astimezone(zone).date()
    wrong_rows.count(db, checks, delivery, on)
    delivery.verdict = verdicts.judge(db, delivery, on)
    quality_orders.follow_delivery(db, delivery, checks, now=now, zone=zone)
    db.flush()


def finding_row(
    finding: Finding,
    *,
    resource: Resource,
    period: str,
    department_id: str,
    other_id: str | None = None,
    release_id: str | None = None,
    now: datetime,
) -> FindingRow:
    """A finding as a row, addressed to the department that must act. other_id: who else is told."""
    return FindingRow(
        resource=resource,
        period=period,
        release_id=release_id,
        rule=finding.rule,
        dimension=finding.dimension,
        outcome=finding.outcome,
        side=finding.side,
        department_id=department_id,
        other_id=other_id,
        item=finding.column,
        count=finding.count,
        message=finding.message,
        remedy=finding.remedy,
        first_rows=list(finding.rows),
        found_at=now,
    )


def confirm(db: Session, delivery: Delivery, checks: Checks, *, now: datetime, zone: ZoneInfo) -> None:
    """Let a held delivery into the fold after all; raises Conflict when it is not held."""
    if delivery.state is not DeliveryState.HELD:
        raise Conflict(f"批次 {delivery.id} 不在待确认状态", delivery=delivery.id)
    delivery.state = DeliveryState.ACCEPTED_IN_PART if delivery.bad else DeliveryState.ACCEPTED
    delivery.held_reason = ""
    quality_orders.follow_delivery(db, delivery, checks, now=now, zone=zone)
    db.flush()


def folded(db: Session, resource: Resource) -> Sequence[Delivery]:
    """The deliveries that make up the resource's current state, in (period, sequence) order."""
    query = select(Delivery).where(Delivery.resource_id == resource.id, Delivery.state.in_(SETTLED_GOOD))
    query = query.where(Delivery.id.not_in(subjects(DELIVERY)))
    found = db.scalars(query).all()
    return sorted(found, key=fold_order)


def fold_order(delivery: Delivery) -> tuple[str, int]:
    """The place of a delivery in the fold: by period, then sequence, never by arrival."""
    return delivery.period, delivery.sequence
