"""Pages: thin modules, a group each, that call the catalog and render; no SQL, no rules."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from api.pages import (
    access,
    asking,
    bases,
    batch,
    clients,
    corrections,
    credit_report,
    deliveries,
    demands,
    doubles,
    economy,
    entrance,
    entry,
    grants,
    identities,
    licences,
    linkage,
    notices,
    open_data,
    orders,
    oversight,
    own_rules,
    people,
    projects,
    public,
    registration,
    requests,
    resource,
    review,
    rule_docs,
    scorecards,
    shell,
    sources,
    spills,
    steward,
    uploads,
    versions,
    whole,
)

SHARING = (asking, requests, grants, demands, access, notices)
# the pages that most visits begin with: routes are tried one by one
FRONT = (entrance, public)
GROUPS = (
    resource,
    bases,
    economy,
    deliveries,
    own_rules,
    steward,
    rule_docs,
    orders,
    corrections,
    identities,
    linkage,
    doubles,
    scorecards,
    registration,
    uploads,
    entry,
    review,
    versions,
    sources,
    spills,
    *SHARING,
    projects,
    open_data,
    oversight,
    whole,
    credit_report,
    licences,
    people,
    clients,
    batch,
)
_STATIC = Path(__file__).parents[1] / "static"


def install(app: FastAPI) -> None:
    """Put every page, their style sheet and the shell around them into the app."""
    for group in GROUPS:
        app.include_router(group.router)
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")
    shell.install(app)
    app.add_middleware(shell.Shell)
