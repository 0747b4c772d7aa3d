"""Whom a sign-in came from: what trusted proxies say of it, and nobody else."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from pydantic import ValidationError
from sqlalchemy import select

from api.forwarded import Forwarded
from api.main import create_app
from api.serve import environment
from catalog.models import SignIn
from catalog.roles import Role
from catalog.settings import Settings
from tests.api.conftest import City
from tests.api.officials import Browser, cheap_hashing, hire

__all__ = ["cheap_hashing"]
# whom tests' calls come from
PEER = "127.0.0.1"


@pytest.mark.parametrize(
    ("trusted", "peer", "said", "expected"),
    [
        ((), "10.0.0.1", ["203.0.113.9"], "10.0.0.1"),
        (("10.0.0.0/24",), "198.51.100.7", ["203.0.113.9"], "198.51.100.7"),
        (("10.0.0.0/24",), "10.0.0.1", ["203.0.113.9"], "203.0.113.9"),
        (("10.0.0.1",), "10.0.0.1", [], "10.0.0.1"),
        # what the browser itself wrote stands further to the left, and is not believed
        (("10.0.0.0/24",), "10.0.0.1", ["1.1.1.1, 203.0.113.9"], "203.0.113.9"),
        (("10.0.0.0/24",), "10.0.0.1", ["1.1.1.1", "203.0.113.9, 10.0.0.2"], "203.0.113.9"),
        (("10.0.0.0/24",), "10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        (("10.0.0.0/24",), "10.0.0.1", ["203.0.113.9, unknown"], "10.0.0.1"),
        (("10.0.0.0/24",), "::ffff:10.0.0.1", ["[2001:db8::9]:4711"], "2001:db8::9"),
        (("10.0.0.0/24",), "10.0.0.1", ["203.0.113.9:4711"], "203.0.113.9"),
    ],
)
def test_the_nearest_address_that_is_no_trusted_proxys_is_who_came(
    trusted: tuple[str, ...], peer: str, said: list[str], expected: str
) -> None:
    headers = [(b"x-forwarded-for", each.encode()) for each in said]
    assert Forwarded(FastAPI(), trusted).came_from(peer, headers) == expected


@pytest.mark.parametrize(("trusted", "expected"), [((), PEER), (("127.0.0.0/8",), "203.0.113.9")])
def test_log_and_lockout_of_sign_ins_see_who_stands_before_a_trusted_proxy(
    city: City, trusted: tuple[str, ...], expected: str
) -> None:
    login = f"liu{len(trusted)}"
    with city.transaction() as db:
        official = hire(db, login, [("police", Role.REGISTRAR)]).id
    app = create_app(city.settings.model_copy(update={"trusted_proxies": trusted}), city.clock, log=lambda line: None)
    browser = Browser(app)
    token = browser.csrf("/signin")

    def attempt(address: str) -> str:
        form = {"login": login, "password": "wrong wrong wrong", "next": "/", "csrf": token}
        browser.post("/signin", data=form, headers={"X-Forwarded-For": address})
        with city.transaction() as db:
            mine = select(SignIn).where(SignIn.official_id == official).order_by(SignIn.id.desc())
            found = db.scalars(mine).first()
            assert found is not None
            assert found.address == (expected if address == "203.0.113.9" or not trusted else address)
            return found.outcome.value

    tried = [attempt("203.0.113.9") for _ in range(7)]
    assert (tried[0], tried[-1]) == ("wrong_password", "locked")
    # another address waits only where the two cannot be told apart
    assert (attempt("203.0.113.10") == "locked") is (not trusted)
    browser.close()
    app.state.exchange.close()


def test_proxies_are_addresses_or_networks_and_reach_the_workers() -> None:
    with pytest.raises(ValidationError):
        Settings(trusted_proxies=("*",))
    given = Settings(trusted_proxies=("10.0.0.0/24", "::1"))
    assert environment(given)["SIXBASE_TRUSTED_PROXIES"] == '["10.0.0.0/24", "::1"]'
