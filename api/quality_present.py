"""Quality orders and correction requests as what goes over the wire."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from api import quality_schemas as wire
from api.house import Exchange
from catalog import correction_states, corrections, order_states, standing
from catalog.keys import Keys
from catalog.models import Correction, QualityOrder
from catalog.roles import Caller
from catalog.scorecards import Card


def order(found: QualityOrder) -> wire.OrderOut:
    return wire.OrderOut(**_order(found))


def order_detail(db: Session, house: Exchange, found: QualityOrder) -> wire.OrderDetail:
    """An order with every step and explanation, and the rows that it waits for."""
    rows = standing.of_order(db, house.checks, found, house.today)
    waits = [wire.StandingOut(delivery_id=each.id, period=each.period, count=count) for each, count in rows]
    steps = [wire.OrderStepOut.model_validate(each) for each in found.steps]
    said = [wire.ExplanationOut.model_validate(each) for each in found.explanations]
    return wire.OrderDetail(**_order(found), standing=waits, steps=steps, explanations=said)


def _order(found: QualityOrder) -> dict[str, Any]:
    named = {
        "resource": found.resource.slug,
        "department": found.department.slug,
        "state_label": order_states.LABELS[found.state],
    }
    return {**{n: getattr(found, n) for n in wire.OrderOut.model_fields if n not in named}, **named}


def card(found: Card) -> wire.CardOut:
    """A month of a department's scorecard."""
    same = [name for name in wire.CardOut.model_fields if name != "department"]
    return wire.CardOut(department=found.department.slug, **{name: getattr(found, name) for name in same})


def correction(found: Correction) -> wire.CorrectionOut:
    return wire.CorrectionOut(**_correction(found))


def correction_detail(keys: Keys, caller: Caller, found: Correction) -> wire.CorrectionDetail:
    """A request with its steps, and its words for those whose business they are."""
    words = corrections.words(keys, found) if corrections.may_read_words(caller, found) else None
    steps = [wire.CorrectionStepOut.model_validate(each) for each in found.steps]
    told = {name: getattr(words, name) if words else None for name in ("claim", "grounds", "answer")}
    return wire.CorrectionDetail(**_correction(found), **told, steps=steps)


def _correction(found: Correction) -> dict[str, Any]:
    named = {
        "resource": found.resource.slug,
        "department": found.department.slug,
        "assigned": found.assigned.slug,
        "source": found.source.slug,
        "state_label": correction_states.LABELS[found.state],
    }
    return {**{n: getattr(found, n) for n in wire.CorrectionOut.model_fields if n not in named}, **named}
