"""Scorecards (评分表): how a department's data fare, month by month and by dimension, out of the platform's own records.

Rows right are those of the deliveries checked in a month; a period is on time when a delivery that counts for it came
(`catalog.came`) and it was not found late; an order's days run from its opening to its end. Planned resources have no
deliveries and so no score. Accepted exceptions count as right. Source: 市办法第三十四条; GB/T 36344 names the dimensions.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import CTE, ColumnElement, Select, and_, case, func, literal, select, true, union_all
from sqlalchemy.orm import Session, aliased

from catalog import departments
from catalog.came import has_come
from catalog.models import (
    Delivery,
    Department,
    FindingRow,
    QualityOrder,
    QualityOrderStep,
    Resource,
    UtcDateTime,
    WrongRows,
)
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
# all together, and each
EVERY: tuple[Dimension | None, ...] = (None, *Dimension)


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


class _Cards:
    """Cards as they are made: of the departments that are judged, for what happened."""

    def __init__(self, owners: Sequence[Department], dimensions: Collection[Dimension | None]) -> None:
        self._owners = {owner.id: owner for owner in owners}
        self._dimensions = dimensions
        self._made: dict[Key, Card] = {}

    def of(self, owner: str, month: str, dimensions: Iterable[Dimension | None]) -> Iterator[Card]:
        """The department's cards of a month, of those dimensions that are wanted."""
        for dimension in dimensions:
            if owner in self._owners and dimension in self._dimensions:
                key = (owner, month, dimension)
                if key not in self._made:
                    self._made[key] = Card(self._owners[owner], month, dimension)
                yield self._made[key]

    def in_order(self) -> list[Card]:
        """By department, month and dimension, all of them first."""
        owners = {owner: place for place, owner in enumerate(self._owners)}
        dimensions = {dimension: place for place, dimension in enumerate(EVERY)}
        return sorted(
            self._made.values(), key=lambda card: (owners[card.department.id], card.month, dimensions[card.dimension])
        )


def cards(
    db: Session,
    asked: Sequence[Month],
    *,
    now: datetime,
    department_id: str | None = None,
    dimensions: Collection[Dimension | None] = EVERY,
) -> list[Card]:
    """A card for each department that keeps resources, month and dimension in which something happened, and one for
    all dimensions together (None)."""
    found = _Cards(owners(db, department_id), dimensions)
    for add in (_add_rows, _add_wrong_rows, _add_findings, _add_periods):
        add(db, asked, found, department_id)
    _add_orders(db, asked, found, department_id, now)
    return found.in_order()


def owners(db: Session, department_id: str | None = None) -> Sequence[Department]:
    """Who keeps resources of its own, and the authority, which answers for what it links and merges; by slug."""
    keeping = select(literal(1)).where(Resource.provider_id == Department.id, Resource.unit == Resource.slug)
    judged = keeping.exists() | (Department.id == departments.authority(db).id)
    query = select(Department).where(judged).order_by(Department.slug)
    return db.scalars(query if department_id is None else query.where(Department.id == department_id)).all()


def _month_of(moment: Any, asked: Sequence[Month]) -> ColumnElement[str]:
    """The name of the month in which a moment lies."""
    return case(*((and_(moment >= m.begin, moment < m.end), m.name) for m in asked)).label("month")


def _within(moment: Any, asked: Sequence[Month]) -> ColumnElement[bool]:
    return and_(moment >= asked[0].begin, moment < asked[-1].end)


def _is(department: Any, whose: str | None) -> ColumnElement[bool]:
    """Whether something is of the department, of any for None."""
    found: ColumnElement[bool] = true() if whose is None else department == whose
    return found


def _kept_by(whose: str | None) -> ColumnElement[bool]:
    """Whether a delivery is of the department; as a set, so that no other department's are looked at."""
    if whose is None:
        return true()
    return Delivery.resource_id.in_(select(Resource.id).where(Resource.provider_id == whose))


def _add_rows(db: Session, asked: Sequence[Month], found: _Cards, whose: str | None) -> None:
    right = func.coalesce(Delivery.good, 0) + Delivery.excepted
    totals = (func.sum(func.coalesce(Delivery.rows, 0)), func.sum(right), func.sum(Delivery.excepted))
    query = select(Resource.provider_id, _month_of(Delivery.settled_at, asked), *totals)
    query = query.join(Resource, Delivery.resource_id == Resource.id).where(_within(Delivery.settled_at, asked))
    query = query.where(_kept_by(whose))
    for owner, month, *sums in db.execute(query.group_by(Resource.provider_id, "month")):
        for card in found.of(owner, month, EVERY):
            card.rows, card.right, card.excepted = (int(each) for each in sums)


def _add_wrong_rows(db: Session, asked: Sequence[Month], found: _Cards, whose: str | None) -> None:
    total = func.sum(WrongRows.rows)
    query = select(Resource.provider_id, _month_of(Delivery.settled_at, asked), WrongRows.dimension, total)
    query = query.join(Delivery, WrongRows.delivery_id == Delivery.id)
    query = query.join(Resource, Delivery.resource_id == Resource.id).where(_within(Delivery.settled_at, asked))
    query = query.where(_kept_by(whose))
    for owner, month, dimension, rows in db.execute(query.group_by(Resource.provider_id, "month", WrongRows.dimension)):
        for card in found.of(owner, month, (dimension,)):
            card.wrong = int(rows)


