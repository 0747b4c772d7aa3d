"""Extracts: made once per grant version, release and horizon of what may be shown, then served as a file."""

from __future__ import annotations

import json

from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, Response

from api.house import Exchange
from api.lookups import alone
from api.question import Question, headers
from basedb import read
from catalog import extracts
from catalog.access import Access
from catalog.grants import BULK
from catalog.models import Extract
from catalog.reads import extract_file

MEDIA_TYPE = "application/vnd.apache.parquet"


class LargeFile(FileResponse):
    """Sent in pieces that keep the disk and the network busy."""

    chunk_size = 1 << 20


async def extract(asked: Question, grant_id: str | None) -> Response:
    """The extract's file, after the receipt that names it."""
    access = await asked.enter(BULK, grant_id)
    found = await run_in_threadpool(_made, asked.exchange, access)
    told = json.dumps({"extract": found.id, "sha256": found.sha256}).encode()
    receipt = await asked.write(access.view, told, found.rows, found.id)
    facts = {"ETag": f'"{found.sha256}"', "X-Rows": str(found.rows), "X-Content-SHA256": found.sha256}
    path = extract_file(asked.exchange.store, found.id)
    return LargeFile(path, headers={**headers(access.view, receipt), **facts}, media_type=MEDIA_TYPE)


def _made(house: Exchange, access: Access) -> Extract:
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
