"""Search for the doors: what is found together with how it is shown.

A page costs a few milliseconds of computing. Two threads per process do that work, for more would only take the
interpreter from each other and make everybody wait longer.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, TypeVar

from anyio import CapacityLimiter, to_thread
from anyio.lowlevel import RunVar
from sqlalchemy.orm import Session
from starlette.responses import Response

from api.house import Exchange
from catalog import directory
from catalog.directory import Card
from catalog.facets import FACETS
from catalog.search import Answer, Found, Question

THREADS = 2
PART = 2000
Result = TypeVar("Result")
_limiter: RunVar[CapacityLimiter] = RunVar("search_limiter")
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str).encode


async def answer(house: Exchange, question: Question) -> Response:
    """The page of a search as JSON."""
    body = await in_turn(lambda: _encode(_page(*find(house, question))).encode())
    return Response(body, media_type="application/json")


def find(house: Exchange, question: Question) -> tuple[Answer, list[Card]]:
    """What is found, and its cards in the same order."""
    with house.transaction() as db:
        return look(db, house, question)


def look(db: Session, house: Exchange, question: Question) -> tuple[Answer, list[Card]]:
    """The same in a transaction that is open already."""
    found = house.library.ask(db, question, house.today)
    return found, directory.cards(db, [each.resource_id for each in found.page])


def everything(db: Session, house: Exchange, question: Question) -> Iterator[tuple[Found, Card]]:
    """All that is found, whatever the page, some thousands at a time."""
    after: str | None = ""
    while after is not None:
        found, cards = look(db, house, replace(question, after=after, limit=PART))
        changing = {each.resource_id: each for each in found.page}
        yield from ((changing[card.id], card) for card in cards)
        after = found.next


async def in_turn(work: Callable[[], Result]) -> Result:
    """The result of work done in one of the threads for searching."""
    limiter = _limiter.get(None)
    if limiter is None:
        limiter = CapacityLimiter(THREADS)
        _limiter.set(limiter)
    return await to_thread.run_sync(work, limiter=limiter)


def _page(found: Answer, cards: list[Card]) -> dict[str, Any]:
    """The content of `schemas.ResourcePage`."""
    changing = {each.resource_id: each for each in found.page}
    return {
        "total": found.total,
        "resources": [_card(card, changing[card.id]) for card in cards],
        "next": found.next,
        "facets": [
            {
                "name": facet.name,
                "title": facet.title,
                "values": [{"value": c.value, "title": c.title, "count": c.count} for c in found.facets[facet.name]],
            }
            for facet in FACETS
        ],
    }


def _card(card: Card, changing: Found) -> dict[str, Any]:
    return {
        **{name: getattr(card, name) for name in _SHOWN},
        "released_at": card.released_at.isoformat() if card.released_at else None,
        "freshness": changing.freshness,
        "quality": changing.quality,
    }


_SHOWN = tuple(name for name in Card._fields if name not in ("id", "released_at"))
