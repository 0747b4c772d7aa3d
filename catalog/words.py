"""How well words fit the texts of resources: name before item before abstract, exact before part."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from catalog.grams import Grams, Hits, Numbers
from catalog.wording import fold, pinyin

Marks = NDArray[np.uint8]
MISS = 255
# the better the place, the smaller the mark; the marks of several words add up
NAME, NAME_START, NAME_PART = 0, 1, 2
READING, READING_START, READING_PART = 3, 4, 5
ITEM, ITEM_PART, ITEM_READING, OTHER, ABSTRACT = 6, 7, 8, 9, 10


class Words:
    """The texts of some rows of the search index."""

    def __init__(self, rows: Sequence[Any]) -> None:
        self.size = len(rows)
        self._names = Grams([row.name for row in rows])
        self._readings = (Grams([row.spelling for row in rows]), Grams([row.initials for row in rows]))
        self._abstracts = Grams([row.abstract for row in rows])
        self._slugs = Grams([row.slug for row in rows])
        self._codes = Grams([fold(row.code) for row in rows])
        self._titles = Titles([row.titles.split("\n") if row.titles else [] for row in rows])

    def marks(self, word: str) -> Marks:
        """The best place of a folded word in each row, MISS where it does not occur."""
        marks = np.full(self.size, MISS, dtype=np.uint8)
        marks[self._abstracts.texts_with(word)] = ABSTRACT
        slugs, codes = self._slugs.find(word), self._codes.find(word)
        marks[slugs.texts] = marks[codes.texts] = OTHER
        self._titles.mark(marks, word)
        if word.isascii():
            for readings in self._readings:
                _better(marks, readings.find(word), (READING_PART, READING_START, READING))
        _better(marks, self._names.find(word), (NAME_PART, NAME_START, NAME))
        marks[slugs.texts[slugs.is_whole]] = marks[codes.texts[codes.is_whole]] = NAME
        return marks


def _better(marks: Marks, hits: Hits, places: tuple[int, int, int]) -> None:
    """Mark a part, a start and the whole of a text, wherever that is better than what is marked."""
    for found, place in zip((hits.texts, hits.texts[hits.at_start], hits.texts[hits.is_whole]), places, strict=True):
        marks[found] = np.minimum(marks[found], place)


class Titles:
    """Titles of items, each kept once however many rows have it."""

    def __init__(self, titles: Sequence[Sequence[str]]) -> None:
        numbers: dict[str, int] = {}
        pairs = sorted(
            (numbers.setdefault(title, len(numbers)), row) for row, each in enumerate(titles) for title in each
        )
        self._rows = np.array([row for _, row in pairs], dtype=np.int32)
        counts = np.bincount(np.array([title for title, _ in pairs], dtype=np.int64), minlength=len(numbers))
        self._first = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
        self._names = Grams(list(numbers))
        spelled = [pinyin(title) for title in numbers]
        self._readings = (Grams([initials for initials, _ in spelled]), Grams([full for _, full in spelled]))

    def mark(self, marks: Marks, word: str) -> None:
        """Mark the rows with a title that holds the word; what is marked already is worse."""
        if word.isascii():
            for readings in self._readings:
                marks[self._rows_of(readings.texts_with(word))] = ITEM_READING
        hits = self._names.find(word)
        marks[self._rows_of(hits.texts)] = ITEM_PART
        marks[self._rows_of(hits.texts[hits.is_whole])] = ITEM

    def _rows_of(self, titles: Numbers) -> Numbers:
        titles = np.unique(titles)
        starts, sizes = self._first[titles], self._first[titles + 1] - self._first[titles]
        before = np.cumsum(sizes) - sizes
        return self._rows[np.repeat(starts - before, sizes) + np.arange(int(sizes.sum()))]
