"""An Excel workbook into table `staged`: titles, merged cells, formulas, numbers that were identifiers.

The values come from fastexcel (calamine). What it does not tell lies in the sheet's XML and is
searched there in one pass: merged cells, formulas without a stored result, numbers beyond the 15
digits that Excel keeps.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

import duckdb
import fastexcel
import polars as pl

from catalog.vocab import Finding, TableSpec
from quality import headers
from quality.headers import FileFault, Header
from quality.rules import blocked
from quality.sql import quoted

LARGEST_UNPACKED = 1 << 30  # bytes
LARGEST_RATIO = 400  # a sheet of one repeated row packs about 1:250
SMALL = 1 << 24  # below this a ratio says nothing
# the reader makes room for every cell between the first and the last one, whatever lies there
LARGEST_EXTENT = 1 << 25
LEAST_FILLED = 64  # of so many places in a larger extent one at least is a cell
CHUNK = 1 << 22
OVERLAP = 1 << 16
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"

MERGED = re.compile(rb'<mergeCell ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')
LOST_DIGITS = re.compile(
    rb'<c r="([A-Z]+)(\d+)"(?: s="\d+")?(?: t="n")?><v>(\d{16,}|\d(?:\.\d+)?[eE]\+?(?:1[5-9]|[2-9]\d))</v>'
)
FAILED = re.compile(
    rb'<c r="([A-Z]+)(\d+)"(?:[^>]* t="e"[^>]*>|(?: s="\d+")?><f[^>]*(?:/>|>[^<]*</f>)(?:<v ?/>|<v></v>)?</c>)'
)
# where rows and cells say that they stand, however their attributes are written
PLACED = re.compile(rb"""\sr=["']([A-Z]{1,3})\d"""), re.compile(rb"""\sr=["'][A-Z]{0,3}(\d{1,7})["']""")
FIRST_CELL = rb'<c r="([A-Z]+)%d"[^>/]*>'


@dataclass(slots=True)
class Marks:
    """What a sheet's XML says beside its values: cells as (column, row), both from 1."""

    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    lost: dict[tuple[int, int], str] = field(default_factory=dict)
    failed: list[tuple[int, int]] = field(default_factory=list)


def read(connection: duckdb.DuckDBPyConnection, path: Path, spec: TableSpec, temp: Path) -> Header:
    """Table `staged` from the first sheet that has the header; gives its header."""
    parts = _sheets(path)
    for sheet, part in parts.items():
        _refuse_sparse(path, part, sheet)
    name, header, cells = _sheet_with_header(path, spec)
    marks = _marks(path, parts[name])
    first = _first_column(path, parts[name], cells, header)
    _refuse_failed(marks, header, first, name)
    cells = _repaired(cells, marks, header, first)
    _stage(connection, cells, header)
    return header


def _sheets(path: Path) -> dict[str, str]:
    """Sheet name -> its part in the package. Every part is unpacked once: sizes and checksums are right."""
    try:
        with zipfile.ZipFile(path) as archive:
            _refuse_bomb(archive)
            if archive.testzip():
                raise _damaged()
            return _parts(archive)
    except (zipfile.BadZipFile, ElementTree.ParseError, KeyError, OSError, EOFError, ValueError, RuntimeError):
        raise _damaged() from None


def _refuse_bomb(archive: zipfile.ZipFile) -> None:
    unpacked = sum(part.file_size for part in archive.infolist())
    packed = sum(part.compress_size for part in archive.infolist())
    if unpacked > LARGEST_UNPACKED or (unpacked > SMALL and unpacked > LARGEST_RATIO * packed):
        raise FileFault(blocked("FILE_UNREADABLE", "Excel 文件解压后过大", "请拆分文件或改用 CSV、Parquet 报送"))


def _refuse_sparse(path: Path, part: str, sheet: str) -> None:
    columns = rows = cells = 0
    for text in _windows(path, part, overlap=64):
        named, numbered = (pattern.findall(text) for pattern in PLACED)
        cells += len(named)
        columns = max([columns, *map(_number, set(named))])
        rows = max(rows, max(map(int, numbered), default=0))
    if columns * rows > max(LARGEST_EXTENT, LEAST_FILLED * cells):
        message = f"工作表“{sheet}”的内容分散在 {rows} 行 {columns} 列，几乎全为空"
        raise FileFault(blocked("FILE_UNREADABLE", message, "请删去数据区域以外的单元格，或改用 CSV 报送"))


def _parts(archive: zipfile.ZipFile) -> dict[str, str]:
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {r.attrib["Id"]: r.attrib["Target"] for r in relations}
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    sheets = [e for e in book.iter() if e.tag.endswith("}sheet")]
    return {e.attrib["name"]: _package_path(targets[e.attrib[RELATION]]) for e in sheets if RELATION in e.attrib}


