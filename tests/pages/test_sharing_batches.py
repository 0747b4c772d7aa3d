"""The home page's list and what is done to many of its rows: previewed, done, told row by row."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select

from api.pages import page
from api.pages.cut import CutGrid
from catalog import answers, batches, deliveries, departments, resources, sharing
from catalog.keys import Purpose
from catalog.models import FindingRow, Notice, SharingRequest
from catalog.vocab import DeliveryState, Dimension, Outcome, ResourceState, Side
from tests.pages.conftest import Portal
from tests.pages.forms import newest, post, state_of


@pytest.fixture
def held(portal: Portal) -> str:
    with portal.house.transaction() as db:
        found = deliveries.history(db, resources.get(db, "police_address"), limit=1)[0]
        found.state, found.held_reason = DeliveryState.HELD, "删除行数过多"
        return found.id


def asked(portal: Portal, *columns: str, checked: bool = True) -> str:
    """A request of the housing fund to the police, ready to be answered when it is checked."""
    with portal.house.transaction() as db:
        zone, now = portal.house.settings.zone, portal.house.clock()
        found = sharing.request(
            db,
            resource=resources.get(db, "police_population"),
            department=departments.get(db, "housing_fund"),
            columns=columns or ("name",),
            purpose="缴存人身份核验",
            legal_basis="住房公积金管理条例",
            days=90,
            mask_key_id=portal.house.keys.current(Purpose.MASK).id,
            asked_by="test",
            now=now,
            zone=zone,
        )
        authority = departments.authority(db).id
        if checked:
            answers.check(db, found, conforms=True, zone=zone, department_id=authority, by="test", now=now)
        return found.id


def test_the_home_page_lists_what_waits_by_kind_and_leads_to_pages_that_open(portal: Portal, held: str) -> None:
    asked(portal)
    for login in ("steward", "registrar", "consumer", "officer"):
        browser = portal.as_(login)
        page = browser.get("/?lang=zh").text
        links = re.findall(r'data-label="内容"><a href="([^"]+)"', page)
        assert links, login
        for link in links:
            if not link.startswith("/registration/"):  # the page of one entry
                assert browser.get(link).status_code == 200, (login, link)
    alone = portal.as_("steward").get("/?kind=delivery_held&lang=zh").text
    waiting = re.findall(r'name="id" value="([^"]+)"', alone)
    assert f"delivery_held:{held}" in waiting and {each.partition(":")[0] for each in waiting} == {"delivery_held"}
    assert '<button type="submit" name="action" value="confirm">' in alone
    assert 'value="approve"' not in alone


def test_the_late_stand_first_and_pages_follow(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.pages.desk.PAGE_SIZE", 2)
    ids = [asked(portal, checked=False) for _ in range(3)]
    with portal.house.transaction() as db:
        late = db.get_one(SharingRequest, ids[2])
        late.due_at = portal.house.clock() - timedelta(days=3)
    steward = portal.as_("steward")
    first = steward.get("/?kind=request_check&lang=zh").text
    listed = re.findall(r'value="request_check:(\w+)"', first)
    assert (len(listed), listed[0]) == (2, ids[2])
    assert "已逾期" in first
    second = steward.get("/?kind=request_check&page=2&lang=zh").text
    assert not set(listed) & set(re.findall(r'value="request_check:(\w+)"', second))
    assert steward.get("/?kind=request_check&page=9999").status_code == 200
    assert steward.get("/?kind=nonsense").status_code == 200
    assert steward.get("/?format=xlsx").headers["content-type"].endswith("sheet")


def test_a_batch_is_previewed_then_done_with_a_result_for_each_row(portal: Portal, held: str) -> None:
    steward = portal.as_("steward")
    chosen = {"action": "confirm", "id": [f"delivery_held:{held}", portal.ids["delivery"]], "back": "/held"}
    preview = post(steward, "/batch", **chosen)
    assert "可办理 1 条，共选 2 条" in preview.text
    assert state_of(portal, held) is DeliveryState.HELD
    done = post(steward, "/batch", **chosen, step="do")
    assert (done.status_code, "共 2 条，办成 1 条。" in done.text) == (200, True)
    assert state_of(portal, held) is DeliveryState.ACCEPTED
    again = post(steward, "/batch", action="confirm", id=held, step="do")
    assert (again.status_code, "办成 0 条" in again.text) == (409, True)


@pytest.mark.parametrize("login", ["registrar", "verifier", "consumer", "officer", "system"])
def test_a_batch_does_nothing_for_who_may_not_and_names_nothing(portal: Portal, held: str, login: str) -> None:
    done = post(portal.as_(login), "/batch", action="confirm", id=f"delivery_held:{held}", step="do")
    assert "办成 0 条" in done.text
    assert "公安局" not in done.text.split("<main")[1]
    assert state_of(portal, held) is DeliveryState.HELD


def test_a_batch_leads_back_to_our_own_pages_only(portal: Portal, held: str) -> None:
    page = post(portal.as_("steward"), "/batch", action="confirm", id=held, back="https://evil.example/")
    assert "evil.example" not in page.text


def test_an_action_that_there_is_not_and_a_row_of_another_kind_do_nothing(portal: Portal, held: str) -> None:
    steward = portal.as_("steward")
    assert post(steward, "/batch", action="delete", id=held).status_code == 404
    page = post(steward, "/batch", action="publish", id=f"delivery_held:{held}", step="do")
    assert "不能做这一批量操作" in page.text
    assert "没有选择任何内容" in post(steward, "/batch", action="confirm", step="do").text


def test_a_delivery_checked_again_waits_for_the_pipelines(portal: Portal) -> None:
    delivery = newest(portal, "court_dishonest_debtor").id
    post(portal.as_("steward"), "/batch", action="run_again", id=delivery, step="do")
    assert state_of(portal, delivery) is DeliveryState.RECEIVED
    twice = post(portal.as_("steward"), "/batch", action="run_again", id=delivery, step="do")
    assert (twice.status_code, "正在等待或进行检查" in twice.text) == (409, True)


def test_a_batch_of_refusals_carries_one_reason_of_the_list(portal: Portal) -> None:
    ids = [f"request_answer:{asked(portal, column)}" for column in ("name", "sex_code")]
    registrar = portal.as_("registrar")
    preview = post(registrar, "/batch", action="refuse", id=ids)
    assert "可办理 2 条" in preview.text
    assert 'name="reason"' in preview.text
    assert 'value="no_basis"' in preview.text
    bare = post(registrar, "/batch", action="refuse", id=ids, step="do", reason="无法定依据")
    assert (bare.status_code, "必填，请按要求填写" in bare.text, "无法定依据" in bare.text) == (400, True, True)
    words = {"reason": "无法定依据", "reason_code": "no_basis"}
    assert "办成 2 条" in post(registrar, "/batch", action="refuse", id=ids, step="do", **words).text
    with portal.house.transaction() as db:
        found = [db.get_one(SharingRequest, each.partition(":")[2]) for each in ids]
        assert {(r.state, r.decisions[-1].reason_code) for r in found} == {("refused", "no_basis")}
    twice = post(registrar, "/batch", action="refuse", id=ids, step="do", **words)
    assert (twice.status_code, "办成 0 条" in twice.text) == (409, True)


def test_requests_pass_and_go_back_in_one_go(portal: Portal) -> None:
    good, bad = asked(portal, checked=False), asked(portal, "sex_code", checked=False)
    steward = portal.as_("steward")
    assert "办成 1 条" in post(steward, "/batch", action="pass", id=f"request_check:{good}", step="do").text
    back = {"action": "return", "id": f"request_check:{bad}", "step": "do"}
    assert "办成 1 条" in post(steward, "/batch", **back, reason="写明条款").text
    with portal.house.transaction() as db:
        assert [db.get_one(SharingRequest, each).state for each in (good, bad)] == ["asked", "returned"]


def test_open_requests_are_taken_back_and_pressed_for_from_their_list(portal: Portal) -> None:
    waiting, answered_for = asked(portal, checked=False), asked(portal)
    remind = {"action": "remind", "id": f"request_answer:{answered_for}", "step": "do"}
    assert "办成 1 条" in post(portal.as_("steward"), "/batch", **remind).text
    both = {"action": "withdraw", "id": [f"request_check:{waiting}", f"request_answer:{answered_for}"], "step": "do"}
    assert "办成 0 条" in post(portal.as_("registrar"), "/batch", **both).text
    assert "办成 2 条" in post(portal.as_("consumer"), "/batch", **both).text


def test_drafts_are_submitted_and_reviewed_in_batches(portal: Portal) -> None:
    with portal.house.transaction() as db:
        draft, other = resources.get(db, "police_address"), resources.get(db, "veterans_preference")
        draft.state, other.state, other.secrecy_reviewer = ResourceState.DRAFT, ResourceState.SUBMITTED, ""
    submit = {"action": "submit", "id": ["police_address"], "step": "do"}
    assert "办成 0 条" in post(portal.as_("consumer"), "/batch", **submit).text
    assert "办成 1 条" in post(portal.as_("registrar"), "/batch", **submit).text
    assert post(portal.as_("registrar"), "/batch", **submit).status_code == 409
    both = {"action": "publish", "id": ["police_address", "veterans_preference"], "step": "do"}
    assert "办成 0 条" in post(portal.as_("registrar"), "/batch", **both).text
    done = post(portal.as_("steward"), "/batch", **both).text
    assert "办成 1 条" in done
    assert "保密审查人" in done
    back = {"action": "return", "id": ["veterans_preference"], "step": "do", "reason": "补保密审查人"}
    assert "办成 1 条" in post(portal.as_("steward"), "/batch", **back).text


def test_late_departments_are_reminded_from_the_late_list(portal: Portal) -> None:
    with portal.house.transaction() as db:
        resource = resources.get(db, "police_address")
        resource.state = ResourceState.PUBLISHED
        facts = {"dimension": Dimension.TIMELY, "outcome": Outcome.WARN, "side": Side.COLLECTOR, "message": "x"}
        row = FindingRow(resource=resource, rule="DELIVERY_LATE", period="2030-01-01", count=1, first_rows=[], **facts)
        row.department_id, row.found_at = resource.provider_id, portal.house.clock()
        db.add(row)
    steward = portal.as_("steward")
    assert "逾期报送" in steward.get("/late?lang=zh").text
    sent = {"action": "remind", "id": "late_to_remind:police_address", "step": "do"}
    assert "办成 1 条" in post(steward, "/batch", **sent).text
    assert "办成 0 条" in post(portal.as_("registrar"), "/batch", **sent).text
    with portal.house.transaction() as db:
        assert db.scalars(select(Notice).where(Notice.kind == "delivery_reminder")).one().subject == "police_address"
    assert "补报逾期数据" in portal.as_("registrar").get("/?lang=zh").text


class Short(CutGrid):
    """A list in pages of two."""

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more | {"page_size": 2})


def test_all_that_match_can_be_selected_up_to_a_bound(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "CutGrid", Short)
    steward = portal.as_("steward")

    def boxes(address: str) -> tuple[list[str], int, str]:
        text = steward.get(address).text
        tags = re.findall(r'<input type="checkbox" name="id"[^>]*>', text)
        ids = [unescape(re.findall('value="([^"]*)"', tag)[0]) for tag in tags]
        return ids, sum(" checked" in tag for tag in tags), text

    first, checked, text = boxes("/?lang=zh")
    assert (len(first), checked) == (2, 0)
    (total,) = {int(number) for number in re.findall("选中全部 ([0-9]+) 件", text)}
    assert 'href="/?all=1"' in text
    every, checked, text = boxes("/?all=1")
    assert len(every) == checked == total > 2
    assert "选中全部" not in text
    sent: dict[str, Any] = {"action": "remind", "id": every}
    assert re.search(
        f"[^0-9]{total}[^0-9]", re.findall("<caption>(.*?)</caption>", post(steward, "/batch", **sent).text)[0]
    )

    monkeypatch.setattr(batches, "MOST", 2)
    assert f"选中前 2 件（共 {total} 件，一次最多 2 件）" in boxes("/?lang=zh")[2]
    some, checked, _ = boxes("/?all=1")
    assert len(some) == checked == 2
    refused = post(steward, "/batch", **sent)
    assert refused.status_code == 400
    assert "一次批量办理 1 至 2 件" in refused.text
