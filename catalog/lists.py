"""Lists of which the register itself finds, counts, orders and cuts the rows, however many there are."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy import (
    ColumnElement,
    Enum,
    Integer,
    Select,
    String,
    cast,
    func,
    literal,
    nulls_last,
    or_,
    select,
    type_coerce,
    union_all,
)
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

    def choices(self, db: Session, names: Collection[str]) -> Mapping[str, Sequence[tuple[Any, int]]]:
        """Of each of the columns its values with how many rows have each, the most frequent first."""
        ...


@dataclass(frozen=True, slots=True)
class Named:
    """A column that shows the name of what a key refers to; names are looked at where they are wanted, not in each row.

    key: of the row. id, name: columns of the table of names.
    """

    key: Any
    id: Any
    name: Any

    @property
    def value(self) -> Any:
        return select(self.name).where(self.id == self.key).scalar_subquery()

    def fits(self, condition: ColumnElement[bool]) -> ColumnElement[bool]:
        """Whether the name meets a condition on names."""
        found: ColumnElement[bool] = self.key.in_(select(self.id).where(condition))
        return found


def _first(db: Session, rows: Sequence[Any]) -> list[Any]:
    return [row[0] for row in rows]


@dataclass(frozen=True)
class Listing(Generic[Row_co]):
    """Rows of one query. columns: name -> what it sorts by, and filters by where it is one of `filters`.

    A column may be a `Named`. order: the order of its own, which ends with a key. texts: where words are looked for,
    besides the labels of enumerations. backwards: columns shown the other way round (days late by the day due).
    made: rows of the result -> rows of the list; the query's first column where it is left out. load: what is read
    along with the rows. is_counted_along: some rows cost as much as all, so they are counted in the same statement.
    """

    query: Query
    columns: Mapping[str, Any]
    order: Sequence[Any]
    texts: Sequence[Any] = ()
    filters: Collection[str] = ()
    backwards: Collection[str] = ()
    load: Sequence[ExecutableOption] = ()
    made: Callable[[Session, Sequence[Any]], Sequence[Row_co]] = _first
    is_counted_along: bool = False

    @property
    def sorts(self) -> Collection[str]:
        return self.columns.keys()

    def cut(self, db: Session, asked: Asked) -> tuple[Sequence[Row_co], int]:
        """The wanted rows, and how many there are in all."""
        query = self.query.where(*self._where(asked))
        wanted = query.order_by(*self._order(asked.sort)).offset(asked.first).limit(asked.limit).options(*self.load)
        if self.is_counted_along:
            rows = db.execute(wanted.add_columns(func.count().over().label("in_all"))).all()
            # behind the end of a list there is no row to say how long it is
            return self.made(db, rows), rows[0].in_all if rows else self._count(db, query)
        return self.made(db, db.execute(wanted).all()), self._count(db, query)

    @staticmethod
    def _count(db: Session, query: Query) -> int:
        return db.scalar(query.with_only_columns(func.count(), maintain_column_froms=True)) or 0

    def all(self, db: Session) -> Sequence[Row_co]:
        """Every row; for programs, and for lists that are short."""
        return self.made(db, db.execute(self.query.order_by(*self.order).options(*self.load)).all())

    def choices(self, db: Session, names: Collection[str]) -> Mapping[str, Sequence[tuple[Any, int]]]:
        """Of each of the columns its values with how many rows have each, the most frequent first.

        All rows are looked at once, for all columns.
        """
        found: dict[str, list[tuple[Any, int]]] = {name: [] for name in names}
        if found:
            for name, value, count in db.execute(self._counts(list(found))):
                found[name].append((_meant(self.columns[name], value), count))
        return found

    def _counts(self, names: Sequence[str]) -> Query:
        """Rows of (column, value, count) out of one count of the combinations that there are."""
        # named, for a server that binds parameters takes the same expression twice for two
        keys = [_key(self.columns[name]).label(f"chosen_{n}") for n, name in enumerate(names)]
        rows = self.query.with_only_columns(*keys, func.count().label("rows"), maintain_column_froms=True)
        tally = rows.group_by(*(key.name for key in keys)).cte("tally")
        each = [
            _branch(name, self.columns[name], tally.c[key.name], tally) for name, key in zip(names, keys, strict=True)
        ]
        every = union_all(*each).subquery()
        order = (every.c.count.desc(), every.c.value)
        place = func.row_number().over(partition_by=every.c.name, order_by=order)
        ranked = (
            select(*every.c, place.label("place")).where(every.c.value.is_not(None), every.c.value != "").subquery()
        )
        columns = (ranked.c.name, ranked.c.value, ranked.c.count)
        return select(*columns).where(ranked.c.place <= MOST_CHOICES).order_by(ranked.c.name, ranked.c.place)

    def _where(self, asked: Asked) -> Iterator[ColumnElement[bool]]:
        for name in self.filters:
            if asked.chosen.get(name):
                yield _is(self.columns[name], asked.chosen[name])
        for word in asked.words.lower().split():
            yield or_(*(each for form in _forms(word) for each in self._occurs(form)))

    def _occurs(self, word: str) -> Iterator[ColumnElement[bool]]:
        for text in self.texts:
            found = func.lower(text.name if isinstance(text, Named) else text).contains(word, autoescape=True)
            yield text.fits(found) if isinstance(text, Named) else found
        for column in self.columns.values():
            if (
                not isinstance(column, Named)
                and isinstance(column.type, Enum)
                and (fitting := _fitting(column.type, word))
            ):
                yield type_coerce(column, String).in_(fitting)

    def _order(self, sort: str) -> list[Any]:
        """As wanted, what is empty last either way; as it is where that leaves a choice."""
        name, is_down = sort.removeprefix("-"), sort.startswith("-")
        if name not in self.columns:
            return list(self.order)
        value = _value(self.columns[name])
        is_down ^= name in self.backwards
        return [nulls_last(value.desc() if is_down else value.asc()), *self.order]


def _value(column: Any) -> Any:
    return column.value if isinstance(column, Named) else column


def _key(column: Any) -> Any:
    return column.key if isinstance(column, Named) else column


def _is(column: Any, value: str) -> ColumnElement[bool]:
    if isinstance(column, Named):
        return column.fits(column.name == value)
    found: ColumnElement[bool] = type_coerce(column, String) == value
    return found


def _branch(name: str, column: Any, key: Any, tally: Any) -> Query:
    """The values of one column with their counts, out of the counts of all combinations."""
    text = column.name if isinstance(column, Named) else type_coerce(key, String)
    query = select(
        literal(name).label("name"), text.label("value"), cast(func.sum(tally.c.rows), Integer).label("count")
    )
    query = query.select_from(tally)
    if isinstance(column, Named):
        query = query.join(column.id.table, column.id == key)
    return query.group_by("value")


def _meant(column: Any, text: str) -> Any:
    """A value of the register as the column's type has it."""
    kind = None if isinstance(column, Named) else column.type
    return kind.enum_class(text) if isinstance(kind, Enum) and kind.enum_class else text


def _forms(word: str) -> set[str]:
    """A word as it was typed, and half-width: texts of the register may have either."""
    return {word, unicodedata.normalize("NFKC", word)}


def _fitting(kind: Enum, word: str) -> list[str]:
    terms = list(kind.enum_class or ())
    return [str(t.value) for t in terms if isinstance(t, Term) and (word in t.label.lower() or word in t.value.lower())]
