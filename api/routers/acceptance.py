"""The acceptance check of a project."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter, Request

from api import inspection, schemas
from api.deps import GUARDED, House, SignedIn

router = APIRouter(prefix="/v1", tags=["acceptance"], dependencies=GUARDED)


@router.get("/projects/{code}/acceptance")
def check(
    code: str, request: Request, house: House, caller: SignedIn, as_of: date | None = None
) -> schemas.AcceptanceOut:
    """Whether a project meets the conditions of acceptance, checked now, with a live read of each resource."""
    inspection.require_officer(house, caller, code)
    return inspection.check(house, request.app, code, as_of=as_of, by=caller.client_id)
