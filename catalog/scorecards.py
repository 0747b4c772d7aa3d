"""Scorecards (评分表): how a department's data fare, month by month and by dimension, out of the platform's own records.

Rows right are those of the deliveries checked in a month; a period is on time unless it was found late; an order's days
run from its opening to its end. Planned resources have no deliveries and so no score. Accepted exceptions count as
right. Source: 市办法第三十四条; GB/T 36344 names the dimensions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.orm import Session, aliased

from catalog import departments
from catalog.models import Delivery, Department, FindingRow, QualityOrder, QualityOrderStep, Resource, WrongRows
from catalog.vocab import Dimension, Outcome

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the city, as moments: from the first that is in it to the first that is not."""

    name: str
    begin: datetime
    end: datetime


@dataclass(slots=True)
class Card:
    """One department, in one month, in one dimension or all (None).

    rows, right: of checked deliveries, accepted exceptions among the right ones; wrong: rows with a finding in the
    dimension, findings: how many there are. due, on_time: periods. days: of orders that ended.
    open, overdue: orders at the end of the month, or now in the month that runs; ended_in_time: of those that ended.
    """

    department: Department
    month: str
    dimension: Dimension | None
    rows: int = 0
    right: int = 0
    excepted: int = 0
    wrong: int = 0
    findings: int = 0
    due: int = 0
    on_time: int = 0
    opened: int = 0
    open: int = 0
    overdue: int = 0
    ended_in_time: int = 0
    days: list[float] = field(default_factory=list)

    @property
    def share_passed(self) -> float | None:
        """Of all dimensions the share of right rows; of one, the share of rows without a finding in it."""
        if not self.rows:
            return None
        return self.right / self.rows if self.dimension is None else 1 - self.wrong / self.rows

    @property
    def share_on_time(self) -> float | None:
        return self.on_time / self.due if self.due else None

    @property
    def ended(self) -> int:
        return len(self.days)

    @property
    def share_in_time(self) -> float | None:
        """Of the orders that ended or are overdue, those that ended in time."""
        judged = self.ended + self.overdue
        return self.ended_in_time / judged if judged else None

    @property
    def median_days(self) -> float | None:
        return median(self.days) if self.days else None


Key = tuple[str, str, Dimension | None]


