"""As of: what a release, or the release in force on a day, said; under the grant and what may be shown today."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pyarrow.parquet as pq
import pytest

from catalog import extracts, grants, past, resources, retention
from catalog.receipts import Entry
from catalog.register import bump
from tests.api.conftest import PEOPLE, City, keys_of, make_release

DATA = "/v1/data/people"
CONSUMER = "housing-consumer"
BEFORE, AFTER = date(2026, 11, 20), date(2026, 12, 20)


@pytest.fixture(scope="module")
def later(city: City) -> str:
    """A month on the people have another release, in which one has a new name and one is gone; the first release."""
    first = city.release("people")
    text = PEOPLE.replace("乙二", "乙贰").replace("000000197001010011 | 戊五 | h3 | 1970-01-01", "").strip()
    city.clock.now += timedelta(days=30)
    with city.transaction() as db:
        people = resources.get(db, "people")
        make_release(db, city.store, city.house.keys, people, text, AFTER, city.clock())
    return first


@pytest.fixture(autouse=True)
def granted(city: City, later: str) -> Iterator[None]:
    city.grant(modes=["lookup", "bulk"], masks={"name": "plain"})
    yield


def names(city: City, **params: str) -> set[str]:
    answer = city.api.get(f"{DATA}/records", city.token(CONSUMER), params=params)
    assert answer.status_code == 200, answer.text
    return {row["name"] for row in answer.json()["records"]}


def test_a_page_says_what_was_in_force_on_a_day(city: City, later: str) -> None:
    assert names(city) == {"甲一", "乙贰", "丁四"}
    assert names(city, as_of=str(BEFORE)) == {"甲一", "乙二", "丁四", "戊五"}
    assert names(city, release=later) == {"甲一", "乙二", "丁四", "戊五"}
    assert names(city, as_of=str(AFTER)) == names(city)


def test_a_record_a_look_up_and_an_extract_take_the_day_too(city: City, later: str) -> None:
    token, then = city.token(CONSUMER), {"as_of": str(BEFORE)}
    identifier = {"identifier": "000000197001010011"}
    key = city.api.post(f"{DATA}/lookup", token, json=identifier, params=then).json()["records"][0]["record_key"]
    assert city.api.post(f"{DATA}/lookup", token, json=identifier).json()["records"] == []
    assert city.api.get(f"{DATA}/records/{key}", token, params=then).json()["name"] == "戊五"
    assert city.api.get(f"{DATA}/records/{key}", token).status_code == 404
    answer = city.api.get(f"{DATA}/extract.parquet", token, params=then)
    assert pq.read_table(BytesIO(answer.content)).num_rows == 4
    assert answer.headers["x-release-id"] == later
    assert city.api.get(f"{DATA}/extract.json", token, params=then).json()["releases"][0]["release_id"] == later


def test_the_answer_and_its_receipt_say_which_release_and_the_horizon(city: City, later: str) -> None:
    answer = city.api.get(f"{DATA}/records", city.token(CONSUMER), params={"as_of": str(BEFORE)})
    assert answer.headers["x-release-id"] == later
    assert answer.headers["x-as-of-horizon"] == str(BEFORE)
    with closing(sqlite3.connect(city.store.receipts / "w01.sqlite")) as db:
        bodies = [json.loads(body) for (body,) in db.execute("select body from receipt")]
    (receipt,) = [each for each in bodies if each["id"] == answer.headers["x-receipt-id"]]
    assert (receipt["release"], receipt["as_of"]) == (later, str(BEFORE))
    assert Entry.__dataclass_fields__["as_of"].default == ""


def test_a_record_repaired_today_is_not_shown_as_of_last_month(city: City, later: str) -> None:
    key = city.api.post(
        f"{DATA}/lookup", city.token(CONSUMER), json={"identifier": "000000197001010011"},
        params={"as_of": str(BEFORE)},
    ).json()["records"][0]["record_key"]  # fmt: skip
    with city.transaction() as db:
        facts: dict[str, Any] = {"reason": "信用修复", "by": "steward", "now": city.clock()}
        suppression = grants.suppress(db, resources.get(db, "people"), key, valid_from=city.house.today, **facts)
    city.house.access.look_again()
    token, then = city.token(CONSUMER), {"as_of": str(BEFORE)}
    assert "戊五" not in names(city, as_of=str(BEFORE))
    assert city.api.get(f"{DATA}/records/{key}", token, params={"release": later}).status_code == 404
    assert city.api.get(f"{DATA}/extract.parquet", token, params=then).headers["x-rows"] == "3"
    with city.transaction() as db:
        db.delete(db.merge(suppression))
        bump(db, "suppressions")
    city.house.access.look_again()


def test_who_is_a_minor_today_is_hidden_as_of_any_day(city: City) -> None:
    assert "丙三" not in names(city, as_of=str(BEFORE))


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"as_of": "2027-06-01"}, "invalid"),
        ({"as_of": "last month"}, "invalid"),
        ({"release": "none-such"}, "not_found"),
        ({"as_of": "2026-11-20", "release": "x"}, "invalid"),
        ({"as_of": "2026-11-01"}, "no_release"),
    ],
)
def test_days_and_releases_that_never_were_are_refused(city: City, params: dict[str, str], code: str) -> None:
    answer = city.api.get(f"{DATA}/records", city.token(CONSUMER), params=params)
    assert answer.json()["code"] == code, answer.text
    if code == "no_release":
        assert answer.json()["facts"]["horizon"] == str(BEFORE)


def test_a_cursor_goes_on_in_the_release_that_was_asked_for(city: City, later: str) -> None:
    token, then = city.token(CONSUMER), {"as_of": str(BEFORE), "limit": "3"}
    first = city.api.get(f"{DATA}/records", token, params=then).json()
    rest = city.api.get(f"{DATA}/records", token, params=then | {"cursor": first["next"]})
    assert (len(rest.json()["records"]), rest.headers["x-release-id"]) == (1, later)
    other = {"release": city.release("people"), "cursor": first["next"]}
    assert city.api.get(f"{DATA}/records", token, params=other).status_code == 400


def test_the_page_of_a_resource_says_how_far_back_it_answers(city: City) -> None:
    shown = city.api.get("/catalog/people").text
    assert f"{BEFORE}" in shown
    assert "as_of" in shown


def test_what_was_never_released_has_no_horizon(city: City) -> None:
    with city.transaction() as db:
        assert past.horizon(db, "not_yet", city.settings.zone) is None


def test_a_pruned_release_is_expired_and_the_horizon_is_said(city: City, later: str) -> None:
    names(city, as_of=str(BEFORE))
    with city.transaction() as db:
        extracts.sweep(db, city.store, now=city.clock())
        retention.prune(db, city.store, now=city.clock(), zone=city.settings.zone, keep_daily=1, keep_month_ends=1)
    city.house.access.look_again()
    token = city.token(CONSUMER)
    for params in ({"as_of": str(BEFORE)}, {"release": later}):
        answer = city.api.get(f"{DATA}/records", token, params=params)
        assert (answer.status_code, answer.json()["code"]) == (410, "release_expired")
        assert answer.json()["facts"]["horizon"] == str(AFTER)
    assert len(keys_of(city)) == 4
