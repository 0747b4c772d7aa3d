"""Quality orders: reading them, explaining instead of mending, deciding explanations, reminding."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, UploadFile
from starlette.responses import Response

from api import evidence, quality_present
from api import quality_schemas as wire
from api.deps import GUARDED, Db, House, SignedIn
from catalog import explanations, order_lists, quality_orders
from catalog.roles import Action, require, require_any, scope

router = APIRouter(prefix="/v1/orders", tags=["quality"], dependencies=GUARDED)


@router.get("")
def list_orders(db: Db, caller: SignedIn) -> list[wire.OrderOut]:
    """The department's quality orders, open ones first; all of them for a steward or auditor."""
    found = order_lists.listed(db, scope(caller, Action.READ_FINDINGS))
    return [quality_present.order(each) for each in found]


@router.get("/{order_id}")
def read_order(order_id: str, db: Db, house: House, caller: SignedIn) -> wire.OrderDetail:
    """An order with every step it took."""
    found = order_lists.get(db, order_id)
    require(caller, Action.READ_FINDINGS, order_lists.reader(db, found, caller.department_id))
    return quality_present.order_detail(db, house, found)


@router.post("/{order_id}/explanation")
def explain(
    order_id: str,
    db: Db,
    house: House,
    caller: SignedIn,
    text: Annotated[str, Form(max_length=2000)],
    file: UploadFile | None = None,
) -> wire.OrderDetail:
    """Say, with evidence, why what was found is right or cannot be mended; the authority decides."""
    found = order_lists.get(db, order_id)
    require(caller, Action.ANSWER_ORDER, found.department_id)
    kept = evidence.kept(house, file)
    explanations.explain(db, found, text=text, evidence=kept, **_who(house, caller))
    return quality_present.order_detail(db, house, found)


@router.get("/{order_id}/explanations/{explanation_id}/evidence")
def read_evidence(order_id: str, explanation_id: str, db: Db, house: House, caller: SignedIn) -> Response:
    """The file that was handed in with an explanation."""
    found = order_lists.get(db, order_id)
    require(caller, Action.READ_FINDINGS, found.department_id)
    return evidence.answer(house, explanations.get(found, explanation_id))


@router.post("/{order_id}/ruling")
def decide(order_id: str, sent: wire.ExplanationDecisionIn, db: Db, house: House, caller: SignedIn) -> wire.OrderDetail:
    """Approve an explanation, by which its rows become accepted exceptions until a day, or reject it."""
    require_any(caller, Action.DECIDE_EXPLANATION)
    found = order_lists.get(db, order_id)
    who = {"reason": sent.reason, **_who(house, caller)}
    if sent.approve:
        explanations.approve(db, house.checks, found, until=sent.until, today=house.today, **who)
    else:
        explanations.reject(db, found, **who)
    return quality_present.order_detail(db, house, found)


@router.post("/{order_id}/reminder")
def remind(order_id: str, db: Db, house: House, caller: SignedIn) -> wire.OrderDetail:
    """Remind the department of an open order."""
    require_any(caller, Action.REMIND)
    found = order_lists.get(db, order_id)
    quality_orders.remind(db, found, by=caller.client_id, now=house.clock(), zone=house.settings.zone)
    return quality_present.order_detail(db, house, found)


def _who(house: House, caller: SignedIn) -> dict[str, Any]:
    return {"department_id": caller.department_id, "by": caller.client_id, "now": house.clock()}
