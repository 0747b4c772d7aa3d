"""Which roles the bases read, and the items that a row must bring to make a record there.

The register stands below the bases: `sixbase bases docs` writes data/base_roles.csv out of their specifications.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("data") / "base_roles.csv"
COLUMNS = ("role", "title", "needs")


@cache
def needs() -> Mapping[str, tuple[str, ...]]:
    """`<base>.<role>` -> the items without which its rows make no record."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return {row["role"]: tuple(row["needs"].split()) for row in csv.DictReader(file)}


def like(role: str) -> list[str]:
    """The roles of the same base."""
    base = role.partition(".")[0]
    return [each for each in needs() if each.partition(".")[0] == base]
