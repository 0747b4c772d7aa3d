"""Sentences of the register in the language of the page: by a stable word, with names as they are registered."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from api import sentences
from api.texts import Words
from catalog import field_help, phrasing, pinyin
from catalog.errors import PlatformError
from catalog.models import Notice, RefusalReason, Resource
from catalog.sheets import Fault
from catalog.todo_kinds import TITLES
from catalog.todos import Todo

# notices quote the name of what they are about
_QUOTED = re.compile("「([^「」]+)」")


def todo(words: Words, found: Todo) -> str:
    """What a thing to do is about."""
    pattern = f"todo.title.{found.kind}"
    if words.lang == "zh":
        return found.title
    # an order's third part is what its check said
    more = sentences.or_same(found.more) if found.kind.startswith("order") else found.more
    parts = {"who": found.who, "what": found.what, "more": more}
    return words(pattern, **parts) if words.has(pattern) else TITLES[found.kind].format(**parts)


def notice(words: Words, found: Notice) -> str:
    """What a department is told: in Chinese as it was written, else its sentence, or its kind with the name it quotes."""
    told = found.text if words.lang == "zh" else sentences.english(found.text)
    if told is None:
        name, kind = _QUOTED.search(found.text), words.known(f"notice.kind.{found.kind}")
        told = f"{kind}: {name[1]}" if kind and name else kind or found.text
    return told


def breaking(words: Words, change: Mapping[str, Any], content: Mapping[str, Any]) -> str:
    """A change that consumers would feel; content: the newer version, in which the item has its name."""
    said = words.known(f"breaking.{change['rule']}")
    if words.lang == "zh" or not said:
        return str(change["text"])
    titles = {item["name"]: item["title"] for item in content.get("items", ())}
    return f"{said}: {titles.get(change['item'], change['item'])}" if change["item"] else said


def error(words: Words, code: str, message: str = "") -> str:
    """What kind of fault a code stands for; "" where the message itself is read: in Chinese, or known in English."""
    if words.lang == "zh" or sentences.english(message):
        return ""
    return words.known(f"error.{code}", words("error.platform_error"))


def fault(words: Words, found: PlatformError) -> str:
    """An error in one line; a message that is not known in English stands behind its kind."""
    told = words("list.stop").join(said(words, text) for text in (found.message, found.remedy) if text)
    kind = error(words, found.code, found.message)
    return f"{kind}: {told}" if kind else told


def faults(words: Words, found: Sequence[Fault]) -> str:
    """What is wrong with a cell, each fault with its remedy."""
    stop = words("list.stop")
    return words("list.semicolon").join(stop.join(said(words, t) for t in (f.rule, f.remedy) if t) for f in found)


def reason(words: Words, found: RefusalReason) -> str:
    """A ground of refusal, with its article where the page is in the language of the law."""
    said = words.known(f"ground.{found.code}")
    return f"{found.title}（{found.article}）" if words.lang == "zh" or not said else said


def said(words: Words, text: str) -> str:
    """A text as it is kept; those that the platform itself writes, in the language of the page."""
    return text if words.lang == "zh" else sentences.or_same(text)


def condition(words: Words, resource: Resource, content: Mapping[str, Any] | None) -> str:
    """A stored row condition of a resource as a sentence; "" for none."""
    turns = {word: words(f"condition.{word}") for word in phrasing.CHINESE}
    return phrasing.condition_in_words(resource, content, turns, words.item) if content else ""


def measure(words: Words, unit: str) -> str:
    """A unit of measure as it is called."""
    return words.known(f"measure.{unit}", unit)


def article(words: Words, text: str) -> str:
    """The articles of the city's measures that an item of acceptance rests on; the measures are named once."""
    if words.lang == "zh" or not text.startswith("市办法"):
        return text
    measures = field_help.english_basis(field_help.LOCAL)
    found = [field_help.english_basis(field_help.LOCAL + each.removeprefix("市办法")) for each in text.split("、")]
    return ", ".join([measures, *(each.removeprefix(f"{measures}, ") for each in found)])


def place(words: Words, name: str) -> str:
    """A county or city in the letters of the page's language."""
    return name if words.lang == "zh" else pinyin.place(name)


def or_else(words: Words, key: str, chinese: str) -> str:
    """The text of a key on pages in another language; what was said in Chinese, and where there is no such key."""
    return chinese if words.lang == "zh" else words.known(key, chinese)
