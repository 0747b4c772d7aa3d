"""Workbooks that were handed in: what each changed, what was wrong, fixes accepted at once."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api import visits
from api.deps import House
from api.pages import registration
from api.pages.grid import Column
from api.pages.page import Form, OwnPage, Page
from catalog import uploads
from catalog.models import CatalogUpload
from catalog.roles import Action, require

router = APIRouter(tags=["pages"], include_in_schema=False)

MOST = 50


@router.get("/registration/handed-in")
def handed_in(page: OwnPage) -> Response:
    """What the workbooks of one upload did; without one, the newest uploads of the department."""
    page.require(Action.READ_DRAFTS)
    ids = page.request.query_params.getlist("upload")[:MOST]
    if not ids:
        found = uploads.of_department(page.db, page.official.department_id)
        return page.table("uploads.html", page.grid("uploads.list", _columns(page), found))
    chosen = [_get(page, each) for each in ids]
    return page.render("entered.html", uploads=chosen, changed=sum(len(each.changed) for each in chosen))


def _get(page: Page, upload_id: str) -> CatalogUpload:
    found = uploads.get(page.db, upload_id)
    page.require(Action.READ_DRAFTS, found.department_id)
    return found


def _columns(page: Page) -> list[Column]:
    def outcome(upload: CatalogUpload) -> str:
        same = upload.outcome == uploads.ENTERED and not upload.changed
        return page.words("upload.unchanged" if same else f"upload.{upload.outcome}")

    return [
        Column("file", "delivery.file", lambda u: u.filename, link=lambda u: f"/registration/handed-in?upload={u.id}"),
        Column("at", "upload.at", lambda u: u.at, "moment"),
        Column("by", "upload.by", lambda u: u.by),
        Column("outcome", "batch.outcome", outcome, is_filter=True),
        Column("changed", "upload.changed", lambda u: len(u.changed), "number"),
        Column("faults", "registration.faults", lambda u: len(u.faults), "number"),
        Column("fixes", "upload.fixes", lambda u: len(u.fixes), "number"),
    ]


@router.post("/registration/handed-in")
async def accept(request: Request, house: House, form: Form) -> Response:
    """Take every fix that was proposed for the workbooks of an upload, and enter them."""
    visit = await run_in_threadpool(visits.for_page, request)
    require(visit.caller, Action.REGISTER)
    ids = [value for value in form.getlist("upload") if isinstance(value, str)][:MOST]

    def work() -> Response:
        with house.transaction() as db:
            books = uploads.waiting(db, house.store, ids, visit.caller.department_id)
        done = registration.enter(request, house, visit, books, accepts=True)
        if done.status_code == 303:
            for book in books:
                book.path.unlink(missing_ok=True)
        return done

    return await run_in_threadpool(work)
