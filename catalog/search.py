"""Search over the catalog: any part of a name, item or abstract, pinyin, facets with counts, ranked, by keyset pages.

Published resources are everybody's; a department sees its own in every state, the authority's people see all.
"""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

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

MOST_WORDS, MOST_VALUES, MOST_AT_HAND = 10, 50, 100
# an order key: not published, marks, length of the name, place in the order of slugs
_PUBLISHED, _MARKS, _LENGTH = 60, 40, 32
_RANKS = (1 << _LENGTH) - 1
_DRAFT = _PUBLISHED - _LENGTH
# more than the ordinal of any day
_ALL_DAYS = 1 << 22
_CURRENT, _LATE, _NONE = range(len(Freshness))
_NO_MARKS: NDArray[np.uint8] = np.zeros(0, np.uint8)
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


@dataclass(slots=True)
class Count:
    """How many resources a facet's value would give."""

    value: str
    title: str
    count: int


class Found(NamedTuple):
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
class _Hits:
    """What a question finds among some resources, whatever the page: order keys, and counts of each facet's numbers.

    head: the first keys in order, which is what most people look at; the others are in none.
    """

    keys: NDArray[np.int64]
    head: NDArray[np.int64]
    counts: Mapping[str, NDArray[np.int64]]


@dataclass(frozen=True, slots=True)
class _Result:
    """What a question finds for everybody; marks: of the drafts, which are some viewers' alone."""

    hits: _Hits
    marks: NDArray[np.uint8]


class Library:
    """The search of one process; safe from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._shelf: Shelf | None = None

    def ask(self, db: Session, question: Question, today: date) -> Answer:
        """What is found now: a change that was committed before is seen. Raises Invalid for a made-up cursor."""
        shelf = self.refresh(db)
        words, filters = question.words, tuple(sorted(question.filters.items()))
        asked = (words, filters, question.viewer.sees_all, today, question.order)
        result = shelf.kept.get(asked)
        if result is None:
            result = shelf.kept.put(asked, _search(shelf, words, question, today))
        return _page(shelf, [result.hits, *_own(shelf, result, words, question, today)], question, today)

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
    """What everybody finds, or those who see all."""
    shown = shelf.columns["alive"] if question.viewer.sees_all else shelf.published
    if not words:
        found = np.flatnonzero(shown)
        return _Result(_hits(shelf, found, _NO_MARKS, question, today), _NO_MARKS)
    marks = _marks(shelf, words)
    found = np.flatnonzero(shown & (marks < MISS))
    return _Result(_hits(shelf, found, marks[found], question, today), marks[shelf.drafts])


def _own(shelf: Shelf, result: _Result, words: tuple[str, ...], question: Question, today: date) -> Iterator[_Hits]:
    """What a department finds among its drafts besides."""
    provider = shelf.providers_by_id.get(question.viewer.department_id)
    if provider is None or question.viewer.sees_all:
        return
    is_own = shelf.columns["department"][shelf.drafts] == provider
    if words:
        is_own &= result.marks < MISS
    if is_own.any():
        yield _hits(shelf, shelf.drafts[is_own], result.marks[is_own] if words else _NO_MARKS, question, today)


def _hits(shelf: Shelf, found: NDArray[Any], marks: NDArray[np.uint8], question: Question, today: date) -> _Hits:
    """Of resources that have the words, those that have the facets' values, and the counts of each facet.

    marks: of each of them, none where there are no words.
    """
    chosen = {name: _chosen(shelf, found, name, values, today) for name, values in question.filters.items()}
    hits = _all(found, chosen)
    others = {f.name: _all(found, chosen, but=f.name) if f.name in chosen else hits for f in FACETS}
    counts = {f.name: _counts(shelf, others[f.name], f, today) for f in FACETS}
    keys = _keys(shelf, hits, _all(marks, chosen) if len(marks) else marks, question.order)
    return _Hits(keys, _first(keys, MOST_AT_HAND), counts)


def _keys(shelf: Shelf, hits: NDArray[Any], marks: NDArray[np.uint8], order: Order) -> NDArray[np.int64]:
    """What the order of the hits is by."""
    keys: NDArray[np.int64] = (~shelf.columns["is_published"][hits]).astype(np.int64) << _PUBLISHED
    if order is Order.NAME:
        keys |= shelf.name_rank[hits] << _LENGTH
    elif order is Order.NEWEST:
        keys |= (_ALL_DAYS - shelf.columns["as_of"][hits].astype(np.int64)) << _LENGTH
    elif len(marks):
        keys |= marks.astype(np.int64) << _MARKS
        keys |= shelf.columns["name_length"][hits] << _LENGTH
    keys |= shelf.rank[hits]
    return keys


def _first(keys: NDArray[np.int64], limit: int) -> NDArray[np.int64]:
    """The smallest keys in order."""
    if len(keys) > limit and not (keys[1:] > keys[:-1]).all():
        keys = np.partition(keys, limit - 1)
    return np.sort(keys[:limit])


def _marks(shelf: Shelf, words: tuple[str, ...]) -> NDArray[np.uint8]:
    """The sum of the words' marks; MISS where one of them does not occur."""
    if len(words) == 1:
        return shelf.marks(words[0])
    total = np.zeros(shelf.size, dtype=np.uint8)
    missed = np.zeros(shelf.size, dtype=np.bool_)
    for word in words:
        marks = shelf.marks(word)
        missed |= marks == MISS
        total += marks
    total[missed] = MISS
    return total


