"""Row conditions as JSON: a closed tree that names registered columns and carries typed values.

    {"all": [{"eq": {"column": "status_code", "value": "1"}},
             {"range": {"column": "birth_date", "low": "1990-01-01"}}]}

Words: eq, in, range, is_null, prefix, all, any.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from catalog.errors import Invalid
from catalog.view import ASKABLE, AllOf, AnyOf, Condition, Eq, In, IsNull, Prefix, Range, Value, is_within

_REMEDY = '写法如 {"eq": {"column": "status_code", "value": "1"}}；可用 eq、in、range、is_null、prefix、all、any'

Types = Mapping[str, str]


def parse(content: Any, types: Types) -> Condition:
    """The condition that the JSON says; types: column -> DuckDB type.

    Raises Invalid naming the fault; so for one that is larger than the exchange can read by.
    """
    found = _parsed(content, types, 0)
    if not is_within(found, ASKABLE):
        raise _fault(f"行条件过大：最多 {ASKABLE.depth} 层、{ASKABLE.parts} 个子条件、{ASKABLE.values} 个值")
    return found


def _parsed(content: Any, types: Types, depth: int) -> Condition:
    word, body = _only(content)
    if depth >= ASKABLE.depth:
        raise _fault("行条件嵌套过深")
    if word in ("all", "any"):
        if not isinstance(body, list) or not 1 <= len(body) <= ASKABLE.parts:
            raise _fault(f"{word} 需要 1 至 {ASKABLE.parts} 个子条件")
        parts = tuple(_parsed(part, types, depth + 1) for part in body)
        return AllOf(parts) if word == "all" else AnyOf(parts)
    if word not in _LEAVES or not isinstance(body, dict):
        raise _fault(f"行条件不认识「{word}」")
    read, fields = _LEAVES[word]
    if unknown := set(body) - fields:
        raise _fault(f"{word} 不认识 {'、'.join(sorted(map(str, unknown)))}")
    column = body.get("column")
    if not isinstance(column, str) or column not in types:
        raise _fault(f"行条件用了未登记的信息项「{column}」")
    return read(column, types[column], body)


def dump(condition: Condition) -> dict[str, Any]:
    """The JSON that `parse` reads back to an equal condition."""
    match condition:
        case AllOf(parts):
            return {"all": [dump(part) for part in parts]}
        case AnyOf(parts):
            return {"any": [dump(part) for part in parts]}
        case Eq(column, value):
            return {"eq": {"column": column, "value": _plain(value)}}
        case In(column, values):
            return {"in": {"column": column, "values": [_plain(v) for v in values]}}
        case Range(column, low, high):
            bounds = {"low": low, "high": high}
            return {"range": {"column": column, **{k: _plain(v) for k, v in bounds.items() if v is not None}}}
        case IsNull(column, negated):
            return {"is_null": {"column": column, "negated": negated}}
        case Prefix(column, text):
            return {"prefix": {"column": column, "text": text}}


def columns_of(condition: Condition) -> Iterator[str]:
    """The columns that a condition looks at."""
    if isinstance(condition, AllOf | AnyOf):
        for part in condition.parts:
            yield from columns_of(part)
    else:
        yield condition.column


def both(*conditions: Condition | None) -> Condition | None:
    """All of the conditions that there are."""
    present = tuple(c for c in conditions if c is not None)
    return present[0] if len(present) == 1 else AllOf(present) if present else None


def _only(content: Any) -> tuple[str, Any]:
    if not isinstance(content, dict) or len(content) != 1:
        raise _fault("行条件的每一层须恰有一个词")
    ((word, body),) = content.items()
    return str(word), body


def _eq(column: str, kind: str, body: dict[str, Any]) -> Condition:
    return Eq(column, _value(column, kind, body.get("value")))


def _in(column: str, kind: str, body: dict[str, Any]) -> Condition:
    values = body.get("values")
    if not isinstance(values, list) or not 1 <= len(values) <= ASKABLE.values:
        raise _fault(f"in 需要 1 至 {ASKABLE.values} 个值")
    return In(column, tuple(_value(column, kind, value) for value in values))


def _range(column: str, kind: str, body: dict[str, Any]) -> Condition:
    bounds = [None if body.get(side) is None else _value(column, kind, body[side]) for side in ("low", "high")]
    if bounds == [None, None]:
        raise _fault("range 至少需要 low 或 high")
    return Range(column, bounds[0], bounds[1])


def _is_null(column: str, kind: str, body: dict[str, Any]) -> Condition:
    negated = body.get("negated", False)
    if not isinstance(negated, bool):
        raise _fault("negated 应为 true 或 false")
    return IsNull(column, negated)


def _prefix(column: str, kind: str, body: dict[str, Any]) -> Condition:
    text = body.get("text")
    if kind != "VARCHAR" or not isinstance(text, str) or not text:
        raise _fault(f"prefix 只用于文本信息项，且 text 不能为空（{column}）")
    return Prefix(column, text)


_LEAVES: dict[str, tuple[Callable[[str, str, dict[str, Any]], Condition], set[str]]] = {
    "eq": (_eq, {"column", "value"}),
    "in": (_in, {"column", "values"}),
    "range": (_range, {"column", "low", "high"}),
    "is_null": (_is_null, {"column", "negated"}),
    "prefix": (_prefix, {"column", "text"}),
}


def _value(column: str, kind: str, value: Any) -> Value:
    """The value as the column's type has it; a number is no text and a text is no number."""
    fits: bool
    if kind == "BOOLEAN":
        fits = isinstance(value, bool)
    elif kind in ("DATE", "TIMESTAMP"):
        return _date(column, kind, value)
    elif kind == "VARCHAR":
        fits = isinstance(value, str)
    elif kind.endswith("INT") or kind == "INTEGER":
        fits = isinstance(value, int) and not isinstance(value, bool)
    else:
        fits = isinstance(value, int | float) and not isinstance(value, bool)
    if not fits:
        raise _fault(f"信息项「{column}」的值与类型 {kind} 不符")
    plain: Value = value
    return plain


def _date(column: str, kind: str, value: Any) -> Value:
    if kind != "DATE":
        raise _fault(f"行条件暂不支持 {kind} 类型的信息项「{column}」")
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise _fault(f"信息项「{column}」的值应为 2026-11-23 这样的日期") from error


def _plain(value: Value) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _fault(message: str) -> Invalid:
    return Invalid(message, remedy=_REMEDY)
