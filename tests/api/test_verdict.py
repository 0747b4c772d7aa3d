"""The verdict on a delivery travels with the data: in the catalog's JSON and beside an extract."""

from __future__ import annotations

import json
import re
from hashlib import sha256

import pytest
from rdflib import RDF, XSD, Literal, Namespace, URIRef

from catalog import departments, resources
from catalog.models import Delivery, FindingRow, WrongRows
from catalog.reads import reads_of
from catalog.vocab import Channel, DeliveryState, Dimension, Outcome, Side
from tests.api.conftest import City, keys_of
from tests.api.test_open_catalog import conforms, dataset, read

DQV = Namespace("http://www.w3.org/ns/dqv#")
# rdflib and pyshacl warn of their own deprecated parts
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib", "ignore::DeprecationWarning:pyshacl")


def deliver(city: City, period: str) -> str:
    """A checked delivery of the police; its id."""
    with city.transaction() as db:
        made = Delivery(
            resource=resources.get(db, "people"), period=period, sequence=1, digest="0" * 64, filename="x",
            size=1, channel=Channel.API, delivered_by="police", state=DeliveryState.ACCEPTED_IN_PART,
            received_at=city.clock(), settled_at=city.clock(), rows=10, good=9, bad=1, excepted=1, verdict="passed",
            rules_version="5f3c", wrong_rows=[WrongRows(dimension=Dimension.COMPLETE, rows=2)],
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


def test_a_manifest_beside_an_extract_says_which_bytes_these_are_and_how_good(city: City) -> None:
    grant, token = city.grant(masks={"household_id": "hash"}), city.token("housing-consumer")
    file = city.api.get("/v1/data/people/extract.parquet", token)
    assert file.headers["link"] == '<extract.json>; rel="describedby"'
    answer = city.api.get("/v1/data/people/extract.json", token)
    told = answer.json()
    assert told["sha256"] == sha256(file.content).hexdigest()
    assert (told["size"], str(told["rows"])) == (len(file.content), file.headers["x-rows"])
    assert (told["grant"], told["grant_version"], told["columns"]["household_id"]) == (grant, 1, "hash")
    assert told["releases"] == [{"unit": "people", "release_id": file.headers["x-release-id"]}]
    assert (told["quality"]["verdict"], told["quality"]["share"], told["rules"]) == ("passed", 0.9, "5f3c")
    shares = {each["dimension"]: each["share"] for each in told["dimensions"]}
    assert shares == {"normative": 1.0, "complete": 0.8, "accurate": 1.0, "consistent": 1.0, "timely": 1.0}
    assert [each["label"] for each in told["dimensions"]][:2] == ["规范性", "完整性"]


def test_who_reads_a_manifest_has_read_no_record(city: City) -> None:
    city.grant()
    token = city.token("housing-consumer")
    receipt = city.api.get("/v1/data/people/extract.json", token).headers["x-receipt-id"]
    reads = reads_of(city.store, city.house.digests, "people", keys_of(city)["甲一"])
    assert receipt and receipt not in {each.receipt_id for each in reads}


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


def test_the_verdict_travels_with_the_open_catalog_and_the_markup_of_public_pages(city: City) -> None:
    deliver(city, "2026-11-20")
    graph = read(city)
    passed, text = conforms(graph)
    assert passed, text
    measurement = graph.value(dataset("people"), DQV.hasQualityMeasurement)
    assert graph.value(measurement, DQV.value) == Literal("0.900000", datatype=XSD.decimal)
    assert graph.value(graph.value(measurement, DQV.isMeasurementOf), RDF.type) == DQV.Metric
    assert "合格" in {
        str(each) for each in graph.objects(dataset("people"), URIRef("urn:sixbase:terms:qualityVerdict"))
    }
    page = city.api.get("/catalog/people").text
    (script,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    told = {each["name"]: each["value"] for each in json.loads(script)["additionalProperty"]}
    assert told == {"质量结论": "合格", "合格率": 90.0}
