"""Daily work of the authority: late list, held deliveries, releases, quality by department."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.pages.deliveries import columns as delivery_columns
from api.pages.deliveries import finding_columns, may_open
from api.pages.grid import Column
from api.pages.page import Form, OwnPage, Page, text_of
from catalog import departments, lateness, overviews, releases, resources, rollbacks, runs, verdicts
from catalog.calendar import work_calendar
from catalog.overviews import DepartmentQuality
from catalog.releases import InForce
from catalog.roles import Action, require_any, scope
from catalog.vocab import Base, Dimension

router = APIRouter(tags=["pages"], include_in_schema=False)


@router.get("/late")
def late(page: OwnPage) -> Response:
    """Resources that owe a delivery, the longest overdue first."""
    whose = scope(page.official, Action.READ_DELIVERIES)
    debts = lateness.late_list(page.db, page.today, work_calendar(page.db), whose)
    grid = page.cut("late.list", _late_columns(page), debts, key=lambda d: f"late_to_remind:{d.resource.slug}")
    return page.table("late.html", grid, actions=("remind",) if page.may(Action.REMIND, "") else ())


def _late_columns(page: Page) -> list[Column]:
    words = page.words
    return [
        Column("name", "resource.name", lambda d: d.resource.name, link=lambda d: f"/my/resources/{d.resource.slug}"),
        Column("department", "department", lambda d: d.department.name, is_filter=True),
        Column("cycle", "resource.cycle", lambda d: d.resource.update_cycle, "term", is_filter=True),
        Column("period", "delivery.period", lambda d: d.period, "period"),
        Column(
            "due", "late.due", lambda d: d.due, "day", note=lambda d: words("provisional") if d.is_provisional else ""
        ),
        Column("days", "late.days", lambda d: (page.today - d.due).days, "number", unit="unit.days"),
    ]


@router.get("/held")
def held(page: OwnPage) -> Response:
    """Deliveries that wait for a steward's word."""
    require_any(page.official, Action.CONFIRM_DELIVERY)
    shown = [*delivery_columns(everyone=True), Column("reason", "held.reason", lambda d: page.said(d.held_reason))]
    grid = page.cut("held.list", shown, overviews.held(), key=lambda d: f"delivery_held:{d.id}")
    return page.table("held.html", grid)


@router.get("/quality")
def quality(page: OwnPage) -> Response:
    """Quality by department."""
    whose = scope(page.official, Action.READ_FINDINGS)
    grid = page.cut("quality.list", _quality_columns(), overviews.quality_list(whose))
    has_docs = page.may(Action.CONFIRM_DELIVERY, "") and (page.house.store.rule_docs / "index.html").exists()
    return page.table("quality.html", grid, limits=verdicts.thresholds(page.db, page.today), has_docs=has_docs)


def _quality_columns() -> list[Column]:
    return [
        Column("department", "department", lambda q: q.department.name, link=lambda q: f"/quality/{q.department.slug}"),
        Column("resources", "quality.resources", lambda q: q.resources, "number"),
        Column("delivered", "quality.delivered", lambda q: q.delivered, "number"),
        Column("returned", "quality.returned", lambda q: q.returned, "number", is_rare=True),
        Column("rows", "delivery.rows", lambda q: q.rows, "number"),
        Column("share", "delivery.good_share", lambda q: q.share_good, "meter"),
        *(_dimension(each) for each in Dimension if each is not Dimension.ACCESSIBLE),
    ]


def _dimension(dimension: Dimension) -> Column:
    def count(quality: DepartmentQuality) -> int:
        return quality.findings.get(dimension, 0)

    return Column(dimension.value, f"Dimension.{dimension.value}", count, "number", is_rare=True)


