"""The yearly evaluation of departments by quality (年度考核): their months added up, and a score by dated weights."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from catalog import projects, scorecards
from catalog.models import Department
from catalog.scorecards import Card

WEIGHTS = ("score_quality", "score_timely", "score_mending")


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A department's year. score: of 100, by the weights of what there is to judge; None where there is nothing."""

    department: Department
    year: Card
    score: float | None


def evaluate(
    db: Session, year: int, *, now: datetime, zone: ZoneInfo, department_id: str | None = None
) -> list[Evaluated]:
    """Every department's year, the best score first; those without anything to judge last."""
    last = min(date(year, 12, 31), now.astimezone(zone).date())
    asked = scorecards.months(last, last.month if last.year == year else 12, zone)
    rules = [projects.rule(db, code, last) for code in WEIGHTS]
    weights = [rule.value or 0.0 if rule else 0.0 for rule in rules]
    cards = scorecards.cards(db, asked, now=now, department_id=department_id, dimensions=(None,))
    by_owner = {owner.id: list(each) for owner, each in groupby(cards, key=lambda card: card.department)}
    found = []
    for owner in scorecards.owners(db, department_id):
        total = _added(owner, by_owner.get(owner.id, []), asked[-1].name, str(year))
        found.append(Evaluated(owner, total, score(total, weights)))
    return sorted(found, key=lambda each: (each.score is None, -(each.score or 0), each.department.slug))


def _added(owner: Department, months: list[Card], last: str, name: str) -> Card:
    """A year out of its months: what is open is what is open at the end of the last."""
    total = Card(owner, name, None)
    for card in months:
        for part in ("rows", "right", "excepted", "findings", "due", "on_time", "opened", "ended_in_time"):
            setattr(total, part, getattr(total, part) + getattr(card, part))
        total.days += card.days
        if card.month == last:
            total.open, total.overdue = card.open, card.overdue
    return total


def score(card: Card, weights: list[float]) -> float | None:
    """The weighted mean of the shares there are, of 100."""
    shares = (card.share_passed, card.share_on_time, card.share_in_time)
    judged = [(weight, share) for weight, share in zip(weights, shares, strict=True) if share is not None and weight]
    total = sum(weight for weight, _ in judged)
    return 100 * sum(weight * share for weight, share in judged) / total if total else None
