"""What can be done next with a request: by whom, and which steps one caller may take now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, false, or_, select
from sqlalchemy.orm import Session

from catalog import departments
from catalog.models import Department, RequestAnswer, RequestExtension, SharingRequest
from catalog.request_states import ASKED, CHECKING, DISPUTED, OPEN, REFUSED, RETURNED, is_overdue
from catalog.roles import Action, Caller, may, may_for_all

CHECK, GIVE_BACK, RESUBMIT, ANSWER, EXTEND = "check", "give_back", "resubmit", "answer", "extend"
DECIDE_EXTENSION, REMIND, DISPUTE, SETTLE, WITHDRAW = "decide_extension", "remind", "dispute", "settle", "withdraw"


def holders(db: Session, found: SharingRequest) -> list[Department]:
    """The departments whose turn it is; none when the request has come to its end."""
    if found.state == ASKED:
        return [answer.department for answer in found.answers if answer.outcome is None]
    if found.state in (CHECKING, DISPUTED):
        return [departments.authority(db)]
    return [found.department] if found.state == RETURNED else []


def open_to(caller: Caller, found: SharingRequest, now: datetime) -> frozenset[str]:
    """The steps that a caller may take now."""
    return frozenset(_steps(caller, found, now))


MINE, OTHERS, NOBODYS = "me", "others", "none"


def turn(caller: Caller, found: SharingRequest, now: datetime) -> str:
    """Whose turn it is as the caller sees it: me, others, none."""
    if open_to(caller, found, now) - {WITHDRAW}:
        return MINE
    return OTHERS if found.state in OPEN else NOBODYS


def turn_column(caller: Caller, now: datetime) -> ColumnElement[str]:
    """The same of every request that a query finds."""
    table = SharingRequest
    return case((or_(false(), *_turns(caller, now)), MINE), (table.state.in_(OPEN), OTHERS), else_=NOBODYS)


def _turns(caller: Caller, now: datetime) -> Iterator[ColumnElement[bool]]:
    table, answer, extension = SharingRequest, RequestAnswer, RequestExtension
    is_own, is_asked = table.department_id == caller.department_id, table.state == ASKED
    if may_for_all(caller, Action.CHECK_CONFORMITY):
        yield table.state == CHECKING
    if may_for_all(caller, Action.SETTLE_DISPUTE):
        yield table.state == DISPUTED
    if may(caller, Action.ASK):
        yield and_(table.state == RETURNED, is_own)
    if may(caller, Action.DECIDE):
        own = select(answer.request_id).where(answer.department_id == caller.department_id, answer.outcome.is_(None))
        yield and_(is_asked, table.id.in_(own))
    if may_for_all(caller, Action.ESCALATE):
        yield and_(is_asked, table.id.in_(select(extension.request_id).where(extension.outcome.is_(None))))
    if may_for_all(caller, Action.REMIND):
        yield and_(is_asked, table.due_at <= now)
    if may(caller, Action.DISPUTE):
        is_late = and_(is_asked, or_(table.escalated_at.is_not(None), table.due_at <= now))
        yield and_(is_own, table.disputed_at.is_(None), or_(table.state == REFUSED, is_late))


def _steps(caller: Caller, found: SharingRequest, now: datetime) -> Iterator[str]:
    is_own = found.department_id == caller.department_id
    if found.state == CHECKING and may_for_all(caller, Action.CHECK_CONFORMITY):
        yield CHECK
        if found.returned_at is None:
            yield GIVE_BACK
    if found.state == RETURNED and is_own and may(caller, Action.ASK):
        yield RESUBMIT
    if found.state == ASKED:
        yield from _answering(caller, found, now)
    if found.state == DISPUTED and may_for_all(caller, Action.SETTLE_DISPUTE):
        yield SETTLE
    if is_own and may(caller, Action.DISPUTE) and _is_disputable(found, now):
        yield DISPUTE
    if found.state in OPEN and is_own and may(caller, Action.ASK):
        yield WITHDRAW


def _answering(caller: Caller, found: SharingRequest, now: datetime) -> Iterator[str]:
    is_due = found.due_at is not None and found.due_at <= now
    own = own_answer(caller, found)
    if own is not None and own.outcome is None and may(caller, Action.DECIDE):
        yield ANSWER
        if found.extension is None and found.due_at is not None and not is_due and not caller.is_authority:
            yield EXTEND
    if found.extension is not None and found.extension.outcome is None and may_for_all(caller, Action.ESCALATE):
        yield DECIDE_EXTENSION
    if is_due and may_for_all(caller, Action.REMIND):
        yield REMIND


def _is_disputable(found: SharingRequest, now: datetime) -> bool:
    return found.disputed_at is None and (found.state == REFUSED or is_overdue(found, now))


def own_answer(caller: Caller, found: SharingRequest) -> RequestAnswer | None:
    """The place of the answer of the caller's department, None when it is not asked."""
    return next((answer for answer in found.answers if answer.department_id == caller.department_id), None)