@router.get("/quality/{department}")
def department_quality(department: str, page: OwnPage) -> Response:
    """What one department must act on, and what of its data others must settle."""
    owner = departments.get(page.db, department)
    page.require(Action.READ_FINDINGS, owner.id)
    first = Column(
        "resource",
        "resource.name",
        lambda f: f.resource.name,
        link=lambda f: f"/deliveries/{f.delivery_id}" if f.delivery_id and may_open(page, f.resource) else "",
        is_filter=True,
        note=lambda f: f.period,
    )
    sides = [
        Column("department", "orders.department", lambda f: f.department.name, is_filter=True),
        Column("other", "orders.others", lambda f: f.other.name if f.other else None),
    ]
    grid = page.grid("finding.list", [first, *finding_columns(page), *sides], overviews.findings_of(page.db, owner.id))
    figures = next(iter(overviews.quality(page.db, owner.id)), None)
    return page.table("department_quality.html", grid, department=owner, figures=figures)


@router.get("/releases")
def list_releases(page: OwnPage) -> Response:
    """Every unit with the release that answers for it."""
    require_any(page.official, Action.PUBLISH_RELEASE)
    names = {base.value: page.words(f"base.{base.value}") for base in Base}
    return page.table("releases.html", page.cut("release.list", _release_columns(page), releases.in_force_list(names)))


def _release_columns(page: Page) -> list[Column]:
    def kind(value: str) -> str:
        return page.words(f"release.{value}")

    def kind_of(found: InForce) -> str:
        return kind(releases.BASE if found.release.unit in set(Base) else releases.RESOURCE)

    return [
        Column(
            "unit",
            "release.unit",
            lambda f: f.name,
            link=lambda f: f"/releases/{f.release.unit}",
            note=lambda f: f.release.unit,
        ),
        Column("kind", "release.kind", kind_of, choice=kind),
        Column("release", "resource.release", lambda f: f.release.release_id, "code"),
        Column("created", "release.created", lambda f: f.release.created_at, "moment"),
        Column("rows", "resource.rows", lambda f: sum(f.release.tables.values()), "number"),
        Column("share", "base.share_passed", lambda f: f.release.share_passed, "percent"),
    ]


@router.get("/releases/{unit}")
def release_unit(unit: str, page: OwnPage) -> Response:
    """The releases of one unit, what was in force when, and the ways to change it."""
    require_any(page.official, Action.PUBLISH_RELEASE)
    current = releases.in_force(page.db, unit)
    shown = [
        Column("release", "resource.release", lambda r: r.release_id, "code"),
        Column("created", "release.created", lambda r: r.created_at, "moment"),
        Column("rows", "resource.rows", lambda r: sum(r.tables.values()), "number"),
        Column("share", "base.share_passed", lambda r: r.share_passed, "percent"),
        Column("state", "state", lambda r: releases.place_of(r, current), "status"),
    ]
    grid = page.cut("release.unit_list", shown, releases.unit_list(unit, current))
    others = [r for r in releases.listed(page.db, unit) if r.release_id != current.release_id and r.pruned_at is None]
    return page.table(
        "release_unit.html",
        grid,
        unit=unit,
        title=_title(page, unit),
        current=current,
        others=others,
        dependents=rollbacks.dependents(page.db, current),
        history=overviews.publications(page.db, unit),
        is_base=unit in set(Base),
    )


def _title(page: Page, unit: str) -> str:
    return page.words.known(f"base.{unit}") or resources.names(page.db, [unit]).get(unit, unit)


@router.post("/releases/{unit}/in-force")
def put_in_force(unit: str, page: OwnPage, form: Form) -> Response:
    """Another release answers from now on."""
    require_any(page.official, Action.ROLL_BACK)
    rollbacks.put_in_force(
        page.db,
        unit,
        text_of(form, "release", 40),
        now=page.now,
        by=page.official.client_id,
        reason=text_of(form, "reason", 300),
        with_dependents=text_of(form, "with_dependents") == "1",
    )
    return page.onward(f"/releases/{unit}", done="in_force")


@router.post("/releases/{unit}/run")
def run_again(unit: str, page: OwnPage, form: Form) -> Response:
    """Leave the wish for another run in the register."""
    require_any(page.official, Action.RUN)
    if unit in set(Base):
        runs.base_again(page.db, unit)
    else:
        runs.resource_again(page.db, resources.get(page.db, unit))
    return page.onward(f"/releases/{unit}", done="run")
