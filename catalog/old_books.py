"""Catalogs that come as Excel 97 workbooks or as CSV, as the workbooks that the register reads."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import fastexcel
from openpyxl import Workbook
from openpyxl.cell import Cell

from catalog.errors import Unreadable

# the container of Office files before 2007
EXCEL_97 = bytes.fromhex("d0cf11e0a1b11ae1")
LARGEST_TEXT = 50 << 20
_ENCODINGS = ("utf-8-sig", "gb18030")
_NO_TITLE = re.compile(r"[\[\]:*?/\\]")
_LONGEST_TITLE = 31


def is_excel_97(path: Path) -> bool:
    """Whether the file is an Office file from before 2007, by its first bytes."""
    with path.open("rb") as file:
        return file.read(len(EXCEL_97)) == EXCEL_97


def of_excel_97(path: Path) -> Workbook:
    """Every sheet with its values as they are shown; raises fastexcel's errors for what is no workbook."""
    reader = fastexcel.read_excel(path.read_bytes())
    book = _empty()
    for name in reader.sheet_names:
        frame = reader.load_sheet(name, header_row=None, dtypes="string").to_polars()
        _add(book, name, frame.iter_rows())
    return book


def of_csv(path: Path, name: str) -> Workbook:
    """One sheet, called like the file; comma, semicolon and tab part the cells, whichever the first line has most of.

    Raises Unreadable for a text in no known encoding, or one that is too long.
    """
    if path.stat().st_size > LARGEST_TEXT:
        raise Unreadable(f"{name} 过大", remedy="拆分后重新上传")
    lines = _text(path, name).splitlines(keepends=True)
    mark = max(",;\t", key=lines[0].count) if lines else ","
    book = _empty()
    _add(book, Path(name).stem, csv.reader(lines, delimiter=mark))
    return book


def _text(path: Path, name: str) -> str:
    content = path.read_bytes()
    if b"\x00" not in content:
        for encoding in _ENCODINGS:
            try:
                return content.decode(encoding)
            except UnicodeDecodeError:
                continue
    raise Unreadable(f"{name} 不是可以读取的 Excel 工作簿", remedy="用目录模板另存为 .xlsx 后重新上传")


def _empty() -> Workbook:
    book = Workbook()
    book.remove(book.worksheets[0])
    return book


def _add(book: Workbook, name: str, rows: Iterable[Sequence[str | None]]) -> None:
    sheet = book.create_sheet(_NO_TITLE.sub(" ", name)[:_LONGEST_TITLE] or "1")
    for row in rows:
        sheet.append(list(_cells(sheet, row)))


def _cells(sheet: object, row: Sequence[str | None]) -> Iterator[Cell | None]:
    for text in row:
        if not text:
            yield None
            continue
        cell = Cell(sheet, value=text)
        # what looks like a formula is a text there
        cell.data_type = "s"
        yield cell
