"""An entry as the text in its cells, by heading: what a form holds, how two entries differ, how two edits are joined."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from catalog.booklet import cell_text, item_cells, resource_cells
from catalog.entries import ItemEntry, ResourceEntry
from catalog.field_help import Level, headings
from catalog.vocab import Sensitivity, ShareType

ITEM_NAME, ITEM_TITLE = "信息项标识", "信息项名称"
# what the register or the department's facts say, and nobody types
GIVEN = ("信息资源代码", "信息资源提供方", "信息资源提供方代码", "发布日期")
RESOURCE_HEADINGS = tuple(h for h in headings(Level.RESOURCE) if h not in GIVEN)
ITEM_HEADINGS = headings(Level.ITEM)
WHOLE = ""
Cells = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Filled:
    """The cells of a resource and those of each of its items, all of them text."""

    resource: Cells
    items: Sequence[Cells]

    @property
    def by_name(self) -> dict[str, Cells]:
        return {item[ITEM_NAME]: item for item in self.items if item.get(ITEM_NAME)}


@dataclass(frozen=True, slots=True)
class Difference:
    """One cell that differs. item: title of the item, "" for the resource's own; heading: "" for a whole item."""

    item: str
    heading: str
    old: str
    new: str


def cells_of(entry: ResourceEntry) -> Filled:
    """Everything that an entry says."""
    resource = {name: cell_text(value) for name, value in resource_cells(entry).items() if name not in GIVEN}
    items = [{name: cell_text(value) for name, value in item_cells(item).items()} for item in entry.items]
    return Filled(resource, items)


def form_of(entry: ResourceEntry) -> Filled:
    """The same, where an item that shares and opens as its resource does says nothing of it."""
    filled = cells_of(entry)
    items = [_without_usual(cells, item, entry) for cells, item in zip(filled.items, entry.items, strict=True)]
    return Filled(filled.resource, items)


def _without_usual(cells: Cells, item: ItemEntry, entry: ResourceEntry) -> Cells:
    shares = item.share_type is ShareType.UNCONDITIONAL and item.sensitivity is Sensitivity.PUBLIC
    usual = {
        "信息项共享类型": item.share_type is entry.share_type,
        "信息项是否开放": item.is_open is (entry.is_open and shares),
    }
    return {name: "" if usual.get(name) else text for name, text in cells.items()}


def blank() -> Filled:
    """A form that nobody has written in, with one line for an item."""
    return Filled(dict.fromkeys(RESOURCE_HEADINGS, ""), [blank_item()])


def blank_item() -> Cells:
    return dict.fromkeys(ITEM_HEADINGS, "")


def differences(old: Filled, new: Filled) -> list[Difference]:
    """Cell by cell what the newer one says otherwise; items are matched by their names."""
    found = list(_differing("", RESOURCE_HEADINGS, old.resource, new.resource))
    before, after = old.by_name, new.by_name
    for name, item in before.items():
        if name not in after:
            found.append(Difference(_titled(item), WHOLE, _titled(item), ""))
    for name, item in after.items():
        if name in before:
            found += _differing(_titled(item), ITEM_HEADINGS, before[name], item)
        else:
            found.append(Difference(_titled(item), WHOLE, "", _titled(item)))
    if [n for n in before if n in after] != [n for n in after if n in before]:
        found.append(Difference("", "信息项顺序", _listed(before), _listed(after)))
    return found


def _differing(item: str, names: Sequence[str], old: Cells, new: Cells) -> Iterator[Difference]:
    for name in names:
        if old.get(name, "") != new.get(name, ""):
            yield Difference(item, name, old.get(name, ""), new.get(name, ""))


def _titled(item: Cells) -> str:
    return f"{item.get(ITEM_TITLE, '')}（{item.get(ITEM_NAME, '')}）"


def _listed(items: Mapping[str, Cells]) -> str:
    return "、".join(item.get(ITEM_TITLE, "") for item in items.values())


def merge(base: Filled, mine: Filled, theirs: Filled) -> Filled:
    """What I typed, with what they changed meanwhile wherever I left it as it was."""
    resource = _merged(base.resource, mine.resource, theirs.resource)
    old, new = base.by_name, theirs.by_name
    items = [_merged_item(item, old, new) for item in mine.items if not _was_removed(item, old, new)]
    held = {item.get(ITEM_NAME) for item in mine.items}
    items += [item for name, item in new.items() if name not in old and name not in held]
    return Filled(resource, items)


def _merged(base: Cells, mine: Cells, theirs: Cells) -> Cells:
    return {
        name: theirs.get(name, "") if text == base.get(name, "") and name in theirs else text
        for name, text in mine.items()
    }


def _merged_item(item: Cells, old: Mapping[str, Cells], new: Mapping[str, Cells]) -> Cells:
    name = item.get(ITEM_NAME, "")
    return _merged(old[name], item, new[name]) if name in old and name in new else item


def _was_removed(item: Cells, old: Mapping[str, Cells], new: Mapping[str, Cells]) -> bool:
    """Whether they took out an item that I left as it was."""
    name = item.get(ITEM_NAME, "")
    return name in old and name not in new and not any(_differing("", ITEM_HEADINGS, old[name], item))
