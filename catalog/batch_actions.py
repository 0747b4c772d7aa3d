"""What can be done to many things at once: each action on one row, by whom and with what words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from catalog import (
    answers,
    corrections,
    deliveries,
    demands,
    departments,
    entry_form,
    extensions,
    grants,
    lifecycle,
    one_source,
    order_lists,
    quality_orders,
    resources,
    runs,
    sharing,
)
from catalog.answerers import owners
from catalog.deadlines import due_of
from catalog.errors import Conflict, Invalid
from catalog.models import Resource
from catalog.notices import tell
from catalog.request_states import ASKED
from catalog.roles import Action, Caller, require, require_any
from catalog.standing import Checks

WHOLE_ENTRY = "整条目录"


@dataclass(frozen=True, slots=True)
class Hand:
    """Who acts, when, and with what words. values: what the action needs besides, such as reason_code and reason."""

    db: Session
    caller: Caller
    now: datetime
    zone: ZoneInfo
    mask_key_id: str
    checks: Checks
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

    @property
    def today(self) -> date:
        """The day in the city."""
        return self.now.astimezone(self.zone).date()

    @property
    def dated(self) -> dict[str, Any]:
        return {"now": self.now, "today": self.today, "by": self.caller.client_id}


def _pass_request(hand: Hand, row: str) -> None:
    require_any(hand.caller, Action.CHECK_CONFORMITY)
    answers.check(hand.db, sharing.get_request(hand.db, row), conforms=True, zone=hand.zone, **hand.who)


def _return_request(hand: Hand, row: str) -> None:
    require_any(hand.caller, Action.CHECK_CONFORMITY)
    found, missing = sharing.get_request(hand.db, row), [{"field": "other", "text": hand.text("reason")}]
    answers.check(hand.db, found, conforms=False, missing=missing, zone=hand.zone, **hand.who)


def _answer(hand: Hand, row: str, approve: bool) -> None:
    found = sharing.get_request(hand.db, row)
    require(hand.caller, Action.DECIDE, *owners(found))
    words: dict[str, Any] = {"reason": hand.text("reason"), "reason_code": hand.text("reason_code")}
    sharing.decide(hand.db, found, approve=approve, mask_key_id=hand.mask_key_id, zone=hand.zone, **words, **hand.who)


def _approve(hand: Hand, row: str) -> None:
    _answer(hand, row, True)


def _refuse(hand: Hand, row: str) -> None:
    _answer(hand, row, False)


def _withdraw(hand: Hand, row: str) -> None:
    found = sharing.get_request(hand.db, row)
    require(hand.caller, Action.ASK, found.department_id)
    sharing.withdraw(hand.db, found, **hand.who)


def _remind_answer(hand: Hand, row: str) -> None:
    require_any(hand.caller, Action.REMIND)
    found = sharing.get_request(hand.db, row)
    if found.state != ASKED:
        raise Conflict("申请不在答复环节", remedy="刷新后查看", request=row)
    for answer in found.answers:
        if answer.outcome is None:
            text = f"催办：请答复「{found.resource.name}」的共享申请"
            tell(hand.db, answer.department_id, "request_reminder", row, text, due_of(found, hand.zone), now=hand.now)


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
    demands.refuse(hand.db, found, zone=hand.zone, **words, **hand.who)


def _hand_back(hand: Hand, row: str) -> None:
    found = demands.get(hand.db, row)
    demands.require_answerer(hand.caller, found)
    demands.hand_back(hand.db, found, text=hand.text("reason"), zone=hand.zone, **hand.who)


def _settle_source(hand: Hand, row: str) -> None:
    require_any(hand.caller, Action.SETTLE_SOURCE)
    words: dict[str, Any] = {"outcome": hand.text("outcome"), "basis": hand.text("basis")}
    one_source.settle(hand.db, one_source.get_conflict(hand.db, row), on=hand.today, **words, **hand.who)


def _submit(hand: Hand, row: str) -> None:
    found = resources.get(hand.db, row)
    require(hand.caller, Action.SUBMIT, found.provider_id)
    lifecycle.submit(hand.db, found, zone=hand.zone, **hand.dated)


def _seen(hand: Hand, row: str) -> Resource:
    """The entry of `slug@stamp`; raises Conflict when it is no longer what was shown under that stamp."""
    slug, _, stamp = row.partition("@")
    found = resources.get(hand.db, slug)
    if stamp:
        entry_form.require_stamp(hand.db, found, stamp)
    return found


def _publish(hand: Hand, row: str) -> None:
    require_any(hand.caller, Action.PUBLISH)
    lifecycle.publish(hand.db, _seen(hand, row), zone=hand.zone, **hand.dated)


def _return_resource(hand: Hand, row: str) -> None:
    require_any(hand.caller, Action.REVIEW)
    reasons = [{"column": WHOLE_ENTRY, "reason": hand.text("reason")}]
    lifecycle.send_back(hand.db, _seen(hand, row), reasons, **hand.dated)


def _remind_entry(hand: Hand, row: str) -> None:
    require_any(hand.caller, Action.REMIND)
    found = resources.get(hand.db, row)
    text = f"催办：请修改或更新「{found.name}」的目录"
    tell(hand.db, found.provider_id, "catalog_reminder", row, text, now=hand.now)


def _confirm(hand: Hand, row: str) -> None:
    require_any(hand.caller, Action.CONFIRM_DELIVERY)
    deliveries.confirm(hand.db, deliveries.get(hand.db, row), hand.checks, now=hand.now, zone=hand.zone)


def _run_again(hand: Hand, row: str) -> None:
    require_any(hand.caller, Action.RUN)
    runs.check_again(hand.db, deliveries.get(hand.db, row))


def _remind_delivery(hand: Hand, row: str) -> None:
    require_any(hand.caller, Action.REMIND)
    found = resources.get(hand.db, row)
    tell(hand.db, found.provider_id, "delivery_reminder", row, f"催办：请报送「{found.name}」", now=hand.now)


def _remind_order(hand: Hand, row: str) -> None:
    require_any(hand.caller, Action.REMIND)
    quality_orders.remind(
        hand.db, order_lists.get(hand.db, row), by=hand.caller.client_id, now=hand.now, zone=hand.zone
    )


def _remind_correction(hand: Hand, row: str) -> None:
    require_any(hand.caller, Action.REMIND)
    corrections.remind(hand.db, corrections.get(hand.db, row), by=hand.caller.client_id, now=hand.now, zone=hand.zone)


def _renew(hand: Hand, row: str) -> None:
    grant = grants.get_grant(hand.db, row)
    require(hand.caller, Action.RENEW, grant.department_id)
    days = hand.values.get("days")
    if not isinstance(days, int) or isinstance(days, bool):
        raise Invalid("续期须写明天数", remedy="days 填写整数")
    sharing.renew(hand.db, grant, days=days, mask_key_id=hand.mask_key_id, zone=hand.zone, **hand.who)


ACTIONS: dict[tuple[str, str], Callable[[Hand, str], None]] = {
    ("request_check", "pass"): _pass_request,
    ("request_check", "return"): _return_request,
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
    ("resource_review", "return"): _return_resource,
    ("resource_draft", "submit"): _submit,
    ("resource_returned", "submit"): _submit,
    ("catalog_overdue", "remind"): _remind_entry,
    ("delivery_held", "confirm"): _confirm,
    ("delivery_held", "run_again"): _run_again,
    ("late_to_remind", "remind"): _remind_delivery,
    ("order_overdue", "remind"): _remind_order,
    ("correction_overdue", "remind"): _remind_correction,
    ("grant_ending", "renew"): _renew,
}

# what an action must be told besides the rows; every other action needs nothing
NEEDS: dict[tuple[str, str], tuple[str, ...]] = {
    ("request_check", "return"): ("reason",),
    ("request_answer", "refuse"): ("reason_code", "reason"),
    ("demand_assign", "assign"): ("department",),
    ("demand_answer", "refuse"): ("reason_code", "reason"),
    ("demand_answer", "hand_back"): ("reason",),
    ("source_conflict", "settle"): ("outcome", "basis"),
    ("resource_review", "return"): ("reason",),
    ("grant_ending", "renew"): ("days",),
}
