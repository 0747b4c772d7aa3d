"""Bulk data under a grant."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import FileResponse, Response

from api import bulk, extract_manifest
from api.deps import Asked
from api.routers.exchange import AsOf, GrantId, ReleaseId

router = APIRouter(prefix="/v1/data/{resource}", tags=["data"])

_PARQUET: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/vnd.apache.parquet": {}}},
    206: {"description": "part of the file"},
}


@router.head("/extract.parquet", response_class=FileResponse, responses=_PARQUET)
@router.get("/extract.parquet", response_class=FileResponse, responses=_PARQUET)
async def read_extract(asked: Asked, grant: GrantId = None, release: ReleaseId = None, as_of: AsOf = None) -> Response:
    """Every record of the grant as one Parquet file, hidden columns left out, masks applied; ranges are served."""
    asked.past(release, as_of)
    return await bulk.extract(asked, grant)


@router.head("/extract.geoparquet", response_class=FileResponse, responses=_PARQUET)
@router.get("/extract.geoparquet", response_class=FileResponse, responses=_PARQUET)
async def read_placed(asked: Asked, grant: GrantId = None, release: ReleaseId = None, as_of: AsOf = None) -> Response:
    """The records of the grant that have a place as GeoParquet in CGCS2000 (EPSG:4490)."""
    asked.past(release, as_of)
    return await bulk.extract(asked, grant, is_placed=True)


@router.get("/extract.json", response_model=extract_manifest.ExtractManifest)
async def read_manifest(asked: Asked, grant: GrantId = None, release: ReleaseId = None, as_of: AsOf = None) -> Response:
    """The manifest of the extract: file, digest, rows, releases, and the verdict with the share passed by dimension."""
    asked.past(release, as_of)
    return await extract_manifest.describe(asked, grant)
