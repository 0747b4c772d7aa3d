"""One action on many things to do (批量办理): each on its own, each with its result; one that fails spoils no other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import update
from sqlalchemy.orm import Session

from catalog import (
    answers,
    deliveries,
    demands,
    departments,
    extensions,
    grants,
    lifecycle,
    one_source,
    resources,
    sharing,
)
from catalog.deadlines import due_of
from catalog.errors import Conflict, Invalid, NotAllowed, PlatformError
from catalog.models import Revision
from catalog.notices import tell
from catalog.request_states import ASKED
from catalog.roles import Action, Caller, require, require_any
from catalog.todos import KINDS

MOST = 500


@dataclass(frozen=True, slots=True)
class Hand:
    """Who acts, when, and with what words. values: what the action needs besides, such as reason_code and reason."""

    db: Session
    caller: Caller
    now: datetime
    zone: ZoneInfo
    mask_key_id: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """A text among the values, empty when it is not there."""
        found = self.values.get(name, "")
        if not isinstance(found, str):
            raise Invalid(f"{name} 应为文字", remedy="改为文字")
        return found

    @property
    def who(self) -> dict[str, Any]:
        return {"department_id": self.caller.department_id, "by": self.caller.client_id, "now": self.now}


@dataclass(frozen=True, slots=True)
class RowResult:
    """What became of one row; a refusal says why and the way out."""

    id: str
    done: bool
    code: str = ""
    message: str = ""
    remedy: str = ""


class _Preview(Exception):
    """Ends the block whose changes a preview must not keep."""


def batch(
    db: Session,
    caller: Caller,
    kind: str,
    action: str,
    ids: Sequence[str],
    *,
    now: datetime,
    zone: ZoneInfo,
    mask_key_id: str,
    values: Mapping[str, Any] | None = None,
    preview: bool = False,
) -> list[RowResult]:
    """Do one action to each thing; a result per row, in the order of the ids.

    preview: try everything and keep nothing. Every row asks for the caller's right and the row's state anew.
    """
    run = _ACTIONS.get((kind, action))
    if run is None:
        known = KINDS[kind].actions if kind in KINDS else ()
        raise Invalid(f"「{kind}」不能批量做「{action}」", remedy=f"可用：{'、'.join(known) or '无'}")
    if not 1 <= len(ids) <= MOST:
        raise Invalid(f"一次批量办理 1 至 {MOST} 件", remedy="分批办理")
    # SQLite begins a transaction at the first write, and a savepoint must lie inside one
    db.execute(update(Revision).where(Revision.name == "").values(value=0))
    hand = Hand(db, caller, now, zone, mask_key_id, values or {})
    return [_one(hand, run, each, preview) for each in dict.fromkeys(ids)]


def _one(hand: Hand, run: Callable[[Hand, str], None], row: str, preview: bool) -> RowResult:
    try:
        with hand.db.begin_nested():
            run(hand, row)
            hand.db.flush()
            if preview:
                raise _Preview
    except _Preview:
        return RowResult(row, True)
    except PlatformError as error:
        return RowResult(row, False, error.code, error.message, error.remedy)
    return RowResult(row, True)


def _pass_request(hand: Hand, row: str) -> None:
    require_any(hand.caller, Action.CHECK_CONFORMITY)
    answers.check(hand.db, sharing.get_request(hand.db, row), conforms=True, zone=hand.zone, **hand.who)


def _answer(hand: Hand, row: str, approve: bool) -> None:
    require(hand.caller, Action.DECIDE)
    words: dict[str, Any] = {"reason": hand.text("reason"), "reason_code": hand.text("reason_code")}
    found = sharing.get_request(hand.db, row)
    sharing.decide(hand.db, found, approve=approve, mask_key_id=hand.mask_key_id, **words, **hand.who)


def _approve(hand: Hand, row: str) -> None:
    _answer(hand, row, True)


def _refuse(hand: Hand, row: str) -> None:
    _answer(hand, row, False)


def _withdraw(hand: Hand, row: str) -> None:
    require(hand.caller, Action.ASK)
    sharing.withdraw(hand.db, sharing.get_request(hand.db, row), **hand.who)


def _remind_answer(hand: Hand, row: str) -> None:
    require_any(hand.caller, Action.REMIND)
    found = sharing.get_request(hand.db, row)
    if found.state != ASKED:
        raise Conflict("申请不在答复环节", remedy="刷新后查看", request=row)
    for answer in found.answers:
        if answer.outcome is None:
            text = f"催办：请答复「{found.resource.name}」的共享申请"
            tell(hand.db, answer.department_id, "reminder", row, text, due_of(found), now=hand.now)


def _extend(hand: Hand, row: str, approve: bool) -> None:
    require_any(hand.caller, Action.ESCALATE)
    extensions.decide(hand.db, sharing.get_request(hand.db, row), approve=approve, zone=hand.zone, **hand.who)


def _approve_extension(hand: Hand, row: str) -> None:
    _extend(hand, row, True)


def _reject_extension(hand: Hand, row: str) -> None:
    _extend(hand, row, False)


def _assign(hand: Hand, row: str) -> None:
    require_any(hand.caller, Action.ASSIGN_DEMAND)
    to = departments.get(hand.db, hand.text("department"))
    demands.assign(hand.db, demands.get(hand.db, row), to, zone=hand.zone, **hand.who)


def _refuse_demand(hand: Hand, row: str) -> None:
    found = demands.get(hand.db, row)
    demands.require_answerer(hand.caller, found)
    words: dict[str, Any] = {"reason_code": hand.text("reason_code"), "text": hand.text("reason")}
    demands.refuse(hand.db, found, **words, **hand.who)


def _hand_back(hand: Hand, row: str) -> None:
    found = demands.get(hand.db, row)
    demands.require_answerer(hand.caller, found)
    demands.hand_back(hand.db, found, text=hand.text("reason"), zone=hand.zone, **hand.who)


def _settle_source(hand: Hand, row: str) -> None:
    require_any(hand.caller, Action.SETTLE_SOURCE)
    words: dict[str, Any] = {"outcome": hand.text("outcome"), "basis": hand.text("basis")}
    on = hand.now.astimezone(hand.zone).date()
    one_source.settle(hand.db, one_source.get_conflict(hand.db, row), on=on, **words, **hand.who)


def _publish(hand: Hand, row: str) -> None:
    require_any(hand.caller, Action.PUBLISH)
    today = hand.now.astimezone(hand.zone).date()
    found = resources.get(hand.db, row)
    lifecycle.publish(hand.db, found, now=hand.now, today=today, by=hand.caller.client_id)


def _confirm(hand: Hand, row: str) -> None:
    require_any(hand.caller, Action.CONFIRM_DELIVERY)
    deliveries.confirm(hand.db, deliveries.get(hand.db, row))


def _remind_delivery(hand: Hand, row: str) -> None:
    require_any(hand.caller, Action.REMIND)
    found = resources.get(hand.db, row)
    tell(hand.db, found.provider_id, "reminder", row, f"催办：请报送「{found.name}」", now=hand.now)


def _renew(hand: Hand, row: str) -> None:
    require(hand.caller, Action.RENEW)
    days = hand.values.get("days")
    if not isinstance(days, int) or isinstance(days, bool):
        raise Invalid("续期须写明天数", remedy="days 填写整数")
    grant = grants.get_grant(hand.db, row)
    if grant.department_id != hand.caller.department_id:
        raise NotAllowed("只有被授权部门可以申请续期", remedy="由被授权部门申请")
    sharing.renew(hand.db, grant, days=days, mask_key_id=hand.mask_key_id, zone=hand.zone, **hand.who)


_ACTIONS: dict[tuple[str, str], Callable[[Hand, str], None]] = {
    ("request_check", "pass"): _pass_request,
    ("request_answer", "approve"): _approve,
    ("request_answer", "refuse"): _refuse,
    ("request_returned", "withdraw"): _withdraw,
    ("request_overdue", "remind"): _remind_answer,
    ("extension", "approve"): _approve_extension,
    ("extension", "reject"): _reject_extension,
    ("demand_assign", "assign"): _assign,
    ("demand_answer", "refuse"): _refuse_demand,
    ("demand_answer", "hand_back"): _hand_back,
    ("source_conflict", "settle"): _settle_source,
    ("resource_review", "publish"): _publish,
    ("delivery_held", "confirm"): _confirm,
    ("late_to_remind", "remind"): _remind_delivery,
    ("grant_ending", "renew"): _renew,
}
