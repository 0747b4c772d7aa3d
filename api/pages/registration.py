"""Where the entries of a catalog stand, and workbooks handed in: taken whole, or every wrong cell told at once."""

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
from catalog import entry_list
from catalog.entry_list import Entry
from catalog.errors import Invalid, Unreadable, WorkbookRefused
from catalog.roles import Action, require
from catalog.sessions import Visit
from catalog.uploads import Book

router = APIRouter(tags=["pages"], include_in_schema=False)

REASON = "目录工作簿导入"


@router.get("/registration")
def registration(page: OwnPage) -> Response:
    """The department's entries by state and the ways to register; what is not settled of everybody's for a steward."""
    everyone = page.may(Action.PUBLISH, "")
    if not everyone:
        page.require(Action.READ_DRAFTS)
    own = page.official.department_id
    found = entry_list.not_settled() if everyone else entry_list.of_department(own)
    grid = page.cut("registration.list", columns(page, everyone=everyone), found, key=lambda e: e.slug)
    waiting = entry_list.waiting(page.db, None if everyone else own)
    may_register = page.may(Action.REGISTER)
    return page.table(
        "registration.html",
        grid,
        actions=("publish", "return") if everyone else ("submit",) if page.may(Action.SUBMIT) else (),
        may_register=may_register,
        everyone=everyone,
        waiting=waiting,
        department=page.official.department,
    )


def columns(page: Page, *, everyone: bool) -> list[Column]:
    """How entries are listed."""
    words = page.words

    def under_way(entry: Entry) -> str:
        return change(f"{entry.kind}.{entry.revision}") if entry.revision else ""

    def change(value: str) -> str:
        return words(f"revision.{value}")

    def provisional(entry: Entry) -> str:
        return words("provisional") if entry.is_provisional else ""

    found = [
        Column(
            "name",
            "resource.name",
            lambda e: e.name,
            link=lambda e: f"/registration/{e.slug}",
            note=lambda e: e.code or "",
        ),
        Column("provider", "resource.provider", lambda e: e.provider, is_filter=True),
        Column("life", "resource.life", lambda e: e.state, "status", is_filter=True),
        Column("revision", "entry.revision", under_way, choice=change),
        Column("due", "todo.due", lambda e: e.due, "day", note=provisional),
        Column("share", "resource.share", lambda e: e.share_type, "term", is_filter=True),
        Column("cycle", "resource.cycle", lambda e: e.update_cycle, "term", is_filter=True),
        Column("items", "registration.items", lambda e: e.items, "number"),
        Column("version", "grant.version", lambda e: e.version, "number"),
        Column("published", "resource.published", lambda e: e.published_date, "day"),
    ]
    return found if everyone else [column for column in found if column.name != "provider"]


@router.post("/registration")
async def hand_in(request: Request, house: House) -> Response:
    """Enter workbooks whole, or say every fault of each."""
    visit = await run_in_threadpool(visits.for_page, request)
    require(visit.caller, Action.REGISTER)
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise Invalid("没有收到工作簿", remedy="在目录编制页选择 .xlsx 文件后上传")
    async with workbooks.received(request, house) as books:
        form = await request.form()
        visits.check_csrf(request, visit, str(form.get(visits.CSRF_FIELD, "")))
        accepts, reason = form.get("accept_fixes") == "1", str(form.get("reason", "")).strip()[:500]
        return await run_in_threadpool(enter, request, house, visit, books, accepts, reason or REASON)


def enter(
    request: Request, house: House, visit: Visit, books: list[Book], accepts: bool, reason: str = REASON
) -> Response:
    """What became of the books: the page of their uploads, or everything that is wrong with them."""
    try:
        done = workbooks.enter(house, visit.caller, books, accept_fixes=accepts, reason=reason)
    except WorkbookRefused as error:
        return _show(request, house, visit, **error.facts)
    except (Unreadable, Invalid) as error:
        return _show(request, house, visit, unreadable=error)
    ids = "&".join(f"upload={book.upload}" for book in done.books)
    return Page.onward(f"/registration/handed-in?{ids}")


def _show(request: Request, house: House, visit: Visit, **facts: Any) -> Response:
    told = {"faults": [], "fixes": [], "unknown": [], "marked": [], "uploads": [], "fault_count": 0, "fix_count": 0}
    with house.transaction() as db:
        page = Page(request, house, db, visit, Words(language(request)))
        return page.render("handed_in.html", 422, **({"unreadable": None} | told | facts))
