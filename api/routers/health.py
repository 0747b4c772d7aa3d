"""Whether the exchange lives, and whether it can answer."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from api.deps import House
from api.readiness import faults

router = APIRouter(tags=["health"])


@router.get("/healthz")
async def healthz() -> Response:
    """The process answers."""
    return JSONResponse({"status": "ok"})


@router.get("/readyz")
async def readyz(house: House) -> Response:
    """Register, keys and receipts are usable; 503 names what is not."""
    found = await run_in_threadpool(faults, house)
    return JSONResponse({"status": "ready" if not found else "not ready", "faults": found}, 503 if found else 200)
