"""A disputed value from the consumer to the collector and back: mended with proof, and told to all who had read it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from catalog import corrections, departments, mending, order_lists, resources, sealing, spread
from catalog.clockwork import advance
from catalog.errors import Damaged
from catalog.models import Correction, Delivery, Notice
from catalog.vocab import Channel, DeliveryState
from tests.api.conftest import PEOPLE, City, keys_of, make_release
from tests.api.quality_calls import correction_body
from tests.catalog.offices import ZONE

MENDED = PEOPLE.replace("乙二", "乙贰")


@pytest.fixture(autouse=True)
def later(city: City) -> Iterator[None]:
    """Each test a while on, with the people as they were and tokens that are good."""
    city.clock.now += timedelta(minutes=10)
    city._tokens.clear()
    yield
    if set(keys_of(city)) != {"甲一", "乙二", "丙三", "丁四", "戊五"}:
        redeliver(city, PEOPLE)


def ask(city: City, name: str = "乙二", **more: str) -> Any:
    body = correction_body(keys_of(city)[name], claim="乙贰", **more)
    return city.api.post("/v1/corrections", city.token("housing-consumer"), json=body)


def asked(city: City, **more: str) -> str:
    """An open request of housing about a name, under a grant of its own."""
    with city.transaction() as db:
        for old in db.query(Correction).filter_by(state="asked"):
            old.state = "withdrawn"
    city.grant()
    answer = ask(city, **more)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def reply(city: City, correction: str, client: str = "police-verifier", **body: str) -> Any:
    return city.api.post(f"/v1/corrections/{correction}/reply", city.token(client), json=body)


_DAY = iter(range(21, 30))


def redeliver(city: City, text: str) -> str:
    """A new delivery of the people, in a release in force; its id."""
    day = date(2026, 11, next(_DAY))
    with city.transaction() as db:
        people = resources.get(db, "people")
        make_release(db, city.store, city.house.keys, people, text, day, city.clock())
        db.add(
            Delivery(
                id=f"d{day}", resource=people, period=day.isoformat(), sequence=1, digest="0" * 64, filename="x",
                size=1, channel=Channel.API, delivered_by="police", state=DeliveryState.ACCEPTED,
                received_at=city.clock(), rows=5, good=5, bad=0,
            )
        )  # fmt: skip
    city.house.access.look_again()
    return f"d{day}"


def told(city: City, department: str, kind: str) -> list[Notice]:
    with city.transaction() as db:
        owner = departments.get(db, department)
        return list(db.query(Notice).filter_by(department_id=owner.id, kind=kind).order_by(Notice.sent_at))


def test_a_request_goes_to_the_collector_with_ten_working_days(city: City) -> None:
    correction = asked(city)
    found = city.api.get(f"/v1/corrections/{correction}", city.token("police-verifier")).json()
    assert (found["assigned"], found["source"], found["state"]) == ("police", "people", "asked")
    assert (found["claim"], found["grounds"]) == ("乙贰", "户口簿")
    with city.transaction() as db:
        due = db.get_one(Correction, correction).due_at
        assert due is not None and due.astimezone(ZONE).strftime("%m-%d %H:%M") == "12-05 00:00"
    assert told(city, "police", "correction_to_answer")[-1].subject == correction


def test_what_people_write_stands_sealed_in_the_register_and_in_no_notice(city: City) -> None:
    correction = asked(city)
    with city.transaction() as db:
        kept = db.get_one(Correction, correction)
        assert "乙贰" not in kept.claim and "乙贰".encode().hex() not in kept.claim
        assert corrections.words(city.house.keys, kept).claim == "乙贰"
        with pytest.raises(Damaged):
            sealing.unseal(city.house.keys, "another.claim", kept.claim)
        with pytest.raises(Damaged):
            changed = re.sub(r"\.(..)", lambda found: "." + ("00" if found[1] != "00" else "11"), kept.claim, count=1)
            sealing.unseal(city.house.keys, f"{kept.id}.claim", changed)
    assert not any("乙" in notice.text for notice in told(city, "police", "correction_to_answer"))
    assert not any("乙贰" in line for line in city.log)


def test_others_read_that_a_request_is_there_but_not_its_words(city: City) -> None:
    correction = asked(city)
    for client, sees in {
        "digital_government-auditor": False,
        "digital_government-steward": False,
        "police-consumer": False,
        "police-registrar": True,
        "housing-consumer": True,
        "housing-verifier": False,
    }.items():
        found = city.api.get(f"/v1/corrections/{correction}", city.token(client)).json()
        assert (found["claim"] is not None) == sees, client
    assert city.api.get(f"/v1/corrections/{correction}", city.token("taxation-consumer")).status_code == 403


def test_only_what_the_grant_shows_can_be_disputed(city: City) -> None:
    assert ask(city).status_code == 403
    city.grant(masks={"name": "hidden"})
    assert ask(city).status_code == 400
    assert ask(city, item="secret_note").status_code == 400
    assert ask(city, item="id_number; drop table correction").status_code == 400
    minor = ask(city, name="丙三", item="household_id")
    unknown = city.api.post(
        "/v1/corrections", city.token("housing-consumer"), json=correction_body("0" * 20, item="household_id")
    )
    assert (minor.status_code, unknown.status_code) == (404, 404)
    assert minor.json()["detail"] == unknown.json()["detail"]


def test_one_open_request_for_a_value_is_enough(city: City) -> None:
    asked(city)
    assert ask(city).status_code == 409
    assert ask(city, item="household_id").status_code == 201


def test_a_no_needs_a_reason_and_is_told(city: City) -> None:
    correction = asked(city)
    assert reply(city, correction, answer="refused").status_code == 400
    assert reply(city, correction, answer="refused", text="经核实无误").json()["state"] == "refused"
    assert told(city, "housing", "correction_refused")[-1].subject == correction
    mine = city.api.get(f"/v1/corrections/{correction}", city.token("housing-consumer")).json()
    assert mine["answer"] == "经核实无误"
    assert reply(city, correction, answer="refused", text="再答").status_code == 409


def test_a_fix_must_be_seen_in_the_release_in_force_and_reaches_all_who_read_the_record(city: City) -> None:
    key = keys_of(city)["乙二"]
    correction = asked(city)
    city.grant(department="taxation")
    city.grant(department="digital_government", masks={"name": "hidden"})
    for client in ("housing-consumer", "taxation-consumer", "digital_government-consumer"):
        assert city.api.get(f"/v1/data/people/records/{key}", city.token(client)).status_code == 200
    # the same bytes again mend nothing; a delivery that is not there is no proof
    unchanged = redeliver(city, PEOPLE)
    mended = {"answer": "mended", "text": "已更正"}
    assert reply(city, correction, **mended, delivery=unchanged).status_code == 409
    assert reply(city, correction, **mended, delivery="d2026-11-19").status_code == 404
    assert reply(city, correction, **mended).status_code == 400
    fix = redeliver(city, MENDED)
    assert reply(city, correction, **mended, delivery=unchanged).status_code == 409
    city.clock.now += timedelta(minutes=1)
    done = reply(city, correction, **mended, delivery=fix)
    assert done.status_code == 200, done.text
    assert (done.json()["state"], done.json()["fix_delivery_id"], done.json()["told"]) == ("mended", fix, 2)
    for department in ("housing", "taxation"):
        notice = told(city, department, "value_mended")[-1]
        assert key in notice.text and "乙" not in notice.text
    # what was hidden from it, the authority never read
    assert told(city, "digital_government", "value_mended") == []
    assert told(city, "housing", "correction_mended")[-1].subject == correction


def test_who_read_before_the_wrong_value_came_in_is_not_troubled(city: City) -> None:
    key = keys_of(city)["戊五"]
    city.grant(department="taxation")
    assert city.api.get(f"/v1/data/people/records/{key}", city.token("taxation-consumer")).status_code == 200
    city.clock.now += timedelta(minutes=1)
    wrong = MENDED.replace("戊五", "戊伍")
    redeliver(city, wrong)
    came = city.clock()
    redeliver(city, wrong)
    city.grant()
    city.clock.now += timedelta(minutes=1)
    assert city.api.get(f"/v1/data/people/records/{key}", city.token("housing-consumer")).status_code == 200
    body = correction_body(key)
    correction = city.api.post("/v1/corrections", city.token("housing-consumer"), json=body).json()["id"]
    city.clock.now += timedelta(minutes=1)
    fix = redeliver(city, MENDED)
    done = reply(city, correction, answer="mended", text="已更正", delivery=fix).json()
    assert done["told"] == 1, done
    with city.transaction() as db:
        kept = db.get_one(Correction, correction)
        assert kept.wrong_since == came
        (reads,) = mending.readers_of(city.store, city.house.digests, spread.places(db, city.store, kept)).values()
        assert {read.department for read in reads} == {"housing"}


def test_an_extract_counts_as_reading_every_record_in_it(city: City) -> None:
    correction = asked(city)
    city.grant(department="taxation")
    assert city.api.get("/v1/data/people/extract.parquet", city.token("taxation-consumer")).status_code == 200
    city.clock.now += timedelta(minutes=1)
    fix = redeliver(city, MENDED)
    assert reply(city, correction, answer="mended", text="已更正", delivery=fix).json()["told"] == 1


def test_a_department_s_own_record_cannot_be_blamed_on_the_platform(city: City) -> None:
    assert reply(city, asked(city), answer="platform", fault="merge").status_code == 400


def test_only_who_asked_takes_a_request_back(city: City) -> None:
    correction = asked(city)
    path = f"/v1/corrections/{correction}/withdrawal"
    assert city.api.post(path, city.token("taxation-consumer")).status_code == 403
    assert city.api.post(path, city.token("housing-consumer")).json()["state"] == "withdrawn"
    assert told(city, "police", "correction_withdrawn")[-1].subject == correction


def test_a_request_is_reminded_of_once_and_escalated_once_when_it_is_overdue(city: City) -> None:
    correction = asked(city)
    with city.transaction() as db:
        due = db.get_one(Correction, correction).due_at
        assert due is not None
        assert [advance(db, due - timedelta(days=2), ZONE)["corrections_reminded"] for _ in range(2)] == [1, 0]
        assert [advance(db, due, ZONE)["corrections"] for _ in range(2)] == [1, 0]
    assert told(city, "police", "correction_reminder")[-1].subject == correction
    for department in ("digital_government", "police", "housing"):
        assert told(city, department, "correction_overdue")[-1].subject == correction


def test_what_was_linked_or_merged_wrong_becomes_the_authority_s_own_with_an_order(city: City) -> None:
    correction = asked(city)
    with city.transaction() as db:
        # as if the record lay in a base
        people = resources.get(db, "people")
        found = db.get_one(Correction, correction)
        police, authority = departments.get(db, "police"), departments.authority(db)
        unit, people.unit = people.unit, "natural_person"
        who: dict[str, Any] = {"by": "x", "now": city.clock()}
        corrections.blame(db, found, fault="merge", department_id=police.id, zone=ZONE, **who)
        assert (found.assigned_id, found.state, found.fault) == (authority.id, "asked", "merge")
        order = order_lists.find(db, "MERGE_WRONG", people.id, authority.id)
        assert order is not None and (order.state, order.count) == ("open", 1) and order.due_at is not None
        people.unit = unit
        corrections.refuse(
            db, city.house.keys, found, text="经核实，合并无误", department_id=authority.id, by="x", now=city.clock()
        )
        assert order.state == "closed"
