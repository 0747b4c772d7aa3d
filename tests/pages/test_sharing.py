"""The whole life of requests, grants and demands on pages, and the wrong turns of those who work there."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from catalog import demands, grants, notices, resources, sent_forms, sharing
from catalog.models import Demand, Grant, Notice, SentForm, SharingRequest, WebSession
from catalog.roles import Role
from tests.api.officials import Browser, hire
from tests.pages.conftest import Portal
from tests.pages.forms import opened, post, read

NO = {"reason_code": "no_basis", "reason": "使用依据与信息项不符"}
RESOURCE = "police_population"


@pytest.fixture(scope="module")
def stranger(portal: Portal) -> Browser:
    """Somebody of a department that has nothing to do with any of it, with every role of a department."""
    with portal.house.transaction() as db:
        hire(db, "stranger", [("justice", Role.REGISTRAR), ("justice", Role.CONSUMER)])
    return portal.as_("stranger")


def ask(portal: Portal, login: str = "consumer", **changes: Any) -> httpx.Response:
    form = {
        "resource": RESOURCE,
        "column": ["name"],
        "mode": ["lookup", "bulk"],
        "purpose": "核验缴存人身份",
        "legal_basis": "住房公积金管理条例第二十四条",
        "days": "90",
    }
    return post(portal.as_(login), "/requests/new", **{**form, **changes})


def id_of(sent: httpx.Response) -> str:
    assert sent.status_code == 303, re.sub(r"<[^>]+>", " ", sent.text)[-2000:]
    return sent.headers["location"].partition("?")[0].rpartition("/")[2]


def seen(browser: Browser, path: str) -> dict[str, str]:
    """What a page carries to know whether it is out of date."""
    found = re.search(r'name="seen" value="(\d+)"', browser.get(path).text)
    return {"seen": found[1] if found else ""}


def take(portal: Portal, login: str, path: str, **form: Any) -> httpx.Response:
    """A step by who has just opened the page."""
    page = "/".join(path.split("/")[:3])
    return post(portal.as_(login), path, **{**seen(portal.as_(login), page), **form})


def state(portal: Portal, request_id: str) -> str:
    with portal.house.transaction() as db:
        return sharing.get_request(db, request_id).state


def text(portal: Portal, login: str, path: str) -> str:
    return portal.as_(login).get(f"{path}?lang=zh").text


# asking


def test_a_request_with_a_fault_comes_back_with_what_was_written(portal: Portal) -> None:
    page = ask(portal, legal_basis=" ", where=["sex_code", "", ""], value=["1", "", ""], **{"is": ["eq", "eq", "eq"]})
    assert page.status_code == 400
    assert "应写明使用依据" in page.text
    assert "核验缴存人身份" in page.text
    assert 'value="name" checked' in page.text
    assert '<option value="sex_code" selected>' in page.text


def test_a_text_that_is_too_long_is_told_with_its_field_and_limit(portal: Portal) -> None:
    for sent in (ask(portal, legal_basis="长" * 501), demand(portal, legal_basis="长" * 501)):
        assert sent.status_code == 400
        assert "「legal_basis」过长" in sent.text and "不超过 500 字" in sent.text


def test_a_row_condition_of_the_form_is_kept_with_the_request(portal: Portal) -> None:
    lines = {"where": ["sex_code", "registered_division_code", ""], "value": ["1", "1402", ""]}
    sent = ask(portal, **lines, **{"is": ["eq", "prefix", "eq"]})
    with portal.house.transaction() as db:
        assert sharing.get_request(db, id_of(sent)).row_condition == {
            "all": [
                {"eq": {"column": "sex_code", "value": "1"}},
                {"prefix": {"column": "registered_division_code", "text": "1402"}},
            ]
        }
    assert "且" in text(portal, "steward", f"/requests/{id_of(sent)}")


def test_a_value_that_does_not_suit_its_item_is_told(portal: Portal) -> None:
    with portal.house.transaction() as db:
        day = next(i.name for i in resources.get(db, RESOURCE).items if i.stored_type == "DATE")
    page = ask(portal, where=[day], value=["某日"], **{"is": ["from"]})
    assert (page.status_code, "的值应为" in page.text) == (400, True)


# the longer life of a request


def test_a_steward_of_the_provider_reads_decides_and_explains_what_is_its_departments(portal: Portal) -> None:
    with portal.house.transaction() as db:
        hire(db, "chief", [("police", Role.STEWARD)])
    request_id = id_of(ask(portal))
    request = f"/requests/{request_id}"
    take(portal, "steward", f"{request}/check", answer="pass")
    assert request in text(portal, "chief", "/requests")
    assert f'action="{request}/decision"' in text(portal, "chief", request)
    assert take(portal, "chief", f"{request}/decision", answer="approve").status_code == 303
    with portal.house.transaction() as db:
        grant = grants.of_request(db, request_id)
    assert grant is not None
    assert portal.as_("chief").get(f"/grants/{grant.id}").status_code == 200
    assert portal.as_("chief").get(f"/access?resource={RESOURCE}&department=housing_fund").status_code == 200
    assert take(portal, "chief", f"/grants/{grant.id}/revocation", revoke_reason="用完").status_code == 303


def test_a_request_goes_back_once_is_mended_and_is_granted_with_masks_and_days(portal: Portal) -> None:
    request = f"/requests/{id_of(ask(portal, column=['name', 'sex_code']))}"
    assert "待合规性审查" in text(portal, "consumer", request)
    empty = take(portal, "steward", f"{request}/check", answer="return")
    assert (empty.status_code, "退回须一次列明" in empty.text) == (400, True)
    more = {"missing.legal_basis": "写明条款", "missing.purpose": "写明业务"}
    assert take(portal, "steward", f"{request}/check", answer="return", **more).status_code == 303
    page = text(portal, "consumer", f"{request}/resubmission")
    assert "写明条款" in page and "写明业务" in page
    assert 'value="sex_code" checked' in page
    mended = {"purpose": "公积金提取身份核验", "legal_basis": "条例第二十四条", "column": ["name"], "days": "90"}
    bare = take(portal, "consumer", f"{request}/resubmission", **{**mended, "mode": ["lookup"], "purpose": " "})
    assert (bare.status_code, "应写明应用场景" in bare.text) == (400, True)
    sent = take(portal, "consumer", f"{request}/resubmission", **mended, mode=["lookup"])
    assert sent.status_code == 303
    assert "不能再次退回" in text(portal, "steward", request)
    again = take(portal, "steward", f"{request}/check", answer="return", **more)
    assert (again.status_code, "不能再次退回" in again.text) == (409, True)
    assert take(portal, "steward", f"{request}/check", answer="pass").status_code == 303
    answer = {"answer": "approve", "mask.name": "hidden", "days": "30"}
    assert take(portal, "registrar", f"{request}/decision", **answer).status_code == 303
    with portal.house.transaction() as db:
        grant = grants.of_request(db, request.rpartition("/")[2])
        assert grant is not None
        version = grant.versions[-1]
        assert (version.columns, version.modes) == ({"name": "hidden"}, ["lookup"])
        assert version.expires_at - version.valid_from == timedelta(days=30)
    page = text(portal, "consumer", request)
    for step in ("退回补正", "补正后重新提交", "审查通过", "同意共享"):
        assert step in page


def test_a_refusal_names_its_reason_and_can_be_disputed_once(portal: Portal) -> None:
    request = f"/requests/{id_of(ask(portal))}"
    take(portal, "steward", f"{request}/check", answer="pass")
    bare = take(portal, "registrar", f"{request}/decision", answer="refuse", reason="不行")
    assert (bare.status_code, "须从理由清单中选择" in bare.text, "不行" in bare.text) == (400, True, True)
    assert take(portal, "registrar", f"{request}/decision", answer="refuse", **NO).status_code == 303
    page = text(portal, "consumer", request)
    assert "使用依据与所申请的信息项不相符" in page
    assert take(portal, "consumer", f"{request}/dispute", dispute_reason=" ").status_code == 400
    assert take(portal, "consumer", f"{request}/dispute", dispute_reason="履职必需").status_code == 303
    assert "履职必需" in text(portal, "steward", request)
    wordless = take(portal, "steward", f"{request}/dispute/decision", answer="approve", reason="")
    assert (wordless.status_code, "须写明意见" in wordless.text) == (400, True)
    settled = {"answer": "approve", "reason": "经协调", "days": "60"}
    assert take(portal, "steward", f"{request}/dispute/decision", **settled).status_code == 303
    assert state(portal, request.rpartition("/")[2]) == "granted"


def test_more_time_is_asked_for_and_decided(portal: Portal) -> None:
    request_id = id_of(ask(portal))
    request = f"/requests/{request_id}"
    take(portal, "steward", f"{request}/check", answer="pass")
    with portal.house.transaction() as db:
        before = sharing.get_request(db, request_id).due_at
    assert take(portal, "registrar", f"{request}/extension", extension_reason="").status_code == 400
    assert take(portal, "registrar", f"{request}/extension", extension_reason="需请示上级").status_code == 303
    assert "需请示上级" in text(portal, "steward", request)
    assert take(portal, "steward", f"{request}/extension/decision", answer="approve").status_code == 303
    with portal.house.transaction() as db:
        after = sharing.get_request(db, request_id).due_at
    assert before is not None and after is not None and after > before
    twice = take(portal, "registrar", f"{request}/extension", extension_reason="再延")
    assert twice.status_code == 409


def test_an_overdue_answer_is_pressed_for_and_can_be_disputed(portal: Portal) -> None:
    request_id = id_of(ask(portal))
    request = f"/requests/{request_id}"
    take(portal, "steward", f"{request}/check", answer="pass")
    early = take(portal, "consumer", f"{request}/dispute", dispute_reason="太慢")
    assert early.status_code == 409
    with portal.house.transaction() as db:
        found = sharing.get_request(db, request_id)
        found.due_at = portal.house.clock() - timedelta(days=1)
    page = text(portal, "steward", request)
    assert "已逾期" in page and "催办" in page
    sent = {"action": "remind", "id": f"request_overdue:{request_id}", "step": "do"}
    assert "办成 1 条" in post(portal.as_("steward"), "/batch", **sent).text
    assert take(portal, "consumer", f"{request}/dispute", dispute_reason="逾期").status_code == 303


# wrong turns


def test_only_those_whose_turn_it_is_may_act_and_strangers_see_nothing(portal: Portal, stranger: Browser) -> None:
    request_id = id_of(ask(portal))
    request = f"/requests/{request_id}"
    for login in ("consumer", "registrar", "auditor", "verifier", "officer"):
        assert take(portal, login, f"{request}/check", answer="pass").status_code == 403
    take(portal, "steward", f"{request}/check", answer="pass")
    for login in ("consumer", "verifier", "officer", "auditor", "steward"):
        assert take(portal, login, f"{request}/decision", answer="approve").status_code == 403
    for login in ("registrar", "steward", "officer"):
        assert take(portal, login, f"{request}/withdrawal").status_code == 403
    assert stranger.get(request).status_code == 403
    for path in ("decision", "extension", "dispute", "withdrawal", "check", "dispute/decision", "extension/decision"):
        assert post(stranger, f"{request}/{path}", seen="1", answer="approve").status_code == 403, path
    assert stranger.get(f"{request}/resubmission").status_code == 403
    assert state(portal, request_id) == "asked"
    assert RESOURCE not in stranger.get("/requests").text


def test_a_double_submit_does_nothing_twice(portal: Portal) -> None:
    request_id = id_of(ask(portal))
    request, registrar = f"/requests/{request_id}", portal.as_("registrar")
    take(portal, "steward", f"{request}/check", answer="pass")
    form = {**seen(registrar, request), "answer": "approve", "days": "30"}
    assert post(registrar, f"{request}/decision", **form).status_code == 303
    again = post(registrar, f"{request}/decision", **form)
    assert (again.status_code, "本次操作没有执行" in again.text) == (409, True)
    with portal.house.transaction() as db:
        assert len(db.scalars(select(Grant).where(Grant.request_id == request_id)).all()) == 1
        assert len([d for d in sharing.get_request(db, request_id).decisions if d.step == "answer"]) == 1


MAKERS = {
    f"/requests/new?resource={RESOURCE}": ("/requests/new", SharingRequest, {"column": "name", "mode": "lookup"}),
    "/demands/new": ("/demands/new", Demand, {"title": "停车场", "description": "位置", "update_cycle": ""}),
}


@pytest.mark.parametrize("path", MAKERS)
def test_a_form_that_makes_something_makes_it_once_however_often_it_is_sent(portal: Portal, path: str) -> None:
    action, made, facts = MAKERS[path]
    browser = portal.as_("consumer")
    page = opened(browser, path)
    form = {**read(page.text, action), **facts, "purpose": f"单次 {path}", "legal_basis": "职责规定"}
    with ThreadPoolExecutor(2) as hands:
        sent = list(hands.map(lambda _: browser.post(action, data=form), range(2)))
    later = browser.post(action, data=form)
    assert {answer.status_code for answer in (*sent, later)} == {303}
    assert len({answer.headers["location"] for answer in (*sent, later)}) == 1
    assert len(with_purpose(portal, made, form["purpose"])) == 1
    changed = browser.post(action, data={**form, "legal_basis": "另一依据"})
    assert (changed.status_code, "这次的内容与上次不同" in changed.text) == (400, True)
    again = {**form, "legal_basis": "另一依据", "form_id": read(changed.text, action)["form_id"]}
    assert browser.post(action, data=again).headers["location"] != later.headers["location"]
    assert len(with_purpose(portal, made, form["purpose"])) == 2


@pytest.mark.parametrize("path", MAKERS)
def test_whoever_comes_back_to_a_form_that_was_sent_sees_what_it_made(portal: Portal, path: str) -> None:
    action, made, facts = MAKERS[path]
    browser = portal.as_("consumer")
    page = opened(browser, path)
    assert "这张表单已经提交过" not in page.text
    form = {**read(page.text, action), **facts, "purpose": f"后退 {path}", "legal_basis": "职责规定"}
    sent = browser.post(action, data=form)
    back = browser.get(page.url.raw_path.decode())
    place = sent.headers["location"].partition("?")[0]
    assert f'<a href="{place}">查看已提交的</a>' in back.text
    # filled in again as it was, it is the same form
    refilled = {**form, **{name: read(back.text, action)[name] for name in ("csrf", "form_id")}}
    assert browser.post(action, data=refilled).headers["location"] == sent.headers["location"]
    assert len(with_purpose(portal, made, form["purpose"])) == 1
    anew = opened(browser, path)
    assert "这张表单已经提交过" not in anew.text and anew.url != page.url


def test_a_text_of_the_greatest_length_may_have_line_breaks(portal: Portal) -> None:
    lines = "\r\n".join(["核验缴存人身份"] * 62)
    assert len(lines) > 500 > len(lines.replace("\r\n", "\n"))
    assert ask(portal, purpose=lines).status_code == 303


def with_purpose(portal: Portal, made: type[SharingRequest | Demand], purpose: str) -> list[str]:
    with portal.house.transaction() as db:
        return list(db.scalars(select(made.id).where(made.purpose == purpose)))


def test_a_form_with_a_fault_made_nothing_and_may_be_sent_again(portal: Portal) -> None:
    browser = portal.as_("consumer")
    form = {**read(opened(browser, "/demands/new").text, "/demands/new"), "title": "路灯", "description": "位置"}
    assert browser.post("/demands/new", data={**form, "purpose": "养护"}).status_code == 400
    assert browser.post("/demands/new", data={**form, "purpose": "养护", "legal_basis": "职责"}).status_code == 303


def test_forms_sent_long_ago_are_forgotten(portal: Portal) -> None:
    assert demand(portal, title="井盖", form_id="long-ago").status_code == 303
    with portal.house.transaction() as db:
        assert db.scalars(select(SentForm)).all()
        sent_forms.sweep(db, before=portal.house.clock() + timedelta(seconds=1))
        assert not db.scalars(select(SentForm)).all()


def test_a_page_left_open_is_told_that_things_moved_on(portal: Portal) -> None:
    request_id = id_of(ask(portal))
    request, steward = f"/requests/{request_id}", portal.as_("steward")
    old = seen(steward, request)
    assert take(portal, "consumer", f"{request}/withdrawal").status_code == 303
    late = post(steward, f"{request}/check", answer="pass", **old)
    assert (late.status_code, "已有新的办理" in late.text) == (409, True)
    assert state(portal, request_id) == "withdrawn"


def test_an_expired_session_is_sent_to_sign_in_and_nothing_is_done(portal: Portal) -> None:
    with portal.house.transaction() as db:
        sleeper = hire(db, "sleeper", [("housing_fund", Role.CONSUMER)]).id
    request_id = id_of(ask(portal))
    browser = portal.as_("sleeper")
    form = {"csrf": browser.csrf("/password"), **seen(browser, f"/requests/{request_id}")}
    with portal.house.transaction() as db:
        portal.house.uses.write(db)
        long_ago = portal.house.clock() - timedelta(days=2)
        db.execute(update(WebSession).where(WebSession.official_id == sleeper).values(seen_at=long_ago))
    sent = browser.post(f"/requests/{request_id}/withdrawal", data=form)
    assert (sent.status_code, sent.headers["location"]) == (303, "/signin")
    assert browser.get("/grants").headers["location"] == "/signin?next=%2Fgrants"
    assert state(portal, request_id) == "checking"


def test_a_form_without_the_token_of_the_session_is_refused(portal: Portal) -> None:
    request_id = id_of(ask(portal))
    for form in ({}, {"csrf": "0" * 32}):
        sent = portal.as_("consumer").post(f"/requests/{request_id}/withdrawal", data=form)
        assert sent.status_code == 403
    assert state(portal, request_id) == "checking"


# grants


def granted(portal: Portal, **changes: Any) -> str:
    request = f"/requests/{id_of(ask(portal, **changes))}"
    take(portal, "steward", f"{request}/check", answer="pass")
    assert take(portal, "registrar", f"{request}/decision", answer="approve").status_code == 303
    with portal.house.transaction() as db:
        found = grants.of_request(db, request.rpartition("/")[2])
        assert found is not None
        return f"/grants/{found.id}"


def test_a_grant_is_narrowed_renewed_and_revoked_and_shows_its_versions(portal: Portal) -> None:
    grant = granted(portal, column=["name", "sex_code"])
    form = {"column": ["name"], "mode": ["lookup"], "until": "", "mask.name": "hidden"}
    wordless = take(portal, "registrar", f"{grant}/narrowing", **form, reason=" ")
    assert (wordless.status_code, "须写明理由" in wordless.text) == (400, True)
    wrong_day = take(portal, "registrar", f"{grant}/narrowing", **{**form, "until": "明天"}, reason="按需")
    assert (wrong_day.status_code, "到期日期应为" in wrong_day.text) == (400, True)
    old = seen(portal.as_("registrar"), grant)
    assert take(portal, "registrar", f"{grant}/narrowing", **form, reason="按需缩小").status_code == 303
    stale = post(portal.as_("registrar"), f"{grant}/narrowing", **form, reason="按需缩小", **old)
    assert (stale.status_code, "本次操作没有执行" in stale.text) == (409, True)
    page = text(portal, "consumer", grant)
    assert "按需缩小" in page and "第 2 版" in page
    again = {"days": "60", "purpose": "继续核验", "legal_basis": "条例第二十四条"}
    assert take(portal, "registrar", f"{grant}/renewal", **again).status_code == 403
    renewal = take(portal, "consumer", f"{grant}/renewal", **again)
    assert renewal.status_code == 303
    assert "续期申请" in text(portal, "consumer", renewal.headers["location"].partition("?")[0])
    twice = take(portal, "consumer", f"{grant}/renewal", **again)
    assert (twice.status_code, "已有续期申请在办" in twice.text) == (409, True)
    assert take(portal, "consumer", f"{grant}/revocation", revoke_reason="x").status_code == 403
    assert take(portal, "registrar", f"{grant}/revocation", revoke_reason=" ").status_code == 400
    assert take(portal, "registrar", f"{grant}/revocation", revoke_reason="用完").status_code == 303
    gone = post(portal.as_("registrar"), f"{grant}/revocation", revoke_reason="用完", seen="2")
    assert (gone.status_code, "已收回" in gone.text) == (409, True)
    with portal.house.transaction() as db:
        told = db.scalars(select(Notice.kind).where(Notice.subject == grant.rpartition("/")[2])).all()
        assert {"grant_narrowed", "grant_revoked"} <= set(told)


def test_another_departments_grant_is_not_shown(portal: Portal, stranger: Browser) -> None:
    grant = granted(portal)
    assert stranger.get(grant).status_code == 403
    for path in ("narrowing", "revocation", "renewal"):
        assert post(stranger, f"{grant}/{path}", seen="1", reason="x", revoke_reason="x").status_code == 403


def test_access_is_explained_with_masks_and_the_way_out(portal: Portal, stranger: Browser) -> None:
    granted(portal)
    page = portal.as_("consumer").get(f"/access?resource={RESOURCE}&lang=zh").text
    assert "现在可以读取" in page and "部分遮盖" in page and "未申请" in page
    other = stranger.get(f"/access?resource={RESOURCE}&lang=zh").text
    assert "现在不能读取" in other and "提交共享申请" in other
    assert stranger.get(f"/access?resource={RESOURCE}&department=housing_fund").status_code == 403
    assert portal.as_("registrar").get(f"/access?resource={RESOURCE}&department=housing_fund").status_code == 200
    assert portal.as_("consumer").get("/access?resource=nothing").status_code == 404


def test_whose_access_and_to_what_is_chosen_from_lists(portal: Portal) -> None:
    page = portal.as_("registrar").get("/access?department=housing_fund&q=人口&lang=zh").text
    assert '<option value="housing_fund" selected>' in page
    link = "/access?resource=police_population&department=housing_fund"
    assert link.replace("&", "&amp;") in page
    assert portal.as_("registrar").get(link).status_code == 200
    # of another department's access, a provider sees that to its own resources alone
    others = portal.as_("registrar").get("/access?department=housing_fund&q=婚姻&lang=zh").text
    assert "civil_affairs_marriage" not in others
    assert "civil_affairs_marriage" in portal.as_("steward").get("/access?department=housing_fund&q=婚姻&lang=zh").text
    assert portal.as_("consumer").get("/access?department=nothing").status_code == 404


# demands


def demand(portal: Portal, **changes: str) -> httpx.Response:
    form = {
        "title": "充电桩位置",
        "description": "编号、坐标",
        "purpose": "选址",
        "legal_basis": "职责规定",
        "update_cycle": "",
    }
    return post(portal.as_("consumer"), "/demands/new", **{**form, **changes})


def test_a_demand_is_assigned_handed_back_and_met(portal: Portal) -> None:
    faulty = demand(portal, description=" ")
    assert (faulty.status_code, "应写明数据说明" in faulty.text, "充电桩位置" in faulty.text) == (400, True, True)
    path = f"/demands/{id_of(demand(portal))}"
    assert take(portal, "registrar", f"{path}/assignment", department="police").status_code == 403
    assert take(portal, "steward", f"{path}/assignment").status_code == 400
    assert take(portal, "steward", f"{path}/assignment", department="police").status_code == 303
    assert take(portal, "registrar", f"{path}/hand-back", hand_back_text=" ").status_code == 400
    assert take(portal, "registrar", f"{path}/hand-back", hand_back_text="属交通部门").status_code == 303
    assert "属交通部门" in text(portal, "steward", path)
    assert take(portal, "steward", f"{path}/assignment", department="police").status_code == 303
    own = text(portal, "registrar", path)
    assert f'<option value="{RESOURCE}"' in own
    assert '<option value="civil_affairs_marriage"' not in own
    assert f'<option value="{RESOURCE}"' not in portal.as_("registrar").get(f"{path}?find=没有这样的资源").text
    assert '<option value="civil_affairs_marriage"' in portal.as_("steward").get(f"{path}?find=婚姻").text
    assert take(portal, "registrar", f"{path}/answer", resource="").status_code == 400
    unknown = take(portal, "registrar", f"{path}/answer", resource="nothing")
    assert (unknown.status_code, "没有标识为" in unknown.text) == (400, True)
    assert take(portal, "registrar", f"{path}/answer", resource="civil_affairs_marriage").status_code == 403
    assert take(portal, "registrar", f"{path}/answer", resource=RESOURCE).status_code == 303
    assert "已满足" in text(portal, "consumer", path)
    late = post(portal.as_("steward"), f"{path}/refusal", seen="0", **NO)
    assert late.status_code == 409


def test_a_demand_is_refused_with_a_reason_or_taken_back(portal: Portal, stranger: Browser) -> None:
    path = f"/demands/{id_of(demand(portal))}"
    assert stranger.get(path).status_code == 403
    assert post(stranger, f"{path}/withdrawal", seen="0").status_code == 403
    bare = take(portal, "steward", f"{path}/refusal", reason="没有")
    assert (bare.status_code, "须从理由清单中选择" in bare.text) == (400, True)
    words = {"reason_code": "not_collected", "reason": "各部门都不采集"}
    assert take(portal, "steward", f"{path}/refusal", **words).status_code == 303
    assert "各部门都不采集" in text(portal, "consumer", path)
    other = id_of(demand(portal))
    assert take(portal, "consumer", f"/demands/{other}/withdrawal").status_code == 303
    with portal.house.transaction() as db:
        assert demands.get(db, other).state == "withdrawn"


# notices


def test_notices_are_counted_in_the_header_and_marked_read(portal: Portal, stranger: Browser) -> None:
    request = id_of(ask(portal))
    take(portal, "steward", f"/requests/{request}/check", answer="pass")
    with portal.house.transaction() as db:
        found = db.scalars(select(Notice).where(Notice.subject == request, Notice.kind == "request_to_answer")).one()
        count = notices.unread(db, found.department_id)
    registrar = portal.as_("registrar")
    assert "条未读" in registrar.get("/?lang=zh").text
    assert stranger.get(f"/notices/{found.id}").status_code == 403
    assert post(stranger, f"/notices/{found.id}/reading").status_code == 403
    gone_on = post(registrar, f"/notices/{found.id}/reading")
    assert gone_on.headers["location"] == f"/requests/{request}"
    with portal.house.transaction() as db:
        assert notices.unread(db, found.department_id) == count - 1
    assert post(registrar, "/notices/reading").status_code == 303
    assert "没有通知" in registrar.get("/notices?show=unread&lang=zh").text
    assert "条未读" not in registrar.get("/?lang=zh").text
    assert portal.as_("officer").get("/notices").status_code == 403


def test_all_states_of_a_request_have_words(portal: Portal) -> None:
    with portal.house.transaction() as db:
        ids = db.scalars(select(SharingRequest.id)).all()
    for each in ids:
        for lang in ("zh", "en"):
            assert portal.as_("auditor").get(f"/requests/{each}?lang={lang}").status_code == 200
