"""Values as people read them: numbers with separators, days and times of the city, sizes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from api.texts import Words
from catalog.vocab import Term

_UNITS = ("B", "KB", "MB", "GB", "TB")


def number(value: float | None) -> str:
    """1234567 -> 1,234,567; at most two decimals."""
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int) else f"{value:,.2f}".rstrip("0").rstrip(".")


def percent(value: float | None) -> str:
    """A share between 0 and 1; what is not whole never reads as 100%."""
    if value is None:
        return ""
    text = f"{100 * value:.2f}".rstrip("0").rstrip(".")
    return "99.99%" if text == "100" and value < 1 else f"{text}%"


def size(value: int | None) -> str:
    if value is None:
        return ""
    amount, step = float(value), 0
    while amount >= 1024 and step < len(_UNITS) - 1:
        amount, step = amount / 1024, step + 1
    return f"{amount:.0f} {_UNITS[step]}" if step == 0 else f"{amount:.1f} {_UNITS[step]}"


def day(value: date | None) -> str:
    return value.isoformat() if value else ""


def moment(value: datetime | None, zone: ZoneInfo) -> str:
    """A UTC time as the city's clocks show it."""
    return value.astimezone(zone).strftime("%Y-%m-%d %H:%M") if value else ""


def shown(value: Any, kind: str, words: Words, zone: ZoneInfo) -> str:
    """A cell's value as text, by the kind of its column."""
    match kind:
        case "text" if type(value) is str:
            return value
        case _ if value is None or value == "":
            return ""
        case "number":
            return number(value)
        case "percent" | "meter":
            return percent(value)
        case "size":
            return size(value)
        case "moment":
            return moment(value, zone)
        case "act":
            return words.known(f"act.{value}", str(value))
        case "choice":
            return words.known(f"choice.{value}", str(value))
        case "day":
            return day(value)
        case _ if isinstance(value, Term):
            return words.term(value)
        case _ if isinstance(value, bool):
            return words("yes" if value else "no")
        case _:
            return str(value)
