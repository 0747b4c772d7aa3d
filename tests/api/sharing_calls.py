"""Who may call the routes of sharing, and the state of things in which a call succeeds for those who may."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from catalog import demands, extensions, resources
from catalog.models import AttributeAuthority, SharingRequest, SourceConflict
from catalog.roles import Action
from tests.api.conftest import City
from tests.catalog.conftest import make_resource
from tests.catalog.offices import ZONE, Offices

REQUEST, GRANT, DEMAND = "/v1/requests/{request_id}", "/v1/grants/{grant_id}", "/v1/demands/{demand_id}"
# (method, template) -> (action, whose thing it is)
SHARING_ROUTES: dict[tuple[str, str], tuple[Action, str]] = {
    ("GET", REQUEST): (Action.READ_SHARING, "police+housing"),
    ("POST", f"{REQUEST}/check"): (Action.CHECK_CONFORMITY, "nobody"),
    ("POST", f"{REQUEST}/resubmission"): (Action.ASK, "housing"),
    ("POST", f"{REQUEST}/extension"): (Action.DECIDE, "police"),
    ("POST", f"{REQUEST}/extension/decision"): (Action.ESCALATE, "nobody"),
    ("POST", f"{REQUEST}/dispute"): (Action.DISPUTE, "housing"),
    ("POST", f"{REQUEST}/dispute/decision"): (Action.SETTLE_DISPUTE, "nobody"),
    ("POST", f"{REQUEST}/withdrawal"): (Action.ASK, "housing"),
    ("GET", "/v1/refusal-reasons"): (Action.READ_REGISTER, "own"),
    ("GET", GRANT): (Action.READ_SHARING, "police+housing"),
    ("POST", f"{GRANT}/narrowing"): (Action.NARROW, "police"),
    ("POST", f"{GRANT}/renewal"): (Action.RENEW, "housing"),
    ("GET", "/v1/access"): (Action.EXPLAIN_ACCESS, "own"),
    ("POST", "/v1/demands"): (Action.DEMAND, "own"),
    ("GET", "/v1/demands"): (Action.READ_SHARING, "own"),
    ("GET", DEMAND): (Action.READ_SHARING, "police+housing"),
    ("POST", f"{DEMAND}/assignment"): (Action.ASSIGN_DEMAND, "nobody"),
    ("POST", f"{DEMAND}/answer"): (Action.ANSWER_DEMAND, "police"),
    ("POST", f"{DEMAND}/withdrawal"): (Action.DEMAND, "housing"),
    ("GET", "/v1/sources"): (Action.READ_REGISTER, "own"),
    ("GET", "/v1/sources/{base}/{attribute}"): (Action.READ_REGISTER, "own"),
    ("POST", "/v1/sources/{base}/{attribute}"): (Action.SETTLE_SOURCE, "nobody"),
    ("GET", "/v1/item-sources"): (Action.READ_REGISTER, "own"),
    ("GET", "/v1/source-conflicts"): (Action.READ_SHARING, "own"),
    ("POST", "/v1/source-conflicts/{conflict_id}/settlement"): (Action.SETTLE_SOURCE, "nobody"),
    ("POST", "/v1/resources/{slug}/sources"): (Action.REGISTER, "police"),
    ("GET", "/v1/leads"): (Action.READ_REGISTER, "own"),
    ("POST", "/v1/leads/{base}"): (Action.SETTLE_SOURCE, "nobody"),
    ("GET", "/v1/todos"): (Action.READ_TODOS, "own"),
    ("POST", "/v1/todos/batch"): (Action.READ_TODOS, "own"),
}
_NO = {"approve": False, "reason": "无依据", "reason_code": "no_basis"}
SHARING_BODIES: dict[str, dict[str, Any]] = {
    "/check": {"json": {"conforms": True}},
    "/resubmission": {"json": {"purpose": "补正后的用途"}},
    "/extension": {"json": {"reason": "需请示"}},
    "/extension/decision": {"json": {"approve": True}},
    "/dispute": {"json": {"reason": "履职必需"}},
    "/dispute/decision": {"json": _NO},
    "/decision": {"json": _NO},
    "/narrowing": {"json": {"reason": "按需缩小", "columns": ["name"]}},
    "/renewal": {"json": {"days": 5}},
    "/access": {"params": {"resource": "people"}},
    "/demands": {"json": {"title": "充电桩", "description": "位置", "purpose": "规划", "legal_basis": "职责"}},
    "/assignment": {"json": {"department": "police"}},
    "/answer": {"json": {"answer": "refused", "reason_code": "not_collected", "text": "不采集"}},
    "/sources/natural_person/person.name": {"json": {"roles": ["resident"], "basis": "会议纪要"}},
    "/settlement": {"json": {"outcome": "different", "basis": "含义不同"}},
    "/leads/natural_person": {"json": {"department": "police", "basis": "文件"}},
    "/todos/batch": {"json": {"kind": "request_check", "action": "pass", "ids": ["nothing"]}},
}


def prepare(city: City, template: str) -> dict[str, str]:
    """Fresh things in the state that the template's call needs."""
    made: dict[str, str] = {"base": "natural_person", "attribute": "person.name"}
    if "{grant_id}" in template:
        return {**made, "grant_id": city.grant()}
    needed = next((make for part, make in _MAKERS.items() if part in template), None)
    if needed is None:
        return made
    with city.transaction() as db:
        return {**made, **needed(db, Offices(db, city.clock()), template)}


