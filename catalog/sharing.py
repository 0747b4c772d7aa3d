"""Sharing: a request, a decision, a grant in the same transaction, and its end.

Source of the rules: 政务数据共享条例 (国务院令第809号); the answer's clock is a dated rule row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from catalog import conditions, projects
from catalog.calendar import work_calendar
from catalog.errors import Conflict, Invalid, NotAllowed, NotFound
from catalog.grants import BULK, LOOKUP, MODES, concerns, grant_of, revoke
from catalog.models import DataItem, Decision, Department, Grant, GrantVersion, Resource, SharingRequest
from catalog.policy import default_mask, shareable, view
from catalog.register import bump
from catalog.view import Condition
from catalog.vocab import DataType, Mask, ResourceState, Sensitivity, ShareType

MAX_DAYS = 1096
ASKED, GRANTED, REFUSED = "asked", "granted", "refused"

__all__ = ["BULK", "LOOKUP", "MODES", "decide", "get_request", "grant_of", "request", "requests", "revoke", "view"]


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
    """A request for named items; granted at once when everything it asks for is unconditional.

    mask_key_id: the key that hash masks of the grant will use. Raises Invalid with every fault, NotAllowed for a
    resource or items that are not shared.
    """
    items = _wanted(resource, columns)
    condition = _condition(resource, row_condition)
    _check(modes, days, purpose, legal_basis)
    found = SharingRequest(
        resource=resource,
        department=department,
        columns=[item.name for item in items],
        row_condition=conditions.dump(condition) if condition else None,
        modes=[mode for mode in MODES if mode in modes],
        purpose=purpose.strip(),
        legal_basis=legal_basis.strip(),
        includes_minors=includes_minors,
        includes_deceased=includes_deceased,
        days=days,
        state=ASKED,
        asked_at=now,
        asked_by=asked_by,
    )
    db.add(found)
    looked_at = [i for i in resource.items if condition and i.name in set(conditions.columns_of(condition))]
    at_once = not includes_minors and _is_unconditional(resource, items, looked_at)
    _set_due(db, found, at_once, now.astimezone(zone).date(), zone)
    db.flush()
    if at_once:
        note = "无条件共享，系统即时授权，已告知提供部门"
        _settle(db, found, GRANTED, resource.provider_id, note, by="system", now=now)
        _grant(db, found, {}, mask_key_id, now)
    return found


def _wanted(resource: Resource, columns: Sequence[str]) -> list[DataItem]:
    if resource.state is not ResourceState.PUBLISHED:
        raise Conflict(f"「{resource.name}」尚未发布或已停用", remedy="等待目录发布", resource=resource.slug)
    known, open_items = {i.name for i in resource.items}, {i.name: i for i in shareable(resource)}
    if unknown := [c for c in columns if c not in known]:
        raise Invalid(f"没有信息项 {'、'.join(unknown)}", remedy="从资源目录中选择信息项", columns=unknown)
    if closed := [c for c in columns if c not in open_items]:
        raise NotAllowed(f"不予共享的信息项：{'、'.join(closed)}", remedy="去掉这些信息项", columns=closed)
    if not columns:
        raise Invalid("没有选择信息项", remedy="至少选择一个信息项")
    return [open_items[name] for name in dict.fromkeys(columns)]


def _condition(resource: Resource, content: Mapping[str, Any] | None) -> Condition | None:
    """A row condition may look at shareable items only, for its answer tells their values."""
    if content is None:
        return None
    return conditions.parse(content, {item.name: item.stored_type for item in shareable(resource)})


def _check(modes: Sequence[str], days: int, purpose: str, legal_basis: str) -> None:
    faults = {
        f"使用方式只有 {'、'.join(MODES)}": not modes or bool(set(modes) - set(MODES)),
        f"期限应为 1 至 {MAX_DAYS} 天": not 1 <= days <= MAX_DAYS,
        "应写明应用场景": not purpose.strip(),
        "应写明使用依据": not legal_basis.strip(),
    }
    if found := [text for text, is_fault in faults.items() if is_fault]:
        raise Invalid("；".join(found), remedy="补全申请后重新提交", faults=found)


def _is_unconditional(resource: Resource, items: Sequence[DataItem], looked_at: Sequence[DataItem]) -> bool:
    """Whether nobody has to decide; a condition on masked values would tell them, so somebody must."""
    every = (resource.share_type, *(i.share_type for i in (*items, *looked_at)))
    plain = all(default_mask(item) is Mask.PLAIN for item in looked_at)
    return plain and all(kind is ShareType.UNCONDITIONAL for kind in every)


def _set_due(db: Session, found: SharingRequest, at_once: bool, today: date, zone: ZoneInfo) -> None:
    """The end of the last working day on which an answer is in time; none where no rule was in force."""
    rule = projects.rule(db, "answer_unconditional" if at_once else "answer_conditional", today)
    if rule is not None and rule.value is not None:
        due = work_calendar(db).after(today, int(rule.value))
        found.due_at = datetime.combine(due.day + timedelta(days=1), time(), zone).astimezone(UTC)
        found.is_due_provisional = due.is_provisional


def decide(
    db: Session,
    found: SharingRequest,
    *,
    approve: bool,
    department_id: str,
    by: str,
    now: datetime,
    mask_key_id: str,
    reason: str = "",
    masks: Mapping[str, str] | None = None,
    days: int | None = None,
) -> Grant | None:
    """The grant of an approved request, None for a refusal.

    department_id: whose decision it is; only the provider's counts. masks: item -> mask where it differs from the
    item's default. days: shortens the period. Raises NotAllowed, Invalid, Conflict when it is decided already.
    """
    resource = found.resource
    if department_id != resource.provider_id:
        raise NotAllowed("只有数据提供部门可以答复申请", remedy=f"由{resource.provider.name}答复")
    if not approve and not reason.strip():
        raise Invalid("不予共享须写明理由", remedy="填写不予共享理由")
    if days is not None and not 1 <= days <= found.days:
        raise Invalid(f"期限应为 1 至 {found.days} 天", remedy="期限不能长于申请")
    _wanted(resource, found.columns)
    chosen = _masks(resource, found, masks or {})
    _settle(db, found, GRANTED if approve else REFUSED, department_id, reason, by=by, now=now)
    return _grant(db, found, chosen, mask_key_id, now, days) if approve else None


def _masks(resource: Resource, found: SharingRequest, masks: Mapping[str, str]) -> dict[str, Mask]:
    if stray := sorted(set(masks) - set(found.columns)):
        raise Invalid(f"脱敏方式指到了未申请的信息项：{'、'.join(stray)}", remedy="去掉这些信息项", columns=stray)
    if unknown := sorted(set(masks.values()) - set(Mask)):
        raise Invalid(f"没有脱敏方式 {'、'.join(unknown)}", remedy=f"可用：{'、'.join(Mask)}")
    chosen = {name: Mask(mask) for name, mask in masks.items()}
    types = {item.name: item.data_type for item in resource.items}
    if wrong := sorted(name for name, mask in chosen.items() if not _suits(mask, types[name])):
        raise Invalid(f"脱敏方式不适用于 {'、'.join(wrong)} 的类型", remedy="改用其他脱敏方式", columns=wrong)
    return chosen


def _suits(mask: Mask, kind: DataType) -> bool:
    if mask is Mask.YEAR:
        return kind in (DataType.DATE, DataType.DATETIME)
    return kind not in (DataType.DOUBLE, DataType.FLOAT) or mask in (Mask.PLAIN, Mask.HIDDEN)


def _settle(
    db: Session, found: SharingRequest, outcome: str, department_id: str, reason: str, *, by: str, now: datetime
) -> None:
    """Write the decision; of two that come at once, the second is told."""
    taken = update(SharingRequest).where(SharingRequest.id == found.id, SharingRequest.state == ASKED)
    won = db.execute(taken.values(state=outcome).execution_options(synchronize_session=False))
    if not won.rowcount:  # type: ignore[attr-defined]
        raise Conflict("申请已有答复", remedy="查看已有的答复", request=found.id)
    db.refresh(found, ["state"])
    found.decisions.append(
        Decision(department_id=department_id, outcome=outcome, reason=reason.strip(), decided_at=now, decided_by=by)
    )
    db.flush()


def _grant(
    db: Session,
    found: SharingRequest,
    masks: Mapping[str, Mask],
    mask_key_id: str,
    now: datetime,
    days: int | None = None,
) -> Grant:
    items = {item.name: item for item in found.resource.items}
    version = GrantVersion(
        version=1,
        columns={name: (masks.get(name) or default_mask(items[name])).value for name in found.columns},
        row_condition=found.row_condition,
        modes=found.modes,
        includes_minors=found.includes_minors,
        includes_deceased=found.includes_deceased,
        purpose=found.purpose,
        legal_basis=found.legal_basis,
        mask_key_id=mask_key_id,
        valid_from=now,
        expires_at=now + timedelta(days=days or found.days),
        created_at=now,
    )
    grant = Grant(request_id=found.id, resource=found.resource, department=found.department, versions=[version])
    db.add(grant)
    bump(db, "grants")
    db.flush()
    return grant


def get_request(db: Session, request_id: str) -> SharingRequest:
    """The request of that id; raises NotFound."""
    found = db.get(SharingRequest, request_id)
    if found is None:
        raise NotFound(f"没有共享申请 {request_id}", request=request_id)
    return found


def requests(db: Session, department_id: str | None = None) -> Sequence[SharingRequest]:
    """Requests that a department made or has to answer, newest first; None for all."""
    query = select(SharingRequest).join(Resource).order_by(SharingRequest.asked_at.desc(), SharingRequest.id)
    return db.scalars(query.where(*concerns(SharingRequest.department_id, department_id))).all()


def grant_for_check(
    db: Session,
    resource: Resource,
    *,
    department: Department,
    mask_key_id: str,
    by: str,
    now: datetime,
    until: datetime,
) -> Grant:
    """A grant of minutes by which the authority's acceptance check reads through the exchange like anybody.

    One item, in plain only when it is nobody's personal data, else hidden; by record only. Request and decision are
    kept like all others. Source: 市办法第二十四条. Raises NotAllowed when nothing of the resource is shared.
    """
    items = shareable(resource)
    if not items:
        raise NotAllowed(f"「{resource.name}」没有可共享的信息项", remedy="核对目录中的共享类型")
    harmless = (Sensitivity.PUBLIC, Sensitivity.INTERNAL)
    chosen = next((i for i in items if i.sensitivity in harmless and default_mask(i) is Mask.PLAIN), items[0])
    mask = default_mask(chosen) if chosen.sensitivity in harmless else Mask.HIDDEN
    found = SharingRequest(
        resource=resource,
        department=department,
        columns=[chosen.name],
        row_condition=None,
        modes=[LOOKUP],
        purpose="验收条件核验：接口实测",
        legal_basis="市办法第二十四条",
        days=1,
        state=ASKED,
        asked_at=now,
        asked_by=by,
    )
    db.add(found)
    db.flush()
    _settle(db, found, GRANTED, department.id, "验收核验，限时、限一项、不含个人信息原值", by=by, now=now)
    grant = _grant(db, found, {chosen.name: mask}, mask_key_id, now)
    grant.versions[0].expires_at = until
    db.flush()
    return grant
