"""Sign-in of officials, and what is tried against it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from statistics import median

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from api import visits
from catalog import accounts, passwords, people, posts
from catalog.models import OfficialState, SignIn, WebSession
from catalog.roles import Role
from tests.api.conftest import START, City
from tests.api.officials import PASSWORD, Browser, cheap_hashing, hire

__all__ = ["cheap_hashing"]
COOKIE = "__Host-sixbase-session"


@pytest.fixture(scope="module", autouse=True)
def staff(city: City) -> None:
    with city.transaction() as db:
        hire(db, "wang", [("police", Role.REGISTRAR)])
        hire(db, "zhao", [("police", Role.REGISTRAR), ("housing", Role.CONSUMER), ("housing", Role.VERIFIER)])
        hire(db, "fresh", [("housing", Role.CONSUMER)], must_change=True)
        hire(db, "idle", [("housing", Role.CONSUMER)])


@pytest.fixture
def web(city: City) -> Iterator[Browser]:
    found = Browser(city.app)
    yield found
    found.close()
    city.clock.now = START


def outcomes(city: City, login: str | None) -> list[str]:
    with city.transaction() as db:
        official = people.get(db, login).id if login else None
        query = select(SignIn.outcome).where(SignIn.official_id == official).order_by(SignIn.id)
        return [each.value for each in db.scalars(query)]


def works(web: Browser) -> bool:
    """Whether the web may list what its department shares."""
    return web.get("/v1/requests").status_code == 200


def test_signing_in_leads_on_and_signing_out_ends_it(city: City, web: Browser) -> None:
    assert web.get("/v1/requests").status_code == 401
    answer = web.sign_in("wang", next="/docs?lang=en")
    assert (answer.status_code, answer.headers["location"]) == (303, "/docs?lang=en")
    assert works(web)
    assert web.get("/signin").status_code == 303
    before = dict(web.cookies)
    assert web.submit("/signout").status_code == 303
    assert COOKIE not in web.cookies
    assert web.get("/v1/requests", headers={"Cookie": f"{COOKIE}={before[COOKIE]}"}).status_code == 401
    assert outcomes(city, "wang")[-2:] == ["signed_in", "signed_out"]


def test_the_cookie_is_for_this_host_over_tls_and_not_for_scripts(web: Browser) -> None:
    told = web.sign_in("wang").headers.get_list("set-cookie")
    session = next(line for line in told if line.startswith(COOKIE))
    assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/"} <= set(session.split("; "))
    assert "Domain" not in session


@pytest.mark.parametrize(
    ("base", "public", "is_secure"),
    [
        ("http://127.0.0.1:8000", "", False),
        ("http://localhost:8000", "", False),
        ("http://data.example.cn", "", True),
        ("http://127.0.0.1:8000", "https://data.example.cn", True),
    ],
)
def test_only_loopback_goes_without_tls(
    city: City, monkeypatch: pytest.MonkeyPatch, base: str, public: str, is_secure: bool
) -> None:
    monkeypatch.setattr(city.settings, "public_url", public)
    web = Browser(city.app, base)
    told = web.get("/signin").headers["set-cookie"]
    web.close()
    assert ("Secure" in told) is is_secure
    assert told.startswith("__Host-") is is_secure


def test_the_register_does_not_hold_what_the_browser_holds(city: City, web: Browser) -> None:
    web.sign_in("wang")
    with city.transaction() as db:
        rows = db.scalars(select(WebSession)).all()
        assert all(web.cookies[COOKIE] not in (row.token_hash, row.csrf_secret) for row in rows)


def test_a_session_that_somebody_else_planted_is_not_taken_over(city: City, web: Browser) -> None:
    planted = {"Cookie": f"{COOKIE}={'A' * 43}"}
    form = {"login": "wang", "password": PASSWORD, "csrf": web.csrf("/signin")}
    key = f"__Host-sixbase-form={web.cookies['__Host-sixbase-form']}"
    answer = web.post("/signin", data=form, headers={"Cookie": f"{planted['Cookie']}; {key}"})
    assert answer.status_code == 303
    assert "A" * 43 not in answer.headers["set-cookie"]
    assert web.get("/v1/requests", headers=planted).status_code == 401


def test_signing_in_again_ends_the_session_of_before(city: City, web: Browser) -> None:
    token = web.csrf("/signin")
    key = f"__Host-sixbase-form={web.cookies['__Host-sixbase-form']}"
    web.sign_in("wang")
    first = f"{COOKIE}={web.cookies[COOKIE]}"
    # a form that was opened in another tab before
    form = {"login": "idle", "password": PASSWORD, "csrf": token}
    assert web.post("/signin", data=form, headers={"Cookie": f"{first}; {key}"}).status_code == 303
    assert web.get("/v1/requests", headers={"Cookie": first}).status_code == 401
    assert works(web)


@pytest.mark.parametrize("sent", ["", "0" * 64])
def test_a_sign_in_form_of_another_site_is_refused(city: City, web: Browser, sent: str) -> None:
    web.get("/signin")
    answer = web.post("/signin", data={"login": "wang", "password": PASSWORD, "csrf": sent})
    assert answer.status_code == 403
    assert COOKIE not in web.cookies


def test_the_form_token_of_one_browser_does_not_serve_another(city: City, web: Browser) -> None:
    other = Browser(city.app)
    token = other.csrf("/signin")
    other.close()
    web.get("/signin")
    assert web.post("/signin", data={"login": "wang", "password": PASSWORD, "csrf": token}).status_code == 403


@pytest.mark.parametrize("path", ["/signout", "/password", "/department"])
@pytest.mark.parametrize("sent", ["missing", "foreign", "cross-site"])
def test_a_form_without_the_token_of_its_session_changes_nothing(
    city: City, web: Browser, path: str, sent: str
) -> None:
    web.sign_in("zhao")
    other = Browser(city.app)
    other.sign_in("wang")
    token = {"missing": "", "foreign": other.csrf("/password"), "cross-site": web.csrf("/password")}[sent]
    other.close()
    site = {"Sec-Fetch-Site": "cross-site"} if sent == "cross-site" else {}
    data = {"csrf": token, "department": "housing", "old": PASSWORD, "new": "another quiet river", "again": "x"}
    assert web.post(path, data=data, headers=site).status_code == 403
    assert web.get("/password").status_code == 200


def test_a_call_of_the_api_by_session_needs_the_token_in_a_header(web: Browser) -> None:
    web.sign_in("idle")
    body = {"resource": "people", "columns": ["name"], "purpose": "x", "legal_basis": "y", "days": 1}
    assert web.post("/v1/requests", json=body).status_code == 403
    assert web.post("/v1/requests", json=body, headers={"X-CSRF-Token": "0" * 64}).status_code == 403
    assert web.call("POST", "/v1/requests", json=body).status_code == 201


EVIL = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https://evil.example/",
    "https:evil.example",
    "javascript:alert(1)",
    "/\t/evil.example",
    "/\n/evil.example",
    " //evil.example",
    "evil",
    "",
    "/signout",
    "/x\r\nSet-Cookie: a=b",
    "/" + "x" * 3000,
    "//[",
]


@pytest.mark.parametrize("path", EVIL)
def test_after_signing_in_the_browser_stays_on_this_site(web: Browser, path: str) -> None:
    assert visits.safe_next(path) == "/"
    if len(path) < 2000:
        assert web.sign_in("wang", next=path).headers["location"] == "/"
        assert web.get("/signin", params={"next": path}).headers["location"] == "/"


def test_a_way_of_our_own_is_kept(web: Browser) -> None:
    assert visits.safe_next("/catalog?q=低保&page=2") == "/catalog?q=%E4%BD%8E%E4%BF%9D&page=2"
    answer = web.get("/password?lang=en")
    assert answer.headers["location"] == "/signin"


def test_guessing_a_password_is_slowed_down_and_kept(city: City, web: Browser) -> None:
    with city.transaction() as db:
        hire(db, "guessed", [("housing", Role.CONSUMER)])
    statuses = [web.sign_in("guessed", f"wrong {n}").status_code for n in range(7)]
    assert statuses == [403] * 5 + [429] * 2
    locked = web.sign_in("guessed")
    assert (locked.status_code, locked.headers["retry-after"]) == (429, "1")
    city.clock.now += timedelta(seconds=2)
    assert web.sign_in("guessed").status_code == 303
    # a lockout is kept once, not once for each knock
    assert outcomes(city, "guessed") == ["wrong_password"] * 5 + ["locked", "signed_in"]


def test_a_login_that_does_not_exist_is_answered_alike_and_not_kept_in_words(city: City, web: Browser) -> None:
    known, unknown = web.sign_in("idle", "wrong").text, web.sign_in("my-secret-password", "wrong").text
    strip = str.maketrans("", "", "0123456789abcdef")
    assert known.translate(strip) == unknown.translate(strip)
    assert "账号或口令不正确" in known
    assert outcomes(city, None)[-1] == "unknown"


def test_a_login_that_does_not_exist_takes_as_long(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1))
    passwords._nobodys.cache_clear()
    kept = passwords.hashed(PASSWORD)

    def seconds(password_hash: str | None) -> float:
        started = time.process_time()
        assert not passwords.matches(password_hash, "wrong")
        return time.process_time() - started

    seconds(None)
    pairs = [(seconds(kept), seconds(None)) for _ in range(15)]
    passwords._nobodys.cache_clear()
    known, unknown = (median(side) for side in zip(*pairs, strict=True))
    assert 0.5 < known / unknown < 2


def test_the_first_password_must_be_changed_before_anything_else(city: City, web: Browser) -> None:
    answer = web.sign_in("fresh", next="/docs")
    assert answer.status_code == 303
    refused = web.get("/v1/requests")
    assert (refused.status_code, refused.json()["remedy"]) == (403, "在 /password 修改口令")
    assert web.submit("/password", old=PASSWORD, new="short", again="short").status_code == 400
    assert web.submit("/password", old="wrong", new="x" * 20, again="x" * 20).status_code == 400
    new = "a louder river at noon"
    assert web.submit("/password", old=PASSWORD, new=new, again="other").status_code == 400
    assert web.submit("/password", old=PASSWORD, new=PASSWORD, again=PASSWORD).status_code == 400
    assert web.submit("/password", old=PASSWORD, new=new, again=new, next="/docs").headers["location"] == "/docs"
    assert works(web)


def test_a_changed_password_ends_every_other_session(city: City, web: Browser) -> None:
    with city.transaction() as db:
        hire(db, "robbed", [("housing", Role.CONSUMER)])
    thief = Browser(city.app)
    assert thief.sign_in("robbed").status_code == web.sign_in("robbed").status_code == 303
    old = web.cookies[COOKIE]
    new = "a louder river at noon"
    assert web.submit("/password", old=PASSWORD, new=new, again=new).status_code == 303
    assert works(web)
    assert not works(thief)
    assert web.get("/v1/requests", headers={"Cookie": f"{COOKIE}={old}"}).status_code == 401
    assert thief.sign_in("robbed").status_code == 403
    thief.close()


def test_a_stolen_session_does_not_find_out_the_password(city: City, web: Browser) -> None:
    with city.transaction() as db:
        hire(db, "probed", [("housing", Role.CONSUMER)])
    web.sign_in("probed")
    new = "a louder river at noon"
    statuses = [web.submit("/password", old=f"guess {n}", new=new, again=new).status_code for n in range(7)]
    assert statuses == [400] * 5 + [429] * 2


def test_a_session_ends_when_idle_and_when_its_day_is_over(city: City, web: Browser) -> None:
    web.sign_in("idle")
    for _ in range(3):
        city.clock.now += timedelta(minutes=29)
        assert works(web)
    city.clock.now += timedelta(minutes=30)
    assert not works(web)
    city.clock.now = START
    web.cookies.clear()
    web.sign_in("idle")
    for _ in range(12 * 3 - 1):
        city.clock.now += timedelta(minutes=20)
        assert works(web)
    city.clock.now += timedelta(minutes=20)
    assert not works(web)


def test_a_disabled_official_is_out_at_once_and_stays_out(city: City, web: Browser) -> None:
    with city.transaction() as db:
        hire(db, "leaver", [("housing", Role.CONSUMER)])
    web.sign_in("leaver")
    assert works(web)
    with city.transaction() as db:
        accounts.disable(db, None, people.get(db, "leaver"), now=START, today=START.date())
    assert not works(web)
    web.cookies.clear()
    assert web.sign_in("leaver").status_code == 403
    with city.transaction() as db:
        assert people.get(db, "leaver").state is OfficialState.DISABLED
    assert outcomes(city, "leaver")[-1] == "disabled"


def test_a_post_that_ends_ends_the_sessions_that_act_for_it(city: City, web: Browser) -> None:
    with city.transaction() as db:
        hire(db, "mover", [("housing", Role.CONSUMER), ("police", Role.VERIFIER)])
    web.sign_in("mover")
    web.submit("/department", "/department", department="housing")
    other = Browser(city.app)
    other.sign_in("mover")
    other.submit("/department", "/department", department="police")
    assert works(web)
    assert works(other)
    with city.transaction() as db:
        official = people.get(db, "mover")
        posts.end_post(db, None, official.posts[0], on=START.date(), now=START, today=START.date())
    assert not works(web)
    assert works(other)
    other.close()


def test_a_post_that_runs_out_by_its_date_ends_the_session_too(city: City, web: Browser) -> None:
    with city.transaction() as db:
        official = hire(db, "until", [("housing", Role.CONSUMER)])
        official.posts[0].valid_to = START.date() + timedelta(days=1)
    city.clock.now = START + timedelta(hours=13, minutes=50)  # ten minutes to midnight in the city
    web.sign_in("until")
    assert works(web)
    city.clock.now += timedelta(minutes=11)
    assert not works(web)


def test_who_has_several_departments_chooses_one(city: City, web: Browser) -> None:
    web.sign_in("zhao")
    before = web.cookies[COOKIE]
    assert web.get("/v1/requests").status_code == 401
    page = web.get("/department").text
    assert "测试police" in page
    assert "测试housing" in page
    foreign = web.submit("/department", "/department", department="taxation")
    assert foreign.status_code == 404
    assert web.submit("/department", "/department", department="housing", next="/docs").headers["location"] == "/docs"
    assert web.cookies[COOKIE] != before
    assert works(web)
    # registrar in police, but acting for housing: no right of the other desk comes along
    sent = web.call("POST", "/v1/resources/people/deliveries", content=b"x")
    assert sent.status_code == 403
    web.submit("/department", "/department", department="police")
    assert web.call("POST", "/v1/resources/people/deliveries?period=2026-11-17", content=b"x").status_code == 201


def test_a_new_account_without_a_post_does_not_come_in(city: City, web: Browser) -> None:
    with city.transaction() as db:
        hire(db, "postless", [])
    assert web.sign_in("postless").status_code == 403
    assert outcomes(city, "postless") == ["no_post"]


def test_pages_may_not_be_framed_or_kept(web: Browser) -> None:
    headers = web.get("/signin").headers
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"


def test_without_a_provider_there_is_no_way_through_one(web: Browser) -> None:
    assert web.get("/signin/oidc").status_code == 404
    assert web.get("/signin/oidc/callback?code=x&state=y").status_code == 404
    assert "oidc" not in web.get("/signin").text


def test_no_password_reaches_the_log(city: City, web: Browser) -> None:
    web.sign_in("wang", "mistyped secret")
    web.sign_in("wang")
    assert not any(word in line for line in city.log for word in (PASSWORD, "mistyped", web.cookies[COOKIE]))
