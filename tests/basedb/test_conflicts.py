"""What another source says of one thing is kept as a row, in every base; the newer one counts where none is trusted more."""

from __future__ import annotations

from dataclasses import replace

import pytest

from basedb import build as building
from basedb import provenance
from basedb.identities import Identities
from basedb.inputs import Input
from basedb.spec import base
from tests.basedb.conftest import Builder, Built, write_release

SOURCES = ("attribute", "chosen_source", "other_source", "other_value")


@pytest.fixture
def build_two(build_base: Builder):
    """A base of which two resources fill one role: that of the role's name (source 1), and `second` (source 2)."""

    def build(name: str, role: str, one: str, other: str, **more: str) -> Built:
        plan = build_base.plan(name, None, {}, {role: one} | more)
        table = base(name).spec.INPUTS[role]
        second = Input("second", "second", write_release(build_base.folder / "releases", "second", table, other))
        inputs = {**plan.inputs, role: [*plan.inputs[role], second]}
        return Built(building.build(replace(plan, inputs=inputs), build_base.folder / "candidates"))

    return build


def test_of_two_points_of_one_address_that_is_located_whose_row_counts(build_two):
    box = '{{"type": "Polygon", "coordinates": [[[{0}, 40], [{1}, 40], [{1}, 41], [{0}, 41], [{0}, 40]]]}}'
    outlines = f"division_code | geometry\n140213 | {box.format(113, 114)}\n140214 | {box.format(114, 115)}"
    head = "address_code | division_code | longitude | latitude | _as_of"
    found = build_two(
        "geospatial",
        "standard_address",
        f"{head}\nA1 | 140213 | 114.5 | 40.5 | 2026-06-01",
        f"{head}\nA1 | 140213 | 113.5 | 40.5 | 2026-01-01",
        boundary=outlines,
    )
    columns = ("longitude", "located_division_code", "is_inside")
    assert found.rows("address", *columns) == [(114.5, "140214", False)]


def test_a_further_holder_that_two_registers_list_is_one(build_two):
    found = build_two(
        "license",
        "co_holder",
        "licence_id | holder_no | holder_name | _as_of\nL1 | 2 | 李四 | 2026-01-01",
        "licence_id | holder_no | holder_name | _as_of\nL1 | 2 | 李肆 | 2026-06-01\nL1 | 3 | 王五 | 2026-06-01",
        licence="_key | licence_id | licence_no | holder_name\nL1 | L1 | SP-1 | 张三",
    )
    assert found.rows("licence_holder", "holder_name") == [("张三",), ("李肆",), ("王五",)]


def test_two_registers_of_one_licence(build_two):
    found = build_two(
        "license",
        "lawyer",
        "practice_no | _key | state_code | issued_date | _as_of\nL1 | L1 | 01 | 2020-01-01 | 2026-06-01",
        "practice_no | _key | state_code | issued_date | _as_of\nL1 | L1 | 02 | 2020-01-01 | 2026-01-01",
    )
    assert found.rows("licence", "state_code") == [("01",)]
    assert found.rows("licence_conflict", *SOURCES) == [("state_code", 1, 2, "02")]


def test_two_resources_on_one_permit_and_one_grade(build_two):
    found = build_two(
        "credit",
        "permit",
        "document_no | permit_kind | valid_until | _as_of\nD1 | 普通 | 2027-01-01 | 2026-06-01",
        "document_no | permit_kind | valid_until | _as_of\nD1 | 特许 | 2027-01-01 | 2026-01-01",
    )
    ((permit,),) = found.rows("permit", "record_key")
    assert found.rows("credit_conflict", "permit_key", *SOURCES) == [(permit, "permit_kind", 1, 2, "特许")]
    found = build_two(
        "credit",
        "tax_grade",
        "credit_code | year | grade_code | _key | _as_of\n91140200MA0000001A | 2025 | B | K1 | 2026-01-01",
        "credit_code | year | grade_code | _key | _as_of\n91140200MA0000001A | 2025 | A | K1 | 2026-06-01",
    )
    ((grade,),) = found.rows("tax_credit_grade", "record_key")
    assert found.rows("credit_conflict", "tax_credit_grade_key", *SOURCES) == [(grade, "grade_code", 1, 2, "B")]


