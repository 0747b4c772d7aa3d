"""Open data (向社会开放): downloads for everybody, without a token."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import FileResponse, Response

from api import open_data
from api.deps import House, known_parameters

router = APIRouter(prefix="/v1/open/{slug}", tags=["open"], dependencies=[Depends(known_parameters)])


def _answers(media_type: str) -> dict[int | str, dict[str, Any]]:
    return {
        200: {"content": {media_type: {"schema": {"type": "string", "format": "binary"}}}},
        206: {"description": "part of the file"},
        304: {"description": "not modified"},
    }


@router.head("/data.csv", response_class=FileResponse, responses=_answers("text/csv"))
@router.get("/data.csv", response_class=FileResponse, responses=_answers("text/csv"))
async def read_csv(slug: str, request: Request, house: House) -> Response:
    """The open items of a resource as CSV in UTF-8; ETag and Last-Modified say whether it changed."""
    return await open_data.download(house, request, slug, open_data.CSV)


@router.head("/data.parquet", response_class=FileResponse, responses=_answers("application/vnd.apache.parquet"))
@router.get("/data.parquet", response_class=FileResponse, responses=_answers("application/vnd.apache.parquet"))
async def read_parquet(slug: str, request: Request, house: House) -> Response:
    """The open items of a resource as Parquet; ETag and Last-Modified say whether it changed."""
    return await open_data.download(house, request, slug, open_data.PARQUET)


@router.head("/data.geoparquet", response_class=FileResponse, responses=_answers("application/vnd.apache.parquet"))
@router.get("/data.geoparquet", response_class=FileResponse, responses=_answers("application/vnd.apache.parquet"))
async def read_geoparquet(slug: str, request: Request, house: House) -> Response:
    """The open items that have a place as GeoParquet in CGCS2000 (EPSG:4490)."""
    return await open_data.download(house, request, slug, open_data.GEOPARQUET)
