"""Scorecards: the city's page, a department's own, as charts and tables; the yearly evaluation, for export."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import Response

from api import score_charts
from api.pages.grid import Column
from api.pages.page import OwnPage, Page
from catalog import departments, evaluation, scorecards, verdicts
from catalog.errors import NotFound
from catalog.evaluation import Evaluated
from catalog.roles import Action, scope
from catalog.scorecards import Card
from catalog.vocab import Dimension

router = APIRouter(tags=["pages"], include_in_schema=False)

MONTHS = 12
FIRST_YEAR = 2020


@dataclass(frozen=True, slots=True)
class Line:
    """A department's running month, and what changed since the month before, None where there was nothing."""

    card: Card
    change: float | None


@router.get("/scorecards")
def city(page: OwnPage) -> Response:
    """All departments in the month that runs, for who may see all; the department's own page for others."""
    whose = scope(page.official, Action.READ_FINDINGS)
    if whose is not None:
        return own(page.official.department, page)
    cards = [card for card in _cards(page) if card.dimension is None]
    lines = _lines(cards)
    judged = [(line.card.department.name, line.card.share_passed) for line in lines]
    bars = sorted(((n, s) for n, s in judged if s is not None), key=lambda pair: (-pair[1], pair[0]))
    title = page.words("score.by_department")
    return page.table(
        "scorecards.html",
        page.grid("score.list", _city_columns(page), lines),
        bars=score_charts.by_department(page.house.charts, bars, title) if bars else "",
        trend=_trend(page, [(page.words("score.city"), m, c) for m, c in _whole_city(cards)]),
        limits=verdicts.thresholds(page.db, page.today),
        year=page.today.year,
    )


def _cards(page: Page, department_id: str | None = None, months: int = MONTHS) -> list[Card]:
    asked = scorecards.months(page.today, months, page.house.settings.zone)
    return scorecards.cards(page.db, asked, now=page.now, department_id=department_id)


def _lines(cards: Sequence[Card]) -> list[Line]:
    """The newest month of each department and dimension, beside the one before."""
    found = []
    for before, card in zip([None, *cards[:-1]], cards, strict=True):
        if card.month != cards[-1].month:
            continue
        found.append(Line(card, _change(before, card)))
    return found


def _change(before: Card | None, card: Card) -> float | None:
    if before is None or before.department is not card.department or before.dimension is not card.dimension:
        return None
    if card.share_passed is None or before.share_passed is None:
        return None
    return card.share_passed - before.share_passed


def _whole_city(cards: Sequence[Card]) -> list[tuple[str, float | None]]:
    """Month -> the share of right rows of all departments together."""
    found = []
    for month in dict.fromkeys(card.month for card in cards):
        rows = sum(card.rows for card in cards if card.month == month)
        right = sum(card.right for card in cards if card.month == month)
        found.append((month, right / rows if rows else None))
    return found


def _trend(page: Page, points: Sequence[tuple[str, str, float | None]]) -> object:
    known = [(series, month, share) for series, month, share in points if share is not None]
    return score_charts.by_month(page.house.charts, known, page.words("score.trend")) if known else ""


def _figures(page: Page) -> list[Column]:
    """The columns that every table of cards has, over lines."""
    return [
        Column("rows", "delivery.rows", lambda n: n.card.rows, "number"),
        Column("share", "delivery.good_share", lambda n: n.card.share_passed, "percent"),
        Column("excepted", "score.excepted", lambda n: n.card.excepted, "number"),
        Column("change", "score.change", lambda n: n.change, "percent", note=_arrow),
        Column("on_time", "score.on_time", lambda n: n.card.share_on_time, "percent"),
        Column("days", "score.days", lambda n: _rounded(n.card.median_days), "number", unit="unit.days"),
        Column("open", "score.open", lambda n: n.card.open, "number"),
        Column("overdue", "score.overdue", lambda n: n.card.overdue, "number"),
    ]


def _arrow(line: Line) -> str:
    return "" if not line.change else "↑" if line.change > 0 else "↓"


def _rounded(days: float | None) -> float | None:
    return None if days is None else round(days, 1)


def _city_columns(page: Page) -> list[Column]:
    def link(line: Line) -> str:
        return f"/scorecards/{line.card.department.slug}"

    return [Column("department", "department", lambda n: n.card.department.name, link=link), *_figures(page)]


@router.get("/scorecards/{department}")
def own(department: str, page: OwnPage) -> Response:
    """A department's twelve months, by dimension."""
    owner = departments.get(page.db, department)
    page.require(Action.READ_FINDINGS, owner.id)
    cards = _cards(page, owner.id)
    by_dimension = [card for d in (None, *Dimension) for card in cards if card.dimension is d]
    lines = [Line(c, _change(b, c)) for b, c in zip([None, *by_dimension[:-1]], by_dimension, strict=True)]
    whole = [line for line in lines if line.card.dimension is None]
    drawn = [(c.month, c) for c in by_dimension if c.dimension not in (None, Dimension.TIMELY, Dimension.ACCESSIBLE)]
    total = page.words("score.all")
    return page.table(
        "scorecard.html",
        page.grid("score.own", _own_columns(page), lines[::-1]),
        department=owner,
        latest=whole[-1].card if whole else None,
        trend=_trend(page, [
            *((total, line.card.month, line.card.share_passed) for line in whole),
            *((page.words.term(c.dimension), month, c.share_passed) for month, c in drawn),
        ]),
        on_time=_trend(page, [(page.words("score.on_time"), n.card.month, n.card.share_on_time) for n in whole]),
    )  # fmt: skip


def _own_columns(page: Page) -> list[Column]:
    def dimension(line: Line) -> str:
        found = line.card.dimension
        return page.words("score.all") if found is None else page.words.term(found)

    return [
        Column("month", "score.month", lambda n: n.card.month, "period", is_filter=True),
        Column("dimension", "finding.dimension", dimension, is_filter=True),
        *_figures(page),
    ]


@router.get("/evaluation/{year}")
def evaluate(year: int, page: OwnPage) -> Response:
    """Departments in one year, by score; the table goes to Excel for the yearly evaluation."""
    whose = scope(page.official, Action.READ_FINDINGS)
    if not FIRST_YEAR <= year <= page.today.year:
        raise NotFound(f"没有 {year} 年的评分", remedy=f"{FIRST_YEAR} 至 {page.today.year} 年")
    zone = page.house.settings.zone
    found = evaluation.evaluate(page.db, year, now=page.now, zone=zone, department_id=whose)
    return page.table("evaluation.html", page.grid("score.evaluation", _year_columns(), found), year=year)


def _year_columns() -> list[Column]:
    def score(each: Evaluated) -> float | None:
        return None if each.score is None else round(each.score, 1)

    return [
        Column("department", "department", lambda e: e.department.name),
        Column("score", "score.score", score, "number"),
        Column("rows", "delivery.rows", lambda e: e.year.rows, "number"),
        Column("share", "delivery.good_share", lambda e: e.year.share_passed, "percent"),
        Column("excepted", "score.excepted", lambda e: e.year.excepted, "number"),
        Column("on_time", "score.on_time", lambda e: e.year.share_on_time, "percent"),
        Column("opened", "score.opened", lambda e: e.year.opened, "number"),
        Column("ended", "score.ended", lambda e: e.year.ended, "number"),
        Column("in_time", "score.in_time", lambda e: e.year.share_in_time, "percent"),
        Column("days", "score.days", lambda e: _rounded(e.year.median_days), "number", unit="unit.days"),
        Column("overdue", "score.overdue", lambda e: e.year.overdue, "number"),
    ]