@pytest.mark.parametrize(
    ("name", "table", "role", "text"),
    [
        ("credit", "credit_conflict", "permit", "document_no | permit_kind | _row\nD1 | {} | {}"),
        ("credit", "credit_conflict", "tax_grade", "credit_code | year | grade_code | _row\n9A | 2025 | {} | {}"),
        ("license", "licence_conflict", "licence", "licence_id | state_code | _row\nL1 | {} | {}"),
    ],
)
def test_a_contradicting_value_names_the_row_that_said_it(build_two, build_base, name, table, role, text):
    found = build_two(name, role, text.format("01", 7), text.format("02", 8))
    ((key, other),) = found.rows(table, "record_key", "other_source")
    (origin,) = provenance.origins(
        found.candidate.directory, table, key, ["other_value"], build_base.kept(found), build_base.engine
    )
    # sources are coded in the order of their names
    assert (origin.resource, origin.row) == sorted([(role, 7), ("second", 8)])[other - 1]


def test_two_lists_of_one_address_and_two_codes_of_one(build_two, build_base):
    found = build_two(
        "geospatial",
        "standard_address",
        "address_code | full_address | division_code | longitude | _as_of\nA1 | 甲街1号 | 140213 | 113.1 | 2026-06-01",
        "address_code | full_address | division_code | longitude | _as_of\nA1 | 甲街1号 | 140213 | 113.2 | 2026-01-01",
    )
    assert found.rows("address_conflict", *SOURCES) == [("longitude", 2, 1, "113.2")]
    codes = "address_code | full_address | division_code | _as_of\nA1 | 甲街1号 | 140213 | 2026-06-01\nA2 | 甲街壹号 | 140213 | 2026-01-01"
    plan = build_base.plan("geospatial", None, {}, {"standard_address": codes})
    assert Built(building.build(plan, build_base.folder / "candidates")).rows("address_conflict", "attribute") == []
    same = Identities(same=(("address", "A1", "A1"), ("address", "A2", "A1")))
    merged = Built(building.build(replace(plan, identities=same), build_base.folder / "candidates"))
    assert merged.rows("address_conflict", *SOURCES) == [("full_address", 1, 1, "甲街壹号")]


def test_a_division_that_statistics_call_otherwise(build_base):
    found = build_base(
        "geospatial",
        division="division_code | name | level_code\n140200 | 大同市 | 2\n140213 | 平城区 | 3",
        statistical_division="division_code | name | level_code\n140200 | 大同市 | 2\n140213 | 城区 | 3",
    )
    ((key,),) = found.rows("division", "record_key", where="division_code = '140213'")
    assert found.rows("division_conflict", "division_key", *SOURCES) == [(key, "name", 1, 2, "城区")]


def test_a_value_that_another_publishes_otherwise_and_not_one_in_another_unit_of_ten(build_base):
    head = (
        "indicator_code | indicator_name | ref_area | freq_code | time_period | period_kind_code | measure_code | obs_value "
        "| unit | unit_mult | release_date"
    )
    row = "{code} | 收入 | 140200 | M | 2026-01 | cumulative | LEVEL | {value} | 元 | {mult} | 2026-02-20"
    found = build_base(
        "macro_economy",
        monthly_indicator="\n".join(
            [head, row.format(code="A", value=12, mult=4), row.format(code="B", value=1, mult=8)]
        ),
        budget="\n".join([head, row.format(code="A", value=13, mult=4), row.format(code="B", value=10000, mult=4)]),
    )
    assert found.rows("observation", "indicator_code", "obs_value") == [("A", 12.0), ("B", 1.0)]
    assert found.rows("observation_conflict", "indicator_code", *SOURCES, "other_unit") == [
        ("A", "obs_value", 2, 1, "13.0", "元")
    ]


