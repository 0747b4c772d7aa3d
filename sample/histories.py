"""Months of one resource, of which one falls out of line: fewer rows, more empty values, other shares of codes.

A platform that compares deliveries needs some before it; the month that falls out is the last but one, so that the
newest delivery is right again.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from sample.desk import Desk
from sample.periods import months_before
from sample.streams import Bools

MONTHS = 5
FEWEST_ROWS = 50  # of fewer rows, shares say nothing
SHARE = 0.4


@dataclass(frozen=True)
class Fall:
    """What is done to the month that falls out: the kind of trouble, the item it shows in, and what stands there."""

    kind: str
    item: str | None = None
    value: str | None = None

    def of(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The frame with four rows in ten gone, or changed in one item."""
        chosen: Bools = np.arange(len(frame)) % 10 < 10 * SHARE
        if self.item is None:
            return frame.filter(pl.Series(~chosen))
        return frame.with_columns(frame[self.item].scatter(np.flatnonzero(chosen), self.value))


def send_months(desk: Desk, slug: str, last: pl.DataFrame, fall: Fall, before: pl.DataFrame | None = None) -> None:
    """The last five months of a monthly resource: `before` in those that came first, else the same as in the last."""
    earlier = last if before is None else before
    earlier = earlier.select(column for column in earlier.columns if column != "_plant")
    *first, fallen, newest = [f"{year}-{month:02}" for year, month in months_before(desk.world.as_of, MONTHS)]
    for period in first:
        desk.send(slug, earlier, period, spoilt=False)
    if desk.world.is_clean or len(earlier) < FEWEST_ROWS:
        desk.send(slug, earlier, fallen, spoilt=False)
    else:
        desk.send(slug, fall.of(earlier), fallen, spoilt=False)
        desk.note(fall.kind, slug, fallen, desk.path(slug, fallen, desk.forms[slug]), [None], fall.item)
    desk.send(slug, last, newest)
