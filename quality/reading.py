"""Delivered bytes of any form into one DuckDB table of texts, or a finding that says why not.

The form is told by the content, the original name only helps. Nothing raises for bad input: a
fault of the file is a finding that blocks the delivery. No message shows a delivered value.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import duckdb

from catalog.vocab import Dimension, Finding, Outcome, Side, TableSpec
from quality import delimited, documents, spreadsheets
from quality.headers import FileFault, Header, listed
from quality.rules import blocked

STAGED = "staged"
# what is text and no table: pages that call themselves Excel, and documents
DOCUMENTS = (b"<", b"%PDF", b"{\\rtf")
SAMPLE = 1 << 20


class Form(StrEnum):
    """A form that a delivery may have."""

    CSV = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"
    JSON_LINES = "jsonl"
    GEOJSON = "geojson"


@dataclass(frozen=True, slots=True)
class Staged:
    """The delivered rows in table `staged`: `_row`, then every item as delivered text.

    form: None when the file is of no known form. findings: what is wrong with the file itself.
    """

    form: Form | None
    rows: int
    findings: tuple[Finding, ...] = ()

    @property
    def is_blocked(self) -> bool:
        return any(f.outcome is Outcome.BLOCK_DELIVERY for f in self.findings)


def stage(connection: duckdb.DuckDBPyConnection, path: Path, filename: str, spec: TableSpec, temp: Path) -> Staged:
    """The rows of a delivered file in table `staged`, blank rows left out.

    `_row` is the row as a person finds it: the header of a CSV is line 1; a sheet's own row; the
    record's number from 1 in every other form. temp: a folder for a transcoded copy.
    """
    try:
        form = form_of(path, filename)
        header = READERS[form](connection, path, spec, temp)
    except FileFault as fault:
        return Staged(None, 0, fault.findings)
    rows = _count(connection)
    return Staged(form, rows, tuple(_remarks(form, header)))


def form_of(path: Path, filename: str) -> Form:
    """The form of a file by its first bytes. Raises FileFault when it is empty or of none."""
    with path.open("rb") as file:
        head = file.read(SAMPLE)
    if not head.removeprefix(b"\xef\xbb\xbf").strip():
        raise FileFault(blocked("FILE_EMPTY", "文件为空", "请重新导出后报送；确无数据的请作零报送"))
    if head.startswith(b"PK\x03\x04"):
        return _workbook(path)
    if head.startswith(b"PAR1"):
        return Form.PARQUET
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise _unreadable("旧版 Excel（.xls）或加密的文件", "请去除密码并另存为 .xlsx 后重新报送")
    is_text = head.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" not in head
    if not is_text or head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(DOCUMENTS):
        raise _unreadable("不是可识别的数据文件", "请报送 CSV、Excel（.xlsx）、Parquet、JSON 行或 GeoJSON 文件")
    return _text_form(head, filename)


def _workbook(path: Path) -> Form:
    try:
        with zipfile.ZipFile(path) as archive:
            if "xl/workbook.xml" in archive.namelist():
                return Form.XLSX
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise _unreadable("Excel 文件已损坏或不完整", "请重新导出后报送") from None
    raise _unreadable("压缩包不是 Excel 工作簿", "请解压后报送其中的数据文件")


def _text_form(head: bytes, filename: str) -> Form:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start.startswith((b"{", b"[")):
        return Form.CSV
    is_collection = b'"FeatureCollection"' in head or filename.lower().endswith(".geojson")
    return Form.GEOJSON if is_collection else Form.JSON_LINES


Reader = Callable[[duckdb.DuckDBPyConnection, Path, TableSpec, Path], Header]
READERS: dict[Form, Reader] = {
    Form.CSV: delimited.read,
    Form.XLSX: spreadsheets.read,
    Form.PARQUET: documents.read_parquet,
    Form.JSON_LINES: documents.read_json_lines,
    Form.GEOJSON: documents.read_geojson,
}


def _count(connection: duckdb.DuckDBPyConnection) -> int:
    row = connection.execute(f"select count(*) from {STAGED}").fetchone()
    return int(row[0]) if row else 0


def _unreadable(message: str, remedy: str) -> FileFault:
    return FileFault(blocked("FILE_UNREADABLE", message, remedy))


def _remarks(form: Form, header: Header) -> Iterator[Finding]:
    """What is odd about the columns and keeps nothing out; members of a document have no order."""
    if header.extra:
        yield _extra(header.extra)
    if header.is_reordered and form in (Form.CSV, Form.XLSX):
        yield Finding(
            "COLUMN_REORDERED", Dimension.NORMATIVE, Outcome.NORMALISE, Side.COLLECTOR, "", 1,
            "列的顺序与目录不同，已按列名对应", "请按目录中信息项的顺序导出",
        )  # fmt: skip


def _extra(names: tuple[str, ...]) -> Finding:
    return Finding(
        "COLUMN_EXTRA", Dimension.NORMATIVE, Outcome.WARN, Side.COLLECTOR, "", len(names),
        f"有目录中没有登记的列，未接收: {listed(names)}", "请从报送文件中去掉这些列，或先在目录中登记",
    )  # fmt: skip
