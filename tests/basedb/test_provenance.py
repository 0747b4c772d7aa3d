"""Every value of a record answers which department, resource, delivery and row said it, and when."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from basedb import build as building
from basedb import manifest, provenance
from basedb.identities import Identities
from basedb.provenance import Origin
from tests.basedb.conftest import Builder, Built

MAN = "00000019000101001X"
WOMAN = "000000195502030024"


@pytest.fixture
def base(build_base: Builder) -> Built:
    return build_base(
        "natural_person",
        departments={"resident": "police"},
        resident=f"""
            id_number | name | ethnicity_code | _as_of     | _row
            {MAN}     | 王冈 | 01             | 2026-01-01 | 7
            {WOMAN}   | 李四 | 02             | 2026-01-01 | 8
        """,
        housing_fund=f"""
            id_number | residence_address | _as_of     | _row
            {MAN}     | 旧居              | 2026-01-01 | 3
            {MAN}     | 新居              | 2026-02-01 | 4
        """,
        death_certificate=f"""
            id_number | death_date | _as_of     | _row
            {MAN}     | 2026-03-02 | 2026-04-01 | 5
            {MAN}     | 2026-03-01 | 2026-03-01 | 6
        """,
        marriage=f"""
            certificate_no | male_id_number | male_name | _row
            J1             | {MAN}          | 王冈      | 9
        """,
    )


@pytest.fixture
def releases(base: Built, build_base: Builder) -> Path:
    return build_base.kept(base)


def origins(base: Built, releases: Path, builder: Builder, table: str, key: str, *items: str) -> list[Origin]:
    return provenance.origins(base.candidate.directory, table, key, items, releases, builder.engine)


def key_of(base: Built, number: str) -> str:
    return {n: str(k) for n, k in base.rows("person", "id_number", "record_key")}[number]


def test_each_value_names_department_resource_delivery_row_and_day(base, releases, build_base) -> None:
    found = origins(
        base, releases, build_base, "person", key_of(base, MAN), "name", "residence_address", "ethnicity_code"
    )
    assert [(o.item, o.department, o.resource, o.delivery_id, o.row, o.as_of) for o in found] == [
        ("name", "police", "resident", "resident-d0", 7, "2026-01-01"),
        ("residence_address", "housing_fund", "housing_fund", "housing_fund-d0", 4, "2026-02-01"),
        ("ethnicity_code", "police", "resident", "resident-d0", 7, "2026-01-01"),
    ]


def test_the_row_that_said_the_value_is_told_and_not_merely_the_newest(base, releases, build_base) -> None:
    (death,) = origins(base, releases, build_base, "person", key_of(base, MAN), "death_date")
    assert (death.row, death.as_of) == (6, "2026-03-01")


def test_a_table_with_a_source_for_the_whole_row_tells_it_of_each_item(base, releases, build_base) -> None:
    ((key,),) = base.rows("person_marriage", "record_key")
    found = origins(base, releases, build_base, "person_marriage", key, "male_name", "female_name")
    assert [(o.item, o.resource, o.row) for o in found] == [("male_name", "marriage", 9)]


def test_a_table_whose_key_is_no_one_column_tells_the_row_by_what_stands_in_both(base, releases, build_base) -> None:
    rows = {str(address): str(key) for address, key in base.rows("person_residence", "address", "record_key")}
    for address, line in (("旧居", 3), ("新居", 4)):
        (found,) = origins(base, releases, build_base, "person_residence", rows[address], "address")
        assert (found.resource, found.delivery_id, found.row) == ("housing_fund", "housing_fund-d0", line)


def test_what_follows_from_the_identifier_came_with_it(base, releases, build_base) -> None:
    found = origins(base, releases, build_base, "person", key_of(base, WOMAN), "id_number", "birth_date", "sex_code")
    assert {(o.resource, o.row) for o in found} == {("resident", 8)}
    assert len(found) == 3


def test_a_record_that_is_not_there_has_no_origin(base, releases, build_base) -> None:
    assert origins(base, releases, build_base, "person", "0" * 20, "name") == []


AGAIN = "000000196001010013"
AGAIN_TOO = "000000196502030028"
PAIRS = ((MAN, AGAIN), (AGAIN, AGAIN), (WOMAN, AGAIN_TOO), (AGAIN_TOO, AGAIN_TOO))


def merged(build_base: Builder) -> tuple[Built, Path]:
    """Two persons of two identifiers each, who live together, and the folder of the inputs."""
    plan = build_base.plan(
        "natural_person", None, {},
        {
            "resident": f"""
                id_number   | name | _as_of     | _row
                {AGAIN}     | 王冈 | 2026-02-01 | 1
                {AGAIN_TOO} | 李四 | 2026-02-01 | 2
            """,
            "housing_fund": f"""
                id_number | residence_address | _as_of     | _row
                {MAN}     | 新居              | 2026-01-01 | 3
                {WOMAN}   | 新居              | 2026-06-01 | 4
            """,
        },
    )  # fmt: skip
    same = Identities(same=tuple(("person", *pair) for pair in PAIRS))
    made = Built(building.build(replace(plan, identities=same), build_base.folder / "candidates"))
    return made, build_base.kept(made)


@pytest.mark.parametrize(("number", "row"), [(AGAIN, 3), (AGAIN_TOO, 4)])
@pytest.mark.parametrize(("table", "item"), [("person", "residence_address"), ("person_residence", "address")])
def test_what_a_merged_identifier_brought_is_found_under_it_and_not_under_another_s(
    build_base, table, item, number, row
) -> None:
    base, releases = merged(build_base)
    person = key_of(base, number)
    column = "record_key" if table == "person" else "person_key"
    (key,) = (key for owner, key in base.rows(table, column, "record_key") if owner == person)
    found = provenance.origins(base.candidate.directory, table, key, [item], releases, build_base.engine, PAIRS)
    assert [(o.resource, o.row) for o in found] == [("housing_fund", row)]


def test_a_source_whose_release_is_pruned_is_still_named(base, build_base) -> None:
    (found,) = origins(base, build_base.folder / "nowhere", build_base, "person", key_of(base, WOMAN), "name")
    assert (found.resource, found.department, found.row) == ("resident", "police", None)
    assert manifest.read(base.candidate.directory)["sources"][0]["department"]
