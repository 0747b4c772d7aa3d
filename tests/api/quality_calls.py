"""Who may call the routes of quality orders and corrections, and fresh things in the state that a call needs."""

from __future__ import annotations

import secrets
from io import BytesIO
from typing import Any

from sqlalchemy.orm import Session

from api.disputes import dispute
from catalog import departments, explanations, grants, quality_orders, resources
from catalog.faults import Fault
from catalog.models import Correction, QualityOrder
from catalog.quality_orders import Look
from catalog.roles import Action, Caller, Role
from catalog.vocab import Dimension, Side
from tests.api.conftest import City, keys_of
from tests.catalog.offices import ZONE

ORDER, CORRECTION = "/v1/orders/{order_id}", "/v1/corrections/{correction_id}"
# (method, template) -> (action, whose thing it is)
QUALITY_ROUTES: dict[tuple[str, str], tuple[Action, str]] = {
    ("GET", "/v1/orders"): (Action.READ_FINDINGS, "own"),
    ("GET", ORDER): (Action.READ_FINDINGS, "police"),
    ("POST", f"{ORDER}/explanation"): (Action.ANSWER_ORDER, "police"),
    ("GET", f"{ORDER}/explanations/{{explanation_id}}/evidence"): (Action.READ_FINDINGS, "police"),
    ("POST", f"{ORDER}/ruling"): (Action.DECIDE_EXPLANATION, "nobody"),
    ("POST", f"{ORDER}/reminder"): (Action.REMIND, "nobody"),
    ("GET", "/v1/scorecards"): (Action.READ_FINDINGS, "own"),
    ("POST", "/v1/corrections"): (Action.DISPUTE_VALUE, "own"),
    ("GET", "/v1/corrections"): (Action.READ_CORRECTIONS, "own"),
    ("GET", CORRECTION): (Action.READ_CORRECTIONS, "police+housing"),
    ("POST", f"{CORRECTION}/reply"): (Action.ANSWER_CORRECTION, "police"),
    ("POST", f"{CORRECTION}/withdrawal"): (Action.DISPUTE_VALUE, "housing"),
    ("POST", f"{CORRECTION}/reminder"): (Action.REMIND, "nobody"),
}
QUALITY_BODIES: dict[str, dict[str, Any]] = {
    "/explanation": {"data": {"text": "名称属实"}},
    "/ruling": {"json": {"approve": False, "reason": "证据不足"}},
    "/reply": {"json": {"answer": "refused", "text": "经核实无误"}},
}


def correction_body(record_key: str, **more: str) -> dict[str, str]:
    """What a call sends that disputes a name."""
    return {
        "resource": "people", "record_key": record_key, "item": "name", "claim": "甲壹", "grounds": "户口簿", **more,
    }  # fmt: skip


def prepare_quality(city: City, template: str) -> dict[str, str]:
    """Fresh things in the state that the template's call needs."""
    if "{order_id}" in template:
        return make_order(city, is_explained=template.endswith(("/ruling", "/evidence")))
    if "{correction_id}" in template:
        _grants(city)
        return {"correction_id": make_correction(city)}
    if template == "/v1/corrections":
        _grants(city)
    return {}


def _grants(city: City) -> None:
    """A grant of each department, once for a test."""
    with city.transaction() as db:
        living = any(grant.revoked_at is None for grant in grants.listed(db))
    for department in () if living else ("digital_government", "police", "housing"):
        city.grant(department=department)


def make_order(city: City, *, is_explained: bool = False) -> dict[str, str]:
    """An order of the police for a rule of its own."""
    with city.transaction() as db:
        found = open_order(db, city)
        if is_explained:
            police = departments.get(db, "police")
            evidence = explanations.keep_evidence(city.store, BytesIO(b"scan"), "证明.pdf")
            who: dict[str, Any] = {"department_id": police.id, "by": "someone", "now": city.clock()}
            explanations.explain(db, found, text="名称属实", evidence=evidence, **who)
        explained = found.explanations[-1].id if is_explained else "none"
        return {"order_id": found.id, "explanation_id": explained}


def open_order(db: Session, city: City) -> QualityOrder:
    people = resources.get(db, "people")
    plain = (Dimension.NORMATIVE, Side.COLLECTOR, 2, "代码不对")
    fault = Fault(f"RULE_{secrets.token_hex(4)}", people.id, people.provider_id, *plain)
    return quality_orders.open_fault(db, fault, Look(city.clock(), ZONE))


def make_correction(city: City, name: str = "甲一", item: str = "name") -> str:
    """An open request of housing about a value of the police; made anew each time."""
    with city.transaction() as db:
        housing = departments.get(db, "housing")
        for old in db.query(Correction).filter_by(department_id=housing.id, state="asked"):
            old.state = "withdrawn"
        db.flush()
        caller = Caller("housing-consumer", housing.id, "housing", frozenset({Role.CONSUMER}))
        facts = {**correction_body(keys_of(city)[name]), "item": item}
        return dispute(city.house, db, caller, grant=None, **facts).id
