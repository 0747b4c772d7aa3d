"""The open catalog for harvesters: DCAT-AP 3 in JSON-LD."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse

from api import dcat
from api.deps import Db
from catalog import departments, directory

router = APIRouter(prefix="/v1", tags=["catalog"])


@router.get("/catalog.jsonld", response_class=JSONResponse)
def catalog(db: Db, request: Request) -> JSONResponse:
    """Every published resource as a dataset."""
    found, following = directory.page(db, "", 500)
    while following:
        more, following = directory.page(db, following, 500)
        found += more
    base = str(request.base_url).rstrip("/")
    return JSONResponse(dcat.catalog(found, departments.authority(db), base), media_type="application/ld+json")
