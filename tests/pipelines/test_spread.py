"""Where a disputed value went in the sample city: from the resource that collected it into bases, and back."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest
from sqlalchemy.orm import Session

from catalog import corrections, mending, releases, resources, spread
from catalog.keys import Keys
from catalog.models import Correction
from catalog.receipts import ANSWERED, Digests, Entry, Receipts
from catalog.spread import Place
from pipelines.house import House


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


def test_who_read_the_record_in_the_base_is_among_those_to_tell(city_house: House, somebody: str) -> None:
    files = {"person": ("natural_person", "person"), "registered": ("police_population", "police_population")}
    ((person, registered),) = ask(city_house, somebody, **files)
    keys = Keys(city_house.store.keys).ensure()
    digests, receipts = Digests(keys), Receipts(city_house.store.receipts)
    shown = {"columns": {"name": "plain"}, "grant": "g1", "at": city_house.clock(), "outcome": ANSWERED}
    for reader, columns in {"taxation": {"name": "plain"}, "housing": {"sex_code": "plain"}}.items():
        facts = {
            **shown,
            "columns": columns,
            "door": "/v1/data/{resource}/records",
            "client": "c",
            "department": reader,
        }
        references = digests.references("person", [person])
        receipts.write_now(Entry(resource="person", references=references, rows=1, **facts))
    receipts.close()
    with city_house.transaction() as db:
        found = disputed(db, "police_population", registered, "name", "police_population")
        reads = mending.readers_of(city_house.store, digests, spread.places(db, city_house.store, found))
        db.expunge_all()
    told = {place.resource: [read.department for read in each] for place, each in reads.items()}
    assert told["person"] == ["taxation"]
