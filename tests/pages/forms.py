"""Forms of pages as a browser holds and sends them, and what became of the things they were about."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import httpx

from catalog import deliveries, resources
from catalog.models import Delivery
from catalog.vocab import DeliveryState
from tests.api.officials import Browser
from tests.pages.conftest import Portal


class _Reader(HTMLParser):
    """The fields of one form of a page."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._action, self._is_inside, self._name, self._text = action, False, "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._is_inside = facts.get("action") == self._action
        if not self._is_inside:
            return
        if tag == "input" and facts.get("type") not in ("checkbox", "radio", "submit", "file"):
            self.fields[facts.get("name", "")] = facts.get("value", "")
        elif tag in ("select", "textarea"):
            self._name, self._text = facts.get("name", ""), ""
            self.fields[self._name] = ""
        elif tag == "option" and "selected" in facts:
            self.fields[self._name] = facts.get("value", "")

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._is_inside:
            self.fields[self._name] = self._text
        if tag == "form":
            self._is_inside = False


def read(page: str, action: str) -> dict[str, str]:
    """What the form with that action holds."""
    reader = _Reader(action)
    reader.feed(page)
    assert "csrf" in reader.fields, f"no form {action}"
    return reader.fields


def opened(browser: Browser, path: str) -> httpx.Response:
    """A page of a form that makes something, at the address that it sends a browser to."""
    sent = browser.get(path)
    assert sent.status_code == 303, path
    return browser.get(sent.headers["location"])


def fill(browser: Browser, path: str, action: str = "", **changes: str) -> httpx.Response:
    """Open a page, change fields of its form, send it."""
    return browser.post(action or path, data={**read(browser.get(path).text, action or path), **changes})


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
