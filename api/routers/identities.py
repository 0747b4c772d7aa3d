"""Who is the same: merging two identifiers of one thing, splitting what was merged wrongly."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from pydantic import Field

from api import identifying
from api.deps import GUARDED, Db, House, SignedIn
from api.schemas import Given, Sent
from catalog import identities
from catalog.lists import Asked
from catalog.roles import Action, require_any

router = APIRouter(prefix="/v1/identities", tags=["quality"], dependencies=GUARDED)


class WordsIn(Sent):
    """reason: why; evidence: what proves it. Both are kept sealed."""

    reason: str = Field(min_length=1, max_length=identities.MOST)
    evidence: str = Field(min_length=1, max_length=identities.MOST)


class MergeIn(WordsIn):
    """kind: person, legal_entity, address, licence; kept: the identifier under which the thing stands from now on.

    An address is named by its code, a licence by its kind of register and its number there: `driving_licence|<number>`.
    """

    kind: str = Field(max_length=40)
    kept: str = Field(min_length=1, max_length=40)
    other: str = Field(min_length=1, max_length=40)


class DecisionOut(Given):
    """is_same: a merge, else a split. kept_key, other_key: the record keys that the two have by themselves."""

    id: int
    kind: str
    is_same: bool
    kept_key: str
    other_key: str
    at: datetime
    by: str


@router.get("")
def list_decisions(db: Db, caller: SignedIn) -> list[DecisionOut]:
    """The newest 500 decisions, newest first; identifiers and words are not shown."""
    require_any(caller, Action.DECIDE_IDENTITY)
    found, _ = identities.listing().cut(db, Asked(limit=500))
    return [DecisionOut.model_validate(each) for each in found]


@router.post("", status_code=201)
def merge(sent: MergeIn, db: Db, house: House, caller: SignedIn) -> DecisionOut:
    """Two identifiers name one thing; the bases are built again, and the key that goes leads to the one that stays."""
    require_any(caller, Action.DECIDE_IDENTITY)
    return DecisionOut.model_validate(identifying.merge(house, db, caller, **sent.model_dump()))


@router.post("/{decision_id}/split", status_code=201)
def split(decision_id: int, sent: WordsIn, db: Db, house: House, caller: SignedIn) -> DecisionOut:
    """Take a wrong merge back; both keys live again."""
    require_any(caller, Action.DECIDE_IDENTITY)
    found = identities.get(db, decision_id)
    return DecisionOut.model_validate(identifying.split(house, db, caller, found, **sent.model_dump()))
