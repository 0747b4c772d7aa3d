"""The routes of requests, grants, demands and sources in the table of who may call what."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from catalog import demands, departments, resources
from catalog.models import AttributeAuthority, SourceConflict
from catalog.roles import Action
from tests.api.conftest import City

# what any caller with a good token may read
SIGNED_IN = {
    ("GET", "/v1/refusal-reasons"),
    ("GET", "/v1/sources"),
    ("GET", "/v1/sources/{base}/{attribute}"),
    ("GET", "/v1/item-sources"),
    ("GET", "/v1/leads"),
}
# the tests' requests and grants: housing asks police
SHARING: dict[tuple[str, str], tuple[Action, str]] = {
    ("GET", "/v1/requests/{request_id}"): (Action.READ_SHARING, "police+housing"),
    ("POST", "/v1/requests/{request_id}/check"): (Action.CHECK_CONFORMITY, "nobody"),
    ("POST", "/v1/requests/{request_id}/resubmission"): (Action.ASK, "housing"),
    ("POST", "/v1/requests/{request_id}/extension"): (Action.DECIDE, "police"),
    ("POST", "/v1/requests/{request_id}/extension/decision"): (Action.ESCALATE, "nobody"),
    ("POST", "/v1/requests/{request_id}/dispute"): (Action.DISPUTE, "housing"),
    ("POST", "/v1/requests/{request_id}/dispute/decision"): (Action.SETTLE_DISPUTE, "nobody"),
    ("POST", "/v1/requests/{request_id}/withdrawal"): (Action.ASK, "housing"),
    ("GET", "/v1/grants/{grant_id}"): (Action.READ_SHARING, "police+housing"),
    ("POST", "/v1/grants/{grant_id}/narrowing"): (Action.NARROW, "police"),
    ("POST", "/v1/grants/{grant_id}/renewal"): (Action.RENEW, "housing"),
    ("GET", "/v1/access"): (Action.EXPLAIN_ACCESS, "own"),
    ("GET", "/v1/demands"): (Action.READ_SHARING, "own"),
    ("POST", "/v1/demands"): (Action.DEMAND, "own"),
    ("GET", "/v1/demands/{demand_id}"): (Action.READ_SHARING, "housing"),
    ("POST", "/v1/demands/{demand_id}/assignment"): (Action.ASSIGN_DEMAND, "nobody"),
    ("POST", "/v1/demands/{demand_id}/answer"): (Action.ASSIGN_DEMAND, "nobody"),
    ("POST", "/v1/demands/{demand_id}/withdrawal"): (Action.DEMAND, "housing"),
    ("POST", "/v1/sources/{base}/{attribute}"): (Action.SETTLE_SOURCE, "nobody"),
    ("GET", "/v1/source-conflicts"): (Action.READ_SHARING, "own"),
    ("POST", "/v1/source-conflicts/{conflict_id}/settlement"): (Action.SETTLE_SOURCE, "nobody"),
    ("POST", "/v1/resources/{slug}/sources"): (Action.REGISTER, "police"),
    ("POST", "/v1/leads/{base}"): (Action.SETTLE_SOURCE, "nobody"),
    ("GET", "/v1/todos"): (Action.READ_TODOS, "own"),
    ("POST", "/v1/todos/batch"): (Action.READ_TODOS, "own"),
}
_DEMAND = {"title": "低保名单", "description": "按月", "purpose": "核验", "legal_basis": "条例"}
SHARING_BODIES: dict[str, dict[str, Any]] = {
    "/check": {"json": {"conforms": True}},
    "/resubmission": {"json": {"purpose": "核验"}},
    "/extension": {"json": {"reason": "材料较多"}},
    "/extension/decision": {"json": {"approve": True}},
    "/dispute": {"json": {"reason": "履职必需"}},
    "/dispute/decision": {"json": {"approve": True, "reason": "经协调"}},
    "/narrowing": {"json": {"reason": "测试", "columns": ["name"]}},
    "/renewal": {"json": {"days": 30}},
    "/access": {"params": {"resource": "people"}},
    "/demands": {"json": _DEMAND},
    "/assignment": {"json": {"department": "police"}},
    "/answer": {"json": {"answer": "refused", "reason_code": "not_collected", "text": "依据不足"}},
    "/person.name": {"json": {"roles": ["resident"], "basis": "测试"}},
    "/sources/{base}/{attribute}": {"json": {"roles": ["resident"], "basis": "测试"}},
    "/settlement": {"json": {"outcome": "different", "basis": "测试"}},
    "/leads/{base}": {"json": {"department": "police", "basis": "测试"}},
    "/leads/natural_person": {"json": {"department": "police", "basis": "测试"}},
    "/batch": {"json": {"kind": "request_check", "action": "pass", "ids": ["nothing"]}},
}


def sharing_things(city: City) -> dict[str, str]:
    """Something that each template can name."""
    with city.transaction() as db:
        police, housing = departments.get(db, "police"), departments.get(db, "housing")
        people = resources.get(db, "people")
        known = db.query(AttributeAuthority).filter_by(base="natural_person", attribute="person.name").all()
        if not known:
            facts: dict[str, Any] = {"base": "natural_person", "attribute": "person.name"}
            db.add(AttributeAuthority(**facts, role="resident", rank=1, valid_from=city.house.today))
        conflict = SourceConflict(
            meaning="姓名", item="name", title="姓名", resource_id=people.id, department_id=housing.id,
            holder_resource_id=people.id, holder_id=police.id, state="open", found_at=city.clock(),
        )  # fmt: skip
        db.add(conflict)
        db.flush()
        return {"base": "natural_person", "attribute": "person.name", "conflict_id": conflict.id}


def make_demand(city: City) -> dict[str, str]:
    """A fresh demand of housing that waits for the authority."""
    with city.transaction() as db:
        housing = departments.get(db, "housing")
        zone = ZoneInfo("Asia/Shanghai")
        return {"demand_id": demands.ask(db, housing, by="test", now=city.clock(), zone=zone, **_DEMAND).id}
