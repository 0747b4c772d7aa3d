"""The words of the pages in Chinese and English, kept as data in texts.csv (key, zh, en)."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import Any, Literal, Protocol

from catalog.vocab import Term

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
_FILE = Path(__file__).with_name("texts.csv")


class Titled(Protocol):
    """Something whose department named it in Chinese and, where it is known, in English."""

    @property
    def title(self) -> str: ...
    @property
    def title_en(self) -> str: ...


@cache
def catalogue() -> dict[str, tuple[str, str]]:
    """Key -> the Chinese text and the English one."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        return {row["key"]: (row["zh"], row["en"]) for row in csv.DictReader(file)}


class Words:
    """Texts in one language: `words("home.title")`, `words("rows", n="3")`."""

    def __init__(self, lang: Language) -> None:
        self.lang: Language = lang
        self._side = LANGUAGES.index(lang)

    def __call__(self, key: str, **values: Any) -> str:
        """The text of a key, its {names} filled in; KeyError for a key that nobody wrote."""
        text = catalogue()[key][self._side]
        return text.format(**values) if values else text

    @staticmethod
    def has(key: str) -> bool:
        return key in catalogue()

    def known(self, key: str, otherwise: str = "") -> str:
        """The text of a key that may be missing."""
        return self(key) if key in catalogue() else otherwise

    def term(self, term: Term | str | None) -> str:
        """A value of an enumeration as people call it."""
        if term is None:
            return ""
        if not isinstance(term, Term):
            return str(term)
        plain = term.value.replace("_", " ").capitalize()
        return term.label if self.lang == "zh" else self.known(f"{type(term).__name__}.{term.value}", plain)

    def state(self, value: Any) -> str:
        """A state as people call it: by its enumeration, else by the text that its name is the key of."""
        return self.term(value) if isinstance(value, Term) else self.known(str(value), str(value))

    def item(self, item: Titled) -> str:
        """What a data item is called: its English name on an English page where it has one."""
        return item.title_en if self.lang == "en" and item.title_en else item.title

    def other(self, item: Titled) -> str:
        """Its name in the other language, to stand beside."""
        return item.title if self.item(item) != item.title else item.title_en if self.lang == "zh" else ""
