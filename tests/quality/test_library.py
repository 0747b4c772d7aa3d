"""Library rules that look beyond one item: each with rows that break it and rows that do not."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path

import duckdb
import pytest

from catalog.vocab import Column, Outcome, Side, TableSpec
from tests.quality.conftest import Checker, spec

SQUARE = {
    "type": "Polygon",
    "coordinates": [[[113.0, 40.0], [113.2, 40.0], [113.2, 40.2], [113.0, 40.2], [113.0, 40.0]]],
}


def parquet(path: Path, query: str) -> Path:
    with duckdb.connect() as connection:
        connection.execute(f"copy ({query}) to '{path}' (format parquet)")
    return path


def text(name: str, *, required: bool = True, code_list: str = "", codes: tuple[str, ...] = ()) -> Column:
    return Column(name, "VARCHAR", name, required=required, code_list=code_list, codes=codes)


ADDRESS = TableSpec(
    "address", "地址", ("code",),
    (text("code"), text("division_code", code_list="GB/T 2260", codes=("140213", "140214")),
     Column("longitude", "DOUBLE", "经度"), Column("latitude", "DOUBLE", "纬度")),
)  # fmt: skip


@pytest.fixture
def outlines(tmp_path: Path) -> Path:
    query = f"select '140213' as division_code, '{json.dumps(SQUARE)}' as geometry"
    return parquet(tmp_path / "outlines.parquet", query)


def test_coordinates_outside_the_named_division_are_warned_of(checked: Checker, outlines: Path) -> None:
    rows = """
        code | division_code | longitude | latitude
        A    | 140213        | 113.1     | 40.1
        B    | 140213        | 113.5     | 40.1
        C    | 140213        | 40.1      | 113.1
        D    | 140213        | 113.2015  | 40.1
        E    | 140214        | 113.5     | 40.1
        F    | 140213        |           | 40.1
    """
    result = checked(rows, ADDRESS, outlines=outlines)
    assert result.found == {"COORDINATES_OUTSIDE": (3, 4)}
    assert [(f.outcome, f.side, f.column) for f in result.report.findings] == [
        (Outcome.WARN, Side.VERIFIER, "longitude")
    ]
    assert checked(rows, ADDRESS).found == {}


def test_an_outline_that_no_map_can_draw_does_not_stop_the_check_of_addresses(checked: Checker, tmp_path: Path) -> None:
    ring = {"type": "Polygon", "coordinates": [[[113, 40]]]}
    query = f"""select unnest(['140214', '140215', '140213']) as division_code,
        unnest(['no outline', '{json.dumps(ring)}', '{json.dumps(SQUARE)}']) as geometry"""
    rows = "code | division_code | longitude | latitude\nA | 140213 | 113.5 | 40.1\nB | 140214 | 113.5 | 40.1"
    assert checked(rows, ADDRESS, outlines=parquet(tmp_path / "outlines.parquet", query)).found == {
        "COORDINATES_OUTSIDE": (2,)
    }


BOUNDARY = TableSpec("boundary", "行政界线", ("code",), (text("code"), text("geometry")))
BOW = [[[113.0, 40.0], [113.2, 40.2], [113.2, 40.0], [113.0, 40.2], [113.0, 40.0]]]


@pytest.mark.parametrize(
    ("geometry", "rule", "outcome"),
    [
        (json.dumps(SQUARE), "", None),
        ('{"type": "Point", "coordinates": [113.1, 40.1]}', "", None),
        ("no outline", "GEOMETRY_UNREADABLE", Outcome.BLOCK_ROW),
        ('{"type": "Polygon"}', "GEOMETRY_UNREADABLE", Outcome.BLOCK_ROW),
        ('{"type": "Polygon", "coordinates": []}', "GEOMETRY_UNREADABLE", Outcome.BLOCK_ROW),
        ('{"type": "Polygon", "coordinates": [[[113, 40]]]}', "GEOMETRY_UNREADABLE", Outcome.BLOCK_ROW),
        ('{"type": "Point", "coordinates": [40.1, 113.1]}', "GEOMETRY_UNREADABLE", Outcome.BLOCK_ROW),
        ('{"type": "Point", "coordinates": [4400000, 500000]}', "GEOMETRY_UNREADABLE", Outcome.BLOCK_ROW),
        (json.dumps({"type": "Polygon", "coordinates": BOW}), "GEOMETRY_CROSSING", Outcome.WARN),
    ],
)
def test_a_geometry_is_read_in_degrees_and_warned_of_where_it_crosses_itself(
    checked: Checker, tmp_path: Path, geometry: str, rule: str, outcome: Outcome | None
) -> None:
    sent = tmp_path / "boundary.csv"
    with sent.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("code", "geometry"), ("A", geometry), ("B", json.dumps(SQUARE))])
    result = checked(sent, BOUNDARY)
    assert [(f.rule, f.outcome, f.rows) for f in result.report.findings] == ([(rule, outcome, (2,))] if rule else [])
    assert result.rows("code") == [("B",)] if outcome is Outcome.BLOCK_ROW else [("A",), ("B",)]


def amounts(unit: str, values: list[str]) -> tuple[str, TableSpec]:
    table = TableSpec("fine", "罚款", ("code",), (text("code"), Column("amount", "DECIMAL(18,2)", "金额", unit=unit)))
    rows = "\n".join(f"{n} | {value}" for n, value in enumerate(values))
    return f"code | amount\n{rows}", table


@pytest.mark.parametrize(
    ("unit", "wrong", "rows"), [("万元", "5000", (42,)), ("元", "0.06", (42,)), ("吨", "5000", ()), ("万元", "400", ())]
)
def test_an_amount_in_another_unit_stands_out_among_forty(
    checked: Checker, unit: str, wrong: str, rows: tuple[int, ...]
) -> None:
    usual = [str(600 + n) for n in range(40)] if unit == "元" else [f"0.{n + 10}" for n in range(40)]
    result = checked(*amounts(unit, [*usual, wrong]))
    assert result.found == ({"AMOUNT_UNIT": rows} if rows else {})
    assert result.report.bad == 0


def test_a_few_amounts_do_not_say_what_is_usual(checked: Checker) -> None:
    assert checked(*amounts("万元", ["0.5"] * 20 + ["5000"])).found == {}


def known(tmp_path: Path, amounts: str) -> tuple[Path, ...]:
    """What the resource delivered before: forty amounts."""
    return (
        parquet(tmp_path / "known.parquet", f"select i as code, {amounts} as amount, i as _key from range(40) r(i)"),
    )


@pytest.mark.parametrize(
    ("unit", "usual", "values"),
    [("万元", "(i + 10) / 100", ["1200", "3000", "4500.5"]), ("元", "600 + i", ["0.06", "0.07", "0.11"])],
)
def test_a_whole_delivery_in_another_unit_waits_for_a_steward_however_few_its_amounts(
    checked: Checker, tmp_path: Path, unit: str, usual: str, values: list[str]
) -> None:
    rows, table = amounts(unit, values)
    result = checked(rows, table, earlier=known(tmp_path, usual))
    assert [(f.rule, f.outcome, f.count) for f in result.report.findings] == [("AMOUNT_UNIT", Outcome.HOLD, 3)]
    assert checked(rows, table).found == {}


def test_one_amount_among_a_few_is_held_against_what_was_delivered_before(checked: Checker, tmp_path: Path) -> None:
    rows, table = amounts("万元", ["0.3", "5000", "0.2", "400"])
    result = checked(rows, table, earlier=known(tmp_path, "(i + 10) / 100"))
    assert [(f.rule, f.outcome, f.rows) for f in result.report.findings] == [("AMOUNT_UNIT", Outcome.WARN, (3,))]


LICENCE = TableSpec("licence", "证照", ("code",), (text("code"), text("state_code", code_list="证照状态")))


def test_what_was_cancelled_does_not_come_back_to_life(checked: Checker, tmp_path: Path) -> None:
    first = parquet(
        tmp_path / "1.parquet",
        "select * from (values ('A', '04'), ('B', '01'), ('C', '02'), ('D', '01'), ('E', '04')) t(_key, state_code) cross join (select 1 as code)",
    )
    second = parquet(
        tmp_path / "2.parquet",
        "select * from (values ('D', '07'), ('E', null)) t(_key, state_code) cross join (select 1 as code)",
    )
    rows = """
        code | state_code
        A    | 01
        B    | 04
        C    | 01
        D    | 01
        E    | 05
        F    | 01
    """
    assert checked(rows, LICENCE, earlier=(first, second)).found == {"STATE_CHANGE": (2, 5, 6)}
    assert checked(rows, LICENCE).found == {}


SERIES = TableSpec(
    "monthly", "指标", ("indicator_code", "ref_area", "time_period", "period_kind_code", "measure_code", "release_date"),
    (*(text(n) for n in ("indicator_code", "ref_area", "freq_code", "time_period", "period_kind_code", "measure_code")),
     Column("obs_value", "DOUBLE", "数值"), text("unit", required=False), Column("unit_mult", "BIGINT", "幂次"),
     Column("release_date", "DATE", "发布日期")),
)  # fmt: skip


def series(*values: tuple[str, str, str]) -> str:
    """Rows of one series out of (time, period kind, value), from line 2 on."""
    head = "indicator_code | ref_area | freq_code | time_period | period_kind_code | measure_code | obs_value | release_date"
    rows = (f"COAL | 140200 | M | {time} | {kind} | LEVEL | {value} | 2026-06-18" for time, kind, value in values)
    return (
        "\n".join([head, *rows])
        .replace(" | release_date", " | unit | unit_mult | release_date")
        .replace(" | 2026-06-18", " | | | 2026-06-18")
    )


RIGHT = [
    ("2026-01", "current", "10"), ("2026-01", "cumulative", "10"), ("2026-02", "current", "20"),
    ("2026-02", "cumulative", "30.01"), ("2026-03", "current", "30"), ("2026-03", "cumulative", "60.01"),
    ("2026-04", "current", "40"), ("2026-04", "cumulative", "100"),
]  # fmt: skip


def spoilt(line: int, value: str) -> str:
    rows = list(RIGHT)
    rows[line - 2] = (*rows[line - 2][:2], value)
    return series(*rows)


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (series(*RIGHT), ()),
        (spoilt(5, "35"), (5,)),  # a cumulative value: this month and the next are off, by as much
        (spoilt(4, "25"), (4,)),  # a month's value: that month alone is off
        (spoilt(9, "110"), (9,)),
        (spoilt(2, "11"), (2,)),
        (series(("2026-03", "current", "30"), ("2026-03", "cumulative", "60")), ()),
    ],
)
def test_last_cumulative_and_this_month_give_this_cumulative(
    checked: Checker, content: str, lines: tuple[int, ...]
) -> None:
    assert checked(content, SERIES).found == ({"MACRO_IDENTITY": lines} if lines else {})


def test_the_month_before_may_have_come_with_an_earlier_delivery(checked: Checker, tmp_path: Path) -> None:
    first = checked(series(*RIGHT[:6]), SERIES)
    earlier = (first.out / "good.parquet").rename(tmp_path / "earlier.parquet")
    wrong = series(("2026-04", "current", "40"), ("2026-04", "cumulative", "140"))
    assert checked(wrong, SERIES, earlier=(earlier,)).found == {"MACRO_IDENTITY": (3,)}
    assert checked(series(*RIGHT[6:]), SERIES, earlier=(earlier,)).found == {}


def test_january_and_february_published_as_one_have_no_values_of_their_own(checked: Checker) -> None:
    joint = [("2026-01-01/P2M", "current", "30"), ("2026-02", "cumulative", "30"), ("2026-01", "current", "")]
    assert checked(series(*joint), SERIES).found == {}
    assert checked(series(*joint[:2], ("2026-01", "current", "15")), SERIES).found == {"MACRO_JOINT": (4,)}


def test_a_unit_and_its_power_of_ten_agree(checked: Checker) -> None:
    content = "\n".join(
        [
            "indicator_code|ref_area|freq_code|time_period|period_kind_code|measure_code|obs_value|unit|unit_mult|release_date",
            *(f"{n}|140200|A|2025|current|LEVEL|1|{unit}|{power}|2026-01-20" for n, (unit, power) in enumerate(
                [("亿元", 8), ("万元", 8), ("万吨", 4), ("亿千瓦时", 8), ("千瓦时", 0), ("%", 0), ("元", 4), ("", 3)])),
        ]
    )  # fmt: skip
    assert checked(content, SERIES).found == {"UNIT_MISMATCH": (3, 8)}


PERMIT = spec("""
    code              | 编号     | C10 | KR |
    subject_kind_code | 类别     | C1  | R  |
    id_number         | 号码     | C18 |    | id:citizen_id
    credit_code       | 代码     | C18 |    | id:credit_code
    phone             | 联系电话 | C20 |    |
