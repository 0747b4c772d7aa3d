"""Scorecards by department, dimension and month."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api import quality_present
from api import quality_schemas as wire
from api.deps import GUARDED, Db, House, SignedIn
from catalog import scorecards
from catalog.roles import Action, scope

router = APIRouter(prefix="/v1/scorecards", tags=["quality"], dependencies=GUARDED)


@router.get("")
def read_scorecards(
    db: Db, house: House, caller: SignedIn, months: Annotated[int, Query(ge=1, le=36)] = 12
) -> list[wire.CardOut]:
    """The department's months up to this one, by dimension; those of all departments for a steward or auditor."""
    whose = scope(caller, Action.READ_FINDINGS)
    asked = scorecards.months(house.today, months, house.settings.zone)
    found = scorecards.cards(db, asked, now=house.clock(), department_id=whose)
    return [quality_present.card(each) for each in found]
