"""The six bases: rows, sources, releases, quality, a map of the counties, charts of the economy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from fastapi import APIRouter
from markupsafe import Markup
from starlette.responses import Response

from api import charts, overview
from api.pages import phrases, series
from api.pages.grid import Column, Grid
from api.pages.page import AnyPage, Page
from basedb import spec as base_spec
from catalog import figures, leads, overviews, rankings, release_changes, releases, resources
from catalog.economy import Series
from catalog.errors import NoRelease, NotFound
from catalog.figures import Outline
from catalog.models import Release, Resource
from catalog.vocab import Base

router = APIRouter(tags=["pages"], include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Map:
    """A drawn map and the same figures in rows of (county, records)."""

    drawing: Markup
    rows: list[tuple[str, int | None]]


@dataclass(frozen=True, slots=True)
class Source:
    """A resource that a base was built from."""

    resource: Resource
    release_id: str


@dataclass(frozen=True, slots=True)
class Ranked:
    """An attribute of a base, and the resources that may say it, most trusted first; those of one rank together."""

    code: str
    title: str
    sources: list[str]


@dataclass(frozen=True, slots=True)
class Linked:
    """A column that names records of another table, and the share of its keys that are found there."""

    table: str
    title: str
    target: str
    share: float


@router.get("/bases")
def bases(page: AnyPage) -> Response:
    """The six with what they hold now, and one of them on the map."""
    lines = overview.bases(page.db)
    wanted = page.query.get("base", Base.NATURAL_PERSON.value)
    chosen = wanted if figures.has_places(wanted) else Base.NATURAL_PERSON.value
    places = [base.value for base in Base if figures.has_places(base)]
    grid = page.grid("base.list", _base_columns(page), lines)
    return page.table("bases.html", grid, chosen=chosen, places=places, map=county_map(page, chosen))


def _base_columns(page: Page) -> list[Column]:
    return [
        Column("name", "base", lambda b: page.words(f"base.{b.name}"), link=lambda b: f"/bases/{b.name}"),
        Column("tables", "base.tables", lambda b: len(b.tables), "number"),
        Column("rows", "resource.rows", lambda b: b.rows, "number", unit="unit.records"),
        Column("release", "resource.release", lambda b: b.release_id or page.words("base.none"), "code"),
        Column("released", "resource.released", lambda b: b.released_at, "moment"),
    ]


@router.get("/bases/{name}")
def base(name: str, page: AnyPage) -> Response:
    """One base."""
    if name not in set(Base):
        raise NotFound(f"没有基础库「{name}」", remedy="从六大基础资源库页面进入")
    release = released(page, name)
    if release and page.query.get("list") in _LISTS:
        return page.table("list.html", _LISTS[page.query["list"]](page, release))
    tables = resources.base_tables(page.db, name)
    history = overviews.publications(page.db, name, limit=10)
    facts = {
        "name": name,
        "release": release,
        "tables": tables,
        "names": {r.table_name: r.name for r in tables},
        "specified": base_spec.base(name),
        "authority": _authority(page, name),
        "lead": leads.lead_of(page.db, name, page.today),
        "map": county_map(page, name),
        "series": _charts(page, release) if release and name == Base.MACRO_ECONOMY else [],
        "conflicts": overviews.found_at_build(page.db, release) if release else [],
        "history": history,
        "links": _links(page, release) if release else [],
        "changes": release_changes.by_release(page.house.store, history),
        "share": release.share_passed if release else None,
    }
    grid = page.grid("base.sources", _source_columns(), _sources(page, release))
    return page.table("base_page.html", grid, **facts)


def _authority(page: Page, name: str) -> list[Ranked]:
    ranking, filled = rankings.ranking_of(page.db, name, on=page.today), rankings.sources(page.db, name)

    def source(role: str) -> str:
        return page.words("list.comma").join(each.name for each in filled.get(role, ())) or role

    return [Ranked(code, _title(page, name, code), list(map(source, roles))) for code, roles in ranking.items()]


def _links(page: Page, release: Release) -> list[Linked]:
    told = release_changes.links(page.house.store, release.unit, release.release_id)
    known = base_spec.base(release.unit).spec.LINKS
    return [_linked(page, release.unit, code, known[code], share) for code, share in told if code in known]


def _linked(page: Page, name: str, code: str, target: str, share: float) -> Linked:
    table, (other, there) = code.split(".")[0], target.split(".")
    leads_to = f"{page.words(f'base.{other}')}·{_title(page, other, there)}"
    return Linked(_title(page, name, table), _title(page, name, code), leads_to, share)


def _title(page: Page, name: str, code: str) -> str:
    """What a base's `<table>` or `<table>.<column>` is called; the code itself where it is none any more."""
    table, _, column = code.partition(".")
    try:
        described = base_spec.base(name).table(table)
        return page.words.item(described.column(column) if column else described)
    except (NotFound, KeyError):
        return code


