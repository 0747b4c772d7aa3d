"""One question to the data routes, from who asks to the receipt of the answer or refusal.

Every answer is written as a durable receipt before it is sent. A refusal leaves a receipt when the client
is known; a call without a token that we issued is nobody's, and stands in the access log alone.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic_core import to_json
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api.house import Exchange
from catalog import roles
from catalog.access import OPEN, Access, Ask
from catalog.errors import PlatformError
from catalog.receipts import ANSWERED, REFUSED, Entry
from catalog.roles import Action, Caller
from catalog.view import View


@dataclass(slots=True)
class Question:
    """What is known of a question so far; `caller` and `access` come to be known on the way.

    sent: what was asked in a body that was read already, None for the request's own.
    """

    exchange: Exchange
    request: Request
    now: datetime
    resource: str
    caller: Caller | None = None
    client: str = ""
    access: Access | None = None
    references: tuple[str, ...] = field(default=())
    sent: bytes | None = None

    def identify(self, token: str) -> None:
        """Know who asks; raises NotSignedIn, NotAllowed."""
        try:
            caller = self.exchange.access.caller(token, self.now)
        except PlatformError as error:
            self.client = str(error.facts.get("client", ""))
            raise
        self.caller, self.client = caller, caller.client_id
        roles.require(caller, Action.READ_DATA)

    async def enter(self, mode: str, grant_id: str | None, release_id: str | None = None) -> Access:
        """What the caller's grant opens of the resource; raises NotGranted and the like."""
        assert self.caller is not None
        return await self._enter(Ask(self.caller.department_id, self.resource, mode, grant_id, release_id))

    async def enter_open(self) -> Access:
        """What everybody may read of the resource; raises NotGranted and the like."""
        return await self._enter(Ask("", self.resource, OPEN))

    async def enter_as(self, ask: Ask) -> Access:
        """What the platform itself may look at to answer; leaves no trace in what the question is about."""
        access = self.exchange.access.held(ask, self.now)
        return access if access is not None else await run_in_threadpool(self.exchange.access.find, ask, self.now)

    async def _enter(self, ask: Ask) -> Access:
        access = self.exchange.access.held(ask, self.now)
        if access is None:
            access = await run_in_threadpool(self.exchange.access.find, ask, self.now)
        self.access = access
        return access

    async def connection(self, access: Access) -> sqlite3.Connection:
        """The look-up file of what was opened."""
        lookups = self.exchange.lookups
        held = lookups.held(access)
        return held if held is not None else await run_in_threadpool(lookups.open, access, self.exchange.engine)

    def about(self, records: Sequence[str]) -> None:
        """Say which records the question is about, answered or not."""
        self.references = self.exchange.digests.references(self.resource, records)

    async def answer(self, view: View, content: Any, rows: int) -> Response:
        """The JSON answer, its receipt written first."""
        body = to_json(content)
        receipt = await self.write(view, body, rows)
        return Response(body, headers=headers(view, receipt) | {"Content-Type": "application/json"})

    async def write(self, view: View, answer: bytes, rows: int, extract: str = "") -> str:
        """A durable receipt of an answer; its id."""
        assert self.access is not None
        digests = self.exchange.digests
        entry = Entry(
            outcome=ANSWERED,
            grant=view.grant_id,
            grant_version=view.grant_version,
            purpose=self.access.purpose,
            release=view.release_id,
            columns=self.access.columns,
            answer=digests.content(answer),
            rows=rows,
            extract=extract,
            **await self._common(),
        )
        return await self._keep(entry)

    async def refuse(self, error: PlatformError) -> str:
        """A durable receipt of a refusal; "" when nobody known asked."""
        if not self.client:
            return ""
        view = self.access.view if self.access else None
        entry = Entry(
            outcome=REFUSED,
            error=error.code,
            grant=view.grant_id if view else "",
            grant_version=view.grant_version if view else 0,
            release=view.release_id if view else "",
            **await self._common(),
        )
        return await self._keep(entry)

    async def _common(self) -> dict[str, Any]:
        request = self.request
        asked = f"{request.method}\n{request.scope['path']}\n{request.scope['query_string'].decode('latin-1')}\n"
        body = b"" if request.method == "GET" else self.sent
        question = asked.encode() + (await request.body() if body is None else body)
        return {
            "at": self.now,
            "door": request.scope["route"].path,
            "client": self.client,
            "department": self.caller.department if self.caller else "",
            "resource": self.resource,
            "question": self.exchange.digests.content(question),
            "references": self.references,
        }

    async def _keep(self, entry: Entry) -> str:
        receipt = await self.exchange.receipts.write(entry)
        self.request.state.receipt = receipt
        return receipt


def headers(view: View, receipt: str) -> dict[str, str]:
    """What every data answer carries."""
    return {"X-Receipt-Id": receipt, "X-Release-Id": view.release_id, "Cache-Control": "no-store"}
