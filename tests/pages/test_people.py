"""Administrators at work: accounts, posts, clients and their secrets, each in two hands; and the wrong turns."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from catalog import accounts, clients, people, posts
from catalog.models import OfficialState
from catalog.roles import Role
from tests.api.officials import Browser
from tests.pages.conftest import Portal
from tests.pages.test_work import post

NEW = {"login": "new.one", "name": "新人", "department": "police"}


def shown(answer: httpx.Response) -> str:
    """What a page shows once."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    found: list[str] = re.findall(r"<dd><code>(.*?)</code></dd>", answer.text)
    return found[1]


def state_of(portal: Portal, login: str) -> OfficialState:
    with portal.house.transaction() as db:
        return people.get(db, login).state


def roles_of(portal: Portal, login: str) -> set[Role]:
    with portal.house.transaction() as db:
        return {each.role for each in posts.posts_in_force(people.get(db, login), portal.house.today)}


@pytest.fixture(scope="module")
def official(portal: Portal) -> str:
    """An account opened by one administrator and given a post by the other; its first password."""
    first = shown(post(portal.as_("system"), "/people", **NEW))
    given = post(portal.as_("security"), "/people/new.one/posts", **POST)
    assert given.status_code == 303
    return first


POST = {"department": "police", "role": "verifier", "valid_from": "2020-01-01", "valid_to": ""}


def test_a_new_official_signs_in_with_the_password_shown_once_and_must_change_it(portal: Portal, official: str) -> None:
    assert roles_of(portal, "new.one") == {Role.VERIFIER}
    browser = Browser(portal.app)
    entered = browser.sign_in("new.one", official)
    assert browser.get(entered.headers["location"]).headers["location"].startswith("/password")
    for page in ("/people/new.one", "/logs/administration"):
        assert official not in portal.as_("audits").get(page).text
    browser.close()


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ({"login": "Not A Login"}, "账号格式不正确"),
        ({"login": "consumer"}, "账号 consumer 已被使用"),
        ({"name": " "}, "姓名不能为空"),
        ({"department": "nowhere"}, "请选择部门"),
    ],
)
def test_a_faulty_account_comes_back_with_what_was_written(portal: Portal, written: dict[str, str], told: str) -> None:
    answer = post(
        portal.as_("system"),
        "/people?lang=zh",
        **{"login": "other.one", "name": "某人", "department": "police", **written},
    )
    assert answer.status_code in (400, 409)
    assert told in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert {"login": "某人"}.get(next(iter(written)), "value=") in answer.text


def test_a_form_sent_twice_opens_one_account(portal: Portal, official: str) -> None:
    again = post(portal.as_("system"), "/people?lang=zh", **NEW)
    assert again.status_code == 409
    assert "已被使用" in again.text


# path, form, who may: others may not, whoever they are
ACTS: list[tuple[str, dict[str, str], str]] = [
    ("/people", {"login": "x.y", "name": "某", "department": "police"}, "system"),
    ("/people/verifier/password", {}, "system"),
    ("/people/verifier/disablement", {}, "system"),
    ("/people/verifier/enablement", {}, "system"),
    ("/people/verifier/confirmation", {}, "security"),
    ("/people/verifier/posts", POST | {"role": "steward"}, "security"),
    ("/clients", {"client_id": "x", "name": "x", "department": "police"}, "system"),
    ("/clients/demo-consumer/secrets", {}, "system"),
    ("/clients/demo-consumer/roles", {"role": "consumer"}, "security"),
    ("/clients/demo-consumer/revocation", {}, "system"),
    ("/clients/demo-consumer/secrets/1/confirmation", {}, "security"),
    ("/clients/demo-consumer/secrets/1/revocation", {}, "system"),
]


@pytest.mark.parametrize(("path", "form", "only"), ACTS, ids=[path for path, _, _ in ACTS])
def test_nobody_else_may(portal: Portal, path: str, form: dict[str, str], only: str) -> None:
    for login in ("steward", "auditor", "registrar", "consumer", "audits", "system", "security"):
        if login != only:
            assert post(portal.as_(login), path, **form).status_code in (403, 409), login
    assert portal.as_(only).post(path, data=form).status_code == 403  # without the token of the session
    assert portal.as_("").post(path, data=form).status_code == 303
    assert state_of(portal, "verifier") is OfficialState.ACTIVE
    with portal.house.transaction() as db:
        assert clients.get(db, "demo-consumer").revoked_at is None


