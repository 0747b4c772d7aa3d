"""Open data for everybody: the open items of the release in force as a file, each download with its receipt.

Nobody signs in here, so what is refused leaves no receipt: it is nobody's, and stands in the access log alone.
"""

from __future__ import annotations

import json
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api import bulk
from api.house import Exchange
from api.lookups import alone
from api.question import Question
from basedb import read
from catalog import extracts
from catalog.access import OPEN, Access, Ask
from catalog.errors import PlatformError
from catalog.models import Extract
from catalog.reads import extract_file

# no client can be called so: their ids have no colon
EVERYBODY = "public:everybody"
CSV, PARQUET, GEOPARQUET = "csv", "parquet", "geoparquet"
MEDIA_TYPES = {CSV: "text/csv; charset=utf-8", PARQUET: bulk.MEDIA_TYPE, GEOPARQUET: bulk.MEDIA_TYPE}


async def download(house: Exchange, request: Request, slug: str, form: str) -> Response:
    """The file, after a receipt that names its extract; 304 without one when the reader has it already."""
    asked = Question(house, request, house.clock(), slug, client=EVERYBODY)
    request.state.client = EVERYBODY
    access = await asked.enter_open()
    found = await run_in_threadpool(bulk.made, house, access)
    facts = _facts(access, found, form)
    if _is_known(request, facts["ETag"], found.made_at):
        return Response(status_code=304, headers=facts)
    path = await run_in_threadpool(_file, house, found, form)
    rows = await run_in_threadpool(read.rows_of, path, house.engine) if form == GEOPARQUET else found.rows
    told = json.dumps({"extract": found.id, "sha256": found.sha256, "form": form}).encode()
    receipt = await asked.write(access.view, told, rows, found.id)
    name = f"attachment; filename*=UTF-8''{quote(slug)}-{found.release_id}.{form}"
    headers = {**facts, "X-Rows": str(rows), "X-Receipt-Id": receipt, "Content-Disposition": name}
    return bulk.GuardedFile(path, _still(house, access), headers=headers, media_type=MEDIA_TYPES[form])


def _facts(access: Access, found: Extract, form: str) -> dict[str, str]:
    return {
        "ETag": f'"{found.sha256}-{form}"',
        "Last-Modified": format_datetime(found.made_at, usegmt=True),
        "Cache-Control": "no-cache",
        "X-Release-Id": access.view.release_id,
        "X-Rows": str(found.rows),
    }


def _is_known(request: Request, etag: str, made_at: datetime) -> bool:
    """Whether the reader's copy is still this file; the tag goes before the date (RFC 9110, 13.2.2)."""
    tags = request.headers.get("if-none-match")
    if tags is not None:
        return tags.strip() == "*" or etag in {tag.strip().removeprefix("W/") for tag in tags.split(",")}
    try:
        since = parsedate_to_datetime(request.headers.get("if-modified-since", ""))
    except ValueError:
        return False
    return since.tzinfo is not None and made_at.replace(microsecond=0) <= since


def _file(house: Exchange, found: Extract, form: str) -> Path:
    """The extract itself, or its rows as CSV or GeoParquet; two readers who come at once make them once."""
    if form == PARQUET:
        return extract_file(house.store, found.id)
    if form == GEOPARQUET:
        return bulk.placed(house, found)
    path = extracts.text_file(house.store, found.id)
    with alone(house.engine.temp / f"extract-{found.id[:16]}.lock"):
        if not path.exists():
            read.as_csv(extract_file(house.store, found.id), path, house.engine)
    return path


def _still(house: Exchange, access: Access) -> bulk.Still:
    """Whether the same is open as when the download began: the same release, items, rows."""
    name = extracts.extract_id(access.view)

    async def still() -> bool:
        ask = Ask("", access.view.resource, OPEN)
        try:
            now = house.access.held(ask, house.clock())
            if now is None:
                now = await run_in_threadpool(house.access.find, ask, house.clock())
        except PlatformError:
            return False
        return now is access or extracts.extract_id(now.view) == name

    return still
