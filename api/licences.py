"""Licences: whether one is valid on a day, and its card (证照卡片), as the caller's grants show them.

The card puts together what four tables show of one licence: itself, who holds it, its states, those before and after
it. Each table is asked under its own grant and leaves its own receipt.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pydantic_core import to_json
from starlette.requests import Request

from api import whole
from api.house import Exchange
from api.whole import Part, Walk
from basedb import read, validity
from basedb.plans import Row
from basedb.subjects import Place
from basedb.validity import Validity
from catalog.errors import Invalid, NotFound, NotGranted
from catalog.roles import Caller
from catalog.vocab import Base

LICENCE, HOLDER, STATE, TYPE = "licence", "licence_holder", "licence_state", "licence_type"
HOME = (Base.LICENSE, LICENCE)
# what the answer for a day stands on
_NEEDED = frozenset({"licence_key", "state_code", "state_from", "state_until"})
# how far a chain of renewals is followed
MOST_LINKS = 20


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which licence, by one of its identifier, its number or its record key; on: the day to judge, by default today."""

    licence_id: str = ""
    licence_no: str = ""
    record_key: str = ""
    on: date | None = None
    grants: Mapping[str, str] = field(default_factory=dict)

    @property
    def column(self) -> tuple[str, str]:
        """The column and the value to look for; raises Invalid unless there is exactly one."""
        given = [(n, v) for n in ("licence_id", "licence_no", "record_key") if (v := getattr(self, n).strip())]
        if len(given) != 1:
            raise Invalid("写明证照标识、证照编号或记录键之一", remedy="只填其中一项，其余留空")
        if given[0][0] == "record_key" and not read.KEY.fullmatch(given[0][1]):
            raise Invalid("记录键无效", remedy="使用平台给出的 20 位记录键")
        [(column, value)] = given
        return column, printed(value) if column == "licence_id" else value

    @property
    def sent(self) -> bytes:
        return to_json([self.licence_id, self.licence_no, self.record_key, self.on, dict(self.grants)])


@dataclass(frozen=True, slots=True)
class Card:
    """One licence. validity: None where no grant shows its states. former, later: chains by record key, nearest first."""

    licence: Row
    holders: list[Row]
    states: list[Row]
    validity: Validity | None
    former: list[str]
    later: list[str]


@dataclass(frozen=True, slots=True)
class Cards:
    """The cards of all licences found, on a day; closed: tables that no grant opens to this question."""

    on: date
    cards: list[Card]
    parts: list[Part]
    closed: list[dict[str, str]]


def printed(licence_id: str) -> str:
    """A licence's identifier as it is printed, however it was typed."""
    return unicodedata.normalize("NFKC", licence_id).strip().upper()


def day_of(house: Exchange, on: date | None) -> date:
    """The day to judge; raises Invalid for one to come, of which nobody can know."""
    today = house.clock().astimezone(house.settings.zone).date()
    if on is not None and on > today:
        raise Invalid("核验日期不能晚于今天", remedy="填写今天或以前的日期")
    return on or today


async def valid(
    house: Exchange, request: Request, caller: Caller, wanted: Wanted
) -> tuple[date, list[tuple[str, Validity]], Part]:
    """For each licence of that identifier or number its key and the answer for the day; NotGranted without states."""
    on, (column, value) = day_of(house, wanted.on), wanted.column
    walk = Walk(house, request, caller, wanted.grants, wanted.sent)
    walk.require_bases()
    asked = "licence_key" if column == "record_key" else column
    part = await walk.place(Place(Base.LICENSE, STATE, (asked,)), value)
    if part is None or not _tells(part):
        raise NotGranted(
            "授权不含证照状态", remedy="申请「证照状态」的状态代码、起止日期和证照记录键", closed=walk.closed[:20]
        )
    await walk.keep([part], HOME, value if column == "record_key" else "")
    of: dict[str, list[Row]] = {}
    for row in part.records:
        of.setdefault(str(row.get("licence_key") or ""), []).append(row)
    return on, [(key, validity.on_day(rows, on)) for key, rows in sorted(of.items())], part


def _tells(part: Part) -> bool:
    return part.plain >= _NEEDED


async def cards(house: Exchange, request: Request, caller: Caller, wanted: Wanted) -> Cards:
    """The cards; raises NotGranted when no grant opens the licences, NotFound when the grant shows none such."""
    on, (column, value) = day_of(house, wanted.on), wanted.column
    walk = Walk(house, request, caller, wanted.grants, wanted.sent)
    walk.require_bases()
    home = await walk.place(Place(Base.LICENSE, LICENCE, (column,)), value)
    if home is None:
        raise NotGranted("授权不含这一证照查询", remedy="申请「证照」并包含查询用的信息项", closed=walk.closed[:20])
    keys = [str(row["record_key"]) for row in home.records]
    holders = await walk.found(Base.LICENSE, HOLDER, "licence_key", keys)
    states = await walk.found(Base.LICENSE, STATE, "licence_key", keys)
    parts = [home, *(each for each in (holders, states) if each is not None)]
    chains = {key: await _chain(walk, key, states) for key in keys}
    await walk.keep(parts, HOME, value if column == "record_key" else "")
    if not keys:
        raise NotFound("没有这一证照，或授权不含这条记录", remedy="核对证照标识或编号")
    made = [_card(row, holders, states, on, chains[str(row["record_key"])]) for row in home.records]
    return Cards(on, made, parts, walk.closed)


async def _chain(walk: Walk, key: str, states: Part | None) -> tuple[list[str], list[str]]:
    """The licences that this one continues, and those that continue it, as far as the grant shows."""
    if states is None or not _links(states):
        return [], []
    former = await _follow(walk, states, key, "licence_key", "previous_key")
    return former, await _follow(walk, states, key, "previous_key", "licence_key")


async def _follow(walk: Walk, states: Part, key: str, asked: str, told: str) -> list[str]:
    """The licences that follow on this one, nearest first; a chain that leads back to one of its own ends before it."""
    found = [key]
    while len(found) <= MOST_LINKS:
        rows = await walk.more(states, asked, found[-1])
        following = next((str(row[told]) for row in rows if row.get(told)), "")
        if not following or following in found:
            break
        found.append(following)
    return found[1:]


def _links(states: Part) -> bool:
    assert states.asked.access is not None
    return {"licence_key", "previous_key"} <= states.plain & set(states.asked.access.view.lookup)


def _card(row: Row, holders: Part | None, states: Part | None, on: date, chain: tuple[list[str], list[str]]) -> Card:
    key = str(row["record_key"])
    held = [each for each in (holders.records if holders else []) if each.get("licence_key") == key]
    lived = [each for each in (states.records if states else []) if each.get("licence_key") == key]
    is_told = states is not None and _tells(states)
    lived.sort(key=lambda each: str(each.get("state_from") or ""))
    return Card(row, held, lived, validity.on_day(lived, on) if is_told else None, *chain)


def content(found: Cards) -> dict[str, Any]:
    """The cards as they go over the wire."""
    return {
        "on": found.on,
        "cards": [
            {
                "licence": card.licence,
                "holders": card.holders,
                "states": card.states,
                "validity": card.validity,
                "former": card.former,
                "later": card.later,
            }
            for card in found.cards
        ],
        "tables": [whole.proof(part) for part in found.parts],
        "closed": found.closed,
    }