def test_a_disagreement_of_two_registers_is_one_finding_of_the_one_whose_row_counts(build_two):
    driving = "licence_no | _key | first_issued_date | state_code | _as_of\nL1 | L1 | {} | {} | {}"
    found = build_two(
        "license",
        "driving_licence",
        driving.format("2020-01-01", "01", "2026-06-01"),
        driving.format("2020-02-01", "01", "2026-01-01"),
    )
    assert found.told() == [("LICENCE_CONFLICT", "second", 2, "driving_licence", "second")]
    assert [row[3] for row in found.findings()] == ["first_issued_date"]
    address = "address_code | full_address | division_code | longitude | _as_of\nA1 | 甲街1号 | 140213 | {} | {}"
    found = build_two(
        "geospatial",
        "standard_address",
        address.format("113.1", "2026-01-01"),
        address.format("113.2", "2026-06-01"),
    )
    assert found.told() == [("ADDRESS_CONFLICT", "standard_address", 2, "second", "standard_address")]


FIRM = "91140200MA0000001A"
PENALTY = (
    "document_no | subject_name | credit_code | severity_code | fine_cny_10k | decided_date | publish_until | _as_of"
)


def penalty(name: str, fine: str, until: str, day: str, decided: str = "2026-05-01") -> str:
    return f"{PENALTY}\nC1 | {name} | {FIRM} | 2 | {fine} | {decided} | {until} | {day}"


def test_two_departments_on_one_penalty_are_one_finding_per_item_without_any_value(build_two):
    found = build_two(
        "credit",
        "penalty",
        penalty("某（大同）公司", "1.50", "2027-05-01", "2026-06-01"),
        penalty("某(大同) 公司", "2.50", "2027-05-01", "2026-06-20", decided="2026-05-02"),
    )
    # the newer row counts; a name written with other brackets is the same
    assert found.told() == [("CREDIT_CONFLICT", "penalty", 2, "second", "penalty")] * 2
    assert [row[3] for row in found.findings()] == ["decided_date", "fine_cny_10k"]
    assert found.rows("credit_conflict", *SOURCES) == []


@pytest.mark.parametrize(("until", "expected"), [("2026-06-15", 0), ("2026-12-31", 1)])
def test_a_penalty_that_is_shown_no_more_is_nobody_s_to_compare(build_two, until, expected):
    found = build_two(
        "credit",
        "penalty",
        penalty("某公司", "1.50", until, "2026-06-01"),
        penalty("某公司", "2.50", until, "2026-06-20"),
    )
    assert len(found.told()) == expected


def test_a_repaired_penalty_is_compared_no_more(build_base, build_two):
    plan = build_base.plan("credit", None, {}, {
        "penalty": penalty("某公司", "1.50", "2027-04-30", "2026-06-01"),
        "repair": f"""
            repair_no | record_kind_code | document_no | credit_code | decided_date | outcome_code | _as_of
            R1        | 1                | C1          | {FIRM}      | 2026-09-01   | 1            | 2026-11-01
        """,
    })  # fmt: skip
    text = penalty("某公司", "2.50", "2027-04-30", "2026-05-20")
    table = base("credit").spec.INPUTS["penalty"]
    second = Input("second", "second", write_release(build_base.folder / "releases", "second", table, text))
    inputs = {**plan.inputs, "penalty": [*plan.inputs["penalty"], second]}
    found = Built(building.build(replace(plan, inputs=inputs), build_base.folder / "candidates"))
    assert found.rows("credit_repair", "is_effective") == [(True,)] and found.told() == []


