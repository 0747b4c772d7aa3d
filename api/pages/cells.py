"""The lines of a data table as HTML, made without the template: a page has hundreds of cells."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape

from api.pages.grid import Column, Grid, Row
from api.pages.tones import tone
from api.texts import Words

Show = Callable[[Any, str], str]


class Lines:
    """Makes the rows of a table. show: a value as people read it, by the kind of its column."""

    def __init__(self, columns: Sequence[Column], words: Words, show: Show) -> None:
        self._columns = [(column, self._opening(column, words)) for column in columns]
        self._words, self._show = words, show

    @staticmethod
    def _opening(column: Column, words: Words) -> str:
        kind = "number" if column.is_number else "fixed" if column.is_fixed else ""
        look = f' class="{kind}"' if kind else ""
        return f'<td role="cell" data-label="{escape(words(column.title))}"{look}>'

    def rows(self, grid: Grid, pick: str) -> Markup:
        """The rows of a page of the table, with everything in them escaped; pick: what to say of a box to tick."""
        box = self._box(grid, pick) if pick else None
        return Markup(
            "\n".join(f'<tr role="row">\n{box(row) if box else ""}{self._cells(row)}\n</tr>' for row in grid.shown)
        )

    def _box(self, grid: Grid, pick: str) -> Callable[[Row], str]:
        key, first = grid.key, grid.columns[0]
        assert key is not None
        opening = '<td role="cell" class="pick no-print"><input type="checkbox" name="id" value="'
        checked, said = " checked" if grid.is_all else "", escape(pick)

        def made(row: Row) -> str:
            name = escape(self._show(first.value(row), first.kind))
            return f'{opening}{escape(key(row))}"{checked} aria-label="{said} {name}"></td>\n'

        return made

    def _cells(self, row: Row) -> str:
        return "\n".join([f"{opening}{self._cell(column, row)}</td>" for column, opening in self._columns])

    def _cell(self, column: Column, row: Row) -> str:
        if column.is_rare and not column.value(row):
            return '<span class="none">0</span>'
        note = column.note(row) if column.note else ""
        told = f'<small class="note">{escape(note)}</small>' if note else ""
        # not added: a text that is escaped would escape what is added to it
        return f"{self._content(column, row)}{told}"

    def _content(self, column: Column, row: Row) -> str:
        value = column.value(row)
        if column.kind == "status" and value:
            return badge(value, self._words.state(value))
        target = column.link(row) if column.link else ""
        text = self._show(value, column.kind)
        if target:
            return f'<a href="{escape(target)}">{escape(text)}</a>'
        if column.kind == "code" and value:
            return f"<code>{escape(value)}</code>"
        if column.kind == "meter" and value is not None:
            return _meter(value, self._words(column.title), text)
        return escape(text)


@lru_cache(maxsize=1024)
def badge(value: Any, text: str) -> Markup:
    """A word in the colour of its value."""
    return Markup(f'<span class="badge {tone(value)}">{escape(text)}</span>')


def _meter(value: float, title: str, text: str) -> str:
    bar = f'<progress max="100" value="{round(100 * value, 1)}" aria-label="{escape(title)}"></progress>'
    return f'<span class="meter">{bar}<span>{escape(text)}</span></span>'
