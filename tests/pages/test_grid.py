"""Data tables: what the address asks for, and what leaves as a workbook."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from openpyxl import load_workbook

from api.pages.cells import Lines
from api.pages.grid import Column, Grid
from api.texts import Words
from tests.pages.conftest import Portal

COLUMNS = [
    Column("name", "resource.name", lambda r: r[0]),
    Column("kind", "project.kind", lambda r: r[1], is_filter=True),
    Column("rows", "resource.rows", lambda r: r[2], "number"),
]
ROWS: list[Any] = [("企业登记", "日", 3), ("婚姻登记", "月", None), ("ＡＢＣ", "日", 10)]


def grid(**query: str) -> Grid:
    return Grid("catalog.list", COLUMNS, ROWS, "/list", query)


def names(found: Grid) -> list[str]:
    return [row[0] for row in found.shown]


def test_rows_are_found_by_words_whatever_their_width_and_case() -> None:
    assert names(grid(q="登记 企业")) == ["企业登记"]
    assert names(grid(q="abc")) == ["ＡＢＣ"]
    assert names(grid(q="没有")) == []


def test_rows_are_narrowed_by_a_value_and_sorted_both_ways_the_empty_last() -> None:
    assert names(grid(kind="日", sort="-rows")) == ["ＡＢＣ", "企业登记"]
    assert names(grid(sort="rows")) == ["企业登记", "ＡＢＣ", "婚姻登记"]
    assert names(grid(sort="-rows")) == ["ＡＢＣ", "企业登记", "婚姻登记"]
    assert names(grid(sort="nonsense")) == [row[0] for row in ROWS]


def test_choices_count_their_rows() -> None:
    assert [(c.value, c.count) for c in grid().choices(COLUMNS[1])] == [("日", 2), ("月", 1)]


def test_pages_stay_within_what_there_is() -> None:
    def page(number: str) -> Grid:
        return Grid("x", COLUMNS, ROWS, "/list", {"page": number}, page_size=2)

    assert names(page("2")) == ["ＡＢＣ"]
    for odd in ("0", "99", "-1", "x", "9" * 50, "²"):
        assert page(odd).shown
    assert (page("2").first, page("2").last, page("2").total) == (3, 3, 3)


def test_a_cell_shows_its_note_beside_its_text_and_escapes_both() -> None:
    for link in (None, lambda r: "/x"):
        column = Column("name", "resource.name", lambda r: r[0], link=link, note=lambda r: r[1])
        made = drawn(Grid("x", [column], [("<b>甲</b>", "<i>注</i>")], "/list"))
        assert '<small class="note">&lt;i&gt;注&lt;/i&gt;</small></td>' in made
        assert "&lt;b&gt;甲&lt;/b&gt;" in made


def drawn(found: Grid, pick: str = "") -> str:
    return Lines(found.columns, Words("zh"), lambda value, kind: str(value)).rows(found, pick)


def test_a_box_to_tick_carries_the_key_of_its_row_and_says_its_name_both_escaped() -> None:
    found = Grid("x", COLUMNS[:1], [('"甲', "k&1"), ("乙", "k2")], "/list", key=lambda r: r[1])
    made = drawn(found, "选择")
    assert 'name="id" value="k&amp;1" aria-label="选择 &#34;甲"' in made
    assert made.count("<tr") == made.count('type="checkbox"') == 2
    assert "checked" not in made
    assert "checkbox" not in drawn(found)
    every = Grid("x", COLUMNS[:1], found.rows, "/list", {"all": "1"}, key=lambda r: r[1])
    assert drawn(every, "选择").count(" checked") == 2


def test_an_address_keeps_what_it_does_not_change() -> None:
    found = grid(kind="日", done="run")
    assert found.sort_address(COLUMNS[2]) == "/list?kind=%E6%97%A5&sort=rows"


def test_an_export_holds_every_row_that_was_found_and_no_formula(portal: Portal) -> None:
    browser = portal.as_("steward")
    answer = browser.get("/releases?lang=zh&format=xlsx&kind=resource")
    sheet = load_workbook(BytesIO(answer.content)).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][0] == "数据单元"
    assert {row[1] for row in rows[1:]} == {"部门资源"}
    assert len(rows) - 1 > 10
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_text_that_looks_like_a_formula_stays_text() -> None:
    from zoneinfo import ZoneInfo

    from api.pages import excel
    from api.texts import Words

    rows = [["=1+1", "@cmd", "http://x"]]
    answer = excel.workbook("x", ["a", "b", "c"], ["text"] * 3, rows, Words("zh"), ZoneInfo("Asia/Shanghai"))
    sheet = load_workbook(BytesIO(bytes(answer.body))).worksheets[0]
    assert [cell.value for cell in sheet[2]] == ["=1+1", "@cmd", "http://x"]
    assert [cell.data_type for cell in sheet[2]] == ["s", "s", "s"]
