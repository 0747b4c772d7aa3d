"""The base of natural persons: golden values by authority and recency, conflicts, what waits for linkage."""

from __future__ import annotations

import pytest

from catalog.errors import BuildFailed

MAN = "00000019000101001X"
WOMAN = "000000195502030024"


def test_the_authoritative_source_gives_the_name_and_is_named(build_natural_person):
    base = build_natural_person(
        resident=f"""
            id_number | name
            {MAN}     | 王冈
        """,
        medical_insured=f"""
            id_number | name
            {MAN}     | 王刚
        """,
    )
    assert base.rows("person", "id_number", "name", "name_source") == [(MAN, "王冈", 2)]
    assert base.candidate.manifest["sources"][1]["resource"] == "resident"


def test_the_register_can_rank_another_source_first(build_base):
    base = build_base(
        "natural_person",
        ranking={"person.sex_code": ("medical_insured", "resident")},
        resident=f"""
            id_number | sex_code
            {MAN}     | 1
        """,
        medical_insured=f"""
            id_number | sex_code
            {MAN}     | 2
        """,
    )
    assert base.rows("person", "sex_code", "sex_code_source") == [("2", 1)]


def test_a_ranking_of_a_source_that_is_none_fails_the_build(build_base):
    with pytest.raises(BuildFailed, match=r"person\.name"):
        build_base("natural_person", ranking={"person.name": ("taxpayer",)})


def test_the_newest_row_of_one_source_wins(build_natural_person):
    base = build_natural_person(
        residence=f"""
            permit_no | id_number | name | residence_address | _as_of
            P2        | {MAN}     | 王   | 新居              | 2026-02-01
            P1        | {MAN}     | 王   | 旧居              | 2026-01-01
            P3        | {WOMAN}   | 李   | 别处              | 2026-01-01
        """
    )
    assert base.rows("person", "residence_address") == [("别处",), ("新居",)]


def test_whoever_moved_away_is_still_known_and_lives_nowhere_here(build_natural_person):
    base = build_natural_person(
        residence=f"""
            permit_no | id_number | name | residence_address | end_date   | _as_of
            P1        | {MAN}     | 王   | 旧居              | 2026-01-31 | 2026-02-01
            P2        | {WOMAN}   | 李   | 旧居              | 2026-01-31 | 2026-02-01
            P3        | {WOMAN}   | 李   | 新居              |            | 2026-02-01
        """
    )
    columns = ("id_number", "name", "name_source", "residence_address", "residence_address_source")
    assert sorted(base.rows("person", *columns)) == [(MAN, "王", 1, None, None), (WOMAN, "李", 1, "新居", 1)]


@pytest.mark.parametrize("is_turned", [False, True])
def test_of_permits_that_run_the_one_that_began_last_counts_whatever_the_order_of_rows(build_natural_person, is_turned):
    rows = [f"P1 | {MAN} | 新街1号 | 140213 | 2024-01-01", f"P2 | {MAN} | 旧街1号 | 140214 | 2020-01-01"]
    head = "permit_no | id_number | residence_address | residence_division_code | start_date"
    base = build_natural_person(residence="\n".join([head, *(rows[::-1] if is_turned else rows)]))
    assert base.rows("person", "residence_address", "residence_division_code") == [("新街1号", "140213")]
    assert base.rows("person_residence_history", "address", where="valid_to is null") == [("新街1号",)]


def test_an_attribute_falls_to_the_next_source_that_states_it(build_natural_person):
    base = build_natural_person(
        residence=f"""
            id_number | residence_address | residence_division_code
            {MAN}     |                   | 140213
        """,
        housing_fund=f"""
            id_number | residence_address | residence_division_code
            {MAN}     | 某街1号           | 140213
        """,
    )
    columns = ("residence_address", "residence_address_source", "residence_division_code_source")
    assert base.rows("person", *columns) == [("某街1号", 1, 2)]


def test_sex_and_birth_follow_from_the_identifier_where_nobody_states_them(build_natural_person):
    base = build_natural_person(
        student=f"""
            id_number | name
            {WOMAN}   | 李四
        """
    )
    columns = ("sex_code", "sex_code_source", "birth_date::text", "birth_date_source")
    assert [tuple(map(str, row)) for row in base.rows("person", *(c.split("::")[0] for c in columns))] == [
        ("2", "None", "1955-02-03", "None")
    ]


def test_both_parties_of_a_marriage_are_persons(build_natural_person):
    base = build_natural_person(
        marriage=f"""
            certificate_no | male_id_number | male_name | female_id_number | female_name
            J1             | {MAN}          | 王五      | {WOMAN}          | 李四
        """
    )
    keys = dict(base.rows("person", "name", "record_key"))
    assert base.rows("person_marriage", "male_key", "female_key") == [(keys["王五"], keys["李四"])]


@pytest.mark.parametrize("written", ["王昇", "王 昇", "王·升", "王升　"])
def test_a_variant_writing_is_no_conflict(build_natural_person, written):
    base = build_natural_person(
        resident=f"""
            id_number | name
            {MAN}     | 王升
        """,
        medical_insured=f"""
            id_number | name
            {MAN}     | {written}
        """,
    )
    assert base.findings() == []


