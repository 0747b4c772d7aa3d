"""Where a disputed value went in the sample city: from the resource that collected it into bases, and back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

import duckdb
import pytest
from sqlalchemy.orm import Session

from catalog import corrections, departments, mending, releases, resources, spread
from catalog.keys import Keys
from catalog.models import Correction, Delivery, Notice
from catalog.models.base import new_id
from catalog.receipts import ANSWERED, Digests, Entry, Receipts
from catalog.spread import Place
from catalog.vocab import Base
from pipelines.basedbs import build_candidate, publish_candidate
from pipelines.checking import take
from pipelines.house import House
from pipelines.landing import collect


def ask(house: House, query: str, **files: tuple[str, str]) -> list[tuple[Any, ...]]:
    """Rows of a query over tables of releases in force: name -> (unit, table)."""
    with house.transaction() as db, duckdb.connect() as engine:
        for name, (unit, table) in files.items():
            release = releases.in_force(db, unit)
            path = house.store.release(unit, release.release_id) / f"{table}.parquet"
            engine.read_parquet(str(path)).create_view(name)
        return engine.execute(query).fetchall()


def disputed(db: Session, resource: str, record_key: str, item: str, source: str, **more: str) -> Correction:
    about = resources.get(db, resource)
    return Correction(
        resource_id=about.id,
        resource=about,
        release_id=releases.in_force(db, about.unit).release_id,
        record_key=record_key,
        item=item,
        source=resources.get(db, source),
        fault=more.get("fault", ""),
    )


def code_of(house: House, source: str) -> int:
    """The code of a resource in the `_source` columns of the persons' base."""
    with house.transaction() as db:
        release = releases.in_force(db, "natural_person")
    sources = house.store.manifest("natural_person", release.release_id)["sources"]
    return next(int(each["code"]) for each in sources if each["resource"] == source)


def places(house: House, *what: str, **more: str) -> set[tuple[str, str, str]]:
    with house.transaction() as db:
        found = spread.places(db, house.store, disputed(db, *what, **more))
        db.expunge_all()
    assert all(isinstance(each, Place) for each in found)
    assert (found[0].resource, found[0].record_key, found[0].item) == (what[0], what[1], what[2])
    return {(each.resource, each.record_key, each.item) for each in found}


@pytest.fixture
def somebody(city_house: House) -> str:
    """A person registered by the police, whose name the base took from there."""
    code = code_of(city_house, "police_population")
    return f"""select p.record_key, s.record_key from person p join registered s using (id_number)
        where p.name = s.name and p.name_source = {code} order by 1 limit 1"""


def test_a_value_collected_wrong_went_into_the_base_and_the_base_s_reader_has_read_it(
    city_house: House, somebody: str
) -> None:
    files = {"person": ("natural_person", "person"), "registered": ("police_population", "police_population")}
    ((person, registered),) = ask(city_house, somebody, **files)
    both = {("police_population", registered, "name"), ("person", person, "name")}
    assert both <= places(city_house, "police_population", registered, "name", "police_population")
    assert both <= places(city_house, "person", person, "name", "police_population")
    # what was linked, merged or chosen wrong was collected right
    assert places(city_house, "person", person, "name", "police_population", fault="choose") == {
        ("person", person, "name")
    }


def test_a_value_under_another_name_and_behind_a_record_key_is_followed(city_house: House) -> None:
    code = code_of(city_house, "police_residence_permit")
    query = f"""select r.record_key, p.record_key from residence r
        join person q on q.record_key = r.person_key
        join permit p on p.id_number = q.id_number and p.residence_address = r.address
        where r.source = {code} order by 1 limit 1"""
    files = {
        "residence": ("natural_person", "person_residence"),
        "person": ("natural_person", "person"),
        "permit": ("police_residence_permit", "police_residence_permit"),
    }
    ((residence, permit),) = ask(city_house, query, **files)
    found = places(city_house, "person_residence", residence, "address", "police_residence_permit")
    assert ("police_residence_permit", permit, "residence_address") in found
    back = places(city_house, "police_residence_permit", permit, "residence_address", "police_residence_permit")
    assert ("person_residence", residence, "address") in back


def test_values_of_other_people_and_of_other_resources_are_left_alone(city_house: House, somebody: str) -> None:
    files = {"person": ("natural_person", "person"), "registered": ("police_population", "police_population")}
    ((person, registered),) = ask(city_house, somebody, **files)
    found = places(city_house, "police_population", registered, "sex_code", "police_population")
    assert {slug for slug, _, _ in found} == {"police_population", "person"}
    assert {key for slug, key, _ in found if slug == "person"} == {person}


