"""The home page of who is signed in: what needs me, by due date, the late first."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session
from starlette.responses import Response

from api import overview
from api.pages import phrases
from api.pages.grid import Column
from api.pages.page import Page
from api.texts import Words
from catalog import glance, todo_kinds, todo_search, todos
from catalog.lists import Asked
from catalog.roles import Action
from catalog.todos import Todo, TodoList

PAGE_SIZE = 100


@dataclass(frozen=True, slots=True)
class Tile:
    """A number on the home page that leads somewhere."""

    value: int | float | None
    text: str
    path: str = ""
    tone: str = ""
    kind: str = "number"


@dataclass(frozen=True, slots=True)
class KindLink:
    """A kind of to-do with its numbers; is_chosen: the list shows it alone."""

    name: str
    count: int
    overdue: int
    path: str
    is_chosen: bool


class Things:
    """The things to do of who is signed in, of one kind or of all, as a list; found: what was read last of it."""

    sorts = ("title", "what")
    filters: tuple[str, ...] = ()

    def __init__(self, page: Page, kind: str) -> None:
        self._page, self._kind = page, kind
        self.found: TodoList

    def cut(self, db: Session, asked: Asked) -> tuple[Sequence[Todo], int]:
        if asked.words or asked.sort.removeprefix("-") in self.sorts:
            return self._searched(db, asked)
        self.found = _found(self._page, self._kind, asked.first, asked.limit)
        return self.found.items, _total(self.found.totals)

    def _searched(self, db: Session, asked: Asked) -> tuple[Sequence[Todo], int]:
        """By words, or in another order than by due date; the figures of the whole list stay as they are."""
        self.found = _found(self._page, self._kind, 0, 1)
        return todo_search.found(
            db,
            self._page.official,
            now=self._page.now,
            zone=self._page.house.settings.zone,
            kind=self._kind,
            words=asked.words,
            named=self._named,
            sort=asked.sort.replace("title", "subject").replace("what", "kind"),
            limit=asked.limit,
            offset=asked.first,
        )

    def _named(self, word: str) -> list[str]:
        """The kinds whose names in the language of the page have a word."""
        words = self._page.words
        return [name for name in todo_kinds.KINDS if word in words(f"todo.{name}").lower()]

    def choices(self, db: Session, names: Collection[str]) -> Mapping[str, Sequence[tuple[Any, int]]]:
        return dict.fromkeys(names, ())


def home(page: Page) -> Response:
    """The to-do list with its figures; one page of it, so that thousands cost no more than a hundred."""
    kind = page.query.get("kind", "")
    kind = kind if kind in todo_kinds.kinds_of(page.official) else ""
    things = Things(page, kind)
    grid = page.cut("todo.list", columns(page), things, page_size=PAGE_SIZE, key=lambda t: f"{t.kind}:{t.id}")
    every = things.found if not kind else _found(page, "", 0, 1)
    bases = overview.bases(page.db) if page.may(Action.RUN, "") else []
    actions = list(dict.fromkeys(action for todo in grid.shown for action in todo.actions))
    facts = {"tiles": tiles(page, every), "kinds": _kinds(every, kind), "bases": bases, "actions": actions}
    return page.table("home.html", grid, **facts)


def _found(page: Page, kind: str, offset: int, limit: int) -> TodoList:
    zone = page.house.settings.zone
    return todos.page(page.db, page.official, now=page.now, zone=zone, kind=kind, offset=offset, limit=limit)


def _total(counts: dict[str, int]) -> int:
    return sum(counts.values())


def columns(page: Page) -> list[Column]:
    fixed: dict[str, Any] = {"is_sortable": False}
    return [
        Column("title", "todo.title", lambda t: phrases.todo(page.words, t), link=lambda t: t.link),
        Column("what", "todo.kind", lambda t: page.words(f"todo.{t.kind}")),
        Column(
            "due",
            "todo.due",
            lambda t: page.last_date(t.due) if t.due else None,
            "day",
            note=lambda t: _note(page, t),
            **fixed,
        ),
        Column("state", "state", lambda t: state(page, t), "status", **fixed),
    ]


def _note(page: Page, todo: Todo) -> str:
    return page.words("provisional") if todo.is_due_provisional else ""


def state(page: Page, todo: Todo) -> str | None:
    """Overdue, due soon, or nothing to say."""
    if todo.is_overdue:
        return "overdue"
    return "soon" if todo.due is not None and todo.due <= page.now + todos.SOON else None


def tiles(page: Page, found: TodoList) -> list[Tile]:
    words = page.words
    overdue, soon = _total(found.overdue), _total(found.soon)
    made = [
        Tile(_total(found.totals), words("tile.todos"), "/"),
        Tile(overdue, words("tile.overdue"), tone="bad" if overdue else "good"),
        Tile(soon, words("tile.soon"), tone="warn" if soon else "good"),
    ]
    unread = page.unread
    made += [Tile(unread, words("tile.notices"), "/notices?show=unread", "warn")] if unread else []
    return made + [_glance(words, each) for each in glance.figures(page.db, page.official, page.now)]


def _glance(words: Words, figure: glance.Figure) -> Tile:
    return Tile(figure.value, words(f"glance.{figure.name}"), figure.path, figure.tone if figure.value else "")


def _kinds(found: TodoList, chosen: str) -> Sequence[KindLink]:
    return [
        KindLink(name, count, found.overdue.get(name, 0), f"/?kind={name}", name == chosen)
        for name, count in found.totals.items()
    ]
