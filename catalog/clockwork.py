"""What time itself does: steps that took too long are escalated (督办), grants near their end are told of.

Run by the schedule and a sensor as often as one likes: nothing is done twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from catalog import (
    correction_states,
    corrections,
    demand_states,
    departments,
    life_steps,
    one_source,
    order_states,
    projects,
    quality_orders,
)
from catalog.calendar import Due
from catalog.deadlines import due_of, ends_on
from catalog.models import (
    Correction,
    Demand,
    Grant,
    GrantVersion,
    Notice,
    QualityOrder,
    Resource,
    SharingRequest,
    SourceConflict,
)
from catalog.notices import tell
from catalog.request_states import ASKED, CHECKING, DISPUTED, LABELS, note

ENDING, CATALOG_OVERDUE = "grant_ending", "catalog_overdue"


def advance(db: Session, now: datetime, zone: ZoneInfo) -> dict[str, int]:
    """Escalate what is overdue and tell of what ends; how many of each were new."""
    return {
        "requests": _requests(db, now, zone),
        "demands": _demands(db, now, zone),
        "source_conflicts": _conflicts(db, now, zone),
        "grants_ending": _endings(db, now, zone),
        "orders": _orders(db, now, zone),
        "corrections": _corrections(db, now, zone),
        "catalog": _catalog(db, now, zone),
        "orders_reminded": _reminders(db, QualityOrder, order_states.OPEN, quality_orders.remind, now, zone),
        "corrections_reminded": _reminders(db, Correction, correction_states.ASKED, corrections.remind, now, zone),
    }


def _overdue(db: Session, table: Any, states: Iterable[str], now: datetime) -> list[Any]:
    """The overdue things of a table that this run, and no other, escalates."""
    late = (table.due_at <= now, table.escalated_at.is_(None), table.state.in_(states))
    ids = db.scalars(select(table.id).where(*late).order_by(table.due_at, table.id)).all()
    mark = update(table).values(escalated_at=now).execution_options(synchronize_session=False)
    won = [each for each in ids if db.execute(mark.where(table.id == each, *late)).rowcount]  # type: ignore[attr-defined]
    found = db.scalars(select(table).where(table.id.in_(won)).execution_options(populate_existing=True))
    return list(found)


def _requests(db: Session, now: datetime, zone: ZoneInfo) -> int:
    found: list[SharingRequest] = _overdue(db, SharingRequest, (CHECKING, ASKED, DISPUTED), now)
    authority = departments.authority(db).id if found else ""
    for each in found:
        owing = [a.department_id for a in each.answers if a.outcome is None] if each.state == ASKED else []
        text = f"「{each.resource.name}」的共享申请逾期仍「{LABELS[each.state]}」，转入督办"
        note(each, "system", "escalated", authority, by="system", now=now, reason=text)
        for department_id in {authority, each.department_id, *owing}:
            tell(db, department_id, "request_overdue", each.id, text, due_of(each, zone), now=now)
    return len(found)


def _demands(db: Session, now: datetime, zone: ZoneInfo) -> int:
    found: list[Demand] = _overdue(db, Demand, demand_states.OPEN, now)
    authority = departments.authority(db).id if found else ""
    for each in found:
        text = f"数据需求「{each.title}」逾期仍「{demand_states.LABELS[each.state]}」，转入督办"
        for department_id in {authority, each.department_id, each.assigned_id or authority}:
            tell(db, department_id, "demand_overdue", each.id, text, due_of(each, zone), now=now)
    return len(found)


def _conflicts(db: Session, now: datetime, zone: ZoneInfo) -> int:
    found: list[SourceConflict] = _overdue(db, SourceConflict, (one_source.OPEN,), now)
    for each in found:
        text = f"信息项「{each.title}」的数源部门逾期未定"
        tell(db, departments.authority(db).id, "source_overdue", each.id, text, due_of(each, zone), now=now)
    return len(found)


def _orders(db: Session, now: datetime, zone: ZoneInfo) -> int:
    found: list[QualityOrder] = _overdue(db, QualityOrder, (order_states.OPEN,), now)
    authority = departments.authority(db).id if found else ""
    for each in found:
        order_states.note(each, "escalated", by="system", now=now)
        text = f"「{each.resource.name}」的整改通知单逾期未销号，转入督办：{each.message}"
        for department_id in {authority, each.department_id}:
            tell(db, department_id, "order_overdue", each.id, text, due_of(each, zone), now=now)
    return len(found)


def _corrections(db: Session, now: datetime, zone: ZoneInfo) -> int:
    found: list[Correction] = _overdue(db, Correction, (correction_states.ASKED,), now)
    authority = departments.authority(db).id if found else ""
    for each in found:
        correction_states.note(each, "escalate", authority, by="system", now=now)
        text = f"「{each.resource.name}」的校核申请逾期未答复，转入督办"
        for department_id in {authority, each.department_id, each.assigned_id}:
            tell(db, department_id, "correction_overdue", each.id, text, due_of(each, zone), now=now)
    return len(found)


_CATALOG_LATE = {
    "submitted": "「{name}」的目录逾期未审核，转入督办",
    "returned": "「{name}」的目录退回后逾期未改，转入督办",
    "update_asked": "「{name}」的目录逾期未更新，转入督办",
}


def _catalog(db: Session, now: datetime, zone: ZoneInfo) -> int:
    """Both sides are told once of each step of an entry that is late."""
    count = 0
    for each in life_steps.overdue(db, now.astimezone(zone).date()):
        # of two runs at once the second waits here, and then sees that it was told
        held = update(Resource).where(Resource.id == each.resource.id).values(version=Resource.version)
        db.execute(held.execution_options(synchronize_session=False))
        told = select(Notice.id).where(Notice.kind == CATALOG_OVERDUE, Notice.subject == each.resource.slug)
        text = _CATALOG_LATE.get(each.step, "").format(name=each.resource.name)
        if not text or db.scalar(told.where(Notice.sent_at >= each.since).limit(1)):
            continue
        due = Due(each.due, each.is_provisional)
        for department_id in {departments.authority(db).id, each.resource.provider_id}:
            tell(db, department_id, CATALOG_OVERDUE, each.resource.slug, text, due, now=now)
        count += 1
    db.flush()
    return count


def _reminders(db: Session, table: Any, state: str, remind: Callable[..., None], now: datetime, zone: ZoneInfo) -> int:
    """Remind departments, once for each term, of what is soon due."""
    rule = projects.rule(db, "order_reminder", now.astimezone(zone).date())
    if rule is None or rule.value is None:
        return 0
    until = now + timedelta(days=rule.value)
    soon = (table.state == state, table.reminded_at.is_(None), table.due_at.between(now, until))
    ids = db.scalars(select(table.id).where(*soon).order_by(table.due_at, table.id)).all()
    mark = update(table).values(reminded_at=now).execution_options(synchronize_session=False)
    won = [each for each in ids if db.execute(mark.where(table.id == each, *soon)).rowcount]  # type: ignore[attr-defined]
    for each in db.scalars(select(table).where(table.id.in_(won)).execution_options(populate_existing=True)):
        remind(db, each, by="system", now=now, zone=zone)
    return len(won)


def _endings(db: Session, now: datetime, zone: ZoneInfo) -> int:
    """Tell holders, once for each end, that a grant will soon be over and can be renewed; not of grants of days."""
    rule = projects.rule(db, ENDING, now.astimezone(zone).date())
    if rule is None or rule.value is None:
        return 0
    found = db.scalars(
        select(Grant)
        .join(GrantVersion, GrantVersion.grant_id == Grant.id)
        .join(SharingRequest, (SharingRequest.id == Grant.request_id) & (SharingRequest.days > rule.value))
        .where(
            GrantVersion.version == newest_version(),
            Grant.revoked_at.is_(None),
            Grant.end_told_at.is_(None),
            ~Grant.is_probe,
        )
        .where(GrantVersion.expires_at > now, GrantVersion.expires_at <= now + timedelta(days=rule.value))
        .order_by(Grant.id)
    ).all()
    for grant in found:
        grant.end_told_at = now
        text = f"「{grant.resource.name}」的授权即将到期，需要继续使用的请申请续期"
        ends = ends_on(grant.versions[-1].expires_at, zone)
        tell(db, grant.department_id, ENDING, grant.id, text, ends, now=now)
    db.flush()
    return len(found)


def newest_version() -> Any:
    """The number of a grant's newest version, for a query over versions."""
    later = select(func.max(GrantVersion.version)).where(GrantVersion.grant_id == Grant.id)
    return later.correlate(Grant).scalar_subquery()
