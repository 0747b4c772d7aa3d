"""Explain my access: what a department may read of a resource, by which grant, and why not more.

It asks the same functions by which the exchange answers (`grants.grant_of`, `policy.view`, the release in force),
so that it cannot promise what the exchange refuses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog import access, grants, policy, showable
from catalog.errors import PlatformError
from catalog.keys import Keys
from catalog.lineage import share_types
from catalog.models import DataItem, Department, Grant, GrantVersion, Resource, SharingRequest
from catalog.phrasing import condition_in_words
from catalog.request_states import ASKED, CHECKING, DISPUTED, LABELS, OPEN, RETURNED
from catalog.store import Store
from catalog.vocab import Mask, ResourceState, ShareType

LIVE, ENDED, REVOKED, BARRED = "live", "ended", "revoked", "barred"


@dataclass(frozen=True, slots=True)
class ColumnAccess:
    """One item: shown with a mask, or not and why; cause: a stable word for why."""

    name: str
    title: str
    is_shown: bool
    mask: str = ""
    mask_label: str = ""
    why_not: str = ""
    cause: str = ""


@dataclass(frozen=True, slots=True)
class GrantAccess:
    """One grant: live, ended, revoked, or barred (living, yet nothing opens now), and what it shows.

    cause: a stable word for why it is not live. limits: stable words for rows that nobody or not this grant shows.
    """

    grant: str
    version: int
    state: str
    why_not: str
    remedy: str
    purpose: str
    legal_basis: str
    modes: tuple[str, ...]
    columns: tuple[ColumnAccess, ...]
    row_condition: dict[str, Any] | None
    rows: tuple[str, ...]
    valid_from: datetime
    expires_at: datetime
    cause: str = ""
    limits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ModeAccess:
    """Whether a way of reading is open without naming a grant, and which grant answers."""

    mode: str
    is_open: bool
    grant: str = ""
    why_not: str = ""
    remedy: str = ""
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """The whole answer. waiting: open requests as (id, state, who is to act); states: theirs, as stable words.

    way: a stable word for the remedy.
    """

    resource: str
    resource_name: str
    department: str
    is_allowed: bool
    modes: tuple[ModeAccess, ...]
    grants: tuple[GrantAccess, ...]
    items: tuple[ColumnAccess, ...]
    waiting: tuple[tuple[str, str, str], ...] = field(default=())
    remedy: str = ""
    way: str = ""
    states: tuple[str, ...] = ()


def explain(
    db: Session, store: Store, keys: Keys, resource: Resource, department: Department, *, now: datetime, today: date
) -> Explanation:
    """What the department may read of the resource now, and what it can do to read more."""
    held = db.scalars(
        select(Grant)
        .where(Grant.resource_id == resource.id, Grant.department_id == department.id, ~Grant.is_probe)
        .order_by(Grant.id)
    ).all()
    seen = tuple(_grant(db, store, keys, grant, now, today) for grant in held)
    modes = tuple(_mode(db, store, keys, resource, department, mode, now, today) for mode in grants.MODES)
    requests = _waiting(db, resource, department)
    waiting = tuple((each.id, LABELS[each.state], _who(each)) for each in requests)
    is_allowed = any(each.state == LIVE for each in seen)
    way, remedy = _remedy(resource, seen, waiting, is_allowed)
    return Explanation(
        resource=resource.slug,
        resource_name=resource.name,
        department=department.slug,
        is_allowed=is_allowed,
        modes=modes,
        grants=seen,
        items=_items(db, resource, seen, today),
        waiting=waiting,
        remedy=remedy,
        way=way,
        states=tuple(each.state for each in requests),
    )


def _mode(
    db: Session,
    store: Store,
    keys: Keys,
    resource: Resource,
    department: Department,
    mode: str,
    now: datetime,
    today: date,
) -> ModeAccess:
    ask = access.Ask(department.id, resource.slug, mode)
    try:
        opened = access.load(db, store, keys, ask, now, today)
    except PlatformError as error:
        return ModeAccess(mode, False, why_not=error.message, remedy=error.remedy, cause=error.code)
    return ModeAccess(mode, True, grant=opened.view.grant_id)


def _grant(db: Session, store: Store, keys: Keys, grant: Grant, now: datetime, today: date) -> GrantAccess:
    version = grant.versions[-1]
    state, cause, why_not, remedy = _state(grant, version, now)
    shown: dict[str, Mask] = {}
    if state == LIVE:
        ask = access.Ask(grant.department_id, grant.resource.slug, version.modes[0], grant.id)
        try:
            view = access.load(db, store, keys, ask, now, today).view
            shown = {column.name: column.mask for column in view.columns}
        except PlatformError as error:
            state, cause, why_not, remedy = BARRED, error.code, error.message, error.remedy
    limits = _limits(grant.resource, version)
    return GrantAccess(
        grant=grant.id,
        version=version.version,
        state=state,
        why_not=why_not,
        remedy=remedy,
        purpose=version.purpose,
        legal_basis=version.legal_basis,
        modes=tuple(version.modes),
        columns=_columns(db, grant.resource, version, shown, today),
        row_condition=version.row_condition,
        rows=_rows(grant.resource, version, limits),
        valid_from=version.valid_from,
        expires_at=version.expires_at,
        cause=cause,
        limits=limits,
    )


def _state(grant: Grant, version: GrantVersion, now: datetime) -> tuple[str, str, str, str]:
    if grant.revoked_at is not None:
        return REVOKED, "revoked", f"授权已收回：{grant.revoked_reason}", "需要继续使用的，重新申请"
    if version.expires_at <= now:
        return ENDED, "ended", "授权已到期", "重新申请；今后请在到期前申请续期"
    if version.valid_from > now:
        return BARRED, "not_yet", "授权尚未生效", "等待生效"
    return LIVE, "", "", ""


def _columns(
    db: Session, resource: Resource, version: GrantVersion, shown: dict[str, Mask], today: date
) -> tuple[ColumnAccess, ...]:
    """The items of a grant's version; one that is no longer shared is named with the cause."""
    kinds = share_types(db, resource, today)
    titles = {item.name: item.title for item in resource.items}
    found = []
    for name, mask in version.columns.items():
        label = Mask(mask).label
        cause = "" if name in shown else _why_hidden(kinds.get(name))
        found.append(
            ColumnAccess(name, titles.get(name, name), name in shown, mask, label, _CAUSES.get(cause, ""), cause)
        )
    return tuple(found)


