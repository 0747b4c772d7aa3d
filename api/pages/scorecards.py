"""Scorecards: the city's page, a department's own, as charts and tables; the yearly evaluation, for export."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from fastapi import APIRouter
from starlette.responses import Response

from api import score_charts
from api.pages.grid import Column
from api.pages.page import OwnPage, Page
from catalog import departments, evaluation, scorecards, verdicts
from catalog.errors import NotFound
from catalog.evaluation import Evaluated
from catalog.roles import Action, scope
from catalog.scorecards import Card, Month
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
    asked = _months(page)
    cards = scorecards.cards(page.db, asked, now=page.now, dimensions=(None,))
    running = {line.card.department.id: line for line in _lines(cards, asked) if line.card.month == asked[-1].name}
    owners = scorecards.owners(page.db)
    lines = [running.get(owner.id) or Line(Card(owner, asked[-1].name, None), None) for owner in owners]
    judged = [(line.card.department.name, line.card.share_passed) for line in lines]
    ranked = sorted(((n, s) for n, s in judged if s is not None), key=lambda pair: (-pair[1], pair[0]))
    # of very many those that must act
    bars, few = ranked[-score_charts.MOST_BARS :], len(ranked) <= score_charts.MOST_BARS
    title = page.words("score.by_department") if few else page.words("score.lowest", n=len(bars))
    return page.table(
        "scorecards.html",
        page.grid("score.list", _city_columns(page), lines),
        bars=score_charts.by_department(page.house.charts, bars, title) if bars else "",
        bars_title=title,
        trend=_trend(page, [(page.words("score.city"), m, c) for m, c in _whole_city(cards, asked)], asked),
        limits=verdicts.thresholds(page.db, page.today),
        year=page.today.year,
    )


def _months(page: Page) -> list[Month]:
    return scorecards.months(page.today, MONTHS, page.house.settings.zone)


def _lines(cards: Sequence[Card], asked: Sequence[Month]) -> list[Line]:
    """The cards, each beside the one of the month before."""
    by_key = {(card.department.id, card.month, card.dimension): card for card in cards}
    before = {month.name: earlier.name for earlier, month in pairwise(asked)}
    return [
        Line(card, _change(by_key.get((card.department.id, before.get(card.month, ""), card.dimension)), card))
        for card in cards
    ]


def _change(before: Card | None, card: Card) -> float | None:
    if before is None or card.share_passed is None or before.share_passed is None:
        return None
    return card.share_passed - before.share_passed


def _whole_city(cards: Sequence[Card], asked: Sequence[Month]) -> list[tuple[str, float | None]]:
    """Month -> the share of right rows of all departments together."""
    rows, right = Counter[str](), Counter[str]()
    for card in cards:
        rows[card.month] += card.rows
        right[card.month] += card.right
    return [(m.name, right[m.name] / rows[m.name] if rows[m.name] else None) for m in asked]


def _trend(page: Page, points: Sequence[tuple[str, str, float | None]], asked: Sequence[Month]) -> object:
    """Every month that was asked for, whether something happened in it or not; "" when nothing did in any."""
    known = {(series, month): share for series, month, share in points if share is not None}
    series = dict.fromkeys(name for name, _ in known)
    drawn = [(name, month.name, known.get((name, month.name))) for name in series for month in asked]
    return score_charts.by_month(page.house.charts, drawn, page.words("score.trend")) if known else ""


def figures() -> list[Column]:
    """The columns that every table of cards has, over lines; what did not happen is no zero."""

    def of_rows(number: int, card: Card) -> int | None:
        return number if card.rows else None

    def of_orders(number: int, card: Card) -> int | None:
        return None if card.is_blank else number

    return [
        Column("rows", "delivery.rows", lambda n: n.card.rows or None, "number"),
        Column("share", "delivery.good_share", lambda n: n.card.share_passed, "percent"),
        Column("excepted", "score.excepted", lambda n: of_rows(n.card.excepted, n.card), "number"),
        Column("change", "score.change", lambda n: n.change, "percent", note=_arrow),
        Column("on_time", "score.on_time", lambda n: n.card.share_on_time, "percent"),
        Column("findings", "finding.count", lambda n: of_orders(n.card.findings, n.card), "number"),
        Column("days", "score.days", lambda n: _rounded(n.card.median_days), "number", unit="unit.days"),
        Column("open", "score.open", lambda n: of_orders(n.card.open, n.card), "number"),
        Column("overdue", "score.overdue", lambda n: of_orders(n.card.overdue, n.card), "number"),
    ]


def _arrow(line: Line) -> str:
    return "" if not line.change else "↑" if line.change > 0 else "↓"


def _rounded(days: float | None) -> float | None:
    return None if days is None else round(days, 1)


def _city_columns(page: Page) -> list[Column]:
    def link(line: Line) -> str:
        return f"/scorecards/{line.card.department.slug}"

    return [Column("department", "department", lambda n: n.card.department.name, link=link), *figures()]


@router.get("/scorecards/{department}")
def own(department: str, page: OwnPage) -> Response:
    """A department's twelve months, by dimension."""
    owner = departments.get(page.db, department)
    page.require(Action.READ_FINDINGS, owner.id)
    asked = _months(page)
    cards = scorecards.cards(page.db, asked, now=page.now, department_id=owner.id)
    by_dimension = [card for d in scorecards.EVERY for card in cards if card.dimension is d]
    lines = _lines(by_dimension, asked)
    whole = [line for line in lines if line.card.dimension is None]
    drawn = [(c.month, c) for c in by_dimension if c.dimension not in (None, Dimension.TIMELY, Dimension.ACCESSIBLE)]
    running = next((line.card for line in whole if line.card.month == asked[-1].name), None)
    total = page.words("score.all")
    return page.table(
        "scorecard.html",
        page.grid("score.own", _own_columns(page), lines[::-1]),
        department=owner,
        latest=running or Card(owner, asked[-1].name, None),
        trend=_trend(page, [
            *((total, line.card.month, line.card.share_passed) for line in whole),
            *((page.words.term(c.dimension), month, c.share_passed) for month, c in drawn),
        ], asked),
        on_time=_trend(
            page, [(page.words("score.on_time"), n.card.month, n.card.share_on_time) for n in whole], asked
        ),
    )  # fmt: skip


def _own_columns(page: Page) -> list[Column]:
    def dimension(line: Line) -> str:
        found = line.card.dimension
        return page.words("score.all") if found is None else page.words.term(found)

    return [
        Column("month", "score.month", lambda n: n.card.month, "period", is_filter=True),
        Column("dimension", "finding.dimension", dimension, is_filter=True),
        *figures(),
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
