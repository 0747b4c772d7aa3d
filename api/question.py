"""One question to the data routes, from who asks to the receipt of the answer or refusal.

Every answer is written as a durable receipt before it is sent. A refusal leaves a receipt when the client
is known; a call without a token that we issued is nobody's, and stands in the access log alone.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from pydantic_core import to_json
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api.house import Exchange
from catalog import past, roles
from catalog.access import OPEN, Access, Ask
from catalog.errors import Invalid, PlatformError
from catalog.receipts import ANSWERED, REFUSED, Entry
from catalog.roles import Action, Caller
from catalog.view import View


@dataclass(slots=True)
class Question:
    """What is known of a question so far; `caller` and `access` come to be known on the way.

    sent: what was asked in a body that was read already, None for the request's own. release, as_of: of the past,
    what is asked of; horizon: the earliest day that can be. digest: of the question, "" until it is worked out.
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
    release: str | None = None
    as_of: date | None = None
    horizon: date | None = None
    digest: str = ""

    def identify(self, token: str) -> None:
        """Know who asks; raises NotSignedIn, NotAllowed."""
        try:
            caller = self.exchange.access.caller(token, self.now)
        except PlatformError as error:
            self.client = str(error.facts.get("client", ""))
            raise
        self.caller, self.client = caller, caller.client_id
        roles.require(caller, Action.READ_DATA)

    def past(self, release: str | None, as_of: date | None) -> None:
        """Ask a release of the past, by its id or by the day on which it was in force; raises Invalid."""
        if release is not None and as_of is not None:
            raise Invalid("release 和 as_of 只能用一个", remedy="按数据版本编号或按日期查询")
        if as_of is not None and as_of > self.exchange.today:
            raise Invalid("as_of 不能是将来的日期", remedy="写今天或更早的日期")
        self.release, self.as_of = release, as_of

    async def enter(self, mode: str, grant_id: str | None, release_id: str | None = None) -> Access:
        """What the caller's grant opens of the resource; raises NotGranted and the like."""
        assert self.caller is not None
        is_past = release_id is None
        release, day = (self.release, self.as_of) if is_past else (release_id, None)
        return await self._enter(Ask(self.caller.department_id, self.resource, mode, grant_id, release, day))

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
        if self.release or self.as_of:
            self.horizon = await run_in_threadpool(self._horizon, access.unit)
        return access

    def _horizon(self, unit: str) -> date | None:
        with self.exchange.transaction() as db:
            return past.horizon(db, unit, self.exchange.settings.zone)

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
        return Response(body, headers=self.headers(view, receipt) | {"Content-Type": "application/json"})

    def headers(self, view: View, receipt: str) -> dict[str, str]:
        """What every data answer carries; one of the past says how far back it could have been asked."""
        told = {"X-As-Of-Horizon": self.horizon.isoformat()} if self.horizon else {}
        return headers(view, receipt) | told

    async def write(self, view: View, answer: bytes, rows: int, extract: str = "") -> str:
        """A durable receipt of an answer; its id."""
        return await self._keep(await self.entry(view, answer, rows, extract))

    async def entry(self, view: View, answer: bytes, rows: int, extract: str = "") -> Entry:
        """What the receipt of an answer will say; it proves nothing before it is written."""
        assert self.access is not None
        return Entry(
            outcome=ANSWERED,
            grant=view.grant_id,
            grant_version=view.grant_version,
            purpose=self.access.purpose,
            release=view.release_id,
            columns=self.access.columns,
            answer=self.exchange.digests.content(answer),
            rows=rows,
            extract=extract,
            **await self._common(),
        )

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

    async def digested(self) -> str:
        """The digest of the question, worked out once."""
        if not self.digest:
            request = self.request
            asked = f"{request.method}\n{request.scope['path']}\n{request.scope['query_string'].decode('latin-1')}\n"
            body = b"" if request.method == "GET" else self.sent
            question = asked.encode() + (await request.body() if body is None else body)
            self.digest = self.exchange.digests.content(question)
        return self.digest

    async def _common(self) -> dict[str, Any]:
        return {
            "at": self.now,
            "door": self.request.scope["route"].path,
            "client": self.client,
            "department": self.caller.department if self.caller else "",
            "resource": self.resource,
            "as_of": self.as_of.isoformat() if self.as_of else "",
            "question": await self.digested(),
            "references": self.references,
        }

    async def _keep(self, entry: Entry) -> str:
        receipt = await self.exchange.receipts.write(entry)
        self.request.state.receipt = receipt
        return receipt


def headers(view: View, receipt: str) -> dict[str, str]:
    """What every data answer carries."""
    return {"X-Receipt-Id": receipt, "X-Release-Id": view.release_id, "Cache-Control": "no-store"}
