"""What there is to do, and doing one thing to many."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api import sharing_schemas as wire
from api.deps import GUARDED, Db, House, SignedIn
from catalog import batches, todos
from catalog.keys import Purpose
from catalog.roles import Action, require

router = APIRouter(prefix="/v1/todos", tags=["to-do"], dependencies=GUARDED)


@router.get("")
def list_todos(
    db: Db,
    house: House,
    caller: SignedIn,
    kind: Annotated[str | None, Query(max_length=40)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 200,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> wire.TodosOut:
    """Everything that waits for the caller, soonest due first; `limit` and `offset` count within each kind."""
    require(caller, Action.READ_TODOS)
    now, zone = house.clock(), house.settings.zone
    found = todos.todos(db, caller, kind=kind, limit=limit, offset=offset, now=now, zone=zone)
    return wire.TodosOut.model_validate(found)


@router.post("/batch")
def batch(sent: wire.BatchIn, db: Db, house: House, caller: SignedIn) -> list[wire.RowResultOut]:
    """One action on many rows; each has its own result, and one that fails spoils no other."""
    require(caller, Action.READ_TODOS)
    found = batches.batch(
        db,
        caller,
        now=house.clock(),
        zone=house.settings.zone,
        mask_key_id=house.keys.current(Purpose.MASK).id,
        checks=house.checks,
        **sent.model_dump(),
    )
    return [wire.RowResultOut.model_validate(each) for each in found]