def test_another_name_is_a_conflict_for_the_authoritative_department(build_base):
    base = build_base(
        "natural_person",
        departments={"resident": "police"},
        resident=f"""
            id_number | name
            {MAN}     | 王冈
        """,
        medical_insured=f"""
            id_number | name
            {WOMAN}   | 李四
            {MAN}     | 王伟
        """,
        marriage=f"""
            certificate_no | male_id_number | male_name
            J1             | {MAN}          | 王维
        """,
    )
    assert base.findings() == [
        ("NAME_CONFLICT", "marriage", "police", "male_name", "marriage-d0", 2),
        ("NAME_CONFLICT", "medical_insured", "police", "name", "medical_insured-d0", 3),
    ]
    assert base.rows("person_conflict", "attribute", "other_source", "other_value") == [
        ("name", 1, "王维"),
        ("name", 2, "王伟"),
    ]


def test_another_sex_or_birth_date_is_a_conflict_and_the_insurer_is_told(build_base):
    base = build_base(
        "natural_person",
        departments={"resident": "police", "medical_insured": "insurer"},
        resident=f"""
            id_number | sex_code | birth_date
            {MAN}     | 1        | 1990-01-01
            {WOMAN}   | 2        | 1990-01-02
        """,
        medical_insured=f"""
            id_number | sex_code | birth_date
            {MAN}     | 2        | 1990-01-01
            {WOMAN}   | 9        | 1990-02-01
        """,
    )
    assert base.told() == [
        ("BIRTH_CONFLICT", "medical_insured", 3, "police", "insurer"),
        ("SEX_CONFLICT", "medical_insured", 2, "police", "insurer"),
    ]
    assert base.rows("person_conflict", "attribute", "other_value") == [("birth_date", "1990-02-01"), ("sex_code", "2")]


def test_a_running_permit_and_the_housing_fund_must_agree_on_the_division(build_base):
    base = build_base(
        "natural_person",
        departments={"residence": "police"},
        residence=f"""
            id_number | residence_division_code | end_date
            {MAN}     | 140213                  |
            {WOMAN}   | 140213                  | 2025-01-01
        """,
        housing_fund=f"""
            id_number | residence_division_code
            {MAN}     | 140214
            {WOMAN}   | 140214
        """,
    )
    assert base.findings() == [
        ("RESIDENCE_CONFLICT", "housing_fund", "police", "residence_division_code", "housing_fund-d0", 2)
    ]


def test_the_earliest_death_certificate_wins_and_the_register_is_asked_to_agree(build_base):
    base = build_base(
        "natural_person",
        departments={"death_certificate": "health"},
        death_certificate=f"""
            id_number | name | death_date
            {MAN}     | 王冈 | 2026-03-02
            {MAN}     | 王冈 | 2026-03-01
        """,
        deregistration=f"""
            id_number | name | kind_code | death_date
            {MAN}     | 王冈 | 1         | 2026-03-05
            {WOMAN}   | 李四 | 2         |
        """,
    )
    assert base.rows("person", "is_deceased", "death_date_source") == [(False, None), (True, 1)]
    assert base.findings() == [
        ("DEATH_CONFLICT", "death_certificate", "health", "death_date", "death_certificate-d0", 2),
        ("DEATH_CONFLICT", "deregistration", "health", "death_date", "deregistration-d0", 2),
    ]


def test_who_was_struck_off_for_a_death_of_no_day_is_dead_by_that_source(build_natural_person):
    base = build_natural_person(
        resident=f"id_number | status_code\n{MAN} | 1", deregistration=f"id_number | kind_code\n{MAN} | 1"
    )
    columns = ("is_deceased", "death_date", "status_code", "status_code_source")
    assert base.rows("person", *columns) == [(True, None, "2", 1)]


def test_a_row_with_an_invalid_identifier_waits_for_linkage(build_natural_person):
    base = build_natural_person(
        student="""
            id_number | id_number_raw | name
                      | 1.40213E+17   | 李四
        """,
        marriage=f"""
            certificate_no | male_id_number | male_name | female_id_number_raw | female_name
            J1             | {MAN}          | 王五      | 14021319             | 李四
        """,
    )
    assert base.rows("person_unlinked", "item", "id_number_raw", "name") == [
        ("female_id_number", "14021319", "李四"),
        ("id_number", "1.40213E+17", "李四"),
    ]
    assert base.rows("person", "name") == [("王五",)]


def test_insurance_has_one_row_per_person_and_kind(build_natural_person):
    base = build_natural_person(
        social_insured=f"""
            id_number | insurance_kind_code | employer_credit_code | status_code | _as_of
            {MAN}     | 11                  | 91140200MA0000001A   | 1           | 2026-01-31
            {MAN}     | 11                  | 91140200MA0000001A   | 2           | 2026-02-28
            {MAN}     | 20                  |                      | 1           | 2026-02-28
        """,
        medical_insured=f"""
            id_number | kind_code | status_code
            {MAN}     | 1         | 1
        """,
    )
    assert base.rows("person_insurance", "scheme", "kind_code", "status_code") == [
        ("medical", "1", "1"),
        ("social", "11", "2"),
        ("social", "20", "1"),
    ]


def test_no_table_has_a_duplicate_key_or_an_orphan(build_natural_person):
    base = build_natural_person(
        resident=f"""
            id_number | name | household_id
            {MAN}     | 王冈 | H1
            {WOMAN}   | 李四 | H1
        """,
        welfare=f"""
            id_number | name | residence_address
            {MAN}     | 王冈 | 某街
        """,
    )
    profile = base.candidate.profile
    assert [(p.duplicate_keys, p.null_keys, p.orphans) for p in profile] == [(0, 0, 0)] * len(profile)
    assert base.candidate.manifest["quality"] == {"rows": 3, "good": 3, "share_passed": 1.0}
