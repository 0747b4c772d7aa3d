"""Deliveries: received, claimed, settled, and looked for when they are late."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Date,
    Integer,
    String,
    Subquery,
    func,
    literal,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.orm import Session

from catalog import quality_orders, resources, search_index, verdicts, wrong_rows
from catalog.calendar import WorkCalendar, check_period, due_of, last_due_period, period_of
from catalog.errors import Conflict, Invalid, NotAllowed, NotFound
from catalog.exceptions import NOTHING_ACCEPTED, Accepted
from catalog.held import BYTES, DELIVERY, is_erased, is_held, subjects
from catalog.lists import Listing, Named
from catalog.models import Delivery, Department, FindingRow, Resource, SearchEntry
from catalog.standing import Checks
from catalog.store import Store
from catalog.vocab import (
    Channel,
    DeliveryState,
    Dimension,
    Finding,
    Outcome,
    Report,
    ResourceState,
    Side,
    UpdateCycle,
)

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
    with source.open("rb") as file:
        digest, size = store.keep(file)
    if is_held(db, BYTES, digest):
        _refuse_spilled(db, store, digest)
    latest = _latest(db, resource, period)
    if latest is not None and latest.digest == digest and sequence in (None, latest.sequence):
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


def waiting(db: Session, now: datetime) -> list[str]:
    """Slugs of the resources with deliveries that nobody holds: received, or left by a dead run."""
    query = select(Resource.slug).join(Delivery).where(_claimable(now)).distinct().order_by(Resource.slug)
    return list(db.scalars(query))


def _claimable(now: datetime) -> ColumnElement[bool]:
    dead = (Delivery.state == DeliveryState.CHECKING) & (Delivery.lease_until < now)
    return or_(Delivery.state == DeliveryState.RECEIVED, dead) & Delivery.id.not_in(subjects(DELIVERY))


def claim(db: Session, resource: Resource, *, owner: str, now: datetime, lease: timedelta) -> list[Delivery]:
    """The resource's waiting deliveries, held by `owner` until the lease ends, in (period, sequence) order.

    One conditional update per delivery: of two runs that ask at once, one gets each.
    """
    query = select(Delivery.id).where(Delivery.resource_id == resource.id, _claimable(now))
    won = [delivery_id for delivery_id in db.scalars(query).all() if _take(db, delivery_id, owner, now, lease)]
    taken = select(Delivery).where(Delivery.id.in_(won)).order_by(Delivery.period, Delivery.sequence)
    return list(db.scalars(taken.execution_options(populate_existing=True)))


def _take(db: Session, delivery_id: str, owner: str, now: datetime, lease: timedelta) -> bool:
    held = {"state": DeliveryState.CHECKING, "lease_owner": owner, "lease_until": now + lease}
    statement = update(Delivery).where(Delivery.id == delivery_id, _claimable(now)).values(**held)
    return bool(db.execute(statement.execution_options(synchronize_session=False)).rowcount)  # type: ignore[attr-defined]


def give_back(db: Session, owner: str) -> None:
    """Put what a failed run still held back among the received deliveries."""
    held = (Delivery.state == DeliveryState.CHECKING, Delivery.lease_owner == owner)
    freed = {"state": DeliveryState.RECEIVED, "lease_owner": None, "lease_until": None}
    db.execute(update(Delivery).where(*held).values(**freed).execution_options(synchronize_session=False))


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
    delivery.rules_version = report.rules
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
    release_id: str | None = None,
    now: datetime,
) -> FindingRow:
    """A finding as a row, addressed to the department that must act."""
    return FindingRow(
        resource=resource,
        period=period,
        release_id=release_id,
        rule=finding.rule,
        dimension=finding.dimension,
        outcome=finding.outcome,
        side=finding.side,
        department_id=department_id,
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


@dataclass(frozen=True, slots=True)
class Late:
    """A resource that owes the delivery of a period since a day."""

    resource: Resource
    department: Department
    period: str
    due: date
    is_provisional: bool


def late(db: Session, today: date, working: WorkCalendar, department_id: str | None = None) -> Sequence[Late]:
    """Resources without any delivery for their newest due period, the longest overdue first; None for everyone's."""
    search_index.settle(db)
    return late_list(db, today, working, department_id).all(db)