def months(last: date, count: int, zone: ZoneInfo) -> list[Month]:
    """The month in which a day lies and those before it, the oldest first."""
    found, year, number = [], last.year, last.month
    for _ in range(count):
        following = (year + number // 12, number % 12 + 1)
        found.append(Month(f"{year}-{number:02d}", _midnight(year, number, zone), _midnight(*following, zone)))
        year, number = (year, number - 1) if number > 1 else (year - 1, 12)
    return found[::-1]


def _midnight(year: int, month: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(date(year, month, 1), time(), zone).astimezone(UTC)


def cards(db: Session, asked: Sequence[Month], *, now: datetime, department_id: str | None = None) -> list[Card]:
    """A card for each department that keeps resources, month and dimension, and one for all dimensions together."""
    found: dict[Key, Card] = {}
    for owner in _owners(db, department_id):
        for month in asked:
            for dimension in (None, *Dimension):
                found[owner.id, month.name, dimension] = Card(owner, month.name, dimension)
    _add_rows(db, asked, found)
    _add_wrong_rows(db, asked, found)
    _add_findings(db, asked, found)
    _add_periods(db, asked, found)
    _add_orders(db, asked, found, now)
    return list(found.values())


def _owners(db: Session, department_id: str | None) -> Sequence[Department]:
    """Who keeps resources of its own, and the authority, which answers for what it links and merges."""
    keeping = select(Resource.provider_id).where(Resource.unit == Resource.slug)
    judged = Department.id.in_(keeping) | (Department.id == departments.authority(db).id)
    query = select(Department).where(judged).order_by(Department.slug)
    return db.scalars(query if department_id is None else query.where(Department.id == department_id)).all()


def _month_of(moment: Any, asked: Sequence[Month]) -> ColumnElement[str]:
    """The name of the month in which a moment lies."""
    return case(*((and_(moment >= m.begin, moment < m.end), m.name) for m in asked)).label("month")


def _within(moment: Any, asked: Sequence[Month]) -> ColumnElement[bool]:
    return and_(moment >= asked[0].begin, moment < asked[-1].end)


def _add_rows(db: Session, asked: Sequence[Month], found: dict[Key, Card]) -> None:
    right = func.coalesce(Delivery.good, 0) + Delivery.excepted
    totals = (func.sum(func.coalesce(Delivery.rows, 0)), func.sum(right), func.sum(Delivery.excepted))
    query = select(Resource.provider_id, _month_of(Delivery.settled_at, asked), *totals)
    query = query.join(Resource, Delivery.resource_id == Resource.id).where(_within(Delivery.settled_at, asked))
    for owner, month, *sums in db.execute(query.group_by(Resource.provider_id, "month")):
        for dimension in (None, *Dimension):
            if card := found.get((owner, month, dimension)):
                card.rows, card.right, card.excepted = (int(each) for each in sums)


def _add_wrong_rows(db: Session, asked: Sequence[Month], found: dict[Key, Card]) -> None:
    total = func.sum(WrongRows.rows)
    query = select(Resource.provider_id, _month_of(Delivery.settled_at, asked), WrongRows.dimension, total)
    query = query.join(Delivery, WrongRows.delivery_id == Delivery.id)
    query = query.join(Resource, Delivery.resource_id == Resource.id).where(_within(Delivery.settled_at, asked))
    for owner, month, dimension, rows in db.execute(query.group_by(Resource.provider_id, "month", WrongRows.dimension)):
        if card := found.get((owner, month, dimension)):
            card.wrong = int(rows)


def _add_findings(db: Session, asked: Sequence[Month], found: dict[Key, Card]) -> None:
    table = FindingRow
    count = func.sum(table.count - table.accepted)
    query = select(table.department_id, _month_of(table.found_at, asked), table.dimension, count)
    query = query.where(_within(table.found_at, asked), table.delivery_id.is_not(None))
    query = query.where(table.outcome != Outcome.NORMALISE)
    for owner, month, dimension, number in db.execute(query.group_by(table.department_id, "month", table.dimension)):
        for each in (None, dimension):
            if card := found.get((owner, month, each)):
                card.findings += int(number)


def _add_periods(db: Session, asked: Sequence[Month], found: dict[Key, Card]) -> None:
    """Periods that came without having been found late, and those that were found late, each in its month."""
    for query, is_on_time in ((_came(asked), True), (_late(asked), False)):
        for owner, month, number in db.execute(query).all():
            for dimension in (None, Dimension.TIMELY):
                if card := found.get((owner, month, dimension)):
                    card.due += int(number)
                    card.on_time += int(number) if is_on_time else 0


def _came(asked: Sequence[Month]) -> Select[Any, Any, Any]:
    first = select(Delivery.resource_id, Delivery.period, func.min(Delivery.received_at).label("at"))
    came = first.group_by(Delivery.resource_id, Delivery.period).subquery()
    late = aliased(FindingRow)
    was_late = select(late.id).where(
        late.rule == "DELIVERY_LATE", late.resource_id == came.c.resource_id, late.period == came.c.period
    )
    query = select(Resource.provider_id, _month_of(came.c.at, asked), func.count())
    query = query.join(came, came.c.resource_id == Resource.id).where(Resource.lead_days.is_not(None))
    return query.where(_within(came.c.at, asked), ~was_late.exists()).group_by(Resource.provider_id, "month")


def _late(asked: Sequence[Month]) -> Select[Any, Any, Any]:
    table = FindingRow
    query = select(table.department_id, _month_of(table.found_at, asked), func.count())
    query = query.where(table.rule == "DELIVERY_LATE", _within(table.found_at, asked))
    return query.group_by(table.department_id, "month")


@dataclass(frozen=True, slots=True)
class _Spell:
    """An order from one opening to its end, None while it is open."""

    owner: str
    dimension: Dimension
    opened_at: datetime
    due_at: datetime | None
    ended_at: datetime | None


def _spells(db: Session, since: datetime) -> Iterable[_Spell]:
    """The openings of orders that were open at a moment or later."""
    begun, ended = aliased(QualityOrderStep), aliased(QualityOrderStep)
    end = (ended.order_id == begun.order_id) & (ended.opened_at == begun.opened_at)
    query = select(QualityOrder.department_id, QualityOrder.dimension, begun.at, begun.due_at, ended.at)
    query = query.join(begun, begun.order_id == QualityOrder.id)
    query = query.outerjoin(ended, end & ended.what.in_(("closed", "approved")))
    query = query.where(begun.what.in_(("opened", "reopened")), ended.at.is_(None) | (ended.at >= since))
    return (_Spell(owner, kind, begun_at, due, end_at) for owner, kind, begun_at, due, end_at in db.execute(query))


def _add_orders(db: Session, asked: Sequence[Month], found: dict[Key, Card], now: datetime) -> None:
    by_owner: defaultdict[str, list[_Spell]] = defaultdict(list)
    for spell in _spells(db, asked[0].begin):
        by_owner[spell.owner].append(spell)
    for (owner, _, dimension), card in found.items():
        month = next(m for m in asked if m.name == card.month)
        for spell in by_owner[owner]:
            if dimension in (None, spell.dimension):
                _count(card, spell, month, now)


def _count(card: Card, spell: _Spell, month: Month, now: datetime) -> None:
    """What an order adds to a month: opened in it, ended in it, open or overdue at its end."""
    card.opened += month.begin <= spell.opened_at < month.end
    if spell.ended_at is not None and month.begin <= spell.ended_at < month.end:
        card.days.append((spell.ended_at - spell.opened_at) / _DAY)
        card.ended_in_time += spell.due_at is None or spell.ended_at < spell.due_at
    has_ended = spell.ended_at is not None and spell.ended_at < month.end
    is_open = spell.opened_at < month.end and not has_ended
    card.open += is_open
    card.overdue += is_open and spell.due_at is not None and spell.due_at <= min(month.end, now)
