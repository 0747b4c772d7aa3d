"""Values on their way in and out: JSON for the reader, stored forms for SQLite, typed for DuckDB.

JSON: text, whole and floating numbers and booleans as themselves; dates `2026-11-23`, times
`2026-11-23T08:00:00.000000` (UTC), decimals as text with all their digits (`"12.50"`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from basedb.lookup import WHOLE, scale
from basedb.masks import Json
from catalog.errors import Invalid
from catalog.view import Value


def from_sqlite(kind: str) -> Callable[[Json], Json]:
    """A function from a stored form of that DuckDB type to JSON."""
    digits = scale(kind)
    if digits is not None:
        return lambda value: None if value is None else f"{Decimal(str(value)).scaleb(-digits):f}"
    if kind == "BOOLEAN":
        return lambda value: None if value is None else bool(value)
    return lambda value: value


def from_duckdb(value: object) -> Json:
    """JSON of a value as DuckDB's Python client gives it."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value if isinstance(value, str | int | float | bool) else None


def typed(value: Value, kind: str, column: str) -> Value | Decimal:
    """A value asked for, as the column's type; Invalid names the column and never repeats the value."""
    try:
        return _typed(value, kind)
    except (ValueError, TypeError, InvalidOperation) as wrong:
        raise Invalid(f"条件中 {column} 的值不是 {kind} 类型", remedy="日期写作 2026-11-23", column=column) from wrong


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
    digits = scale(kind)
    if digits is not None:
        return _decimal(value, digits)
    if kind == "TIMESTAMP":
        return value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    if kind == "DATE":
        return value if isinstance(value, date) and not isinstance(value, datetime) else date.fromisoformat(str(value))
    if kind == "BOOLEAN":
        return _boolean(value)
    if kind in WHOLE:
        return _whole(value)
    return float(str(value)) if kind in ("DOUBLE", "FLOAT") else _text(value)


def _decimal(value: Value, digits: int) -> Decimal:
    exact = Decimal(str(value))
    if not exact.is_finite() or abs(exact.scaleb(digits)) >= Decimal(10) ** 18:
        raise ValueError("out of range")
    rounded = round(exact, digits)
    if rounded != exact:
        raise ValueError("more digits than the column has")
    return rounded


def _whole(value: Value) -> int:
    number = int(str(value))
    if not -(2**63) <= number < 2**63:
        raise ValueError("out of range")
    return number


def _boolean(value: Value) -> bool:
    known = {"true": True, "1": True, "false": False, "0": False}
    word = str(value).lower()
    if word not in known:
        raise ValueError("no boolean")
    return known[word]


def _text(value: Value) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value