""")


def with_kinds(table: TableSpec) -> TableSpec:
    columns = (text(c.name, code_list="相对人类别") if c.name == "subject_kind_code" else c for c in table.columns)
    return TableSpec(table.name, table.title, table.key, tuple(columns))


def test_a_person_has_a_citizen_identifier_and_a_firm_a_credit_code(checked: Checker) -> None:
    rows = """
        code | subject_kind_code | id_number          | credit_code        | phone
        A    | 1                 | 140213199003070018 |                    |
        B    | 2                 |                    | 91140200MA0K12348D |
        C    | 1                 | 140213199003070018 | 91140200MA0K12348D |
        D    | 2                 | x                  |                    |
        E    | 2                 |                    |                    |
    """
    assert checked(rows, with_kinds(PERMIT)).found == {"ID_LENGTH": (5,), "SUBJECT_IDENTIFIER": (4, 5)}


@pytest.mark.parametrize(
    ("number", "is_right"),
    [
        ("13812345678", True), ("+8613812345678", True), ("0352-5021234", True), ("03525021234", True),
        ("0352-5021234-801", True), ("010-62345678", True), ("400-123-4567", True),
        ("1381234567", False), ("12812345678", False), ("5021234", False), ("无", False), ("0352-1021234", False),
    ],
)  # fmt: skip
def test_a_telephone_number_is_a_mobile_or_a_fixed_one_with_area_code(
    checked: Checker, number: str, is_right: bool
) -> None:
    result = checked(f"code|subject_kind_code|id_number|credit_code|phone\nA|1|||{number}", PERMIT)
    assert result.found == ({} if is_right else {"PHONE_INVALID": (2,)})


def test_a_code_that_is_no_longer_in_force_is_told_from_an_unknown_one(checked: Checker) -> None:
    division = Column(
        "division_code", "VARCHAR", "区划代码", codes=("140213",), retired_codes=("140202",), code_list="GB/T 2260"
    )
    table = TableSpec("place", "地点", ("code",), (text("code"), division))
    result = checked("code | division_code\nA | 140213\nB | 140202\nC | 999999", table)
    assert result.found == {"CODE_UNKNOWN": (4,), "CODE_RETIRED": (3,)}
    assert result.report.bad == 2


def test_a_division_code_is_judged_as_in_force_at_the_day_of_its_row(checked: Checker) -> None:
    division = Column(
        "division_code", "VARCHAR", "区划代码", codes=("140213",), retired_codes=("140202", "140203"),
        retired_on=(date(2018, 2, 8), date(2016, 1, 1)), dated_by="decided_on", code_list="GB/T 2260",
    )  # fmt: skip
    table = TableSpec("place", "地点", ("code",), (text("code"), division, Column("decided_on", "DATE", "决定日期")))
    rows = """
        code | division_code | decided_on
        A    | 140202        | 2018-02-08
        B    | 140202        | 2018-02-09
        C    | 140203        | 2017-05-01
        D    | 140202        |
        E    | 140213        | 2010-01-01
    """
    assert checked(rows, table).found == {"CODE_RETIRED": (3, 4, 5)}


def test_what_happened_does_not_lie_ahead(checked: Checker) -> None:
    table = spec("""
        code        | 编号       | C20 | K |
        issued_date | 签发日期   | D   |   |
        valid_until | 有效期至   | D   |   |
        end_date    | 合同终止日 | D   |   |
        opened_at   | 开户时间   | T   |   |
    """)
    rows = """
        code | issued_date | valid_until | end_date   | opened_at
        A    | 2026-11-23  | 2036-11-22  | 2030-01-01 | 2026-11-23 23:59:59
        B    | 2026-11-24  | 2036-11-22  | 2030-01-01 | 2026-11-24 00:00:00
    """
    result = checked(rows, table)
    assert [(f.rule, f.column, f.rows) for f in result.report.findings] == [
        ("DATE_FUTURE", "issued_date", (3,)), ("DATE_FUTURE", "opened_at", (3,)),
    ]  # fmt: skip
    assert result.report.bad == 0


def test_a_licence_in_force_has_not_run_out_before_the_end_of_its_period(checked: Checker) -> None:
    columns = (*LICENCE.columns, Column("valid_until", "DATE", "有效期至"))
    rows = """
        code | state_code | valid_until
        A    | 01         | 2026-10-31
        B    | 01         | 2026-10-30
        C    | 05         | 2020-01-01
        D    | 01         |
    """
    table = TableSpec("licence", "证照", ("code",), columns)
    assert checked(rows, table, period_end=date(2026, 10, 31)).found == {"LICENCE_EXPIRED": (3,)}
    assert checked(rows, table).found == {"LICENCE_EXPIRED": (2, 3)}


FIRM = TableSpec(
    "firm",
    "企业",
    ("code",),
    (
        text("code"),
        text("industry_code", required=False, code_list="GB/T 4754"),
        text("industry_class_code", required=False),
    ),
)


@pytest.mark.parametrize(
    ("section", "code", "rule"),
    [("B", "0610", ""), ("B", "B06", ""), ("P", "83", ""), ("O", "8040", ""), ("", "5211", ""), ("B", "0699", ""),
     ("F", "", ""), ("O", "7940", "INDUSTRY_SECTION"), ("P", "82", "INDUSTRY_SECTION"), ("", "C06", "INDUSTRY_SECTION"),
     ("T", "98", "INDUSTRY_UNKNOWN"), ("F", "零售", "INDUSTRY_UNKNOWN"), ("F", "52110", "INDUSTRY_UNKNOWN")],
)  # fmt: skip
def test_an_industry_class_lies_in_its_section_and_else_is_warned_of(
    checked: Checker, section: str, code: str, rule: str
) -> None:
    """Numbers of the edition of 2011 lie in other sections from 79 on; which classes a city knows is its own matter."""
    result = checked(f"code|industry_code|industry_class_code\nA|{section}|{code}", FIRM)
    told = set(result.found)
    assert (rule in told) if rule else not told
    assert result.report.bad == 0
