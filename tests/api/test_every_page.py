"""Every page and every form of a page, by every role, in its own department and in another; as for the API."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from starlette.routing import BaseRoute

from catalog import people
from catalog.models import OfficialState
from tests.api.conftest import City, Client
from tests.api.officials import cheap_hashing
from tests.api.page_routes import ALIASES, OPEN_FORMS, OPEN_PAGES, PAGES, POSTS, Post
from tests.api.test_attacks import is_allowed, things, workbook_bytes
from tests.api.test_every_cell import Desk, Subjects, desks, web
from tests.pages import forms

__all__ = ["cheap_hashing", "desks", "things", "web"]
# 400: the form again, with what to mend; 409: who may act came when there was nothing to do
DONE = (200, 303, 400, 409)
NAMED = {
    "unit": "people",
    "year": "2026",
    "path": "",
    "statement_key": "nothing",
    "report_id": "nothing",
    "proposal": "nothing",
}
# what the page needs to know in its address
ASKED = {"/requests/new": "?resource=people&form_id=read", "/demands/new": "?form_id=read"}
# the API has another name for what is done with a thing in the same state
SAME_STATE = {"/approval": "/ruling", "/rejection": "/ruling"}


FILES: dict[str, Callable[[], tuple[str, bytes]]] = {
    "/registration": lambda: ("police.xlsx", workbook_bytes()),
    "/my/resources/{slug}/deliveries": lambda: ("a.csv", b"id_number,name\n"),
}


def routes(found: list[BaseRoute]) -> Iterator[tuple[str, str]]:
    """Every (method, path) of an app that its API's document does not have."""
    for route in found:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            yield from routes(inner.routes)
        elif not getattr(route, "include_in_schema", True) and hasattr(route, "methods"):
            yield from ((method, getattr(route, "path", "")) for method in route.methods)


def test_every_page_and_every_form_is_in_the_table(city: City) -> None:
    """A new page fails here until somebody says who may open it."""
    found = set(routes(city.app.routes))
    assert {path for method, path in found if method == "POST"} == set(POSTS) | OPEN_FORMS
    named = {"/logs/{name}" if path.startswith("/logs/") else path for path in PAGES}
    assert {path for method, path in found if method == "GET"} == named | OPEN_PAGES | ALIASES
    assert {method for method, _ in found} <= {"GET", "HEAD", "POST"}


@pytest.mark.parametrize("path", sorted(PAGES))
def test_a_page_opens_for_exactly_those_whom_the_table_names(
    city: City, web: Client, desks: list[Desk], things: dict[str, str], path: str
) -> None:
    action, owner = PAGES[path]
    found = fresh(city, things, path)
    for desk in desks:
        may = is_allowed(action, owner, desk.department, desk.role)
        answer = web.get(path.replace(":path", "").format(**found) + ASKED.get(path, ""), headers=desk.headers)
        assert (answer.status_code != 403) is may, (desk.department, desk.role, answer.status_code)
        assert answer.status_code < 500


@pytest.mark.parametrize("path", sorted(POSTS))
def test_a_form_is_taken_from_exactly_those_whom_the_table_names(
    city: City, web: Client, desks: list[Desk], things: dict[str, str], path: str
) -> None:
    """Who may is offered the form on its page, and who may not is refused though the form is filled in rightly."""
    form = POSTS[path]
    found = fresh(city, things, path)
    allowed = [desk for desk in desks if is_allowed(form.action, form.owner, desk.department, desk.role)]
    sent = filled(web, form, path, found, allowed)
    for desk in (each for each in desks if each not in allowed):
        assert send(web, desk, path, found, sent).status_code == 403, (desk.department, desk.role)
    for desk in allowed:
        found = fresh(city, things, path)
        sent = filled(web, form, path, found, allowed)
        answer = send(web, desk, path, found, sent)
        assert answer.status_code in (*DONE, *((404,) if form.may_lack else ())), (
            desk.department,
            desk.role,
            answer.status_code,
            re.findall(r"<main.*?</main>", answer.text, re.DOTALL),
        )


def fresh(city: City, things: dict[str, str], path: str) -> dict[str, str]:
    """Things in the state that a form is for."""
    end = next((end for end in SAME_STATE if path.endswith(end)), "")
    found = NAMED | Subjects(city, things).fresh(f"/v1{path.removesuffix(end)}{SAME_STATE.get(end, '')}")
    if path.endswith("/enablement"):
        with city.transaction() as db:
            people.get(db, found["login"]).state = OfficialState.DISABLED
    return {"name": "x", "grant": "", **found}


def filled(web: Client, form: Post, path: str, found: dict[str, str], allowed: list[Desk]) -> dict[str, str]:
    """The form as one of those who may sends it: the one whose turn it is."""
    typed = {name: value.format(**found) for name, value in form.fields.items()}
    if not form.at:
        return typed
    for desk in allowed:
        page = web.get(form.at.format(**found), headers=desk.headers).text
        offered = re.sub(r'#(add|new|give)"', '"', page)
        if f'action="{path.format(**found)}"' in offered:
            return forms.read(offered, path.format(**found)) | typed
    raise AssertionError("nobody is offered this form")


def send(web: Client, desk: Desk, path: str, found: dict[str, str], sent: dict[str, str]) -> Any:
    data = {**sent, "csrf": desk.headers["X-CSRF-Token"]}
    headers = {"Cookie": desk.headers["Cookie"]}
    more: dict[str, Any] = {"data": data}
    if path in FILES:
        more["files"] = {"file": FILES[path]()}
    return web.post(path.format(**found), headers=headers, **more)
