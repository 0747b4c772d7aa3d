"""What a verifier fills in for a rule of its own: parameters of known kinds, checked, never SQL."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.errors import Invalid
from catalog.models import DataItem, Resource
from catalog.patterns import is_usable
from catalog.vocab import ResourceState, RuleKind, ShareType

MOST_VALUES, LONGEST = 200, 200
OPERATORS = ("<", "<=", "=", "<>", ">=", ">")
Parameters = dict[str, Any]


def settled(db: Session, resource: Resource, item_name: str, kind: RuleKind, sent: Mapping[str, Any]) -> Parameters:
    """The parameters of a rule on an item, cleaned; raises Invalid that names the field and the way out."""
    return _KINDS[kind](db, resource, item_of(resource, item_name), sent)


def item_of(resource: Resource, name: str, field: str = "item") -> DataItem:
    """The item of that name; raises Invalid."""
    found = next((item for item in resource.items if item.name == name), None)
    if found is None:
        raise _fault(field, f"没有信息项「{name}」", "从本资源的信息项中选择")
    return found


def _between(db: Session, resource: Resource, item: DataItem, sent: Mapping[str, Any]) -> Parameters:
    limits = {end: str(sent.get(end) or "").strip() for end in ("low", "high")}
    if not any(limits.values()):
        raise _fault("low", "没有填写下限或上限", "至少填写一个")
    order = {end: _measure(item, end, text) for end, text in limits.items() if text}
    if len(order) == 2 and order["low"] > order["high"]:
        raise _fault("high", "上限小于下限", "核对两个界限")
    return {end: text for end, text in limits.items() if text}


def _measure(item: DataItem, field: str, text: str) -> Any:
    """A limit as it sorts: a day or a number."""
    try:
        if item.stored_type == "DATE":
            return date.fromisoformat(text)
        if item.stored_type.startswith(("DECIMAL", "BIGINT", "DOUBLE")) and re.fullmatch(
            r"-?\d{1,15}(\.\d{1,9})?", text
        ):
            return float(text)
    except ValueError:
        pass
    raise _fault(
        field,
        f"「{text[:30]}」不能作为「{item.title}」的界限",
        "数值项填写数字，日期项填写 YYYY-MM-DD；其他类型请选别的规则",
    )


def _in_list(db: Session, resource: Resource, item: DataItem, sent: Mapping[str, Any]) -> Parameters:
    _require_text(item)
    values = sent.get("values") or []
    lines = values.splitlines() if isinstance(values, str) else [str(value) for value in values]
    kept = list(dict.fromkeys(line.strip() for line in lines if line.strip()))
    if not 0 < len(kept) <= MOST_VALUES or any(len(value) > LONGEST for value in kept):
        raise _fault("values", f"取值应有 1 至 {MOST_VALUES} 个，每个不超过 {LONGEST} 字", "每行填写一个取值")
    return {"values": kept}


def _pattern(db: Session, resource: Resource, item: DataItem, sent: Mapping[str, Any]) -> Parameters:
    _require_text(item)
    pattern = str(sent.get("pattern") or "").strip()
    if not pattern or len(pattern) > LONGEST or not is_usable(pattern):
        raise _fault(
            "pattern",
            "格式为空、过长、不是有效的正则表达式，或用了环视、反向引用",
            "使用 RE2 支持的写法，例如 \\d{4}-\\d{2}",
        )
    return {"pattern": pattern}


def _compare(db: Session, resource: Resource, item: DataItem, sent: Mapping[str, Any]) -> Parameters:
    operator, other = str(sent.get("operator") or ""), item_of(resource, str(sent.get("other") or ""), "other")
    if operator not in OPERATORS:
        raise _fault("operator", "没有这种比较", f"可用：{' '.join(OPERATORS)}")
    if other.name == item.name or _class(other) != _class(item):
        raise _fault("other", f"「{item.title}」不能与「{other.title}」比较", "选择另一个同类的信息项")
    return {"operator": operator, "other": other.name}


def _exists_in(db: Session, resource: Resource, item: DataItem, sent: Mapping[str, Any]) -> Parameters:
    """Counts would tell what stands there: only the department's own rows and what everybody shares without conditions."""
    slug, name = str(sent.get("resource") or ""), str(sent.get("other") or "")
    other = db.scalar(select(Resource).where(Resource.slug == slug, Resource.state == ResourceState.PUBLISHED))
    if other is None or other.id == resource.id or other.is_base_table:
        raise _fault("resource", f"没有可供比对的信息资源「{slug[:64]}」", "填写另一个已发布资源的标识")
    found = item_of(other, name, "other")
    if other.provider_id != resource.provider_id and found.share_type is not ShareType.UNCONDITIONAL:
        raise _fault(
            "other", f"「{other.name}」的「{found.title}」不是无条件共享", "只能与本部门资源或无条件共享的信息项比对"
        )
    return {"resource": slug, "other": name}


def _require_text(item: DataItem) -> None:
    if item.stored_type != "VARCHAR":
        raise _fault("item", f"「{item.title}」不是文本项", "数值和日期请用取值范围")


def _class(item: DataItem) -> str:
    """Items of one class can be compared."""
    return "NUMBER" if item.stored_type.startswith(("DECIMAL", "BIGINT", "DOUBLE")) else item.stored_type


def _fault(field: str, message: str, remedy: str) -> Invalid:
    return Invalid(message, remedy=remedy, field=field)


_KINDS: dict[RuleKind, Callable[[Session, Resource, DataItem, Mapping[str, Any]], Parameters]] = {
    RuleKind.BETWEEN: _between,
    RuleKind.IN_LIST: _in_list,
    RuleKind.PATTERN: _pattern,
    RuleKind.COMPARE: _compare,
    RuleKind.EXISTS_IN: _exists_in,
}
