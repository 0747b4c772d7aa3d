"""Quality orders and correction requests on pages: explained, decided, disputed, answered."""

from __future__ import annotations

import re
from io import BytesIO

import httpx
from openpyxl import load_workbook
from sqlalchemy import select

from api.pages.scorecards import Line, figures
from catalog import corrections, departments, order_lists, scorecards
from catalog.models import Department, Grant, QualityOrder
from catalog.scorecards import Card
from tests.pages.conftest import Portal, shown_record
from tests.pages.forms import post, read


def fresh_order(portal: Portal) -> str:
    """Another open order of the police."""
    with portal.house.transaction() as db:
        query = select(QualityOrder.id).join(Department, QualityOrder.department_id == Department.id)
        query = query.where(Department.slug == "police", QualityOrder.state == "open")
        found = db.scalar(query.where(QualityOrder.id != portal.ids["order"]).limit(1))
        assert found
        return found


def seen(portal: Portal, login: str, path: str) -> dict[str, str]:
    found = re.search(r'name="seen" value="(\d+)"', portal.as_(login).get(path).text)
    return {"seen": found[1] if found else ""}


def state(portal: Portal, order: str) -> str:
    with portal.house.transaction() as db:
        return order_lists.get(db, order).state


def explain(portal: Portal, order: str, **form: str) -> httpx.Response:
    path = f"/orders/{order}"
    browser = portal.as_("verifier")
    fields = read(browser.get(path).text, f"{path}/explanation")
    return browser.post(f"{path}/explanation", data={**fields, **form}, files={"file": ("证明.txt", b"scan")})


def test_an_order_is_explained_with_evidence_sent_back_explained_again_and_accepted(portal: Portal) -> None:
    order, path = portal.ids["order"], f"/orders/{portal.ids['order']}"
    assert "情况说明" in portal.as_("verifier").get(path).text
    empty = explain(portal, order, text=" ")
    assert empty.status_code == 400 and "说明不能为空" in empty.text
    assert explain(portal, order, text="登记簿如此").status_code == 303
    page = portal.as_("steward").get(path).text
    link = re.search(rf'"({path}/explanations/\w+/evidence)"', page)
    assert link and "登记簿如此" in page
    file = portal.as_("steward").get(link[1])
    assert file.content == b"scan"
    assert file.headers["content-disposition"].startswith("attachment")
    assert portal.as_("consumer").get(link[1]).status_code == 403
    assert post(portal.as_("verifier"), f"{path}/approval", seen="1").status_code == 403
    assert post(portal.as_("steward"), f"{path}/rejection", reason="证据不足", seen="99").status_code == 409
    assert post(portal.as_("steward"), f"{path}/rejection", reason="证据不足", **seen(portal, "steward", path))
    assert state(portal, order) == "open"
    assert explain(portal, order, text="附户口簿").status_code == 303
    late = post(portal.as_("steward"), f"{path}/approval", until="2199-01-01", **seen(portal, "steward", path))
    assert late.status_code == 400 and state(portal, order) == "explained"
    done = post(portal.as_("steward"), f"{path}/approval", until="", **seen(portal, "steward", path))
    assert done.status_code == 303 and state(portal, order) == "closed"
    assert "列为例外" in portal.as_("verifier").get(path).text


def test_a_file_named_to_be_run_is_only_ever_downloaded(portal: Portal) -> None:
    order = fresh_order(portal)
    fields = read(portal.as_("verifier").get(f"/orders/{order}").text, f"/orders/{order}/explanation")
    files = {"file": ("../../x.html", b"<script>alert(1)</script>")}
    sent = portal.as_("verifier").post(f"/orders/{order}/explanation", data={**fields, "text": "x"}, files=files)
    assert sent.status_code == 303
    link = re.search(r'"(/orders/\w+/explanations/\w+/evidence)"', portal.as_("verifier").get(f"/orders/{order}").text)
    assert link
    file = portal.as_("verifier").get(link[1])
    assert file.headers["content-type"] == "application/octet-stream"
    assert file.headers["x-content-type-options"] == "nosniff"
    assert ".." not in file.headers["content-disposition"]


def test_a_value_is_disputed_from_a_grant_and_answered_by_the_collector(portal: Portal) -> None:
    grant_id = portal.ids["grant"]
    with portal.house.transaction() as db:
        key = shown_record(portal.house, db, db.get_one(Grant, grant_id))
    assert f"/corrections/new?grant={grant_id}" in portal.as_("consumer").get(f"/grants/{grant_id}").text
    wrong = post(portal.as_("consumer"), "/corrections/new", grant=grant_id, record_key="0" * 20, item="name",
                 claim="测试姓名", grounds="户口簿")  # fmt: skip
    assert wrong.status_code == 400
    assert "没有这条记录" in wrong.text and "测试姓名" in wrong.text
    again = post(portal.as_("consumer"), "/corrections/new", grant=grant_id, record_key=key, item="name",
                 claim="测试姓名", grounds="户口簿")  # fmt: skip
    assert again.status_code == 400 and "未办结" in again.text
    path = f"/corrections/{portal.ids['correction']}"
    assert "household register" in portal.as_("verifier").get(path).text
    assert "household register" not in portal.as_("auditor").get(path).text
    assert post(portal.as_("consumer"), f"{path}/refusal", reason="x", seen="0").status_code == 403
    early = post(portal.as_("verifier"), f"{path}/mending", delivery=portal.ids["delivery"], mend_text="已改",
                 **seen(portal, "verifier", path))  # fmt: skip
    assert early.status_code == 400 and "不能作为更正的依据" in early.text
    done = post(portal.as_("verifier"), f"{path}/refusal", reason="经核实无误", **seen(portal, "verifier", path))
    assert done.status_code == 303
    assert "经核实无误" in portal.as_("consumer").get(path).text
    with portal.house.transaction() as db:
        assert corrections.get(db, portal.ids["correction"]).state == "refused"


def exported(portal: Portal, path: str) -> list[dict[str, object]]:
    """The rows of a table's Excel export, by the titles of its columns."""
    sheet = load_workbook(BytesIO(portal.as_("steward").get(f"{path}?format=xlsx").content)).active
    assert sheet is not None
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    head = next(place for place, row in enumerate(rows) if "部门" in row)
    return [dict(zip(map(str, rows[head]), row, strict=True)) for row in rows[head + 1 :] if any(row)]


def test_the_city_s_scorecard_and_its_export_list_all_departments(portal: Portal) -> None:
    with portal.house.transaction() as db:
        owners = {owner.name for owner in scorecards.owners(db)}
        name = departments.get(db, "police").name
    page = portal.as_("steward").get("/scorecards?size=200").text
    assert [name for name in owners if name not in page] == []
    told = exported(portal, "/scorecards")
    assert len(told) == len(owners)
    police = next(row for row in told if row["部门"] == name)
    assert isinstance(police["行数"], int) and isinstance(police["逾期未销号"], int)


def test_a_month_in_which_nothing_happened_shows_no_zeros() -> None:
    nothing = Line(Card(Department(name="市档案馆"), "2026-11", None), None)
    checked = Line(Card(Department(name="市档案馆"), "2026-11", None, rows=10, right=10), None)
    shown = {column.name: column.value(checked) for column in figures()}
    assert {column.value(nothing) for column in figures()} == {None}
    assert (shown["rows"], shown["excepted"], shown["findings"], shown["open"], shown["on_time"]) == (10, 0, 0, 0, None)