def late_list(db: Session, today: date, working: WorkCalendar, department_id: str | None = None) -> Listing[Late]:
    """The same as a list to search, sort and cut.

    What is due is worked out once for each pair of cycle and lead time, and joined to the resources of the pair,
    of which the index of resources knows the newest period.
    """
    entry, terms = SearchEntry, _terms_table([_term(*pair, today, working) for pair in _terms(db)])
    pair = (entry.update_cycle == terms.c.cycle) & (entry.lead_days == terms.c.lead)
    query = select(entry.resource_id, terms.c.period, terms.c.due, terms.c.is_provisional).join(terms, pair)
    query = query.where(*_OWING, func.coalesce(entry.newest_period, "") < terms.c.period)
    if department_id is not None:
        query = query.where(entry.provider_id == department_id)
    department = Named(entry.provider_id, Department.id, Department.name)
    return Listing(
        query,
        {
            "name": entry.title,
            "department": department,
            "cycle": entry.update_cycle,
            "period": terms.c.period,
            "due": terms.c.due,
            "days": terms.c.due,
        },
        [terms.c.due, entry.slug],
        (entry.title, entry.slug, department, terms.c.period),
        ("department", "cycle"),
        backwards=("days",),
        made=_late,
    )


def _late(db: Session, rows: Sequence[Any]) -> list[Late]:
    found = resources.by_id(db, [row.resource_id for row in rows])
    return [Late(found[row[0]], found[row[0]].provider, *row[1:]) for row in rows]


_Term = tuple[UpdateCycle, int, str, date, bool]
_NO_TERM: _Term = (UpdateCycle.IRREGULAR, -1, "", date.min, False)


def _term(cycle: UpdateCycle, lead: int, today: date, working: WorkCalendar) -> _Term:
    """What resources of a cycle and lead time owe: the period, the day it was due, whether that is provisional."""
    period = last_due_period(cycle, lead, today, working)
    due = due_of(period, lead, working)
    return cycle, lead, period, due.day, due.is_provisional


def _terms_table(terms: Sequence[_Term]) -> Subquery:
    """Terms as a table; of one row that fits nothing where there are none."""
    types = {
        "cycle": SearchEntry.update_cycle.type,
        "lead": Integer(),
        "period": String(),
        "due": Date(),
        "is_provisional": Boolean(),
    }
    rows = [
        select(*(literal(value, kind).label(name) for value, (name, kind) in zip(term, types.items(), strict=True)))
        for term in terms or [_NO_TERM]
    ]
    return union_all(*rows).subquery("terms")


_OWING = (
    SearchEntry.state == ResourceState.PUBLISHED,
    SearchEntry.is_own,
    SearchEntry.lead_days.is_not(None),
    SearchEntry.update_cycle != UpdateCycle.IRREGULAR,
)


def _terms(db: Session) -> list[tuple[UpdateCycle, int]]:
    found = db.execute(select(SearchEntry.update_cycle, SearchEntry.lead_days).where(*_OWING).distinct())
    return [(cycle, lead) for cycle, lead in found if lead is not None]


def owed(db: Session, resource: Resource, today: date, working: WorkCalendar) -> Late | None:
    """What the resource owes today, None when its newest due period was delivered."""
    if resource.lead_days is None or resource.update_cycle is UpdateCycle.IRREGULAR:
        return None
    period = last_due_period(resource.update_cycle, resource.lead_days, today, working)
    delivered = select(func.count()).where(Delivery.resource_id == resource.id, Delivery.period >= period)
    if db.scalar(delivered):
        return None
    due = due_of(period, resource.lead_days, working)
    return Late(resource, resource.provider, period, due.day, due.is_provisional)


def record_late(db: Session, debt: Late, *, now: datetime, zone: ZoneInfo) -> bool:
    """A DELIVERY_LATE finding for the department and its order, once per resource and period; whether it is new."""
    known = select(FindingRow.id).where(
        FindingRow.resource_id == debt.resource.id, FindingRow.rule == "DELIVERY_LATE", FindingRow.period == debt.period
    )
    if db.scalar(known):
        return False
    finding = Finding(
        rule="DELIVERY_LATE",
        dimension=Dimension.TIMELY,
        outcome=Outcome.WARN,
        side=Side.COLLECTOR,
        column="",
        count=1,
        message=f"「{debt.resource.name}」{debt.period} 应于 {debt.due} 前报送，至今未收到",
        remedy="尽快报送；确无数据的，报送零报送",
    )
    row = finding_row(finding, resource=debt.resource, period=debt.period, department_id=debt.department.id, now=now)
    db.add(row)
    quality_orders.follow_late(db, row, now=now, zone=zone)
    db.flush()
    return True