def test_a_decision_on_two_lists_is_compared_with_the_list_of_the_department_that_made_it(build_base):
    serious = (
        "entry_no | name | credit_code | list_kind_code | listed_date | publish_until | repaired_date | legal_basis"
    )
    found = build_base(
        "credit",
        abnormal_list=f"""
            entry_no | name | credit_code         | list_kind_code | listed_date
            S1       | 甲   | {FIRM}              | 2              | 2026-01-01
            S2       | 乙   | {FIRM}              | 2              | 2026-01-01
            S3       | 丙   | {FIRM}              | 2              | 2026-01-01
        """,
        serious_list=f"""
            {serious}
            S1 | 甲 | {FIRM}             | 2 | 2026-02-01 | 2027-01-01 |            | 某法
            S2 | 丁 | 91140200MA0000002X | 2 | 2026-02-01 | 2027-01-01 |            | 某法
            S3 | 丁 | {FIRM}             | 2 | 2026-01-01 | 2027-01-01 | 2026-10-01 | 某法
        """,
    )
    # S2 is another decision of that number, S3 was repaired
    assert found.told() == [("CREDIT_CONFLICT", "serious_list", 2, "abnormal_list", "serious_list")]
    assert [row[3] for row in found.findings()] == ["listed_date"]


@pytest.mark.parametrize(
    ("role", "item", "text"),
    [
        ("permit", "valid_until", f"document_no | credit_code | valid_until | _as_of\nD1 | {FIRM} | {{}} | {{}}"),
        ("dishonest_debtor", "published_date", "case_no | published_date | _as_of\nA1 | {} | {}"),
        ("tax_grade", "name", f"_key | credit_code | year | grade_code | name | _as_of\nK | {FIRM} | 2025 | A | 某{{}} | {{}}"),
        ("repair", "decided_date", "repair_no | document_no | decided_date | outcome_code | _as_of\nR1 | C9 | {} | 2 | {}"),
    ],
)  # fmt: skip
def test_two_departments_on_one_record_of_any_kind(build_two, role, item, text):
    found = build_two("credit", role, text.format("2027-01-01", "2026-06-01"), text.format("2027-02-01", "2026-01-01"))
    told = [row for row in found.findings() if row[0] == "CREDIT_CONFLICT"]
    assert [(row[1], row[2], row[3]) for row in told] == [("second", role, item)]


def test_a_firm_called_otherwise_than_it_ever_was_registered_is_the_registrar_s_to_settle(build_base):
    found = build_base(
        "credit",
        departments={
            "check_registration": "market",
            "permit": "approval",
            "penalty": "market",
            "check_resident": "police",
        },
        check_registration=f"credit_code | name\n{FIRM} | 大同市甲（集团）公司",
        check_change=f"credit_code | item_code | before_text | after_text\n{FIRM} | 01 | 大同市旧公司 | 大同市甲（集团）公司",
        check_resident="id_number | name\n00000019000101001X | 张三",
        permit=f"""
            document_no | subject_name        | credit_code        | id_number
            P1          | 大同市乙公司        | {FIRM}             |
            P2          | 大同市甲(集团) 公司 | {FIRM}             |
            P3          | 大同市旧公司        | {FIRM}             |
            P4          | 某公司              | 91140200MA0000002X |
            P5          | 张 三               |                    | 00000019000101001X
            P6          | 李四                |                    | 00000019000101001X
        """,
        penalty=f"""
            document_no | subject_name | credit_code | publish_until
            C1          | 大同市乙公司 | {FIRM}      | 2026-01-01
            C2          | 大同市乙公司 | {FIRM}      | 2026-12-31
        """,
    )
    told = [row for row in found.told() if row[0] == "SUBJECT_NAME_CONFLICT"]
    # another writing, a former name, an unknown firm and a penalty shown no more are nobody's fault
    assert [row[1:] for row in told] == [
        ("penalty", 3, "market", None), ("permit", 2, "market", "approval"), ("permit", 7, "police", "approval")
    ]  # fmt: skip
