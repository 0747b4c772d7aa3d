"""Deliveries that are owed: whose newest due period has not come, since when, and the finding about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Boolean, Date, Integer, String, Subquery, func, literal, select, union_all
from sqlalchemy.orm import Session

from catalog import quality_orders, resources, search_index
from catalog.calendar import WorkCalendar, due_of, last_due_period
from catalog.came import has_come
from catalog.deliveries import finding_row
from catalog.lists import Listing, Named
from catalog.models import Delivery, Department, FindingRow, Resource, SearchEntry
from catalog.vocab import Dimension, Finding, Outcome, ResourceState, Side, UpdateCycle


@dataclass(frozen=True, slots=True)
class Late:
    """A resource that owes the delivery of a period since a day."""

    resource: Resource
    department: Department
    period: str
    due: date
    is_provisional: bool


def late(db: Session, today: date, working: WorkCalendar, department_id: str | None = None) -> Sequence[Late]:
    """Resources without a delivery that counts for their newest due period, the longest overdue first; None for everyone's."""
    search_index.settle(db)
    return late_list(db, today, working, department_id).all(db)


def late_list(db: Session, today: date, working: WorkCalendar, department_id: str | None = None) -> Listing[Late]:
    """The same as a list to search, sort and cut.

    What is due is worked out once for each pair of cycle and lead time, and joined to the resources of the pair,
    of which the index of resources knows the newest period that came.
    """
    entry, terms = SearchEntry, _terms_table([_term(*pair, today, working) for pair in _terms(db)])
    pair = (entry.update_cycle == terms.c.cycle) & (entry.lead_days == terms.c.lead)
    query = select(entry.resource_id, terms.c.period, terms.c.due, terms.c.is_provisional).join(terms, pair)
    query = query.where(*_OWING, func.coalesce(entry.came_period, "") < terms.c.period)
    if department_id is not None:
        query = query.where(entry.provider_id == department_id)
    department = Named(entry.provider_id, Department.id, Department.name)
    return Listing(
        query,
        {
            "name": entry.title,
            "department": department,
            "cycle": entry.update_cycle,
            "period": terms.c.period,
            "due": terms.c.due,
            "days": terms.c.due,
        },
        [terms.c.due, entry.slug],
        (entry.title, entry.slug, department, terms.c.period),
        ("department", "cycle"),
        backwards=("days",),
        made=_late,
    )


def _late(db: Session, rows: Sequence[Any]) -> list[Late]:
    found = resources.by_id(db, [row.resource_id for row in rows])
    return [Late(found[row[0]], found[row[0]].provider, *row[1:]) for row in rows]


_Term = tuple[UpdateCycle, int, str, date, bool]


_NO_TERM: _Term = (UpdateCycle.IRREGULAR, -1, "", date.min, False)


def _term(cycle: UpdateCycle, lead: int, today: date, working: WorkCalendar) -> _Term:
    """What resources of a cycle and lead time owe: the period, the day it was due, whether that is provisional."""
    period = last_due_period(cycle, lead, today, working)
    due = due_of(period, lead, working)
    return cycle, lead, period, due.day, due.is_provisional


def _terms_table(terms: Sequence[_Term]) -> Subquery:
    """Terms as a table; of one row that fits nothing where there are none."""
    types = {
        "cycle": SearchEntry.update_cycle.type,
        "lead": Integer(),
        "period": String(),
        "due": Date(),
        "is_provisional": Boolean(),
    }
    rows = [
        select(*(literal(value, kind).label(name) for value, (name, kind) in zip(term, types.items(), strict=True)))
        for term in terms or [_NO_TERM]
    ]
    return union_all(*rows).subquery("terms")


_OWING = (
    SearchEntry.state == ResourceState.PUBLISHED,
    SearchEntry.is_own,
    SearchEntry.lead_days.is_not(None),
    SearchEntry.update_cycle != UpdateCycle.IRREGULAR,
)


def _terms(db: Session) -> list[tuple[UpdateCycle, int]]:
    found = db.execute(select(SearchEntry.update_cycle, SearchEntry.lead_days).where(*_OWING).distinct())
    return [(cycle, lead) for cycle, lead in found if lead is not None]


def owed(db: Session, resource: Resource, today: date, working: WorkCalendar) -> Late | None:
    """What the resource owes today, None when a delivery counts for its newest due period."""
    if resource.lead_days is None or resource.update_cycle is UpdateCycle.IRREGULAR:
        return None
    period = last_due_period(resource.update_cycle, resource.lead_days, today, working)
    delivered = select(func.count()).where(Delivery.resource_id == resource.id, Delivery.period >= period, has_come())
    if db.scalar(delivered):
        return None
    due = due_of(period, resource.lead_days, working)
    return Late(resource, resource.provider, period, due.day, due.is_provisional)


def record_late(db: Session, debt: Late, *, now: datetime, zone: ZoneInfo) -> bool:
    """A DELIVERY_LATE finding for the department and its order, once per resource and period; whether it is new."""
    known = select(FindingRow.id).where(
        FindingRow.resource_id == debt.resource.id, FindingRow.rule == "DELIVERY_LATE", FindingRow.period == debt.period
    )
    if db.scalar(known):
        return False
    finding = Finding(
        rule="DELIVERY_LATE",
        dimension=Dimension.TIMELY,
        outcome=Outcome.WARN,
        side=Side.COLLECTOR,
        column="",
        count=1,
        message=f"「{debt.resource.name}」{debt.period} 应于 {debt.due} 前报送，至今未收到",
        remedy="尽快报送；确无数据的，报送零报送",
    )
    row = finding_row(finding, resource=debt.resource, period=debt.period, department_id=debt.department.id, now=now)
    db.add(row)
    quality_orders.follow_late(db, row, now=now, zone=zone)
    db.flush()
    return True
