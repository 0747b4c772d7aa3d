"""Which roles the bases read, the items that make a record there, and what columns are called in their sources.

The register stands below the bases: `sixbase bases docs` writes both files out of their specifications.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path

_DATA = Path(__file__).with_name("data")
ROLES, CALLED = _DATA / "base_roles.csv", _DATA / "base_columns.csv"


@cache
def needs() -> Mapping[str, tuple[str, ...]]:
    """`<base>.<role>` -> the items without which its rows make no record."""
    return _read(ROLES, "role", "needs")


@cache
def called() -> Mapping[str, tuple[str, ...]]:
    """`<base>.<table>.<column>` -> the `<role>.<item>` of other names that it is drawn from."""
    return _read(CALLED, "column", "items")


def like(role: str) -> list[str]:
    """The roles of the same base."""
    base = role.partition(".")[0]
    return [each for each in needs() if each.partition(".")[0] == base]


def _read(path: Path, key: str, names: str) -> dict[str, tuple[str, ...]]:
    with path.open(encoding="utf-8", newline="") as file:
        return {row[key]: tuple(row[names].split()) for row in csv.DictReader(file)}