@pytest.mark.parametrize("login", ["system", "security"])
def test_no_administrator_acts_on_himself(portal: Portal, login: str) -> None:
    browser = portal.as_(login)
    page = browser.get(f"/people/{login}?lang=zh").text
    assert "这是您本人的账号" in page
    assert f'action="/people/{login}/' not in page
    before = roles_of(portal, login)
    for path, form in (("posts", POST | {"role": "consumer"}), ("disablement", {}), ("password", {})):
        assert post(browser, f"/people/{login}/{path}", **form).status_code in (403, 409)
    assert (roles_of(portal, login), state_of(portal, login)) == (before, OfficialState.ACTIVE)


def test_a_reset_password_opens_only_after_the_other_administrator_confirmed_it(portal: Portal, official: str) -> None:
    system, security = portal.as_("system"), portal.as_("security")
    stamp = re.search(r'name="stamp" value="([^"]+)"', system.get("/people/new.one").text)
    assert stamp
    first = shown(post(system, "/people/new.one/password", stamp=stamp[1]))
    again = post(system, "/people/new.one/password", stamp=stamp[1])
    assert again.status_code == 409
    browser = Browser(portal.app)
    assert "待安全保密管理员确认" in browser.sign_in("new.one", first).text
    assert "确认账号" in security.get("/people/new.one?lang=zh").text
    assert "/confirmation" not in system.get("/people/new.one").text
    assert post(security, "/people/new.one/confirmation").status_code == 303
    assert post(security, "/people/new.one/confirmation").status_code == 409
    assert browser.sign_in("new.one", first).status_code == 303
    browser.close()


def test_a_disabled_account_is_out_and_comes_back_confirmed(portal: Portal, official: str) -> None:
    system, security = portal.as_("system"), portal.as_("security")
    assert post(system, "/people/new.one/disablement").status_code == 303
    assert post(system, "/people/new.one/disablement").status_code == 409
    assert state_of(portal, "new.one") is OfficialState.DISABLED
    assert post(system, "/people/new.one/enablement").status_code == 303
    assert state_of(portal, "new.one") is OfficialState.HELD
    assert post(security, "/people/new.one/confirmation").status_code == 303
    assert state_of(portal, "new.one") is OfficialState.ACTIVE


@pytest.mark.parametrize(
    ("written", "status", "told"),
    [
        ({"role": "nothing"}, 400, "没有角色"),
        ({"valid_from": "gestern"}, 400, "日期格式不正确"),
        ({"valid_from": "2026-02-01", "valid_to": "2026-01-01"}, 400, "任职止日应晚于起日"),
        ({"role": "verifier"}, 409, "任职"),
        ({"role": "system_admin"}, 409, "不得"),
    ],
)
def test_a_faulty_post_is_not_given(
    portal: Portal, official: str, written: dict[str, str], status: int, told: str
) -> None:
    answer = post(portal.as_("security"), "/people/new.one/posts?lang=zh", **POST | written)
    assert answer.status_code == status, answer.text
    assert told in answer.text
    assert roles_of(portal, "new.one") == {Role.VERIFIER}


def test_a_post_ends_today_and_no_more(portal: Portal, official: str) -> None:
    security = portal.as_("security")
    assert post(security, "/people/new.one/posts", **POST | {"role": "consumer"}).status_code == 303
    with portal.house.transaction() as db:
        made = people.get(db, "new.one").posts[-1].id
    assert f"/posts/{made}/end" in security.get("/people/new.one").text
    assert post(security, f"/people/new.one/posts/{made}/end").status_code == 303
    assert post(security, f"/people/new.one/posts/{made}/end").status_code == 409
    assert roles_of(portal, "new.one") == {Role.VERIFIER}


def test_a_page_of_many_people_holds_fifty_and_finds_the_rest_by_words(portal: Portal) -> None:
    with portal.house.transaction() as db:
        police = people.get(db, "registrar").department
        for number in range(60):
            accounts.enter(db, None, login=f"many{number:02}", name="众人", department=police, now=portal.house.clock())
    system = portal.as_("system")
    assert "众人" not in system.get("/people?q=many99").text
    first, last = (system.get(f"/people?q=many&page={n}&lang=zh").text for n in (1, 2))
    assert (first.count(">众人<"), last.count(">众人<")) == (50, 10)
    assert system.get("/people?q=many&page=9").text.count(">众人<") == 10
    assert "many%" not in system.get("/people?q=%25").text


# clients


