"""Statements without a valid identifier: linked, left to a reviewer, taken for a new person, or waiting."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from basedb import build as building
from basedb.identities import Identities
from basedb.spec import base
from tests.basedb.conftest import Builder, Built

MAN = "00000019000101001X"
WOMAN = "000000195502030024"
# names and birthdays say something only among many
CROWD = "\n".join(
    f"000000{1930 + n % 80}0{1 + n % 9}{10 + n % 18}{n:03d}1 | 甲{chr(0x5000 + n)} | {1 + n % 2} | "
    f"{1930 + n % 80}-0{1 + n % 9}-{10 + n % 18} | 某路{n}号 | 140213 | C{n}"
    for n in range(900)
)
RESIDENTS = f"""
    id_number | name   | sex_code | birth_date | registered_address                   | registered_division_code | household_id
    {MAN}     | 王建国 | 1        | 1900-01-01 | 山西省大同市平城区某街道迎宾街3号    | 140213                   | H1
    {WOMAN}   | 李若兰 | 2        | 1955-02-03 | 山西省大同市云冈区某街道和阳街9号    | 140214                   | H2
    {CROWD}
"""
HEAD = "name | sex_code | birth_date | phone | residence_address | residence_division_code"


def record(*cells: str) -> str:
    """One health record without an identifier."""
    return "\n".join([HEAD, " | ".join(cells)])


def bands(built: Built) -> list[tuple[object, ...]]:
    """(band, name of the person) of each statement, best candidate first."""
    names = dict(built.rows("person", "record_key", "name"))
    return [
        (band, names.get(key))
        for band, key in built.rows("person_link", "band", "person_key", order="statement_key, rank")
    ]


@pytest.mark.parametrize(
    ("name", "born", "address"),
    [
        ("李若兰", "1955-02-03", "大同市云冈区某街道和阳街9号"),
        ("李若蘭", "1955-02-03", "云冈区某街道和阳街９号"),  # a variant character
        ("李若岚", "1955-02-03", "云冈区某街道和阳街9号"),  # heard alike
        ("李若兰", "1955-01-11", "云冈区某街道和阳街9号"),  # the birthday of the old calendar
        ("李若兰", "1955-02-08", "云冈区某街道和阳街9号"),  # one digit
    ],
    ids=["as registered", "variant", "heard", "old calendar", "one digit"],
)
def test_a_record_that_agrees_in_enough_is_linked(build_natural_person, name, born, address):
    base = build_natural_person(resident=RESIDENTS, health_record=record(name, "2", born, "", address, "140214"))
    assert bands(base) == [("linked", "李若兰")]
    assert base.rows("person_found", "name") == []


def test_a_mistyped_identifier_with_the_right_name_is_linked(build_natural_person):
    base = build_natural_person(
        resident=RESIDENTS,
        social_insured="""
            id_number_raw      | name   | insurance_kind_code | status_code
            000000195502030042 | 李若兰 | 11                  | 1
        """,
    )
    assert bands(base) == [("linked", "李若兰")]
    assert base.rows("person_insurance", "scheme", "kind_code") == [("social", "11")]


def test_the_identifier_of_another_name_is_left_to_a_reviewer(build_natural_person):
    base = build_natural_person(
        resident=RESIDENTS,
        student="""
            id_number_raw      | name
            000000195502030042 | 赵启明
        """,
    )
    assert bands(base) != [("linked", "李若兰")]


def test_two_who_cannot_be_told_apart_are_left_to_a_reviewer(build_natural_person):
    twins = RESIDENTS.replace("李若兰 | 2        | 1955-02-03", "王建国 | 1        | 1900-01-01")
    base = build_natural_person(resident=twins, health_record=record("王建国", "1", "1900-01-01", "", "", ""))
    assert bands(base) == [("review", "王建国"), ("review", "王建国")]
    assert [round(chance, 1) for (chance,) in base.rows("person_link", "chance")] == [0.5, 0.5]


def test_people_whom_nobody_knows_are_gathered_by_name_and_birthday(build_natural_person):
    base = build_natural_person(
        resident=RESIDENTS,
        health_record="\n".join([
            record("司马守正", "1", "1977-07-07", "", "浑源县某镇某村2号", "140225"),
            "司马守正 | 1 | 1977-07-07 | 13900000000 | | ",
        ]),
    )  # fmt: skip
    assert bands(base) == [("new", None), ("new", None)]
    assert base.rows("person_found", "name", "address", "phone", "statements") == [
        ("司马守正", "浑源县某镇某村2号", "13900000000", 2)
    ]


def test_a_name_alone_makes_nobody(build_natural_person):
    base = build_natural_person(
        resident=RESIDENTS,
        student="""
            id_number_raw | name
            1.40213E+17   | 司马守正
        """,
    )
    assert bands(base) == [("waiting", None)]
    assert base.rows("person_found", "name") == []


def test_a_bride_whose_number_is_wrong_is_found_in_the_household_of_the_groom(build_natural_person):
    base = build_natural_person(
        resident=RESIDENTS.replace("H2\n", "H1\n"),
        marriage=f"""
            certificate_no | _key | male_id_number | male_name | female_id_number_raw | female_name
            J1             | J1   | {MAN}          | 王建国    | 14021319             | 李若兰
        """,
    )
    keys = dict(base.rows("person", "name", "record_key"))
    assert base.rows("person_marriage", "male_key", "female_key") == [(keys["王建国"], keys["李若兰"])]


def test_a_linked_record_gives_an_address_where_nobody_else_does(build_natural_person):
    base = build_natural_person(
        resident=RESIDENTS,
        health_record=record("李若兰", "2", "1955-02-03", "", "云冈区某街道和阳街9号", "140214"),
    )
    assert base.rows(
        "person", "name", "residence_address", "residence_address_source", where="residence_address is not null"
    ) == [("李若兰", "云冈区某街道和阳街9号", 1)]
    assert base.rows("person_residence", "address") == [("云冈区某街道和阳街9号",)]


def test_a_linked_permit_that_has_ended_gives_no_address(build_natural_person):
    base = build_natural_person(
        resident=RESIDENTS,
        residence="""
            permit_no | id_number_raw      | name   | residence_address    | residence_division_code | end_date
            P1        | 000000195502030025 | 李若兰 | 云冈区某街道和阳街9号 | 140214                  | 2025-01-01
        """,
    )
    assert bands(base) == [("linked", "李若兰")]
    assert base.rows("person", "residence_address", where="name = '李若兰'") == [(None,)]
    assert base.rows("person_residence", "address") == [("云冈区某街道和阳街9号",)]


def test_of_linked_records_the_kind_with_more_authority_gives_the_address(build_natural_person):
    base = build_natural_person(
        resident=RESIDENTS,
        residence="""
            permit_no | id_number_raw      | name   | residence_address | residence_division_code | _as_of
            P1        | 000000195502030025 | 李若兰 | 某街道和阳街9号   | 140214                  | 2026-01-31
        """,
        health_record=record("李若兰", "2", "1955-02-03", "", "云冈区某街道和阳街9号", "140214"),
    )
    assert bands(base) == [("linked", "李若兰")] * 2
    columns = ("residence_address", "residence_division_code", "residence_address_source")
    assert base.rows("person", *columns, where="name = '李若兰'") == [("某街道和阳街9号", "140214", 2)]


def test_a_death_certificate_with_a_mistyped_number_still_counts(build_natural_person):
    base = build_natural_person(
        resident=RESIDENTS,
        death_certificate="""
            id_number_raw      | name   | death_date
            000000195502030042 | 李若兰 | 2026-10-01
        """,
    )
    assert base.rows("person", "is_deceased", "death_date_source", where="name = '李若兰'") == [(True, 1)]


def test_of_all_certificates_the_earliest_counts_and_before_what_the_register_says(build_natural_person):
    """Also where the earlier one has a mistyped number, and where only the register names the person."""
    mistyped = "id_number_raw | name | death_date\n000000195502030042 | 李若兰 | 2026-10-01"
    chosen = {"where": "name = '李若兰'"}
    for later in ("2026-10-03", "2026-09-28"):
        base = build_natural_person(
            resident=RESIDENTS,
            death_certificate=f"""
                id_number | id_number_raw      | name   | death_date
                {WOMAN}   |                    | 李若兰 | {later}
                          | 000000195502030042 | 李若兰 | 2026-10-01
            """,
        )
        assert base.rows("person", "death_date", **chosen) == [(min(date.fromisoformat(later), date(2026, 10, 1)),)]
    base = build_natural_person(
        resident=RESIDENTS,
        death_certificate=mistyped,
        deregistration=f"id_number | name | kind_code | death_date\n{WOMAN} | 李若兰 | 1 | 2026-09-01",
    )
    assert base.rows("person", "death_date", "death_date_source", **chosen) == [(date(2026, 10, 1), 1)]


def plan(builder: Builder, **roles: str) -> building.Plan:
    return builder.plan("natural_person", None, {}, roles)


def test_what_a_reviewer_decided_comes_before_any_weight(build_base):
    given = plan(
        build_base, resident=RESIDENTS, health_record=record("李若兰", "2", "1955-02-03", "", "和阳街9号", "140214")
    )
    first = Built(building.build(given, build_base.folder / "candidates"))
    ((statement, right),) = first.rows("person_link", "statement_key", "person_key")
    ((wrong,),) = first.rows("person", "record_key", where="name = '王建国'")
    assert right != wrong
    for record_key, expected in ((None, [("new", None)]), (wrong, [("linked", "王建国")])):
        decided = replace(given, identities=Identities(linked=(("person", statement, record_key),)))
        assert building.release_id(decided) != building.release_id(given)
        assert bands(Built(building.build(decided, build_base.folder / "candidates"))) == expected


def test_equal_inputs_give_equal_bytes(build_base):
    given = plan(
        build_base, resident=RESIDENTS, health_record=record("李若岚", "2", "1955-02-03", "", "和阳街9号", "140214")
    )
    made = [building.build(given, build_base.folder / each) for each in ("one", "two")]
    files = [
        {name: facts["sha256"] for name, facts in each.manifest["tables"].items()} for each in made
    ]  # fmt: skip
    assert files[0] == files[1]


def test_the_model_is_part_of_what_identifies_a_build():
    assert "linkage.json" in {path.name for path in base("natural_person").files}


@pytest.mark.parametrize(
    ("role", "row", "table"),
    [
        ("disability", "card_no | disability_kind_code | issued_date\nK1 | 4 | 2020-03-01", "person_disability"),
        ("veteran", "card_no | kind_code | issued_date\nY1 | 1 | 2020-03-01", "person_veteran"),
        ("student", "student_no | school_name\nG1 | 一中", "person_education"),
    ],
)
def test_cards_and_school_records_without_a_valid_identifier_are_linked_too(build_natural_person, role, row, table):
    """The number is mistyped in its check character alone: with the name that is enough."""
    head, cells = row.split("\n")
    given = f"{head} | id_number_raw | name\n{cells} | 000000195502030025 | 李若兰"
    base = build_natural_person(resident=RESIDENTS, **{role: given})
    ((key,),) = base.rows("person", "record_key", where="name = '李若兰'")
    assert base.rows("person_link", "band", "person_key") == [("linked", key)]
    assert base.rows(table, "person_key", "is_deceased") == [(key, False)]


@pytest.mark.parametrize("role", ["disability", "veteran"])
def test_whom_only_a_card_knows_is_a_person(build_natural_person, role):
    base = build_natural_person(**{role: f"card_no | id_number | name\nK1 | {WOMAN} | 李若兰"})
    assert base.rows("person", "id_number", "name", "name_source") == [(WOMAN, "李若兰", 1)]
    assert len(base.rows(f"person_{role}", "person_key")) == 1


def test_the_register_s_row_with_a_mistyped_number_tells_the_status_of_its_person(build_natural_person):
    base = build_natural_person(
        medical_insured=f"id_number | name | sex_code | birth_date\n{WOMAN} | 李若兰 | 2 | 1955-02-03",
        resident="""
            id_number | id_number_raw      | name   | sex_code | birth_date | registered_address | status_code
                      | 000000195502030025 | 李若兰 | 2        | 1955-02-03 | 和阳街9号          | 1
        """,
    )
    assert base.rows("person_link", "band") == [("linked",)]
    assert base.rows("person", "status_code", "status_code_source") == [("1", 2)]
