"""What one reader may see of one release: the only thing `basedb.read` answers. Standard library only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

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
    mask_key: 32 bytes, fixed for a grant version.
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
