"""Two persons who may be one: what the base proposes, both sides of a proposal, and the authority's decision that lasts.

A list shows no values; whoever opens a proposal sees values, and each such view leaves receipts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from api import identifying, linking
from api.house import Exchange
from api.linking import Look
from basedb import read
from catalog import identities
from catalog.errors import Conflict, Invalid, NotFound
from catalog.identities import Named
from catalog.models import IdentityDecision
from catalog.roles import Caller

LOOK = Look("/doubles/{proposal}", "一人多号研判")
KIND, TABLE, APART = "person", "person_double", "apart"
EVIDENCE = {"is_same_phone": "phone", "is_same_address": "address", "is_near_identifier": "identifier"}
SIDES = ("person_key", "other_key")
PERSON = (
    "id_number", "name", "sex_code", "birth_date", "residence_address", "registered_address", "household_id",
    "is_deceased",
)  # fmt: skip
SHOWN = 100


@dataclass(frozen=True, slots=True)
class Proposal:
    """Two records that may be of one person. agrees: what agrees beside name, birth date and sex."""

    key: str
    sides: tuple[str, str]
    agrees: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """A proposal with the values of its sides, in their order."""

    proposal: Proposal
    values: Mapping[str, Mapping[str, Any]]


def waiting(house: Exchange, db: Session, today: date) -> list[Proposal]:
    """The first proposals on whose pair nothing was ever decided, and of which nobody is withheld."""
    done = identities.decided(db, KIND)
    with linking.opened(house, db, "person", (), today) as (_, persons):
        withheld = persons.suppressed
    found: list[Proposal] = []
    with linking.opened(house, db, TABLE, (*SIDES, *EVIDENCE), today) as (lookup, view):
        after: str | None = None
        while len(found) < SHOWN:
            page = read.page(lookup, view, read.MAX_PAGE, after)
            proposals = [_proposal(row) for row in page.rows if not withheld & {row[side] for side in SIDES}]
            found += [each for each in proposals if frozenset(each.sides) not in done]
            after = page.next
            if after is None:
                break
    return found[:SHOWN]


def case(house: Exchange, db: Session, caller: Caller, key: str) -> Case:
    """Both sides of a proposal; raises NotFound for one that the release in force does not have or show."""
    today = house.clock().astimezone(house.settings.zone).date()
    with linking.opened(house, db, TABLE, (*SIDES, *EVIDENCE), today) as (lookup, view):
        row = read.record(lookup, view, key)
    gone = NotFound("现行版本中没有这条疑似一人多号", remedy="返回列表重新选择")
    if row is None:
        raise gone
    proposal = _proposal(row)
    values = linking.values(house, db, caller, "person", PERSON, list(proposal.sides), today, look=LOOK)
    if set(values) < set(proposal.sides):
        raise gone
    return Case(proposal, values)


def decide(
    house: Exchange, db: Session, caller: Caller, key: str, *, answer: str, reason: str, evidence: str
) -> IdentityDecision:
    """Keep the decision: the key of the record that stays, or `apart`; raises Invalid for anything else.

    Raises Conflict for a pair on which anything was decided: what changes a decision starts from it.
    """
    found = case(house, db, caller, key)
    sides = found.proposal.sides
    if frozenset(sides) in identities.decided(db, KIND):
        raise Conflict("这一对标识已经合并，或已有认定", remedy="在「同一认定」查看")
    if answer not in {APART, *sides}:
        raise Invalid("请选择一个结论", remedy="选择保留哪一个标识，或“不是同一人”", field="answer")
    named = {side: Named(str(found.values[side]["id_number"]), side) for side in sides}
    words = {"kind": KIND, "reason": reason, "evidence": evidence}
    if answer == APART:
        one, other = (named[side] for side in sides)
        return identifying.keep_apart(house, db, caller, one=one, other=other, **words)
    (gone,) = (side for side in sides if side != answer)
    kept, other_number = named[answer].natural, named[gone].natural
    return identifying.merge(house, db, caller, kept=kept, other=other_number, **words)


def _proposal(row: Mapping[str, Any]) -> Proposal:
    agrees = tuple(said for item, said in EVIDENCE.items() if row[item])
    return Proposal(str(row["record_key"]), (str(row["person_key"]), str(row["other_key"])), agrees)
