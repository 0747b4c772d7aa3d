"""The home page of who is signed in: what needs me today, by due date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from starlette.responses import Response

from api import overview
from api.pages.grid import Column
from api.pages.page import Page
from catalog import desk
from catalog.desk import Todo
from catalog.roles import Action

SOON = timedelta(days=3)
_PATHS = {
    "answer": "/requests/{}",
    "deliver": "/my/resources/{}",
    "remind": "/catalog/{}",
    "mend": "/deliveries/{}",
    "confirm": "/deliveries/{}",
    "accept": "/projects/{}",
}


@dataclass(frozen=True, slots=True)
class Tile:
    """A number on the home page that leads somewhere."""

    value: int | float | None
    text: str
    path: str = ""
    tone: str = ""
    kind: str = "number"


def home(page: Page) -> Response:
    """The to-do list with its figures."""
    caller = page.official
    found = desk.todos(page.db, caller, today=page.today, zone=page.house.settings.zone)
    grid = page.grid("todo.list", columns(page), found)
    bases = overview.bases(page.db) if page.may(Action.RUN, "") else []
    return page.table("home.html", grid, tiles=tiles(page, found), bases=bases)


def columns(page: Page) -> list[Column]:
    words = page.words
    return [
        Column("kind", "todo.kind", lambda t: words(f"todo.{t.kind}"), is_filter=True),
        Column("title", "todo.title", lambda t: t.title, link=lambda t: _PATHS[t.kind].format(t.subject)),
        Column("department", "department", lambda t: t.department, is_filter=True),
        Column("since", "todo.since", lambda t: t.since, "day"),
        Column("due", "todo.due", lambda t: t.due, "day", note=lambda t: _note(page, t)),
        Column("state", "state", lambda t: state(page, t), "status", is_sortable=False),
    ]


def _note(page: Page, todo: Todo) -> str:
    return page.words("provisional") if todo.is_provisional else ""


def state(page: Page, todo: Todo) -> str | None:
    """Overdue, due soon, or nothing to say."""
    if todo.due is None:
        return None
    if todo.is_overdue(page.today):
        return "overdue"
    return "soon" if todo.due <= page.today + SOON else None


def tiles(page: Page, found: Sequence[Todo]) -> list[Tile]:
    words = page.words
    overdue = sum(t.is_overdue(page.today) for t in found)
    soon = sum(state(page, t) == "soon" for t in found)
    made = [
        Tile(len(found), words("tile.todos")),
        Tile(overdue, words("tile.overdue"), tone="bad" if overdue else "good"),
        Tile(soon, words("tile.soon"), tone="warn" if soon else "good"),
    ]
    counts = {kind: sum(t.kind == kind for t in found) for kind in ("confirm", "remind", "mend", "answer")}
    paths = {"confirm": "/held", "remind": "/late", "mend": "/deliveries?state=returned", "answer": "/requests"}
    return made + [Tile(n, words(f"tile.{kind}"), paths[kind], "warn") for kind, n in counts.items() if n]
