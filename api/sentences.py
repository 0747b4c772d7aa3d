"""What the platform says in Chinese, said in English: sentences.csv holds each sentence with {names} for its facts.

The register keeps findings, notices and reports as they were written, and errors carry their message: the facts are
read back out of the sentence. Names of the city's data stay as they are.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from pathlib import Path

from api.texts import Words, catalogue
from catalog import field_help, vocab
from catalog.acceptance import ItemState, Verdict
from catalog.models.people import OfficialState
from catalog.roles import Role
from catalog.vocab import Term

_FILE = Path(__file__).with_name("sentences.csv")
_NAME = re.compile(r"\{([a-z]+)\}")
_CHINESE = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
# marks between two sentences of one text, and what stands there in English
_JOINTS = {"。": ". ", "；": "; ", "\n": "\n"}
_LIST = "、"
# what a finding is called stands at the beginning of its message, and never quotes a name
_CLOSE = {"finding": "[^「」：]*"}
# texts of the pages that stand for what the register keeps
_OWN = ("said.", "rule.", "remedy.", "ground.")
_KINDS: tuple[type[Term], ...] = (Role, Verdict, ItemState, OfficialState)


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence with facts. literal: its longest piece between them, by which it is found fast."""

    literal: str
    shape: re.Pattern[str]
    english: str


@lru_cache(4096)
def english(text: str) -> str | None:
    """A text that the platform wrote, in English; None when it knows no such sentence."""
    return _whole(text) or _joined(text)


def or_same(text: str) -> str:
    """The same, or the text as it is."""
    return english(text) or text


def _whole(text: str) -> str | None:
    """A text that is one sentence."""
    plain = _plain().get(text)
    if plain is not None:
        return plain
    for sentence in _with_facts():
        found = sentence.shape.fullmatch(text) if sentence.literal in text else None
        if found is not None:
            facts = {name: _fact(name, value) for name, value in found.groupdict().items()}
            return _NAME.sub(partial(_filled, facts), sentence.english)
    return None


def _filled(facts: Mapping[str, str], name: re.Match[str]) -> str:
    return facts[name[1]]


def _joined(text: str) -> str | None:
    """A text of several sentences, all of them known."""
    for mark, between in _JOINTS.items():
        if mark in text:
            parts = [_whole(part) if _CHINESE.search(part) else part for part in text.split(mark) if part]
            return between.join(part for part in parts if part) if all(parts) else None
    return None


def _fact(name: str, value: str) -> str:
    """A fact of a sentence: a word or message of the platform in English, a name as it is; of a list each one."""
    if name == "message":
        return or_same(value)
    return ", ".join(_plain().get(part, part) for part in value.split(_LIST))


@cache
def _plain() -> Mapping[str, str]:
    """Sentences without facts, headings of an entry, words of enumerations."""
    own = {chinese: said for key, (chinese, said) in catalogue().items() if key.startswith(_OWN)}
    headings = {each.heading: each.english for each in field_help.FIELDS}
    return _terms() | headings | own | {chinese: said for chinese, said in _rows() if not _NAME.search(chinese)}


def _terms() -> dict[str, str]:
    """Every word of an enumeration that people read."""
    kinds = [kind for kind in vars(vocab).values() if isinstance(kind, type) and issubclass(kind, Term)]
    words = Words("en")
    return {term.label: words.term(term) for kind in (*kinds, *_KINDS) for term in kind}


@cache
def _with_facts() -> tuple[_Sentence, ...]:
    """Sentences with facts, the most particular first."""
    found = [_sentence(chinese, said) for chinese, said in _rows() if _NAME.search(chinese)]
    return tuple(sorted(found, key=lambda each: len(_NAME.sub("", each.shape.pattern)), reverse=True))


def _sentence(chinese: str, said: str) -> _Sentence:
    pieces = _NAME.split(chinese)
    shape = "".join(
        f"(?P<{piece}>{_CLOSE.get(piece, '.*?')})" if i % 2 else re.escape(piece) for i, piece in enumerate(pieces)
    )
    return _Sentence(max(pieces[::2], key=len), re.compile(shape, re.DOTALL), said)


@cache
def _rows() -> tuple[tuple[str, str], ...]:
    return tuple(_read())


def _read() -> Iterator[tuple[str, str]]:
    with _FILE.open(encoding="utf-8", newline="") as file:
        yield from ((row["zh"], row["en"]) for row in csv.DictReader(file))
