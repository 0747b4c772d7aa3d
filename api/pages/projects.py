"""Projects and their acceptance: what was registered, the check with a live probe, reports that print."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api import inspection, visits
from api.deps import House
from api.pages import phrases
from api.pages.grid import Column
from api.pages.page import Form, OwnPage, Page
from catalog import acceptance, projects, resources
from catalog.acceptance import ItemState, Verdict
from catalog.roles import Action, scope

router = APIRouter(tags=["pages"], include_in_schema=False)


@router.get("/projects")
def list_projects(page: OwnPage) -> Response:
    """The projects that the caller may read."""
    whose = scope(page.official, Action.READ_PROJECTS)
    return page.table("projects.html", page.cut("project.list", _columns(), projects.listing(whose)))


def _columns() -> list[Column]:
    return [
        Column(
            "name",
            "project.name",
            lambda c: c.project.name,
            link=lambda c: f"/projects/{c.project.code}",
            note=lambda c: c.project.code,
        ),
        Column("department", "project.department", lambda c: c.project.department.name),
        Column("kind", "project.kind", lambda c: c.project.kind, "choice"),
        Column("state", "project.state", lambda c: c.project.state, "choice"),
        Column("live", "project.live", lambda c: c.project.go_live_date, "day"),
        Column("verdict", "project.verdict", lambda c: c.verdict, "status"),
    ]


@router.get("/projects/{code}")
def read_project(code: str, page: OwnPage) -> Response:
    """One project: its systems, its resources, the reports on it."""
    found = projects.get(page.db, code)
    page.require(Action.READ_PROJECTS, found.department_id)
    grid = page.grid("project.resources", _resource_columns(), projects.resources_of(page.db, found))
    return page.table(
        "project.html",
        grid,
        project=found,
        reports=acceptance.reports(page.db, found),
        may_accept=page.may(Action.ACCEPT, found.department_id),
    )


def _resource_columns() -> list[Column]:
    return [
        Column(
            "name", "resource.name", lambda r: r.name, link=lambda r: f"/catalog/{r.slug}", note=lambda r: r.code or ""
        ),
        Column("system", "resource.system", lambda r: r.system.name if r.system else None),
        Column("life", "resource.life", lambda r: r.state, "status"),
        Column("share", "resource.share", lambda r: r.share_type, "term"),
        Column("cycle", "resource.cycle", lambda r: r.update_cycle, "term"),
    ]


@router.post("/projects/{code}/check")
async def check(code: str, request: Request, house: House, form: Form) -> Response:
    """A check now, with a live read of each resource; on to its report."""
    visit = await run_in_threadpool(visits.for_page, request)
    await run_in_threadpool(inspection.require_officer, house, visit.caller, code)
    made = await run_in_threadpool(_checked, house, request, code, visit.caller.client_id)
    return Page.onward(f"/projects/{code}/reports/{made}", done="checked")


def _checked(house: House, request: Request, code: str, by: str) -> str:
    return inspection.check(house, request.app, code, as_of=None, by=by).id


@router.get("/projects/{code}/reports/{report_id}")
def read_report(code: str, report_id: str, page: OwnPage) -> Response:
    """A report as it is signed: every item with article and evidence."""
    project = projects.get(page.db, code)
    page.require(Action.READ_PROJECTS, project.department_id)
    report = acceptance.report(page.db, project, report_id)
    names = resources.names(page.db, {item["resource"] for item in report.items if item.get("resource")})
    return page.render(
        "report.html",
        project=project,
        report=report,
        verdict=Verdict(report.verdict),
        failed=acceptance.failed_items(report),
        states={state.value: state for state in ItemState},
        article=lambda text: phrases.article(page.words, text),
        names=names,
    )
