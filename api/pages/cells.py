"""The lines of a data table as HTML, made without the template: a page has hundreds of cells."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from markupsafe import Markup, escape

from api.pages.grid import Column
from api.pages.tones import tone
from api.texts import Words

Show = Callable[[Any, str], str]


class Lines:
    """Makes the cells of one row after another. show: a value as people read it, by the kind of its column."""

    def __init__(self, columns: Sequence[Column], words: Words, show: Show) -> None:
        self._columns = [(column, self._opening(column, words)) for column in columns]
        self._words, self._show = words, show

    @staticmethod
    def _opening(column: Column, words: Words) -> str:
        kind = "number" if column.is_number else "fixed" if column.is_fixed else ""
        look = f' class="{kind}"' if kind else ""
        return f'<td role="cell" data-label="{escape(words(column.title))}"{look}>'

    def __call__(self, row: Any) -> Markup:
        """The cells of a row, with everything in them escaped."""
        return Markup("\n".join(f"{opening}{self._cell(column, row)}</td>" for column, opening in self._columns))

    def _cell(self, column: Column, row: Any) -> str:
        if column.is_rare and not column.value(row):
            return '<span class="none">0</span>'
        note = column.note(row) if column.note else ""
        told = f'<small class="note">{escape(note)}</small>' if note else ""
        # not added: a text that is escaped would escape what is added to it
        return f"{self._content(column, row)}{told}"

    def _content(self, column: Column, row: Any) -> str:
        value = column.value(row)
        if column.kind == "status" and value:
            text = self._words.known(str(value)) or self._show(value, "text")
            return badge(value, text)
        target = column.link(row) if column.link else ""
        text = self._show(value, column.kind)
        if target:
            return f'<a href="{escape(target)}">{escape(text)}</a>'
        if column.kind == "code" and value:
            return f"<code>{escape(value)}</code>"
        if column.kind == "meter" and value is not None:
            return _meter(value, self._words(column.title), text)
        return escape(text)


def badge(value: Any, text: str) -> Markup:
    """A word in the colour of its value."""
    return Markup(f'<span class="badge {tone(value)}">{escape(text)}</span>')


def _meter(value: float, title: str, text: str) -> str:
    bar = f'<progress max="100" value="{round(100 * value, 1)}" aria-label="{escape(title)}"></progress>'
    return f'<span class="meter">{bar}<span>{escape(text)}</span></span>'
