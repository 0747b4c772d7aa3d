"""Sentences of the register in the language of the page: by a stable word, with names as they are registered."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from api.texts import Words, catalogue
from catalog import field_help
from catalog.errors import PlatformError
from catalog.models import Notice, RefusalReason
from catalog.todos import TITLES, Todo

# notices quote the name of what they are about
_QUOTED = re.compile("「([^「」]+)」")


def todo(words: Words, found: Todo) -> str:
    """What a thing to do is about."""
    pattern = f"todo.title.{found.kind}"
    if words.lang == "zh":
        return found.title
    plain = TITLES[found.kind].format(who=found.who, what=found.what, more=found.more)
    return words(pattern, who=found.who, what=found.what, more=found.more) if words.has(pattern) else plain


def notice(words: Words, found: Notice) -> str:
    """What a department is told: in Chinese as it was written, else by its kind with the name that it quotes."""
    said = words.known(f"notice.kind.{found.kind}")
    if words.lang == "zh" or not said:
        return found.text
    name = _QUOTED.search(found.text)
    return f"{said}: {name[1]}" if name else said


def breaking(words: Words, change: Mapping[str, Any], content: Mapping[str, Any]) -> str:
    """A change that consumers would feel; content: the newer version, in which the item has its name."""
    said = words.known(f"breaking.{change['rule']}")
    if words.lang == "zh" or not said:
        return str(change["text"])
    titles = {item["name"]: item["title"] for item in content.get("items", ())}
    return f"{said}: {titles.get(change['item'], change['item'])}" if change["item"] else said


def error(words: Words, code: str) -> str:
    """What kind of fault a code stands for; "" in Chinese, where the message itself is read."""
    return "" if words.lang == "zh" else words.known(f"error.{code}", words("error.platform_error"))


def fault(words: Words, found: PlatformError) -> str:
    """An error in one line: in another language than Chinese its kind first, then what was said in Chinese."""
    said = "。".join(text for text in (found.message, found.remedy) if text)
    return f"{error(words, found.code)}: {said}" if words.lang != "zh" else said


def reason(words: Words, found: RefusalReason) -> str:
    """A ground of refusal, with its article where the page is in the language of the law."""
    said = words.known(f"ground.{found.code}")
    return f"{found.title}（{found.article}）" if words.lang == "zh" or not said else said


def said(words: Words, text: str) -> str:
    """A text as it is kept; those that the platform itself writes, in the language of the page."""
    return text if words.lang == "zh" else words.known(_own().get(text, ""), text)


@cache
def _own() -> dict[str, str]:
    """Chinese text that the platform writes where people may write too -> its key."""
    return {chinese: key for key, (chinese, _) in catalogue().items() if key.startswith("said.")}


def article(words: Words, text: str) -> str:
    """The articles of the city's measures that an item of acceptance rests on."""
    found = [field_help.english_basis(field_help.LOCAL + each.removeprefix("市办法")) for each in text.split("、")]
    return text if words.lang == "zh" or not text.startswith("市办法") else "; ".join(found)


def or_else(words: Words, key: str, chinese: str) -> str:
    """The text of a key on pages in another language; what was said in Chinese, and where there is no such key."""
    return chinese if words.lang == "zh" else words.known(key, chinese)
