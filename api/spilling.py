"""Spills with their receipts: each act is durable in the log before it is in force."""

from __future__ import annotations

from sqlalchemy.orm import Session

from api.house import Exchange
from catalog import spill
from catalog.models import Delivery, Spill
from catalog.receipts import Entry
from catalog.roles import Caller

DOOR = "/v1/spills"


def freeze(db: Session, house: Exchange, caller: Caller, delivery: Delivery, reason: str) -> tuple[Spill, str]:
    """Freeze a delivery's bytes and all that came of them; the spill and its receipt."""
    made = spill.freeze(db, house.store, delivery, reason=reason, by=caller.client_id, now=house.clock())
    return made, _receipt(house, caller, made, DOOR)


def lift(db: Session, house: Exchange, caller: Caller, found: Spill) -> str:
    """End a freeze that proved unfounded; the receipt."""
    spill.lift(db, found, by=caller.client_id, now=house.clock())
    return _receipt(house, caller, found, f"{DOOR}/{{spill_id}}/lifting")


def erase(db: Session, house: Exchange, caller: Caller, found: Spill) -> tuple[list[tuple[str, str]], str]:
    """Erase everything; (unit, release_id) of what is in force in its place, and the receipt."""
    moved = spill.erase(db, house.store, found, by=caller.client_id, now=house.clock())
    return moved, _receipt(house, caller, found, f"{DOOR}/{{spill_id}}/erasure")


def _receipt(house: Exchange, caller: Caller, found: Spill, door: str) -> str:
    """The act in the receipts, durable before its transaction commits: nothing is frozen or erased unlogged."""
    entry = Entry(
        at=house.clock(),
        door=door,
        client=caller.client_id,
        department=caller.department,
        outcome=f"spill_{found.state}",
        resource="、".join(found.derived.get("resources", ())),
        purpose=found.id,
    )
    return house.receipts.write_now(entry)
