"""Data tables over more rows than one loads: found, counted, sorted and cut in the register."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from math import ceil
from typing import Any

from sqlalchemy.orm import Session

from api.pages.grid import PAGE_SIZE, Choice, Column, Grid, Row, page_number
from catalog import batches
from catalog.errors import TooMuch
from catalog.lists import Asked, Source

MOST_EXPORTED = 20_000


class CutGrid(Grid):
    """A table of which one page of rows is at hand."""

    def __init__(
        self,
        name: str,
        columns: Sequence[Column],
        source: Source[Any],
        db: Session,
        path: str,
        query: Mapping[str, str],
        *,
        key: Callable[[Row], str] | None = None,
        page_size: int = PAGE_SIZE,
    ) -> None:
        self._source, self._db = source, db
        sorts, filters = source.sorts, source.filters
        able = [replace(c, is_sortable=c.is_sortable and c.name in sorts, is_filter=c.name in filters) for c in columns]
        size = batches.MOST if key is not None and query.get("all") == "1" else page_size
        super().__init__(name, able, (), path, query, key, page_size=size)

    def __post_init__(self) -> None:
        self.words, self.sort = self.query.get("q", "").strip(), self.query.get("sort", "")
        self.filters = {c.name: self.query[c.name] for c in self.columns if c.is_filter and self.query.get(c.name)}
        self.page = page_number(self.query)
        self.found, self._total = self._page_of(self.page)
        self.pages = max(1, ceil(self._total / self.page_size))
        if self.page > self.pages:
            self.page = self.pages
            self.found, self._total = self._page_of(self.page)

    def _page_of(self, page: int) -> tuple[list[Row], int]:
        rows, total = self._cut((page - 1) * self.page_size, self.page_size)
        return list(rows), total

    def _cut(self, first: int, limit: int) -> tuple[Sequence[Row], int]:
        return self._source.cut(self._db, Asked(self.words, self.filters, self.sort, first, limit))

    @property
    def most_picked(self) -> int:
        """How many rows one page holds when all are to be selected."""
        return min(self._total, batches.MOST)

    @property
    def total(self) -> int:
        return self._total

    @property
    def is_searchable(self) -> bool:
        return self._total > 10 or self.is_narrowed

    @property
    def shown(self) -> list[Row]:
        return self.found

    @property
    def exported(self) -> Sequence[Row]:
        """All rows; raises TooMuch beyond what one workbook should hold."""
        if self._total > MOST_EXPORTED:
            raise TooMuch(
                f"共 {self._total} 条，超过一次导出的上限 {MOST_EXPORTED} 条", remedy="先用关键词或条件缩小范围"
            )
        return self._cut(0, MOST_EXPORTED)[0]

    def choices(self, column: Column) -> list[Choice]:
        return self._choices[column.name]

    @cached_property
    def _choices(self) -> dict[str, list[Choice]]:
        """Of each column that is a filter, its values with how many rows of the whole list have them."""
        filters = [c for c in self.columns if c.is_filter]
        found = self._source.choices(self._db, [c.name for c in filters])
        return {c.name: [_choice(c, *each) for each in found[c.name]] for c in filters}


def _choice(column: Column, value: Any, count: int) -> Choice:
    return Choice(str(value), column.choice(value) if column.choice else value, count)
