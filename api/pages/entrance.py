"""Signing in and out, and the page that everybody comes in by."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from api import overview
from api.deps import Db, House
from api.pages import desk, session
from api.pages.page import AnyPage, Form, text_of
from catalog.errors import LockedOut, NotSignedIn, PlatformError

router = APIRouter(tags=["pages"], include_in_schema=False)


@router.get("/")
def home(page: AnyPage) -> Response:
    """What waits for who is signed in; for everybody else what there is."""
    if page.caller is not None:
        return desk.home(page)
    return page.render("welcome.html", bases=overview.bases(page.db), totals=overview.totals(page.db))


@router.get("/docs")
def documents(page: AnyPage) -> Response:
    """The calls, out of the OpenAPI document."""
    return page.render("docs.html", calls=overview.calls(page.request.app.openapi()))


@router.get("/sign-in")
def ask_name(page: AnyPage, next: str = "/") -> Response:
    return page.render("sign_in.html", next=local(next), name="", fault=None)


@router.post("/sign-in")
async def sign_in(request: Request, form: Form, page: AnyPage, house: House) -> Response:
    """On to the page that was asked for, or the form again with what was wrong."""
    name, secret, onward = text_of(form, "name", 100), text_of(form, "secret", 200), local(text_of(form, "next"))
    address = request.client.host if request.client else ""
    try:
        opened = await run_in_threadpool(session.sign_in, house, name, secret, address=address)
    except (NotSignedIn, LockedOut) as error:
        return _refused(page, name, onward, error)
    response = RedirectResponse(onward, 303)
    session.keep(response, request, opened)
    return response


def _refused(page: AnyPage, name: str, onward: str, error: PlatformError) -> Response:
    status = 429 if isinstance(error, LockedOut) else 401
    return page.render("sign_in.html", status, next=onward, name=name, fault=error)


@router.post("/sign-out")
async def sign_out(form: Form, db: Db) -> Response:
    response = RedirectResponse("/sign-in", 303)
    session.end(response)
    return response


def local(address: str) -> str:
    """The path of an address of our own, / for any other: nobody is led away by a link."""
    parts = urlsplit(address)
    is_ours = not parts.scheme and not parts.netloc and address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if is_ours else "/"
