"""The header of a delivered file against the registered items."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from catalog.vocab import Finding, TableSpec
from quality.renamings import canonical, renamings
from quality.rules import blocked
from quality.sql import quoted

SEARCHED = 30  # how many rows at the top of a file may hold titles and notes
SHOWN_NAMES = 10
SHOWN_LENGTH = 30


class FileFault(Exception):
    """The file as a whole cannot be taken; carries the findings. weight: how much of a header is wrong."""

    def __init__(self, *findings: Finding) -> None:
        super().__init__(findings[0].rule)
        self.findings = findings

    @property
    def weight(self) -> int:
        return sum(finding.count for finding in self.findings)


@dataclass(frozen=True, slots=True)
class Header:
    """Where the header is and what its cells are.

    index: from 0. width: how many cells. columns: item -> cell index. extra: names of no item.
    """

    index: int
    width: int
    columns: dict[str, int]
    extra: tuple[str, ...]

    @property
    def is_reordered(self) -> bool:
        """Whether the items stand in another order than the catalog's."""
        places = list(self.columns.values())
        return places != sorted(places)


def find(rows: Sequence[Sequence[str | None]], spec: TableSpec, where: str = "") -> Header:
    """The header among the first rows of a table: the row that names the most items.

    where: the sheet, for messages. Raises FileFault when there is no header, an item is named
    twice or an item is missing.
    """
    scores = [len(set(_items(row, spec)) - {None}) for row in rows[:SEARCHED]]
    best = max(scores, default=0)
    if best == 0 or 2 * best < min(len(spec.columns), 3):
        raise FileFault(missing(spec, spec.names, where, found=False))
    index = scores.index(best)
    return matched(rows[index], spec, index=index, where=where)


def matched(cells: Sequence[str | None], spec: TableSpec, *, index: int = 0, where: str = "") -> Header:
    """The header whose cells these are; raises as `find`."""
    items = _items(cells, spec)
    columns = {item: place for place, item in reversed(list(enumerate(items))) if item}
    if twice := [name for name in columns if items.count(name) > 1]:
        raise FileFault(_repeated(spec, twice, where))
    others = {place: str(c).strip() for place, (c, item) in enumerate(zip(cells, items, strict=True)) if not item}
    extra = {place: name for place, name in others.items() if canonical(name)}
    if absent := [name for name in spec.names if name not in columns]:
        raise FileFault(*_lacking(spec, absent, renamings(spec, absent, columns, extra), extra, where))
    return Header(index, len(cells), {name: columns[name] for name in spec.names}, tuple(extra.values()))


def projection(header: Header, source: Iterable[str]) -> str:
    """The items selected out of the source's columns, in the order of the specification."""
    names = list(source)
    return ", ".join(f"{quoted(names[place])} as {quoted(item)}" for item, place in header.columns.items())


def missing(spec: TableSpec, absent: Sequence[str], where: str = "", *, found: bool = True) -> Finding:
    """The finding for items that no column holds."""
    titles = listed(spec.column(name).title for name in absent)
    text = f"{_at(where)}缺少列: {titles}" if found else f"{_at(where)}前 {SEARCHED} 行中没有表头，应有的列: {titles}"
    return blocked("COLUMN_MISSING", text, "请按目录中的信息项名称或代码补齐表头和列后重新报送", count=len(absent))


def _lacking(
    spec: TableSpec, absent: Sequence[str], guesses: Mapping[str, int], extra: Mapping[int, str], where: str
) -> list[Finding]:
    """What is missing and what is there under another name, told apart."""
    unknown = [name for name in absent if name not in guesses]
    found = [missing(spec, unknown, where)] if unknown else []
    if guesses:
        pairs = listed(
            (f"“{extra[place][:SHOWN_LENGTH]}”疑为“{spec.column(item).title}”" for item, place in guesses.items()), 80
        )
        text = f"{_at(where)}列名与目录不符: {pairs}"
        found.append(
            blocked("COLUMN_RENAMED", text, "请改用目录中的信息项名称或代码作列名后重新报送", count=len(guesses))
        )
    return found


def listed(names: Iterable[str], length: int = SHOWN_LENGTH) -> str:
    """Names for a message of bounded length."""
    shown = [name[:length] for name in names]
    more = f"等 {len(shown)} 项" if len(shown) > SHOWN_NAMES else ""
    return "、".join(shown[:SHOWN_NAMES]) + more


def _repeated(spec: TableSpec, names: Sequence[str], where: str) -> Finding:
    titles = listed(spec.column(name).title for name in names)
    return blocked(
        "FILE_UNREADABLE", f"{_at(where)}表头重复: {titles}", "每个信息项只保留一列后重新报送", count=len(names)
    )


def _items(cells: Sequence[str | None], spec: TableSpec) -> list[str | None]:
    known = {canonical(c.title): c.name for c in spec.columns} | {canonical(c.name): c.name for c in spec.columns}
    return [known.get(canonical(cell)) for cell in cells]


def _at(where: str) -> str:
    return f"工作表“{where}”" if where else ""
