"""Facts of a person that hold for a time: where somebody lived, worked and was insured, and to whom they were married."""

from __future__ import annotations

from datetime import date

MAN = "00000019000101001X"
WOMAN = "000000195502030024"
FIRM, OTHER = "91140200MA0000001A", "91140200MA0000002X"
RESIDENT = f"""
    id_number | name | sex_code | birth_date | registered_division_code
    {MAN}     | 王冈 | 1        | 1900-01-01 | 140213
    {WOMAN}   | 李四 | 2        | 1955-02-03 | 140214
"""
HOME = ("division_code", "valid_from", "valid_to")
STATUS = ("marital_status_code", "valid_from", "valid_to")
JOB = ("valid_from", "valid_to", "is_current")


def test_stays_follow_each_other_and_the_one_that_began_last_counts(build_natural_person):
    base = build_natural_person(
        resident=RESIDENT,
        residence=f"""
            permit_no | id_number | residence_address | residence_division_code | start_date | end_date
            P1        | {MAN}     | 甲街1号           | 140213                  | 2020-01-01 | 2024-12-31
            P2        | {MAN}     | 乙街1号           | 140214                  | 2023-01-01 | 2023-12-31
        """,
        # a benefit's first day tells not since when somebody lives there
        welfare=f"""
            id_number | residence_address | residence_division_code | start_date
            {MAN}     | 丙街1号           | 140215                  | 2019-01-01
        """,
    )
    assert base.rows("person_residence_history", *HOME, order="valid_from") == [
        ("140213", date(2020, 1, 1), date(2023, 1, 1)),
        ("140214", date(2023, 1, 1), date(2024, 1, 1)),
        ("140213", date(2024, 1, 1), date(2025, 1, 1)),
    ]


def test_statements_of_one_place_that_follow_each_other_are_one_stay(build_natural_person):
    base = build_natural_person(
        resident=RESIDENT,
        residence=f"""
            permit_no | id_number | residence_address | residence_division_code | start_date | end_date
            P1        | {MAN}     | 甲街1号           | 140213                  | 2020-01-01 | 2021-12-31
            P2        | {MAN}     | 甲街1号           | 140213                  | 2022-01-01 |
            P3        | {WOMAN}   | 甲街1号           | 140213                  | 2020-01-01 | 2020-12-31
            P4        | {WOMAN}   | 甲街1号           | 140213                  | 2022-01-01 | 2022-12-31
        """,
    )
    assert base.rows("person_residence_history", *HOME, order="valid_from, valid_to") == [
        ("140213", date(2020, 1, 1), date(2021, 1, 1)),
        ("140213", date(2020, 1, 1), None),
        ("140213", date(2022, 1, 1), date(2023, 1, 1)),
    ]


def test_a_stay_ends_with_death_and_one_without_its_days_is_no_history(build_natural_person):
    base = build_natural_person(
        residence=f"""
            permit_no | id_number | residence_address | residence_division_code | start_date | end_date
            P1        | {MAN}     | 甲街1号           | 140213                  | 2020-01-01 |
        """,
        housing_fund=f"""
            id_number | residence_address | residence_division_code
            {WOMAN}   | 乙街1号           | 140214
        """,
        death_certificate=f"""
            id_number | death_date
            {MAN}     | 2024-05-06
        """,
    )
    assert base.rows("person_residence_history", *HOME, "is_deceased") == [
        ("140213", date(2020, 1, 1), date(2024, 5, 7), True)
    ]


