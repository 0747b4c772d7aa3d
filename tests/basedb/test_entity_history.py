"""The past of legal entities: names, states and representatives with the time in which each held; old codes, kinds."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

FIRM = "91140200MA0000001A"
OTHER = "91140200MA0000002B"
THIRD = "92140200MA0000003C"
OLD_MAN, NEW_MAN = "00000019000101001X", "000000190001010028"
ENTERPRISE = f"""
    credit_code | name | status_code | representative_name | representative_id_number | established_date
    {FIRM}      | 新名 | 1           | 新人               | {NEW_MAN}                | 2010-01-01
"""
ROOT = Path(__file__).parents[2]


def intervals(base, table, column):
    return base.rows(table, column, "valid_from", "valid_to", order="entity_key, valid_from nulls first")


def test_a_firm_without_a_logged_change_bears_its_name_since_its_founding(build_legal_entity):
    base = build_legal_entity(enterprise=ENTERPRISE)
    assert intervals(base, "entity_name", "name") == [("新名", date(2010, 1, 1), None)]
    assert intervals(base, "representative_term", "name") == [("新人", date(2010, 1, 1), None)]
    assert intervals(base, "entity_status", "status_code") == [("1", date(2010, 1, 1), None)]


def test_every_logged_change_ends_one_interval_and_begins_the_next(build_legal_entity):
    base = build_legal_entity(
        enterprise=ENTERPRISE,
        change=f"""
            change_no | credit_code | item_code | before_text | after_text | before_id_number | after_id_number | changed_date
            1         | {FIRM}      | 01        | 旧名        | 中名       |                  |                 | 2012-05-01
            2         | {FIRM}      | 01        | 中名        | 新名       |                  |                 | 2015-06-01
            3         | {FIRM}      | 02        | 旧人        | 新人       | {OLD_MAN}        | {NEW_MAN}       | 2016-01-01
        """,
    )
    assert intervals(base, "entity_name", "name") == [
        ("旧名", date(2010, 1, 1), date(2012, 5, 1)),
        ("中名", date(2012, 5, 1), date(2015, 6, 1)),
        ("新名", date(2015, 6, 1), None),
    ]
    assert intervals(base, "representative_term", "name") == [
        ("旧人", date(2010, 1, 1), date(2016, 1, 1)),
        ("新人", date(2016, 1, 1), None),
    ]
    people = {row[0] for row in base.rows("representative_term", "person_key")}
    assert len(people) == 2 and None not in people
    assert base.rows("representative", "person_key")[0][0] in people
    assert base.findings() == []


def test_a_firm_that_was_struck_off_stood_until_that_day(build_legal_entity):
    base = build_legal_entity(
        enterprise=f"""
            credit_code | name | status_code | established_date | cancelled_date
            {FIRM}      | 甲   | 3           | 2010-01-01       | 2020-02-02
        """
    )
    assert intervals(base, "entity_status", "status_code") == [
        ("1", date(2010, 1, 1), date(2020, 2, 2)),
        ("3", date(2020, 2, 2), None),
    ]


def test_a_firm_struck_off_after_its_last_logged_state_was_in_that_state_until_then(build_legal_entity):
    base = build_legal_entity(
        enterprise=f"""
            credit_code | name | status_code | established_date | cancelled_date
            {FIRM}      | 甲   | 3           | 2010-01-01       | 2020-02-02
        """,
        change=f"""
            change_no | credit_code | item_code | before_text | after_text | changed_date
            1         | {FIRM}      | 03        | 1           | 2          | 2015-06-01
        """,
    )
    assert intervals(base, "entity_status", "status_code") == [
        ("1", date(2010, 1, 1), date(2015, 6, 1)),
        ("2", date(2015, 6, 1), date(2020, 2, 2)),
        ("3", date(2020, 2, 2), None),
    ]
    # that the last change is logged nowhere remains a contradiction
    assert [rule for rule, *_ in base.told()] == ["ENTITY_CHANGE_CONFLICT"]


def test_when_a_state_began_is_unknown_where_nobody_logged_it(build_legal_entity):
    base = build_legal_entity(
        enterprise=f"""
            credit_code | name | status_code | established_date
            {FIRM}      | 甲   | 2           | 2010-01-01
        """
    )
    assert intervals(base, "entity_status", "status_code") == [("2", None, None)]


def test_of_several_changes_on_one_day_the_last_counts_and_none_lasts_no_time(build_legal_entity):
    base = build_legal_entity(
        enterprise=ENTERPRISE,
        change=f"""
            change_no | credit_code | item_code | before_text | after_text | changed_date
            1         | {FIRM}      | 01        | 旧名        | 错名       | 2012-05-01
            2         | {FIRM}      | 01        | 旧名        | 新名       | 2012-05-01
            3         | {FIRM}      | 03        | 1           | 1          | 2010-01-01
        """,
    )
    assert intervals(base, "entity_name", "name") == [
        ("旧名", date(2010, 1, 1), date(2012, 5, 1)),
        ("新名", date(2012, 5, 1), None),
    ]
    assert intervals(base, "entity_status", "status_code") == [("1", date(2010, 1, 1), None)]


def test_what_stood_before_a_day_of_several_changes_is_what_the_first_of_them_ended(build_legal_entity):
    base = build_legal_entity(
        enterprise=ENTERPRISE,
        change=f"""
            change_no | credit_code | item_code | before_text | after_text | before_id_number | changed_date
            10        | {FIRM}      | 01        | 错名        | 新名       |                  | 2012-05-01
            9         | {FIRM}      | 01        | 旧名        | 错名       |                  | 2012-05-01
            11        | {FIRM}      | 02        | 旧人        | 错人       | {OLD_MAN}        | 2016-01-01
            12        | {FIRM}      | 02        | 错人        | 新人       |                  | 2016-01-01
        """,
    )
    assert intervals(base, "entity_name", "name") == [
        ("旧名", date(2010, 1, 1), date(2012, 5, 1)),
        ("新名", date(2012, 5, 1), None),
    ]
    assert [name for name, _, _ in intervals(base, "representative_term", "name")] == ["旧人", "新人"]
    assert None not in {row[0] for row in base.rows("representative_term", "person_key", where="name = '旧人'")}
    assert base.findings() == []


def test_a_log_that_ends_in_another_name_than_the_register_s_is_a_finding_and_the_register_wins(build_base):
    base = build_base(
        "legal_entity",
        departments={"enterprise": "market_regulation", "change": "approval"},
        enterprise=ENTERPRISE,
        change=f"""
            change_no | credit_code | item_code | before_text | after_text | changed_date
            1         | {FIRM}      | 01        | 旧名        | 别名       | 2012-05-01
            2         | {OTHER}     | 01        | 旧名        | 别名       | 2012-05-01
        """,
    )
    assert base.told() == [("ENTITY_CHANGE_CONFLICT", "change", 2, "market_regulation", "approval")]
    assert ("新名", date(2012, 5, 1), None) in intervals(base, "entity_name", "name")
    # of a firm that no register holds the log alone speaks
    assert ("别名", date(2012, 5, 1), None) in intervals(base, "entity_name", "name")


def test_the_log_knows_the_name_better_than_the_tax_office(build_legal_entity):
    base = build_legal_entity(
        taxpayer=f"""
            credit_code | name
            {FIRM}      | 税务所称
            {OTHER}     | 乙
        """,
        change=f"""
            change_no | credit_code | item_code | before_text | after_text | changed_date
            1         | {FIRM}      | 01        | 旧名        | 新名       | 2012-05-01
        """,
    )
    assert {row[0] for row in intervals(base, "entity_name", "name")} == {"旧名", "新名", "乙"}
    assert base.findings() == []


def test_an_entity_is_found_by_its_old_codes_and_has_a_kind(build_legal_entity):
    base = build_legal_entity(
        enterprise=f"""
            credit_code | name | entity_type_code | registration_no
            {FIRM}      | 甲   | 1100             | 140200000000123
        """,
        taxpayer=f"""
            credit_code | credit_code_raw    | name
            {THIRD}     |                    | 小店
                        | 5114020000000000XX | 协会
        """,
    )
    assert base.rows("legal_entity", "name", "organisation_code", "registration_no", "kind_code") == [
        ("协会", None, None, "5"),
        ("小店", "MA0000003", None, "2"),
        ("甲", "MA0000001", "140200000000123", "1"),
    ]


@pytest.mark.parametrize(
    ("section", "code", "division"),
    [("B", "0610", "06"), ("B", "B06", "06"), ("", "H6210", "62"), ("O", "8040", "80"), ("O", "7940", None),
     ("P", "82", None), ("F", "零售", None), ("B", "A06", None), ("F", "", None)],
)  # fmt: skip
def test_a_class_tells_its_division_unless_its_number_is_of_another_section(
    build_legal_entity, section, code, division
):
    """7940 was 理发及美容服务 of section O in 2011; in 2017 division 79 is of section N."""
    base = build_legal_entity(
        enterprise=f"""
            credit_code | name | industry_code | industry_class_code
            {FIRM}      | 甲   | {section}     | {code}
        """
    )
    assert base.rows("legal_entity", "industry_class_code", "industry_division_code") == [(code or None, division)]


def test_the_divisions_of_the_model_are_those_of_the_code_list_under_its_sections():
    with (ROOT / "basedb/legal_entity/data/industry_division.csv").open(encoding="utf-8") as file:
        divisions = {row["division_code"]: row["section_code"] for row in csv.DictReader(file)}
    with (ROOT / "catalog/data/code_lists.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    sections = [row["code"] for row in rows if row["code_list"] == "GB/T 4754"]
    assert list(divisions) == [row["code"] for row in rows if row["code_list"] == "GB/T 4754 大类"]
    assert len(divisions) == 97 and sorted(set(divisions.values())) == sections
    assert {divisions[code] for code in ("06",)} == {"B"} and divisions["79"] == "N" and divisions["83"] == "P"


def test_both_addresses_lead_to_the_standard_address_that_reads_the_same(build_legal_entity):
    base = build_legal_entity(
        enterprise=f"""
            credit_code | name | address
            {FIRM}      | 甲   | 某区某街１号
            {OTHER}     | 乙   | 某区某街99号
        """,
        taxpayer=f"""
            credit_code | name | address
            {FIRM}      | 甲   | 某区 某街2号
        """,
        check_address="""
            address_code | full_address
            A1           | 某区某街1号
            A2           | 某区某街2号
        """,
    )
    rows = base.rows("legal_entity", "name", "address", "address_key", "business_address", "business_address_key")
    (_, unknown, nothing, _, _), (_, registered, first, place, second) = rows
    assert (unknown, nothing) == ("某区某街99号", None)
    assert (registered, place) == ("某区某街１号", "某区 某街2号")
    assert first and second and first != second
    assert base.rows("legal_entity_conflict", "attribute") == []
