"""Sign-in through the city's OpenID Connect provider, and every lie that must not open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from sqlalchemy import select

from api.oidc import provider_of
from catalog import accounts, people
from catalog.errors import Misconfigured
from catalog.keys import Purpose
from catalog.models import OfficialState, SignIn
from catalog.roles import Role
from tests.api import provider as little
from tests.api.conftest import START, City
from tests.api.officials import Browser, cheap_hashing, hire

__all__ = ["cheap_hashing"]


@pytest.fixture(scope="module")
def issuer() -> Iterator[little.Provider]:
    with little.running() as running:
        yield running


@pytest.fixture
def provider(city: City, issuer: little.Provider) -> Iterator[little.Provider]:
    """The provider, honest again, with the exchange set to it."""
    issuer.login, issuer.claims, issuer.now = "wang", {}, START
    issuer.tricks.clear()
    wanted = {
        "oidc_issuer": issuer.issuer,
        "oidc_client_id": little.CLIENT_ID,
        "oidc_client_secret": little.CLIENT_SECRET,
    }
    settings = city.settings.model_copy(update=wanted)
    held = city.house
    city.app.state.exchange = replace(held, provider=provider_of(settings, held.keys))
    yield issuer
    city.app.state.exchange = held
    city.clock.now = START


@pytest.fixture(scope="module", autouse=True)
def staff(city: City) -> None:
    with city.transaction() as db:
        hire(db, "wang", [("police", Role.REGISTRAR)], must_change=True)
        hire(db, "gone", [("police", Role.REGISTRAR)])
        accounts.disable(db, None, people.get(db, "gone"), now=START, today=START.date())


@pytest.fixture
def web(city: City) -> Iterator[Browser]:
    found = Browser(city.app)
    yield found
    found.close()


def through(web: Browser, path: str = "/signin/oidc") -> httpx.Response:
    """Follow the browser to the provider and back; the answer of the way back."""
    out = web.get(path)
    assert out.status_code == 303, out.text
    return back(web, out.headers["location"])


def back(web: Browser, address: str) -> httpx.Response:
    away = httpx.get(address, trust_env=False)
    assert away.status_code == 307
    parts = urlsplit(away.headers["location"])
    return web.get(f"{parts.path}?{parts.query}")


def works(web: Browser) -> bool:
    return web.get("/v1/requests").status_code == 200


def test_an_official_comes_in_by_the_city_s_word(city: City, web: Browser, provider: little.Provider) -> None:
    assert "/signin/oidc?" in web.get("/signin?next=/docs").text
    answer = through(web, "/signin/oidc?next=/docs")
    assert (answer.status_code, answer.headers["location"]) == (303, "/docs")
    # no password was used, so none must be changed
    assert works(web)
    with city.transaction() as db:
        last = db.scalars(select(SignIn).order_by(SignIn.id.desc())).first()
        assert last is not None
        assert (last.means, last.outcome.value) == ("oidc", "signed_in")


def test_a_rotation_of_keys_lets_who_is_on_the_way_come_in(city: City, web: Browser, provider: little.Provider) -> None:
    for turns, status in ((1, 303), (2, 403)):
        away = web.get("/signin/oidc").headers["location"]
        for _ in range(turns):
            city.house.keys.rotate(Purpose.SESSION)
        assert back(web, away).status_code == status


def test_the_request_carries_a_challenge_a_nonce_and_a_state(web: Browser, provider: little.Provider) -> None:
    first, second = (parse_qs(urlsplit(web.get("/signin/oidc").headers["location"]).query) for _ in range(2))
    assert first["response_type"] == ["code"]
    assert first["code_challenge_method"] == ["S256"]
    assert first["redirect_uri"] == ["https://exchange/signin/oidc/callback"]
    assert "openid" in first["scope"][0].split()
    for name in ("state", "nonce", "code_challenge"):
        assert first[name] != second[name]


@pytest.mark.parametrize("login", ["stranger", "gone", "", "WANG", "wang\x00"])
def test_only_an_official_of_ours_comes_in(web: Browser, provider: little.Provider, login: str) -> None:
    provider.login = login
    assert through(web).status_code == 403
    assert not works(web)


AT = int(START.timestamp())
LIES: list[dict[str, Any]] = [
    {"aud": "another client"},
    {"aud": ["another client", "third"]},
    {"aud": [little.CLIENT_ID, "another"], "azp": "another"},
    {"aud": "another client", "azp": little.CLIENT_ID},
    {"iss": "https://other.example"},
    {"nonce": "x"},
    {"nonce": None},
    {"exp": AT - 120},
    {"exp": None},
    {"iat": AT + 3600},
    {"nbf": AT + 3600},
    {"sub": None},
    {"preferred_username": None},
    {"preferred_username": ["wang"]},
]


@pytest.mark.parametrize("claims", LIES, ids=str)
def test_a_word_that_is_not_for_this_sign_in_opens_nothing(
    web: Browser, provider: little.Provider, claims: dict[str, Any]
) -> None:
    provider.claims = claims
    assert through(web).status_code == 403
    assert not works(web)


def test_a_list_of_audiences_that_names_us_is_taken(web: Browser, provider: little.Provider) -> None:
    provider.claims = {"aud": [little.CLIENT_ID], "azp": little.CLIENT_ID}
    assert through(web).status_code == 303


@pytest.mark.parametrize("trick", ["stranger's key", "client secret as key", "unsigned"])
def test_a_word_that_the_provider_did_not_sign_opens_nothing(
    web: Browser, provider: little.Provider, trick: str
) -> None:
    provider.tricks.add(trick)
    assert through(web).status_code == 403
    assert not works(web)


def test_the_way_back_needs_the_browser_that_went(city: City, web: Browser, provider: little.Provider) -> None:
    """Another's code, put into this browser, would sign its owner in as the other."""
    other = Browser(city.app)
    address = other.get("/signin/oidc").headers["location"]
    other.close()
    assert back(web, address).status_code == 403
    web.get("/signin/oidc")
    assert back(web, address).status_code == 403
    assert not works(web)


