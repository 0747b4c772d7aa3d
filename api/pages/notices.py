"""The inbox of a department: what it was told, unread first, and marking it read."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.pages import phrases
from api.pages.grid import Column
from api.pages.page import Form, OwnPage, Page
from catalog import notices
from catalog.models import Notice
from catalog.notices import READ, UNREAD
from catalog.roles import Action

router = APIRouter(tags=["pages"], include_in_schema=False)


@router.get("/notices")
def inbox(page: OwnPage) -> Response:
    """One page of what the department was told."""
    page.require(Action.READ_NOTICES)
    unread_only = page.query.get("show") == UNREAD
    found = notices.listing(page.official.department_id, unread_only=unread_only)
    grid = page.cut("notice.list", _columns(page), found)
    return page.table("notices.html", grid, unread_only=unread_only, unread=page.unread)


def _columns(page: Page) -> list[Column]:
    def state(notice: Notice) -> str:
        return UNREAD if notice.read_at is None else READ

    def note(notice: Notice) -> str:
        return page.words("provisional") if notice.is_due_provisional else ""

    return [
        Column("text", "notice.text", lambda n: phrases.notice(page.words, n), link=lambda n: f"/notices/{n.id}"),
        Column("sent", "notice.sent", lambda n: n.sent_at, "moment"),
        Column("due", "todo.due", lambda n: n.due, "day", note=note),
        Column("state", "state", state, "status"),
    ]


@router.get("/notices/{notice_id}")
def read_notice(notice_id: str, page: OwnPage) -> Response:
    """One notice, with the way to what it is about and the button that marks it read."""
    found = _own(page, notice_id)
    return page.render(
        "notice.html", notice=found, told=phrases.notice(page.words, found), target=notices.page_of(found)
    )


def _own(page: Page, notice_id: str) -> Notice:
    found = notices.get(page.db, notice_id)
    page.require(Action.READ_NOTICES, found.department_id)
    return found


@router.post("/notices/{notice_id}/reading")
def mark_read(notice_id: str, page: OwnPage, form: Form) -> Response:
    """Mark a notice read and go on to what it is about."""
    found = _own(page, notice_id)
    notices.read(page.db, found, by=page.official.client_id, now=page.now)
    return page.onward(notices.page_of(found) or "/notices")


@router.post("/notices/reading")
def mark_all_read(page: OwnPage, form: Form) -> Response:
    """Mark everything read that the department was told until now."""
    page.require(Action.READ_NOTICES)
    notices.read_all(page.db, page.official.department_id, by=page.official.client_id, now=page.now)
    return page.onward("/notices", done="all_read")
