"""The acceptance check of a project."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter, Request

from api import present, schemas
from api.deps import GUARDED, Db, House, SignedIn
from api.probe import Prober
from catalog import acceptance, projects
from catalog.roles import Action, require

router = APIRouter(prefix="/v1", tags=["acceptance"], dependencies=GUARDED)


@router.get("/projects/{code}/acceptance")
def check(
    code: str, request: Request, db: Db, house: House, caller: SignedIn, as_of: date | None = None
) -> schemas.AcceptanceOut:
    """Whether a project meets the conditions of acceptance, checked now, with a live read of each resource."""
    project = projects.get(db, code)
    require(caller, Action.ACCEPT, project.department_id)
    with Prober(house, request.app) as prober:
        report = acceptance.check(
            db, code, as_of=as_of or house.today, now=house.clock(), probe=prober.probe, by=caller.client_id
        )
    return present.report(report, code)
