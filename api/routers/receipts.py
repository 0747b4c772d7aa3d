"""Who read a record, for auditors."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api import schemas
from api.deps import GUARDED, House, SignedIn
from catalog.reads import reads_of
from catalog.roles import Action, require_any

router = APIRouter(prefix="/v1", tags=["receipts"], dependencies=GUARDED)


@router.get("/receipts")
def list_reads(
    house: House,
    caller: SignedIn,
    resource: Annotated[str, Query(max_length=64)],
    record: Annotated[str, Query(max_length=40, description="record key")],
) -> list[schemas.ReadOut]:
    """Every answer and refusal about one record, oldest first; an uncertain one is an extract whose keys are gone."""
    require_any(caller, Action.READ_RECEIPTS)
    return [schemas.ReadOut.model_validate(each) for each in reads_of(house.store, house.digests, resource, record)]
