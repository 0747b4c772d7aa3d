"""Files as departments send them, and files that nobody should send: rows with exact numbers, or one clear finding."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
import xlsxwriter

from catalog.vocab import DeliveryState
from quality.scratch import Bounds
from tests.quality.conftest import RIGHT, Checked, Checker, spec, table

THING = spec("""
    code | 编号 | C10 | KR |
    name | 名称 | C10 | R  |
    day  | 日期 | D   |    |
""")
LINES = "编号,名称,日期\nA,甲,2026-11-23\nB,乙,\n"
TWO = [(2, "A", "甲", date(2026, 11, 23)), (3, "B", "乙", None)]


def read(result: Checked) -> list[tuple[object, ...]]:
    return result.rows("_row, code, name, day")


@pytest.mark.parametrize(
    "content",
    [
        LINES.encode(),
        LINES.encode("utf-8-sig"),
        LINES.encode("gbk"),
        LINES.encode("utf-16"),
        LINES.replace(",", "\t").encode(),
        LINES.replace(",", ";").encode(),
        LINES.replace("\n", "\r\n").encode("gbk"),
        LINES.replace("编号,名称", "编号,名称", 1).replace("\n", "\r\n", 1).encode(),
        LINES.replace("编号", " 编 号＊ ").replace("名称", "NAME").replace("日期", "日期(必填)").encode(),
        LINES.replace("甲", '"甲"').encode(),
        LINES.rstrip().encode(),
        (LINES + "\n\n").encode(),
        (LINES + ",,\n").encode(),
    ],
)
def test_delimited_text_of_any_kind_gives_the_same_rows(checked: Checker, content: bytes) -> None:
    result = checked(content, THING)
    assert result.report.findings == ()
    assert read(result) == TWO


def test_columns_may_come_in_any_order_and_more_of_them(checked: Checker) -> None:
    result = checked("日期,备注,名称,编号\n2026-11-23,x,甲,A\n".encode(), THING)
    assert read(result) == TWO[:1]
    assert result.found == {"COLUMN_EXTRA": (), "COLUMN_REORDERED": ()}
    assert "备注" in result.messages


def test_titles_blank_lines_and_line_breaks_in_values_leave_row_numbers_exact(checked: Checker) -> None:
    text = '某某市报表,,\n制表：某单位,,\n编号,名称,日期\n\nA,"甲\n一",2026-11-23\n\nB,,\nC,丙,\n'
    result = checked(text.encode(), THING)
    assert result.rows("_row, code, name") == [(5, "A", "甲\n一"), (8, "C", "丙")]
    assert result.found == {"REQUIRED": (7,)}


def test_a_quoted_line_break_counts_as_one_row(checked: Checker) -> None:
    result = checked('编号,名称,日期\nA,"甲\n\n一",\nB,,\n'.encode(), THING)
    assert result.found == {"REQUIRED": (3,)}


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_lines_with_a_wrong_number_of_fields_return_the_file(checked: Checker, encoding: str) -> None:
    text = "编号,名称,日期\nA,甲,2026-11-23\nB,乙,,多\nC,丙\nD,丁,\n"
    result = checked(text.encode(encoding), THING)
    assert result.report.state is DeliveryState.RETURNED
    assert result.found == {"FILE_UNREADABLE": (3, 4)}
    assert not result.out.exists()


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "FILE_EMPTY"),
        (b" \r\n\t", "FILE_EMPTY"),
        ("编号,名称,日期\n".encode(), "FILE_EMPTY"),
        (b"\xef\xbb\xbf\r\n", "FILE_EMPTY"),
        (b"\x00\x01\x02\xff" * 500, "FILE_UNREADABLE"),
        ("<html><table><tr><td>编号</td><td>名称</td><td>日期</td></tr></table></html>".encode(), "FILE_UNREADABLE"),
        (b"%PDF-1.7\n1 0 obj\n", "FILE_UNREADABLE"),
        (b"{\\rtf1\\ansi ", "FILE_UNREADABLE"),
        (bytes(range(1, 256)) * 20, "FILE_UNREADABLE"),
        (b"PK\x03\x04" + b"x" * 500, "FILE_UNREADABLE"),
        (b"PAR1" + b"x" * 500, "FILE_UNREADABLE"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 500, "FILE_UNREADABLE"),
        (b'{"code": "A", "name": ', "FILE_UNREADABLE"),
        (b'{"code": "A", "name": "x", "day": null}\n{"code": 1,,}\n', "FILE_UNREADABLE"),
        (b"[" * 100_000, "FILE_UNREADABLE"),
        (b'{"type": "FeatureCollection", "features": 7}', "FILE_UNREADABLE"),
        ("编号,名称\nA,甲\n".encode(), "COLUMN_MISSING"),
        ("编号,名称,日期,名称\nA,甲,,乙\n".encode(), "FILE_UNREADABLE"),
        ("张三,李四\n王五,赵六\n".encode(), "COLUMN_MISSING"),
        ("编号,名称,日期\nA,\"甲,\nB,乙,\n".encode(), "FILE_UNREADABLE"),
        ("编号,名称,日期\nA,甲,\n".encode() + b"B,\xff\xff,\n", "FILE_UNREADABLE"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_taken_is_one_finding(checked: Checker, content: bytes, rule: str) -> None:
    result = checked(content, THING)
    assert result.report.state is DeliveryState.RETURNED
    assert [f.rule for f in result.report.findings] == [rule]
    assert not result.out.exists()
    assert all(f.remedy for f in result.report.findings)


def test_missing_columns_are_named_and_no_value_is(checked: Checker) -> None:
    assert "缺少列: 名称、日期" in checked("编号,姓名\nA,张三\n".encode(), spec_of_two()).messages
    assert "张三" not in checked("张三,李四\n".encode(), THING).messages


def spec_of_two() -> Any:
    return spec("""
        code | 编号 | C10 | KR |
        name | 名称 | C10 | R  |
        day  | 日期 | D   |    |
        kind | 姓名 | C10 |    |
    """)


def test_a_declared_zero_report_is_accepted(checked: Checker) -> None:
    for content in (b"", "编号,名称,日期\n".encode()):
        result = checked(content, THING, zero_report=True)
        assert result.report.state is DeliveryState.ACCEPTED
        assert (result.report.findings, read(result), result.rows("*", "bad")) == ((), [], [])


def test_a_zero_report_does_not_excuse_a_broken_file(checked: Checker) -> None:
    assert list(checked(b"\x00\x01" * 500, THING, zero_report=True).found) == ["FILE_UNREADABLE"]


def test_parquet_rows_are_records(checked: Checker, tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            "copy (select 'A' as code, '甲' as 名称, date '2026-11-23' as 日期 union all select 'B', null, null) "
            f"to '{path}' (format parquet)"
        )
    result = checked(path, THING)
    assert read(result) == [(1, "A", "甲", date(2026, 11, 23))]
    assert result.found == {"REQUIRED": (2,)}


def test_json_lines_may_leave_out_what_is_null(checked: Checker) -> None:
    rows = [{"code": 7, "名称": "甲"}, {"code": "B", "名称": "乙", "日期": "2026-11-23"}, {"code": "C"}]
    result = checked("\n".join(json.dumps(r, ensure_ascii=False) for r in rows).encode(), THING)
    assert read(result) == [(1, "7", "甲", None), (2, "B", "乙", date(2026, 11, 23))]
    assert result.found == {"REQUIRED": (3,)}


def test_geojson_gives_properties_and_the_geometry_as_text(checked: Checker) -> None:
    area = spec("""
        division_code | 区划代码 | C6 | KR |
        name          | 名称     | C9 | R  |
        geometry      | 几何     | G  | R  |
    """)
    square = {"type": "Polygon", "coordinates": [[[113.0, 40.0], [113.1, 40.0], [113.1, 40.1], [113.0, 40.0]]]}
    features = [{"type": "Feature", "properties": {"区划代码": 140213, "name": "平城区"}, "geometry": square}]
    result = checked(json.dumps({"type": "FeatureCollection", "features": features}, indent=1).encode(), area)
    [(row, code, geometry)] = result.rows("_row, division_code, geometry")
    assert (row, code, json.loads(str(geometry))) == (1, "140213", square)


def workbook(tmp_path: Path) -> tuple[xlsxwriter.Workbook, Path]:
    path = tmp_path / "book"
    return xlsxwriter.Workbook(path), path


def test_a_workbook_may_have_titles_other_sheets_and_an_empty_margin(checked: Checker, tmp_path: Path) -> None:
    book, path = workbook(tmp_path)
    book.add_worksheet("填报说明").write(0, 0, "请按目录填写")
    sheet = book.add_worksheet("数据")
    sheet.merge_range(1, 1, 1, 3, "某某市报表")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for column, title in enumerate(("编号", "名称", "日期"), 1):
        sheet.write(3, column, title)
    sheet.write(4, 1, 7)
    sheet.write(4, 2, "甲")
    sheet.write_datetime(4, 3, datetime(2026, 11, 23), day)
    sheet.write(6, 1, "B")
    sheet.write(6, 2, "乙")
    sheet.write(6, 3, 46349)
    sheet.write(7, 1, "C")
    book.close()
    result = checked(path, THING, name="x.xlsx")
    assert read(result) == [(5, "7", "甲", date(2026, 11, 23)), (7, "B", "乙", date(2026, 11, 23))]
    assert result.found == {"REQUIRED": (8,)}


def test_a_cell_merged_downwards_holds_in_each_of_its_rows(checked: Checker, tmp_path: Path) -> None:
    book, path = workbook(tmp_path)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ("编号", "名称", "日期"))
    sheet.write_column(1, 0, ("A", "B", "C"))
    sheet.merge_range(1, 1, 2, 1, "甲")
    sheet.write(3, 1, "丙")
    book.close()
    assert checked(path, THING).rows("_row, name") == [(2, "甲"), (3, "甲"), (4, "丙")]


def test_an_identifier_that_excel_turned_into_a_number_surfaces_as_such(checked: Checker, tmp_path: Path) -> None:
    person = spec(
        """
        serial    | 序号         | C9  | KR |
        id_number | 公民身份号码 | C18 | R  | id:citizen_id
    """.replace("| KR |", "| KR | ")
    )
    book, path = workbook(tmp_path)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ("序号", "公民身份号码"))
    sheet.write_row(1, 0, ("1", 140213199003070018))
    sheet.write_row(2, 0, ("2", "1.40213E+17"))
    sheet.write_row(3, 0, ("3", "140213199003070018"))
    sheet.write_row(4, 0, ("4", 610104620927690))
    book.close()
    result = checked(path, person)
    assert result.rows("serial, id_number, id_number_raw") == [
        ("1", None, "1.40213E+17"),
        ("2", None, "1.40213E+17"),
        ("3", "140213199003070018", None),
        ("4", "610104196209276908", None),
    ]
    assert result.found == {"ID_MANGLED": (2, 3), "ID_15": (5,), "ID_AREA": (5,)}


def test_a_formula_is_taken_by_its_stored_result(checked: Checker, tmp_path: Path) -> None:
    book, path = workbook(tmp_path)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ("编号", "名称", "日期"))
    sheet.write(1, 0, "A")
    sheet.write_formula(1, 1, '="甲"&"一"', None, "甲一")
    sheet.write_formula(1, 2, '=IF(A2="B",TODAY(),"")', None, "")
    book.close()
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet_part = "xl/worksheets/sheet1.xml"
    as_excel_writes_it = parts[sheet_part].replace(b'<c r="C2"><f>', b'<c r="C2" t="str"><f>')
    result = checked(zipped(**(parts | {sheet_part: as_excel_writes_it})), THING)
    assert result.rows("code, name, day") == [("A", "甲一", None)]


def test_formulas_without_a_result_return_the_file(checked: Checker, tmp_path: Path) -> None:
    book, path = workbook(tmp_path)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ("编号", "名称", "日期", "备注"))
    sheet.write_row(1, 0, ("A", "甲"))
    sheet.write_formula(1, 3, "=1/0", None, "#DIV/0!")
    sheet.write_formula(2, 1, "=1/0", None, "#DIV/0!")
    book.close()
    assert checked(path, THING).found == {"FILE_UNREADABLE": (3,)}

    uncalculated = openpyxl.Workbook()
    assert uncalculated.active
    uncalculated.active.append(["编号", "名称", "日期"])
    uncalculated.active.append(["A", '="甲"&"一"', None])
    uncalculated.save(path)
    assert checked(path, THING).found == {"FILE_UNREADABLE": (2,)}


def test_a_workbook_without_the_columns_names_sheet_and_columns(checked: Checker, tmp_path: Path) -> None:
    book, path = workbook(tmp_path)
    book.add_worksheet("数据").write_row(0, 0, ("编号", "名称"))
    book.close()
    result = checked(path, THING)
    assert list(result.found) == ["COLUMN_MISSING"]
    assert "工作表“数据”缺少列: 日期" in result.messages


def zipped(**parts: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/"), data)
    return content.getvalue()


def test_a_zip_bomb_and_other_archives_are_refused(checked: Checker) -> None:
    bomb = zipped(**{"xl__workbook.xml": b"<x/>", "xl__worksheets__sheet1.xml": b"0" * (1 << 26)})
    result = checked(bomb, THING)
    assert list(result.found) == ["FILE_UNREADABLE"]
    assert "过大" in result.messages
    assert list(checked(zipped(**{"a.csv": LINES.encode()}), THING).found) == ["FILE_UNREADABLE"]


def test_a_truncated_or_altered_workbook_is_refused(checked: Checker, tmp_path: Path) -> None:
    book, path = workbook(tmp_path)
    book.add_worksheet().write_row(0, 0, ("编号", "名称", "日期"))
    book.close()
    content = path.read_bytes()
    for broken in (content[:-100], content[:400] + b"\0" * 50 + content[450:]):
        assert list(checked(broken, THING).found) == ["FILE_UNREADABLE"]


def sparse(*cells: str, rows: int = 3) -> bytes:
    """A workbook of some rows of three columns, and of cells far from them."""
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made)
    sheet = book.add_worksheet("甲")
    for row, line in enumerate((("编号", "名称", "日期"), *((f"A{n}", "乙", "") for n in range(rows)))):
        sheet.write_row(row, 0, line)
    for cell in cells:
        sheet.write(cell, "x")
    book.close()
    return made.getvalue()


@pytest.mark.parametrize("cells", [("XFD1048576",), ("XFD2", "A1048576")])
def test_a_workbook_whose_last_cell_lies_far_away_is_refused_with_its_extent(
    checked: Checker, cells: tuple[str, ...]
) -> None:
    """The reader would make room for all that lies between, and take the whole process with it."""
    result = checked(sparse(*cells), THING)
    assert result.report.state is DeliveryState.RETURNED
    assert "工作表“甲”的内容分散在 1048576 行 16384 列" in result.messages


@pytest.mark.parametrize("cell", ["D200", "A20000", "ZZ3"])
def test_a_stray_cell_beside_the_table_does_no_harm(checked: Checker, cell: str) -> None:
    assert checked(sparse(cell), THING).report.state is not DeliveryState.RETURNED


def test_a_workbook_whose_sizes_lie_is_refused(checked: Checker) -> None:
    honest = zipped(**{"xl__workbook.xml": b"<x/>", "xl__worksheets__sheet1.xml": b"0" * (1 << 20)})
    lying = honest.replace((1 << 20).to_bytes(4, "little"), (100).to_bytes(4, "little"))
    assert list(checked(lying, THING).found) == ["FILE_UNREADABLE"]


def test_a_file_with_every_row_bad_ends_with_a_bounded_report(checked: Checker) -> None:
    rows = "".join(f"A{i},{'长' * 20},x\n" for i in range(20_000))
    result = checked(("编号,名称,日期\n" + rows).encode(), THING)
    assert result.report.state is DeliveryState.RETURNED
    assert (result.report.good, result.report.bad) == (0, 20_000)
    assert result.found == {rule: tuple(range(2, 22)) for rule in ("TOO_LONG", "DATE_INVALID")}
    assert result.rows("count(*)", "findings") == [(40_000,)]
    assert result.rows("count(*), any_value(_rules)", "bad") == [(20_000, ["DATE_INVALID", "TOO_LONG"])]


def test_the_original_name_does_not_decide_the_form(checked: Checker) -> None:
    assert checked(RIGHT, name="x.xlsx").report.good == len(table(RIGHT)) - 1


def test_a_table_of_five_hundred_columns_ends_with_messages_of_bounded_length(checked: Checker) -> None:
    wide = spec("\n".join(f"item_{i} | {'很长的名称' * 10}{i} | C10 | {'K' if i == 0 else ''}R |" for i in range(500)))
    header, values = [",".join(f"{front}{i}" for i in range(500)) for front in ("item_", "v")]
    assert checked(f"{header}\n{values}\n".encode(), wide).report.good == 1
    missing = checked(b"item_0,item_1,item_2\nv0,v1,v2\n", wide)
    assert list(missing.found) == ["COLUMN_MISSING"]
    assert max(len(f.message) for f in missing.report.findings) < 500


def test_a_delivery_that_does_not_fit_into_memory_goes_back_with_its_cause(checked: Checker, tmp_path: Path) -> None:
    wide = spec("\n".join(f"item_{i} | 信息项{i} | C10 | {'K' if i == 0 else ''}R |" for i in range(300)))
    header, values = [",".join(f"{front}{i}" for i in range(300)) for front in ("item_", "v")]
    result = checked(f"{header}\n{values}\n".encode(), wide, bounds=Bounds(2, "40MB", tmp_path / "tmp"))
    assert result.report.state is DeliveryState.RETURNED
    assert list(result.found) == ["FILE_TOO_LARGE"]
    assert "300 个信息项" in result.messages and "40MB" in result.messages
    assert not result.out.exists()


@pytest.mark.parametrize("form", ["parquet", "json"])
def test_lack_of_memory_is_not_taken_for_a_broken_file(checked: Checker, tmp_path: Path, form: str) -> None:
    wide = spec("\n".join(f"item_{i} | 信息项{i} | C40 | {'K' if i == 0 else ''}R |" for i in range(300)))
    values = ", ".join(f"md5((i + {n})::varchar) as item_{n}" for n in range(300))
    with duckdb.connect() as connection:
        connection.execute(f"copy (select {values} from range(1000) r(i)) to '{tmp_path / form}' (format {form})")
    result = checked(tmp_path / form, wide, bounds=Bounds(1, "20MB", tmp_path / "tmp"))
    assert list(result.found) == ["FILE_TOO_LARGE"]
