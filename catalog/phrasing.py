"""Row conditions in words that an official reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any, Final

from catalog import conditions
from catalog.models import DataItem, Resource
from catalog.view import AllOf, AnyOf, Condition, Eq, In, IsNull, Prefix, Range, Value

# every turn of phrase; a door gives them in another language under the same words
CHINESE: Final[Mapping[str, str]] = {
    "all": "，且",
    "any": "，或",
    "both": "且",
    "list": "、",
    "within": "（{text}）",
    "eq": "{item}为{value}",
    "in": "{item}为{value}之一",
    "range": "{item}{value}",
    "low": "不小于{value}",
    "high": "不大于{value}",
    "null": "{item}为空",
    "not_null": "{item}不为空",
    "prefix": "{item}以{value}开头",
    "true": "是",
    "false": "否",
    "quoted": "「{text}」",
}


def in_words(condition: Condition, titles: Mapping[str, str], say: Mapping[str, str] = CHINESE) -> str:
    """The condition as a sentence; titles: column -> its name; say: the turns of phrase of a language."""
    match condition:
        case AllOf(parts) | AnyOf(parts):
            joint = say["all" if isinstance(condition, AllOf) else "any"]
            return joint.join(_part(part, titles, say) for part in parts)
        case Eq(column, value):
            return _said(say["eq"], titles, column, _value(value, say))
        case In(column, values):
            return _said(say["in"], titles, column, say["list"].join(_value(v, say) for v in values))
        case Range(column, low, high):
            return _said(say["range"], titles, column, say["both"].join(_ends(low, high, say)))
        case IsNull(column, negated):
            return _said(say["not_null" if negated else "null"], titles, column, "")
        case Prefix(column, text):
            return _said(say["prefix"], titles, column, _value(text, say))


def condition_in_words(
    resource: Resource,
    content: Mapping[str, Any],
    say: Mapping[str, str] = CHINESE,
    called: Callable[[DataItem], str] = attrgetter("title"),
) -> str:
    """A stored row condition of a resource as a sentence; empty when items that it names are gone.

    called: what an item is called in the language of the sentence.
    """
    titles = {item.name: called(item) for item in resource.items}
    types = {item.name: item.stored_type for item in resource.items}
    return in_words(conditions.parse(content, types), titles, say) if set(named(content)) <= set(types) else ""


def named(content: Any) -> list[str]:
    """The columns that a stored condition names."""
    if isinstance(content, list):
        return [name for part in content for name in named(part)]
    ((word, body),) = content.items()
    return named(body) if word in ("all", "any") else [body["column"]]


def _said(pattern: str, titles: Mapping[str, str], column: str, value: str) -> str:
    return pattern.format(item=titles.get(column, column), value=value)


def _ends(low: Value | None, high: Value | None, say: Mapping[str, str]) -> list[str]:
    """The ends that a range has."""
    ends = {"low": low, "high": high}
    return [say[end].format(value=_value(value, say)) for end, value in ends.items() if value is not None]


def _part(condition: Condition, titles: Mapping[str, str], say: Mapping[str, str]) -> str:
    text = in_words(condition, titles, say)
    return say["within"].format(text=text) if isinstance(condition, AllOf | AnyOf) else text


def _value(value: Value, say: Mapping[str, str]) -> str:
    if isinstance(value, bool):
        return say["true" if value else "false"]
    return say["quoted"].format(text=value)
