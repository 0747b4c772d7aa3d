"""Sharing: a department asks, asks again for longer, mends what was returned, takes it back.

What others do to a request stands in `catalog.answers`, what becomes of a grant in `catalog.narrowing`.
Source of the rules: 政务数据共享条例 (国务院令第809号); the clocks are dated rule rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog import conditions, departments, grants, wanted
from catalog.answerers import concerned
from catalog.answers import decide
from catalog.deadlines import deadline, due_of
from catalog.errors import Conflict, Invalid, NotAllowed, NotFound
from catalog.grants import BULK, LOOKUP, MODES, grant_of, revoke
from catalog.models import Department, Grant, GrantVersion, Resource, SharingRequest
from catalog.notices import tell
from catalog.policy import shareable, view
from catalog.probe_grants import grant_for_check
from catalog.request_states import CHECKING, GRANTED, OPEN, RETURNED, WITHDRAWN, move, note
from catalog.settling import grant_default

__all__ = [
    "BULK", "LOOKUP", "MODES", "decide", "get_request", "grant_for_check", "grant_of", "renew", "request",
    "resubmit", "revoke", "view", "withdraw",
]  # fmt: skip
CHANGEABLE = (
    "columns", "row_condition", "modes", "purpose", "legal_basis", "days", "includes_minors", "includes_deceased",
)  # fmt: skip


def request(
    db: Session,
    *,
    resource: Resource,
    department: Department,
    columns: Sequence[str],
    purpose: str,
    legal_basis: str,
    days: int,
    mask_key_id: str,
    asked_by: str,
    now: datetime,
    zone: ZoneInfo,
    modes: Sequence[str] = MODES,
    row_condition: Mapping[str, Any] | None = None,
    includes_minors: bool = False,
    includes_deceased: bool = False,
) -> SharingRequest:
    """A request for named items: granted at once when all of it is unconditional, else with the authority to check.

    mask_key_id: the key that hash masks of the grant will use. Raises Invalid with every fault, NotAllowed for a
    resource or items that are not shared.
    """
    found = SharingRequest(resource=resource, department=department, state=CHECKING, asked_at=now, asked_by=asked_by)
    facts = {"columns": columns, "row_condition": row_condition, "modes": modes, "purpose": purpose, "days": days}
    classes = {"includes_minors": includes_minors, "includes_deceased": includes_deceased}
    _fill(db, found, {**facts, **classes, "legal_basis": legal_basis}, now.astimezone(zone).date())
    db.add(found)
    db.flush()
    _begin(db, found, mask_key_id, now, zone)
    return found


def _fill(db: Session, found: SharingRequest, facts: Mapping[str, Any], on: date) -> None:
    """Write what is asked for into the request, once it is known to be in order."""
    with db.no_autoflush:
        items = wanted.items_of(db, found.resource, facts["columns"], on)
        condition = wanted.condition_of(db, found.resource, facts["row_condition"], on)
    wanted.check_terms(facts["modes"], facts["days"], facts["purpose"], facts["legal_basis"])
    found.columns = [item.name for item in items]
    found.row_condition = conditions.dump(condition) if condition else None
    found.modes = [mode for mode in MODES if mode in facts["modes"]]
    found.purpose, found.legal_basis = facts["purpose"].strip(), facts["legal_basis"].strip()
    found.days = facts["days"]
    found.includes_minors, found.includes_deceased = facts["includes_minors"], facts["includes_deceased"]


def _begin(db: Session, found: SharingRequest, mask_key_id: str, now: datetime, zone: ZoneInfo) -> None:
    """Grant at once what nobody has to weigh, and send the rest to the authority."""
    on = now.astimezone(zone).date()
    if wanted.is_unconditional(db, found, on):
        _grant_at_once(db, found, mask_key_id, now, zone)
        return
    due = deadline(db, "check_request", now, zone)
    move(db, found, CHECKING, out_of=(CHECKING, RETURNED), due=due)
    text = f"{found.department.name}申请共享「{found.resource.name}」，请审查申请是否合规"
    tell(db, departments.authority(db).id, "request_to_check", found.id, text, due_of(found, zone), now=now)


def _grant_at_once(db: Session, found: SharingRequest, mask_key_id: str, now: datetime, zone: ZoneInfo) -> None:
    move(db, found, GRANTED, out_of=(CHECKING, RETURNED))
    reason = "无条件共享，系统即时授权，已告知提供部门"
    note(found, "system", GRANTED, found.resource.provider_id, by="system", now=now, reason=reason)
    grant_default(db, found, mask_key_id=mask_key_id, by="system", now=now, zone=zone)
    for department_id in sorted(
        concerned(db, found.resource, found.columns, now.astimezone(zone).date()) - {found.department_id}
    ):
        text = f"{found.department.name}已获得无条件共享的「{found.resource.name}」，用于：{found.purpose}"
        tell(db, department_id, "granted_at_once", found.id, text, now=now)


def resubmit(
    db: Session,
    found: SharingRequest,
    changes: Mapping[str, Any],
    *,
    department_id: str,
    by: str,
    mask_key_id: str,
    now: datetime,
    zone: ZoneInfo,
) -> None:
    """Hand a returned request in again with what was missing; changes: see CHANGEABLE, what is left out stays."""
    _require_own(found, department_id)
    if found.state != RETURNED:
        raise Conflict("申请没有被退回，不能重新提交", remedy="查看申请现在的状态", request=found.id)
    if stray := sorted(set(changes) - set(CHANGEABLE)):
        raise Invalid(f"不能更改 {'、'.join(stray)}", remedy=f"可更改：{'、'.join(CHANGEABLE)}")
    if found.renews_id and set(changes) - {"purpose", "legal_basis", "days"}:
        raise Invalid("续期申请只能更改应用场景、使用依据和期限", remedy="需要更多信息项的，另行申请")
    facts = {name: getattr(found, name) for name in CHANGEABLE} | dict(changes)
    _fill(db, found, facts, now.astimezone(zone).date())
    note(found, "resubmit", CHECKING, department_id, by=by, now=now)
    _begin(db, found, mask_key_id, now, zone)


def withdraw(db: Session, found: SharingRequest, *, department_id: str, by: str, now: datetime) -> None:
    """Take back a request that is still open."""
    _require_own(found, department_id)
    waiting = [a.department_id for a in found.answers if a.outcome is None]
    move(db, found, WITHDRAWN, out_of=OPEN)
    note(found, "withdraw", WITHDRAWN, department_id, by=by, now=now)
    for each in waiting:
        tell(
            db,
            each,
            "request_withdrawn",
            found.id,
            f"{found.department.name}撤回了对「{found.resource.name}」的申请",
            now=now,
        )


def renew(
    db: Session,
    grant: Grant,
    *,
    days: int,
    department_id: str,
    by: str,
    mask_key_id: str,
    now: datetime,
    zone: ZoneInfo,
    purpose: str | None = None,
    legal_basis: str | None = None,
) -> SharingRequest:
    """Ask, before a grant ends, that it go on for some days more; it takes the way of every request.

    What is renewed is what the newest version opens, never more. Raises NotAllowed for another's grant, Conflict for
    one that has ended or is being renewed already.
    """
    newest = _renewable(db, grant, days, department_id, now)
    facts = {name: getattr(newest, name) for name in CHANGEABLE if name != "days"} | {"days": days}
    facts["columns"] = still_shared(db, grant, now.astimezone(zone).date())
    facts |= {k: v for k, v in {"purpose": purpose, "legal_basis": legal_basis}.items() if v is not None}
    found = SharingRequest(
        resource=grant.resource,
        department=grant.department,
        state=CHECKING,
        asked_at=now,
        asked_by=by,
        renews_id=grant.id,
    )
    _fill(db, found, facts, now.astimezone(zone).date())
    db.add(found)
    db.flush()
    _begin(db, found, mask_key_id, now, zone)
    return found


def _renewable(db: Session, grant: Grant, days: int, department_id: str, now: datetime) -> GrantVersion:
    """The newest version of a grant that its department may ask to renew."""
    if grant.department_id != department_id:
        raise NotAllowed("只有被授权部门可以申请续期", remedy="由被授权部门申请")
    newest = grants.require_living(grant, now)
    if newest.expires_at + timedelta(days=days) > now + timedelta(days=wanted.MAX_DAYS):
        raise Invalid(f"续期后的剩余期限不能超过 {wanted.MAX_DAYS} 天", remedy="减少续期天数，或临近到期再申请")
    query = select(SharingRequest.id).where(SharingRequest.renews_id == grant.id, SharingRequest.state.in_(OPEN))
    if open_one := db.scalar(query):
        raise Conflict("这一授权已有续期申请在办", remedy="等待答复，或先撤回", request=open_one)
    return newest


def still_shared(db: Session, grant: Grant, on: date) -> list[str]:
    """The items of a grant that are shared today, in the order of the resource."""
    return [item.name for item in shareable(db, grant.resource, on) if item.name in grant.versions[-1].columns]


def _require_own(found: SharingRequest, department_id: str) -> None:
    if found.department_id != department_id:
        raise NotAllowed("只有申请部门可以做这一步", remedy=f"由{found.department.name}办理")


def get_request(db: Session, request_id: str) -> SharingRequest:
    """The request of that id; raises NotFound."""
    found = db.get(SharingRequest, request_id)
    if found is None:
        raise NotFound(f"没有共享申请 {request_id}", request=request_id)
    return found
