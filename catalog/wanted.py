"""What a request asks for: items, rows, purpose and period, checked before anybody is troubled with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from catalog import conditions, policy
from catalog.errors import Conflict, Invalid, NotAllowed
from catalog.grants import MODES
from catalog.lineage import share_types
from catalog.models import DataItem, Resource, SharingRequest
from catalog.view import Condition
from catalog.vocab import Mask, ResourceState, ShareType

MAX_DAYS = 1096


def items_of(db: Session, resource: Resource, columns: Sequence[str], on: date) -> list[DataItem]:
    """The items of those names; raises Conflict, Invalid or NotAllowed, naming each that cannot be asked for."""
    if resource.state is not ResourceState.PUBLISHED:
        raise Conflict(f"「{resource.name}」尚未发布或已停用", remedy="等待目录发布", resource=resource.slug)
    known, open_items = {i.name for i in resource.items}, {i.name: i for i in policy.shareable(db, resource, on)}
    if unknown := [c for c in columns if c not in known]:
        raise Invalid(f"没有信息项 {'、'.join(unknown)}", remedy="从资源目录中选择信息项", columns=unknown)
    if closed := [c for c in columns if c not in open_items]:
        raise NotAllowed(f"不予共享的信息项：{'、'.join(closed)}", remedy="去掉这些信息项", columns=closed)
    if not columns:
        raise Invalid("没有选择信息项", remedy="至少选择一个信息项")
    return [open_items[name] for name in dict.fromkeys(columns)]


def condition_of(db: Session, resource: Resource, content: Mapping[str, Any] | None, on: date) -> Condition | None:
    """A row condition; it may look at shareable items only, for its answer tells their values."""
    if content is None:
        return None
    return conditions.parse(content, {item.name: item.stored_type for item in policy.shareable(db, resource, on)})


def check_terms(modes: Sequence[str], days: int, purpose: str, legal_basis: str) -> None:
    """Raise Invalid with everything that is missing or out of bounds."""
    faults = {
        f"使用方式只有 {'、'.join(MODES)}": not modes or bool(set(modes) - set(MODES)),
        f"期限应为 1 至 {MAX_DAYS} 天": not 1 <= days <= MAX_DAYS,
        "应写明应用场景": not purpose.strip(),
        "应写明使用依据": not legal_basis.strip(),
    }
    if found := [text for text, is_fault in faults.items() if is_fault]:
        raise Invalid("；".join(found), remedy="补全申请后重新提交", faults=found)


def filtered(found: SharingRequest) -> set[str]:
    """The items that a request's row condition looks at."""
    if found.row_condition is None:
        return set()
    types = {item.name: item.stored_type for item in found.resource.items}
    return set(conditions.columns_of(conditions.parse(found.row_condition, types)))


def is_unconditional(db: Session, found: SharingRequest, on: date) -> bool:
    """Whether nobody has to decide; a condition on masked values would tell them, so somebody must."""
    kinds, looked_at = share_types(db, found.resource, on), filtered(found)
    masks = policy.default_masks(db, found.resource, on)
    plain = all(masks[name] is Mask.PLAIN for name in looked_at)
    every = {kinds[name] for name in looked_at.union(found.columns)}
    return plain and not found.includes_minors and every == {ShareType.UNCONDITIONAL}
