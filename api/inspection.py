"""One acceptance check of a project, with its live probe."""

from __future__ import annotations

from datetime import date

from starlette.types import ASGIApp

from api import present, schemas
from api.house import Exchange
from api.probe import Prober
from catalog import acceptance, projects
from catalog.roles import Action, Caller, require


def check(
    house: Exchange, app: ASGIApp, project: str, *, as_of: date | None, by: str, url: str = ""
) -> schemas.AcceptanceOut:
    """The report, kept. The prober ends after the report is committed: both write to the register."""
    with Prober(house, app, url) as prober, house.transaction() as db:
        report = acceptance.check(db, project, as_of=as_of or house.today, now=house.clock(), probe=prober.probe, by=by)
        return present.report(report, project)


def require_officer(house: Exchange, caller: Caller, project: str) -> None:
    """Raise NotAllowed unless the caller may check the project."""
    with house.transaction() as db:
        require(caller, Action.ACCEPT, projects.get(db, project).department_id)
