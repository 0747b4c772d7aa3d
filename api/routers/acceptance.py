"""The acceptance check of a project: made, and its last report read."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter, Request

from api import inspection, present, schemas
from api.deps import GUARDED, Db, House, SignedIn
from catalog import acceptance, projects
from catalog.roles import Action, require

router = APIRouter(prefix="/v1", tags=["acceptance"], dependencies=GUARDED)


@router.post("/projects/{code}/acceptance", status_code=201)
def check(
    code: str, request: Request, house: House, caller: SignedIn, as_of: date | None = None
) -> schemas.AcceptanceOut:
    """Whether a project meets the conditions of acceptance, checked now, with a live read of each resource."""
    inspection.require_officer(house, caller, code)
    return inspection.check(house, request.app, code, as_of=as_of, by=caller.client_id)


@router.get("/projects/{code}/acceptance")
def last_report(code: str, db: Db, caller: SignedIn) -> schemas.AcceptanceOut:
    """The last report on a project, as it was kept; nothing is checked or written."""
    project = projects.get(db, code)
    require(caller, Action.READ_PROJECTS, project.department_id)
    return present.report(acceptance.last(db, project), project.code)
