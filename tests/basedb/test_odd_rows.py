"""Rows that no rule forbids and nobody expects: every base is built of them, and all that reads it says the same."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path
from random import Random

import duckdb
import pytest

from basedb import build as building
from basedb import read
from basedb.build import Candidate
from basedb.inputs import Input
from basedb.plans import Row
from basedb.spec import base
from catalog.view import View, ViewColumn
from catalog.vocab import Base, Column, Mask, TableSpec
from quality.release import faults
from tests.basedb.conftest import Builder, write_release
from tests.basedb.test_read import as_json

PERSONS = ("140213199003070018", "140203197812310024", "140213201501010038", "140202190001010014", "810000199001010019")
FIRMS = ("91140200MA0ABCDE1X", "92140213MA0ABCDE2L", "12140200405000001X", "51140200MJ00000016")
WORDS = ("x", "'", "1", "一", "\U0001f600", "A" * 300, '{"a":1}', "-1", "1e9", "NaN", "%", "null", "有限公司", "经营者")
CODES = ("0", "1", "2", "3", "4", "5", "9", "01", "02", "03", "05", "10", "20", "30", "40", "99", "x", "A", "S9", "S10")
DAYS = ("1900-01-01", "0001-01-02", "9999-12-31", "2026-11-22", "2026-11-23", "2026-11-30", "2020-02-29", "2024-01-31")
MONTHS = ("2020-01", "202001", "2020-13", "x", "9999-12", "0000-00", "2026-11")
PERIODS = ("2026-01", "2026-02", "2025-12", "2026-Q1", "2026-Q4", "2026", "2025", "x", "2026-13", "0000-00", "99999")
DIVISIONS = ("140213", "140213001", "140213001001", "140200", "14", "999999", "0", "1402130", "14021300100X")
NUMBERS = ("N0", "N1", "N2", "N3", "号1")
NAMES = ("张三", "李四", "欧阳娜娜", "·", "a'b", "𠮷野", "x" * 200, "某某（大同）有限公司", "李四、王五", "张三;李四")
ADDRESSES = (
    "平城区迎宾街1号2号楼3单元401室", "迎宾街一号", "x", "号", "云冈区幸福里小区3#楼2-101", "一二三四五六七八九十百千万亿号楼",
    "9" * 60 + "号", "迎宾街1号99999999999999999999室",
)  # fmt: skip
WRONG = ("abc", "1" * 15, "140213900307001", "张", "9" * 18, "140213199002300018", "X" * 18)
RING = "[[113,40],[114,40],[114,41],[113,41],[113,40]]"
GEOMETRIES = (
    f'{{"type":"Polygon","coordinates":[{RING}]}}', '{"type":"Polygon","coordinates":[[[113,40]]]}', "x",
    '{"type":"Point","coordinates":[113,40]}', '{"type":"MultiPolygon","coordinates":[]}',
    '{"type":"GeometryCollection","geometries":[]}', '{"type":"LineString","coordinates":[[113,40],[114,40]]}',
    '{"type":"Polygon","coordinates":[[[113,40],[114,41],[114,40],[113,41],[113,40]]]}',
)  # fmt: skip
BY_TYPE = {
    "DATE": DAYS,
    "BOOLEAN": ("true", "false"),
    "BIGINT": ("0", "-1", "1", "2", "4", "8", "2025", "9223372036854775807", "-9223372036854775808"),
    "DOUBLE": ("0", "1", "-1", "40.5", "113.2", "400", "1e308", "-1e308", "1e-300"),
    "DECIMAL(18,2)": ("0", "-1", "1.00", "100", "9999999999999999.99", "-9999999999999999.99"),
    "DECIMAL(18,4)": ("0", "-1", "25", "33.3333", "50", "100", "99999999999999.9999"),
}
# the first that is part of an item's name
BY_NAME = {
    "_raw": WRONG, "id_number": PERSONS, "credit_code": FIRMS, "authority_code": FIRMS, "issuer_code": FIRMS,
    "division": DIVISIONS, "parent_code": DIVISIONS, "ref_area": DIVISIONS, "address_code": NUMBERS,
    "indicator_code": NUMBERS, "type_code": NUMBERS, "address": ADDRESSES, "geometry": GEOMETRIES, "month": MONTHS,
    "time_period": PERIODS, "_text": NAMES + CODES, "_code": CODES + WORDS, "_no": NUMBERS, "licence_id": NUMBERS,
    "name": NAMES,
}  # fmt: skip


def value(dice: Random, column: Column) -> str:
    pools = (pool for part, pool in BY_NAME.items() if part in column.name)
    return dice.choice(BY_TYPE.get(column.type) or next(pools, WORDS))


def odd_row(dice: Random, table: TableSpec) -> dict[str, str]:
    """A row that may lack all but what its role needs."""
    row = {}
    for column in table.columns:
        raw = f"{column.name}_raw"
        if column.name.endswith("_raw") or (not column.required and dice.random() < 0.15):
            continue
        # an identifier that is not valid stands beside its item
        place = raw if raw in table.names and dice.random() < 0.2 else column.name
        row[place] = value(dice, table.column(place))
    return row


def odd_rows(dice: Random, table: TableSpec) -> str:
    """A text table of up to thirty rows."""
    rows = [odd_row(dice, table) for _ in range(dice.choice((0, 3, 30, 30, 30)))]
    return "\n".join(
        [" | ".join(table.names), *(" | ".join(row.get(each, "") for each in table.names) for row in rows)]
    )


def odd_city(builder: Builder, name: str, seed: int, previous: Path | None) -> Candidate:
    """A base out of odd rows in nearly every role, of which two resources may fill one."""
    dice = Random(f"{name} {seed}")
    plan = builder.plan(name, None, {}, {})
    inputs = {}
    for role, table in base(name).spec.INPUTS.items():
        slugs = [f"{role}_{n}" for n in range(dice.choice((0, 1, 1, 1, 1, 2)))]
        releases = [write_release(builder.folder / "releases", s, table, odd_rows(dice, table)) for s in slugs]
        inputs[role] = [Input(slug, slug, release) for slug, release in zip(slugs, releases, strict=True)]
    filled = {role: filling for role, filling in inputs.items() if filling}
    return building.build(replace(plan, inputs=filled, previous=previous), builder.folder / "candidates")


@pytest.mark.parametrize("name", Base)
def test_a_base_of_odd_rows_is_sound_and_look_ups_say_what_its_files_say(build_base: Builder, name: Base) -> None:
    previous = None
    for seed in range(2):
        made = odd_city(build_base, name, seed, previous)
        assert faults(made.manifest["profile"], {}) == [], seed
        for table in base(name).spec.TABLES:
            view = all_of(made.directory, table)
            assert looked_up(view) == extracted(view, build_base), (seed, table.name)
        previous = made.directory


def all_of(directory: Path, table: TableSpec) -> View:
    columns = tuple(ViewColumn(c.name, c.type, Mask.PLAIN) for c in table.columns if c.name != "record_key")
    return View("x", directory, table.name, "r1", "g1", 1, columns, None, frozenset(), table.lookup, b"k" * 32)


def looked_up(view: View) -> list[Row]:
    """Every row, page by page, each the same when asked for alone."""
    rows: list[Row] = []
    with closing(read.open_lookup(view.directory, view.table)) as connection:
        page = read.page(connection, view)
        rows += page.rows
        while page.next:
            page = read.page(connection, view, after=page.next)
            rows += page.rows
        assert [read.record(connection, view, str(row["record_key"])) for row in rows] == rows
    return rows


def extracted(view: View, builder: Builder) -> list[Row]:
    path = builder.folder / "extract.parquet"
    read.extract(view, path, builder.engine)
    with duckdb.connect() as connection:
        found = connection.execute("select * from read_parquet(?)", [str(path)])
        names = [each[0] for each in found.description]
        return [dict(zip(names, map(as_json, row), strict=True)) for row in found.fetchall()]
