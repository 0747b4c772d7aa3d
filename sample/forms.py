"""How a delivery looks when a department sends it: CSV, Excel, Parquet, JSON lines, GeoJSON, a database."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import duckdb_extension_sqlite_scanner
import polars as pl
import xlsxwriter

from sample.contract import items, resource

# What a reader must add to a position in the frame to get the row that a person sees.
FIRST_ROW = {"csv_utf8": 2, "csv_gbk": 2, "xlsx": 3}
EXTENSIONS = {"csv_utf8": "csv", "csv_gbk": "csv"}
EXCEL_ROWS = 100_000
CHUNK = 200_000
# Departments that write item codes, not Chinese names, into the header of a CSV file.
CODE_HEADERS = {
    "police_address",
    "approval_permit",
    "energy_output",
    "market_regulation_individual",
    "education_student",
}
WITH_BOM = {"police_residence_permit", "court_dishonest_debtor", "taxation_taxpayer"}
LAST_COLUMN_FIRST = {"civil_affairs_social_organisation", "market_regulation_enterprise", "disabled_persons_card"}
DATE_CELLS = {"emergency_safety_licence"}
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC).replace(tzinfo=None)


def form_of(slug: str, rows: int) -> str:
    """The form a resource is delivered in; too long for a sheet, it becomes CSV."""
    form = resource(slug).form
    return "csv_utf8" if form == "xlsx" and rows > EXCEL_ROWS else form


def extension(form: str) -> str:
    return EXTENSIONS.get(form, form)


def as_sent(slug: str, form: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with its days as text where the form has no days."""
    if form == "parquet" or slug in DATE_CELLS:
        return frame
    return frame.with_columns(pl.selectors.date().dt.to_string("%Y-%m-%d"))


def in_order(slug: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with its items in the order of the catalog."""
    known = [item.code for item in items(slug) if item.code in frame.columns]
    return frame.select(*known, *(c for c in frame.columns if c not in known))


def is_reordered(slug: str, form: str, frame: pl.DataFrame) -> bool:
    """Whether the file has its columns in another order than the catalog; documents and databases have none."""
    sent = _order(slug, [c for c in frame.columns if not c.startswith("_")])
    known = [item.code for item in items(slug) if item.code in sent]
    return form in FIRST_ROW and known != [c for c in sent if c in known]


def write(slug: str, form: str, frame: pl.DataFrame, path: Path, *, is_clean: bool = False) -> None:
    """Write the delivery; columns whose names begin with `_` stay at home. is_clean: in the order of the catalog."""
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = [c for c in frame.columns if not c.startswith("_")]
    sent = in_order(slug, frame.select(columns)) if is_clean else frame.select(_order(slug, columns))
    _WRITERS[form](slug, sent, path)


def _order(slug: str, columns: list[str]) -> list[str]:
    return [columns[-1], *columns[:-1]] if slug in LAST_COLUMN_FIRST else columns


def _titles(slug: str, columns: list[str]) -> list[str]:
    names = {item.code: item.name for item in items(slug)}
    return columns if slug in CODE_HEADERS else [names.get(c, c) for c in columns]


def _csv(encoding: str) -> Callable[[str, pl.DataFrame, Path], None]:
    def write_csv(slug: str, frame: pl.DataFrame, path: Path) -> None:
        titled = frame.rename(dict(zip(frame.columns, _titles(slug, frame.columns), strict=True)))
        with path.open("wb") as file:
            file.write(b"\xef\xbb\xbf" if slug in WITH_BOM and encoding == "utf-8" else b"")
            for start in range(0, max(len(frame), 1), CHUNK):
                text = titled[start : start + CHUNK].write_csv(include_header=start == 0)
                file.write(text.encode(encoding))

    return write_csv


def _xlsx(slug: str, frame: pl.DataFrame, path: Path) -> None:
    book = xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_numbers": False})
    book.set_properties({"created": LONG_AGO})
    sheet = book.add_worksheet("数据")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_string(0, 0, resource(slug).name)
    sheet.write_row(1, 0, _titles(slug, frame.columns))
    writers = [_cell_writer(sheet, dtype, day) for dtype in frame.dtypes]
    for number, row in enumerate(frame.iter_rows(), 2):
        for column, value in enumerate(row):
            if value is not None:
                writers[column](number, column, value)
    book.close()


def _cell_writer(sheet: Any, dtype: pl.DataType, day: Any) -> Callable[[int, int, Any], object]:
    if dtype == pl.Date:
        return lambda r, c, v: sheet.write_datetime(r, c, datetime(v.year, v.month, v.day), day)
    write_cell: Callable[[int, int, Any], object] = sheet.write_number if dtype.is_numeric() else sheet.write_string
    return write_cell


def _parquet(slug: str, frame: pl.DataFrame, path: Path) -> None:
    frame.write_parquet(path, compression="zstd", row_group_size=CHUNK)


def _jsonl(slug: str, frame: pl.DataFrame, path: Path) -> None:
    frame.write_ndjson(path)


def _geojson(slug: str, frame: pl.DataFrame, path: Path) -> None:
    """Properties by item code; the geometry item is the feature's geometry."""
    features = [
        {"type": "Feature", "properties": {k: v for k, v in row.items() if k != "geometry"},
         "geometry": json.loads(row["geometry"])}
        for row in frame.iter_rows(named=True)
    ]  # fmt: skip
    collection = {"type": "FeatureCollection", "features": features}
    path.write_text(json.dumps(collection, ensure_ascii=False), encoding="utf-8")


def _database(slug: str, frame: pl.DataFrame, path: Path) -> None:
    """One table of a SQLite file, in the frame's order; values as text or numbers."""
    path.unlink(missing_ok=True)
    extension_file = next(Path(duckdb_extension_sqlite_scanner.__file__).parent.rglob("*.duckdb_extension"))
    with duckdb.connect(config={"threads": 1}) as db:
        db.execute("set TimeZone='UTC'")
        db.execute(f"load '{str(extension_file).replace(chr(39), chr(39) * 2)}'")
        db.execute(f"attach '{str(path).replace(chr(39), chr(39) * 2)}' as front (type sqlite)")
        db.register("sent", frame.to_arrow())
        db.execute(f'create table front."{slug}" as select * from sent')


_WRITERS: dict[str, Callable[[str, pl.DataFrame, Path], None]] = {
    "csv_utf8": _csv("utf-8"), "csv_gbk": _csv("gb18030"), "xlsx": _xlsx, "parquet": _parquet,
    "jsonl": _jsonl, "geojson": _geojson, "database": _database,
}  # fmt: skip
