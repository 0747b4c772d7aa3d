"""Area codes that identifiers may begin with: every county-level code ever in force.

Source: division_codes_timeline.csv (county-level codes of China with their years); the codes of the former
Yanbei prefecture (雁北地区, 1421xx, to 1993) stand on living people's cards and are added.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

_TIMELINE = Path(__file__).parent / "data" / "division_codes_timeline.csv"
_YANBEI = {f"1421{number:02d}" for number in (*range(21, 34), 1)}


@cache
def area_codes() -> frozenset[str]:
    """The known six-digit area codes, historic ones included."""
    with _TIMELINE.open(encoding="utf-8", newline="") as file:
        return frozenset(row["code"] for row in csv.DictReader(file)) | _YANBEI