def test_a_way_back_with_another_state_opens_nothing(web: Browser, provider: little.Provider) -> None:
    away = httpx.get(web.get("/signin/oidc").headers["location"], trust_env=False)
    parts = urlsplit(away.headers["location"])
    code = parse_qs(parts.query)["code"][0]
    for state in ("", "x", "状态"):
        held = "; ".join(f"{name}={value}" for name, value in web.cookies.items())
        answer = web.get(parts.path, params={"code": code, "state": state}, headers={"Cookie": held})
        assert answer.status_code == 403
    assert not works(web)


def test_a_code_serves_once(web: Browser, provider: little.Provider) -> None:
    away = httpx.get(web.get("/signin/oidc").headers["location"], trust_env=False)
    parts = urlsplit(away.headers["location"])
    held = "; ".join(f"{name}={value}" for name, value in web.cookies.items())
    path = f"{parts.path}?{parts.query}"
    assert web.get(path, headers={"Cookie": held}).status_code == 303
    assert web.get(path, headers={"Cookie": held}).status_code == 403
    assert web.get(path).status_code == 403


def test_a_sign_in_that_takes_too_long_begins_anew(city: City, web: Browser, provider: little.Provider) -> None:
    address = web.get("/signin/oidc").headers["location"]
    city.clock.now += timedelta(minutes=10)
    assert back(web, address).status_code == 403


@pytest.mark.parametrize("query", ["", "?error=access_denied&state=x", "?code=x", "?state=x&code="])
def test_a_way_back_without_a_code_opens_nothing(web: Browser, provider: little.Provider, query: str) -> None:
    web.get("/signin/oidc")
    assert web.get(f"/signin/oidc/callback{query}").status_code == 403


def test_the_word_of_another_issuer_in_the_way_back_is_refused(web: Browser, provider: little.Provider) -> None:
    away = httpx.get(web.get("/signin/oidc").headers["location"], trust_env=False)
    parts = urlsplit(away.headers["location"])
    assert web.get(f"{parts.path}?{parts.query}&iss=https://other.example").status_code == 403


@pytest.mark.parametrize("trick", ["down", "another issuer", "plain http"])
def test_a_provider_that_is_not_right_is_said_to_be_so(web: Browser, provider: little.Provider, trick: str) -> None:
    provider.tricks.add(trick)
    answer = web.get("/signin/oidc")
    assert answer.status_code == 503
    assert "统一身份认证" in answer.text


def test_after_it_the_browser_stays_on_this_site(web: Browser, provider: little.Provider) -> None:
    assert through(web, "/signin/oidc?next=//evil.example").headers["location"] == "/"


def test_a_held_account_stays_shut_for_the_provider_too(city: City, web: Browser, provider: little.Provider) -> None:
    with city.transaction() as db:
        people.get(db, "wang").state = OfficialState.HELD
    try:
        assert through(web).status_code == 403
    finally:
        with city.transaction() as db:
            people.get(db, "wang").state = OfficialState.ACTIVE


@pytest.mark.parametrize(
    "wrong", [{"oidc_client_secret": ""}, {"oidc_client_id": ""}, {"oidc_issuer": "http://idp.example.cn"}]
)
def test_half_a_setting_is_refused(city: City, wrong: dict[str, str]) -> None:
    good = {"oidc_issuer": "https://idp.example.cn", "oidc_client_id": "x", "oidc_client_secret": "y"}
    with pytest.raises(Misconfigured):
        provider_of(city.settings.model_copy(update={**good, **wrong}), city.house.keys)
