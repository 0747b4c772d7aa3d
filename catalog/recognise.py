"""Any catalog workbook, our template, last year's or another product's export, as lines under our headings.

What is plainly meant is proposed as a fix and listed; what matters and is not said stays a fault.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from catalog import grid
from catalog.entries import SystemEntry
from catalog.field_help import HELP, Level
from catalog.guide import CLASS_LABELS
from catalog.pinyin import slug_of
from catalog.sheets import CATALOG_SHEET, DEPARTMENT_SHEET, PROJECT_SHEET, Fault, Fix, Line, plain
from catalog.synonyms import heading_of, value_of
from catalog.vocab import bare

_DATES = frozenset({"发布日期", "保密审查日期", "上线日期"})
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?|(\d{4})(\d{2})(\d{2})")
_SIZED = re.compile(r"(.+?)\s*[(（]\s*(\d+)\s*(?:,\s*\d+)?\s*[)）]")
_CODE = re.compile(r"([123])(\d{2})(\d{3})(?:/?\d+)?")
_EXCEL_EPOCH = date(1899, 12, 30)


@dataclass(frozen=True, slots=True)
class Known:
    """What the register already knows of the department: facts by label, slugs by bare name, items by bare title.

    systems: those registered, for a workbook without a sheet of them.
    """

    facts: Mapping[str, str] = field(default_factory=dict)
    slugs: Mapping[str, str] = field(default_factory=dict)
    items: Mapping[tuple[str, str], str] = field(default_factory=dict)
    systems: tuple[SystemEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """One resource: the line that holds its own cells, and a line for each of its items."""

    resource: Line
    items: list[Line]


@dataclass(slots=True)
class Recognised:
    """What a workbook says under our headings, with the fixes that this took; unknown: columns passed over."""

    facts: Line
    projects: list[Line]
    groups: list[Group]
    faults: list[Fault]
    fixes: list[Fix]
    unknown: list[str]


def recognise(book: Workbook, known: Known) -> Recognised:
    """The workbook's lines. known: fills the department's facts where the workbook has no sheet of them."""
    faults: list[Fault] = []
    fixes: list[Fix] = []
    tables, unknown = _catalog_tables(book, fixes)
    lines = [line for each in tables for line in _lines(each, faults, fixes)]
    facts = _facts(book, known, faults)
    if not tables:
        faults.append(
            Fault(CATALOG_SHEET, 1, "信息资源名称", "缺少工作表或表头", f"从模板补上工作表「{CATALOG_SHEET}」")
        )
    found = Recognised(facts, _projects(book, faults, fixes), _groups(lines), faults, fixes, unknown)
    complete(found, known)
    return found


def _catalog_tables(book: Workbook, fixes: list[Fix]) -> tuple[list[grid.Table], list[str]]:
    tables: list[grid.Table] = []
    for sheet in grid.sheets(book):
        if sheet.title not in (DEPARTMENT_SHEET, PROJECT_SHEET):
            found = grid.table(sheet, Level.RESOURCE)
            tables += [found] if found else []
    # where resources and items stand in two sheets, the resources come first
    tables.sort(key=lambda t: t.has("信息项名称") and not t.has("信息资源摘要"))
    for each in tables:
        fixes += _heading_fixes(each)
    return tables, [f"工作表「{t.sheet}」的列「{heading}」" for t in tables for heading in t.unknown]


def _heading_fixes(each: grid.Table) -> Iterator[Fix]:
    for column in each.columns:
        if column.found != column.heading:
            rule = "表头同义" if heading_of(column.found) else "按内容识别列"
            yield Fix(each.sheet, each.header, column.found, column.found, column.heading, rule)


def _lines(each: grid.Table, faults: list[Fault], fixes: list[Fix]) -> Iterator[Line]:
    for number, heading in each.formulas:
        Line(each.sheet, number, {}, faults, each.places).fault(heading, "单元格是公式", "复制后选择性粘贴为数值")
    for number, cells in each.rows:
        mended = dict(cells)
        for heading, value in cells.items():
            for target, proposed, rule in _mend(heading, value):
                if target == heading or not plain(mended.get(target)):
                    fixes.append(Fix(each.sheet, number, target, plain(value) or str(value), proposed, rule))
                    mended[target] = proposed
        if any(plain(value) for value in mended.values()):
            yield Line(each.sheet, number, mended, faults, each.places)


def _mend(heading: str, value: Any) -> Iterator[tuple[str, str, str]]:
    """The safe corrections of one cell: (heading, what should stand there, why)."""
    if isinstance(value, bool):
        yield heading, "是" if value else "否", "是否"
    elif heading in _DATES:
        yield from _dated(heading, value)
    elif isinstance(value, str):
        text = value.strip()
        if HELP[heading].choices:
            yield from _termed(heading, text, value)
        elif heading == "信息项标识" and text != text.lower() and re.fullmatch(r"[A-Za-z]\w*", text, re.ASCII):
            yield heading, text.lower(), "改为小写"
        elif text != value:
            yield heading, text, "首尾空白"
    elif HELP[heading].choices and (term := value_of(heading, plain(value))):
        yield heading, term, "枚举同义"


def _termed(heading: str, text: str, value: str) -> Iterator[tuple[str, str, str]]:
    sized = _SIZED.fullmatch(text) if heading == "数据类型" else None
    if text in HELP[heading].choices:
        if text != value:
            yield heading, text, "首尾空白"
    elif term := value_of(heading, text):
        yield heading, term, "枚举同义"
    elif sized and (term := value_of(heading, sized[1])):
        yield heading, term, "枚举同义"
        yield "数据长度", sized[2], "长度写在类型里"


def _dated(heading: str, value: Any) -> Iterator[tuple[str, str, str]]:
    if isinstance(value, datetime):
        return
    text = plain(value)
    if isinstance(value, int | float) and 20_000 < value < 80_000:
        yield heading, (_EXCEL_EPOCH + timedelta(days=int(value))).isoformat(), "日期是序号"
    elif (found := _DATE.fullmatch(text)) and not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        parts = [int(part) for part in found.groups() if part]
        try:
            yield heading, date(*parts).isoformat(), "日期写法"
        except ValueError:
            return


def _facts(book: Workbook, known: Known, faults: list[Fault]) -> Line:
    if DEPARTMENT_SHEET in book.sheetnames:
        cells, rows = grid.pairs(book[DEPARTMENT_SHEET])
        return _Facts(DEPARTMENT_SHEET, 1, cells, faults, rows=rows)
    if not known.facts:
        faults.append(Fault(DEPARTMENT_SHEET, 1, "", "缺少工作表", f"从模板补上工作表「{DEPARTMENT_SHEET}」"))
    return Line(DEPARTMENT_SHEET, 1, known.facts, [] if not known.facts else faults)


@dataclass(slots=True)
class _Facts(Line):
    """The department's sheet: each label stands on a row of its own, its value beside it."""

    rows: Mapping[str, int] = field(default_factory=dict)

    def fault(self, column: str, rule: str, remedy: str) -> None:
        row = self.rows.get(column)
        self.faults.append(Fault(self.sheet, row or 1, column, rule, remedy, f"B{row}" if row else ""))


