"""Work done on pages: delivering, confirming, releasing, asking, answering, registering; and the wrong turns."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from openpyxl import load_workbook

from catalog import releases, runs
from catalog.vocab import Channel
from tests.api.officials import Browser
from tests.pages.conftest import Portal
from tests.pages.forms import csrf, newest, post

# delivering


def test_a_file_that_is_sent_becomes_a_delivery_of_the_chosen_period(portal: Portal) -> None:
    browser = portal.as_("registrar")
    fields = {"csrf": csrf(browser), "period": "2026-11-21"}
    sent = browser.post(
        "/my/resources/police_deregistration/deliveries", data=fields, files={"file": ("注销.csv", b"a,b\r\n1,2\r\n")}
    )
    assert sent.status_code == 303
    found = newest(portal, "police_deregistration")
    assert sent.headers["location"].startswith(f"/deliveries/{found.id}")
    assert (found.period, found.channel, found.filename) == ("2026-11-21", Channel.PAGE, "注销.csv")
    assert found.delivered_by == "official:registrar"
    page = browser.get(f"{sent.headers['location']}&lang=zh").text
    assert "已收到，正在等待检查。" in page


@pytest.mark.parametrize(("login", "status"), [("verifier", 403), ("consumer", 403), ("steward", 403)])
def test_only_the_departments_registrar_may_send(portal: Portal, login: str, status: int) -> None:
    browser = portal.as_(login)
    before = newest(portal, "police_population").id
    sent = browser.post(
        "/my/resources/police_population/deliveries", data={"csrf": csrf(browser)}, files={"file": ("a.csv", b"x")}
    )
    assert sent.status_code == status
    assert newest(portal, "police_population").id == before


def test_a_file_without_the_token_of_the_session_is_refused(portal: Portal) -> None:
    before = newest(portal, "police_population").id
    for token in ({}, {"csrf": "0" * 32}):
        sent = portal.as_("registrar").post(
            "/my/resources/police_population/deliveries", data=token, files={"file": ("a.csv", b"x")}
        )
        assert sent.status_code == 403
    assert newest(portal, "police_population").id == before


def test_a_period_of_another_cycle_is_told_on_a_page(portal: Portal) -> None:
    browser = portal.as_("registrar")
    sent = browser.post(
        "/my/resources/police_population/deliveries",
        data={"csrf": csrf(browser), "period": "2026-11"},
        files={"file": ("a.csv", b"x")},
    )
    assert sent.status_code == 400
    assert "与更新周期" in sent.text


def test_row_numbers_of_a_finding_come_as_csv_and_as_workbook(portal: Portal) -> None:
    browser, delivery = portal.as_("verifier"), portal.ids["delivery"]
    plain = browser.get(f"/deliveries/{delivery}/rows?lang=zh")
    assert plain.text.startswith("\ufeff行号,规则代码,信息项\r\n")
    first = plain.text.splitlines()[1].split(",")
    book = browser.get(f"/deliveries/{delivery}/rows?format=xlsx&rule={first[1]}&item={first[2]}")
    rows = list(load_workbook(BytesIO(book.content)).worksheets[0].iter_rows(values_only=True))
    assert rows[1][0] == int(first[0])
    assert {row[2] for row in rows[1:]} == {first[1]}
    assert portal.as_("consumer").get(f"/deliveries/{delivery}/rows").status_code == 403


# releases


def test_a_steward_goes_back_and_forward_with_a_reason(portal: Portal) -> None:
    steward = portal.as_("steward")
    with portal.house.transaction() as db:
        current = releases.in_force(db, "energy_output")
        older = type(current)(
            **{c.name: getattr(current, c.name) for c in current.__table__.columns} | {"release_id": "r" + "0" * 16}
        )
        older.created_at = current.created_at.replace(year=2020)
        db.add(older)
        older_id = older.release_id
    path = "/releases/energy_output/in-force"
    alone = post(steward, path, release=older_id, reason="试验")
    assert alone.status_code == 409
    assert "macro_economy" in alone.text
    assert post(steward, "/releases/energy_output/in-force", release=older_id, reason=" ").status_code == 400
    assert post(portal.as_("registrar"), path, release=older_id, reason="试验").status_code == 403


def test_a_wish_for_another_build_is_left_in_the_register(portal: Portal) -> None:
    before = _wanted(portal, "credit")
    assert post(portal.as_("steward"), "/releases/credit/run").status_code == 303
    assert _wanted(portal, "credit") == before + 1
    assert post(portal.as_("officer"), "/releases/credit/run").status_code == 403
    assert portal.as_("steward").post("/releases/credit/run", data={}).status_code == 403
    assert _wanted(portal, "credit") == before + 1


def _wanted(portal: Portal, base: str) -> int:
    with portal.house.transaction() as db:
        return runs.wanted(db).get(base, 0)


# registering


def test_a_bad_workbook_is_answered_with_every_fault_and_nothing_entered(portal: Portal, tmp_path: Path) -> None:
    book = load_workbook(portal.home / "sample" / "catalogs" / "police.xlsx")
    sheet = book["信息资源目录"]
    headings = {cell.value: cell.column for cell in sheet[1]}
    sheet.cell(2, headings["信息资源摘要"]).value = None
    sheet.cell(2, headings["更新周期"]).value = "偶尔"
    broken = tmp_path / "broken.xlsx"
    book.save(broken)
    browser = portal.as_("registrar")
    answer = _hand_in(browser, broken)
    assert answer.status_code == 422
    assert "更新周期" in answer.text
    assert "信息资源摘要" in answer.text
    again = _hand_in(browser, portal.home / "sample" / "catalogs" / "police.xlsx")
    assert "没有任何变更" in browser.get(f"{again.headers['location']}&lang=zh").text
    other = _hand_in(browser, portal.home / "sample" / "catalogs" / "health.xlsx")
    assert other.status_code == 403


def _hand_in(browser: Browser, path: Path) -> httpx.Response:
    files = {"file": (path.name, path.read_bytes())}
    return browser.post("/registration", data={"csrf": csrf(browser)}, files=files)


# projects


def test_an_officers_check_leads_to_a_report_with_article_and_evidence(portal: Portal) -> None:
    sent = post(portal.as_("officer"), "/projects/P2026-001/check")
    assert sent.status_code == 303
    report = portal.as_("officer").get(f"{sent.headers['location']}&lang=zh").text
    assert re.search(r'class="verdict">不?具备验收条件', report)
    assert "市办法第二十四条" in report
    assert "调用存证" in report
    assert post(portal.as_("steward"), "/projects/P2026-001/check").status_code == 403


def test_an_auditor_finds_who_read_a_record(portal: Portal) -> None:
    page = portal.as_("auditor").get("/reads?resource=person&record=" + "0" * 20 + "&lang=zh")
    assert "没有读取记录" in page.text
    assert portal.as_("auditor").get("/reads?resource=person").status_code == 400


def test_the_home_list_is_searched_and_sorted_and_its_figures_stay(portal: Portal) -> None:
    steward = portal.as_("steward")
    plain = steward.get("/").text
    tiles = re.search(r'<ul class="tiles">.*?</ul>', plain, re.DOTALL)
    assert tiles
    for query in ("q=人口", "sort=what", "sort=-title", "sort=-what&q=指派"):
        found = steward.get(f"/?{query}")
        assert found.status_code == 200
        assert tiles[0] in found.text, "the figures are of the whole list"
    assert 'aria-sort="descending"' in steward.get("/?sort=-title").text
    kinds = re.findall(r'data-label="事项"[^>]*>(?:<[^>]*>)*([^<]+)', steward.get("/?q=指派数据需求").text)
    assert set(kinds) == {"指派数据需求"}
    nothing = steward.get("/?q=没有这样的事").text
    assert '<table class="list"' not in nothing
    assert "没有这样的事" in nothing, "the words stay to be changed"


def test_a_delivery_whose_file_could_not_be_read_offers_no_row_numbers(portal: Portal) -> None:
    browser, path = portal.as_("verifier"), f"/deliveries/{portal.ids['delivery']}"
    found = portal.house.store.checked(portal.ids["delivery"]) / "findings.parquet"
    away = found.rename(found.with_suffix(".away"))
    try:
        page = browser.get(path)
        assert page.status_code == 200
        assert f'href="{path}/rows?format=xlsx"' not in page.text
        assert browser.get(f"{path}/rows").status_code == 404
    finally:
        away.rename(found)
    assert f'href="{path}/rows?format=xlsx"' in browser.get(path).text
