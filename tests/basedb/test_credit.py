"""Permits, penalties, lists and grades: linked to their subjects, shown only as long as the law lets."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from basedb.spec import base as base_of

if TYPE_CHECKING:
    from tests.basedb.conftest import Builder

PERSON, OTHER = "000000199001010010", "000000201501010021"
FIRM = "91000000MA0K000001"


def test_a_permit_is_linked_to_its_person_or_its_firm(build_base: Builder) -> None:
    base = build_base(
        "credit",
        permit=f"""
            document_no | subject_kind_code | subject_name | credit_code | id_number
            P1          | 2                 | 某公司       | {FIRM}      |
            P2          | 1                 | 张三         |             | {PERSON}
        """,
    )
    rows = base.rows("permit", "document_no", "person_key", "entity_key")
    assert [(number, bool(person), bool(firm)) for number, person, firm in rows] == [
        ("P1", False, True),
        ("P2", True, False),
    ]


def test_a_subject_without_a_valid_identifier_is_linked_to_nobody(build_base: Builder) -> None:
    base = build_base(
        "credit",
        penalty="""
            document_no | subject_name | credit_code_raw | id_number_raw
            C1          | 某公司       | 9100            | 1.40213E+17
        """,
        dishonest_debtor="case_no | subject_name | id_number_raw\nA1 | 张三 | 1402",
        tax_grade="_key | credit_code_raw | year | grade_code\nT1 | 9100 | 2025 | A",
    )
    for table in ("penalty", "credit_list_entry"):
        assert base.rows(table, "person_key", "entity_key", "id_number", "credit_code") == [(None, None, None, None)]
    assert base.rows("tax_credit_grade", "entity_key", "grade_code") == [(None, "A")]


def test_the_same_subject_has_one_key_in_every_table(build_base: Builder) -> None:
    base = build_base(
        "credit",
        permit=f"document_no | credit_code\nP1 | {FIRM}",
        penalty=f"document_no | credit_code\nC1 | {FIRM}",
        serious_list=f"entry_no | credit_code\nS1 | {FIRM}",
        tax_grade=f"_key | credit_code | year\n1 | {FIRM} | 2025",
    )
    keys = {row for table in base_of("credit").spec.TABLES for row in base.rows(table.name, "entity_key")}
    assert len(keys) == 1 and None not in next(iter(keys))


def test_a_penalty_past_its_period_is_still_built_and_carries_its_last_day(build_base: Builder) -> None:
    base = build_base("credit", penalty="document_no | publish_until\nC1 | 2001-01-01")
    assert base.rows("penalty", "publish_until") == [(date(2001, 1, 1),)]
    assert base_of("credit").table("penalty").visible_until == "publish_until"


@pytest.mark.parametrize(
    ("publish_until", "repaired_date", "expected"),
    [
        ("2027-01-01", "", date(2027, 1, 1)),
        ("2027-01-01", "2026-06-01", date(2026, 5, 31)),
        ("2026-03-01", "2026-06-01", date(2026, 3, 1)),
        ("", "", None),
    ],
)
def test_a_serious_entry_is_shown_until_its_period_ends_or_the_day_before_its_repair(
    build_base: Builder, publish_until: str, repaired_date: str, expected: date | None
) -> None:
    base = build_base(
        "credit",
        serious_list=f"""
            entry_no | credit_code | publish_until   | repaired_date
            S1       | {FIRM}      | {publish_until} | {repaired_date}
        """,
    )
    assert base.rows("credit_list_entry", "visible_until") == [(expected,)]


def test_an_abnormal_entry_is_shown_until_it_is_removed(build_base: Builder) -> None:
    base = build_base(
        "credit",
        abnormal_list=f"""
            entry_no | credit_code | list_kind_code | removed_date
            E1       | {FIRM}      | 1              |
            E2       | {FIRM}      | 1              | 2026-06-01
            E3       | {FIRM}      | 2              |
        """,
    )
    assert base.rows("credit_list_entry", "entry_no", "list_code", "visible_until") == [
        ("E1", "abnormal", None),
        ("E2", "abnormal", date(2026, 5, 31)),
        ("E3", "serious", None),
    ]


def test_what_one_department_repaired_no_other_list_shows_longer(build_base: Builder) -> None:
    base = build_base(
        "credit",
        abnormal_list=f"""
            entry_no | credit_code        | list_kind_code
            S1       | {FIRM}             | 2
            S2       | {FIRM}             | 2
        """,
        serious_list=f"""
            entry_no | credit_code        | list_kind_code | publish_until | repaired_date
            S1       | {FIRM}             | 2              | 2028-01-01    | 2026-06-01
            S2       | 91000000MA0K000002 | 2              | 2028-01-01    | 2026-06-01
        """,
    )
    market = base.rows("credit_list_entry", "entry_no", "visible_until", where="publish_until is null")
    assert market == [("S1", date(2026, 5, 31)), ("S2", None)]


def test_two_departments_listing_one_decision_make_two_rows(build_base: Builder) -> None:
    base = build_base(
        "credit",
        abnormal_list=f"entry_no | credit_code | list_kind_code\nS1 | {FIRM} | 2",
        serious_list=f"entry_no | credit_code | list_kind_code\nS1 | {FIRM} | 2",
    )
    assert len(set(base.rows("credit_list_entry", "record_key"))) == 2


def test_a_dishonest_debtor_is_shown_until_the_court_s_last_day(build_base: Builder) -> None:
    base = build_base(
        "credit",
        dishonest_debtor=f"""
            case_no | subject_kind_code | subject_name | id_number | published_date | publish_until | performance
            A1      | 1                 | 张三         | {PERSON}  | 2025-01-01     | 2027-01-01    | 全部未履行
        """,
    )
    assert base.rows("credit_list_entry", "list_code", "listed_date", "visible_until", "performance") == [
        ("dishonest", date(2025, 1, 1), date(2027, 1, 1), "全部未履行")
    ]


def test_a_record_of_a_minor_carries_the_birth_date_that_hides_it(build_base: Builder) -> None:
    base = build_base("credit", penalty=f"document_no | id_number\nC1 | {OTHER}\nC2 |")
    assert base.rows("penalty", "document_no", "birth_date") == [("C1", date(2015, 1, 1)), ("C2", None)]
    assert base_of("credit").table("penalty").birth_column == "birth_date"


def test_a_fine_keeps_its_unit_of_ten_thousand(build_base: Builder) -> None:
    base = build_base("credit", penalty="document_no | fine_cny_10k\nC1 | 0.35")
    assert [str(fine) for (fine,) in base.rows("penalty", "fine_cny_10k")] == ["0.35"]
    assert base_of("credit").table("penalty").column("fine_cny_10k").unit == "万元"


def test_of_one_document_delivered_twice_the_newest_delivery_counts(build_base: Builder) -> None:
    twice = """
        document_no | subject_name | _as_of
        A1          | 旧           | 2026-01-01
        A1          | 新           | 2026-02-01
    """
    base = build_base("credit", permit=twice, penalty=twice)
    assert base.rows("permit", "subject_name") == base.rows("penalty", "subject_name") == [("新",)]
