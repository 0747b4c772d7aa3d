"""Officials for tests, and the browsers they sign in with."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import httpx
import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from sqlalchemy.orm import Session

from catalog import accounts, departments, passwords
from catalog.models import Official
from catalog.posts import give_post
from catalog.roles import Role
from tests.api.conftest import START, Client

PASSWORD = "a quiet river at dawn"
LONG_AGO = date(2020, 1, 1)


class Browser(Client):
    """A browser over TLS that keeps its cookies and fills in the hidden fields of forms."""

    def __init__(self, app: FastAPI, base: str = "https://exchange") -> None:
        super().__init__(app, base)

    def csrf(self, page: str) -> str:
        """The token in the form of a page."""
        found = re.search(r'name="csrf" value="([0-9a-f]+)"', self.get(page).text)
        assert found, page
        return found[1]

    def sign_in(self, login: str, password: str = PASSWORD, *, next: str = "/") -> httpx.Response:
        data = {"login": login, "password": password, "next": next, "csrf": self.csrf("/signin")}
        return self.post("/signin", data=data)

    def submit(self, path: str, page: str = "/password", **data: str) -> httpx.Response:
        """Send a form with the token of this session."""
        return self.post(path, data={"csrf": self.csrf(page), **data})

    def call(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Call the API as a page of ours does."""
        return self.request(method, path, headers={"X-CSRF-Token": self.csrf("/password")}, **more)


def hire(db: Session, login: str, posts: Iterable[tuple[str, Role]], *, must_change: bool = False) -> Official:
    """An official with the password of all tests, and posts in departments since long ago."""
    wanted = list(posts)
    home = departments.get(db, wanted[0][0] if wanted else "housing")
    official, _ = accounts.enter(db, None, login=login, name="测试员", department=home, now=START)
    official.password_hash, official.must_change_password = passwords.hashed(PASSWORD), must_change
    for slug, role in wanted:
        give_post(db, None, official, department=departments.get(db, slug), role=role, valid_from=LONG_AGO, now=START)
    return official


@pytest.fixture(scope="session", autouse=True)
def cheap_hashing() -> Iterator[None]:
    """Passwords hashed at a cost that tests can afford."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        passwords._nobodys.cache_clear()
        yield
    passwords._nobodys.cache_clear()
