"""More of the person: school, disability, veterans' cards, employment, other names, counts, shared identifiers."""

from __future__ import annotations

from datetime import date

MAN = "00000019000101001X"
WOMAN = "000000195502030024"
RESIDENT = f"""
    id_number | name | sex_code | birth_date | registered_division_code
    {MAN}     | 王冈 | 1        | 1900-01-01 | 140213
    {WOMAN}   | 李四 | 2        | 1955-02-03 | 140214
"""


def test_the_newest_school_record_of_a_number_counts(build_natural_person):
    base = build_natural_person(
        student=f"""
            student_no | id_number | name | school_name | grade | _as_of
            G1         | {WOMAN}   | 李四 | 一中        | 高一  | 2026-01-31
            G1         | {WOMAN}   | 李四 | 二中        | 高二  | 2026-07-31
        """
    )
    assert base.rows("person_education", "student_no", "birth_date", "school_name", "grade") == [
        ("G1", date(1955, 2, 3), "二中", "高二")
    ]


def test_a_card_of_the_disabled_is_in_force_until_the_day_after_its_last(build_natural_person):
    base = build_natural_person(
        resident=RESIDENT,
        disability=f"""
            card_no | id_number | disability_kind_code | issued_date | valid_until
            K1      | {WOMAN}   | 4                    | 2020-03-01  | 2030-02-28
        """,
    )
    assert base.rows("person_disability", "disability_kind_code", "valid_from", "valid_to") == [
        ("4", date(2020, 3, 1), date(2030, 3, 1))
    ]


def test_a_veteran_has_the_card_from_its_issue_on(build_natural_person):
    base = build_natural_person(
        resident=RESIDENT,
        veteran=f"""
            card_no | id_number | kind_code | issued_date
            Y1      | {MAN}     | 1         | 2021-08-01
        """,
    )
    assert base.rows("person_veteran", "card_no", "kind_code", "valid_from", "valid_to") == [
        ("Y1", "1", date(2021, 8, 1), None)
    ]


def test_somebody_works_where_insured_since_the_first_month_of_any_kind(build_natural_person):
    base = build_natural_person(
        social_insured=f"""
            id_number | name | insurance_kind_code | employer_credit_code | status_code | start_month
            {MAN}     | 王冈 | 11                  | 91140200MA0000001A   | 2           | 2019-05
            {MAN}     | 王冈 | 20                  | 91140200MA0000001A   | 1           | 2021-01
            {WOMAN}   | 李四 | 12                  |                      | 1           | 2021-01
        """
    )
    assert base.rows("person_employment", "valid_from", "is_current") == [(date(2019, 5, 1), True)]


def test_other_writings_of_a_name_are_kept_with_their_source(build_natural_person):
    base = build_natural_person(
        resident=RESIDENT,
        medical_insured=f"""
            id_number | name
            {MAN}     | 王岗
            {WOMAN}   | 李五
        """,
    )
    assert base.rows("person_name", "name", "kind", "source") == [("李五", "other", 1), ("王岗", "variant", 1)]


def test_the_living_are_counted_where_they_are_registered_and_where_they_live(build_natural_person):
    base = build_natural_person(
        resident=RESIDENT,
        residence=f"""
            permit_no | id_number | name | residence_division_code
            P1        | {WOMAN}   | 李四 | 140213
        """,
        deregistration=f"""
            id_number | name | kind_code | death_date
            {MAN}     | 王冈 | 1         | 2000-01-01
        """,
    )
    assert base.rows("person_count", "division_code", "age_from", "age_to", "sex_code", "registered", "resident") == [
        ("140213", 70, 74, "2", 0, 1),
        ("140214", 70, 74, "2", 1, 0),
    ]


def test_another_name_and_birth_date_under_one_identifier_is_told_as_a_shared_number(build_base):
    base = build_base(
        "natural_person",
        departments={"resident": "police"},
        resident=RESIDENT,
        medical_insured=f"""
            id_number | name | sex_code | birth_date
            {WOMAN}   | 赵六 | 2        | 1980-05-06
        """,
    )
    rules = [(rule, department) for rule, _, department, *_ in base.findings()]
    assert ("IDENTIFIER_SHARED", "police") in rules
    assert ("id_number", "赵六") in base.rows("person_conflict", "attribute", "other_value")
    assert base.rows("person", "name", where="id_number = '" + WOMAN + "'") == [("李四",)]


