"""Rules that a verifier adds to its department's resources: drafted, tried, adopted, ended."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from pydantic import Field

from api.deps import GUARDED, Db, House, SignedIn
from api.schemas import Given, Sent
from catalog import own_rules, resources
from catalog.models import AddedRule
from catalog.roles import Action, Caller, require

router = APIRouter(prefix="/v1", tags=["quality"], dependencies=GUARDED)


class RuleIn(Sent):
    """kind: between, in_list, pattern, compare or exists_in. parameters by kind: low, high; values; pattern;
    operator, other; resource, other. changes: the id of the rule whose next version this is."""

    kind: str = Field(max_length=24)
    item: str = Field(max_length=64)
    parameters: dict[str, Any] = Field(max_length=5)
    outcome: str = Field(default="warn", max_length=24, description="warn or block_row")
    title: str = Field(max_length=100)
    changes: str | None = Field(default=None, max_length=20)


class TrialOut(Given):
    """A trial run; rows, count and row numbers once it is done, reason when it could not be run."""

    id: str
    state: str
    asked_at: datetime
    done_at: datetime | None
    delivery_id: str | None
    rows: int | None
    count: int | None
    first_rows: list[int]
    reason: str


class RuleOut(Given):
    id: str
    code: str
    version: int
    kind: str
    item: str
    parameters: dict[str, Any]
    outcome: str
    title: str
    state: str
    created_at: datetime
    created_by: str
    adopted_at: datetime | None
    ended_at: datetime | None
    last_trial: TrialOut | None


@router.get("/resources/{slug}/rules")
def list_rules(slug: str, db: Db, caller: SignedIn) -> list[RuleOut]:
    """All versions of the rules that were added to a resource, the newest of each first."""
    resource = resources.get(db, slug)
    require(caller, Action.READ_FINDINGS, resource.provider_id)
    return [RuleOut.model_validate(each) for each in own_rules.of(db, resource)]


@router.post("/resources/{slug}/rules", status_code=201)
def draft(slug: str, sent: RuleIn, db: Db, house: House, caller: SignedIn) -> RuleOut:
    """Draft a rule or the next version of one; it takes no effect before it was tried and adopted."""
    resource = resources.get(db, slug)
    require(caller, Action.ADD_RULES, resource.provider_id)
    said = sent.model_dump(exclude={"changes"})
    changes = own_rules.get(db, sent.changes) if sent.changes else None
    return RuleOut.model_validate(own_rules.draft(db, resource, changes=changes, **said, **_who(house, caller)))


@router.post("/rules/{rule_id}/trial", status_code=201)
def ask_trial(rule_id: str, db: Db, house: House, caller: SignedIn) -> RuleOut:
    """Have a drafted rule tried on the resource's last delivery; the pipelines run it within seconds."""
    rule = _own(db, rule_id, caller)
    own_rules.ask_trial(db, rule, **_who(house, caller))
    return RuleOut.model_validate(rule)


@router.post("/rules/{rule_id}/adoption")
def adopt(rule_id: str, db: Db, house: House, caller: SignedIn) -> RuleOut:
    """Let a tried rule hold from the next delivery on."""
    rule = _own(db, rule_id, caller)
    own_rules.adopt(db, rule, **_who(house, caller))
    return RuleOut.model_validate(rule)


@router.post("/rules/{rule_id}/retirement")
def end(rule_id: str, db: Db, house: House, caller: SignedIn) -> RuleOut:
    """End a rule or drop a draft."""
    rule = _own(db, rule_id, caller)
    own_rules.end(db, rule, **_who(house, caller))
    return RuleOut.model_validate(rule)


def _own(db: Db, rule_id: str, caller: Caller) -> AddedRule:
    found = own_rules.get(db, rule_id)
    require(caller, Action.ADD_RULES, found.resource.provider_id)
    return found


def _who(house: House, caller: Caller) -> dict[str, Any]:
    return {"by": caller.client_id, "now": house.clock()}
