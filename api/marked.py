"""A refused workbook with its marks in English: its own sheets stay as they were written."""

from __future__ import annotations

from io import BytesIO

from openpyxl import load_workbook
from openpyxl.comments import Comment
from openpyxl.worksheet.worksheet import Worksheet

from api import sentences
from catalog.markup import FAULT_SHEET


def in_english(content: bytes) -> bytes:
    """The marked copy with the list of faults and the comments of its cells said in English."""
    book = load_workbook(BytesIO(content))
    _list(book[FAULT_SHEET])
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
    """Headings, columns, faults and remedies; the names of sheets stay."""
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell.value, str) and (cell.row == 1 or cell.column > 1):
                cell.value = sentences.or_same(cell.value)
                cell.data_type = "s"


def _lines(text: str) -> str:
    return "\n".join(sentences.or_same(line) for line in text.split("\n"))
