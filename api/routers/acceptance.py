"""The acceptance check of a project."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter, Request

from api import inspection, present, schemas
from api.deps import GUARDED, Db, House, SignedIn
from catalog import acceptance, projects
from catalog.roles import Action, require

router = APIRouter(prefix="/v1", tags=["acceptance"], dependencies=GUARDED)


@router.get("/projects/{code}/acceptance")
def read(code: str, db: Db, caller: SignedIn) -> schemas.AcceptanceOut:
    """The newest report of a project's acceptance check; reading it checks nothing anew."""
    project = projects.get(db, code)
    require(caller, Action.READ_PROJECTS, project.department_id)
    return present.report(acceptance.last_report(db, project), code)


@router.post("/projects/{code}/acceptance", status_code=201)
def check(
    code: str, request: Request, house: House, caller: SignedIn, as_of: date | None = None
) -> schemas.AcceptanceOut:
    """Whether a project meets the conditions of acceptance, checked now, with a live read of each resource."""
    inspection.require_officer(house, caller, code)
    return inspection.check(house, request.app, code, as_of=as_of, by=caller.client_id)
