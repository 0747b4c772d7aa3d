"""Around every page: headers that let nothing in from elsewhere, and errors as pages that say the way out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import visits
from api.pages.page import any_page
from api.problems import status_of
from catalog.errors import NotSignedIn, PlatformError

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}
_MACHINES = ("/v1/", "/oauth/", "/healthz", "/readyz", "/openapi.json")

Handler = Callable[[Request, Exception], Awaitable[Response]]


def is_page(path: str) -> bool:
    """Whether a person looks at what this path answers."""
    return not path.startswith(_MACHINES)


class Shell:
    """Middleware: headers on every page, and a page instead of JSON for a fault of our own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not is_page(scope["path"]):
            await self._app(scope, receive, send)
            return
        started = False

        async def tell(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message["headers"] = [*message["headers"], *_headers(scope, message)]
            await send(message)

        try:
            await self._app(scope, receive, tell)
        except Exception:
            if not started:
                await _fault(scope, receive, tell)
            raise  # the access log outside of us says what it was


def _headers(scope: Scope, message: Message) -> list[tuple[bytes, bytes]]:
    given = {name for name, _ in message["headers"]}
    wanted = dict(HEADERS)
    if not scope["path"].startswith("/static/"):
        wanted["cache-control"] = "no-store"
    return [(n.encode(), v.encode()) for n, v in wanted.items() if n.encode() not in given]


async def _fault(scope: Scope, receive: Receive, send: Send) -> None:
    request = Request(scope, receive)
    facts: dict[str, object] = {"message": "", "remedy": "", "code": "internal"}
    await _page(request, 500, facts)(scope, receive, send)


def install(app: FastAPI) -> None:
    """Let errors leave as pages where a person asked; everything else as before."""
    for kind in (PlatformError, RequestValidationError, HTTPException):
        before = app.exception_handlers[kind]
        app.add_exception_handler(kind, _handler(before))  # type: ignore[arg-type]


def _handler(before: Handler) -> Handler:
    async def handle(request: Request, error: Exception) -> Response:
        if not is_page(request.url.path):
            return await before(request, error)
        if isinstance(error, NotSignedIn) and request.method == "GET":
            return RedirectResponse(visits.with_next("/signin", visits.asked_for(request)), 303)
        return _page(request, *_told(error))

    return handle


def _told(error: Exception) -> tuple[int, dict[str, object]]:
    if isinstance(error, PlatformError):
        return status_of(error), {"message": error.message, "remedy": error.remedy, "code": error.code}
    status = error.status_code if isinstance(error, HTTPException) else 400
    return status, {"message": "", "remedy": "", "code": "invalid"}


def _page(request: Request, status: int, facts: dict[str, object]) -> Response:
    house = request.app.state.exchange
    with house.transaction() as db:
        page = any_page(request, db)
        title = page.words.known(f"problem.{status}", page.words("problem.500"))
        request_id = getattr(request.state, "request_id", "")
        return page.render("problem.html", status, title=title, request_id=request_id, status_code=status, **facts)
