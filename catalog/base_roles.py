"""Which roles the bases read, the items that make a record there, and what columns are called in their sources.

The register stands below the bases: `sixbase bases docs` writes both files out of their specifications.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path

_DATA = Path(__file__).with_name("data")
TEXT, NUMBER = "text", "number"
_KINDS = {"VARCHAR": TEXT, "DATE": "date", "TIMESTAMP": "date", "BOOLEAN": "flag"}
ROLES, CALLED = _DATA / "base_roles.csv", _DATA / "base_columns.csv"


@cache
def needs() -> Mapping[str, tuple[str, ...]]:
    """`<base>.<role>` -> the items without which its rows make no record."""
    return _read(ROLES, "role", "needs")


@cache
def kinds() -> Mapping[str, Mapping[str, str]]:
    """`<base>.<role>` -> what kind each of its items has that is no text: date, number or yes or no."""
    return {role: dict(item.split(":") for item in items) for role, items in _read(ROLES, "role", "kinds").items()}


@cache
def called() -> Mapping[str, tuple[str, ...]]:
    """`<base>.<table>.<column>` -> the `<role>.<item>` of other names that it is drawn from."""
    return _read(CALLED, "column", "items")


def kind_of(stored: str) -> str:
    """The kind of a DuckDB type; values of one kind can be read as each other."""
    return _KINDS.get(stored.partition("(")[0], NUMBER)


def like(role: str) -> list[str]:
    """The roles of the same base."""
    base = role.partition(".")[0]
    return [each for each in needs() if each.partition(".")[0] == base]


def _read(path: Path, key: str, names: str) -> dict[str, tuple[str, ...]]:
    with path.open(encoding="utf-8", newline="") as file:
        return {row[key]: tuple(row[names].split()) for row in csv.DictReader(file)}
