"""Pulling increments: what changed since a release, under the caller's grant, masks and what may be shown today."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from catalog import grants, narrowing, resources
from catalog.models import Suppression
from catalog.reads import reads_of
from tests.api.conftest import PEOPLE, City, keys_of, make_release

_DAY = iter(range(1, 28))
NEXT = PEOPLE.replace("乙二", "乙贰").replace(
    "000000197001010011 | 戊五 | h3 | 1970-01-01", "000000196001010013 | 己六 | h4 | 1960-01-01"
)


@pytest.fixture(autouse=True)
def later(city: City) -> Iterator[None]:
    """Each test a while on, with tokens that are good and the people as they were at first."""
    city.clock.now += timedelta(minutes=10)
    city._tokens.clear()
    deliver(city, PEOPLE)
    yield


def deliver(city: City, text: str) -> str:
    """The people in a new release in force; its id."""
    with city.transaction() as db:
        people = resources.get(db, "people")
        day = date(2026, 10, next(_DAY))
        made = make_release(db, city.store, city.house.keys, people, text, day, city.clock())
    city.house.access.look_again()
    return made


def pull(city: City, since: str, status: int = 200, **query: Any) -> dict[str, Any]:
    answer = city.api.get("/v1/data/people/changes", city.token("housing-all"), params={"since": since, **query})
    assert answer.status_code == status, answer.text
    return answer.json()  # type: ignore[no-any-return]


def test_a_consumer_pulls_what_changed_and_holds_what_is_in_force(city: City) -> None:
    city.grant(includes_minors=True, masks={"name": "plain"})
    since = city.release("people")
    held = {r["record_key"]: r for r in records(city)}
    now = deliver(city, NEXT)
    found = pull(city, since)
    assert (found["since"], found["release"], found["next"]) == (since, now, None)
    assert {c["op"] for c in found["changes"]} == {"update"}
    assert [c["changed"] for c in found["changes"] if c["record"]["name"] == "乙贰"] == [["name"]]
    held |= {c["record_key"]: c["record"] for c in found["changes"]}
    assert held == {r["record_key"]: r for r in records(city)}
    assert pull(city, now)["changes"] == []


def records(city: City) -> list[dict[str, Any]]:
    return city.api.get("/v1/data/people/records", city.token("housing-all")).json()["records"]  # type: ignore[no-any-return]


def test_pages_of_changes_go_on_by_cursor_and_stay_on_their_release(city: City) -> None:
    city.grant(includes_minors=True, masks={"name": "plain"})
    since = city.release("people")
    one = deliver(city, NEXT)
    whole = pull(city, since)["changes"]
    first = pull(city, since, limit=1)
    deliver(city, PEOPLE)
    rest = pull(city, since, cursor=first["next"])
    assert (first["release"], rest["release"]) == (one, one)
    assert [*first["changes"], *rest["changes"]] == whole
    assert pull(city, "another", 404)
    assert pull(city, one, 400, cursor=first["next"])["code"] == "invalid"


def test_a_suppressed_record_is_a_delete_and_comes_back_as_an_insert(city: City) -> None:
    city.grant()
    key, since = keys_of(city)["甲一"], city.release("people")
    with city.transaction() as db:
        people = resources.get(db, "people")
        tomorrow = city.house.today + timedelta(days=1)
        facts = {"reason": "测试", "by": "test", "now": city.clock(), "valid_from": tomorrow, "valid_to": tomorrow}
        grants.suppress(db, people, key, **facts)
    before = city.clock.now
    city.clock.now += timedelta(days=1)
    city._tokens.clear()
    assert [(c["op"], c["record_key"], c["record"]) for c in pull(city, since)["changes"]] == [("delete", key, None)]
    then = deliver(city, NEXT)
    city.clock.now += timedelta(days=1)
    city._tokens.clear()
    found = pull(city, then)["changes"]
    assert [(c["op"], c["record_key"], c["record"]["record_key"]) for c in found] == [("insert", key, key)]
    city.clock.now = before


def test_a_record_withheld_for_a_day_comes_back_to_whoever_dropped_it(city: City) -> None:
    """The release stays the same all the while."""
    city.grant()
    key, since, before = keys_of(city)["戊五"], city.release("people"), city.clock.now
    with city.transaction() as db:
        today = city.house.today
        facts = {"reason": "测试", "by": "test", "now": city.clock(), "valid_from": today, "valid_to": today}
        number = grants.suppress(db, resources.get(db, "people"), key, **facts).id
    city.house.access.look_again()
    assert [(c["op"], c["record_key"]) for c in pull(city, since)["changes"]] == [("delete", key)]
    city.clock.now += timedelta(days=1)
    city._tokens.clear()
    assert ("insert", key) in [(c["op"], c["record_key"]) for c in pull(city, since)["changes"]]
    city.clock.now = before
    with city.transaction() as db:
        db.delete(db.get_one(Suppression, number))


def test_a_minor_is_in_no_change_unless_the_grant_names_minors(city: City) -> None:
    city.grant()
    since = city.release("people")
    deliver(city, PEOPLE.replace("丙三", "丙叁"))
    assert pull(city, since)["changes"] == []


def test_what_a_narrowed_grant_shows_no_more_is_a_delete(city: City) -> None:
    """The third is a minor, the fifth of another household."""
    grant_id = city.grant(includes_minors=True, masks={"name": "plain"})
    keys, since = keys_of(city), city.release("people")
    with city.transaction() as db:
        first = {"in": {"column": "household_id", "values": ["h1", "h2"]}}
        facts: dict[str, Any] = {"reason": "用途变更", "by": "test", "now": city.clock(), "zone": city.settings.zone}
        grant = grants.get_grant(db, grant_id)
        narrowing.narrow(db, grant, **facts, row_condition=first)
        narrowing.narrow(db, grant, **facts, exclude_minors=True)
    city.house.access.look_again()
    assert {(c["op"], c["record_key"]) for c in pull(city, since)["changes"]} == {
        ("delete", keys["丙三"]), ("delete", keys["戊五"]),
    }  # fmt: skip


def test_every_page_of_changes_leaves_a_receipt_that_names_its_records(city: City) -> None:
    city.grant(masks={"name": "plain"})
    key, since = keys_of(city)["乙二"], city.release("people")
    deliver(city, NEXT)
    pull(city, since)
    doors = [read.door for read in reads_of(city.store, city.house.digests, "people", key)]
    assert "/v1/data/{resource}/changes" in doors


def test_a_question_without_the_release_is_the_caller_s_fault(city: City) -> None:
    city.grant()
    answer = city.api.get("/v1/data/people/changes", city.token("housing-all"))
    assert answer.status_code == 400, answer.text


def test_without_a_grant_nothing_is_told(city: City) -> None:
    assert pull(city, city.release("people"), 403)["code"] == "not_granted"
