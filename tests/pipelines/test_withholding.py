"""A record that is withheld goes with all that says the same: the rows of its sources, and what was made of them."""

from __future__ import annotations

import duckdb
import pytest
from sqlalchemy import select

from basedb import manifest
from catalog import releases, resources
from catalog.errors import NotFound
from catalog.models import Suppression
from catalog.vocab import Base
from pipelines.house import House
from pipelines.withholding import Order, withhold


def key_of(house: House, slug: str, condition: str) -> str:
    with house.transaction() as db:
        resource = resources.get(db, slug)
        release = releases.in_force(db, resource.unit)
    path = str(house.store.release(release.unit, release.release_id) / f"{resource.table_name}.parquet")
    with duckdb.connect() as connection:
        query = f"select record_key from read_parquet(?) where {condition} order by 1 limit 1"
        return str(connection.execute(query, [path]).fetchall()[0][0])


def withheld(house: House) -> set[tuple[str, str]]:
    with house.transaction() as db:
        slugs = {r.id: r.slug for r in resources.published(db)}
        found = db.scalars(select(Suppression).where(Suppression.ordered_by == "test"))
        return {(slugs[each.resource_id], each.record_key) for each in found}


def order(house: House) -> Order:
    return Order("撤回", house.today, "test")


def test_a_penalty_of_the_base_goes_with_the_row_of_its_department_and_the_other_way_round(city_house: House) -> None:
    key = key_of(city_house, "penalty", "document_no is not null")
    assert withhold(city_house, "penalty", key, order(city_house)) == {"penalty": 1, "market_regulation_penalty": 1}
    there = withheld(city_house)
    (row,) = (each for slug, each in there if slug == "market_regulation_penalty")
    assert withhold(city_house, "market_regulation_penalty", row, order(city_house)) == {
        "market_regulation_penalty": 1,
        "penalty": 1,
    }
    assert withheld(city_house) == there, "what is withheld already is not entered again"


def test_a_person_goes_from_every_source_and_every_table_of_every_base(city_house: House) -> None:
    key = key_of(city_house, "person", "name_source is not null and not is_deceased and residence_address is not null")
    entered = withhold(city_house, "person", key, order(city_house))
    assert entered["person"] == 1 and entered["person_residence"] >= 1
    assert {"police_population", "police_residence_permit", "housing_fund_deposit"} & set(entered)
    assert entered == {slug: sum(s == slug for s, _ in withheld(city_house)) for slug in entered}


def linked(house: House) -> tuple[str, str, str, str]:
    """(person, statement, resource, row) of a statement without an identifier that was linked to a person."""
    with house.transaction() as db:
        release = releases.in_force(db, Base.NATURAL_PERSON)
    path = house.store.release(release.unit, release.release_id)
    slugs = {each["code"]: each["resource"] for each in manifest.read(path)["sources"]}
    query = "select person_key, statement_key, source, row_key from read_parquet(?) where band = 'linked' order by all"
    with duckdb.connect() as connection:
        person, statement, source, row = connection.execute(query, [str(path / "person_link.parquet")]).fetchall()[0]
    return person, statement, slugs[source], row


def test_what_was_linked_to_a_person_without_an_identifier_goes_with_that_person(city_house: House) -> None:
    person, statement, slug, row = linked(city_house)
    withhold(city_house, "person", person, order(city_house))
    assert {("person_unlinked", statement), (slug, row)} <= withheld(city_house)


def test_a_row_without_an_identifier_goes_with_the_statement_that_it_makes(city_house: House) -> None:
    person, statement, slug, row = linked(city_house)
    withhold(city_house, slug, row, order(city_house))
    assert ("person_unlinked", statement) in withheld(city_house)
    assert ("person", person) not in withheld(city_house)


def test_a_key_that_nothing_holds_is_refused(city_house: House) -> None:
    with pytest.raises(NotFound):
        withhold(city_house, "penalty", "0" * 20, order(city_house))
    assert withheld(city_house) == set()
