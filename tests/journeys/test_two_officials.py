"""Two officials save one entry at the same moment, each at a worker of its own: one is told, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import httpx
import pytest

from api.main import create_app
from catalog import registration, resources, versions, writing
from catalog.installation import open_parts
from catalog.keys import Keys
from catalog.models import ResourceVersion
from catalog.register import migrate, transaction
from catalog.roles import Role
from catalog.settings import Settings
from catalog.store import Store
from catalog.vocab import ResourceState
from tests.api.conftest import START, Clock
from tests.api.officials import Browser, cheap_hashing, hire
from tests.catalog.conftest import make_department, make_resource
from tests.pages.forms import read

__all__ = ["cheap_hashing"]
SLUG = "people"
FORM = f"/registration/{SLUG}/form"
FIELDS = {"zhao": "履行职责", "qian": "业务事项"}


@pytest.fixture
def settings(register_url: str, tmp_path: Path) -> Settings:
    """An installation with a draft and the two registrars of its department."""
    settings = Settings(home=tmp_path / "home", register_url=register_url)
    store = Store(settings.home).prepare()
    Keys(store.keys).ensure()
    migrate(settings.database_url)
    _, database = open_parts(settings)
    with transaction(database) as db:
        registration.enter_reference_data(db)
        make_department(db, "digital_government", 1, is_authority=True)
        draft = make_resource(db, make_department(db, "police", 2), SLUG, name="人口登记")
        draft.state = ResourceState.DRAFT
        entry = writing.entry_of(db, draft)
        resources.keep_version(db, draft, entry.content(), now=START, by="x", reason="新编")
        for login in FIELDS:
            hire(db, login, [("police", Role.REGISTRAR)])
    database.dispose()
    return settings


@pytest.fixture
def browsers(settings: Settings) -> Iterator[dict[str, Browser]]:
    apps = {login: create_app(settings, Clock(), lambda line: None) for login in FIELDS}
    found = {login: Browser(app) for login, app in apps.items()}
    for login, browser in found.items():
        assert browser.sign_in(login).status_code == 303
    yield found
    for login, browser in found.items():
        browser.close()
        apps[login].state.exchange.close()


def test_of_two_who_save_at_once_one_is_told_and_nothing_is_lost(
    settings: Settings, browsers: dict[str, Browser]
) -> None:
    before = len(kept(settings))
    for number in range(4):
        held = {login: read(browser.get(FORM).text, FORM) for login, browser in browsers.items()}
        typed = {login: {FIELDS[login]: f"{login} 写的 {number}"} for login in browsers}
        told = at_once(browsers, {login: {**held[login], **typed[login]} for login in browsers})
        assert sorted(each.status_code for each in told.values()) == [303, 409]
        (late,) = (login for login, each in told.items() if each.status_code == 409)
        merged = read(told[late].text, FORM)
        assert {merged[FIELDS[login]] for login in browsers} == {f"{login} 写的 {number}" for login in browsers}
        assert send(browsers[late], merged).status_code == 303
        history = kept(settings)
        assert len(history) == before + 2 * (number + 1)
        assert {history[-1].content["duty"], history[-1].content["business_item"]} == {
            f"{login} 写的 {number}" for login in browsers
        }


def at_once(browsers: dict[str, Browser], forms: dict[str, dict[str, str]]) -> dict[str, httpx.Response]:
    """What each is answered when all send in the same moment."""
    together = Barrier(len(browsers))

    def one(login: str) -> httpx.Response:
        together.wait(20)
        return send(browsers[login], forms[login])

    with ThreadPoolExecutor(len(browsers)) as pool:
        return dict(zip(browsers, pool.map(one, browsers), strict=True))


def send(browser: Browser, form: dict[str, str]) -> httpx.Response:
    return browser.post(FORM, data={**form, "do": "save", "reason": "修改"})


def kept(settings: Settings) -> list[ResourceVersion]:
    """The versions of the entry, the oldest first."""
    _, database = open_parts(settings)
    with transaction(database) as db:
        found = list(reversed(versions.listed(db, resources.get(db, SLUG))))
    database.dispose()
    return found
