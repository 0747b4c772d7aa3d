"""What every base's spec promises: links and references that lead somewhere, and a written page that is current."""

from __future__ import annotations

from pathlib import Path

import pytest

from basedb import profile
from basedb.booklets import booklet, called, roles
from basedb.source_keys import finder
from basedb.spec import base
from basedb.subjects import subject
from catalog import base_roles
from catalog.vocab import Base
from tests.basedb.conftest import Builder

DOCS = Path(__file__).parents[2] / "docs" / "bases"


@pytest.mark.parametrize("name", Base)
def test_the_written_specification_is_what_the_spec_says(name: Base) -> None:
    assert (DOCS / f"{name}.md").read_text("utf-8") == booklet(base(name)), "run `sixbase bases docs`"


def test_the_register_knows_the_roles_and_what_columns_are_called_in_their_sources() -> None:
    assert base_roles.ROLES.read_text("utf-8") == roles(map(base, Base)), "run `sixbase bases docs`"
    assert base_roles.CALLED.read_text("utf-8") == called(map(base, Base)), "run `sixbase bases docs`"


@pytest.mark.parametrize("name", Base)
def test_a_column_of_another_name_is_drawn_from_items_that_there_are(name: Base) -> None:
    items = {f"{role}.{c.name}" for role, table in base(name).spec.INPUTS.items() for c in table.columns}
    for column, drawn_from in base(name).spec.CALLED.items():
        table, _, own = column.partition(".")
        assert base(name).table(table).column(own) and set(drawn_from) <= items, column


@pytest.mark.parametrize("name", Base)
def test_links_and_references_lead_from_columns_to_tables_that_there_are(name: Base) -> None:
    spec = base(name).spec
    for source, target in spec.LINKS.items():
        table, column = source.split(".")
        assert base(name).table(table).column(column)
        other, there = target.split(".")
        assert there in {owner for owner, _ in base(other).spec.KEYS.values()}
    for source, target in spec.REFERENCES.items():
        assert base(name).table(source.split(".")[0]).column(source.split(".")[1])
        assert base(name).table(target.split(".")[0]).column(target.split(".")[1])


@pytest.mark.parametrize("name", Base)
def test_every_column_states_type_sharing_sensitivity_and_a_title_in_both_languages(name: Base) -> None:
    for table in base(name).spec.TABLES:
        assert table.title_en and table.grain, table.name
        assert [c.name for c in table.columns if not (c.title and c.title_en)] == [], table.name


@pytest.mark.parametrize("name", Base)
def test_every_column_that_holds_a_key_of_another_base_is_a_link(name: Base) -> None:
    """A new column of that kind fails here until its link is stated."""
    spec = base(name).spec
    known = {*spec.LINKS, *spec.REFERENCES}
    keys = [
        f"{table.name}.{column.name}"
        for table in spec.TABLES
        for column in table.columns
        if column.name.endswith(("person_key", "entity_key", "employer_key"))
    ]
    assert [each for each in keys if each not in known] == []


@pytest.mark.parametrize("name", Base)
def test_every_table_with_sources_says_how_their_rows_are_found(name: Base) -> None:
    found = base(name)
    told = {table.name for table in found.spec.TABLES if finder(found, table.name, Path()).ways}
    assert {table.name for table in found.spec.TABLES} == told | found.derived


@pytest.mark.parametrize("name", Base)
def test_every_table_that_speaks_of_persons_tells_minors_and_the_deceased(name: Base) -> None:
    """A new table with keys of persons fails here until its rows have both classes."""
    persons = {s for s, target in base(name).spec.LINKS.items() if target == "natural_person.person"}
    persons |= {s for s, target in base(name).spec.REFERENCES.items() if target == "person.record_key"}
    for table in base(name).spec.TABLES:
        speaks = any(f"{table.name}.{each}" in persons or each.endswith("person_key") for each in table.names)
        if speaks:
            assert table.birth_column == "birth_date", table.name
            assert table.column("birth_date").type == "DATE", table.name
            assert table.column("is_deceased").type == "BOOLEAN", table.name


def test_a_person_and_a_firm_stand_in_every_base_that_names_them() -> None:
    assert {p.base for p in subject("natural_person", "person").places} == {
        "natural_person", "legal_entity", "license", "credit",
    }  # fmt: skip
    assert {p.base for p in subject("legal_entity", "legal_entity").places} == {
        "natural_person", "legal_entity", "license", "credit",
    }  # fmt: skip
    hops = {(hop.over, hop.table) for hop in subject("natural_person", "person").hops}
    assert (("license", "licence_holder"), "licence") in hops
    assert (("natural_person", "person"), "address") in hops


def test_a_firm_s_insured_are_counted_and_its_own_rows_are_shown() -> None:
    places = subject("legal_entity", "legal_entity").places
    assert {p.table for p in places if p.is_counted} == {"person_insurance", "person_employment"}
    assert {"legal_entity", "representative", "shareholder", "penalty"} <= {p.table for p in places if not p.is_counted}


def test_nobody_is_looked_up_over_rows_that_are_only_counted() -> None:
    assert "person" not in {hop.table for hop in subject("legal_entity", "legal_entity").hops}


@pytest.mark.parametrize(("owner", "kind"), [("natural_person", "person"), ("legal_entity", "legal_entity")])
def test_a_table_of_the_subject_s_own_records_is_asked_once(owner: str, kind: str) -> None:
    found = subject(owner, kind)
    assert not {(p.base, p.table) for p in found.places} & {(hop.base, hop.table) for hop in found.hops}


def test_the_share_of_links_that_another_base_holds_is_counted(build_base: Builder) -> None:
    people = build_base(
        "natural_person",
        resident="""
            id_number          | name
            00000019000101001X | 王五
        """,
    )
    licences = build_base(
        "license",
        lawyer="""
            practice_no | name | id_number          | _key
            L1          | 王五 | 00000019000101001X | L1
            L2          | 李四 | 000000195502030024 | L2
        """,
    )
    found = profile.links(
        licences.candidate.directory,
        base("license").spec.LINKS,
        {"natural_person": people.candidate.directory},
        build_base.engine,
    )
    assert found == {"licence_holder.person_key": 0.5}