def test_a_shared_number_is_one_finding_whatever_number_of_rows_and_values_say_so(build_base):
    base = build_base(
        "natural_person",
        departments={"resident": "police"},
        resident=RESIDENT,
        medical_insured=f"""
            id_number | name | sex_code | birth_date | kind_code
            {WOMAN}   | 赵六 | 1        | 1980-05-06 | 1
            {WOMAN}   | 赵六 | 1        | 1980-05-06 | 2
        """,
    )
    assert [(rule, item) for rule, _, _, item, *_ in base.findings()] == [("IDENTIFIER_SHARED", "id_number")]


def test_one_person_under_two_numbers_is_told_and_not_merged(build_natural_person):
    base = build_natural_person(
        resident=RESIDENT,
        medical_insured=f"""
            id_number          | name | sex_code | birth_date | phone
            {WOMAN}            | 李四 | 2        | 1955-02-03 | 13900000001
            00000019550203104X | 李四 | 2        | 1955-02-03 | 13900000001
            000000195502039987 | 李四 | 2        | 1955-02-03 | 13900000002
        """,
    )
    assert len(base.rows("person", "name", where="name = '李四'")) == 3
    keys = dict(base.rows("person", "id_number", "record_key"))
    columns = ("person_key", "other_key", "is_same_phone", "is_same_address", "is_near_identifier")
    assert base.rows("person_double", *columns) == [(keys["00000019550203104X"], keys[WOMAN], True, False, False)]


def test_who_moved_out_is_counted_nowhere_unless_they_live_here(build_natural_person):
    base = build_natural_person(
        resident=f"""
            id_number | name | sex_code | birth_date | registered_division_code | status_code | _as_of
            {MAN}     | 王冈 | 1        | 1900-01-01 | 140213                   | 3           | 2026-10-31
            {WOMAN}   | 李四 | 2        | 1955-02-03 | 140214                   | 1           | 2026-10-31
        """,
        deregistration=f"""
            id_number | kind_code | _as_of
            {WOMAN}   | 2         | 2026-11-30
        """,
        residence=f"""
            id_number | residence_division_code | _as_of
            {WOMAN}   | 140213                  | 2026-11-30
        """,
    )
    assert base.rows("person_count", "division_code", "sex_code", "registered", "resident") == [("140213", "2", 0, 1)]


def test_the_register_s_status_gives_way_to_a_later_death_and_a_move(build_natural_person):
    base = build_natural_person(
        resident=f"""
            id_number          | status_code | registered_division_code | _as_of
            {MAN}              | 1           | 140213                   | 2026-10-31
            {WOMAN}            | 1           | 140213                   | 2026-10-31
            000000198001010011 | 1           | 140213                   | 2026-10-31
        """,
        death_certificate=f"id_number | death_date\n{MAN} | 2026-11-01",
        deregistration=f"id_number | kind_code | _as_of\n{WOMAN} | 2 | 2026-11-30",
    )
    columns = ("status_code", "status_code_source", "is_deceased")
    found = {n: rest for n, *rest in base.rows("person", "id_number", *columns)}
    assert found == {MAN: ["2", 1, True], WOMAN: ["3", 2, False], "000000198001010011": ["1", 3, False]}


def test_who_came_back_after_moving_out_is_counted(build_natural_person):
    base = build_natural_person(
        resident=f"""
            id_number | sex_code | birth_date | registered_division_code | status_code | _as_of
            {MAN}     | 1        | 1900-01-01 | 140213                   | 1           | 2026-11-30
        """,
        deregistration=f"""
            id_number | kind_code | _as_of
            {MAN}     | 2         | 2026-03-31
        """,
    )
    assert base.rows("person_count", "division_code", "registered", "resident") == [("140213", 1, 1)]