@pytest.fixture(scope="module")
def client(portal: Portal) -> str:
    entered = post(
        portal.as_("system"), "/clients", client_id="fund-2", name="公积金核验程序", department="housing_fund"
    )
    assert entered.status_code == 303
    return "fund-2"


def stamp_of(portal: Portal, client: str) -> str:
    found = re.search(r'name="stamp" value="([^"]*)"', portal.as_("system").get(f"/clients/{client}").text)
    assert found
    return found[1]


def take(portal: Portal, client: str, **more: Any) -> httpx.Response:
    return post(portal.as_("system"), f"/clients/{client}/secrets", stamp=stamp_of(portal, client), **more)


def opens(portal: Portal, client: str, secret: str) -> bool:
    form = {"grant_type": "client_credentials", "client_id": client, "client_secret": secret}
    return portal.as_("").post("/oauth/token", data=form).status_code == 200


def test_a_secret_is_shown_once_and_opens_after_the_other_administrator_confirmed_it(
    portal: Portal, client: str
) -> None:
    secret = shown(take(portal, client))
    assert not opens(portal, client, secret)
    assert secret not in portal.as_("system").get(f"/clients/{client}").text
    page = portal.as_("security").get(f"/clients/{client}?lang=zh").text
    (number,) = re.findall(r"/secrets/(\d+)/confirmation", page)
    assert post(portal.as_("security"), f"/clients/{client}/secrets/{number}/confirmation").status_code == 303
    assert opens(portal, client, secret)
    other = shown(take(portal, client, expires=str(portal.house.today + timedelta(days=30))))
    assert "已有两个未失效的密钥" in portal.as_("system").get(f"/clients/{client}?lang=zh").text
    assert post(portal.as_("system"), f"/clients/{client}/secrets", stamp="").status_code == 409
    assert post(portal.as_("system"), f"/clients/{client}/secrets/{number}/revocation").status_code == 303
    assert not opens(portal, client, secret)
    assert not opens(portal, client, other)


def test_a_form_sent_twice_takes_one_secret(portal: Portal) -> None:
    post(portal.as_("system"), "/clients", client_id="fund-3", name="程序", department="housing_fund")
    stamp = stamp_of(portal, "fund-3")
    answers = [post(portal.as_("system"), "/clients/fund-3/secrets", stamp=stamp) for _ in range(2)]
    assert [each.status_code for each in answers] == [200, 409]


def test_a_secret_does_not_end_before_it_begins(portal: Portal) -> None:
    post(portal.as_("system"), "/clients", client_id="fund-4", name="程序", department="housing_fund")
    answer = take(portal, "fund-4", expires=str(date(2020, 1, 1)))
    assert (answer.status_code, "有效期不能早于今天" in answer.text) == (400, True)


def test_roles_of_a_client_are_set_by_the_security_administrator(portal: Portal, client: str) -> None:
    answer = post(portal.as_("security"), f"/clients/{client}/roles", role=["consumer", "registrar"])
    assert answer.status_code == 303
    with portal.house.transaction() as db:
        assert clients.get(db, client).roles == ["consumer", "registrar"]
    assert post(portal.as_("security"), f"/clients/{client}/roles", role="system_admin").status_code == 400


def test_a_revoked_client_is_out_for_good(portal: Portal) -> None:
    post(portal.as_("system"), "/clients", client_id="fund-5", name="程序", department="housing_fund")
    assert post(portal.as_("system"), "/clients/fund-5/revocation").status_code == 303
    assert post(portal.as_("system"), "/clients/fund-5/revocation").status_code == 409
    assert "/secrets#add" not in portal.as_("system").get("/clients/fund-5").text


# logs


def test_logs_are_found_by_words_and_kind_and_are_cut_by_the_register(portal: Portal, official: str) -> None:
    audits = portal.as_("audits")
    page = audits.get("/logs/administration?q=new.one&act=give_post&lang=zh").text
    assert "授予任职" in page
    assert "数据校核员" in page
    assert 'name="act"' in page
    signed = audits.get("/logs/sign-ins?outcome=signed_in&q=registrar&lang=zh").text
    assert "registrar" in signed
    assert "口令不正确</span>" not in signed
    book = audits.get("/logs/sign-ins?format=xlsx")
    assert book.content[:2] == b"PK"


def test_too_many_lines_are_not_exported_silently_short(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.pages.cut.MOST_EXPORTED", 1)
    answer = portal.as_("audits").get("/logs/sign-ins?format=xlsx&lang=zh")
    assert answer.status_code == 413
    assert "先用关键词或条件缩小范围" in answer.text
