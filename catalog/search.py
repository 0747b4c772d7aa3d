"""Search over the catalog: any part of a name, item or abstract, pinyin, facets with counts, ranked, by keyset pages.

Published resources are everybody's; a department sees its own in every state, the authority's people see all.
"""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from catalog import shelf as shelves
from catalog.errors import Invalid
from catalog.facets import FACETS, Facet, Filters, Freshness
from catalog.shelf import NO_DATA, Shelf
from catalog.vocab import Term
from catalog.wording import fold
from catalog.words import MISS

MOST_WORDS, MOST_VALUES, MOST_KEPT = 10, 50, 128
# an order key: not published, marks, length of the name, place in the order of slugs
_PUBLISHED, _MARKS, _LENGTH = 60, 40, 32
_RANKS = (1 << _LENGTH) - 1
_DRAFT = _PUBLISHED - _LENGTH
# more than the ordinal of any day
_ALL_DAYS = 1 << 22
_CURRENT, _LATE, _NONE = range(len(Freshness))
_TERMS = {facet.name: facet.terms for facet in FACETS}


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who searches; nobody in particular by default."""

    department_id: str = ""
    sees_all: bool = False


class Order(Term):
    """In which order what is found is told; what is published comes first in any."""

    FIT = "fit", "最相关"
    NAME = "name", "名称"
    NEWEST = "newest", "数据最新"


@dataclass(frozen=True, slots=True)
class Question:
    """What is searched for. after: the cursor of the page before in the same order, "" for the first."""

    text: str = ""
    filters: Filters = field(default_factory=dict)
    viewer: Viewer = Viewer()
    after: str = ""
    limit: int = 20
    order: Order = Order.FIT

    @property
    def words(self) -> tuple[str, ...]:
        folded = dict.fromkeys(fold(word) for word in self.text.split())
        return tuple(word for word in folded if word)[:MOST_WORDS]


@dataclass(frozen=True, slots=True)
class Count:
    """How many resources a facet's value would give."""

    value: str
    title: str
    count: int


@dataclass(frozen=True, slots=True)
class Found:
    """One resource of a page, with what changes by the day."""

    resource_id: str
    freshness: Freshness
    quality: Term


@dataclass(frozen=True, slots=True)
class Answer:
    """A page of resources in the order of fit; next: the cursor after it, None at the end.

    facets: for each, how many there would be of each value under the words and the other facets' filters; of
    departments the 50 with most.
    """

    total: int
    page: tuple[Found, ...]
    next: str | None
    facets: Mapping[str, tuple[Count, ...]]


@dataclass(frozen=True, slots=True)
class _Result:
    """What a question finds, whatever the page: order keys, sorted, and facet counts."""

    keys: NDArray[np.int64]
    facets: Mapping[str, tuple[Count, ...]]


class Library:
    """The search of one process; safe from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._shelf: Shelf | None = None

    def ask(self, db: Session, question: Question, today: date) -> Answer:
        """What is found now: a change that was committed before is seen. Raises Invalid for a made-up cursor."""
        shelf = self.refresh(db)
        words, filters = question.words, tuple(sorted(question.filters.items()))
        asked = (words, filters, question.viewer, today, question.order)
        result = shelf.kept.get(asked)
        if result is None:
            result = _search(shelf, words, question, today)
            if len(shelf.kept) >= MOST_KEPT:
                shelf.kept.clear()
            shelf.kept[asked] = result
        return _page(shelf, result, question, today)

    def refresh(self, db: Session) -> Shelf:
        """The shelf as of now; one thread makes a newer one while the others wait for it."""
        held = self._shelf
        if held is not None and held.stamp == shelves.stamp_of(db):
            return held
        with self._lock:
            held = self._shelf
            self._shelf = shelves.load(db) if held is None else shelves.renew(db, held)
            return self._shelf


def _search(shelf: Shelf, words: tuple[str, ...], question: Question, today: date) -> _Result:
    marks = _marks(shelf, words)
    hits = np.flatnonzero(_visible(shelf, question.viewer) & (marks < MISS))
    chosen = {name: _chosen(shelf, hits, name, values, today) for name, values in question.filters.items()}
    facets = {f.name: _counts(shelf, hits[_all(hits, chosen, but=f.name)], f, today) for f in FACETS}
    hits = hits[_all(hits, chosen)]
    is_draft = ~shelf.columns["is_published"][hits]
    keys = (is_draft.astype(np.int64) << _PUBLISHED) | _place(shelf, hits, marks, words, question.order)
    keys |= shelf.rank[hits]
    keys.sort()
    return _Result(keys, facets)


def _place(
    shelf: Shelf, hits: NDArray[Any], marks: NDArray[np.uint8], words: tuple[str, ...], order: Order
) -> NDArray[np.int64]:
    """What comes first in the order, as the middle bits of the keys."""
    found: NDArray[np.int64]
    if order is Order.NAME:
        found = shelf.name_rank[hits] << _LENGTH
    elif order is Order.NEWEST:
        found = (_ALL_DAYS - shelf.columns["as_of"][hits].astype(np.int64)) << _LENGTH
    else:
        found = marks[hits].astype(np.int64) << _MARKS
        found |= shelf.columns["name_length"][hits] << _LENGTH if words else np.int64(0)
    return found


def _marks(shelf: Shelf, words: tuple[str, ...]) -> NDArray[np.uint8]:
    """The sum of the words' marks; MISS where one of them does not occur."""
    total = np.zeros(shelf.size, dtype=np.uint8)
    missed = np.zeros(shelf.size, dtype=np.bool_)
    for word in words:
        marks = shelf.marks(word)
        missed |= marks == MISS
        total += marks
    total[missed] = MISS
    return total


