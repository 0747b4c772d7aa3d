"""The acceptance check with its live probe: behind the route, and from the command line."""

from __future__ import annotations

from datetime import date
from typing import Any

from api.house import Clock, Exchange, system_clock
from api.inspection import check
from api.main import create_app
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
        return check(house, app, project, as_of=as_of, by=by, url=url).model_dump(mode="json")
    finally:
        house.close()
