"""Registering a catalog: a workbook handed in, every wrong cell told at once, publication by the authority."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api import visits, workbooks
from api.deps import House
from api.pages.grid import Column
from api.pages.page import OwnPage, Page, language
from api.texts import Words
from catalog import overviews
from catalog.errors import WorkbookRefused
from catalog.overviews import Kept
from catalog.roles import Action, require
from catalog.sessions import Visit
from catalog.uploads import Book
from catalog.vocab import ResourceState

router = APIRouter(tags=["pages"], include_in_schema=False)


@router.get("/registration")
def registration(page: OwnPage) -> Response:
    """Where the department's entries stand, and the way to hand in a workbook; everybody's for a steward."""
    everyone = page.may(Action.PUBLISH, "")
    if not everyone:
        page.require(Action.REGISTER)
    found = overviews.kept(page.db, None if everyone else page.official.department_id)
    grid = page.grid("registration.list", _columns(everyone=everyone), found, key=lambda k: k.resource.slug)
    actions = ("publish",) if everyone else ()
    waiting = sum(k.resource.state is not ResourceState.PUBLISHED for k in found)
    may_upload = page.may(Action.REGISTER)
    return page.table("registration.html", grid, actions=actions, may_upload=may_upload, waiting=waiting)


def _columns(*, everyone: bool) -> list[Column]:
    def path(kept: Kept) -> str:
        is_shown = kept.resource.state in (ResourceState.PUBLISHED, ResourceState.PLANNED)
        return f"/catalog/{kept.resource.slug}" if is_shown else ""

    found = [
        Column("name", "resource.name", lambda k: k.resource.name, link=path, note=lambda k: k.resource.code or ""),
        Column("provider", "resource.provider", lambda k: k.resource.provider.name, is_filter=True),
        Column("life", "resource.life", lambda k: k.resource.state, "status", is_filter=True),
        Column("share", "resource.share", lambda k: k.resource.share_type, "term", is_filter=True),
        Column("cycle", "resource.cycle", lambda k: k.resource.update_cycle, "term", is_filter=True),
        Column("items", "registration.items", lambda k: len(k.resource.items), "number"),
        Column("version", "grant.version", lambda k: k.resource.version, "number"),
        Column("published", "resource.published", lambda k: k.resource.published_date, "day"),
    ]
    return found if everyone else [column for column in found if column.name != "provider"]


@router.post("/registration")
async def hand_in(request: Request, house: House) -> Response:
    """Enter workbooks whole, or say every fault of each."""
    visit = await run_in_threadpool(visits.for_page, request)
    require(visit.caller, Action.REGISTER)
    async with workbooks.received(request, house) as books:
        form = await request.form()
        visits.check_csrf(request, visit, str(form.get(visits.CSRF_FIELD, "")))
        return await run_in_threadpool(_enter, request, house, visit, books)


def _enter(request: Request, house: House, visit: Visit, books: list[Book]) -> Response:
    try:
        entered = workbooks.enter(house, visit.caller, books, accept_fixes=False, reason="目录工作簿导入")
    except WorkbookRefused as error:
        return _show(request, house, visit, 422, faults=error.facts["faults"], entered=None)
    return _show(request, house, visit, 200, faults=[], entered=entered)


def _show(request: Request, house: House, visit: Visit, status: int, **facts: Any) -> Response:
    with house.transaction() as db:
        return Page(request, house, db, visit, Words(language(request))).render("handed_in.html", status, **facts)
