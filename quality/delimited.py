"""Delimited text: any common encoding, delimiter and line ending, titles above the header."""

from __future__ import annotations

import csv
import mmap
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import duckdb

from catalog.vocab import Finding, TableSpec
from quality import headers
from quality.headers import FileFault, Header
from quality.rules import blocked
from quality.sql import literal, quoted

SAMPLE = 1 << 20
LONGEST_LINE = 2_000_000  # characters; also DuckDB's limit in bytes
SHOWN_FAULTS = 1000
DELIMITERS = (",", "\t", ";", "|")
BLANK_LINE = re.compile(rb"\n[ \t]*\r?\n[^\r\n]")


@dataclass(frozen=True, slots=True)
class Layout:
    """How the text is cut. skipped: lines above the header."""

    header: Header
    delimiter: str
    skipped: int


def read(connection: duckdb.DuckDBPyConnection, path: Path, spec: TableSpec, temp: Path) -> Header:
    """Table `staged` from delimited text; gives its header.

    UTF-8 streams straight into DuckDB; other encodings and texts with blank lines go through a
    copy in `temp` that is UTF-8 and has a row for each blank line, so that row numbers stay exact.
    """
    encoding = encoding_of(path)
    layout = _layout(_sample(path, encoding), spec)
    copy = temp / "delimited.csv"
    try:
        if encoding == "utf-8" and not _has_blank_lines(path) and _load(connection, path, layout):
            return layout.header
        _rewrite(path, copy, encoding, layout)
        if not _load(connection, copy, layout):
            raise FileFault(_undecodable())
    finally:
        copy.unlink(missing_ok=True)
    return layout.header


def encoding_of(path: Path) -> str:
    """`utf-8`, `utf-16` or `gb18030`, by the first megabyte; plain ASCII counts as UTF-8.

    Raises FileFault when it is none of them.
    """
    with path.open("rb") as file:
        head = file.read(SAMPLE)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    whole_lines = head[: head.rfind(b"\n") + 1] if len(head) == SAMPLE else head
    for encoding in ("utf-8", "gb18030"):
        try:
            whole_lines.decode(encoding)
            return encoding
        except UnicodeDecodeError:
            continue
    raise FileFault(_undecodable())


def _sample(path: Path, encoding: str) -> str:
    with path.open("rb") as file:
        return file.read(SAMPLE).decode(encoding, errors="replace").removeprefix("\ufeff")


def _layout(sample: str, spec: TableSpec) -> Layout:
    """The layout whose delimiter gives the best header. Raises the fault of the best one."""
    faults: list[FileFault] = []
    for delimiter in sorted(DELIMITERS, key=lambda d: -sample[:4096].count(d)):
        rows, lines = _first_rows(sample, delimiter)
        try:
            header = headers.find(rows, spec)
        except FileFault as fault:
            faults.append(fault)
        else:
            return Layout(header, delimiter, lines[header.index])
    raise min(faults, key=lambda fault: fault.weight)


def _first_rows(sample: str, delimiter: str) -> tuple[list[list[str]], list[int]]:
    """The first rows, and for each the number of lines above it."""
    reader = csv.reader(StringIO(sample, newline=""), delimiter=delimiter)
    rows: list[list[str]] = []
    lines = [0]
    try:
        while len(rows) < headers.SEARCHED:
            rows.append(next(reader))
            lines.append(reader.line_num)
    except (StopIteration, csv.Error):
        pass
    return rows, lines


def _has_blank_lines(path: Path) -> bool:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return BLANK_LINE.search(content) is not None


def _load(connection: duckdb.DuckDBPyConnection, path: Path, layout: Layout) -> bool:
    """Whether the text could be cut into rows at all; raises FileFault when some rows do not fit the header."""
    names = [f"c{i}" for i in range(layout.header.width)]
    columns = ", ".join(f"{quoted(name)}: 'VARCHAR'" for name in names)
    connection.execute("drop table if exists csv_fault; drop table if exists csv_scan")
    items = headers.projection(layout.header, names)
    content = f"coalesce({', '.join(quoted(name) for name in layout.header.columns)}) is not null"
    try:
        connection.execute(
            f"""create or replace table staged as
            select * from (
                select row_number() over () + {layout.header.index + 1} as _row, {items}
                from read_csv({literal(str(path))}, auto_detect = false, header = true, skip = {layout.skipped},
                    delim = {literal(layout.delimiter)}, quote = '"', escape = '"', columns = {{{columns}}},
                    store_rejects = true, rejects_table = 'csv_fault', rejects_scan = 'csv_scan',
                    rejects_limit = {SHOWN_FAULTS}))
            where {content}"""
        )
    except duckdb.InvalidInputException:
        return False
    return _all_fit(connection, layout)


def _all_fit(connection: duckdb.DuckDBPyConnection, layout: Layout) -> bool:
    faults = connection.execute("select distinct line, error_type::varchar from csv_fault order by line").fetchall()
    if any(kind == "INVALID ENCODING" for _, kind in faults):
        return False
    if faults:
        raise FileFault(_ragged(sorted({line for line, _ in faults})))
    return True


def _rewrite(path: Path, copy: Path, encoding: str, layout: Layout) -> None:
    """The text in UTF-8 with one kind of line end and a row of no values for each blank line."""
    encodings = ("gb18030",) if encoding == "gb18030" else (encoding, "gb18030")
    for candidate in encodings:
        try:
            with (
                path.open(encoding="utf-8-sig" if candidate == "utf-8" else candidate, newline="") as source,
                copy.open("w", encoding="utf-8", newline="") as target,
            ):
                target.writelines(_even_lines(_lines(source.readline), layout))
            return
        except UnicodeDecodeError:
            continue
    raise FileFault(_undecodable())


def _lines(readline: object) -> Iterator[str]:
    while line := readline(LONGEST_LINE):  # type: ignore[operator]
        if len(line) == LONGEST_LINE:
            raise FileFault(blocked("FILE_UNREADABLE", "有一行过长，不是按行分列的文本", "请重新导出后报送"))
        yield line


def _even_lines(lines: Iterator[str], layout: Layout) -> Iterator[str]:
    nothing = layout.delimiter * (layout.header.width - 1) or '""'
    is_open = False  # inside a quoted value that goes on over lines
    for number, line in enumerate(lines):
        body = line.rstrip("\r\n")
        blank = not is_open and number > layout.skipped and not body.strip()
        is_open ^= body.count('"') % 2 == 1
        yield (nothing if blank else body) + "\n"


def _ragged(rows: list[int]) -> Finding:
    shown = "、".join(str(row) for row in rows[:20])
    more = "等" if len(rows) > 20 else ""
    return blocked(
        "FILE_UNREADABLE",
        f"第 {shown} {more}行的列数与表头不符，或引号不配对",
        "含有分隔符或引号的内容请用英文双引号括起后重新报送",
        count=len(rows),
        rows=tuple(rows),
    )


def _undecodable() -> Finding:
    return blocked(
        "FILE_UNREADABLE", "文字编码无法识别，或分列方式不合规范", "请以 UTF-8 或 GBK 编码的 CSV 重新导出后报送"
    )
