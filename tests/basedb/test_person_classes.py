"""Minors and the deceased as classes of rows in every table that speaks of persons."""

from __future__ import annotations

from datetime import date

import pytest

MAN = "00000019000101001X"
WOMAN = "000000195502030024"
RESIDENT = f"""
    id_number | name | sex_code | birth_date | registered_division_code | status_code
    {MAN}     | 王冈 | 1        | 1900-01-01 | 140213                   | 1
    {WOMAN}   | 李四 | 2        | 1955-02-03 | 140214                   | 1
"""
FACTS = {
    "resident": RESIDENT,
    "death_certificate": f"""
        id_number | name | death_date
        {WOMAN}   | 李四 | 2026-03-01
    """,
    "residence": f"""
        permit_no | id_number | name | residence_address | residence_division_code | start_date
        P1        | {WOMAN}   | 李四 | 迎宾街1号         | 140213                  | 2020-01-01
        P2        | {MAN}     | 王冈 | 迎宾街2号         | 140213                  | 2020-01-01
    """,
    "social_insured": f"""
        id_number | name | insurance_kind_code | employer_credit_code | status_code | start_month
        {WOMAN}   | 李五 | 11                  | 91140200MA0000001A   | 1           | 2019-05
        {MAN}     | 王岗 | 11                  | 91140200MA0000001A   | 1           | 2019-05
    """,
    "student": f"""
        student_no | id_number | name | school_name
        G1         | {WOMAN}   | 李四 | 一中
        G2         | {MAN}     | 王冈 | 一中
    """,
    "disability": f"""
        card_no | id_number | disability_kind_code | issued_date
        K1      | {WOMAN}   | 4                    | 2020-03-01
        K2      | {MAN}     | 4                    | 2020-03-01
    """,
    "veteran": f"""
        card_no | id_number | kind_code | issued_date
        Y1      | {WOMAN}   | 1         | 2021-08-01
        Y2      | {MAN}     | 1         | 2021-08-01
    """,
}
BOTH = [(date(1900, 1, 1), False), (date(1955, 2, 3), True)]


@pytest.mark.parametrize(
    "table",
    ["residence", "insurance", "education", "disability", "veteran", "employment", "name"],
)
def test_a_row_tells_the_birth_and_the_death_of_its_person(build_natural_person, table):
    base = build_natural_person(**FACTS)
    assert sorted(base.rows(f"person_{table}", "birth_date", "is_deceased")) == BOTH


def test_a_marriage_tells_the_younger_of_both_and_whether_either_died(build_natural_person):
    base = build_natural_person(
        **FACTS,
        marriage=f"""
            certificate_no | kind_code | male_id_number | male_name | female_id_number | female_name | registered_date
            M1             | 1         | {MAN}          | 王冈      | {WOMAN}          | 李四        | 1980-01-01
            M2             | 1         | {MAN}          | 王冈      |                  | 赵六        | 1960-01-01
        """,
    )
    found = sorted(base.rows("person_marriage", "certificate_no", "birth_date", "is_deceased"))
    assert found == [("M1", date(1955, 2, 3), True), ("M2", date(1900, 1, 1), False)]


def test_a_conflict_about_the_dead_is_theirs(build_natural_person):
    base = build_natural_person(**FACTS)
    assert sorted(base.rows("person_conflict", "birth_date", "is_deceased")) == [(date(1955, 2, 3), True)]


def test_a_death_that_names_nobody_known_is_a_row_of_the_deceased(build_natural_person):
    base = build_natural_person(
        resident=RESIDENT,
        death_certificate="""
            id_number | id_number_raw      | name   | death_date
                      | 000000193001010019 | 无名氏 | 2026-03-01
        """,
    )
    assert base.rows("person_unlinked", "is_deceased") == [(True,)]
    assert base.rows("person_link", "is_deceased") == [(True,)]