def _request(db: Session, offices: Offices, template: str) -> dict[str, str]:
    asked = offices.ask("people", ("name",))
    steps: list[tuple[str, Callable[[SharingRequest], object]]] = _steps(offices)
    end = template.removeprefix(f"{REQUEST}/")
    wanted = {
        "resubmission": ["give_back"],
        "decision": ["check"],
        "extension": ["check"],
        "extension/decision": ["check", "extension"],
        "dispute": ["check", "no"],
        "dispute/decision": ["check", "no", "dispute"],
        REQUEST: ["check"],
    }.get(end, [])
    for name, step in steps:
        if name in wanted:
            step(asked)
    return {"request_id": asked.id}


def _steps(offices: Offices) -> list[tuple[str, Callable[[SharingRequest], object]]]:
    return [
        ("give_back", offices.give_back),
        ("check", offices.check),
        (
            "extension",
            lambda asked: extensions.ask(offices.db, asked, reason="需请示", zone=ZONE, **offices.who("police")),
        ),
        ("no", offices.no),
        ("dispute", offices.dispute),
    ]


def _demand(db: Session, offices: Offices, template: str) -> dict[str, str]:
    facts = {"title": "充电桩", "description": "位置", "purpose": "规划", "legal_basis": "职责"}
    found = demands.ask(db, offices.of("housing"), by="x", now=offices.now, zone=ZONE, **facts)
    if not template.endswith("/assignment"):
        demands.assign(db, found, offices.of("police"), zone=ZONE, **offices.who("digital_government"))
    return {"demand_id": found.id}


def _attribute(db: Session, offices: Offices, template: str) -> dict[str, str]:
    known = db.query(AttributeAuthority).filter_by(base="natural_person", attribute="person.name").first()
    if known is None:
        facts = {"base": "natural_person", "attribute": "person.name", "valid_from": date(2026, 1, 1)}
        db.add_all(AttributeAuthority(role=r, rank=n, **facts) for n, r in enumerate(("resident", "insured"), 1))
    return {}


def _conflict(db: Session, offices: Offices, template: str) -> dict[str, str]:
    people = resources.get(db, "people")
    slug = f"second_{db.query(SourceConflict).count()}"
    second = make_resource(db, offices.of("taxation"), slug)
    found = SourceConflict(
        meaning="citizen_id|name|",
        item="name",
        title="姓名",
        resource=second,
        department=second.provider,
        holder_resource=people,
        holder=people.provider,
        state="open",
        found_at=offices.now,
    )
    db.add(found)
    db.flush()
    return {"conflict_id": found.id}


_MAKERS: dict[str, Callable[[Session, Offices, str], dict[str, str]]] = {
    "{request_id}": _request,
    "{demand_id}": _demand,
    "{attribute}": _attribute,
    "{conflict_id}": _conflict,
}
