"""Grants: listed, prolonged, made smaller, ended; and the explanation of what is open to whom."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from api import present, schemas
from api import sharing_schemas as wire
from api.deps import GUARDED, Cursor, Db, House, Limit, SignedIn
from api.scopes import sharing_scope
from catalog import departments, extracts, grants, narrowing, resources, sharing
from catalog.answerers import owners, readers
from catalog.explain import explain
from catalog.keys import Purpose
from catalog.models import Department, Grant
from catalog.roles import Action, require

router = APIRouter(prefix="/v1", tags=["sharing"], dependencies=GUARDED)


@router.get("/grants")
def list_grants(db: Db, caller: SignedIn, limit: Limit = 100, cursor: Cursor = "") -> wire.GrantPage:
    """Grants that the caller's department holds or gave; all of them for a steward or auditor.

    A page by id; `next` is the cursor of the page after it, null at the end.
    """
    found = grants.listed_from(db, sharing_scope(caller), limit=limit, cursor=cursor)
    return wire.GrantPage(total=found.total, grants=[present.grant(each) for each in found.rows], next=found.next)


@router.get("/grants/{grant_id}")
def read_grant(grant_id: str, db: Db, house: House, caller: SignedIn) -> schemas.GrantOut:
    """A grant with its versions, for those it concerns."""
    found = grants.get_grant(db, grant_id)
    require(caller, Action.READ_SHARING, *readers(db, sharing.get_request(db, found.request_id), house.today))
    return present.grant(found)


@router.post("/grants/{grant_id}/revocation")
def revoke(grant_id: str, sent: schemas.RevocationIn, db: Db, house: House, caller: SignedIn) -> schemas.GrantOut:
    """End a grant on every path: by a department that agreed to it, or by a steward of the authority."""
    found = grants.get_grant(db, grant_id)
    require(caller, Action.REVOKE, *_givers(db, found))
    sharing.revoke(db, found, **_act(house, caller), reason=sent.reason)
    extracts.sweep(db, house.store, now=house.clock(), grant_id=found.id)
    return present.grant(found)


@router.post("/grants/{grant_id}/narrowing")
def narrow(grant_id: str, sent: wire.NarrowingIn, db: Db, house: House, caller: SignedIn) -> schemas.GrantOut:
    """Make a grant smaller on every path: a new version with fewer items, rows, ways or days."""
    found = grants.get_grant(db, grant_id)
    require(caller, Action.NARROW, *_givers(db, found))
    narrowing.narrow(db, found, zone=house.settings.zone, **_act(house, caller), **sent.model_dump())
    extracts.sweep(db, house.store, now=house.clock(), grant_id=found.id)
    return present.grant(found)


@router.post("/grants/{grant_id}/renewal", status_code=201)
def renew(grant_id: str, sent: wire.RenewalIn, db: Db, house: House, caller: SignedIn) -> schemas.RequestOut:
    """Ask that a grant go on, before it ends; it takes the way of every request."""
    found = grants.get_grant(db, grant_id)
    require(caller, Action.RENEW, found.department_id)
    asked = sharing.renew(
        db,
        found,
        department_id=caller.department_id,
        mask_key_id=house.keys.current(Purpose.MASK).id,
        zone=house.settings.zone,
        **_act(house, caller),
        **sent.model_dump(),
    )
    return present.request(asked, grants.of_request(db, asked.id))


@router.get("/access")
def explain_access(
    db: Db,
    house: House,
    caller: SignedIn,
    resource: Annotated[str, Query(max_length=64)],
    department: Annotated[str, Query(max_length=64, description="default: the caller's own")] = "",
) -> wire.AccessOut:
    """What a department may read of a resource, by which grant, which columns are masked, or why not."""
    found = resources.get(db, resource)
    asked = departments.get(db, department) if department else db.get_one(Department, caller.department_id)
    require(caller, Action.EXPLAIN_ACCESS, asked.id, found.provider_id)
    told = explain(db, house.store, house.keys, found, asked, now=house.clock(), today=house.today)
    return wire.AccessOut.model_validate(told)


def _givers(db: Db, found: Grant) -> list[str]:
    return owners(sharing.get_request(db, found.request_id))


def _act(house: House, caller: SignedIn) -> dict[str, Any]:
    return {"by": caller.client_id, "now": house.clock()}