def _all(hits: NDArray[Any], chosen: Mapping[str, NDArray[np.bool_]], but: str = "") -> NDArray[Any]:
    """The hits that have what is chosen of each facet."""
    wanted = [flags for name, flags in chosen.items() if name != but]
    return hits[np.logical_and.reduce(wanted)] if wanted else hits


def _chosen(shelf: Shelf, hits: NDArray[Any], name: str, values: frozenset[str], today: date) -> NDArray[np.bool_]:
    """Which hits have one of the values of a facet."""
    codes, wanted = _codes(shelf, hits, name, today), _numbers(shelf, name, values)
    if name == "base":
        return (codes & np.uint8(sum(1 << number for number in wanted))) > 0
    return np.logical_or.reduce([codes == number for number in wanted]) if wanted else np.zeros(len(hits), np.bool_)


def _codes(shelf: Shelf, hits: NDArray[Any], name: str, today: date) -> NDArray[Any]:
    found: NDArray[Any] = (_freshness(shelf, today) if name == "freshness" else shelf.columns[name])[hits]
    return found


def _freshness(shelf: Shelf, today: date) -> NDArray[np.uint8]:
    """The number of each resource's freshness on a day."""
    found: NDArray[np.uint8] | None = shelf.by_day.get(today)
    if found is None:
        due = shelf.columns["due"]
        found = np.where(due == NO_DATA, _NONE, np.where(due < today.toordinal(), _LATE, _CURRENT)).astype(np.uint8)
        shelf.by_day.put(today, found)
    return found


def _numbers(shelf: Shelf, name: str, values: frozenset[str]) -> list[int]:
    """The numbers of a facet's values; a department that does not exist has none."""
    if name == "department":
        return [shelf.providers_by_slug[value] for value in values if value in shelf.providers_by_slug]
    return [number for number, term in enumerate(_TERMS[name]) if term.value in values]


def _counts(shelf: Shelf, hits: NDArray[Any], facet: Facet, today: date) -> NDArray[np.int64]:
    """How many hits have each number of a facet."""
    codes = _codes(shelf, hits, facet.name, today)
    if facet.name == "base":
        return np.array([np.count_nonzero(codes & np.uint8(1 << bit)) for bit in range(len(facet.terms))], np.int64)
    return np.bincount(codes, minlength=len(facet.terms) or len(shelf.providers))


def _told(shelf: Shelf, facet: Facet, counts: NDArray[np.int64]) -> tuple[Count, ...]:
    if facet.name == "department":
        return _most(shelf, counts)
    return tuple([Count(t.value, t.label, n) for t, n in zip(facet.terms, counts.tolist(), strict=True) if n])


def _most(shelf: Shelf, counts: NDArray[np.int64]) -> tuple[Count, ...]:
    """The departments with most hits; of equal ones, those that come first."""
    least = np.partition(counts, -MOST_VALUES)[-MOST_VALUES] if len(counts) > MOST_VALUES else 0
    some = np.flatnonzero(counts >= max(least, 1))
    found = some[np.argsort(-counts[some], kind="stable")[:MOST_VALUES]]
    named = [(shelf.providers[n], count) for n, count in zip(found.tolist(), counts[found].tolist(), strict=True)]
    return tuple([Count(provider.slug, provider.name, count) for provider, count in named])


def _page(shelf: Shelf, parts: Sequence[_Hits], question: Question, today: date) -> Answer:
    after = _after(shelf, question) if question.after else -1
    left = [_left(part, after, question.limit) for part in parts]
    some = np.sort(np.concatenate([_first(keys, question.limit) for keys, _ in left]))[: question.limit]
    numbers = shelf.by_rank[some & _RANKS]
    fresh = _codes(shelf, numbers, "freshness", today).tolist()
    quality = _codes(shelf, numbers, "quality", today).tolist()
    page = tuple(
        Found(shelf.ids[number], Freshness(_TERMS["freshness"][f]), _TERMS["quality"][q])
        for number, f, q in zip(numbers.tolist(), fresh, quality, strict=True)
    )
    is_end = sum(count for _, count in left) <= question.limit
    counts = {f.name: sum(part.counts[f.name] for part in parts) for f in FACETS}
    facets = {f.name: _told(shelf, f, np.asarray(counts[f.name])) for f in FACETS}
    total = sum(len(part.keys) for part in parts)
    return Answer(total, page, None if is_end else _cursor(shelf, int(some[-1])), facets)


def _left(part: _Hits, after: int, limit: int) -> tuple[NDArray[np.int64], int]:
    """Keys from a place on, of which the first are wanted, and how many there are."""
    if after < 0:
        return part.head if limit <= MOST_AT_HAND else part.keys, len(part.keys)
    keys = part.keys[part.keys >= after]
    return keys, len(keys)


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
