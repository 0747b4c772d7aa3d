"""A refused workbook given back with its faulty cells coloured, each with what is wrong and how to mend it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from catalog.grid import open_book
from catalog.sheets import Fault, Fix

FAULT_SHEET, FAULT_SHEET_EN = "错误清单", "Faults"
_RED, _YELLOW = PatternFill("solid", fgColor="FFFF9999"), PatternFill("solid", fgColor="FFFFF2A8")
_HEADINGS = ("工作表", "行", "列", "单元格", "问题", "改法")
_WIDTHS = (20, 8, 24, 10, 50, 50)


def mark(
    path: Path,
    faults: Sequence[Fault],
    fixes: Sequence[Fix],
    places: Mapping[str, Mapping[str, int]],
    name: str = "",
) -> bytes:
    """The copy as bytes: a list of everything first, then the cells: red to be mended, yellow to be corrected.

    places: sheet -> heading -> column number, for fixes name their cells by heading. name: what the file was called.
    """
    book = open_book(path, name)
    _list(book, faults, fixes)
    told: dict[tuple[str, str], list[str]] = {}
    for fault in faults:
        if fault.cell:
            told.setdefault((fault.sheet, fault.cell), []).append(f"{fault.rule}。{fault.remedy}")
    for (sheet, address), texts in told.items():
        _colour(book[sheet], address, "\n".join(texts), _RED)
    for fix in fixes:
        place = places.get(fix.sheet, {}).get(fix.column)
        address = f"{get_column_letter(place)}{fix.row}" if place else ""
        if address and (fix.sheet, address) not in told:
            _colour(book[fix.sheet], address, f"{fix.rule}：将改为「{fix.proposed}」", _YELLOW)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _list(book: Workbook, faults: Sequence[Fault], fixes: Sequence[Fix]) -> None:
    for name in {FAULT_SHEET, FAULT_SHEET_EN} & set(book.sheetnames):
        del book[name]
    sheet = book.create_sheet(FAULT_SHEET, 0)
    sheet.append(_HEADINGS)
    for fault in faults:
        _append(sheet, (fault.sheet, fault.row, fault.column, fault.cell, fault.rule, fault.remedy))
    for fix in fixes:
        _append(
            sheet,
            (fix.sheet, fix.row, fix.column, "", f"可自动修正：{fix.rule}", f"「{fix.found}」→「{fix.proposed}」"),
        )
    for column, width in enumerate(_WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    book.active = 0


def _append(sheet: Worksheet, values: Sequence[str | int]) -> None:
    """A row of plain text: nothing in it is ever taken for a formula."""
    row = sheet.max_row + 1
    for column, value in enumerate(values, start=1):
        cell = sheet.cell(row, column, value)
        if isinstance(value, str):
            cell.data_type = "s"


def _colour(sheet: Worksheet, address: str, text: str, fill: PatternFill) -> None:
    cell: Cell | MergedCell = sheet[address]
    if isinstance(cell, MergedCell):
        area = next(area for area in sheet.merged_cells.ranges if address in area)
        cell = sheet.cell(area.min_row, area.min_col)
    cell.fill = fill
    cell.comment = Comment(text[:1000], "目录检查", width=320, height=120)
