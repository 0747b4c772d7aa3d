"""Row conditions in words that an official reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalog import conditions
from catalog.models import Resource
from catalog.view import AllOf, AnyOf, Condition, Eq, In, IsNull, Prefix, Range, Value


def in_words(condition: Condition, titles: Mapping[str, str]) -> str:
    """The condition as a Chinese sentence; titles: column -> its Chinese name."""
    match condition:
        case AllOf(parts):
            return "，且".join(_part(part, titles) for part in parts)
        case AnyOf(parts):
            return "，或".join(_part(part, titles) for part in parts)
        case Eq(column, value):
            return f"{titles.get(column, column)}为{_value(value)}"
        case In(column, values):
            return f"{titles.get(column, column)}为{'、'.join(_value(v) for v in values)}之一"
        case Range(column, low, high):
            ends = [
                f"不小于{_value(low)}" if low is not None else "",
                f"不大于{_value(high)}" if high is not None else "",
            ]
            return titles.get(column, column) + "且".join(end for end in ends if end)
        case IsNull(column, negated):
            return f"{titles.get(column, column)}{'不为空' if negated else '为空'}"
        case Prefix(column, text):
            return f"{titles.get(column, column)}以「{text}」开头"


def condition_in_words(resource: Resource, content: Mapping[str, Any]) -> str:
    """A stored row condition of a resource as a sentence; empty when items that it names are gone."""
    titles = {item.name: item.title for item in resource.items}
    types = {item.name: item.stored_type for item in resource.items}
    return in_words(conditions.parse(content, types), titles) if set(named(content)) <= set(types) else ""


def named(content: Any) -> list[str]:
    """The columns that a stored condition names."""
    if isinstance(content, list):
        return [name for part in content for name in named(part)]
    ((word, body),) = content.items()
    return named(body) if word in ("all", "any") else [body["column"]]


def _part(condition: Condition, titles: Mapping[str, str]) -> str:
    text = in_words(condition, titles)
    return f"（{text}）" if isinstance(condition, AllOf | AnyOf) else text


def _value(value: Value) -> str:
    return {True: "是", False: "否"}[value] if isinstance(value, bool) else f"「{value}」"
