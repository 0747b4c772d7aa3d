"""The search index as one process holds it: words by their grams, facets as arrays, brought up to date by its stamp.

A shelf never changes: a newer one shares what is the same. Rows whose texts changed are put into a second, small
set of words and left out of the first; when those are many, everything is read anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache, cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalog.calendar import WorkCalendar, due_of, period_of, work_calendar
from catalog.facets import QualityGrade
from catalog.kept import Kept
from catalog.models import Department, SearchEntry, SearchStamp
from catalog.prepared import Prepared
from catalog.vocab import Base, FormatClass, ResourceState, ShareType, UpdateCycle
from catalog.words import Marks, Words

MOST_CHANGED, MOST_KEPT, MOST_MARKED = 2000, 100, 200
NO_DATA, NEVER = 0, 2**31 - 1
# column -> kind of number; base has a bit per base, due and as_of are days' ordinals, the others number their terms
_KINDS: dict[str, type] = {
    "alive": np.bool_,
    "is_published": np.bool_,
    "name_length": np.int64,
    "due": np.int32,
    "as_of": np.int32,
    "base": np.uint8,
    "department": np.int32,
    "share_type": np.uint8,
    "format": np.uint8,
    "cycle": np.uint8,
    "quality": np.uint8,
}
Columns = dict[str, NDArray[Any]]
# made once: search asks for it every time
_STAMP = Prepared(select(SearchStamp.value))


@dataclass(frozen=True, slots=True)
class Provider:
    """A department as facets show it."""

    id: str
    slug: str
    name: str


@dataclass(frozen=True)
class Shelf:
    """Resources as of one stamp, numbered from 0; a number is used again by nobody.

    fresh_rows: those whose words are in `fresh`, numbered after those of `words`. rank: place of each in the order
    of slugs, by_rank: the way back. name_rank: place of each in the order of names, as they sound. kept, marked:
    what was asked lately, of each word a byte per resource. by_day: how fresh each is on a day.
    """

    stamp: int
    ids: list[str]
    slugs: list[str]
    names: list[str]
    texts: list[int]
    numbers: dict[str, int]
    columns: Columns
    providers: list[Provider]
    words: Words
    fresh: Words
    fresh_rows: list[Any]
    rank: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    by_rank: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    name_rank: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    kept: Kept[Any] = field(default_factory=lambda: Kept(MOST_KEPT))
    marked: Kept[Marks] = field(default_factory=lambda: Kept(MOST_MARKED))
    by_day: Kept[NDArray[np.uint8]] = field(default_factory=lambda: Kept(2))

    def marks(self, word: str) -> Marks:
        """How well a folded word fits each resource, MISS where it does not."""
        found = self.marked.get(word)
        if found is None:
            found = self.words.marks(word)
            if self.fresh.size:
                found = np.concatenate((found, self.fresh.marks(word)))
            self.marked.put(word, found)
        return found

    @cached_property
    def published(self) -> NDArray[np.bool_]:
        """Which are everybody's."""
        shown: NDArray[np.bool_] = self.columns["alive"] & self.columns["is_published"]
        return shown

    @cached_property
    def drafts(self) -> NDArray[np.int64]:
        """The numbers of the others."""
        return np.flatnonzero(self.columns["alive"] & ~self.columns["is_published"])

    @cached_property
    def providers_by_id(self) -> dict[str, int]:
        return {provider.id: number for number, provider in enumerate(self.providers)}

    @cached_property
    def providers_by_slug(self) -> dict[str, int]:
        return {provider.slug: number for number, provider in enumerate(self.providers)}

    @property
    def size(self) -> int:
        return len(self.ids)


def load(db: Session) -> Shelf:
    """The whole index."""
    stamp, rows = stamp_of(db), db.execute(_select().order_by(SearchEntry.slug)).all()
    providers = _providers(db, [])
    shelf = Shelf(
        stamp=stamp,
        ids=[row.resource_id for row in rows],
        slugs=[row.slug for row in rows],
        names=[_sounding(row) for row in rows],
        texts=[_text(row) for row in rows],
        numbers={row.resource_id: number for number, row in enumerate(rows)},
        columns=_columns(rows, providers, work_calendar(db)),
        providers=providers,
        words=Words(rows),
        fresh=Words([]),
        fresh_rows=[],
    )
    return _ranked(shelf)


def renew(db: Session, shelf: Shelf) -> Shelf:
    """The shelf itself when nothing changed since, else a newer one."""
    stamp = stamp_of(db)
    if stamp == shelf.stamp:
        return shelf
    rows = db.execute(_select().where(SearchEntry.stamp > shelf.stamp).order_by(SearchEntry.slug)).all()
    moved = [row for row in rows if _moved(shelf, row)]
    is_whole = db.scalar(select(func.count()).select_from(SearchEntry)) == len(shelf.numbers | _ids(rows))
    if not is_whole or len(shelf.fresh_rows) + len(moved) > MOST_CHANGED:
        return load(db)
    newer = _with(db, shelf, rows, moved, stamp)
    return _ranked(newer) if moved else newer


