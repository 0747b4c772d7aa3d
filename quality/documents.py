"""Parquet, JSON lines and GeoJSON into table `staged`, all inside DuckDB."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import duckdb

from catalog.vocab import Finding, TableSpec
from quality import headers
from quality.headers import FileFault, Header
from quality.rules import blocked
from quality.sql import literal, quoted

LARGEST_COLLECTION = 1 << 28  # bytes of one GeoJSON document
LARGEST_RECORD = 1 << 24  # DuckDB sets aside as much per thread
SAMPLED_RECORDS = 1000


def read_parquet(connection: duckdb.DuckDBPyConnection, path: Path, spec: TableSpec, temp: Path) -> Header:
    """Table `staged` from Parquet; gives its header."""
    source = f"read_parquet({literal(str(path))}, file_row_number = true)"
    try:
        described = connection.execute(f"describe select * exclude (file_row_number) from {source}").fetchall()
        names = [row[0] for row in described]
        header = headers.matched(names, spec)
        items = ", ".join(
            f"cast({quoted(names[place])} as varchar) as {quoted(item)}" for item, place in header.columns.items()
        )
        connection.execute(
            f"create or replace table staged as select file_row_number + 1 as _row, {items} from {source}"
        )
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error:
        raise FileFault(_broken("Parquet 文件已损坏或不完整")) from None
    return header


def read_json_lines(connection: duckdb.DuckDBPyConnection, path: Path, spec: TableSpec, temp: Path) -> Header:
    """Table `staged` from one JSON object a line; gives its header.

    Members that are null may be left out: an item counts as missing when no record of the first
    thousand names it.
    """
    source = f"read_json_objects({literal(str(path))}, maximum_object_size = {LARGEST_RECORD})"
    try:
        names = _members(connection, f"select json from {source} limit {SAMPLED_RECORDS}")
        header = headers.matched(names, spec)
        _stage_records(connection, f"select json as record from {source}", header, names)
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as error:
        raise FileFault(_broken(f"{_at_line(error)}不是有效的 JSON")) from None
    return header


def read_geojson(connection: duckdb.DuckDBPyConnection, path: Path, spec: TableSpec, temp: Path) -> Header:
    """Table `staged` from a FeatureCollection: properties, and the item `geometry` as GeoJSON text."""
    size = path.stat().st_size
    if size > LARGEST_COLLECTION:
        raise FileFault(blocked("FILE_UNREADABLE", "GeoJSON 文件过大", "请分批或改用 Parquet 报送"))
    source = f"""read_json({literal(str(path))}, format = 'unstructured', columns = {{features: 'JSON[]'}},
        maximum_object_size = {size + 1})"""
    record = (
        "json_merge_patch(coalesce(json_extract(f, '$.properties'), '{}'), json_object('geometry', f -> 'geometry'))"
    )
    features = f"select {record} as json from (select unnest(features) as f from {source})"
    try:
        names = _members(connection, f"{features} limit {SAMPLED_RECORDS}")
        header = headers.matched(names, spec)
        _stage_records(connection, f"select json as record from ({features})", header, names)
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error:
        raise FileFault(_broken("不是有效的 GeoJSON 要素集")) from None
    return header


def _members(connection: duckdb.DuckDBPyConnection, records: str) -> list[str]:
    """The names of the records' members, in order of first appearance."""
    found = connection.execute(
        f"""select name from (
            select unnest(json_keys(json)) as name, generate_subscripts(json_keys(json), 1) as place from ({records}))
        group by name order by min(place), name"""
    )
    return [row[0] for row in found.fetchall()]


def _stage_records(connection: duckdb.DuckDBPyConnection, records: str, header: Header, names: Sequence[str]) -> None:
    items = ", ".join(
        f"json_extract_string(record, {literal(_pointer(names[place]))}) as {quoted(item)}"
        for item, place in header.columns.items()
    )
    connection.execute(
        f"create or replace table staged as select row_number() over () as _row, {items} from ({records})"
    )


def _pointer(name: str) -> str:
    return "/" + name.replace("~", "~0").replace("/", "~1")


def _at_line(error: duckdb.Error) -> str:
    """The line, and nothing else, of DuckDB's message: the rest may quote a record."""
    found = re.search(r"(?:record/value|line|object) (\d+)", str(error))
    return f"第 {found[1]} 行附近" if found else ""


def _broken(message: str) -> Finding:
    return blocked("FILE_UNREADABLE", message, "请重新导出后报送")
