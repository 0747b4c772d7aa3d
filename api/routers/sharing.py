"""Requests, decisions and grants."""

from __future__ import annotations

from fastapi import APIRouter

from api import present, schemas
from api.deps import GUARDED, Db, House, SignedIn
from catalog import grants, resources, sharing
from catalog.keys import Purpose
from catalog.models import Department
from catalog.roles import Action, may, require

router = APIRouter(prefix="/v1", tags=["sharing"], dependencies=GUARDED)


@router.post("/requests", status_code=201)
def ask(sent: schemas.RequestIn, db: Db, house: House, caller: SignedIn) -> schemas.RequestOut:
    """Ask for items of a resource; granted at once when all of it is unconditional."""
    require(caller, Action.ASK)
    found = sharing.request(
        db,
        resource=resources.get(db, sent.resource),
        department=db.get_one(Department, caller.department_id),
        mask_key_id=house.keys.current(Purpose.MASK).id,
        asked_by=caller.client_id,
        now=house.clock(),
        zone=house.settings.zone,
        **sent.model_dump(exclude={"resource"}),
    )
    return present.request(found, grants.of_request(db, found.id))


@router.get("/requests")
def list_requests(db: Db, caller: SignedIn) -> list[schemas.RequestOut]:
    """Requests that the caller's department made or has to answer; all of them for a steward or auditor."""
    return [present.request(each, grants.of_request(db, each.id)) for each in sharing.requests(db, _scope(caller))]


@router.post("/requests/{request_id}/decision")
def decide(request_id: str, sent: schemas.DecisionIn, db: Db, house: House, caller: SignedIn) -> schemas.RequestOut:
    """The provider's answer; approval makes the grant in the same transaction."""
    found = sharing.get_request(db, request_id)
    require(caller, Action.DECIDE, found.resource.provider_id)
    grant = sharing.decide(
        db,
        found,
        department_id=caller.department_id,
        by=caller.client_id,
        now=house.clock(),
        mask_key_id=house.keys.current(Purpose.MASK).id,
        **sent.model_dump(),
    )
    return present.request(found, grant)


@router.get("/grants")
def list_grants(db: Db, caller: SignedIn) -> list[schemas.GrantOut]:
    """Grants that the caller's department holds or gave; all of them for a steward or auditor."""
    return [present.grant(each) for each in grants.listed(db, _scope(caller))]


@router.post("/grants/{grant_id}/revocation")
def revoke(grant_id: str, sent: schemas.RevocationIn, db: Db, house: House, caller: SignedIn) -> schemas.GrantOut:
    """End a grant on every path: by the provider, or by a steward of the authority."""
    found = grants.get_grant(db, grant_id)
    require(caller, Action.REVOKE, found.resource.provider_id)
    sharing.revoke(db, found, reason=sent.reason, by=caller.client_id, now=house.clock())
    return present.grant(found)


def _scope(caller: SignedIn) -> str | None:
    """None for those who may read everyone's, else the caller's own department."""
    if may(caller, Action.READ_SHARING, ""):
        return None
    require(caller, Action.READ_SHARING)
    return caller.department_id