_CAUSES = {
    "removed": "信息项已从目录中删除",
    "not_shared_now": "信息项现为不予共享",
    "not_in_force": "现行数据版本中没有，或授权现在不生效",
    "not_asked": "未申请",
    "not_shared": "不予共享",
}
_LIMITS = {
    "no_minors": "不含未成年人",
    "no_deceased": "不含已死亡人员",
    "no_suppressed": "不含已过展示期限和依法停止共享的记录",
}


def _why_hidden(kind: ShareType | None) -> str:
    if kind is None:
        return "removed"
    return "not_shared_now" if kind is ShareType.NOT_SHARED else "not_in_force"


def _rows(resource: Resource, version: GrantVersion, limits: Sequence[str]) -> tuple[str, ...]:
    """The limits on rows, in words."""
    own = condition_in_words(resource, version.row_condition) if version.row_condition else ""
    return (*([own] if own else ()), *(_LIMITS[limit] for limit in limits))


def _limits(resource: Resource, version: GrantVersion) -> tuple[str, ...]:
    """The rows that are left out whatever the condition, each as a stable word."""
    found = []
    classes = showable.classes_of(resource)
    if "minors" in classes and not version.includes_minors:
        found.append("no_minors")
    if "deceased" in classes and not version.includes_deceased:
        found.append("no_deceased")
    return (*found, "no_suppressed")


def _items(db: Session, resource: Resource, seen: Sequence[GrantAccess], today: date) -> tuple[ColumnAccess, ...]:
    """Every item of the resource, shown by any living grant or not; of several masks the one that shows most."""
    open_now = {item.name for item in policy.shareable(db, resource, today)}
    shown: dict[str, ColumnAccess] = {}
    for column in (column for each in seen for column in each.columns if column.is_shown):
        held = shown.get(column.name)
        if held is None or policy.is_as_strict(Mask(held.mask), Mask(column.mask)):
            shown[column.name] = column
    return tuple(
        shown.get(item.name) or _unshown(item, "not_asked" if item.name in open_now else "not_shared")
        for item in resource.items
    )


def _unshown(item: DataItem, cause: str) -> ColumnAccess:
    return ColumnAccess(item.name, item.title, False, why_not=_CAUSES[cause], cause=cause)


def _waiting(db: Session, resource: Resource, department: Department) -> Sequence[SharingRequest]:
    """The department's open requests."""
    query = select(SharingRequest).where(
        SharingRequest.resource_id == resource.id,
        SharingRequest.department_id == department.id,
        SharingRequest.state.in_(OPEN),
        ~SharingRequest.is_probe,
    )
    return db.scalars(query.order_by(SharingRequest.id)).all()


def _who(found: SharingRequest) -> str:
    if found.state == ASKED:
        return "、".join(answer.department.name for answer in found.answers if answer.outcome is None)
    return {CHECKING: "主管部门", DISPUTED: "主管部门", RETURNED: found.department.name}.get(found.state, "")


def _remedy(
    resource: Resource, seen: Sequence[GrantAccess], waiting: Sequence[tuple[str, str, str]], is_allowed: bool
) -> tuple[str, str]:
    """What to do, as a stable word and in words."""
    if is_allowed:
        return "ask_more", "需要更多信息项的，另行申请"
    if waiting:
        return "wait", f"申请 {waiting[0][0]} 在办：{waiting[0][1]}，由{waiting[0][2]}办理"
    if resource.state is not ResourceState.PUBLISHED:
        return "unpublished", "资源尚未发布或已停用，等待目录发布"
    if resource.share_type is ShareType.NOT_SHARED:
        return "not_shared", f"该资源不予共享，依据：{resource.share_condition}"
    barred = next((each for each in seen if each.state == BARRED), None)
    if barred is not None and barred.remedy:
        return barred.cause, barred.remedy
    return "ask", "提交共享申请"
