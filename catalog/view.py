"""What one reader may see of one release: the only thing `basedb.read` answers. Standard library only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

from catalog.vocab import Mask

Value = str | int | float | bool | date


@dataclass(frozen=True, slots=True)
class Eq:
    column: str
    value: Value


@dataclass(frozen=True, slots=True)
class In:
    column: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """low <= column <= high; a bound of None is open."""

    column: str
    low: Value | None = None
    high: Value | None = None


@dataclass(frozen=True, slots=True)
class IsNull:
    column: str
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Prefix:
    column: str
    text: str


@dataclass(frozen=True, slots=True)
class AllOf:
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple[Condition, ...]


Condition = Eq | In | Range | IsNull | Prefix | AllOf | AnyOf


class Size(NamedTuple):
    """How large a condition is: levels, parts on all of them, values."""

    depth: int
    parts: int
    values: int

    def fits(self, limit: Size) -> bool:
        """Whether nothing of it goes beyond the limit."""
        return all(own <= most for own, most in zip(self, limit, strict=True))


# SQLite takes an expression 1,000 deep, a chain of `or` counting one each, and 32,766 parameters
READABLE = Size(16, 300, 10_000)
# less what a reader adds: the rows that may be shown today, and its question. What may be asked can be read.
ASKABLE = Size(12, 250, 9_000)


def walk(condition: Condition) -> Iterator[tuple[int, Condition]]:
    """Every part with its depth, from 1; no recursion, so that no depth breaks it."""
    waiting = [(1, condition)]
    while waiting:
        depth, part = waiting.pop()
        yield depth, part
        if isinstance(part, AllOf | AnyOf):
            waiting += [(depth + 1, each) for each in part.parts]


def is_within(condition: Condition, limit: Size) -> bool:
    """Whether a condition is no larger than that; looks no further than the limit."""
    deepest = values = 0
    for parts, (depth, part) in enumerate(walk(condition), start=1):
        deepest, values = max(deepest, depth), values + (len(part.values) if isinstance(part, In) else 1)
        if not Size(deepest, parts, values).fits(limit):
            return False
    return True


@dataclass(frozen=True, slots=True)
class ViewColumn:
    """A column as the reader gets it; type is the DuckDB type before masking."""

    name: str
    type: str
    mask: Mask = Mask.PLAIN


@dataclass(frozen=True, slots=True)
class View:
    """Columns, masks and rows that one grant opens of one release on one day.

    directory: the release directory; table: its table. `record_key` is always answered.
    where: rows of the grant and rows that may be shown today, in one condition.
    suppressed: record keys that no door may show. lookup: columns that may be asked by value.
    mask_key: 32 bytes, fixed for a grant version. departed: keys of persons whose death became known after the release:
    no row that names one is shown.
    """

    resource: str
    directory: Path
    table: str
    release_id: str
    grant_id: str
    grant_version: int
    columns: tuple[ViewColumn, ...]
    where: Condition | None
    suppressed: frozenset[str]
    lookup: tuple[str, ...]
    mask_key: bytes
    departed: frozenset[str] = frozenset()