def _visible(shelf: Shelf, viewer: Viewer) -> NDArray[np.bool_]:
    columns = shelf.columns
    shown: NDArray[np.bool_] = columns["alive"].copy()
    if not viewer.sees_all:
        own = shelf.providers_by_id.get(viewer.department_id, -1)
        shown &= columns["is_published"] | (columns["department"] == own)
    return shown


def _all(hits: NDArray[Any], chosen: Mapping[str, NDArray[np.bool_]], but: str = "") -> NDArray[np.bool_]:
    found = np.ones(len(hits), dtype=np.bool_)
    for name, flags in chosen.items():
        if name != but:
            found &= flags
    return found


def _chosen(shelf: Shelf, hits: NDArray[Any], name: str, values: frozenset[str], today: date) -> NDArray[np.bool_]:
    """Which hits have one of the values of a facet."""
    codes, wanted = _codes(shelf, hits, name, today), _numbers(shelf, name, values)
    if name == "base":
        return (codes & np.uint8(sum(1 << number for number in wanted))) > 0
    return np.isin(codes, wanted)


def _codes(shelf: Shelf, hits: NDArray[Any], name: str, today: date) -> NDArray[Any]:
    if name != "freshness":
        found: NDArray[Any] = shelf.columns[name][hits]
        return found
    due = shelf.columns["due"][hits]
    return np.where(due == NO_DATA, _NONE, np.where(due < today.toordinal(), _LATE, _CURRENT))


def _numbers(shelf: Shelf, name: str, values: frozenset[str]) -> list[int]:
    """The numbers of a facet's values; a department that does not exist has none."""
    if name == "department":
        return [shelf.providers_by_slug[value] for value in values if value in shelf.providers_by_slug]
    return [number for number, term in enumerate(_TERMS[name]) if term.value in values]


def _counts(shelf: Shelf, hits: NDArray[Any], facet: Facet, today: date) -> tuple[Count, ...]:
    codes = _codes(shelf, hits, facet.name, today)
    if facet.name == "department":
        return _most(shelf, np.bincount(codes, minlength=len(shelf.providers)))
    if facet.name == "base":
        counts = [int(np.count_nonzero(codes & np.uint8(1 << bit))) for bit in range(len(facet.terms))]
    else:
        counts = np.bincount(codes, minlength=len(facet.terms)).tolist()
    return tuple(Count(t.value, t.label, n) for t, n in zip(facet.terms, counts, strict=True) if n)


def _most(shelf: Shelf, counts: NDArray[Any]) -> tuple[Count, ...]:
    """The departments with most hits; of equal ones, those that come first."""
    found = np.argsort(-counts, kind="stable")[:MOST_VALUES].tolist()
    named = [(shelf.providers[n], int(counts[n])) for n in found if counts[n]]
    return tuple(Count(provider.slug, provider.name, count) for provider, count in named)


def _page(shelf: Shelf, result: _Result, question: Question, today: date) -> Answer:
    keys = result.keys
    first = int(np.searchsorted(keys, _after(shelf, question))) if question.after else 0
    some = keys[first : first + question.limit]
    numbers = shelf.by_rank[some & _RANKS]
    fresh = _codes(shelf, numbers, "freshness", today).tolist()
    quality = _codes(shelf, numbers, "quality", today).tolist()
    page = tuple(
        Found(shelf.ids[number], Freshness(_TERMS["freshness"][f]), _TERMS["quality"][q])
        for number, f, q in zip(numbers.tolist(), fresh, quality, strict=True)
    )
    is_end = first + question.limit >= len(keys)
    return Answer(len(keys), page, None if is_end else _cursor(shelf, int(some[-1])), result.facets)


def _cursor(shelf: Shelf, key: int) -> str:
    """A place in the order that outlives changes of the index: the key with the slug instead of its number."""
    return f"{key >> _LENGTH:x}.{shelf.slugs[shelf.by_rank[key & _RANKS]]}"


def _after(shelf: Shelf, question: Question) -> int:
    """The first key behind a cursor."""
    high, _, slug = question.after.partition(".")
    try:
        above = int(high, 16)
    except ValueError as error:
        raise _stray() from error
    if not (0 <= above < 1 << (_PUBLISHED + 1 - _LENGTH) and slug):
        raise _stray()
    place = bisect_right(shelf.by_rank, slug, key=shelf.slugs.__getitem__)
    if question.order is Order.NAME and place and shelf.slugs[number := shelf.by_rank[place - 1]] == slug:
        # places in the order of names move with every new name
        above = above >> _DRAFT << _DRAFT | int(shelf.name_rank[number])
    return above << _LENGTH | place


def _stray() -> Invalid:
    return Invalid("翻页标记无效", remedy="不带 cursor 从第一页重新读取")
