"""Workbooks handed in on pages: wrong cells, marked copies, fixes accepted at once, the same book twice."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import httpx
from openpyxl import Workbook, load_workbook

from catalog import entry_list, resources
from tests.pages.conftest import Portal
from tests.pages.forms import read

UPLOAD = "/registration"
HANDED_IN = "/registration/handed-in"


def sample(portal: Portal) -> Path:
    return portal.home / "sample" / "catalogs" / "police.xlsx"


def hand_in(portal: Portal, *books: tuple[str, bytes], login: str = "registrar", **data: str) -> httpx.Response:
    files = [("file", (name, content)) for name, content in books]
    browser = portal.as_(login)
    return browser.post(UPLOAD, data={"csrf": browser.csrf("/password"), **data}, files=files)


def foreign(name: str = "居住证登记") -> bytes:
    """A catalog as another product exports it: other headings, sizes in types, dates as they are written by hand."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Sheet1"
    sheet.append(
        ["类", "项", "目", "资源名称", "资源摘要", "格式分类", "格式类型", "共享属性", "共享条件", "共享方式", "更新频率",
         "数据项名称", "字段类型", "是否主键", "保密审查人", "保密审查日期"]
    )  # fmt: skip
    row = ["部门信息资源", "02", "001", name, "居住证登记信息", "数据库", "mysql", "有条件共享", "依法定职责使用", "接口",
           "每日", "居住证编号", "varchar(18)", "是", "赵文华", "2026年1月4日"]  # fmt: skip
    sheet.append(row)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def broken(portal: Portal) -> bytes:
    book = load_workbook(sample(portal))
    sheet = book["信息资源目录"]
    headings = {cell.value: cell.column for cell in sheet[1]}
    sheet.cell(2, headings["更新周期"]).value = "偶尔"
    return saved(book)


def saved(book: Workbook) -> bytes:
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def test_the_page_offers_template_and_export_and_the_export_handed_in_changes_nothing(portal: Portal) -> None:
    page = portal.as_("registrar").get("/registration").text
    for path in ("/v1/catalogs/template.xlsx", "/v1/catalogs/police.xlsx"):
        assert f'href="{path}"' in page
    export = portal.as_("registrar").get("/v1/catalogs/police.xlsx")
    assert export.status_code == 200
    done = hand_in(portal, ("police.xlsx", export.content))
    assert done.status_code == 303
    assert "没有任何变更" in portal.as_("registrar").get(f"{done.headers['location']}&lang=zh").text


def test_a_refused_workbook_says_its_faults_in_the_language_of_the_page(portal: Portal) -> None:
    browser = portal.as_("registrar")
    browser.get("/registration?lang=en")
    refused = hand_in(portal, ("wrong.xlsx", broken(portal)))
    browser.get("/registration?lang=zh")
    in_chinese = hand_in(portal, ("wrong.xlsx", broken(portal)))
    address = refused.text.partition('href="/v1/catalogs/faults/')[2].partition('"')[0]
    assert address.endswith(".xlsx?lang=en")
    assert "Cycle" in refused.text
    copy = load_workbook(BytesIO(browser.get(f"/v1/catalogs/faults/{address}").content))
    told = [[cell.value for cell in row] for row in copy.worksheets[0].iter_rows()]
    comments = [c.comment.text for sheet in copy for row in sheet.iter_rows() for c in row if c.comment]
    assert told[0] == ["Sheet", "Row", "Column", "Cell", "Fault", "Remedy"]
    assert any(row[2] == "Cycle" and row[0] == "信息资源目录 (Catalog)" for row in told)
    # its own sheets keep their names, so that it can be handed in again
    assert copy.sheetnames == ["Faults", *load_workbook(BytesIO(broken(portal))).sheetnames]
    again = hand_in(portal, ("wrong.xlsx", saved(copy)))
    assert (again.status_code, again.text.count("更新周期")) == (422, in_chinese.text.count("更新周期"))
    assert comments
    own = [str(row[place]) for row in told for place in (2, 4)] + [text.partition(". ")[0] for text in comments]
    assert [text for text in own if re.search("[\u4e00-\u9fff]", text)] == []


def test_of_two_books_one_is_wrong_and_both_wait(portal: Portal) -> None:
    refused = hand_in(portal, ("错.xlsx", broken(portal)), ("对.xlsx", sample(portal).read_bytes()))
    assert refused.status_code == 422
    assert "更新周期" in refused.text
    assert "错.xlsx" in refused.text
    marked = refused.text.partition('href="/v1/catalogs/faults/')[2].partition('"')[0]
    copy = load_workbook(BytesIO(portal.as_("registrar").get(f"/v1/catalogs/faults/{marked}").content))
    assert copy.sheetnames[0] == "错误清单"
    assert portal.as_("consumer").get(f"/v1/catalogs/faults/{marked}").status_code == 403
    history = portal.as_("registrar").get(f"{HANDED_IN}?lang=zh").text
    assert "有错误，未入库" in history
    assert "同批其他工作簿有误" in history
    assert portal.as_("consumer").get(HANDED_IN).status_code == 403


def test_a_foreign_workbook_is_recognised_and_its_fixes_are_accepted_at_once_and_once(portal: Portal) -> None:
    proposed = hand_in(portal, ("旧目录.xlsx", foreign()))
    assert proposed.status_code == 422
    assert "可自动修正" in proposed.text
    assert "2026-01-04" in proposed.text
    form = read(proposed.text, HANDED_IN)
    browser = portal.as_("registrar")
    assert portal.as_("verifier").post(HANDED_IN, data=form).status_code == 403
    done = browser.post(HANDED_IN, data=form)
    assert done.status_code == 303, done.text
    with portal.house.transaction() as db:
        police = resources.get(db, "police_address").provider_id
        names = [each.name for each in entry_list.of_department(police).all(db)]
    assert "居住证登记" in names
    assert browser.post(HANDED_IN, data=form).status_code == 409


def test_fixes_can_be_accepted_while_uploading(portal: Portal) -> None:
    done = hand_in(portal, ("旧目录.xlsx", foreign("暂住登记")), accept_fixes="1", reason="历史目录补录")
    assert done.status_code == 303
    with portal.house.transaction() as db:
        found = resources.get(db, "police_zan_zhu_deng_ji")
        assert found.state == "draft"
    page = portal.as_("registrar").get(f"{done.headers['location']}&lang=zh").text
    assert 'href="/registration/police_zan_zhu_deng_ji"' in page
    assert "历史目录补录" in portal.as_("registrar").get("/registration/police_zan_zhu_deng_ji").text


def test_what_is_no_workbook_is_told_as_such(portal: Portal) -> None:
    answer = hand_in(portal, ("目录.xlsx", b"not a workbook"))
    assert answer.status_code == 422
    assert "目录.xlsx" in answer.text
    empty = portal.as_("registrar").post(UPLOAD, data={"csrf": portal.as_("registrar").csrf("/password")})
    assert empty.status_code == 400


def test_only_registrars_hand_in(portal: Portal) -> None:
    for login in ("verifier", "consumer", "auditor"):
        assert hand_in(portal, ("a.xlsx", sample(portal).read_bytes()), login=login).status_code == 403
