"""Lists of which the register itself finds, counts, orders and cuts the rows, however many there are."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy import ColumnElement, Enum, Select, String, func, or_, type_coerce
from sqlalchemy.orm import Session
from sqlalchemy.sql.base import ExecutableOption

from catalog.vocab import Term

MOST_CHOICES = 100
Row_co = TypeVar("Row_co", covariant=True)
Query = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is wanted of a list: words, column -> value, the column to sort by ("-" before: downwards), which rows."""

    words: str = ""
    chosen: Mapping[str, str] = field(default_factory=dict)
    sort: str = ""
    first: int = 0
    limit: int = 50


class Source(Protocol[Row_co]):
    """Where the rows of a list come from. sorts, filters: names of columns."""

    @property
    def sorts(self) -> Collection[str]: ...

    @property
    def filters(self) -> Collection[str]: ...

    def cut(self, db: Session, asked: Asked) -> tuple[Sequence[Row_co], int]:
        """The wanted rows, and how many there are in all."""
        ...

    def choices(self, db: Session, name: str) -> Sequence[tuple[Any, int]]:
        """The values of a column with how many rows have each, the most frequent first."""
        ...


def _first(db: Session, rows: Sequence[Any]) -> list[Any]:
    return [row[0] for row in rows]


@dataclass(frozen=True)
class Listing(Generic[Row_co]):
    """Rows of one query. columns: name -> what it sorts by, and filters by where it is one of `filters`.

    order: the order of its own, which ends with a key. texts: where words are looked for, besides the labels of
    enumerations. backwards: columns shown the other way round (days late by the day due). made: rows of the result ->
    rows of the list; the query's first column where it is left out. load: what is read along with the rows.
    """

    query: Query
    columns: Mapping[str, Any]
    order: Sequence[Any]
    texts: Sequence[Any] = ()
    filters: Collection[str] = ()
    backwards: Collection[str] = ()
    load: Sequence[ExecutableOption] = ()
    made: Callable[[Session, Sequence[Any]], Sequence[Row_co]] = _first

    @property
    def sorts(self) -> Collection[str]:
        return self.columns.keys()

    def cut(self, db: Session, asked: Asked) -> tuple[Sequence[Row_co], int]:
        """The wanted rows, and how many there are in all."""
        query = self.query.where(*self._where(asked))
        total = db.scalar(query.with_only_columns(func.count(), maintain_column_froms=True)) or 0
        wanted = query.order_by(*self._order(asked.sort)).offset(asked.first).limit(asked.limit)
        return self.made(db, db.execute(wanted.options(*self.load)).all()), total

    def all(self, db: Session) -> Sequence[Row_co]:
        """Every row; for programs, and for lists that are short."""
        return self.made(db, db.execute(self.query.order_by(*self.order).options(*self.load)).all())

    def choices(self, db: Session, name: str) -> Sequence[tuple[Any, int]]:
        """The values of a column with how many rows have each, the most frequent first."""
        value = self.columns[name]
        # named, for a server that binds parameters takes the same expression twice for two
        query = self.query.with_only_columns(value.label("chosen_value"), func.count(), maintain_column_froms=True)
        query = query.where(value.is_not(None)).group_by("chosen_value").order_by(func.count().desc(), "chosen_value")
        return [(row[0], row[1]) for row in db.execute(query.limit(MOST_CHOICES)) if row[0] != ""]

    def _where(self, asked: Asked) -> Iterator[ColumnElement[bool]]:
        for name in self.filters:
            if asked.chosen.get(name):
                yield type_coerce(self.columns[name], String) == asked.chosen[name]
        for word in asked.words.lower().split():
            yield or_(*(each for form in _forms(word) for each in self._occurs(form)))

    def _occurs(self, word: str) -> Iterator[ColumnElement[bool]]:
        for text in self.texts:
            yield func.lower(text).contains(word, autoescape=True)
        for column in self.columns.values():
            if isinstance(column.type, Enum) and (fitting := _fitting(column.type, word)):
                yield type_coerce(column, String).in_(fitting)

    def _order(self, sort: str) -> list[Any]:
        """As wanted, what is empty last either way; as it is where that leaves a choice."""
        name, is_down = sort.removeprefix("-"), sort.startswith("-")
        if name not in self.columns:
            return list(self.order)
        value = self.columns[name]
        is_down ^= name in self.backwards
        return [value.is_(None), value.desc() if is_down else value.asc(), *self.order]


def _forms(word: str) -> set[str]:
    """A word as it was typed, and half-width: texts of the register may have either."""
    return {word, unicodedata.normalize("NFKC", word)}


def _fitting(kind: Enum, word: str) -> list[str]:
    terms = list(kind.enum_class or ())
    return [str(t.value) for t in terms if isinstance(t, Term) and (word in t.label.lower() or word in t.value.lower())]
