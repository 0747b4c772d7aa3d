"""Correction requests: disputing a value, mending it, saying why it stands, whose fault it is."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from api import disputes, quality_present
from api import quality_schemas as wire
from api.deps import GUARDED, Db, House, SignedIn
from catalog import corrections, mending
from catalog.roles import Action, require, require_any, scope

router = APIRouter(prefix="/v1/corrections", tags=["quality"], dependencies=GUARDED)


@router.post("", status_code=201)
def ask(sent: wire.CorrectionIn, db: Db, house: House, caller: SignedIn) -> wire.CorrectionDetail:
    """Dispute a value of a record that the caller's grant shows; it goes to the department that collected it."""
    require(caller, Action.DISPUTE_VALUE)
    found = disputes.dispute(house, db, caller, **sent.model_dump())
    return quality_present.correction_detail(house.keys, caller, found)


@router.get("")
def list_corrections(db: Db, caller: SignedIn) -> list[wire.CorrectionOut]:
    """Requests that the department made or has to answer; all of them for a steward or auditor."""
    found = corrections.listed(db, scope(caller, Action.READ_CORRECTIONS))
    return [quality_present.correction(each) for each in found]


@router.get("/{correction_id}")
def read_correction(correction_id: str, db: Db, house: House, caller: SignedIn) -> wire.CorrectionDetail:
    """A request with its steps; its words for those who asked and those who answer."""
    found = corrections.get(db, correction_id)
    require(caller, Action.READ_CORRECTIONS, *corrections.concerned(found))
    return quality_present.correction_detail(house.keys, caller, found)


@router.post("/{correction_id}/reply")
def answer(
    correction_id: str, sent: wire.CorrectionAnswerIn, db: Db, house: House, caller: SignedIn
) -> wire.CorrectionDetail:
    """Mended, with the delivery that mends it; a reasoned no; or a fault of linking, merging or choosing."""
    found = corrections.get(db, correction_id)
    require(caller, Action.ANSWER_CORRECTION, found.assigned_id)
    who = _who(house, caller)
    if sent.answer == "mended":
        who |= {"text": sent.text, "delivery_id": sent.delivery}
        mending.mend(db, house.store, house.keys, house.digests, found, **who)
    elif sent.answer == "refused":
        corrections.refuse(db, house.keys, found, text=sent.text, **who)
    else:
        corrections.blame(db, found, fault=sent.fault, zone=house.settings.zone, **who)
    return quality_present.correction_detail(house.keys, caller, found)


@router.post("/{correction_id}/withdrawal")
def withdraw(correction_id: str, db: Db, house: House, caller: SignedIn) -> wire.CorrectionDetail:
    """Take an open request back."""
    found = corrections.get(db, correction_id)
    require(caller, Action.DISPUTE_VALUE, found.department_id)
    corrections.withdraw(db, found, **_who(house, caller))
    return quality_present.correction_detail(house.keys, caller, found)


@router.post("/{correction_id}/reminder")
def remind(correction_id: str, db: Db, house: House, caller: SignedIn) -> wire.CorrectionDetail:
    """Remind the department that has an open request."""
    require_any(caller, Action.REMIND)
    found = corrections.get(db, correction_id)
    corrections.remind(db, found, by=caller.client_id, now=house.clock(), zone=house.settings.zone)
    return quality_present.correction_detail(house.keys, caller, found)


def _who(house: House, caller: SignedIn) -> dict[str, Any]:
    return {"department_id": caller.department_id, "by": caller.client_id, "now": house.clock()}
