"""Lists as Excel workbooks: text stays text, so that no cell of a department becomes a formula."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from starlette.responses import Response
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from api.pages.formats import shown
from api.texts import Words
from catalog.errors import TooMuch

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_ROWS = 1_048_575
_WIDEST = 60


def workbook(
    name: str,
    headings: Sequence[str],
    kinds: Sequence[str],
    rows: Iterable[Sequence[Any]],
    words: Words,
    zone: ZoneInfo,
) -> Response:
    """A download of one sheet; kinds say how each column is written."""
    buffer = BytesIO()
    book = Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(name[:31])
    heading = book.add_format({"bold": True, "bg_color": "#E4EBF1", "border": 1})
    formats = {
        "percent": book.add_format({"num_format": "0.00%"}),
        "meter": book.add_format({"num_format": "0.00%"}),
        "day": book.add_format({"num_format": "yyyy-mm-dd"}),
    }
    sheet.write_row(0, 0, headings, heading)
    widths = [_width(text) for text in headings]
    for line, row in enumerate(rows, start=1):
        if line > MAX_ROWS:
            raise TooMuch("行数超过 Excel 的上限", remedy="先筛选，或下载 CSV")
        for place, (value, kind) in enumerate(zip(row, kinds, strict=True)):
            widths[place] = max(widths[place], _write(sheet, line, place, value, kind, formats, words, zone))
    for place, width in enumerate(widths):
        sheet.set_column(place, place, min(width + 2, _WIDEST))
    sheet.freeze_panes(1, 0)
    book.close()
    disposition = f"attachment; filename*=UTF-8''{quote(name)}.xlsx"
    return Response(buffer.getvalue(), media_type=MEDIA_TYPE, headers={"Content-Disposition": disposition})


def _write(
    sheet: Worksheet,
    line: int,
    place: int,
    value: Any,
    kind: str,
    formats: dict[str, Any],
    words: Words,
    zone: ZoneInfo,
) -> int:
    """Write one cell; how wide its text is."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        sheet.write_number(line, place, value, formats.get(kind))
        return 12
    if isinstance(value, date) and not isinstance(value, datetime):
        sheet.write_datetime(line, place, datetime(value.year, value.month, value.day), formats["day"])
        return 10
    text = shown(value, kind, words, zone)[:32_767]
    if kind == "status":
        text = words.state(value)
    sheet.write_string(line, place, text)
    return _width(text)


def _width(text: str) -> int:
    """Columns that a text takes: a Chinese character takes two."""
    return sum(2 if ord(c) > 0x2E7F else 1 for c in text[:_WIDEST])
