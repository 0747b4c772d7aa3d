"""One source per item: the register, its history, its conflicts, and the lead departments of the bases."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api import sharing_present as show
from api import sharing_schemas as wire
from api.deps import GUARDED, Db, House, SignedIn
from api.scopes import sharing_scope
from catalog import departments, item_sources, leads, one_source, rankings, resources
from catalog.roles import Action, require, require_any

router = APIRouter(prefix="/v1", tags=["one source"], dependencies=GUARDED)


@router.get("/sources")
def list_attributes(
    db: Db, house: House, caller: SignedIn, base: Annotated[str | None, Query(max_length=40)] = None
) -> list[wire.AttributeOut]:
    """The attributes of the bases, each with its sources in force, most trusted first."""
    require(caller, Action.READ_REGISTER)
    return show.attributes(db, rankings.rows(db, base), on=house.today)


@router.get("/sources/{base}/{attribute}")
def read_attribute(base: str, attribute: str, db: Db, caller: SignedIn) -> wire.AttributeOut:
    """One attribute with all the rankings it ever had."""
    require(caller, Action.READ_REGISTER)
    return show.attribute(db, base, attribute, rankings.rows(db, base, attribute))


@router.post("/sources/{base}/{attribute}")
def settle_attribute(
    base: str, attribute: str, sent: wire.RankingIn, db: Db, house: House, caller: SignedIn
) -> wire.AttributeOut:
    """Rank the sources of an attribute anew from today on; the next build reads it."""
    require_any(caller, Action.SETTLE_SOURCE)
    facts = {"basis": sent.basis, "by": caller.client_id}
    rankings.settle(db, base, attribute, sent.roles, **facts, now=house.clock(), on=house.today)
    return show.attribute(db, base, attribute, rankings.rows(db, base, attribute))


@router.get("/item-sources")
def list_item_sources(db: Db, caller: SignedIn) -> list[wire.ItemSourceOut]:
    """The authoritative departments that were settled for items, with their days."""
    require(caller, Action.READ_REGISTER)
    return [show.item_source(each) for each in item_sources.sources(db)]


@router.get("/source-conflicts")
def list_conflicts(db: Db, caller: SignedIn, open_only: bool = False) -> list[wire.ConflictOut]:
    """Items that two departments hold: those of the caller's department, all for a steward or auditor."""
    return [show.conflict(each) for each in one_source.conflicts(db, sharing_scope(caller), open_only=open_only)]


@router.post("/resources/{slug}/sources")
def examine(slug: str, db: Db, house: House, caller: SignedIn) -> list[wire.ConflictOut]:
    """Compare a resource's items with what other departments hold; the conflicts that are new."""
    resource = resources.get(db, slug)
    require(caller, Action.REGISTER, resource.provider_id)
    found = one_source.examine(db, resource, now=house.clock(), zone=house.settings.zone)
    return [show.conflict(each) for each in found]


@router.post("/source-conflicts/{conflict_id}/settlement")
def settle_conflict(
    conflict_id: str, sent: wire.ConflictSettlementIn, db: Db, house: House, caller: SignedIn
) -> wire.ConflictOut:
    """The authority's word on who is the source."""
    require_any(caller, Action.SETTLE_SOURCE)
    found = one_source.get_conflict(db, conflict_id)
    who = {"department_id": caller.department_id, "by": caller.client_id}
    one_source.settle(db, found, **who, now=house.clock(), on=house.today, **sent.model_dump())
    return show.conflict(found)


@router.get("/leads")
def list_leads(db: Db, caller: SignedIn) -> list[wire.LeadOut]:
    """The lead departments of the bases, with their days."""
    require(caller, Action.READ_REGISTER)
    return [show.lead(each) for each in leads.listed(db)]


@router.post("/leads/{base}")
def appoint(base: str, sent: wire.LeadIn, db: Db, house: House, caller: SignedIn) -> wire.LeadOut:
    """Make a department the lead of a base from today on."""
    require_any(caller, Action.SETTLE_SOURCE)
    department = departments.get(db, sent.department)
    return show.lead(leads.appoint(db, base, department, basis=sent.basis, by=caller.client_id, on=house.today))