def _package_path(target: str) -> str:
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


def _sheet_with_header(path: Path, spec: TableSpec) -> tuple[str, Header, pl.DataFrame]:
    faults: list[FileFault] = []
    try:
        book = fastexcel.read_excel(path)
        for name in book.sheet_names:
            cells = book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string").to_polars()
            try:
                return name, headers.find(cells.head(headers.SEARCHED).rows(), spec, name), cells
            except FileFault as fault:
                faults.append(fault)
    except (fastexcel.FastExcelError, pl.exceptions.PolarsError):
        raise _damaged() from None
    if not faults:
        raise _damaged()
    raise min(faults, key=lambda fault: fault.weight)


def _marks(path: Path, part: str) -> Marks:
    marks = Marks()
    for text in _windows(path, part):
        marks.merged += [(_number(a), int(b), _number(c), int(d)) for a, b, c, d in MERGED.findall(text)]
        marks.lost |= {(_number(a), int(b)): _scientific(v) for a, b, v in LOST_DIGITS.findall(text)}
        marks.failed += [(_number(a), int(b)) for a, b in FAILED.findall(text)]
    return marks


def _windows(path: Path, part: str, overlap: int = OVERLAP) -> Iterator[bytes]:
    """The part in pieces that overlap, so that no cell is cut in all of them."""
    with zipfile.ZipFile(path) as archive, archive.open(part) as content:
        kept = b""
        while piece := content.read(CHUNK):
            yield kept + piece
            kept = piece[-overlap:]


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _scientific(value: bytes) -> str:
    return f"{float(value):.5E}"


def _first_column(path: Path, part: str, cells: pl.DataFrame, header: Header) -> int:
    """The sheet column, from 1, of the frame's first column: empty columns at the left are not in the frame."""
    place = next(i for i, cell in enumerate(cells.row(header.index)) if cell is not None)
    pattern = re.compile(FIRST_CELL % (header.index + 1))
    for text in _windows(path, part):
        if found := pattern.search(text):
            return _number(found[1]) - place
    return 1


def _refuse_failed(marks: Marks, header: Header, first: int, sheet: str) -> None:
    """A formula without a result has no value to take; leaving it empty would lose it silently."""
    used = set(header.columns.values())
    rows = sorted({row for column, row in marks.failed if column - first in used and row > header.index + 1})
    if rows:
        shown = "、".join(str(row) for row in rows[:20])
        message = f"工作表“{sheet}”第 {shown} 行有出错或尚未计算的公式"
        fault = blocked(
            "FILE_UNREADABLE", message, "请把公式改为数值后重新报送", count=len(rows), rows=tuple(rows)
        )  # fmt: skip
        raise FileFault(fault)


def _repaired(cells: pl.DataFrame, marks: Marks, header: Header, first: int) -> pl.DataFrame:
    """Mangled numbers as Excel shows them, and the value of cells merged downwards in each of their rows."""
    names = cells.columns
    columns = {name: cells[name].to_list() for place, name in enumerate(names) if _touched(marks, place + first)}
    for (column, row), text in marks.lost.items():
        if row > header.index + 1 and 0 <= column - first < len(names):
            columns[names[column - first]][row - 1] = text
    for left, top, right, bottom in marks.merged:
        if left == right and top > header.index + 1 and 0 <= left - first < len(names):
            values = columns[names[left - first]]
            values[top - 1 : bottom] = [values[top - 1]] * len(values[top - 1 : bottom])
    return cells.with_columns([pl.Series(name, values, dtype=pl.String) for name, values in columns.items()])


def _touched(marks: Marks, column: int) -> bool:
    return any(lost == column for lost, _ in marks.lost) or any(merged[0] == column for merged in marks.merged)


def _stage(connection: duckdb.DuckDBPyConnection, cells: pl.DataFrame, header: Header) -> None:
    rows = cells.with_row_index("_row", 1).slice(header.index + 1)
    content = " or ".join(f"trim({quoted(name)}) <> ''" for name in header.columns)
    connection.register("sheet", rows.to_arrow())
    try:
        connection.execute(
            f"""create or replace table staged as
            select * from (select cast(_row as bigint) as _row, {headers.projection(header, cells.columns)} from sheet)
            where {content}"""
        )
    finally:
        connection.unregister("sheet")


def _damaged() -> FileFault:
    return FileFault(_unreadable())


def _unreadable() -> Finding:
    return blocked("FILE_UNREADABLE", "Excel 文件已损坏或不完整", "请重新导出后报送")
