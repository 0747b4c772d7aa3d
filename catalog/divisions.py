"""Area codes that identifiers may begin with: every county-level code ever in force, with its last year.

Source: division_codes_timeline.csv (county-level codes of China with their years); it lacks a code of the former
Yanbei prefecture (雁北地区, to 1992) that stands on living people's cards.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

_TIMELINE = Path(__file__).parent / "data" / "division_codes_timeline.csv"
_LACKING = {"142101": 1992}
STILL_IN_FORCE = 9999


@cache
def area_codes() -> dict[str, int]:
    """The known six-digit area codes, historic ones included, and the last year in which each was in force."""
    ends = dict(_LACKING)
    with _TIMELINE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            ends[row["code"]] = max(ends.get(row["code"], 0), int(row["end_year"] or STILL_IN_FORCE))
    return ends
