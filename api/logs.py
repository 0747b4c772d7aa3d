"""Access logs as JSON lines: an allow-list of fields, route templates in place of paths.

The same middleware gives each request its id and is the last resort for faults of our own, so that
no message of an exception, which may hold a value, reaches a log or a client.
"""

from __future__ import annotations

import itertools
import re
import secrets
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from pydantic_core import to_json
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import problem

FIELDS = ("at", "request_id", "method", "route", "status", "ms", "client", "receipt", "error", "frames")
_REQUEST_ID = re.compile(rb"[0-9A-Za-z-]{8,64}")
_PROCESS, _COUNT = secrets.token_hex(6), itertools.count()

Write = Callable[[str], object]


class AccessLog:
    """Middleware around the whole app; `write` takes one line."""

    def __init__(self, app: ASGIApp, write: Write) -> None:
        self._app, self._write = app, write

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        request_id = _given_id(scope) or f"{_PROCESS}{next(_COUNT):08x}"
        state = scope.setdefault("state", {})
        state["request_id"] = request_id
        status = 0

        async def tell(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", request_id.encode())]
            await send(message)

        fault: dict[str, Any] = {}
        try:
            await self._app(scope, receive, tell)
        except Exception as error:  # noqa: BLE001 - the last resort: a fault of our own must not say its values
            fault = {"error": type(error).__name__, "frames": _frames(error)}
            if not status:
                await _apologise(request_id)(scope, receive, tell)
        self._write(self._line(scope, state, request_id, status, started, fault))

    def _line(
        self, scope: Scope, state: dict[str, Any], request_id: str, status: int, started: float, fault: dict[str, Any]
    ) -> str:
        route = scope.get("route")
        line = {
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "request_id": request_id,
            "method": scope["method"],
            "route": getattr(route, "path", "-"),
            "status": status,
            "ms": round((time.perf_counter() - started) * 1000, 2),
            "client": state.get("client", ""),
            "receipt": state.get("receipt", ""),
            **fault,
        }
        return to_json(line).decode() + "\n"


def _given_id(scope: Scope) -> str:
    given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
    return given.decode() if _REQUEST_ID.fullmatch(given) else ""


def _frames(error: BaseException) -> list[str]:
    """Where it happened: file, line and function, innermost last."""
    found = traceback.extract_tb(error.__traceback__)[-8:]
    return [f"{'/'.join(frame.filename.rsplit('/', 2)[-2:])}:{frame.lineno} {frame.name}" for frame in found]


def _apologise(request_id: str) -> ASGIApp:
    return problem(
        request_id, 500, "internal", "exchange", "平台内部错误，已记录", "稍后重试；持续出现时把 request_id 告知平台"
    )
