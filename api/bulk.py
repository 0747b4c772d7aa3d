"""Extracts: made once per grant version, release and horizon of what may be shown, then served as a file."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, Response
from starlette.types import Message, Receive, Scope, Send

from api.house import Exchange
from api.lookups import alone
from api.question import Question
from basedb import read
from basedb.manifest import file_digest
from catalog import extracts, releases, resources, verdicts
from catalog.access import Access, Ask
from catalog.errors import PlatformError
from catalog.grants import BULK
from catalog.models import Extract
from catalog.reads import extract_file

MEDIA_TYPE = "application/vnd.apache.parquet"


class _Over(Exception):
    """The grant ended while its file was being sent."""


Still = Callable[[], Awaitable[bool]]


class GuardedFile(FileResponse):
    """Sent in pieces that keep the disk and the network busy, each only while the grant lives.

    still: whether it does. When it does not, the connection breaks off short of the length that was told, so that
    no client takes what it has for the whole.
    """

    chunk_size = 1 << 20

    def __init__(self, path: Path, still: Still, **more: Any) -> None:
        super().__init__(path, **more)
        self._still = still

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message.get("body") and not await self._still():
                raise _Over
            await send(message)

        with suppress(_Over):
            await super().__call__(scope, receive, guarded)


async def extract(asked: Question, grant_id: str | None, *, is_placed: bool = False) -> Response:
    """The extract's file, after the receipt that names it. is_placed: as GeoParquet."""
    access = await asked.enter(BULK, grant_id)
    found, verdict = await run_in_threadpool(_made_and_judged, asked.exchange, access)
    path, digest, rows = extract_file(asked.exchange.store, found.id), found.sha256, found.rows
    if is_placed:
        path = await run_in_threadpool(placed, asked.exchange, found)
        digest = await run_in_threadpool(file_digest, path)
        rows = await run_in_threadpool(read.rows_of, path, asked.exchange.engine)
    told = json.dumps({"extract": found.id, "sha256": digest}).encode()
    receipt = await asked.write(access.view, told, rows, found.id)
    facts = {"ETag": f'"{digest}"', "X-Rows": str(rows), "X-Content-SHA256": digest, **verdict}
    facts["Link"] = '<extract.json>; rel="describedby"'

    async def still() -> bool:
        return await _is_open(asked, access, grant_id)

    return GuardedFile(path, still, headers={**asked.headers(access.view, receipt), **facts}, media_type=MEDIA_TYPE)


async def _is_open(asked: Question, access: Access, grant_id: str | None) -> bool:
    """Whether the caller would be let in to the same version of the same grant now."""
    assert asked.caller is not None
    ask = Ask(asked.caller.department_id, asked.resource, BULK, grant_id or access.view.grant_id)
    house = asked.exchange
    try:
        now = house.access.held(ask, house.clock())
        if now is None:
            now = await run_in_threadpool(house.access.find, ask, house.clock())
    except PlatformError:
        return False
    return now.view.grant_version == access.view.grant_version


def _made_and_judged(house: Exchange, access: Access) -> tuple[Extract, dict[str, str]]:
    return made(house, access), _verdict(house, access)


def _verdict(house: Exchange, access: Access) -> dict[str, str]:
    """The verdict that the data carry, as headers beside the file."""
    with house.transaction() as db:
        resource = resources.get(db, access.view.resource)
        release = releases.get(db, access.unit, access.view.release_id)
        found = verdicts.standing(db, resource, release, house.today)
    if found is None:
        return {}
    share = {} if found.share is None else {"X-Quality-Share": f"{found.share:.6f}"}
    return {"X-Quality-Verdict": found.verdict.value, "X-Quality-Excepted": str(found.excepted), **share}


def placed(house: Exchange, found: Extract) -> Path:
    """The extract as GeoParquet; two readers who come at once make it once. NotGranted when it shows no place."""
    path = extracts.placed_file(house.store, found.id)
    with alone(house.engine.temp / f"extract-{found.id[:16]}.lock"):
        if not path.exists():
            read.as_geoparquet(extract_file(house.store, found.id), path, house.engine)
    return path


def made(house: Exchange, access: Access) -> Extract:
    """The extract of a view; two readers who come at once make it once."""
    name = extracts.extract_id(access.view)
    with alone(house.engine.temp / f"extract-{name[:16]}.lock"), house.transaction() as db:
        found = extracts.find(db, house.store, name)
        if found is None:
            path = extract_file(house.store, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            made = read.extract(access.view, path, house.engine)
            found = extracts.record(
                db,
                access.view,
                unit=access.unit,
                name=name,
                sha256=made.sha256,
                rows=made.rows,
                size=made.size,
                now=house.clock(),
            )
        return found
