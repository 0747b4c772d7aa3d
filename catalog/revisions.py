"""Changes of published resources: drafted beside the version that answers, reviewed, announced, applied by clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from catalog import changes, clocks, notices, one_source, resources, writing
from catalog.entries import ResourceEntry, resource_entry
from catalog.errors import Conflict
from catalog.models import CatalogRevision, Department, Grant, Resource
from catalog.register import bump

DRAFT, SUBMITTED, RETURNED, APPROVED, APPLIED, WITHDRAWN = (
    "draft", "submitted", "returned", "approved", "applied", "withdrawn",
)  # fmt: skip
CONTENT, RETIREMENT = "content", "retirement"
_OPEN = (DRAFT, SUBMITTED, RETURNED)


def open_of(db: Session, resource: Resource) -> CatalogRevision | None:
    """The revision that is being drafted or reviewed."""
    return _newest(db, resource, _OPEN)


def waiting_of(db: Session, resource: Resource) -> CatalogRevision | None:
    """The approved revision that waits for its day."""
    return _newest(db, resource, (APPROVED,))


def _newest(db: Session, resource: Resource, states: Sequence[str]) -> CatalogRevision | None:
    query = select(CatalogRevision).where(CatalogRevision.resource_id == resource.id, CatalogRevision.state.in_(states))
    return db.scalar(query.order_by(CatalogRevision.made_at.desc()).limit(1))


def propose(
    db: Session, resource: Resource, entry: ResourceEntry, *, now: datetime, by: str, reason: str
) -> CatalogRevision | None:
    """A draft of the change; the open one is replaced. None when the published version already says so.

    Raises Conflict while an approved change waits for its day.
    """
    entry.published_date = entry.published_date or resource.published_date
    present, found = writing.entry_of(db, resource), open_of(db, resource)
    if present == entry:
        _withdraw(db, found, now)
        return None
    waiting = waiting_of(db, resource)
    content = resources.plain_content(entry.content())
    if waiting is not None:
        if waiting.content == content:
            return waiting
        raise Conflict(
            f"「{resource.name}」已有变更定于 {waiting.effective_date} 生效",
            remedy="等待生效后再改，或先撤回该变更",
            resource=resource.slug,
        )
    if found is not None and found.content == content:
        return found
    _withdraw(db, found, now)
    return _draft(db, resource, CONTENT, content, present, now, by, reason)


def move(db: Session, found: CatalogRevision, states: Sequence[str], target: str, **values: Any) -> None:
    """Change the state by a conditional update: of two officials at once, the second is told."""
    db.flush()
    moved = update(CatalogRevision).where(CatalogRevision.id == found.id, CatalogRevision.state.in_(states))
    moved = moved.values(state=target, **values).execution_options(synchronize_session=False)
    if not db.execute(moved).rowcount:  # type: ignore[attr-defined]
        raise Conflict("这一变更的状态已被他人改变", remedy="刷新后再看", resource=found.resource.slug)
    db.refresh(found, ["state", *values])


def _withdraw(db: Session, found: CatalogRevision | None, now: datetime) -> None:
    if found is not None:
        move(db, found, (*_OPEN, APPROVED), WITHDRAWN, applied_at=now)


def _draft(
    db: Session,
    resource: Resource,
    kind: str,
    content: dict[str, Any],
    present: ResourceEntry,
    now: datetime,
    by: str,
    reason: str,
) -> CatalogRevision:
    broken = changes.breaking(resources.plain_content(present.content()), content) if kind == CONTENT else []
    felt = {each.item for each in broken} if kind == CONTENT else {""}
    found = CatalogRevision(
        resource=resource,
        kind=kind,
        state=DRAFT,
        content=content,
        breaking=[{"rule": b.rule, "item": b.item, "text": b.text} for b in broken],
        consumers=[d.slug for d in consumers_of(db, resource, felt, now)],
        reason=reason[:500],
        made_at=now,
        made_by=by,
    )
    db.add(found)
    db.flush()
    return found


def consumers_of(db: Session, resource: Resource, items: set[str], now: datetime) -> list[Department]:
    """The departments whose living grants show one of the items; "" stands for any item."""
    living = db.scalars(
        select(Grant).where(Grant.resource_id == resource.id, Grant.revoked_at.is_(None), ~Grant.is_probe)
    )
    touched = {
        grant.department
        for grant in living
        if grant.versions[-1].expires_at > now and items and ("" in items or items & set(grant.versions[-1].columns))
    }
    return sorted(touched, key=lambda d: d.slug)


def approve(
    db: Session, found: CatalogRevision, *, now: datetime, today: date, by: str, zone: ZoneInfo | None = None
) -> bool:
    """Let a change take effect: at once, or when the notice to its consumers has run; whether it did at once."""
    felt = {each["item"] for each in found.breaking} if found.kind == CONTENT else {""}
    touched = consumers_of(db, found.resource, felt, now)
    found.consumers = [department.slug for department in touched]
    if not touched:
        apply(db, found, now=now, by=by, zone=zone)
        return True
    due = clocks.due_of(db, "catalog_notice", today)
    move(db, found, (DRAFT, SUBMITTED), APPROVED)
    found.effective_date = due.day if due else today
    found.is_provisional = due.is_provisional if due else False
    for department in touched:
        text = f"「{found.resource.name}」将于 {found.effective_date} {_what(found)}，请提前调整使用"
        notices.notify(
            db, department.id, kind="breaking_change", subject=found.resource.slug, text=text, now=now, due=due
        )
    return False


def _what(found: CatalogRevision) -> str:
    return "停用" if found.kind == RETIREMENT else "变更：" + "；".join(each["text"] for each in found.breaking)


def apply(db: Session, found: CatalogRevision, *, now: datetime, by: str, zone: ZoneInfo | None = None) -> None:
    """Put the change in force as a new version of the resource; compared by one source per item where zone says so."""
    move(db, found, (DRAFT, SUBMITTED, APPROVED), APPLIED, applied_at=now)
    if found.kind == RETIREMENT:
        resources.retire(db, found.resource)
    else:
        entry = resource_entry(found.content)
        writing.write(db, found.resource, entry, now=now, by=found.made_by, reason=found.reason)
        bump(db, "grants")
        if zone is not None:
            one_source.examine(db, found.resource, now=now, zone=zone)
    db.flush()


def apply_due(db: Session, *, now: datetime, today: date, zone: ZoneInfo | None = None) -> list[CatalogRevision]:
    """Apply every approved change whose notice has run: on the day after its last day; those applied."""
    query = select(CatalogRevision).where(CatalogRevision.state == APPROVED, CatalogRevision.effective_date < today)
    found = list(db.scalars(query.order_by(CatalogRevision.made_at)))
    for each in found:
        apply(db, each, now=now, by="system", zone=zone)
    return found


def retire(db: Session, resource: Resource, *, now: datetime, today: date, by: str, reason: str) -> CatalogRevision:
    """Retire a published resource, after a notice where grants depend on it."""
    waiting = waiting_of(db, resource)
    if waiting is not None:
        raise Conflict(f"「{resource.name}」已有变更定于 {waiting.effective_date} 生效", resource=resource.slug)
    found = _draft(db, resource, RETIREMENT, {}, writing.entry_of(db, resource), now, by, reason)
    approve(db, found, now=now, today=today, by=by)
    return found


def withdraw(db: Session, resource: Resource, *, now: datetime) -> CatalogRevision:
    """Take back a change that has not taken effect; raises Conflict when there is none."""
    found = open_of(db, resource) or waiting_of(db, resource)
    if found is None:
        raise Conflict(f"「{resource.name}」没有未生效的变更", resource=resource.slug)
    if found.state == APPROVED:
        for department in db.scalars(select(Department).where(Department.slug.in_(found.consumers))):
            text = f"「{resource.name}」原定 {found.effective_date} 的变更已撤回"
            notices.notify(db, department.id, kind="change_withdrawn", subject=resource.slug, text=text, now=now)
    _withdraw(db, found, now)
    return found
