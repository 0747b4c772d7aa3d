"""Sheets of any workbook as tables: where the headings stand, what each column means, which rows are filled."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from catalog import old_books
from catalog.errors import Unreadable
from catalog.field_help import HELP, Level
from catalog.synonyms import closed_headings, heading_of, value_of

MAX_UNPACKED = 200 << 20
MAX_ROWS, MAX_COLUMNS = 100_000, 300
_HEADER_ROWS = 12
_SAMPLE, _ENOUGH = 50, 3
_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9]*_[A-Za-z0-9_]+|[A-Za-z]{2,}[0-9]*")
# columns of the guide that a catalog sheet always has one of
ANCHORS = ("信息资源名称", "信息项名称")


@dataclass(frozen=True, slots=True)
class Column:
    """A recognised column: number from 1, the heading that stands there, the field it means."""

    number: int
    found: str
    heading: str


@dataclass(slots=True)
class Table:
    """One sheet as a table. header: the row of the headings (the lower one of two)."""

    sheet: str
    header: int
    columns: list[Column]
    unknown: list[str]
    rows: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    formulas: list[tuple[int, str]] = field(default_factory=list)

    @property
    def places(self) -> dict[str, int]:
        return {column.heading: column.number for column in self.columns}

    def has(self, heading: str) -> bool:
        return any(column.heading == heading for column in self.columns)


def open_book(path: Path, name: str = "") -> Workbook:
    """The workbook, formulas as they stand; one of Excel 97 or a CSV is taken, too.

    Raises Unreadable for what is none, or would unpack beyond reason.
    """
    name = name or path.name
    try:
        if old_books.is_excel_97(path):
            return old_books.of_excel_97(path)
        if not zipfile.is_zipfile(path) and name.lower().endswith(".csv"):
            return old_books.of_csv(path, name)
        with zipfile.ZipFile(path) as parts:
            unpacked = sum(part.file_size for part in parts.infolist())
        if unpacked > MAX_UNPACKED:
            raise Unreadable(f"{name} 解压后过大", remedy="去掉图片和空白行列，或拆分工作簿")
        with path.open("rb") as file:
            return load_workbook(file)
    except Unreadable:
        raise
    except Exception as error:  # openpyxl lets zip, XML and key errors of broken files through
        raise Unreadable(f"{name} 不是可以读取的 Excel 工作簿", remedy="用目录模板另存为 .xlsx 后重新上传") from error


def pairs(sheet: Worksheet) -> tuple[dict[str, Any], dict[str, int]]:
    """What stands beside each label in a sheet of two columns, and the row of each label."""
    cells: dict[str, Any] = {}
    rows: dict[str, int] = {}
    for number, row in enumerate(sheet.iter_rows(max_row=100, max_col=2, values_only=True), start=1):
        if row and row[0] is not None:
            cells[str(row[0]).strip()] = row[1] if len(row) > 1 else None
            rows[str(row[0]).strip()] = number
    return cells, rows


def table(sheet: Worksheet, level: Level) -> Table | None:
    """The sheet as a table of catalog or project fields; None when its headings are not found."""
    if sheet.max_row > MAX_ROWS or sheet.max_column > MAX_COLUMNS:
        raise Unreadable(
            f"工作表「{sheet.title}」超过 {MAX_ROWS} 行或 {MAX_COLUMNS} 列", remedy="删除空白行列，或拆分工作簿"
        )
    found = _header(sheet, level)
    if found is None:
        return None
    row, texts = found
    made = Table(sheet.title, row, *_columns(texts, level))
    if level is not Level.PROJECT:
        _know_by_content(sheet, made, texts)
    _fill(sheet, made)
    return made


def _header(sheet: Worksheet, level: Level) -> tuple[int, list[str]] | None:
    """The row of headings that means most, two rows tried together; the upper and the single one wins a tie."""
    rows = _texts(sheet)
    best: tuple[int, int, list[str]] | None = None
    for number in range(len(rows)):
        options = [(number + 1, rows[number])]
        if number:
            options.append((number + 1, _joined(rows[number - 1], rows[number])))
        for at, texts in options:
            score = _score(texts, level)
            if score and (best is None or score > best[0]):
                best = (score, at, texts)
    return None if best is None else best[1:]


def _texts(sheet: Worksheet) -> list[list[str]]:
    """The first rows as texts, merged cells filled."""
    rows = [
        ["" if cell is None else str(cell).strip() for cell in row]
        for row in sheet.iter_rows(max_row=_HEADER_ROWS, values_only=True)
    ]
    for area in sheet.merged_cells.ranges:
        if area.max_row <= len(rows):
            text = rows[area.min_row - 1][area.min_col - 1]
            for r in range(area.min_row - 1, area.max_row):
                rows[r][area.min_col - 1 : area.max_col] = [text] * (area.max_col - area.min_col + 1)
    return rows


def _joined(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    """Two rows of headings as one: the lower where it means something, both together, or the upper alone."""
    return [_meaning(a, b) for a, b in zip(upper, lower, strict=True)]


def _meaning(upper: str, lower: str) -> str:
    candidates = (upper + lower, lower, upper) if upper != lower else (lower,)
    return next((text for text in candidates if heading_of(text)), lower or upper)


def _score(texts: Sequence[str], level: Level) -> int:
    headings = {heading for text in texts if (heading := heading_of(text)) and _fits(heading, level)}
    anchors = {"项目编码"} if level is Level.PROJECT else set(ANCHORS)
    return len(headings) if len(headings) >= 3 and headings & anchors else 0


def _fits(heading: str, level: Level) -> bool:
    own = HELP[heading].level
    return own is Level.PROJECT if level is Level.PROJECT else own in (Level.RESOURCE, Level.ITEM)


def _columns(texts: Sequence[str], level: Level) -> tuple[list[Column], list[str]]:
    """Each field by its own heading before any synonym; further columns of the same field are unknown."""
    meant = [(n, text, heading_of(text)) for n, text in enumerate(texts, start=1) if text]
    meant.sort(key=lambda m: m[1] != m[2])
    taken: dict[str, Column] = {}
    for number, text, heading in meant:
        if heading and _fits(heading, level) and heading not in taken:
            taken[heading] = Column(number, text, heading)
    numbers = {column.number for column in taken.values()}
    unknown = [text for n, text in enumerate(texts, start=1) if text and n not in numbers]
    return sorted(taken.values(), key=lambda c: c.number), unknown


def _fill(sheet: Worksheet, made: Table) -> None:
    by_number: Mapping[int, str] = {column.number: column.heading for column in made.columns}
    for row in sheet.iter_rows(min_row=made.header + 1):
        cells: dict[str, Any] = {}
        filled = [cell for cell in row if cell.value is not None and cell.column in by_number]
        for cell in filled:
            if cell.data_type == "f":
                made.formulas.append((cell.row, by_number[cell.column]))
            else:
                cells[by_number[cell.column]] = cell.value
        if filled:
            made.rows.append((row[0].row, cells))


def _know_by_content(sheet: Worksheet, made: Table, texts: Sequence[str]) -> None:
    """Add columns whose heading says nothing, but whose values are terms of exactly one field that is missing."""
    for number, text in enumerate(texts, start=1):
        if text in made.unknown:
            values = _sample(sheet, made.header + 1, number)
            meant = [h for h in (*closed_headings(), "信息项标识") if not made.has(h) and _are(h, values)]
            if len(meant) == 1:
                made.columns.append(Column(number, text, meant[0]))
                made.unknown.remove(text)


def _sample(sheet: Worksheet, first: int, column: int) -> list[str]:
    last = min(first + _SAMPLE, sheet.max_row)
    cells = sheet.iter_rows(min_row=first, max_row=last, min_col=column, max_col=column, values_only=True)
    return [str(cell).strip() for (cell,) in cells if cell is not None and str(cell).strip()]


def _are(heading: str, values: Sequence[str]) -> bool:
    if len(values) < _ENOUGH:
        return False
    if heading == "信息项标识":
        return all(_IDENTIFIER.fullmatch(value) for value in values)
    # bare numbers are terms of several fields, and of none
    return all(value_of(heading, value) and not value.isdigit() for value in values)


def sheets(book: Workbook) -> Iterator[Worksheet]:
    """The sheets that people see."""
    yield from (sheet for sheet in book.worksheets if sheet.sheet_state == "visible")
