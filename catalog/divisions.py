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
_FIRST_CARDS = 1984


@cache
def area_codes() -> dict[str, int]:
    """The known six-digit area codes, historic ones included, and the last year in which each was in force."""
    ends = dict(_LACKING)
    for code, _, end in _timeline():
        ends[code] = max(ends.get(code, 0), end)
    return ends


@cache
def own_area_codes(city: str) -> tuple[str, ...]:
    """The codes under which a city and its counties gave out identifiers, in order; former ones included.

    city: its own division code. The codes that begin with its four digits; and, of prefectures that are no more, those
    that bore the name of one of its counties when identity cards were given out (from 1984 on): such a county came to
    the city with its people.
    """
    own = [(code, name) for code, name, _ in _timeline() if code[:4] == city[:4]]
    names = {name for code, name in own if code != city}
    living = {code[:4] for code, _, end in _timeline() if end == STILL_IN_FORCE}
    came = [
        code
        for code, name, end in _timeline()
        if code[:2] == city[:2] and code[:4] not in living and end >= _FIRST_CARDS and name in names
    ]
    return tuple(sorted({city, *(code for code, _ in own), *came}))


@cache
def _timeline() -> tuple[tuple[str, str, int], ...]:
    """Code, name and last year of each span of the table."""
    with _TIMELINE.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return tuple((row["code"], row["name"], int(row["end_year"] or STILL_IN_FORCE)) for row in rows)