def _add_findings(db: Session, asked: Sequence[Month], found: _Cards, whose: str | None) -> None:
    table = FindingRow
    count = func.sum(table.count - table.accepted)
    query = select(table.department_id, _month_of(table.found_at, asked), table.dimension, count)
    query = query.where(_within(table.found_at, asked), table.delivery_id.is_not(None))
    query = query.where(table.outcome != Outcome.NORMALISE, _is(table.department_id, whose))
    for owner, month, dimension, number in db.execute(query.group_by(table.department_id, "month", table.dimension)):
        for card in found.of(owner, month, (None, dimension)):
            card.findings += int(number)


def _add_periods(db: Session, asked: Sequence[Month], found: _Cards, whose: str | None) -> None:
    """Periods that came without having been found late, and those that were found late, each in its month."""
    for query, is_on_time in ((_came(asked, whose), True), (_late(asked, whose), False)):
        for owner, month, number in db.execute(query).all():
            for card in found.of(owner, month, (None, Dimension.TIMELY)):
                card.due += int(number)
                card.on_time += int(number) if is_on_time else 0


def _came(asked: Sequence[Month], whose: str | None) -> Select[Any, Any, Any]:
    first = select(Delivery.resource_id, Delivery.period, func.min(Delivery.received_at).label("at"))
    came = first.where(_kept_by(whose), has_come()).group_by(Delivery.resource_id, Delivery.period).subquery()
    late = aliased(FindingRow)
    was_late = select(late.id).where(
        late.rule == "DELIVERY_LATE", late.resource_id == came.c.resource_id, late.period == came.c.period
    )
    query = select(Resource.provider_id, _month_of(came.c.at, asked), func.count())
    query = query.join(came, came.c.resource_id == Resource.id).where(Resource.lead_days.is_not(None))
    return query.where(_within(came.c.at, asked), ~was_late.exists()).group_by(Resource.provider_id, "month")


def _late(asked: Sequence[Month], whose: str | None) -> Select[Any, Any, Any]:
    table = FindingRow
    query = select(table.department_id, _month_of(table.found_at, asked), func.count())
    query = query.where(table.rule == "DELIVERY_LATE", _within(table.found_at, asked), _is(table.department_id, whose))
    return query.group_by(table.department_id, "month")


def _add_orders(db: Session, asked: Sequence[Month], found: _Cards, whose: str | None, now: datetime) -> None:
    spells, spans = _spells(asked[0].begin, whose), _spans(asked, now)
    for owner, dimension, month, *counts in db.execute(_counts(spells, spans)):
        for card in found.of(owner, month, (None, dimension)):
            for part, count in zip(_COUNTED, counts, strict=True):
                setattr(card, part, getattr(card, part) + int(count))
    # a median needs each
    ended = select(spells.c.department_id, spells.c.dimension, _month_of(spells.c.ended_at, asked), spells.c.begun_at)
    for owner, dimension, month, begun_at, ended_at in db.execute(
        ended.add_columns(spells.c.ended_at).where(_within(spells.c.ended_at, asked))
    ):
        for card in found.of(owner, month, (None, dimension)):
            card.days.append((ended_at - begun_at) / _DAY)


_COUNTED = ("opened", "ended_in_time", "open", "overdue")


def _spells(since: datetime, whose: str | None) -> CTE:
    """Orders from each opening to its end, None while they are open; those that were open at a moment or later."""
    begun, ended = aliased(QualityOrderStep), aliased(QualityOrderStep)
    end = (ended.order_id == begun.order_id) & (ended.opened_at == begun.opened_at)
    query = select(QualityOrder.department_id, QualityOrder.dimension, begun.due_at)
    query = query.add_columns(begun.at.label("begun_at"), ended.at.label("ended_at"))
    query = query.join(begun, begun.order_id == QualityOrder.id)
    query = query.outerjoin(ended, end & ended.what.in_(("closed", "approved")))
    query = query.where(begun.what.in_(("opened", "reopened")), ended.at.is_(None) | (ended.at >= since))
    query = query.where(_is(QualityOrder.department_id, whose))
    return query.cte("spell")


def _spans(asked: Sequence[Month], now: datetime) -> CTE:
    """The months as rows; until: when it is looked at whether an order is overdue."""
    rows = (
        select(
            literal(m.name).label("name"),
            literal(m.begin, UtcDateTime()).label("begin"),
            literal(m.end, UtcDateTime()).label("end"),
            literal(min(m.end, now), UtcDateTime()).label("until"),
        )
        for m in asked
    )
    return union_all(*rows).cte("span")


def _counts(spell: CTE, month: CTE) -> Select[Any, Any, Any, Any, Any, Any, Any]:
    """What orders add to each month: opened in it, ended in it in time, open or overdue at its end."""
    s, m = spell.c, month.c
    has_ended = s.ended_at.is_not(None) & (s.ended_at < m.end)
    in_time = has_ended & (s.ended_at >= m.begin) & (s.due_at.is_(None) | (s.ended_at < s.due_at))
    overdue = ~has_ended & (s.due_at <= m.until)
    counted = (s.begun_at >= m.begin, in_time, ~has_ended, overdue)
    query = select(s.department_id, s.dimension, m.name, *(func.count().filter(each) for each in counted))
    met = (s.begun_at < m.end) & (s.ended_at.is_(None) | (s.ended_at >= m.begin))
    return query.join_from(spell, month, met).group_by(s.department_id, s.dimension, m.name)
