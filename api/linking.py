"""Reviewing whose a statement without an identifier is: what waits, both sides of one, and the answer.

A list shows no values; whoever opens a statement sees values, and each such view leaves receipts.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic_core import to_json
from sqlalchemy.orm import Session

from api import identifying
from api.house import Exchange
from basedb import read
from catalog import linkages, own_faults, policy, releases, resources
from catalog.errors import Conflict, Invalid, NotFound
from catalog.models import Resource
from catalog.receipts import ANSWERED, Entry
from catalog.roles import Caller
from catalog.view import View
from catalog.vocab import Base

Row = Mapping[str, Any]

DOOR = "/linkage/{statement_key}"
PURPOSE = "无标识记录研判"
NOBODY, UNSURE = "nobody", "unsure"
SHOWN = 100
# evidence -> the level of full agreement, and that from which on it speaks for a match
EVIDENCE = {
    "name": (4, 2), "birth": (4, 2), "sex": (1, 1), "phone": (1, 1), "address": (4, 2), "household": (1, 1),
    "identifier": (3, 1),
}  # fmt: skip
LINK = ("statement_key", "source", "item", "band", "rank", "person_key", "weight", "chance", "is_decided")
LEVELS = tuple(f"{each}_level" for each in EVIDENCE)
STATEMENT = ("item", "name", "sex_code", "birth_date", "phone", "address", "id_number_raw")
PERSON = (
    "name", "sex_code", "birth_date", "residence_address", "registered_address", "household_id", "id_number",
    "is_deceased",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Look:
    """At which page, and for what, somebody of the authority sees values."""

    door: str
    purpose: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A statement in the queue, without values. source: slug of the resource that made it."""

    statement_key: str
    source: str
    item: str
    chance: float
    levels: Mapping[str, int]
    is_unsure: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person that a statement may speak of."""

    record_key: str
    values: Mapping[str, Any]
    levels: Mapping[str, int]
    chance: float


@dataclass(frozen=True, slots=True)
class Case:
    """A statement and its candidates, likeliest first. moves: how often it was decided on so far."""

    statement_key: str
    source: str
    band: str
    values: Mapping[str, Any]
    candidates: tuple[Candidate, ...]
    is_decided: bool
    moves: int


def waiting(house: Exchange, db: Session, today: date) -> list[Waiting]:
    """The first statements for review on which nobody has decided; those of which somebody was unsure last."""
    with opened(house, db, "person_unlinked", (), today) as (_, statements):
        withheld = statements.suppressed
    decided, unsure = {statement: key for _, statement, key in linkages.linked(db)}, linkages.unsure(db)

    def is_over(statement: str) -> bool:
        """A decision for a person who is gone counts no more, neither here nor in a build."""
        key = decided.get(statement)
        return statement in withheld or (
            statement in decided and (key is None or identifying.is_known(house, db, "person", key))
        )

    asked: list[Row] = []
    put_off: list[Row] = []
    with opened(house, db, "person_link", (*LINK, *LEVELS), today) as (lookup, view):
        after: str | None = None
        while len(asked) < SHOWN:
            page = read.find(lookup, view, "band", "review", read.MAX_PAGE, after)
            for row in page.rows:
                if row["rank"] == 1 and not is_over(str(row["statement_key"])):
                    (put_off if row["statement_key"] in unsure else asked).append(row)
            after = page.next
            if after is None:
                break
        sources = _sources(house, view)
    queue = [_waiting(row, sources, unsure) for row in (*asked, *put_off)[:SHOWN]]
    return sorted(queue, key=lambda each: (each.is_unsure, each.source, each.statement_key))


def case(house: Exchange, db: Session, caller: Caller, statement_key: str) -> Case:
    """Both sides of a statement; raises NotFound for one that the release in force does not have."""
    today = house.clock().astimezone(house.settings.zone).date()
    rows, sources = _links(house, db, statement_key, today)
    told = values(house, db, caller, "person_unlinked", STATEMENT, [statement_key], today).get(statement_key)
    if told is None:
        raise _gone()
    columns = PERSON if told.get("id_number_raw") else tuple(c for c in PERSON if c != "id_number")
    keys = [str(row["person_key"]) for row in rows if row["person_key"]]
    people = values(house, db, caller, "person", columns, keys, today) if keys else {}
    candidates = [
        Candidate(key, people[key], _levels(row), float(row["chance"] or 0))
        for row in rows
        if (key := str(row["person_key"])) in people
    ]
    first = rows[0]
    source, is_decided = sources[int(first["source"] or 0)], bool(first["is_decided"])
    moves = linkages.moves(db, statement_key)
    return Case(statement_key, source, str(first["band"]), told, tuple(candidates), is_decided, moves)


def decide(
    house: Exchange, db: Session, caller: Caller, statement_key: str, answer: str, reason: str, *, seen: str = "0"
) -> None:
    """Keep a reviewer's answer: a candidate's key, `nobody`, or `unsure`; raises Invalid for anything else.

    seen: how often it had been decided on when the reviewer looked; raises Conflict when others have since.
    """
    now = house.clock()
    who: dict[str, Any] = {"department_id": caller.department_id, "by": caller.client_id, "now": now}
    rows, _ = _links(house, db, statement_key, now.astimezone(house.settings.zone).date())
    if str(linkages.moves(db, statement_key)) != seen:
        raise Conflict(
            "这条待研判记录在您打开页面之后已有新的办理，本次操作没有执行", remedy="重新打开，看清现状后再办"
        )
    if answer == UNSURE:
        linkages.note_unsure(db, statement_key, **who)
        return
    if answer not in {NOBODY, *(row["person_key"] for row in rows if row["person_key"])}:
        raise Invalid("请选择一个结论", remedy="选择一位候选人，或“都不是”“无法判断”", field="answer")
    record_key = None if answer == NOBODY else answer
    linkages.decide(db, house.keys, "person", statement_key, record_key, reason=reason, **who)
    if rows[0]["band"] == "linked" and record_key != rows[0]["person_key"]:
        own_faults.taken_back(db, "person", own_faults.LINK_WRONG, now=now, zone=house.settings.zone)
    identifying.build_again(db, "person")


def _links(house: Exchange, db: Session, statement_key: str, today: date) -> tuple[list[Row], dict[int, str]]:
    with opened(house, db, "person_link", (*LINK, *LEVELS), today) as (lookup, view):
        rows = read.find(lookup, view, "statement_key", statement_key).rows
        if not rows:
            raise _gone()
        return sorted(rows, key=lambda row: int(row["rank"] or 0)), _sources(house, view)


def _gone() -> NotFound:
    return NotFound("现行版本中没有这条待研判记录", remedy="返回列表重新选择")


def values(
    house: Exchange,
    db: Session,
    caller: Caller,
    table: str,
    columns: tuple[str, ...],
    keys: list[str],
    today: date,
    *,
    look: Look | None = None,
) -> dict[str, Row]:
    """The records of those keys that may be shown, their receipt written first; look: unless for a linkage review."""
    with opened(house, db, table, columns, today) as (lookup, view):
        found: dict[str, Row] = {key: row for key in keys if (row := read.record(lookup, view, key))}
    house.receipts.write_now(_entry(house, caller, view, keys, found, look or Look(DOOR, PURPOSE)))
    return found


def _entry(house: Exchange, caller: Caller, view: View, keys: list[str], found: Mapping[str, Row], look: Look) -> Entry:
    return Entry(
        at=house.clock(),
        door=look.door,
        client=caller.client_id,
        department=caller.department,
        outcome=ANSWERED,
        resource=view.resource,
        purpose=look.purpose,
        release=view.release_id,
        columns={column.name: column.mask for column in view.columns},
        question=house.digests.content("\n".join(keys).encode()),
        answer=house.digests.content(to_json(list(found.values()))),
        rows=len(found),
        references=house.digests.references(view.resource, keys),
    )


@contextmanager
def opened(
    house: Exchange, db: Session, table: str, columns: tuple[str, ...], today: date
) -> Iterator[tuple[sqlite3.Connection, View]]:
    """The look-up file of the base of persons, and the reviewer's view of one of its tables."""
    resource, release = _table(db, table), releases.in_force(db, Base.NATURAL_PERSON)
    view = policy.review_view(db, house.store, resource, release, columns, today=today)
    with closing(read.open_lookup(view.directory, view.table)) as lookup:
        yield lookup, view


def _table(db: Session, table: str) -> Resource:
    held = (r for r in resources.base_tables(db, Base.NATURAL_PERSON) if r.table_name == table)
    found = next(held, None)
    if found is None:
        raise NotFound("人口基础信息库还没有这张数据表", remedy="等待首次融合入库")
    return found


def _sources(house: Exchange, view: View) -> dict[int, str]:
    manifest = house.store.manifest(Base.NATURAL_PERSON, view.release_id)
    return {int(each["code"]): str(each["resource"]) for each in manifest["sources"]}


def _levels(row: Mapping[str, Any]) -> dict[str, int]:
    return {each: row[f"{each}_level"] for each in EVIDENCE if row[f"{each}_level"] is not None}


def _waiting(row: Mapping[str, Any], sources: Mapping[int, str], unsure: frozenset[str]) -> Waiting:
    key = str(row["statement_key"])
    return Waiting(key, sources[row["source"]], row["item"], row["chance"], _levels(row), key in unsure)
