"""Demand for data that nobody has registered."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from api import sharing_schemas as wire
from api.deps import GUARDED, Db, House, SignedIn
from api.scopes import sharing_scope
from api.sharing_present import demand
from catalog import demand_lists, demands, departments, resources
from catalog.models import Department
from catalog.roles import Action, require, require_any

router = APIRouter(prefix="/v1/demands", tags=["demands"], dependencies=GUARDED)


@router.post("", status_code=201)
def ask(sent: wire.DemandIn, db: Db, house: House, caller: SignedIn) -> wire.DemandOut:
    """Ask for data that is not in the catalog."""
    require(caller, Action.DEMAND)
    own = db.get_one(Department, caller.department_id)
    facts: dict[str, Any] = {"by": caller.client_id, "now": house.clock(), "zone": house.settings.zone}
    return demand(demands.ask(db, own, **facts, **sent.model_dump()))


@router.get("")
def list_demands(db: Db, caller: SignedIn) -> list[wire.DemandOut]:
    """Demands that the caller's department made or was given; all of them for a steward or auditor."""
    return [demand(each) for each in demand_lists.listed(db, sharing_scope(caller))]


@router.get("/{demand_id}")
def read_demand(demand_id: str, db: Db, caller: SignedIn) -> wire.DemandOut:
    """A demand with every step it took."""
    found = demands.get(db, demand_id)
    require(caller, Action.READ_SHARING, found.department_id, *filter(None, [found.assigned_id]))
    return demand(found)


@router.post("/{demand_id}/assignment")
def assign(demand_id: str, sent: wire.AssignmentIn, db: Db, house: House, caller: SignedIn) -> wire.DemandOut:
    """Give a demand to the department whose duty the data is."""
    require_any(caller, Action.ASSIGN_DEMAND)
    found, to = demands.get(db, demand_id), departments.get(db, sent.department)
    demands.assign(db, found, to, text=sent.text, zone=house.settings.zone, **_who(house, caller))
    return demand(found)


@router.post("/{demand_id}/answer")
def answer(demand_id: str, sent: wire.DemandAnswerIn, db: Db, house: House, caller: SignedIn) -> wire.DemandOut:
    """End a demand with a resource or a reasoned no, or say that it is another department's duty."""
    found = demands.get(db, demand_id)
    demands.require_answerer(caller, found)
    who = _who(house, caller)
    if sent.answer == "met":
        demands.meet(db, found, resources.get(db, sent.resource), text=sent.text, **who)
    elif sent.answer == "refused":
        zone = house.settings.zone
        demands.refuse(db, found, reason_code=sent.reason_code, text=sent.text, zone=zone, **who)
    else:
        demands.hand_back(db, found, text=sent.text, zone=house.settings.zone, **who)
    return demand(found)


@router.post("/{demand_id}/withdrawal")
def withdraw(demand_id: str, db: Db, house: House, caller: SignedIn) -> wire.DemandOut:
    """Take an open demand back."""
    found = demands.get(db, demand_id)
    require(caller, Action.DEMAND, found.department_id)
    demands.withdraw(db, found, **_who(house, caller))
    return demand(found)


def _who(house: House, caller: SignedIn) -> dict[str, Any]:
    return {"department_id": caller.department_id, "by": caller.client_id, "now": house.clock()}
