"""From which address somebody signs in: behind a trusted proxy, and when anybody writes the proxy's header."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network

import pytest
from pydantic import ValidationError
from sqlalchemy import select

from api.peers import walked
from api.serve import environment
from catalog.models import SignIn
from catalog.roles import Role
from catalog.settings import Settings
from tests.api.conftest import City
from tests.api.officials import Browser, cheap_hashing, hire

__all__ = ["cheap_hashing"]

PROXIES = (ip_network("127.0.0.1"), ip_network("10.8.0.0/24"))


@pytest.fixture(scope="module")
def web(city: City) -> Iterator[Browser]:
    with city.transaction() as db:
        for login in ("wang", "zhao"):
            hire(db, login, [("police", Role.REGISTRAR)])
    found = Browser(city.app)
    yield found
    found.close()


def fails(web: Browser, login: str, forwarded: str) -> int:
    """The status of a failed sign-in with that header."""
    form = {"login": login, "password": "wrong", "csrf": web.csrf("/signin")}
    return web.post("/signin", data=form, headers={"X-Forwarded-For": forwarded}).status_code


def logged(city: City) -> str:
    with city.transaction() as db:
        return db.scalars(select(SignIn.address).order_by(SignIn.id.desc())).first() or ""


def test_a_header_of_anybody_else_is_ignored_in_log_and_lockout(city: City, web: Browser) -> None:
    # another address each time does not help: all of them are one peer's
    statuses = [fails(web, "wang", f"203.0.113.{n}") for n in range(8)]
    assert logged(city) == "127.0.0.1"
    assert statuses[-1] == 429


def test_a_trusted_proxy_tells_who_asks_and_one_address_does_not_lock_out_another(
    city: City, web: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(city.settings, "trusted_proxies", PROXIES)
    # the first part is what the asker wrote himself
    assert [fails(web, "zhao", f"198.51.100.{n}, 203.0.113.9") for n in range(8)][-1] == 429
    assert logged(city) == "203.0.113.9"
    assert fails(web, "zhao", "203.0.113.10") == 403
    assert logged(city) == "203.0.113.10"


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        ("127.0.0.1", [], "127.0.0.1"),
        ("192.0.2.1", ["203.0.113.9"], "192.0.2.1"),
        ("127.0.0.1", ["203.0.113.9"], "203.0.113.9"),
        ("127.0.0.1", ["203.0.113.9, 10.8.0.5"], "203.0.113.9"),
        ("127.0.0.1", ["203.0.113.9", "10.8.0.5"], "203.0.113.9"),
        ("127.0.0.1", ["203.0.113.9, 192.0.2.1, 10.8.0.5"], "192.0.2.1"),
        ("::ffff:127.0.0.1", ["2001:db8::9"], "2001:db8::9"),
        ("127.0.0.1", ["203.0.113.9, nonsense"], "127.0.0.1"),
        ("127.0.0.1", ["10.8.0.6, 10.8.0.5"], "10.8.0.6"),
        ("", ["203.0.113.9"], ""),
    ],
)
def test_the_address_is_the_last_that_no_trusted_proxy_has(peer: str, forwarded: list[str], found: str) -> None:
    assert walked(peer, forwarded, PROXIES) == found


def test_the_setting_takes_addresses_and_networks_and_reaches_the_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIXBASE_TRUSTED_PROXIES", '["127.0.0.1", "10.8.0.0/24"]')
    settings = Settings()
    assert settings.trusted_proxies == PROXIES
    for name, value in environment(settings).items():
        monkeypatch.setenv(name, value)
    assert Settings().trusted_proxies == PROXIES
    monkeypatch.setenv("SIXBASE_TRUSTED_PROXIES", '["10.8.0.0.0"]')
    with pytest.raises(ValidationError):
        Settings()
