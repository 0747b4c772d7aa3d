"""A refused workbook with its marks in English.

Its own sheets stay as they were written, names and all, for it comes back mended; the list of faults has an English
name, and says beside the name of a sheet of the template what it means.
"""

from __future__ import annotations

from io import BytesIO

from openpyxl import load_workbook
from openpyxl.comments import Comment
from openpyxl.worksheet.worksheet import Worksheet

from api import sentences
from catalog.markup import FAULT_SHEET, FAULT_SHEET_EN
from catalog.sheets import CATALOG_SHEET, DEPARTMENT_SHEET, PROJECT_SHEET

_SHEETS = {DEPARTMENT_SHEET: "Department", PROJECT_SHEET: "Projects and systems", CATALOG_SHEET: "Catalog"}


def in_english(content: bytes) -> bytes:
    """The marked copy with the list of faults and the comments of its cells said in English."""
    book = load_workbook(BytesIO(content))
    _list(book[FAULT_SHEET])
    book[FAULT_SHEET].title = FAULT_SHEET_EN
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.comment:
                    text = _lines(cell.comment.text)
                    cell.comment = Comment(text, cell.comment.author, width=320, height=120)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _list(sheet: Worksheet) -> None:
    """Headings, columns, faults and remedies; the names of sheets stay, with what they mean behind."""
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell.value, str):
                is_sheet = cell.row > 1 and cell.column == 1
                cell.value = _named(cell.value) if is_sheet else sentences.or_same(cell.value)
                cell.data_type = "s"


def _named(sheet: str) -> str:
    return f"{sheet} ({_SHEETS[sheet]})" if sheet in _SHEETS else sheet


def _lines(text: str) -> str:
    return "\n".join(sentences.or_same(line) for line in text.split("\n"))