@pytest.mark.parametrize(
    ("table", "item", "column", "source"),
    [
        ("person", "name", "name_source", "police_population"),
        ("person", "id_number", "name_source", "police_population"),
        ("person_residence", "address", "source", "police_residence_permit"),
    ],
)
def test_a_dispute_in_a_base_goes_to_who_delivered_the_value(
    city_house: House, table: str, item: str, column: str, source: str
) -> None:
    query = f"select record_key from t where {column} = {code_of(city_house, source)} order by 1 limit 1"
    ((key,),) = ask(city_house, query, t=("natural_person", table))
    with city_house.transaction() as db:
        resource = resources.get(db, table)
        release = releases.in_force(db, "natural_person")
        found = corrections._collector(db, city_house.store, resource, release, item, key, city_house.today)
        assert found.slug == source


def write(house: House, person: str, reader: str, grant: str = "g1", item: str = "name") -> None:
    """The receipt of an answer that showed a department an item of a person."""
    digests, receipts = Digests(Keys(house.store.keys).ensure()), Receipts(house.store.receipts)
    facts = {"door": "/v1/data/{resource}/records", "client": "c", "at": house.clock(), "outcome": ANSWERED}
    references = digests.references("person", [person])
    receipts.write_now(
        Entry(
            resource="person", references=references, rows=1, department=reader, grant=grant, columns={item: "plain"},
            **facts,
        )
    )  # fmt: skip
    receipts.close()


def redeliver(house: House, period: str, old: str, new: str, number: str) -> str:
    """The police's file for another day with another name for one number, built into the base; the delivery's id."""
    (source,) = (house.store.home / "sample/landing/police/police_population").glob("*.csv")
    lines = source.read_bytes().decode("gb18030").splitlines(keepends=True)
    target = house.store.landing / "police/police_population" / f"{period}.csv"
    target.parent.mkdir(parents=True, exist_ok=True)
    changed = [line.replace(old, new) if number in line else line for line in lines]
    target.write_bytes("".join(changed).encode("gb18030"))
    collect(house)
    take(house, "police_population", "run")
    assert publish_candidate(house, build_candidate(house, Base.NATURAL_PERSON))
    with house.transaction() as db:
        resource = resources.get(db, "police_population")
        return str(db.query(Delivery).filter_by(resource_id=resource.id, period=period).one().id)


def test_everyone_who_read_the_base_under_a_grant_since_the_wrong_value_came_in_is_told_of_its_fix(
    city_house: House, somebody: str
) -> None:
    files = {"person": ("natural_person", "person"), "registered": ("police_population", "police_population")}
    ((person, registered),) = ask(city_house, somebody, **files)
    ((name, number),) = ask(city_house, f"select name, id_number from person where record_key = '{person}'", **files)
    moments = (replace(city_house, clock=lambda n=n: city_house.clock() + timedelta(hours=n)) for n in count(1))
    write(next(moments), person, "housing")
    redeliver(next(moments), "2026-11-20", name, "误名", number)
    write(now := next(moments), person, "taxation")
    write(now, person, "education", item="sex_code")
    write(now, person, "transport", grant="")
    found = file_correction(next(moments), registered)
    fix = redeliver(now := next(moments), "2026-11-21", name, name, number)
    with now.transaction() as db:
        digests = Digests(Keys(now.store.keys))
        facts = {
            "text": "已更正",
            "department_id": departments.get(db, "police").id,
            "by": "police",
            "now": now.clock(),
        }
        told = mending.mend(
            db, now.store, Keys(now.store.keys), digests, corrections.get(db, found), delivery_id=fix, **facts
        )
        assert told == ["taxation"]
        (notice,) = db.query(Notice).filter_by(kind="value_mended").all()
        assert notice.department_id == departments.get(db, "taxation").id
        assert person in notice.text and name not in notice.text and "误名" not in notice.text


def file_correction(house: House, record_key: str) -> str:
    """A dispute of justice about the name in the resource of the police; its id."""
    with house.transaction() as db:
        found = disputed(db, "police_population", record_key, "name", "police_population")
        found.id, found.state, found.asked_at, found.asked_by = new_id(), "asked", house.clock(), "justice"
        found.department_id, found.assigned_id = departments.get(db, "justice").id, found.source.provider_id
        found.grant_id, found.claim, found.grounds = "g0", "", ""
        db.add(found)
        db.flush()
        return found.id
