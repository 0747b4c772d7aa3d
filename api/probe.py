"""The live probe of the acceptance check: reads a resource through the exchange as any consumer would.

It takes no side door. A built-in client of the authority signs in at /oauth/token with a secret made for
this one check, reads a page and a record under a grant of minutes (`sharing.grant_for_check`), and leaves
receipts; afterwards secret and grants are revoked. What the department's own grants would show is not tried.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from types import TracebackType
from typing import Any, Self

import httpx
from sqlalchemy.orm import Session
from starlette.types import ASGIApp

from api.house import Exchange
from catalog import clients, departments, grants, resources, sharing
from catalog.acceptance import ProbeResult
from catalog.errors import NotAllowed, NotFound
from catalog.keys import Purpose
from catalog.models import ApiClient
from catalog.roles import Role

CLIENT_ID = "acceptance-probe"
MINUTES = timedelta(minutes=10)


class Prober:
    """Probes one resource after another; use as a context manager, from a thread without an event loop.

    app: the exchange in this process; url: a running one over the same register instead.
    """

    def __init__(self, house: Exchange, app: ASGIApp, url: str = "") -> None:
        self._house, self._app, self._url = house, app, url
        self._token = self._secret = ""
        self._grants: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._secret:
            return
        now = self._house.clock()
        with self._house.transaction() as db:
            for secret in clients.get(db, CLIENT_ID).secrets:
                clients.revoke_secret(db, secret, now=now)
            for grant_id in self._grants:
                sharing.revoke(db, grants.get_grant(db, grant_id), reason="核验结束", by=CLIENT_ID, now=now)

    def probe(self, slug: str) -> ProbeResult:
        """Whether the resource can be read now, and the receipt that proves it."""
        try:
            grant = self._prepare(slug)
        except NotAllowed as error:
            return ProbeResult(False, error.message)
        return asyncio.run(self._read(slug, grant))

    def _prepare(self, slug: str) -> str:
        """A grant for the resource; at the first call a secret, too, which stays whatever becomes of the grant."""
        self._secret = self._secret or self._new_secret()
        now = self._house.clock()
        with self._house.transaction() as db:
            grant = sharing.grant_for_check(
                db,
                resources.get(db, slug),
                department=departments.authority(db),
                mask_key_id=self._house.keys.current(Purpose.MASK).id,
                by=CLIENT_ID,
                now=now,
                until=now + MINUTES,
            )
        self._grants.append(grant.id)
        return grant.id

    def _new_secret(self) -> str:
        now = self._house.clock()
        with self._house.transaction() as db:
            client = _client(db, self._house)
            for old in client.secrets:
                clients.revoke_secret(db, old, now=now)
            return clients.new_secret(db, client, now=now, expires_at=now + MINUTES)

    async def _read(self, slug: str, grant: str) -> ProbeResult:
        transport = None if self._url else httpx.ASGITransport(self._app)
        base = self._url or "http://127.0.0.1"
        async with httpx.AsyncClient(transport=transport, base_url=base, timeout=30) as client:
            try:
                return await self._ask(client, slug, grant)
            except httpx.HTTPError as error:
                return ProbeResult(False, f"无法连接共享交换平台（{type(error).__name__}）")

    async def _ask(self, client: httpx.AsyncClient, slug: str, grant: str) -> ProbeResult:
        if not self._token:
            form = {"grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": self._secret}
            signed_in = await client.post("/oauth/token", data=form)
            if signed_in.status_code != 200:
                return ProbeResult(False, f"登录失败（{signed_in.status_code}）")
            self._token = signed_in.json()["access_token"]
        client.headers["Authorization"] = f"Bearer {self._token}"
        page = await client.get(f"/v1/data/{slug}/records", params={"limit": 1, "grant": grant})
        if page.status_code != 200:
            return _unreadable("分页读取", page)
        records: list[dict[str, Any]] = page.json()["records"]
        if not records:
            return ProbeResult(True, "经接口读取成功，现无可显示的记录", page.headers["X-Receipt-Id"])
        key = records[0]["record_key"]
        one = await client.get(f"/v1/data/{slug}/records/{key}", params={"grant": grant})
        if one.status_code != 200:
            return _unreadable("按记录读取", one)
        return ProbeResult(True, "经接口按页、按记录读取成功", one.headers["X-Receipt-Id"])


def _unreadable(step: str, answer: httpx.Response) -> ProbeResult:
    try:
        told = answer.json()
    except ValueError:
        told = {}
    return ProbeResult(False, f"{step}失败（{answer.status_code} {told.get('code', '')}）", told.get("receipt_id", ""))


def _client(db: Session, house: Exchange) -> ApiClient:
    """The built-in client, made at the first check; it has no secret between checks."""
    try:
        return clients.get(db, CLIENT_ID)
    except NotFound:
        return clients.register(
            db,
            CLIENT_ID,
            department=departments.authority(db),
            name="验收接口实测",
            roles=[Role.CONSUMER],
            now=house.clock(),
        )
