"""Officials behind requests: their session, and where a browser is sent that has none."""

from __future__ import annotations

from contextlib import nullcontext
from urllib.parse import quote, urlencode, urlsplit

from fastapi import FastAPI
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api import cookies
from api.house import Exchange
from catalog import sessions
from catalog.errors import NotAllowed, NotSignedIn
from catalog.roles import Caller
from catalog.sessions import Visit

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
CSRF_HEADER, CSRF_FIELD = "x-csrf-token", "csrf"
MAX_NEXT = 2000


class Elsewhere(Exception):
    """The browser must go somewhere first, and may come back to `next` after it."""

    def __init__(self, path: str, next_path: str) -> None:
        super().__init__(path)
        self.location = with_next(path, next_path)


def install(app: FastAPI) -> None:
    """Have pages that ask for a sign-in send the browser there."""

    async def redirect(_: Request, error: Exception) -> Response:
        assert isinstance(error, Elsewhere)
        return RedirectResponse(error.location, 303, headers={"Cache-Control": "no-store"})

    app.add_exception_handler(Elsewhere, redirect)


def current(request: Request, db: Session | None = None) -> Visit:
    """Whose session the cookie opens; raises NotSignedIn. Reads the register, so call it from a thread.

    db: an open transaction to read in.
    """
    held: Visit | None = getattr(request.state, "visit", None)
    return held if held is not None else _read(request, db)


def ready(request: Request, db: Session | None = None) -> Visit | None:
    """Who is signed in and ready to act, None when nobody is. Reads the register, so call it from a thread."""
    try:
        found = current(request, db)
    except NotSignedIn:
        return None
    return found if found.desk is not None and not found.must_change_password else None


def _read(request: Request, db: Session | None) -> Visit:
    house: Exchange = request.app.state.exchange
    token = cookies.read(request, cookies.SESSION)
    if not token:
        raise NotSignedIn("尚未登录", remedy="在 /signin 登录")
    with nullcontext(db) if db is not None else house.transaction() as reading:
        found = sessions.visit(reading, token, house.uses, now=house.clock(), today=house.today, idle=house.idle)
    request.state.client, request.state.visit = f"official:{found.login}", found
    return found


def for_api(request: Request) -> Caller:
    """The official behind a call that a page of ours makes; raises NotSignedIn, NotAllowed without its token."""
    found = current(request)
    if request.method not in SAFE_METHODS:
        check_csrf(request, found, request.headers.get(CSRF_HEADER, ""))
    if found.must_change_password:
        raise NotAllowed("首次登录须先修改口令", remedy="在 /password 修改口令")
    return found.caller


def for_page(request: Request) -> Visit:
    """The official behind a page, with a password of his own and a department chosen; else Elsewhere."""
    found = visitor(request)
    if found.must_change_password:
        raise Elsewhere("/password", asked_for(request))
    if found.desk is None:
        raise Elsewhere("/department", asked_for(request))
    return found


def visitor(request: Request) -> Visit:
    """Whoever is signed in, even if something is still to be done first; else Elsewhere."""
    try:
        return current(request)
    except NotSignedIn as error:
        raise Elsewhere("/signin", asked_for(request)) from error


def check_csrf(request: Request, found: Visit, sent: str) -> None:
    """Raise NotAllowed for a change that no page of this session asked for."""
    if request.headers.get("sec-fetch-site") == "cross-site":
        raise NotAllowed("请求来自其他网站", remedy="从本平台页面操作")
    sessions.require_csrf(found, sent)


def asked_for(request: Request) -> str:
    """Where to come back to: the page that was asked for, the front page after a form."""
    if request.method not in SAFE_METHODS:
        return "/"
    query = request.url.query
    return safe_next(request.url.path + (f"?{query}" if query else ""))


def safe_next(path: str) -> str:
    """The path when it stays on this site and is no part of the sign-in itself, else the front page.

    Browsers read a backslash as a slash and leave out tabs and line ends, so none of these may occur.
    """
    is_plain = len(path) <= MAX_NEXT and all(" " < c != "\\" and c != "\x7f" for c in path)
    if not is_plain or not path.startswith("/") or path.startswith("//"):
        return "/"
    try:
        parts = urlsplit(path)
    except ValueError:
        return "/"
    if parts.scheme or parts.netloc or parts.path.split("/")[1] in ("signin", "signout", "password", "department"):
        return "/"
    return quote(path, safe="/?&=%#:;,+@!$'()*~[]")


def with_next(path: str, next_path: str) -> str:
    """The path, told where to go afterwards unless that is the front page."""
    return path if next_path == "/" else f"{path}?{urlencode({'next': next_path})}"
