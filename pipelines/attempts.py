"""Attempts at a delivery: counted before they begin, so that one that kills its run ends, too."""

from __future__ import annotations

from collections.abc import Sequence

from catalog import check_failures, claims, deliveries
from pipelines.house import House


def begin(house: House, delivery_id: str) -> bool:
    """Whether a claimed delivery may be checked; one that had its attempts is returned."""
    with house.transaction() as db:
        row = deliveries.get(db, delivery_id)
        may = claims.begin(db, row)
        if not may:
            check_failures.give_up(db, row, check_failures.KILLED, now=house.clock(), zone=house.settings.zone)
        return may


def failed(house: House, delivery_ids: Sequence[str], error: Exception) -> None:
    """Let deliveries wait for the next attempt, or return those that have had the last.

    Only the kind of the error is kept: its text may quote a row.
    """
    with house.transaction() as db:
        for row in (deliveries.get(db, each) for each in delivery_ids):
            if not claims.put_back(db, row):
                cause = type(error).__name__
                check_failures.give_up(db, row, cause, now=house.clock(), zone=house.settings.zone)