def released(page: Page, unit: str) -> Release | None:
    """The release in force of a base, None before the first."""
    try:
        return releases.in_force(page.db, unit)
    except NoRelease:
        return None


def _tables_of(page: Page, release: Release) -> Grid:
    """The tables of a base, alone to be sorted, filtered and exported."""
    rows = resources.base_tables(page.db, release.unit)
    columns = [
        Column("name", "base.table", lambda r: r.name, link=lambda r: f"/catalog/{r.slug}"),
        Column("slug", "resource.slug", lambda r: r.slug, "code"),
        Column("share", "resource.share", lambda r: r.share_type, "term", is_filter=True),
        Column("rows", "resource.rows", lambda r: release.tables.get(r.table_name), "number", unit="unit.records"),
    ]
    return page.grid("base.table_list", columns, rows)


def _conflicts_of(page: Page, release: Release) -> Grid:
    """Where departments disagree, the same way."""
    columns = [
        Column("rule", "finding.rule", lambda f: page.words.known(f"rule.{f.rule}", f.rule), is_filter=True),
        Column("department", "orders.department", lambda f: f.department.name, is_filter=True),
        Column("other", "orders.others", lambda f: f.other.name if f.other else None, is_filter=True),
        Column("resource", "resource.name", lambda f: f.resource.name, is_filter=True),
        Column("count", "finding.count", lambda f: f.count, "number", unit="unit.rows"),
    ]
    return page.grid("base.conflict_list", columns, overviews.found_at_build(page.db, release))


_LISTS = {"tables": _tables_of, "conflicts": _conflicts_of}


def _sources(page: Page, release: Release | None) -> list[Source]:
    if release is None:
        return []
    return [Source(resources.get(page.db, each["unit"]), each["release_id"]) for each in release.built_from]


def _source_columns() -> list[Column]:
    return [
        Column("name", "resource.name", lambda s: s.resource.name, link=lambda s: f"/catalog/{s.resource.slug}"),
        Column("provider", "resource.provider", lambda s: s.resource.provider.name),
        Column("cycle", "resource.cycle", lambda s: s.resource.update_cycle, "term"),
        Column("release", "resource.release", lambda s: s.release_id, "code"),
    ]


def county_map(page: Page, name: str) -> Map | None:
    """The counties with the records of a base, None where there is nothing to draw."""
    release, ground = released(page, name), released(page, Base.GEOSPATIAL)
    if release is None or ground is None or not figures.has_places(name):
        return None
    known: Sequence[Outline] = figures.outlines(page.house.store, ground)
    outlines = [replace(each, name=phrases.place(page.words, each.name)) for each in known]
    counts = figures.by_county(page.house.store, release)
    if not outlines:
        return None
    title = page.words("map.title", base=page.words(f"base.{name}"))
    rows = [(outline.name, counts.get(outline.code)) for outline in outlines]
    return Map(charts.county_map(page.house.charts, outlines, counts, title), rows)


def _charts(page: Page, release: Release) -> list[tuple[Series, Markup]]:
    """The open indicators of the whole city as they are known today."""
    asked = series.known(page, release, page.today)
    found = series.of_area(page, asked, page.house.settings.division_code)
    return [(each, series.drawn(page, each)) for each in found]