def test_earlier_employers_are_kept_and_end_when_the_source_says_or_the_next_begins(build_natural_person):
    base = build_natural_person(
        social_insured=f"""
            id_number | name | insurance_kind_code | employer_credit_code | status_code | start_month
            {MAN}     | 王冈 | 11                  | {FIRM}               | 1           | 2022-01
            {MAN}     | 王冈 | 20                  | {FIRM}               | 1           | 2022-03
        """,
        insurance_period=f"""
            id_number | insurance_kind_code | employer_credit_code | start_month | end_month
            {MAN}     | 11                  | {OTHER}              | 2015-01     | 2018-06
            {MAN}     | 20                  | {OTHER}              | 2018-07     | 2019-12
            {MAN}     | 11                  | {FIRM}               | 2020-01     |
            {MAN}     | 11                  | {FIRM}               | 2022-01     |
        """,
    )
    where = {"where": "kind_code = '11'", "order": "valid_from"}
    assert base.rows("person_insurance", "valid_from", "valid_to", "status_code", **where) == [
        (date(2015, 1, 1), date(2018, 7, 1), None),
        (date(2020, 1, 1), date(2022, 1, 1), None),
        (date(2022, 1, 1), None, "1"),
    ]
    # what touches is one stretch
    assert base.rows("person_employment", *JOB, order="valid_from") == [
        (date(2015, 1, 1), date(2020, 1, 1), False),
        (date(2020, 1, 1), None, True),
    ]


def test_what_runs_is_not_ended_by_a_period_that_began_in_the_same_month(build_natural_person):
    """Which of the two has the smaller key is chance: two persons and two kinds give it every way."""
    base = build_natural_person(
        social_insured=f"""
            id_number | insurance_kind_code | employer_credit_code | status_code | start_month
            {MAN}     | 11                  | {FIRM}               | 1           | 2022-01
            {MAN}     | 20                  | {OTHER}              | 1           | 2022-01
            {WOMAN}   | 11                  | {OTHER}              | 1           | 2022-01
            {WOMAN}   | 20                  | {FIRM}               | 1           | 2022-01
        """,
        insurance_period=f"""
            id_number | insurance_kind_code | employer_credit_code | start_month | end_month
            {MAN}     | 11                  | {OTHER}              | 2022-01     | 2022-01
            {MAN}     | 20                  | {FIRM}               | 2022-01     | 2022-01
            {WOMAN}   | 11                  | {FIRM}               | 2022-01     | 2022-01
            {WOMAN}   | 20                  | {OTHER}              | 2022-01     | 2022-01
        """,
    )
    columns = ("status_code", "valid_from", "valid_to")
    assert base.rows("person_insurance", *columns) == [
        *[("1", date(2022, 1, 1), None)] * 4,
        *[(None, date(2022, 1, 1), date(2022, 2, 1))] * 4,
    ]
    assert base.rows("person_employment", *JOB) == [(date(2022, 1, 1), None, True)] * 4


def test_kinds_of_insurance_of_which_nobody_knows_the_first_month_are_one_employment(build_natural_person):
    base = build_natural_person(
        social_insured=f"""
            id_number | insurance_kind_code | employer_credit_code | status_code | start_month
            {MAN}     | 11                  | {FIRM}               | 1           |
            {MAN}     | 20                  | {FIRM}               | 1           |
        """,
        insurance_period=f"""
            id_number | insurance_kind_code | employer_credit_code | start_month | end_month
            {MAN}     | 30                  | {OTHER}              | 2015-01     | 2018-06
        """,
    )
    assert base.rows("person_employment", *JOB) == [
        (date(2015, 1, 1), date(2018, 7, 1), False),
        (None, None, True),
    ]


def test_who_comes_back_to_an_employer_has_two_stretches_there(build_natural_person):
    base = build_natural_person(
        social_insured=f"""
            id_number | insurance_kind_code | employer_credit_code | status_code | start_month
            {MAN}     | 11                  | {FIRM}               | 2           | 2024-01
        """,
        insurance_period=f"""
            id_number | insurance_kind_code | employer_credit_code | start_month | end_month
            {MAN}     | 11                  | {FIRM}               | 2015-01     | 2018-06
        """,
    )
    assert base.rows("person_employment", *JOB, order="valid_from") == [
        (date(2015, 1, 1), date(2018, 7, 1), False),
        (date(2024, 1, 1), None, False),
    ]
    assert len(set(base.rows("person_employment", "record_key"))) == 2


