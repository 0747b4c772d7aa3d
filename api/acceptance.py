"""The acceptance check from the command line, its probe going through an exchange in this process or a running one."""

from __future__ import annotations

from datetime import date
from typing import Any

from api import present
from api.house import Clock, Exchange, system_clock
from api.main import create_app
from api.probe import Prober
from catalog import acceptance
from catalog.settings import Settings


def accept_project(
    settings: Settings,
    project: str,
    *,
    as_of: date | None = None,
    url: str = "",
    by: str = "command line",
    clock: Clock = system_clock,
) -> dict[str, Any]:
    """The report on a project as JSON. as_of: the day it is judged for, default today in the city.

    url: a running exchange over the same home. Raises NotFound for an unknown project.
    """
    app = create_app(settings, clock, log=lambda line: None)
    house: Exchange = app.state.exchange
    try:
        with Prober(house, app, url) as prober, house.transaction() as db:
            report = acceptance.check(
                db, project, as_of=as_of or house.today, now=house.clock(), probe=prober.probe, by=by
            )
            return present.report(report, project).model_dump(mode="json")
    finally:
        house.close()
