"""One visit of one page: who looks, in which language, at what time; what every page module works with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache, cached_property
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Depends, Request
from markupsafe import Markup
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api import finding, visits
from api.deps import Db
from api.house import Exchange
from api.pages import excel, foreign, formats, navigation, phrases, templates, tones
from api.pages.cells import Lines, badge
from api.pages.cut import CutGrid
from api.pages.grid import Column, Grid, plain
from api.texts import LANGUAGES, Language, Words
from catalog import admin_log, notices, people
from catalog.errors import Invalid, NotSignedIn
from catalog.lists import Source
from catalog.models import new_id
from catalog.roles import Action, Caller, may, require
from catalog.sessions import Visit
from catalog.vocab import Term

LANGUAGE_COOKIE = "lang"


@dataclass
class Page:
    """What a page knows of its visit. db: the register; visit: None while nobody is signed in and ready to act."""

    request: Request
    house: Exchange
    db: Session
    visit: Visit | None
    words: Words
    _names: dict[str, str] = field(default_factory=dict)

    @cached_property
    def caller(self) -> Caller | None:
        return self.visit.caller if self.visit else None

    @property
    def lang(self) -> Language:
        return self.words.lang

    @cached_property
    def now(self) -> datetime:
        """The moment of the visit: all that the page says is of the same one."""
        return self.house.clock()

    @cached_property
    def today(self) -> date:
        return self.now.astimezone(self.house.settings.zone).date()

    @property
    def official(self) -> Caller:
        """Who is signed in; raises NotSignedIn."""
        if self.caller is None:
            raise NotSignedIn("请先登录", remedy="登录后会回到这一页")
        return self.caller

    @cached_property
    def unread(self) -> int:
        """How many notices wait for the caller's department."""
        if self.caller is None or not self.may(Action.READ_NOTICES):
            return 0
        return notices.unread(self.db, self.caller.department_id)

    def last_day(self, term: datetime) -> str:
        """The last day in time, as people read it."""
        return formats.day(self.last_date(term))

    def last_date(self, term: datetime) -> date:
        """The last day in time, of a term that ends at the midnight after it."""
        return (term - timedelta(microseconds=1)).astimezone(self.house.settings.zone).date()

    @cached_property
    def path(self) -> str:
        return self.request.url.path

    @cached_property
    def query(self) -> Mapping[str, str]:
        return {name: value for name, value in self.request.query_params.items() if name != "lang"}

    def may(self, action: Action, department_id: str | None = None) -> bool:
        return self.caller is not None and may(self.caller, action, department_id)

    def require(self, action: Action, *department_ids: str) -> None:
        require(self.official, action, *department_ids)

    def grid(self, name: str, columns: list[Column], rows: Any, **more: Any) -> Grid:
        """A data table of this page, as its address asks for it."""
        return Grid(name, columns, rows, self.path, self.query, **more)

    def cut(self, name: str, columns: list[Column], source: Source[Any], **more: Any) -> Grid:
        """A data table whose rows the register finds, sorts and cuts."""
        return CutGrid(name, columns, source, self.db, self.path, self.query, **more)

    def table(self, template: str, grid: Grid, **facts: Any) -> Response:
        """The page around its main list, or the list as a workbook when the address asks for one."""
        if self.query.get("format") == "xlsx":
            return self.export(grid)
        return self.render(template, grid=grid, **facts)

    def export(self, grid: Grid) -> Response:
        """The rows that a list found, all pages of them, as a workbook."""
        headings = [self.heading(column) for column in grid.columns]
        kinds = [column.kind for column in grid.columns]
        rows = plain(grid.exported, grid.columns)
        return excel.workbook(self.words(grid.name), headings, kinds, rows, self.words, self.house.settings.zone)

    def heading(self, column: Column) -> str:
        unit = self.words("list.within", text=self.words(column.unit)) if column.unit else ""
        return self.words(column.title) + unit

    def lines(self, grid: Grid, is_picked: bool) -> Markup:
        """The rows of a table; is_picked: each with a box to tick."""
        return Lines(grid.columns, self.words, self.shown).rows(grid, self.words("batch.pick") if is_picked else "")

    def badge(self, value: Any, text: str = "") -> Markup:
        """A state, or another of few values, as a word with its colour; text: the word, by default as it is shown."""
        return badge(value, text or self.shown(value))

    def term(self, term: Term) -> str:
        """A value of an enumeration as people call it."""
        return _term(self.lang, type(term), term)

    def shown(self, value: Any, kind: str = "text") -> str:
        return formats.shown(value, kind, self.words, self.house.settings.zone)

    def error_kind(self, code: str, message: str = "") -> str:
        """A sentence by the code of an error; "" where its message is read."""
        return phrases.error(self.words, code, message)

    def said(self, text: str) -> str:
        """A kept text, in the language of the page where the platform wrote it."""
        return phrases.said(self.words, text)

    def actor(self, by: str) -> str:
        """Who acted, as people call him: an official by name, a client by its id."""
        if by == admin_log.COMMAND_LINE:
            return self.words("by.command_line")
        if by not in self._names:
            login = by.removeprefix("official:")
            found = people.find(self.db, login) if login != by else None
            self._names[by] = found.name if found else login
        return self._names[by]

    def render(self, template: str, status: int = 200, **facts: Any) -> Response:
        """The page as HTML; a `lang` in the address is remembered."""
        html = templates.template(template, self.lang).render(self._facts() | facts)
        response = HTMLResponse(html if self.lang == "zh" else foreign.marked(html), status)
        if self.request.query_params.get("lang") in LANGUAGES:
            response.set_cookie(LANGUAGE_COOKIE, self.lang, max_age=31_536_000, samesite="lax", httponly=True)
        return response

    @staticmethod
    def onward(path: str, done: str = "") -> Response:
        """On to another page, which says what was done (a key of a text)."""
        mark = f"{'&' if '?' in path else '?'}{urlencode({'done': done})}" if done else ""
        return RedirectResponse(path + mark, 303)

    def other_language(self) -> str:
        """This page in the other language."""
        other = LANGUAGES[1 - LANGUAGES.index(self.lang)]
        return f"{self.path}?{urlencode({**self.query, 'lang': other})}"

    def _facts(self) -> dict[str, Any]:
        return {
            "page": self,
            "t": self.words,
            "lang": self.lang,
            "show": self.shown,
            "tone": tones.tone,
            "menu": navigation.lines(self.words, self.caller, self.path),
            "caller": self.caller,
            "visit": self.visit,
            "form_id": new_id,
            "done": _done(self.words, self.query.get("done", "")),
        }


