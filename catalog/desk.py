"""What waits for somebody today, by due date."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from catalog import deliveries, overviews, projects, request_states, sharing
from catalog.calendar import work_calendar
from catalog.deliveries import Late
from catalog.roles import Action, Caller, may, may_for_all
from catalog.vocab import DeliveryState


@dataclass(frozen=True, slots=True)
class Todo:
    """One piece of work. kind: answer, deliver, mend, confirm, remind, accept; subject: id of what it is about.

    due: the last day on which it is in time, None where no rule sets one.
    """

    kind: str
    subject: str
    title: str
    department: str
    since: date
    due: date | None
    is_provisional: bool = False

    def is_overdue(self, today: date) -> bool:
        return self.due is not None and self.due < today


def todos(db: Session, caller: Caller, *, today: date, zone: ZoneInfo) -> list[Todo]:
    """The caller's to-dos, the soonest due first, those without a due date last."""
    found = [*_answers(db, caller, zone), *_debts(db, caller, today), *_returned(db, caller, zone)]
    found += [*_held(db, caller, zone), *_acceptances(db, caller, today)]
    return sorted(found, key=lambda t: (t.due is None, t.due or t.since, t.subject))


def _day(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()


def _answers(db: Session, caller: Caller, zone: ZoneInfo) -> Iterator[Todo]:
    if not may(caller, Action.DECIDE):
        return
    for asked in sharing.requests(db, caller.department_id):
        if asked.state == request_states.ASKED and asked.resource.provider_id == caller.department_id:
            # the clock ends at midnight: the last day in time is the one before
            due = _day(asked.due_at, zone) if asked.due_at else None
            last = date.fromordinal(due.toordinal() - 1) if due else None
            since = _day(asked.asked_at, zone)
            yield Todo(
                "answer", asked.id, asked.resource.name, asked.department.name, since, last, asked.is_due_provisional
            )


def _debts(db: Session, caller: Caller, today: date) -> Iterator[Todo]:
    everyone = may_for_all(caller, Action.REMIND)
    if not everyone and not may(caller, Action.DELIVER):
        return
    for debt in deliveries.late(db, today, work_calendar(db)):
        own = debt.department.id == caller.department_id
        if everyone or own:
            yield _debt("deliver" if own else "remind", debt)


def _debt(kind: str, debt: Late) -> Todo:
    title = f"{debt.resource.name} {debt.period}"
    return Todo(kind, debt.resource.slug, title, debt.department.name, debt.due, debt.due, debt.is_provisional)


def _returned(db: Session, caller: Caller, zone: ZoneInfo) -> Iterator[Todo]:
    if not may(caller, Action.DELIVER):
        return
    for kept in overviews.kept(db, caller.department_id):
        if kept.latest is not None and kept.latest.state is DeliveryState.RETURNED:
            title = f"{kept.resource.name} {kept.latest.period}"
            since = _day(kept.latest.received_at, zone)
            yield Todo("mend", kept.latest.id, title, kept.resource.provider.name, since, None)


def _held(db: Session, caller: Caller, zone: ZoneInfo) -> Iterator[Todo]:
    if not may_for_all(caller, Action.CONFIRM_DELIVERY):
        return
    for delivery in overviews.held(db):
        title = f"{delivery.resource.name} {delivery.period}"
        since = _day(delivery.received_at, zone)
        yield Todo("confirm", delivery.id, title, delivery.resource.provider.name, since, None)


def _acceptances(db: Session, caller: Caller, today: date) -> Iterator[Todo]:
    if not may_for_all(caller, Action.ACCEPT):
        return
    for project in projects.awaiting_acceptance(db):
        yield Todo("accept", project.code, project.name, project.department.name, today, None)
