"""Catalogs: a department's workbook taken in, its resources published by the authority."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool

from api import present, schemas
from api.deps import GUARDED, Db, House, SignedIn
from api.handover import enter_workbook, require_registrar
from api.uploads import received
from catalog import directory, resources
from catalog.roles import Action, require_any

router = APIRouter(prefix="/v1", tags=["registration"], dependencies=GUARDED)

_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.post("/catalogs", openapi_extra=_BODY)
async def enter(request: Request, house: House, caller: SignedIn) -> schemas.CatalogOut:
    """Enter the catalog workbook of the caller's own department, whole or not at all; every fault is told at once."""
    require_registrar(caller)
    async with received(request, house) as upload:
        return await run_in_threadpool(enter_workbook, house, caller, upload)


@router.post("/resources/{slug}/publication")
def publish(slug: str, db: Db, house: House, caller: SignedIn) -> schemas.ResourceDetail:
    """Publish a complete resource; the authority's decision."""
    require_any(caller, Action.PUBLISH)
    resources.publish(db, resources.get(db, slug), on=house.today)
    return present.resource_detail(db, directory.get(db, slug))
