"""The page that everybody comes in by, and the calls for programs."""

from __future__ import annotations

from contextlib import suppress

from fastapi import APIRouter, Request
from starlette.responses import Response

from api import overview, visits
from api.pages import desk
from api.pages.page import AnyPage, Page, in_one_turn
from catalog.errors import NotSignedIn

router = APIRouter(tags=["pages"], include_in_schema=False)


@router.get("/")
async def home(request: Request) -> Response:
    """What waits for who is signed in; for everybody else what there is."""
    return await in_one_turn(request, _home)


def _home(page: Page) -> Response:
    if page.caller is not None:
        return desk.home(page)
    with suppress(NotSignedIn):
        visits.current(page.request)
        visits.for_page(page.request)  # signed in, but a password or a department is still to be chosen
    return page.render("welcome.html", bases=overview.bases(page.db), totals=overview.totals(page.db))


@router.get("/docs")
def documents(page: AnyPage) -> Response:
    """The calls, out of the OpenAPI document."""
    return page.render("docs.html", calls=overview.calls(page.request.app.openapi()))
