"""Data tables: sorted, filtered, paged and exported by the address alone, so that they work without scripts."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any
from urllib.parse import urlencode

PAGE_SIZE = 50
# parameters of the table itself; others in the address stay as they are
_OWN = ("q", "sort", "page", "format", "all")

Row = Any


@dataclass(frozen=True, slots=True)
class Column:
    """One column. title: key of a text; kind: text, code, number, percent, meter, size, day, moment, period, term,
    choice, status.

    value: what sorting, filtering and the export see. link: where a cell leads, "" for nowhere.
    unit: key of the unit's text. is_filter: offers its values as a list to choose from. choice: such a value as
    people read it, where the register has another. is_rare: a count that is mostly 0, which a phone leaves out.
    """

    name: str
    title: str
    value: Callable[[Row], Any]
    kind: str = "text"
    link: Callable[[Row], str] | None = None
    unit: str = ""
    is_filter: bool = False
    is_sortable: bool = True
    note: Callable[[Row], str] | None = None
    choice: Callable[[Any], Any] | None = None
    is_rare: bool = False

    @property
    def is_number(self) -> bool:
        return self.kind in ("number", "percent", "size")

    @property
    def is_fixed(self) -> bool:
        """Whether a cell is too short to be broken into lines."""
        return self.kind in ("day", "moment", "period", "code")


@dataclass(frozen=True, slots=True)
class Choice:
    """A value to filter by, and how many rows have it where they were counted."""

    value: str
    shown: Any
    count: int | None


@dataclass
class Grid:
    """A table over rows that are at hand. name: for the exported file; key: the row's id, for selecting rows.

    actions: names of the batches that selected rows may go to. query: the parameters of the address.
    """

    name: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    key: Callable[[Row], str] | None = None
    actions: Sequence[str] = ()
    page_size: int = PAGE_SIZE
    default_sort: str = ""

    def __post_init__(self) -> None:
        self.words = self.query.get("q", "").strip()
        self.sort = self.query.get("sort", "") or self.default_sort
        self.filters = {c.name: self.query[c.name] for c in self.columns if c.is_filter and self.query.get(c.name)}
        self.found: list[Row] = self._sorted([row for row in self.rows if self._matches(row)])
        self.pages = max(1, ceil(len(self.found) / self.page_size))
        self.page = min(page_number(self.query), self.pages)

    @property
    def total(self) -> int:
        return len(self.found)

    @property
    def is_narrowed(self) -> bool:
        return bool(self.words or self.filters)

    @property
    def is_searchable(self) -> bool:
        """Whether a search box is worth its place."""
        return len(self.rows) > 10 or self.is_narrowed

    @property
    def choosers(self) -> list[Column]:
        """The columns whose values are worth choosing from."""
        return [c for c in self.columns if c.is_filter and (c.name in self.filters or len(self.choices(c)) > 1)]

    @property
    def is_all(self) -> bool:
        """Whether as many rows as can be dealt with at once stand on one page, all of them selected."""
        return self.key is not None and self.query.get("all") == "1"

    @property
    def shown(self) -> list[Row]:
        """The rows of this page."""
        first = (self.page - 1) * self.page_size
        return self.found[first : first + self.page_size]

    @property
    def exported(self) -> Sequence[Row]:
        """The rows of all pages."""
        return self.found

    @property
    def first(self) -> int:
        return (self.page - 1) * self.page_size + 1 if self.found else 0

    @property
    def last(self) -> int:
        return min(self.page * self.page_size, self.total)

    def choices(self, column: Column) -> list[Choice]:
        """The values of a column, the most frequent first."""
        found: dict[str, list[Any]] = {}
        for row in self.rows:
            value = column.value(row)
            if value is not None and value != "":
                found.setdefault(str(value), []).append(value)
        ranked = sorted(found.items(), key=lambda pair: (-len(pair[1]), pair[0]))
        return [Choice(text, values[0], len(values)) for text, values in ranked[:100]]

    def direction(self, column: Column) -> str:
        """ascending, descending or none, as aria-sort says it."""
        return {column.name: "ascending", f"-{column.name}": "descending"}.get(self.sort, "none")

    def sort_address(self, column: Column) -> str:
        return self.address(sort=f"-{column.name}" if self.sort == column.name else column.name, page="")

    def address(self, **changes: str) -> str:
        """This list with other parameters; an empty one is left out."""
        merged = {**self.query, **changes}
        kept = {name: value for name, value in merged.items() if value and name != "done"}
        return f"{self.path}?{urlencode(kept)}" if kept else self.path

    def hidden(self, *without: str) -> list[tuple[str, str]]:
        """Parameters that a filter form must carry along."""
        own = {*_OWN, *(c.name for c in self.columns if c.is_filter)} if not without else set(without)
        return [(name, value) for name, value in self.query.items() if name not in own and name != "done"]

    def _matches(self, row: Row) -> bool:
        for column in self.columns:
            wanted = self.filters.get(column.name)
            if wanted is not None and str(column.value(row)) != wanted:
                return False
        if not self.words:
            return True
        text = folded(" ".join(_words_of(column, row) for column in self.columns))
        return all(word in text for word in folded(self.words).split())

    def _sorted(self, rows: list[Row]) -> list[Row]:
        name, backwards = self.sort.removeprefix("-"), self.sort.startswith("-")
        column = next((c for c in self.columns if c.name == name and c.is_sortable), None)
        if column is None:
            return rows
        value = column.value
        full = [row for row in rows if value(row) is not None]
        return sorted(full, key=lambda row: value(row), reverse=backwards) + [r for r in rows if value(r) is None]


def page_number(query: Mapping[str, str]) -> int:
    """The page that an address asks for, from 1."""
    wanted = query.get("page", "1")
    return max(1, int(wanted)) if wanted.isdecimal() and len(wanted) < 7 else 1


def _words_of(column: Column, row: Row) -> str:
    value = column.value(row)
    label = getattr(value, "label", "")
    return f"{'' if value is None else value} {label} {column.note(row) if column.note else ''}"


def folded(text: str) -> str:
    """Text as it is compared: half-width, lower case."""
    return unicodedata.normalize("NFKC", text).lower()


def plain(rows: Iterable[Row], columns: Sequence[Column]) -> Iterable[list[Any]]:
    """Cell values, row by row, as an export writes them."""
    for row in rows:
        yield [column.value(row) for column in columns]