def _projects(book: Workbook, faults: list[Fault], fixes: list[Fix]) -> list[Line]:
    if PROJECT_SHEET not in book.sheetnames:
        return []
    sheet: Worksheet = book[PROJECT_SHEET]
    found = grid.table(sheet, Level.PROJECT)
    if found is None:
        filled = any(cell is not None for row in sheet.iter_rows(values_only=True) for cell in row)
        if filled:
            faults.append(Fault(PROJECT_SHEET, 1, "项目编码", "缺少表头", "从模板恢复含「项目编码」的表头行"))
        return []
    return list(_lines(found, faults, fixes))


def _groups(lines: Sequence[Line]) -> list[Group]:
    """Lines by resource: a name that is filled begins one unless it is the current or an earlier one of another sheet."""
    groups: list[Group] = []
    by_name: dict[str, Group] = {}
    current: Group | None = None
    for line in lines:
        name = bare(plain(line.cells.get("信息资源名称")))
        if name and not (current and _same(current, line, name)):
            current = by_name.get(name) if _is_item_only(line, by_name.get(name)) else None
            if current is None:
                current = Group(line, [])
                groups.append(current)
                by_name[name] = current
        if current is None:
            line.fault("信息资源名称", "必填", "在资源的第一行填写信息资源名称")
        elif plain(line.cells.get("信息项名称")) or plain(line.cells.get("信息项标识")):
            current.items.append(line)
    return groups


def _same(current: Group, line: Line, name: str) -> bool:
    """Whether a row repeats the name of the resource it belongs to, as exports do."""
    held = current.resource.cells
    slug = plain(line.cells.get("资源标识"))
    return bare(plain(held.get("信息资源名称"))) == name and slug in ("", plain(held.get("资源标识")))


def _is_item_only(line: Line, group: Group | None) -> bool:
    return group is not None and group.resource.sheet != line.sheet


def complete(found: Recognised, known: Known) -> None:
    """Fill what follows from the rest: slugs out of names, the classification out of a code, the delivery mode."""
    taken: set[str] = set()
    prefix = plain(found.facts.cells.get("部门标识"))
    for group in found.groups:
        line = group.resource
        _classify(line, found.fixes)
        if not plain(line.cells.get("资源标识")):
            name = plain(line.cells.get("信息资源名称"))
            held = known.slugs.get(bare(name))
            _fill(line, "资源标识", held or slug_of(name, prefix, taken), _slug_rule(held), found.fixes)
        if group.items and not plain(line.cells.get("报送方式")):
            _fill(line, "报送方式", "增量", "未填时取不删除记录的方式", found.fixes)
        slug = plain(line.cells.get("资源标识"))
        taken.add(slug)
        _name_items(group, slug, known, found.fixes)


def _slug_rule(held: str | None) -> str:
    return "沿用已登记的标识" if held else "由名称的拼音生成"


def _classify(line: Line, fixes: list[Fix]) -> None:
    found = _CODE.fullmatch(plain(line.cells.get("信息资源代码")))
    if found and not plain(line.cells.get("类")):
        for heading, part in zip(("类", "项", "目"), (CLASS_LABELS[found[1]], found[2], found[3]), strict=True):
            _fill(line, heading, part, "取自信息资源代码", fixes)


def _name_items(group: Group, slug: str, known: Known, fixes: list[Fix]) -> None:
    taken: set[str] = set()
    for line in group.items:
        if not plain(line.cells.get("信息项标识")):
            title = plain(line.cells.get("信息项名称"))
            held = known.items.get((slug, bare(title)))
            _fill(line, "信息项标识", held or slug_of(title, "", taken), _slug_rule(held), fixes)
        taken.add(plain(line.cells.get("信息项标识")))


def _fill(line: Line, heading: str, proposed: str, rule: str, fixes: list[Fix]) -> None:
    """Put what is proposed into an empty cell."""
    if proposed:
        line.cells = {**line.cells, heading: proposed}
        fixes.append(Fix(line.sheet, line.row, heading, "", proposed, rule))
