"""The verdict on a delivery travels with the data: in the catalog's JSON and beside an extract."""

from __future__ import annotations

from catalog import departments, resources
from catalog.models import Delivery, FindingRow
from catalog.vocab import Channel, DeliveryState, Dimension, Outcome, Side
from tests.api.conftest import City


def deliver(city: City, period: str) -> str:
    """A checked delivery of the police; its id."""
    with city.transaction() as db:
        made = Delivery(
            resource=resources.get(db, "people"), period=period, sequence=1, digest="0" * 64, filename="x",
            size=1, channel=Channel.API, delivered_by="police", state=DeliveryState.ACCEPTED_IN_PART,
            received_at=city.clock(), settled_at=city.clock(), rows=10, good=9, bad=1, excepted=1, verdict="passed",
        )  # fmt: skip
        db.add(made)
    return made.id


def test_the_verdict_travels_with_the_catalog_and_the_extract(city: City) -> None:
    assert city.api.get("/v1/resources/people").json()["quality"] is None
    deliver(city, "2026-11-19")
    found = city.api.get("/v1/resources/people").json()["quality"]
    assert found == {
        "verdict": "passed",
        "verdict_label": "合格",
        "share": 0.9,
        "excepted": 1,
        "period": "2026-11-19",
        "passed_from": 95.0,
        "fair_from": 80.0,
    }
    city.grant()
    extract = city.api.get("/v1/data/people/extract.parquet", city.token("housing-consumer"))
    told = {name: extract.headers[name] for name in ("x-quality-verdict", "x-quality-share", "x-quality-excepted")}
    assert told == {"x-quality-verdict": "passed", "x-quality-share": "0.900000", "x-quality-excepted": "1"}


def test_scorecards_are_a_department_s_own_and_everybody_s_for_the_authority(city: City) -> None:
    delivery = deliver(city, "2026-11-18")
    with city.transaction() as db:
        db.add(
            FindingRow(
                resource=resources.get(db, "people"), delivery_id=delivery, rule="X", dimension=Dimension.CONSISTENT,
                outcome=Outcome.WARN, side=Side.COLLECTOR, count=1, message="x", first_rows=[], found_at=city.clock(),
                department=departments.get(db, "digital_government"),
            )
        )  # fmt: skip

    def seen(client: str) -> set[str]:
        cards = city.api.get("/v1/scorecards?months=2", city.token(client)).json()
        assert {card["month"] for card in cards} == {"2026-11"}, "nothing happened before"
        return {card["department"] for card in cards}

    assert seen("police-verifier") == {"police"}
    assert seen("digital_government-steward") == {"police", "digital_government"}
    assert city.api.get("/v1/scorecards", city.token("housing-verifier")).json() == []
