"""A merge from the authority's decision to the answer under the old key, and a split that gives both keys back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from types import SimpleNamespace as Namespace

import duckdb
import pytest
from sqlalchemy import select

from api import identifying, origins
from api.house import Exchange, open_exchange
from basedb import read
from catalog import identities, releases, runs, showable
from catalog.errors import NotFound
from catalog.models import QualityOrder
from catalog.view import View, ViewColumn
from catalog.vocab import Base
from pipelines.basedbs import build_candidate, publish_candidate
from pipelines.house import House

WORDS = {"reason": "补领证件", "evidence": "公安机关证明"}


@pytest.fixture
def exchange(city_house: House) -> Iterator[Exchange]:
    found = open_exchange(city_house.settings)
    yield found
    found.close()


def people(house: House) -> dict[str, str]:
    """Identifier -> record key in the release in force."""
    with house.transaction() as db:
        current = releases.in_force(db, Base.NATURAL_PERSON)
    path = house.store.release(current.unit, current.release_id) / "person.parquet"
    with duckdb.connect() as connection:
        rows = connection.execute("select id_number, record_key from read_parquet(?) order by id_number", [str(path)])
        return dict(rows.fetchall())


def build(house: House, *bases: str) -> None:
    for base in bases or (Base.NATURAL_PERSON,):
        publish_candidate(house, build_candidate(house, base))


def view(house: House) -> View:
    with house.transaction() as db:
        current = releases.in_force(db, Base.NATURAL_PERSON)
    directory = house.store.release(current.unit, current.release_id)
    columns = (ViewColumn("id_number", "VARCHAR"),)
    return View("person", directory, "person", current.release_id, "g", 1, columns, None, frozenset(), (), b"")


def test_a_merge_is_built_answers_under_the_old_key_and_is_undone_by_a_split(
    city_house: House, exchange: Exchange
) -> None:
    build(city_house)
    before = people(city_house)
    with city_house.transaction() as db:
        first = releases.in_force(db, Base.NATURAL_PERSON).release_id
    (kept, kept_key), (other, other_key) = list(before.items())[:2]
    with exchange.transaction() as db:
        who = identifying.operator(db)
        made = identifying.merge(exchange, db, who, kind="person", kept=f" {kept.lower()}", other=other, **WORDS)
        assert (made.kept_key, made.other_key) == (kept_key, other_key)
        assert set(runs.wanted(db)) >= {"natural_person", "legal_entity", "license", "credit"}
        assert "macro_economy" not in runs.wanted(db)
        decision = made.id
    build(city_house)
    assert people(city_house) == {number: key for number, key in before.items() if number != other}
    shown = view(city_house)
    assert read.forwarded(shown, other_key) == kept_key
    with closing(read.open_lookup(shown.directory, shown.table)) as connection:
        assert read.record(connection, shown, other_key) is None
        assert read.record(connection, shown, kept_key) == {"record_key": kept_key, "id_number": kept}

    with exchange.transaction() as db:
        third = list(before)[2]
        merged_again = identifying.merge(exchange, db, who, kind="person", kept=third, other=other, **WORDS)
        assert merged_again.other_key == other_key, "an identifier that was merged away is known by its own key"
        identifying.split(exchange, db, who, merged_again, **WORDS)
        identifying.split(exchange, db, who, identities.get(db, decision), **WORDS)
        order = db.scalars(select(QualityOrder).where(QualityOrder.rule == "MERGE_WRONG")).one()
        assert (order.state, order.count, order.department_id) == ("open", 2, who.department_id)
    build(city_house)
    assert people(city_house) == before
    with city_house.transaction() as db:
        assert releases.in_force(db, Base.NATURAL_PERSON).release_id == first, "equal inputs give the equal release"


def test_an_identifier_that_the_base_does_not_hold_is_refused(exchange: Exchange, city_house: House) -> None:
    known = next(iter(people(city_house)))
    with exchange.transaction() as db, pytest.raises(NotFound):
        facts = {"kind": "person", "kept": known, "other": "000000190001010019"}
        identifying.merge(exchange, db, identifying.operator(db), **facts, **WORDS)


def test_what_is_suppressed_stays_so_when_its_record_is_merged_into_another(
    city_house: House, exchange: Exchange
) -> None:
    (kept, kept_key), (other, other_key) = list(people(city_house).items())[:2]
    with exchange.transaction() as db:
        identifying.merge(exchange, db, identifying.operator(db), kind="person", kept=kept, other=other, **WORDS)
    build(city_house)
    with exchange.transaction() as db:
        current = releases.in_force(db, Base.NATURAL_PERSON)
        resource = identifying._table(db, "person")
        hidden = showable.with_merged(db, frozenset({other_key}), exchange.store, resource, current)
    assert hidden == {other_key, kept_key}


def test_no_value_of_a_merged_person_comes_from_the_row_of_somebody_else_who_was_merged(
    city_house: House, exchange: Exchange
) -> None:
    with city_house.transaction() as db:
        current = releases.in_force(db, "police_population")
    path = str(city_house.store.release(current.unit, current.release_id) / "police_population.parquet")
    with duckdb.connect() as connection:
        query = (
            "select id_number, _row from read_parquet(?) where id_number is not null and sex_code = '1' order by all"
        )
        row_of = dict(connection.execute(query, [path]).fetchall())
    numbers = [each for each in people(city_house) if each in row_of][:4]
    pairs = numbers[:2], numbers[2:]
    with exchange.transaction() as db:
        for kept, other in pairs:
            identifying.merge(exchange, db, identifying.operator(db), kind="person", kept=kept, other=other, **WORDS)
    build(city_house)
    sexes = replace(view(city_house), columns=(ViewColumn("sex_code", "VARCHAR"),))
    for pair in pairs:
        key = people(city_house)[pair[0]]
        (found,) = origins._origins(Namespace(exchange=exchange), Namespace(view=sexes), key)
        assert found["resource"] == "police_population" and found["row"] in {row_of[each] for each in pair}


@pytest.mark.parametrize(
    ("kind", "base", "table", "natural"),
    [
        ("address", Base.GEOSPATIAL, "address", "address_code"),
        ("licence", Base.LICENSE, "licence", "licence_kind || '|' || licence_no"),
    ],
)
def test_two_codes_of_one_address_or_licence_are_merged_by_the_codes_of_their_registers(
    city_house: House, exchange: Exchange, kind: str, base: Base, table: str, natural: str
) -> None:
    with city_house.transaction() as db:
        current = releases.in_force(db, base)
    path = city_house.store.release(current.unit, current.release_id) / f"{table}.parquet"
    where = "licence_kind = 'driving_licence'" if kind == "licence" else "true"
    with duckdb.connect() as connection:
        query = f"select {natural}, record_key from read_parquet(?) where {where} order by all limit 2"
        (kept, kept_key), (other, other_key) = connection.execute(query, [str(path)]).fetchall()
    with exchange.transaction() as db:
        who = identifying.operator(db)
        made = identifying.merge(exchange, db, who, kind=kind, kept=kept, other=other, **WORDS)
        assert (made.kept_key, made.other_key) == (kept_key, other_key)
        assert base.value in runs.wanted(db)
        assert identities.same_as(db, exchange.keys) == sorted([(kind, kept, kept), (kind, other, kept)])
        identifying.split(exchange, db, who, made, **WORDS)
        assert identities.same_as(db, exchange.keys) == []
        with pytest.raises(NotFound):
            identifying.merge(exchange, db, who, kind=kind, kept=kept, other="unknown", **WORDS)
