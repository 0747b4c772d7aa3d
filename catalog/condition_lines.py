"""Row conditions as a form has them: lines of item, comparison and text, all of which must hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from catalog.errors import Invalid

COMPARISONS = ("eq", "in", "from", "to", "prefix", "is_null")
_YES_NO = {"是": True, "否": False, "yes": True, "no": False, "true": True, "false": False}


class Line(NamedTuple):
    """One line. word: of COMPARISONS; text: as it was typed, several values with commas between."""

    column: str
    word: str
    text: str


def content_of(lines: Iterable[Line], types: Mapping[str, str]) -> dict[str, Any] | None:
    """The condition that the filled lines say, as `conditions.parse` reads it; None without any.

    types: column -> DuckDB type. Raises Invalid for a value that does not suit its item.
    """
    parts = [_part(line, types.get(line.column, "VARCHAR")) for line in lines if _is_filled(line)]
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else {"all": parts}


def lines_of(content: Mapping[str, Any] | None) -> list[Line] | None:
    """The lines that say a condition; None for one that lines cannot say."""
    if content is None:
        return []
    ((word, body),) = content.items()
    parts = [_line(part) for part in (body if word == "all" else [content])]
    found = [line for line in parts if line is not None]
    return found if len(found) == len(parts) else None


def _is_filled(line: Line) -> bool:
    return bool(line.column) and line.word in COMPARISONS and (bool(line.text) or line.word == "is_null")


def _part(line: Line, kind: str) -> dict[str, Any]:
    column = line.column
    match line.word:
        case "in":
            values = [_value(column, text, kind) for text in _split(line.text)]
            return {"in": {"column": column, "values": values}}
        case "from":
            return {"range": {"column": column, "low": _value(column, line.text, kind)}}
        case "to":
            return {"range": {"column": column, "high": _value(column, line.text, kind)}}
        case "prefix":
            return {"prefix": {"column": column, "text": line.text}}
        case "is_null":
            return {"is_null": {"column": column}}
        case _:
            return {"eq": {"column": column, "value": _value(column, line.text, kind)}}


def _split(text: str) -> list[str]:
    parts = text.replace("，", ",").replace("、", ",").split(",")
    return [part.strip() for part in parts if part.strip()]


def _value(column: str, text: str, kind: str) -> Any:
    """The text as a value of the item's type; days and texts stay text."""
    try:
        if kind == "BOOLEAN":
            return _YES_NO[text.lower()]
        if kind.endswith("INT") or kind == "INTEGER":
            return int(text)
        is_text = kind in ("VARCHAR", "DATE", "TIMESTAMP")
        return text if is_text else float(text)
    except (KeyError, ValueError) as error:
        raise Invalid(
            f"行条件中信息项「{column}」的值与其类型不符", remedy="改为该信息项的值，例如数值、是或否"
        ) from error


def _line(content: Mapping[str, Any]) -> Line | None:
    ((word, body),) = content.items()
    match word, body:
        case "eq", {"column": column, "value": value}:
            return Line(column, "eq", _text(value))
        case "in", {"column": column, "values": values}:
            return Line(column, "in", ",".join(map(_text, values)))
        case "range", {"column": column, "low": low, **more} if not more:
            return Line(column, "from", _text(low))
        case "range", {"column": column, "high": high, **more} if not more:
            return Line(column, "to", _text(high))
        case "prefix", {"column": column, "text": text}:
            return Line(column, "prefix", text)
        case "is_null", {"column": column, **more} if not more.get("negated"):
            return Line(column, "is_null", "")
    return None


def _text(value: Any) -> str:
    return {True: "是", False: "否"}[value] if isinstance(value, bool) else str(value)