def _with(db: Session, shelf: Shelf, rows: Sequence[Any], moved: list[Any], stamp: int) -> Shelf:
    """A newer shelf: moved rows get new numbers, of the others only the columns change."""
    providers, calendar = _providers(db, shelf.providers), work_calendar(db)
    same = [row for row in rows if not _moved(shelf, row)]
    added = _columns(moved, providers, calendar)
    columns = {name: np.concatenate((each, added[name])) for name, each in shelf.columns.items()}
    for name, each in _columns(same, providers, calendar).items():
        columns[name][[shelf.numbers[row.resource_id] for row in same]] = each
    columns["alive"][[shelf.numbers[row.resource_id] for row in moved if row.resource_id in shelf.numbers]] = False
    fresh_rows = [*shelf.fresh_rows, *moved]
    first = len(shelf.ids)
    return replace(
        shelf,
        stamp=stamp,
        ids=shelf.ids + [row.resource_id for row in moved],
        slugs=shelf.slugs + [row.slug for row in moved],
        names=shelf.names + [_sounding(row) for row in moved],
        texts=shelf.texts + [_text(row) for row in moved],
        numbers=shelf.numbers | {row.resource_id: first + n for n, row in enumerate(moved)},
        columns=columns,
        providers=providers,
        fresh=Words(fresh_rows) if moved else shelf.fresh,
        fresh_rows=fresh_rows,
        kept=Kept(MOST_KEPT),
        marked=Kept(MOST_MARKED),
        by_day=Kept(2),
    )


def _ids(rows: Iterable[Any]) -> dict[str, int]:
    return {row.resource_id: 0 for row in rows}


def _moved(shelf: Shelf, row: Any) -> bool:
    number = shelf.numbers.get(row.resource_id)
    return number is None or shelf.texts[number] != _text(row)


def _text(row: Any) -> int:
    return hash((row.slug, row.code, row.name, row.titles, row.abstract))


def _sounding(row: Any) -> str:
    """A name by its pinyin, then by its characters: the order in which Chinese lists are read."""
    return f"{row.spelling}\n{row.name}"


def _ranked(shelf: Shelf) -> Shelf:
    rank, by_rank = _places(shelf.slugs)
    return replace(shelf, rank=rank, by_rank=by_rank, name_rank=_places(shelf.names)[0])


def _places(texts: list[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The place of each in the order of texts, and the way back."""
    ordered = np.array(sorted(range(len(texts)), key=texts.__getitem__), dtype=np.int64)
    places = np.empty_like(ordered)
    places[ordered] = np.arange(len(ordered))
    return places, ordered


def stamp_of(db: Session) -> int:
    """How often the index has changed."""
    found = _STAMP.rows(db, {})
    return int(found[0].value) if found else 0


def _select() -> Any:
    return select(*SearchEntry.__table__.columns)


def _providers(db: Session, known: list[Provider]) -> list[Provider]:
    """Every department, those that are known in their places."""
    rows = db.execute(select(Department.id, Department.slug, Department.name).order_by(Department.slug))
    found = {row.id: Provider(row.id, row.slug, row.name) for row in rows}
    return [found.pop(each.id, each) for each in known] + list(found.values())


def _columns(rows: Sequence[Any], providers: list[Provider], calendar: WorkCalendar) -> Columns:
    places = {provider.id: number for number, provider in enumerate(providers)}
    due = cache(lambda cycle, as_of, lead_days: current_until(cycle, as_of, lead_days, calendar))
    found = [
        (
            True,
            row.state is ResourceState.PUBLISHED,
            min(len(row.name), 255),
            due(row.update_cycle, row.as_of, row.lead_days) if row.release_id else NO_DATA,
            row.as_of.toordinal() if row.release_id and row.as_of else NO_DATA,
            sum(1 << _place(Base, base) for base in row.bases.split("\n") if base),
            places[row.provider_id],
            _place(ShareType, row.share_type),
            _place(FormatClass, row.format_class),
            _place(UpdateCycle, row.update_cycle),
            _place(QualityGrade, QualityGrade.of(row.share_passed)),
        )
        for row in rows
    ]
    each = zip(*found, strict=True) if found else [()] * len(_KINDS)
    return {name: np.array(values, dtype=kind) for (name, kind), values in zip(_KINDS.items(), each, strict=True)}


@cache
def _place(terms: Any, value: str) -> int:
    return list(terms).index(value)


def current_until(cycle: UpdateCycle, as_of: date | None, lead_days: int | None, calendar: WorkCalendar) -> int:
    """The last day on which the data count as current: when the period after `as_of` is due."""
    if as_of is None or lead_days is None or cycle is UpdateCycle.IRREGULAR:
        return NEVER
    return due_of(period_of(cycle, as_of + timedelta(days=1)), lead_days, calendar).day.toordinal()