@cache
def _term(lang: Language, kind: type[Term], term: Term) -> str:
    """kind: terms of two enumerations with one value are equal."""
    return Words(lang).term(term)


def _done(words: Words, key: str) -> str:
    """What was just done, when the address names one of our texts for it."""
    return words.known(f"done.{key}") if key else ""


def language(request: Request) -> Language:
    """By the address, then by what was chosen before; Chinese first."""
    wanted = request.query_params.get("lang") or request.cookies.get(LANGUAGE_COOKIE)
    return "en" if wanted == "en" else "zh"


def any_page(request: Request, db: Db) -> Page:
    house: Exchange = request.app.state.exchange
    return Page(request, house, db, visits.ready(request, db), Words(language(request)))


async def in_one_turn(request: Request, work: Callable[[Page], Response]) -> Response:
    """A page that many open at once: one thread makes all of it, for each change of threads costs.

    Workbooks take long, and let pages pass.
    """
    if request.query_params.keys() & {"export", "format"}:
        return await run_in_threadpool(_made, request, work)
    return await finding.in_turn(lambda: _made(request, work))


def _made(request: Request, work: Callable[[Page], Response]) -> Response:
    house: Exchange = request.app.state.exchange
    with house.transaction() as db:
        return work(any_page(request, db))


def own_page(request: Request, page: Annotated[Page, Depends(any_page)]) -> Page:
    """Only for who is signed in: anybody else is sent there first."""
    visits.for_page(request)
    return page


async def sent_form(request: Request) -> FormData:
    """What a form of this session sent; raises NotAllowed for any other."""
    return await _checked(request, 1000)


async def sent_sheet(request: Request) -> FormData:
    """The same for a form of very many fields."""
    return await _checked(request, 20_000)


async def _checked(request: Request, max_fields: int) -> FormData:
    form = await request.form(max_fields=max_fields)
    visit = await run_in_threadpool(visits.for_page, request)
    visits.check_csrf(request, visit, text_of(form, visits.CSRF_FIELD))
    return form


def text_of(form: FormData, name: str, limit: int = 2000) -> str:
    """A field's text without blanks around it; raises Invalid beyond the limit."""
    value = form.get(name)
    # browsers count a line break as one character and send two
    text = value.replace("\r\n", "\n").strip() if isinstance(value, str) else ""
    if len(text) > limit:
        raise Invalid(f"「{name}」过长", remedy=f"不超过 {limit} 字", field=name, limit=limit)
    return text


AnyPage = Annotated[Page, Depends(any_page)]
OwnPage = Annotated[Page, Depends(own_page)]
Form = Annotated[FormData, Depends(sent_form)]
SheetForm = Annotated[FormData, Depends(sent_sheet)]
