"""Data tables over more rows than one loads: found, counted and cut in the register, newest or first by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from math import ceil
from typing import Any

from api.pages.grid import PAGE_SIZE, Choice, Column, Grid, Row
from catalog.errors import TooMuch

MOST_EXPORTED = 20_000
# words, column -> chosen value, the first row wanted, how many -> these rows, how many there are in all
Fetch = Callable[[str, Mapping[str, str], int, int], tuple[Sequence[Row], int]]


class CutGrid(Grid):
    """A table of which one page of rows is at hand; its order is the register's own.

    options: of each column that is a filter, the values to choose from.
    """

    def __init__(
        self,
        name: str,
        columns: Sequence[Column],
        fetch: Fetch,
        path: str,
        query: Mapping[str, str],
        options: Mapping[str, Sequence[Any]],
    ) -> None:
        self._fetch, self._options = fetch, options
        super().__init__(name, [replace(c, is_sortable=False) for c in columns], (), path, query)

    def __post_init__(self) -> None:
        self.words, self.sort = self.query.get("q", "").strip(), ""
        self.filters = {
            name: self.query[name]
            for name, values in self._options.items()
            if self.query.get(name) in {str(value) for value in values}
        }
        wanted = self.query.get("page", "1")
        self.page = max(1, int(wanted)) if wanted.isdecimal() and len(wanted) < 7 else 1
        self.found, self._total = self._page_of(self.page)
        self.pages = max(1, ceil(self._total / PAGE_SIZE))
        if self.page > self.pages:
            self.page = self.pages
            self.found, self._total = self._page_of(self.page)

    def _page_of(self, page: int) -> tuple[list[Row], int]:
        rows, total = self._fetch(self.words, self.filters, (page - 1) * PAGE_SIZE, PAGE_SIZE)
        return list(rows), total

    @property
    def total(self) -> int:
        return self._total

    @property
    def is_searchable(self) -> bool:
        return self._total > 10 or self.is_narrowed

    @property
    def choosers(self) -> list[Column]:
        return [c for c in self.columns if c.name in self._options]

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
        return self._fetch(self.words, self.filters, 0, MOST_EXPORTED)[0]

    def choices(self, column: Column) -> list[Choice]:
        return [Choice(str(value), value, None) for value in self._options[column.name]]
