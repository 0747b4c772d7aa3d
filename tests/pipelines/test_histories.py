"""A delivery against those before it, from the landing folder to the release."""

from __future__ import annotations

import polars as pl

from catalog import deliveries, histories
from catalog.models import DeliveryProfile
from pipelines.checking import take
from pipelines.house import House
from pipelines.landing import collect
from tests.helpers import AS_OF

SLUG = "police_driving_licence"


def deliver(house: House, rows: pl.DataFrame) -> tuple[str, str]:
    """The delivery's id and what became of it."""
    rows.write_parquet(house.store.landing / "police" / SLUG / f"{AS_OF}.parquet")
    (received,), _ = collect(house)
    ((_, state),) = take(house, SLUG, "run").states
    return received, state


def test_a_delivery_whose_item_is_suddenly_empty_waits_for_a_steward_and_is_no_history(city_house: House) -> None:
    (path,) = (city_house.store.home / "sample/landing/police" / SLUG).glob("*.parquet")
    rows = pl.read_parquet(path)
    for dropped in (1, 2, 3):
        _, state = deliver(city_house, rows.head(len(rows) - dropped))
        assert state in ("accepted", "accepted_in_part")
    odd, state = deliver(city_house, rows.with_columns(vehicle_class=pl.lit("C1"), valid_until=pl.lit(None, pl.Date)))
    assert state == "held"
    with city_house.transaction() as db:
        held = deliveries.get(db, odd)
        assert "空值占 100.0%" in held.held_reason
        assert {f.rule: f.outcome.value for f in held.findings if f.rule.startswith("HISTORY")} == {
            "HISTORY_EMPTY": "hold", "HISTORY_SHARES": "warn",
        }  # fmt: skip
        assert db.get(DeliveryProfile, odd) is not None
    after, _ = deliver(city_house, rows.head(len(rows) - 4))
    with city_house.transaction() as db:
        assert [p.rows for p in histories.before(db, deliveries.get(db, after))] == [
            len(rows) - n for n in (3, 2, 1, 0)
        ]
