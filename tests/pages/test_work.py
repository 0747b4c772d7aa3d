"""Work done on pages: delivering, confirming, releasing, asking, answering, registering; and the wrong turns."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from catalog import deliveries, releases, resources, runs, sharing
from catalog.models import Delivery, Grant, SharingRequest
from catalog.vocab import Channel, DeliveryState, ResourceState
from tests.api.officials import Browser
from tests.pages.conftest import Portal


def csrf(browser: Browser) -> str:
    return browser.csrf("/password")


def post(browser: Browser, path: str, **data: Any) -> httpx.Response:
    return browser.post(path, data={"csrf": csrf(browser), **data})


def newest(portal: Portal, slug: str) -> Delivery:
    with portal.house.transaction() as db:
        return deliveries.history(db, resources.get(db, slug), limit=1)[0]


def state_of(portal: Portal, delivery_id: str) -> DeliveryState:
    with portal.house.transaction() as db:
        return deliveries.get(db, delivery_id).state


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


# batches


@pytest.fixture
def held(portal: Portal) -> str:
    with portal.house.transaction() as db:
        found = deliveries.history(db, resources.get(db, "police_address"), limit=1)[0]
        found.state, found.held_reason = DeliveryState.HELD, "删除行数过多"
        return found.id


def test_a_batch_is_previewed_then_done_with_a_result_for_each_row(portal: Portal, held: str) -> None:
    steward = portal.as_("steward")
    chosen = {"action": "confirm", "id": [held, portal.ids["delivery"]], "back": "/held"}
    preview = post(steward, "/batch", **chosen)
    assert "可办理 1 条，共选 2 条" in preview.text
    assert "已不在待确认状态" in preview.text
    assert state_of(portal, held) is DeliveryState.HELD
    done = post(steward, "/batch", **chosen, step="do")
    assert "共 2 条，办成 1 条。" in done.text
    assert state_of(portal, held) is DeliveryState.ACCEPTED
    again = post(steward, "/batch", action="confirm", id=held, step="do")
    assert "办成 0 条" in again.text


@pytest.mark.parametrize("login", ["registrar", "verifier", "consumer", "officer"])
def test_a_batch_does_nothing_for_who_may_not(portal: Portal, held: str, login: str) -> None:
    done = post(portal.as_(login), "/batch", action="confirm", id=held, step="do")
    assert "办成 0 条" in done.text
    assert state_of(portal, held) is DeliveryState.HELD


def test_a_batch_leads_back_to_our_own_pages_only(portal: Portal, held: str) -> None:
    page = post(portal.as_("steward"), "/batch", action="confirm", id=held, back="https://evil.example/")
    assert "evil.example" not in page.text


def test_a_delivery_checked_again_waits_for_the_pipelines(portal: Portal) -> None:
    delivery = newest(portal, "court_dishonest_debtor").id
    post(portal.as_("steward"), "/batch", action="check_again", id=delivery, step="do")
    assert state_of(portal, delivery) is DeliveryState.RECEIVED
    twice = post(portal.as_("steward"), "/batch", action="check_again", id=delivery, step="do")
    assert "正在等待或进行检查" in twice.text


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


# sharing


def ask(portal: Portal, login: str = "consumer", **changes: Any) -> httpx.Response:
    form = {
        "resource": "civil_affairs_marriage",
        "column": ["registration_no"],
        "mode": ["lookup"],
        "purpose": "核验婚姻状况",
        "legal_basis": "住房公积金管理条例第二十四条",
        "days": "90",
    }
    with portal.house.transaction() as db:
        form["column"] = [resources.get(db, "civil_affairs_marriage").items[0].name]
    return post(portal.as_(login), "/requests/new", **{**form, **changes})


def test_a_request_with_a_fault_comes_back_with_what_was_written(portal: Portal) -> None:
    page = ask(portal, legal_basis=" ")
    assert page.status_code == 400
    assert "应写明使用依据" in page.text
    assert "核验婚姻状况" in page.text
    assert "checked" in page.text


def test_a_row_condition_of_the_form_is_kept_with_the_request(portal: Portal) -> None:
    with portal.house.transaction() as db:
        items = [i.name for i in resources.get(db, "police_population").items]
    sent = ask(
        portal,
        resource="police_population",
        column=[items[0]],
        where=["sex_code", "registered_division_code", ""],
        **{"is": ["eq", "prefix", "eq"], "value": ["1", "1402", ""]},
    )
    with portal.house.transaction() as db:
        found = sharing.get_request(db, _id(sent))
        assert found.row_condition == {
            "all": [
                {"eq": {"column": "sex_code", "value": "1"}},
                {"prefix": {"column": "registered_division_code", "text": "1402"}},
            ]
        }


def _id(sent: httpx.Response) -> str:
    assert sent.status_code == 303, sent.text
    return sent.headers["location"].partition("?")[0].rpartition("/")[2]


def test_only_the_provider_answers_and_only_once(portal: Portal) -> None:
    request_id = _id(ask(portal, resource="police_population", column=["id_number"]))
    path = f"/requests/{request_id}/decision"
    for login in ("consumer", "steward", "verifier", "officer"):
        assert post(portal.as_(login), path, answer="approve").status_code == 403
    refused = post(portal.as_("registrar"), path, answer="refuse", reason="")
    assert refused.status_code == 400
    assert "不予共享须写明理由" in refused.text
    assert post(portal.as_("registrar"), path, answer="approve", days="30").status_code == 303
    assert post(portal.as_("registrar"), path, answer="refuse", reason="改主意").status_code == 409
    with portal.house.transaction() as db:
        grant = db.scalars(select(Grant).where(Grant.request_id == request_id)).one()
        assert (grant.versions[-1].expires_at - grant.versions[-1].valid_from).days == 30
        grant_id = grant.id
    assert post(portal.as_("consumer"), f"/grants/{grant_id}/revocation", reason="x").status_code == 403
    assert post(portal.as_("registrar"), f"/grants/{grant_id}/revocation", reason="用完").status_code == 303
    assert "已收回" in portal.as_("consumer").get(f"/grants/{grant_id}?lang=zh").text


def test_a_batch_of_refusals_carries_one_reason(portal: Portal) -> None:
    ids = [_id(ask(portal, resource="police_population", column=[c])) for c in ("name", "sex_code")]
    preview = post(portal.as_("registrar"), "/batch", action="refuse", id=ids)
    assert 'name="reason"' in preview.text
    post(portal.as_("registrar"), "/batch", action="refuse", id=ids, step="do", reason="无法定依据")
    with portal.house.transaction() as db:
        found = [db.get_one(SharingRequest, each) for each in ids]
        assert {(r.state, r.decisions[-1].reason) for r in found} == {("refused", "无法定依据")}


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


def test_stewards_publish_what_is_complete(portal: Portal) -> None:
    with portal.house.transaction() as db:
        resources.get(db, "justice_lawyer").state = ResourceState.SUBMITTED
        draft = resources.get(db, "veterans_preference")
        draft.state, draft.secrecy_reviewer = ResourceState.SUBMITTED, ""
    both = {"action": "publish", "id": ["justice_lawyer", "veterans_preference"], "step": "do"}
    assert "办成 0 条" in post(portal.as_("registrar"), "/batch", **both).text
    done = post(portal.as_("steward"), "/batch", **both)
    assert "办成 1 条" in done.text
    assert "缺少：保密审查人" in done.text


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
