"""Spills: freezing what should never have come in, and erasing it with all that came of it."""

from __future__ import annotations

from dataclasses import asdict

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool

from api import spilling
from api.catalog_schemas import SpillIn, SpillOut
from api.deps import GUARDED, Db, House, SignedIn
from api.house import Exchange
from catalog import deliveries, spill
from catalog.models import Spill
from catalog.roles import Action, Caller, require, require_any, scope

router = APIRouter(prefix="/v1/spills", tags=["spills"], dependencies=GUARDED)


@router.get("")
def list_spills(db: Db, caller: SignedIn) -> list[SpillOut]:
    """Spills with what came of their bytes: the caller's own, everybody's for the authority."""
    return [_out(each) for each in spill.listed(db, scope(caller, Action.FREEZE_SPILL))]


@router.post("", status_code=201)
async def freeze(sent: SpillIn, house: House, caller: SignedIn) -> SpillOut:
    """Freeze a delivery's bytes and everything that came of them, or try it; reads are refused at once."""
    require(caller, Action.FREEZE_SPILL)
    return await run_in_threadpool(_freeze, house, caller, sent)


@router.post("/{spill_id}/lifting")
async def lift(spill_id: str, house: House, caller: SignedIn) -> SpillOut:
    """End a freeze that proved unfounded."""
    require_any(caller, Action.ERASE_SPILL)
    return await run_in_threadpool(_lift, house, caller, spill_id)


@router.post("/{spill_id}/erasure")
async def erase(spill_id: str, house: House, caller: SignedIn) -> SpillOut:
    """Erase the bytes and everything that came of them; the record of it stays."""
    require_any(caller, Action.ERASE_SPILL)
    return await run_in_threadpool(_erase, house, caller, spill_id)


def _freeze(house: Exchange, caller: Caller, sent: SpillIn) -> SpillOut:
    with house.transaction() as db:
        delivery = deliveries.get(db, sent.delivery)
        require(caller, Action.FREEZE_SPILL, delivery.resource.provider_id)
        if sent.is_trial:
            found = asdict(spill.derived(db, house.store, delivery))
            return SpillOut(
                id="", state="trial", reason=sent.reason, derived=found, frozen_at=None, frozen_by="",
                ended_at=None, ended_by=None,
            )  # fmt: skip
        return _out(*spilling.freeze(db, house, caller, delivery, sent.reason))


def _lift(house: Exchange, caller: Caller, spill_id: str) -> SpillOut:
    with house.transaction() as db:
        found = spill.get(db, spill_id)
        return _out(found, spilling.lift(db, house, caller, found))


def _erase(house: Exchange, caller: Caller, spill_id: str) -> SpillOut:
    with house.transaction() as db:
        found = spill.get(db, spill_id)
        moved, receipt = spilling.erase(db, house, caller, found)
        return _out(found, receipt, [f"{unit}/{release_id}" for unit, release_id in moved])


def _out(found: Spill, receipt: str = "", in_force: list[str] | None = None) -> SpillOut:
    same = ("id", "state", "reason", "derived", "frozen_at", "frozen_by", "ended_at", "ended_by")
    return SpillOut(**{name: getattr(found, name) for name in same}, in_force=in_force or [], receipt_id=receipt)