def test_the_housing_fund_tells_of_an_employer_whom_the_social_insurance_does_not_know(build_natural_person):
    base = build_natural_person(
        social_insured=f"""
            id_number | insurance_kind_code | employer_credit_code | status_code | start_month
            {MAN}     | 11                  | {FIRM}               | 1           | 2022-01
        """,
        housing_fund=f"""
            id_number | employer_credit_code | status_code
            {MAN}     | {FIRM}               | 1
            {WOMAN}   | {OTHER}              | 1
        """,
    )
    assert base.rows("person_employment", *JOB, order="valid_from") == [
        (date(2022, 1, 1), None, True),
        (None, None, True),
    ]


def marriage(*rows: str) -> str:
    """Certificates of the two: `number | kind | day`."""
    head = "certificate_no | kind_code | registered_date | male_id_number | male_name | female_id_number | female_name"
    return "\n".join([head, *(f"{row} | {MAN} | 王冈 | {WOMAN} | 李四" for row in rows)])


def test_two_are_married_until_they_divorce(build_natural_person):
    base = build_natural_person(
        resident=RESIDENT, marriage=marriage("M1 | 1 | 1980-01-01", "M2 | 2 | 1990-01-01", "M3 | 1 | 1995-01-01")
    )
    one = [
        ("20", date(1980, 1, 1), date(1990, 1, 1)),
        ("40", date(1990, 1, 1), date(1995, 1, 1)),
        ("20", date(1995, 1, 1), None),
    ]
    for key in (f"'{MAN}'", f"'{WOMAN}'"):
        ((person,),) = base.rows("person", "record_key", where=f"id_number = {key}")
        assert base.rows("person_marital", *STATUS, where=f"person_key = '{person}'", order="valid_from") == one


def test_who_outlives_the_other_is_widowed_and_the_dead_are_nothing_any_more(build_natural_person):
    base = build_natural_person(
        resident=RESIDENT,
        marriage=marriage("M1 | 1 | 1980-01-01"),
        death_certificate=f"""
            id_number | death_date
            {MAN}     | 2024-05-06
        """,
    )
    assert base.rows("person_marital", *STATUS, "is_deceased", order="valid_from, valid_to") == [
        ("20", date(1980, 1, 1), date(2024, 5, 6), False),
        ("20", date(1980, 1, 1), date(2024, 5, 7), True),
        ("30", date(2024, 5, 6), None, False),
    ]


def test_who_was_divorced_is_not_widowed(build_natural_person):
    base = build_natural_person(
        resident=RESIDENT,
        marriage=marriage("M1 | 1 | 1980-01-01", "M2 | 2 | 1990-01-01"),
        death_certificate=f"id_number | death_date\n{MAN} | 2024-05-06",
    )
    assert base.rows("person_marital", "marital_status_code", where="not is_deceased") == [("20",), ("40",)]


def test_a_second_copy_of_a_certificate_does_not_tell_since_when(build_natural_person):
    base = build_natural_person(resident=RESIDENT, marriage=marriage("M1 | 3 | 2020-01-01", "M2 | 3 | 2021-01-01"))
    assert base.rows("person_marital", *STATUS, "certificate_no") == [("20", None, None, "M2")] * 2
    base = build_natural_person(resident=RESIDENT, marriage=marriage("M1 | 1 | 1980-01-01", "M2 | 3 | 2021-01-01"))
    assert base.rows("person_marital", *STATUS) == [("20", date(1980, 1, 1), None)] * 2


def test_a_second_copy_after_a_divorce_from_somebody_else_tells_of_the_marriage_that_followed(build_natural_person):
    other = "000000196001010014"
    base = build_natural_person(
        resident=RESIDENT,
        marriage=f"""
            certificate_no | kind_code | registered_date | male_id_number | male_name | female_id_number | female_name
            M1 | 2 | 1990-01-01 | {other} | 赵六 | {WOMAN} | 李四
            M2 | 3 | 2020-01-01 | {MAN} | 王冈 | {WOMAN} | 李四
        """,
    )
    ((woman,),) = base.rows("person", "record_key", where=f"id_number = '{WOMAN}'")
    assert base.rows("person_marital", *STATUS, where=f"person_key = '{woman}'", order="valid_from") == [
        ("40", date(1990, 1, 1), date(2020, 1, 1)),
        ("20", date(2020, 1, 1), None),
    ]
