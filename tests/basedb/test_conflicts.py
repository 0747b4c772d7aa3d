"""What another source says of one thing is kept as a row, in every base; the newer one counts where none is trusted more."""

from __future__ import annotations

from dataclasses import replace

import pytest

from basedb import build as building
from basedb.identities import Identities
from basedb.inputs import Input
from basedb.spec import base
from tests.basedb.conftest import Builder, Built, write_release

SOURCES = ("attribute", "chosen_source", "other_source", "other_value")


@pytest.fixture
def build_two(build_base: Builder):
    """A base of which two resources fill one role: that of the role's name (source 1), and `second` (source 2)."""

    def build(name: str, role: str, one: str, other: str) -> Built:
        plan = build_base.plan(name, None, {}, {role: one})
        table = base(name).spec.INPUTS[role]
        second = Input("second", "second", write_release(build_base.folder / "releases", "second", table, other))
        inputs = {role: [*plan.inputs[role], second]}
        return Built(building.build(replace(plan, inputs=inputs), build_base.folder / "candidates"))

    return build


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
    assert found.rows("credit_conflict", "held_in", *SOURCES) == [("permit", "permit_kind", 1, 2, "特许")]
    found = build_two(
        "credit",
        "tax_grade",
        "credit_code | year | grade_code | _key | _as_of\n91140200MA0000001A | 2025 | B | K1 | 2026-01-01",
        "credit_code | year | grade_code | _key | _as_of\n91140200MA0000001A | 2025 | A | K1 | 2026-06-01",
    )
    assert found.rows("credit_conflict", "held_in", *SOURCES) == [("tax_credit_grade", "grade_code", 1, 2, "B")]


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
