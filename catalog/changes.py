"""What changed between two versions of a resource, and what of it consumers would miss.

Contents are the plain values of `ResourceEntry.content()`; items are matched by name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from catalog.vocab import DataType, Sensitivity, ShareType, UpdateCycle

ADDED, REMOVED, CHANGED, ORDER = "added", "removed", "changed", "order"
Content = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. item: "" for the resource's own fields; field: "" for a whole item."""

    kind: str
    item: str
    field: str
    old: Any
    new: Any

    def plain(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Breaking:
    """One change that a consumer would feel. item: "" when every consumer of the resource does."""

    rule: str
    item: str
    text: str


def diff(old: Content, new: Content) -> list[Change]:
    """Every difference of two contents; `apply(old, diff(old, new)) == new`."""
    found = list(_fields("", old, new, skip="items"))
    before, after = _items(old), _items(new)
    found += [Change(REMOVED, name, "", item, None) for name, item in before.items() if name not in after]
    for name, item in after.items():
        if name in before:
            found += _fields(name, before[name], item)
        else:
            found.append(Change(ADDED, name, "", None, item))
    if [n for n in before if n in after] + [n for n in after if n not in before] != list(after):
        found.append(Change(ORDER, "", "items", list(before), list(after)))
    return found


def apply(old: Content, changes: Sequence[Change]) -> dict[str, Any]:
    """The newer content, out of the older one and the differences."""
    content = {name: value for name, value in old.items() if name != "items"}
    items = {name: dict(item) for name, item in _items(old).items()}
    order: list[str] | None = None
    for change in changes:
        if change.kind == ORDER:
            order = change.new
        elif change.item and not change.field:
            _put(items, change.item, change)
        else:
            _put(items[change.item] if change.item else content, change.field, change)
    content["items"] = [items[name] for name in order or items]
    return content


def _put(target: dict[str, Any], name: str, change: Change) -> None:
    if change.kind == REMOVED:
        del target[name]
    else:
        target[name] = change.new


def _items(content: Content) -> dict[str, Any]:
    return {item["name"]: item for item in content["items"]}


def _fields(item: str, old: Content, new: Content, skip: str = "") -> Iterator[Change]:
    for name in dict.fromkeys((*old, *new)):
        if name == skip or (name in old and name in new and _same(old[name], new[name])):
            continue
        kind = ADDED if name not in old else REMOVED if name not in new else CHANGED
        yield Change(kind, item, name, old.get(name), new.get(name))


def _same(old: Any, new: Any) -> bool:
    """Equal and of one type family: 1 and True are not the same value."""
    return bool(old == new) and isinstance(old, bool) == isinstance(new, bool)


def breaking(old: Content, new: Content) -> list[Breaking]:
    """The changes that a consumer of the older version would feel."""
    found = list(_resource_breaking(old, new))
    after = _items(new)
    for name, item in _items(old).items():
        if name in after:
            found += _item_breaking(name, item, after[name])
        else:
            found.append(Breaking("item_removed", name, f"删除信息项「{item['title']}」"))
    return found


def _resource_breaking(old: Content, new: Content) -> Iterator[Breaking]:
    if _tightened(old, new):
        yield Breaking("sharing_tightened", "", f"共享类型收紧为「{ShareType(new['share_type']).label}」")
    if _keys(old) != _keys(new):
        yield Breaking("key_changed", "", "主键改变")
    for rule, names, text in _RESOURCE_RULES:
        if any(old.get(name) != new.get(name) for name in names):
            yield Breaking(rule, "", text)
    if old.get("update_cycle") and _slower(old["update_cycle"], new["update_cycle"]):
        yield Breaking("cycle_slowed", "", f"更新周期放慢为「{UpdateCycle(new['update_cycle']).label}」")
    if _conditioned(old, new):
        yield Breaking("condition_added", "", "新增共享条件")
    if old.get("is_open") and not new.get("is_open"):
        yield Breaking("closed", "", "不再向社会开放")


# what a consumer's program reads, and by which way
_RESOURCE_RULES = (
    ("method_changed", ("share_channel", "share_method"), "共享方式改变"),
    ("format_changed", ("format_class", "format_type"), "格式改变"),
    ("delivery_mode_changed", ("delivery_mode",), "报送方式改变"),
)


def _slower(old: str, new: str) -> bool:
    cycles = list(UpdateCycle)
    return cycles.index(UpdateCycle(new)) > cycles.index(UpdateCycle(old))


def _conditioned(old: Content, new: Content) -> bool:
    return not old.get("share_condition") and bool(new.get("share_condition"))


def _keys(content: Content) -> set[str]:
    return {item["name"] for item in content["items"] if item["is_key"]}


def _item_breaking(name: str, old: Content, new: Content) -> Iterator[Breaking]:
    title = new["title"]
    if old["data_type"] != new["data_type"] and not _widens(old["data_type"], new["data_type"]):
        yield Breaking("type_narrowed", name, f"「{title}」数据类型改为{DataType(new['data_type']).label}")
    if _shorter(old["length"], new["length"]):
        yield Breaking("length_narrowed", name, f"「{title}」长度缩短为 {new['length']}")
    if _tightened(old, new):
        yield Breaking("sharing_tightened", name, f"「{title}」共享类型收紧")
    if new["pattern"] and old["pattern"] != new["pattern"]:
        yield Breaking("pattern_narrowed", name, f"「{title}」格式规则改变")
    if new["code_list"] and old["code_list"] != new["code_list"]:
        yield Breaking("code_list_narrowed", name, f"「{title}」代码表改变")
    if old["code_list"] and not new["code_list"]:
        yield Breaking("code_list_removed", name, f"「{title}」不再使用代码表")
    if _higher(old["minimum"], new["minimum"]) or _shorter(old["maximum"], new["maximum"]):
        yield Breaking("range_narrowed", name, f"「{title}」取值范围缩小")
    if old["measure_unit"] != new["measure_unit"]:
        yield Breaking("unit_changed", name, f"「{title}」计量单位改变")
    if old["is_lookup"] and not new["is_lookup"]:
        yield Breaking("lookup_removed", name, f"「{title}」不再可查询")
    yield from _held_closer(name, old, new)


def _held_closer(name: str, old: Content, new: Content) -> Iterator[Breaking]:
    """What lets less of an item be seen: by masks, by conditions, by the public."""
    title = new["title"]
    if old.get("sensitivity") and _more_sensitive(old["sensitivity"], new["sensitivity"]):
        yield Breaking(
            "sensitivity_raised", name, f"「{title}」敏感级别提高为「{Sensitivity(new['sensitivity']).label}」"
        )
    if _conditioned(old, new):
        yield Breaking("condition_added", name, f"「{title}」新增共享条件")
    if old.get("is_open") and not new.get("is_open"):
        yield Breaking("closed", name, f"「{title}」不再向社会开放")


def _more_sensitive(old: str, new: str) -> bool:
    classes = list(Sensitivity)
    return classes.index(Sensitivity(new)) > classes.index(Sensitivity(old))


# a type may become one that holds every value of it and reads alike
_WIDER = {
    DataType.INTEGER: {DataType.NUMBER},
    DataType.FLOAT: {DataType.DOUBLE},
    DataType.TEXT: {DataType.MEMO},
    DataType.MONEY: {DataType.NUMBER},
}


def _widens(old: str, new: str) -> bool:
    return DataType(new) in _WIDER.get(DataType(old), set())


def _tightened(old: Content, new: Content) -> bool:
    return ShareType(new["share_type"]).strictness > ShareType(old["share_type"]).strictness


def _shorter(old: float | None, new: float | None) -> bool:
    """Whether an upper bound came, or came down."""
    return new is not None and (old is None or new < old)


def _higher(old: float | None, new: float | None) -> bool:
    return new is not None and (old is None or new > old)
