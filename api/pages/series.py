"""Series of official statistics on pages: called in the language of the page, and drawn with a line per year."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from markupsafe import Markup

from api import charts
from api.pages import phrases
from api.pages.page import Page
from catalog import economy, policy, resources, showable
from catalog.economy import Known, Series
from catalog.models import Release

SHOWN = {"indicator_code", "indicator_name", "ref_area", "time_period", "obs_value", "unit"}


def known(page: Page, release: Release, day: date) -> Known:
    """What was published by a day of the sources that are open, as far as it is not withheld."""
    sources = page.house.store.manifest(release.unit, release.release_id)["sources"]
    tables = (r for r in resources.base_tables(page.db, release.unit) if r.table_name == economy.TABLE)
    withheld = frozenset[str]().union(*(showable.suppressed(page.db, table, page.today) for table in tables))
    return Known(release, [s["code"] for s in sources if _is_open(page, s["resource"])], day, withheld)


def _is_open(page: Page, slug: str) -> bool:
    """Whether everybody may read of a resource what a series shows."""
    opened = policy.open_items(page.db, resources.get(page.db, slug), page.today)
    return {item.name for item in opened} >= SHOWN


def of_area(page: Page, asked: Known, area: str) -> list[Series]:
    """Every series of an area, names and units in the language of the page where they are known."""
    return [
        replace(
            each,
            name=phrases.or_else(page.words, f"indicator.{each.code}", each.name),
            unit=phrases.measure(page.words, each.unit),
        )
        for each in economy.series(page.house.store, asked, area)
    ]


def title(page: Page, series: Series) -> str:
    """A series with its unit."""
    return series.name + page.words("list.within", text=series.unit)


def drawn(page: Page, series: Series) -> Markup:
    """The chart, by months, by quarters or by years."""
    first = series.points[0][0]
    heading = page.words("chart.quarters" if "Q" in first else "period" if len(first) == 4 else "chart.months")
    return charts.by_year(page.house.charts, series.points, title(page, series), series.unit, heading)
