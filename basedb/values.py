"""Values on their way in and out: JSON for the reader, stored forms for SQLite, typed for DuckDB.

JSON: text, whole and floating numbers and booleans as themselves; dates `2026-11-23`, times
`2026-11-23T08:00:00.000000` (UTC), decimals as text with all their digits (`"12.50"`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from math import isfinite

from basedb.lookup import WHOLE, scale
from basedb.masks import Json
from catalog.errors import Invalid
from catalog.view import Value

WHOLE_NUMBER = re.compile(r"-?[0-9]+")
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
FLOATING_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
BITS = {"BIGINT": 64, "INTEGER": 32, "SMALLINT": 16, "TINYINT": 8}


def from_sqlite(kind: str) -> Callable[[Json], Json]:
    """A function from a stored form of that DuckDB type to JSON."""
    digits = scale(kind)
    if digits is not None:
        return lambda value: None if value is None else f"{Decimal(str(value)).scaleb(-digits):f}"
    if kind == "BOOLEAN":
        return lambda value: None if value is None else bool(value)
    return lambda value: value


def typed(value: Value, kind: str, column: str) -> Value | Decimal:
    """A value asked for, as the column's type; Invalid names the column and never repeats the value.

    Refused as well: what the two engines would read differently, such as NaN or a text with a NUL.
    """
    try:
        return _typed(value, kind)
    except (ValueError, TypeError, ArithmeticError):  # their texts repeat the value
        raise Invalid(f"条件中 {column} 的值不是 {kind} 类型", remedy="日期写作 2026-11-23", column=column) from None


def text(value: object) -> str:
    """A text that both engines can hold; ValueError or TypeError for anything else."""
    if not isinstance(value, str):
        raise TypeError("no text")
    if "\0" in value:
        raise ValueError("SQLite ends a text at its first NUL")
    value.encode()  # a lone surrogate has no UTF-8
    return value


def to_sqlite(value: Value | Decimal, kind: str) -> str | int | float:
    """The stored form of a typed value."""
    if isinstance(value, Decimal):
        return int(value.scaleb(scale(kind) or 0))
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    return int(value) if isinstance(value, bool) else value


def _typed(value: Value, kind: str) -> Value | Decimal:
    if scale(kind) is not None:
        return _decimal(value, kind)
    if kind in WHOLE:
        return _whole(value, kind)
    return _SPECIAL.get(kind, text)(value)


def _decimal(value: Value, kind: str) -> Decimal:
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(_matching(NUMBER, value))
    width, digits = map(int, re.findall(r"\d+", kind))
    if not exact.is_finite() or abs(exact) >= Decimal(10) ** (width - digits):
        raise ValueError("out of range")
    rounded = round(exact, digits)
    if rounded != exact:
        raise ValueError("more digits than the column has")
    return rounded


def _whole(value: Value, kind: str) -> int:
    number = int(_matching(WHOLE_NUMBER, value))
    bits = BITS[kind.removeprefix("U")]
    low, high = (0, 2**bits) if kind.startswith("U") else (-(2 ** (bits - 1)), 2 ** (bits - 1))
    if not low <= number < high:
        raise ValueError("out of range")
    return number


def _floating(value: Value) -> float:
    number = float(_matching(FLOATING_NUMBER, value))
    if not isfinite(number):
        raise ValueError("out of range")
    return number


def _matching(pattern: re.Pattern[str], value: Value) -> str:
    """The value's text; Python alone would read `4_0`, ` 4 ` and the digits of other scripts too."""
    written = str(value)
    if not pattern.fullmatch(written):
        raise ValueError("no number")
    return written


def _date(value: Value) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    return date.fromisoformat(_matching(DAY, value))


def _time(value: Value) -> datetime:
    """The time as UTC; one without a zone is UTC already."""
    time = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return time.astimezone(UTC).replace(tzinfo=None) if time.tzinfo else time


def _boolean(value: Value) -> bool:
    known = {"true": True, "1": True, "false": False, "0": False}
    word = str(value).lower()
    if word not in known:
        raise ValueError("no boolean")
    return known[word]


_SPECIAL: dict[str, Callable[[Value], Value]] = {
    "TIMESTAMP": _time,
    "DATE": _date,
    "BOOLEAN": _boolean,
    "DOUBLE": _floating,
    "FLOAT": _floating,
}
