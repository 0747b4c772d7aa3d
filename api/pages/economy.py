"""The economy of the city and its counties: a chart for each indicator, as known on a day, and the counties compared."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter
from markupsafe import Markup
from starlette.responses import Response

from api import charts
from api.pages import phrases, series
from api.pages.bases import released
from api.pages.page import AnyPage, Page
from catalog import economy, figures
from catalog.economy import Growth, Series
from catalog.errors import Invalid
from catalog.models import Release
from catalog.vocab import Base

router = APIRouter(tags=["pages"], include_in_schema=False)
SHOWN = 12


@dataclass(frozen=True, slots=True)
class Panel:
    """One indicator: its chart, its growth, and the counties beside each other in a period."""

    series: Series
    drawing: Markup
    growth: list[Growth]
    period: str
    compared: Markup | None
    values: list[tuple[str, float]]


@router.get("/economy")
def economy_page(page: AnyPage) -> Response:
    """The open indicators of an area."""
    release, city = released(page, Base.MACRO_ECONOMY), page.house.settings.division_code
    areas = {code: phrases.place(page.words, name) for code, name in economy.areas(page.db, city).items()}
    area, day = page.query.get("area", city), _day(page)
    if area not in areas.keys() | {city}:
        raise Invalid("没有这个地区", remedy="从列表中选择地区", item="area")
    panels = _panels(page, release, area, day, areas) if release else []
    return page.render("economy.html", areas=areas, area=area, day=day, panels=panels, tolerance=economy.TOLERANCE)


def _day(page: Page) -> date:
    try:
        return date.fromisoformat(page.query.get("day") or page.today.isoformat())
    except ValueError as error:
        raise Invalid("日期无效", remedy="日期写作 2026-11-23", item="day") from error


def _panels(page: Page, release: Release, area: str, day: date, areas: dict[str, str]) -> list[Panel]:
    asked = series.known(page, release, day)
    grown = economy.growth(page.house.store, asked, area)
    beside = economy.beside(page.house.store, asked, _counties(page, areas))
    return [_panel(page, each, grown, beside, areas) for each in series.of_area(page, asked, area)]


def _counties(page: Page, areas: dict[str, str]) -> list[str]:
    """The counties, which have an outline; before there are outlines all areas within the city."""
    ground = released(page, Base.GEOSPATIAL)
    drawn = {outline.code for outline in figures.outlines(page.house.store, ground)} if ground else set()
    counties = [code for code in areas if code != page.house.settings.division_code]
    return [code for code in counties if code in drawn] or counties


def _panel(
    page: Page,
    found: Series,
    grown: dict[str, list[Growth]],
    beside: dict[str, tuple[str, tuple[tuple[str, float], ...]]],
    areas: dict[str, str],
) -> Panel:
    period, values = beside.get(found.code, ("", ())) if found.is_in_unit else ("", ())
    growth = grown.get(found.code, []) if found.is_in_unit else []
    named = [(areas[code], value) for code, value in values]
    compared = charts.by_area(page.house.charts, named, f"{series.title(page, found)} {period}") if named else None
    return Panel(found, series.drawn(page, found), growth[-SHOWN:][::-1], period, compared, named)
