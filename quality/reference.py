"""What a check looks at beside the delivered file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Reference:
    """Facts of the city and earlier rows, as far as they are known; a rule that lacks its facts finds nothing.

    area_codes: every code an identifier may begin with, and its last year.
    working_days: of the official calendar, as far as terms reach back.
    outlines: a Parquet file with `division_code` and `geometry` (GeoJSON) of the counties.
    period_end: the last day of the period that the delivery is of.
    earlier: Parquet files of earlier rows of the same resource with `_key`; a later file replaces the keys before it.
    """

    area_codes: Mapping[str, int]
    working_days: Sequence[date] = ()
    outlines: Path | None = None
    earlier: tuple[Path, ...] = ()
    period_end: date | None = None
