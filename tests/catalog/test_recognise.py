"""Any old catalog workbook: recognised by its headings and content, with fixes proposed and listed."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from catalog.errors import Unreadable, WorkbookRefused
from catalog.markup import FAULT_SHEET, mark
from catalog.pinyin import slug_of
from catalog.recognise import Known
from catalog.vocab import DataType, DeliveryMode, ShareMethod, ShareType, UpdateCycle
from catalog.workbook import Taken, read, take
from tests.catalog.workbooks import write

# written once by a program of that time: HEADINGS, FIRST and SECOND
OLD = Path(__file__).parent / "old_catalog.xls"
FACTS = {"部门名称": "市公安局", "部门标识": "police", "统一社会信用代码": "11140200MA0K12348M", "区划代码": "140200"}
KNOWN = Known(facts=FACTS)
HEADINGS = (
    "序号", "目录名称", "资源编码", "提供单位", "资源描述", "资源格式", "资源类型", "共享属性", "共享条件说明", "共享方式",
    "是否开放", "更新频率", "发布时间", "字段中文名", "字段英文名", "类型", "长度", "主键", "备用",
)  # fmt: skip
FIRST = (
    1, "人口基本信息", "302001/9", "市公安局", "本市户籍人口", "库表", "mysql", "有条件", "依职责", "API", "N", "日", "2024年1月5日",
    "公民身份号码", "ID_NUMBER", "varchar(18)", None, "Y", "x",
)  # fmt: skip
SECOND = (*(None,) * 13, "姓名 ", None, "字符串", 50, "N", None)


def book(path: Path, *rows: Sequence[Any], merged: Sequence[str] = ()) -> Path:
    made = Workbook()
    sheet = made.active
    sheet.title = "Sheet1"
    for row in rows:
        sheet.append(list(row))
    for area in merged:
        sheet.merge_cells(area)
    made.save(path)
    return path


def fixes_of(taken: Taken) -> set[tuple[int, str, str]]:
    return {(f.row, f.column, f.proposed) for f in taken.fixes}


def test_another_products_export_is_taken_with_every_fix_listed(tmp_path: Path) -> None:
    taken = take(book(tmp_path / "a.xlsx", HEADINGS, FIRST, SECOND), KNOWN)
    assert taken.faults == []
    (resource,) = taken.catalog.resources
    assert (resource.share_type, resource.share_method, resource.update_cycle) == (
        ShareType.CONDITIONAL, ShareMethod.API, UpdateCycle.DAILY,
    )  # fmt: skip
    assert (resource.class_digit, resource.class_item, resource.category) == ("3", "02", "001")
    assert resource.slug == "police_ren_kou_ji_ben_xin_xi"
    assert resource.published_date is not None
    assert resource.delivery_mode is DeliveryMode.UPSERT, "what deletes nothing"
    assert [(i.name, i.title, i.data_type, i.length, i.is_key) for i in resource.items] == [
        ("id_number", "公民身份号码", DataType.TEXT, 18, True),
        ("xing_ming", "姓名", DataType.TEXT, 50, False),
    ]
    found = fixes_of(taken)
    assert {(2, "共享类型", "有条件共享"), (2, "更新周期", "每日"), (2, "发布日期", "2024-01-05")} <= found
    assert {(2, "信息项标识", "id_number"), (3, "信息项名称", "姓名"), (1, "目录名称", "信息资源名称")} <= found
    assert [u for u in taken.unknown if "备用" in u]


def same(taken: Taken) -> tuple[object, ...]:
    return taken.faults, fixes_of(taken), taken.catalog.resources


def test_an_old_catalog_is_the_same_as_excel_97_as_csv_and_as_a_workbook_of_today(tmp_path: Path) -> None:
    wanted = same(take(book(tmp_path / "a.xlsx", HEADINGS, FIRST, SECOND), KNOWN))
    assert same(take(OLD, KNOWN)) == wanted
    for number, (encoding, between) in enumerate((("utf-8-sig", ","), ("gb18030", ";"), ("utf-8", "\t"))):
        path = tmp_path / f"{number}.csv"
        with path.open("w", encoding=encoding, newline="") as file:
            csv.writer(file, delimiter=between).writerows((HEADINGS, FIRST, SECOND))
        assert same(take(path, KNOWN)) == wanted, encoding


def test_a_csv_with_faults_comes_back_as_a_marked_workbook(tmp_path: Path) -> None:
    path = tmp_path / "kept.tmp"
    with path.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows((HEADINGS, (*FIRST[:7], "随便", *FIRST[8:]), ("=1+1", *SECOND[1:])))
    taken = take(path, KNOWN, "目录[1].csv")
    assert {fault.column for fault in taken.faults} == {"共享类型", "共享条件"}, "what looks like a formula is a text"
    marked = load_workbook(BytesIO(mark(path, taken.faults, taken.fixes, {}, "目录[1].csv")))
    assert marked.sheetnames == [FAULT_SHEET, "目录 1 "]


@pytest.mark.parametrize("content", [b"", b"\x00\x01", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 broken"])
def test_a_file_that_is_no_catalog_of_any_kind_is_told_so(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises((Unreadable, WorkbookRefused)):
        read(tmp_path / "a.csv")


def test_nothing_is_corrected_that_was_not_accepted(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", HEADINGS, FIRST, SECOND)
    with pytest.raises(WorkbookRefused):
        read(path)


@pytest.mark.parametrize("column", ["共享属性", "更新频率", "主键", "共享方式"])
def test_what_matters_is_never_guessed(tmp_path: Path, column: str) -> None:
    place = HEADINGS.index(column)
    first = (*FIRST[:place], None, *FIRST[place + 1 :])
    taken = take(book(tmp_path / "a.xlsx", HEADINGS, first, SECOND), KNOWN)
    named = {"共享属性": "共享类型", "更新频率": "更新周期", "主键": "是否主键", "共享方式": "共享方式类型"}[column]
    assert named in {f.column for f in taken.faults}


def test_two_rows_of_headings_with_merged_cells_are_read_together(tmp_path: Path) -> None:
    upper = ("资源名称", "资源摘要", "共享属性", None, None, "开放属性", "信息项", None, None)
    lower = (None, None, "类型", "条件", "方式", "是否开放", "名称", "数据类型", "英文名")
    row = ("人口", "摘要", "无条件共享", None, "接口", "否", "姓名", "C", "name")
    merged = ("C1:E1", "G1:I1", "A1:A2", "B1:B2")
    taken = take(book(tmp_path / "a.xlsx", upper, lower, row, merged=merged), KNOWN)
    (resource,) = taken.catalog.resources
    assert (resource.name, resource.share_type) == ("人口", ShareType.UNCONDITIONAL)
    assert [(i.title, i.name, i.data_type) for i in resource.items] == [("姓名", "name", DataType.TEXT)]


def test_a_column_is_known_by_its_content(tmp_path: Path) -> None:
    headings = [*HEADINGS]
    headings[HEADINGS.index("类型")] = "其它说明"
    rows = [FIRST, *[(*SECOND[:13], f"项{n}", f"item_{n}", "字符串", 5, "N", None) for n in range(3)]]
    taken = take(book(tmp_path / "a.xlsx", headings, *rows), KNOWN)
    assert (1, "其它说明", "数据类型") not in fixes_of(taken), "varchar(18) is no plain term"
    rows[0] = (*FIRST[:15], "字符型C", 18, "Y", None)
    taken = take(book(tmp_path / "b.xlsx", headings, *rows), KNOWN)
    assert (1, "其它说明", "数据类型") in fixes_of(taken)


def test_rows_that_repeat_the_resource_are_its_items(tmp_path: Path) -> None:
    second = (*FIRST[:13], "姓名", "NAME", "字符串", 50, "N", None)
    taken = take(book(tmp_path / "a.xlsx", HEADINGS, FIRST, second), KNOWN)
    assert [[i.name for i in r.items] for r in taken.catalog.resources] == [["id_number", "name"]]


def test_items_on_a_sheet_of_their_own_find_their_resource(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", HEADINGS[:13], FIRST[:13])
    made = load_workbook(path)
    sheet = made.create_sheet("信息项")
    for row in (("目录名称", "字段中文名", "字段英文名", "类型", "主键"), ("人口基本信息", "号码", "no", "C", "是")):
        sheet.append(row)
    made.save(path)
    (resource,) = take(path, KNOWN).catalog.resources
    assert [(i.name, i.is_key) for i in resource.items] == [("no", True)]


def test_slugs_that_the_register_knows_are_kept(tmp_path: Path) -> None:
    known = Known(FACTS, {"人口基本信息": "police_population"}, {("police_population", "姓名"): "name"})
    (resource,) = take(book(tmp_path / "a.xlsx", HEADINGS, FIRST, SECOND), known).catalog.resources
    assert (resource.slug, resource.items[1].name) == ("police_population", "name")


def test_a_formula_is_a_fault_for_its_value_may_be_stale(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", resource={"信息资源摘要": "=A1"})
    assert ("信息资源摘要", "单元格是公式") in {(f.column, f.rule) for f in take(path, KNOWN).faults}


def test_an_archive_that_unpacks_beyond_reason_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalog.grid.MAX_UNPACKED", 100)
    with pytest.raises(Unreadable, match="过大"):
        take(write(tmp_path / "a.xlsx"), KNOWN)


def test_the_marked_copy_shows_each_fault_in_its_cell(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", resource={"共享类型": "随便", "项": " 02"})
    taken = take(path, KNOWN)
    places = {line.sheet: dict(line.places) for group in taken.found.groups for line in (group.resource,)}
    made = load_workbook(BytesIO(mark(path, taken.faults, taken.fixes, places)))
    fault = next(f for f in taken.faults if f.column == "共享类型")
    cell = made[fault.sheet][fault.cell]
    assert cell.value == "随便"
    assert "枚举值" in cell.comment.text
    assert cell.fill.fgColor.rgb == "FFFF9999"
    fixed = made[fault.sheet].cell(3, places[fault.sheet]["项"])
    assert (fixed.value, "02" in fixed.comment.text) == (" 02", True)
    assert made.sheetnames[0] == FAULT_SHEET
    assert made[FAULT_SHEET].max_row == 1 + len(taken.faults) + len(taken.fixes)


def test_slugs_read_like_names_and_never_clash() -> None:
    taken: set[str] = set()
    first = slug_of("低保对象", "civil", taken)
    assert first == "civil_di_bao_dui_xiang"
    assert slug_of("低保对象", "civil", {first}) == f"{first}_2"
    assert slug_of("（2024）名单", "", set()) == "x_2024_ming_dan"
    assert slug_of("（）", "", set()) == ""
    assert len(slug_of("很" * 100, "dept", set())) <= 60
