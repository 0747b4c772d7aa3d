"""A child and somebody who died, asked for in a table that only speaks of persons, at every door."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from basedb import changes, manifest
from basedb.natural_person import spec
from catalog import deaths, grants, registration, releases, resources
from catalog.models import Suppression
from catalog.register import bump
from catalog.vocab import Base
from tests.api.conftest import START, City
from tests.basedb.test_read import key_of, write_release

CLIENT = "housing-all"
TABLE = replace(spec.RESIDENCE, lookup=("person_key",))
ALIVE, DEAD, CHILD, SEVENTEEN, UNBORN, MERGED = map(key_of, range(6))
BORN = {
    ALIVE: date(1980, 1, 1), DEAD: date(1950, 1, 1), CHILD: date(2015, 1, 1), SEVENTEEN: date(2008, 11, 21),
    UNBORN: None,
}  # fmt: skip


def release(
    city: City, name: str, *, dead: frozenset[str], day: int, address: str, merged: dict[str, str] | None = None
) -> None:
    """A release of residences, one for each person, in force. merged: keys that lead to others."""
    folder = city.store.release(Base.NATURAL_PERSON, name)
    rows = [
        tuple(
            {
                "record_key": key[::-1], "person_key": key, "address": address, "source": 1, "birth_date": born,
                "is_deceased": key in dead,
            }.get(column)
            for column in TABLE.names
        )
        for key, born in BORN.items()
    ]  # fmt: skip
    write_release(folder, TABLE, rows)
    tables = manifest.read(folder)["tables"] | persons(folder, dead, merged or {MERGED: ALIVE})
    facts = {"unit": Base.NATURAL_PERSON.value, "release_id": name, "identity": name, "built_from": [], "sources": []}
    manifest.write(folder, {"format_version": manifest.FORMAT_VERSION, **facts, "tables": tables})
    with city.transaction() as db:
        made = releases.record(db, city.store, manifest.read(folder), now=START + timedelta(hours=day))
        releases.publish(db, made, now=START + timedelta(hours=day), by="test")


def persons(folder: Path, dead: frozenset[str], merged: dict[str, str]) -> dict[str, Any]:
    """The table of persons in the same release."""
    made = write_release(folder.with_name(f"{folder.name}-persons"), spec.PERSON, [
        tuple(
            {
                "record_key": key, "id_number": f"00000019800101{n:04d}", "name": "甲乙", "birth_date": born,
                "is_deceased": key in dead,
            }.get(column)
            for column in spec.PERSON.names
        )
        for n, (key, born) in enumerate(BORN.items())
        if key not in merged
    ])  # fmt: skip
    for file in ("person.parquet", "person.sqlite"):
        (made / file).rename(folder / file)
    found: dict[str, Any] = manifest.read(made)["tables"]
    shutil.rmtree(made)
    found["person"]["merged"] = {"kind": "person", "into": merged}
    return found


@pytest.fixture(scope="module", autouse=True)
def _residences(city: City) -> None:
    with city.transaction() as db:
        registration.enter_base_tables(
            db, Base.NATURAL_PERSON, spec.TITLE, (spec.PERSON, TABLE), now=city.clock(), on=city.clock().date()
        )
    release(city, "r1", dead=frozenset(), day=-2, address="一号")
    release(city, "r2", dead=frozenset({DEAD}), day=-1, address="二号")
    city.house.access.look_again()


@pytest.fixture(autouse=True)
def today(city: City) -> Iterator[None]:
    city.clock.now = START
    city._tokens.clear()
    yield
    city.clock.now = START
    city._tokens.clear()


def grant(city: City, **more: Any) -> str:
    return city.grant("person_residence", columns=["person_key"], masks={"person_key": "plain"}, **more)


def ask(city: City, method: str, path: str, **more: Any) -> Any:
    return city.api.request(method, f"/v1/data/person_residence{path}", city.token(CLIENT), **more)


def shown(city: City) -> dict[str, set[str]]:
    """Whose rows each door shows."""
    one = {key for key in BORN if ask(city, "GET", f"/records/{key[::-1]}").status_code == 200}
    asked = [ask(city, "POST", "/lookup", json={"column": "person_key", "value": key}).json() for key in BORN]
    found = {row["person_key"] for each in asked for row in each["records"]}
    page = {row["person_key"] for row in ask(city, "GET", "/records").json()["records"]}
    file = ask(city, "GET", "/extract.parquet")
    assert file.status_code == 200, file.text
    extract = set(pq.read_table(BytesIO(file.content)).column("person_key").to_pylist())
    return {"record": one, "lookup": found, "page": page, "extract": extract}


def test_no_door_shows_a_child_or_somebody_who_died(city: City) -> None:
    grant(city)
    assert all(seen == {ALIVE, UNBORN} for seen in shown(city).values())


def test_a_grant_that_names_a_class_shows_it_and_no_other(city: City) -> None:
    grant(city, includes_minors=True)
    assert shown(city)["page"] == {ALIVE, UNBORN, CHILD, SEVENTEEN}
    with city.transaction() as db:
        living = [each.id for each in grants.listed(db) if each.revoked_at is None]
    city.revoke(living[0])
    grant(city, includes_deceased=True)
    assert shown(city)["page"] == {ALIVE, UNBORN, DEAD}


def test_who_comes_of_age_is_shown_from_that_day_on(city: City) -> None:
    grant(city)
    assert SEVENTEEN not in shown(city)["page"] | shown(city)["extract"]
    city.clock.now += timedelta(days=1)
    city._tokens.clear()
    city.house.access.look_again()
    assert all(SEVENTEEN in seen for seen in shown(city).values())


def test_a_death_and_a_child_are_told_in_no_increment_but_as_gone(city: City) -> None:
    """Every row changed; to a reader who held it the dead is a delete, the child was never there."""
    store = city.store
    folders = [store.release(Base.NATURAL_PERSON, name) for name in ("r1", "r2")]
    changes.between(*folders, store.changes(Base.NATURAL_PERSON, "r2"), city.house.engine)
    grant(city)
    answer = ask(city, "GET", "/changes", params={"since": "r1"})
    assert answer.status_code == 200, answer.text
    assert {(c["record_key"][::-1], c["op"]) for c in answer.json()["changes"]} == {(DEAD, "delete")}


def whole(city: City, key: str, status: int = 200) -> dict[str, Any]:
    answer = city.api.post("/v1/whole/person", city.token(CLIENT), json={"record_key": key})
    assert answer.status_code == status, answer.text
    return answer.json()  # type: ignore[no-any-return]


@pytest.mark.parametrize("key", [DEAD, CHILD, SEVENTEEN])
def test_the_whole_view_shows_no_row_of_a_child_or_somebody_who_died(city: City, key: str) -> None:
    grant(city)
    city.grant("person", columns=["name"])
    found = whole(city, key)
    assert {table["table"] for table in found["tables"]} == {"person", "person_residence"}
    assert [table["records"] for table in found["tables"]] == [[], []]
    named = {each["table"]: each["records"] for each in whole(city, ALIVE)["tables"]}
    assert named["person"] == [{"record_key": ALIVE, "name": "甲*"}]
    assert [row["person_key"] for row in named["person_residence"]] == [ALIVE]


def test_a_suppressed_record_is_in_no_whole_view(city: City) -> None:
    grant(city)
    with city.transaction() as db:
        table = resources.get(db, "person_residence")
        facts: dict[str, Any] = {"reason": "测试", "by": "test", "now": city.clock()}
        found = grants.suppress(db, table, UNBORN[::-1], valid_from=city.house.today, **facts)
        number = found.id
    city.house.access.look_again()
    assert [table["records"] for table in whole(city, UNBORN)["tables"]] == [[]]
    with city.transaction() as db:
        db.delete(db.get_one(Suppression, number))
        bump(db, "suppressions")
    city.house.access.look_again()


def test_that_keys_were_merged_is_told_to_whom_the_table_of_persons_shows_it(city: City) -> None:
    grant(city)
    found = whole(city, MERGED)
    assert (found["record_key"], found["merged_into"]) == (MERGED, None)
    city.grant("person", columns=["name"])
    found = whole(city, MERGED)
    assert (found["record_key"], found["merged_into"]) == (ALIVE, ALIVE)


def know_of_the_death(city: City) -> None:
    with city.transaction() as db:
        made = {each.release_id: each for each in releases.listed(db, Base.NATURAL_PERSON)}
        deaths.keep(db, city.store, "r1", "r2", [DEAD], [], now=made["r2"].created_at)


def test_who_died_since_is_shown_by_no_older_release(city: City) -> None:
    """The class of the deceased is decided when the answer is given: what was said of the living is hidden with them."""
    know_of_the_death(city)
    grant(city)
    before = ask(city, "GET", "/records", params={"release": "r1"}).json()["records"]
    assert {row["person_key"] for row in before} == {ALIVE, UNBORN}
    assert ask(city, "GET", f"/records/{DEAD[::-1]}", params={"release": "r1"}).status_code == 404
    file = ask(city, "GET", "/extract.parquet", params={"release": "r1"})
    assert DEAD not in pq.read_table(BytesIO(file.content)).column("person_key").to_pylist()
    answer = ask(city, "GET", "/changes", params={"since": "r1"})
    assert {(c["record_key"][::-1], c["op"]) for c in answer.json()["changes"]} == {(DEAD, "delete")}
    with city.transaction() as db:
        living = [each.id for each in grants.listed(db) if each.revoked_at is None]
    for each in living:
        city.revoke(each)
    grant(city, includes_deceased=True)
    named = ask(city, "GET", "/records", params={"release": "r1"}).json()["records"]
    assert {row["person_key"] for row in named} >= {ALIVE, DEAD}


def test_an_increment_names_the_record_a_merged_one_went_into_only_where_it_is_shown(city: City) -> None:
    release(city, "r3", dead=frozenset({DEAD}), day=0, address="二号", merged={ALIVE: CHILD})
    city.house.access.look_again()

    def gone() -> list[tuple[str, str | None]]:
        answer = city.api.get("/v1/data/person/changes", city.token(CLIENT), params={"since": "r2"})
        assert answer.status_code == 200, answer.text
        return [(each["record_key"], each["merged_into"]) for each in answer.json()["changes"]]

    first = city.grant("person", columns=["name"])
    assert gone() == [(ALIVE, None)]
    city.revoke(first)
    city.grant("person", columns=["name"], includes_minors=True)
    assert gone() == [(ALIVE, CHILD)]


def test_a_release_after_one_that_could_not_be_read_forgets_no_death(city: City) -> None:
    know_of_the_death(city)
    release(city, "r4", dead=frozenset({DEAD}), day=0, address="二号")
    city.house.access.look_again()
    grant(city)
    before = ask(city, "GET", "/records", params={"release": "r1"}).json()["records"]
    assert {row["person_key"] for row in before} == {ALIVE, UNBORN}


def test_whoever_holds_a_record_hears_that_it_is_withheld_with_one_merged_since(city: City) -> None:
    release(city, "r5", dead=frozenset(), day=1, address="二号", merged={MERGED: DEAD})
    release(city, "r6", dead=frozenset(), day=2, address="二号", merged={UNBORN: ALIVE})
    city.clock.now = START + timedelta(hours=3)
    with city.transaction() as db:
        facts: dict[str, Any] = {"reason": "测试", "by": "test", "now": city.clock(), "valid_from": START.date()}
        number = grants.suppress(db, resources.get(db, "person"), UNBORN, **facts).id
    city.house.access.look_again()
    city.grant("person", columns=["name"])
    answer = city.api.get("/v1/data/person/changes", city.token(CLIENT), params={"since": "r5"})
    assert {(c["record_key"], c["op"]) for c in answer.json()["changes"]} == {(ALIVE, "delete"), (UNBORN, "delete")}
    with city.transaction() as db:
        db.delete(db.get_one(Suppression, number))
        bump(db, "suppressions")
    city.house.access.look_again()
