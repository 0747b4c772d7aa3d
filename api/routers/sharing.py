"""Requests: asked, checked, answered, disputed, settled."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter

from api import present, schemas
from api import sharing_schemas as wire
from api.deps import GUARDED, Cursor, Db, House, Limit, SignedIn
from api.scopes import sharing_scope
from catalog import answers, extensions, grants, reasons, request_lists, resources, sharing
from catalog.answerers import owners, readers
from catalog.keys import Purpose
from catalog.models import Department, SharingRequest
from catalog.roles import Action, require, require_any

router = APIRouter(prefix="/v1", tags=["sharing"], dependencies=GUARDED)


@router.post("/requests", status_code=201)
def ask(sent: schemas.RequestIn, db: Db, house: House, caller: SignedIn) -> schemas.RequestOut:
    """Ask for items of a resource; granted at once when all of it is unconditional."""
    require(caller, Action.ASK)
    found = sharing.request(
        db,
        resource=resources.get(db, sent.resource),
        department=db.get_one(Department, caller.department_id),
        asked_by=caller.client_id,
        zone=house.settings.zone,
        **_keyed(house),
        **sent.model_dump(exclude={"resource"}),
    )
    return _told(db, found)


@router.get("/requests")
def list_requests(db: Db, caller: SignedIn, limit: Limit = 100, cursor: Cursor = "") -> wire.RequestPage:
    """Requests that the caller's department made or has to answer; all of them for a steward or auditor.

    A page, the newest first; `next` is the cursor of the page after it, null at the end.
    """
    found = request_lists.requests_from(db, sharing_scope(caller), limit=limit, cursor=cursor)
    given = grants.of_requests(db, [each.id for each in found.rows])
    told = [present.request(each, given.get(each.id)) for each in found.rows]
    return wire.RequestPage(total=found.total, requests=told, next=found.next)


@router.get("/requests/{request_id}")
def read_request(request_id: str, db: Db, house: House, caller: SignedIn) -> schemas.RequestOut:
    """One request with every step it took, for those it concerns."""
    found = sharing.get_request(db, request_id)
    require(caller, Action.READ_SHARING, *readers(db, found, house.today))
    return _told(db, found)


@router.post("/requests/{request_id}/check")
def check(request_id: str, sent: wire.CheckIn, db: Db, house: House, caller: SignedIn) -> schemas.RequestOut:
    """The authority's check of conformity: on to those who must agree, or back, once, to be completed."""
    require_any(caller, Action.CHECK_CONFORMITY)
    found = sharing.get_request(db, request_id)
    answers.check(db, found, zone=house.settings.zone, **_who(house, caller), **sent.model_dump())
    return _told(db, found)


@router.post("/requests/{request_id}/resubmission")
def resubmit(request_id: str, sent: wire.ResubmissionIn, db: Db, house: House, caller: SignedIn) -> schemas.RequestOut:
    """Hand a returned request in again."""
    found = sharing.get_request(db, request_id)
    require(caller, Action.ASK, found.department_id)
    changes = sent.model_dump(exclude_unset=True)
    key = _keyed(house)["mask_key_id"]
    sharing.resubmit(db, found, changes, mask_key_id=key, zone=house.settings.zone, **_who(house, caller))
    return _told(db, found)


@router.post("/requests/{request_id}/decision")
def decide(request_id: str, sent: schemas.DecisionIn, db: Db, house: House, caller: SignedIn) -> schemas.RequestOut:
    """One department's answer; the last approval makes the grant in the same transaction."""
    found = sharing.get_request(db, request_id)
    require(caller, Action.DECIDE, *owners(found))
    key = _keyed(house)["mask_key_id"]
    sharing.decide(db, found, mask_key_id=key, zone=house.settings.zone, **_who(house, caller), **sent.model_dump())
    return _told(db, found)


@router.post("/requests/{request_id}/extension")
def ask_for_time(request_id: str, sent: wire.ReasonIn, db: Db, house: House, caller: SignedIn) -> schemas.RequestOut:
    """Ask the authority for a longer term, as a department that still owes its answer."""
    found = sharing.get_request(db, request_id)
    require(caller, Action.DECIDE, *owners(found))
    extensions.ask(db, found, reason=sent.reason, zone=house.settings.zone, **_who(house, caller))
    return _told(db, found)


@router.post("/requests/{request_id}/extension/decision")
def decide_extension(
    request_id: str, sent: wire.ExtensionDecisionIn, db: Db, house: House, caller: SignedIn
) -> schemas.RequestOut:
    """The authority's word on a longer term."""
    require_any(caller, Action.ESCALATE)
    found = sharing.get_request(db, request_id)
    extensions.decide(db, found, approve=sent.approve, zone=house.settings.zone, **_who(house, caller))
    return _told(db, found)


@router.post("/requests/{request_id}/dispute")
def dispute(request_id: str, sent: wire.ReasonIn, db: Db, house: House, caller: SignedIn) -> schemas.RequestOut:
    """Bring a refusal, or an answer that is overdue, before the authority."""
    found = sharing.get_request(db, request_id)
    require(caller, Action.DISPUTE, found.department_id)
    answers.dispute(db, found, reason=sent.reason, zone=house.settings.zone, **_who(house, caller))
    return _told(db, found)


@router.post("/requests/{request_id}/dispute/decision")
def settle_dispute(
    request_id: str, sent: wire.SettlementIn, db: Db, house: House, caller: SignedIn
) -> schemas.RequestOut:
    """The authority's decision of a dispute."""
    require_any(caller, Action.SETTLE_DISPUTE)
    found = sharing.get_request(db, request_id)
    key = _keyed(house)["mask_key_id"]
    answers.settle_dispute(
        db, found, mask_key_id=key, zone=house.settings.zone, **_who(house, caller), **sent.model_dump()
    )
    return _told(db, found)


@router.post("/requests/{request_id}/withdrawal")
def withdraw(request_id: str, db: Db, house: House, caller: SignedIn) -> schemas.RequestOut:
    """Take back a request that is still open."""
    found = sharing.get_request(db, request_id)
    require(caller, Action.ASK, found.department_id)
    sharing.withdraw(db, found, **_who(house, caller))
    return _told(db, found)


@router.get("/refusal-reasons")
def list_reasons(
    db: Db, house: House, caller: SignedIn, used_for: Literal["sharing", "demand"] = "sharing"
) -> list[wire.RefusalReasonOut]:
    """The reasons for which a request or a demand may be refused, each with its article."""
    require(caller, Action.READ_REGISTER)
    return [wire.RefusalReasonOut.model_validate(each) for each in reasons.listed(db, used_for, house.today)]


def _told(db: Db, found: SharingRequest) -> schemas.RequestOut:
    return present.request(found, grants.of_request(db, found.id))


def _who(house: House, caller: SignedIn) -> dict[str, Any]:
    return {"department_id": caller.department_id, "by": caller.client_id, "now": house.clock()}


def _keyed(house: House) -> dict[str, Any]:
    return {"mask_key_id": house.keys.current(Purpose.MASK).id, "now": house.clock()}
