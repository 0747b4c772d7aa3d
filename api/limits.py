"""The size of what a request may carry, where it is read whole; files are streamed and have their own limit."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from catalog.explanations import MOST_EVIDENCE

MAX_BODY = 1 << 16
STREAMED = ("/deliveries",)
# workbooks come several at once and are parsed as they come
MAX_FORM, FORMS = 64 << 20, ("/v1/catalogs", "/registration")
# an entry with all its items in one form
MAX_SHEET, SHEETS = 4 << 20, "/registration/"
# an explanation with its file of evidence
MAX_EXPLANATION, EXPLANATION = MOST_EVIDENCE + MAX_BODY, "/explanation"


class BodyLimit:
    """Middleware that stops reading a body beyond 64 KiB, or a form beyond a larger limit, with a 413."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_read_whole = scope["type"] == "http" and scope["method"] not in ("GET", "HEAD")
        if is_read_whole and not scope["path"].endswith(STREAMED):
            receive = _limited(receive, limit_of(scope["path"]))
        await self._app(scope, receive, send)


def limit_of(path: str) -> int:
    """How many bytes may be sent to a path that is read whole."""
    if path in FORMS:
        return MAX_FORM
    if path.endswith(EXPLANATION):
        return MAX_EXPLANATION
    return MAX_SHEET if path.startswith(SHEETS) else MAX_BODY


def _limited(receive: Receive, limit: int) -> Receive:
    left = limit

    async def take() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise HTTPException(413)
        return message

    return take
