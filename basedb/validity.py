"""Whether a licence is valid on a day, out of the intervals of its states."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any

# 证照状态 01 有效; a state of which nobody knows since when it held says neither yes nor no
VALID_STATE = "01"


class Validity(StrEnum):
    """The three answers."""

    VALID = "valid"
    NOT_VALID = "not_valid"
    UNKNOWN = "unknown"


def on_day(intervals: Iterable[Mapping[str, Any]], on: date) -> Validity:
    """The answer for a day; unknown where no interval is known at all, or none of a known state holds that day."""
    known = list(intervals)
    day = on.isoformat()
    states = [
        each["state_code"]
        for each in known
        if str(each["state_from"]) <= day and (not each["state_until"] or day <= str(each["state_until"]))
    ]
    if VALID_STATE in states:
        return Validity.VALID
    # before its first day a licence that is known was not valid
    return Validity.UNKNOWN if not known or None in states else Validity.NOT_VALID
