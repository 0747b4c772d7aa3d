"""Licences of every register in one shape, and who holds them."""

from __future__ import annotations

import re
from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING

from basedb import read
from basedb.license.spec import LICENCE
from catalog.view import View, ViewColumn

if TYPE_CHECKING:
    from tests.basedb.conftest import Builder

ELECTRONIC = """
    _key | licence_id | licence_type_code | licence_type_name | licence_no | holder_kind_code | holder_name \
| holder_id_number   | holder_credit_code | issuer_name | issued_date | valid_from | valid_until | state_code
    L1   | L1         | T001              | 食品经营许可证    | SP-1       | 3                | 某某面馆    \
| 000000199001010010 | 92000000MA0K000001 | 某局        | 2024-01-01  | 2024-01-01 | 2029-01-01  | 01
"""


def test_every_register_fills_the_one_table_of_licences(build_base: Builder) -> None:
    base = build_base(
        "license",
        licence=ELECTRONIC,
        driving_licence="""
            _key | licence_no | id_number          | name | first_issued_date | valid_until | state_code
            D1   | D1         | 000000198001010013 | 张三 | 2010-05-01        | 2030-05-01  | 01
        """,
        birth_certificate="""
            _key | certificate_no | born_date  | mother_id_number   | issuer_name | issued_date
            B1   | B1             | 2026-03-01 | 000000199501010024 | 某院        | 2026-03-03
        """,
        medical_institution="""
            _key | registration_no | credit_code        | name   | issued_date | valid_until | state_code
            M1   | M1              | 12000000MB00000001 | 某诊所 | 2020-01-01  | 2025-01-01  | 05
        """,
        qualification="_key | certificate_no | id_number | name | issued_date\nQ1 | Q1 | 1 | 李四 | 2020-01-01",
        disabled_card="""
            _key | card_no | id_number          | name | issued_date | valid_until
            C1   | C1      | 000000198001010013 | 张三 | 2020-01-01  | 2030-01-01
        """,
        veteran_card="_key | card_no | id_number | name | issued_date\nV1 | V1 | 1 | 李四 | 2020-01-01",
        real_estate="""
            _key | certificate_no | holder_kind_code | holder_name | holder_id_number   | registered_date
            U1   | R1             | 1                | 张三        | 000000198001010013 | 2019-06-01
        """,
        construction_permit="""
            _key | permit_no | builder_credit_code | builder_name | issued_date
            P1   | P1        | 91000000MA0K000001  | 某公司       | 2025-01-01
        """,
        road_transport="""
            _key | licence_no | credit_code        | name   | issued_date | valid_until
            T1   | T1         | 92000000MA0K000001 | 某车队 | 2025-01-01  | 2029-01-01
        """,
        safety_licence="""
            _key | licence_no | credit_code        | name   | issued_date | valid_until | state_code
            S1   | S1         | 91000000MA0K000001 | 某公司 | 2025-01-01  | 2028-01-01  | 01
        """,
        lawyer="""
            _key | practice_no | id_number          | name | issued_date | state_code
            W1   | W1          | 000000198001010013 | 张三 | 2015-01-01  | 01
        """,
    )
    assert base.rows("licence", "licence_kind", "licence_no", "licence_name", "valid_until") == [
        ("birth_certificate", "B1", "出生医学证明", None),
        ("construction_permit", "P1", "建筑工程施工许可证", None),
        ("disabled_card", "C1", "残疾人证", date.fromisoformat("2030-01-01")),
        ("driving_licence", "D1", "机动车驾驶证", date.fromisoformat("2030-05-01")),
        ("electronic_licence", "SP-1", "食品经营许可证", date.fromisoformat("2029-01-01")),
        ("lawyer", "W1", "律师执业证", None),
        ("medical_institution", "M1", "医疗机构执业许可证", date.fromisoformat("2025-01-01")),
        ("qualification", "Q1", "专业技术资格证书", None),
        ("real_estate", "R1", "不动产权证书", None),
        ("road_transport", "T1", "道路运输经营许可证", date.fromisoformat("2029-01-01")),
        ("safety_licence", "S1", "安全生产许可证", date.fromisoformat("2028-01-01")),
        ("veteran_card", "V1", "优待证", None),
    ]
    assert base.rows("licence_holder", "holder_kind_code", where="holder_name in ('某车队', '某公司')") == [
        ("2",), ("2",), ("3",)
    ]  # fmt: skip


def test_an_expired_licence_stays_with_the_state_it_was_delivered_with(build_base: Builder) -> None:
    base = build_base(
        "license",
        medical_institution="""
            _key | registration_no | valid_until | state_code
            M1   | M1              | 2001-01-01  | 01
        """,
    )
    assert base.rows("licence", "valid_until", "state_code") == [(date.fromisoformat("2001-01-01"), "01")]


def test_mother_and_father_both_hold_a_birth_certificate(build_base: Builder) -> None:
    base = build_base(
        "license",
        birth_certificate="""
            _key | certificate_no | born_date  | mother_id_number   | father_id_number
            B1   | B1             | 2026-03-01 | 000000199501010024 | 000000199401010031
            B2   | B2             | 2026-03-02 | 000000199501020029 |
        """,
    )
    assert base.rows("licence_holder", "holder_id_number", "holder_role", order="holder_id_number") == [
        ("000000199401010031", "father"),
        ("000000199501010024", "mother"),
        ("000000199501020029", "mother"),
    ]
    assert base.rows("licence", "licence_no") == [("B1",), ("B2",)]


def test_a_birth_certificate_is_dated_by_the_child_and_its_holders_by_themselves(build_base: Builder) -> None:
    base = build_base(
        "license",
        birth_certificate="""
            _key | certificate_no | born_date  | mother_id_number
            B1   | B1             | 2026-03-01 | 000000199501010024
        """,
    )
    assert base.rows("licence", "birth_date") == [(date.fromisoformat("2026-03-01"),)]
    assert base.rows("licence_holder", "birth_date") == [(date.fromisoformat("1995-01-01"),)]


def test_a_holder_is_linked_by_the_same_key_as_in_every_other_base(build_base: Builder) -> None:
    base = build_base("license", licence=ELECTRONIC)
    again = build_base(
        "credit",
        permit="""
            _key | document_no | id_number          | credit_code
            P1   | P1          | 000000199001010010 | 92000000MA0K000001
        """,
    )
    [keys] = base.rows("licence_holder", "person_key", "entity_key")
    assert again.rows("permit", "person_key", "entity_key") == [keys]
    assert all(re.fullmatch("[0-9a-f]{20}", str(key)) for key in keys)


def test_who_has_no_valid_identifier_is_linked_to_nobody(build_base: Builder) -> None:
    base = build_base(
        "license",
        driving_licence="""
            _key | licence_no | id_number | id_number_raw | name
            D1   | D1         |           | 1.40213E+17   | 张三
        """,
        birth_certificate="""
            _key | certificate_no | mother_id_number | mother_id_number_raw | father_id_number_raw
            B1   | B1             |                  | 00000019950101       | 00000019940101
        """,
    )
    assert base.rows(
        "licence_holder", "holder_role", "holder_name", "person_key", "entity_key", "holder_id_number"
    ) == [
        ("father", None, None, None, None),
        ("holder", "张三", None, None, None),
        ("mother", None, None, None, None),
    ]


def test_one_person_may_hold_many_licences(build_base: Builder) -> None:
    base = build_base(
        "license",
        driving_licence="_key | licence_no | id_number\nD1 | D1 | 000000198001010013",
        lawyer="_key | practice_no | id_number\nD1 | D1 | 000000198001010013",
    )
    assert len(base.rows("licence", "record_key")) == len(set(base.rows("licence", "record_key"))) == 2
    assert len(set(base.rows("licence_holder", "person_key"))) == 1
    assert len(set(base.rows("licence_holder", "record_key"))) == 2


def test_a_licence_whose_identifier_fails_its_check_keeps_its_row(build_base: Builder) -> None:
    base = build_base(
        "license",
        licence="_key | licence_id | licence_id_raw | licence_no\n1.2.x | | 1.2.x | SP-2",
    )
    assert base.rows("licence", "licence_no", "licence_id") == [("SP-2", None)]


def test_the_number_of_a_disability_card_shows_neither_kind_nor_level_nor_its_holder(build_base: Builder) -> None:
    number = "000000198001010013" + "43"  # the citizen number, the kind of disability and its level
    base = build_base("license", disabled_card=f"_key | card_no | id_number\n{number} | {number} | {number[:18]}")
    columns = (ViewColumn(c.name, c.type, c.mask) for c in LICENCE.columns if c.name == "licence_no")
    view = View(
        "licence", base.candidate.directory, "licence", "r1", "g1", 1, tuple(columns), None, frozenset(),
        ("licence_no",), b"k" * 32,
    )  # fmt: skip
    with closing(read.open_lookup(base.candidate.directory, "licence")) as connection:
        [row] = read.find(connection, view, "licence_no", number).rows
    assert re.fullmatch("[0-9a-f]{64}", str(row["licence_no"]))


POPULATION = {
    "check_resident": "id_number\n000000198001010013",
    "check_person": "id_number\n000000199001010010",
    "check_registration": """
        credit_code        | status_code | cancelled_date
        92000000MA0K000001 | 1           |
        91000000MA0K000002 | 3           | 2024-06-01
    """,
    "check_taxpayer": "credit_code\n91000000MA0K000003",
}
OFFICES = {"check_resident": "police", "check_registration": "registrar", "check_death": "health"}


def test_a_holder_registered_here_is_in_a_list_of_the_city_and_one_from_elsewhere_need_not(build_base: Builder) -> None:
    base = build_base(
        "license",
        departments=OFFICES,
        driving_licence="""
            _key | licence_no | id_number          | first_issued_date
            D1   | D1         | 000000198001010013 | 2010-05-01
            D2   | D2         | 000000199001010010 | 2010-05-01
            D3   | D3         | 000000195001010015 | 2010-05-01
            D4   | D4         | 110105195001010015 | 2010-05-01
        """,
        construction_permit="""
            _key | permit_no | builder_credit_code | contractor_credit_code | issued_date
            P1   | P1        | 92000000MA0K000001  | 91000000MA0K000003     | 2025-01-01
            P2   | P2        | 91000000MA0K000009  | 91110105MA0K000009     | 2025-01-01
            P3   | P3        | 51000000MA0K000009  |                        | 2025-01-01
        """,
        **POPULATION,
    )
    # nobody delivered the register of codes that begin with 51
    assert base.told() == [
        ("HOLDER_UNKNOWN", "construction_permit", 3, "construction_permit", "registrar"),
        ("HOLDER_UNKNOWN", "driving_licence", 4, "driving_licence", "police"),
    ]
    assert [found[3] for found in base.findings()] == ["builder_credit_code", "id_number"]


def test_each_of_several_holders_is_asked_for(build_base: Builder) -> None:
    base = build_base(
        "license",
        birth_certificate="""
            _key | certificate_no | mother_id_number   | father_id_number   | issued_date
            B1   | B1             | 000000198001010013 | 000000195001010015 | 2026-03-03
        """,
        **POPULATION,
    )
    assert [(found[0], found[3]) for found in base.findings()] == [("HOLDER_UNKNOWN", "father_id_number")]


def test_nothing_is_issued_to_who_is_no_more(build_base: Builder) -> None:
    base = build_base(
        "license",
        departments=OFFICES,
        real_estate="""
            _key | certificate_no | holder_id_number   | holder_credit_code | registered_date
            U1   | R1             | 000000198001010013 |                    | 2024-06-01
            U2   | R2             | 000000198001010013 |                    | 2024-07-01
            U3   | R3             |                    | 91000000MA0K000002 | 2024-06-01
            U4   | R4             |                    | 91000000MA0K000002 | 2024-06-02
        """,
        birth_certificate="""
            _key | certificate_no | father_id_number   | issued_date
            B1   | B1             | 000000198001010013 | 2024-08-01
        """,
        check_death="id_number | death_date\n000000198001010013 | 2024-05-01",
        check_deregistration="id_number | kind_code | death_date\n000000198001010013 | 1 | 2024-06-15",
        **POPULATION,
    )
    assert base.told() == [
        ("HOLDER_DECEASED", "real_estate", 3, "real_estate", "health"),
        ("HOLDER_DISSOLVED", "real_estate", 5, "real_estate", "registrar"),
    ]


def test_the_dictionary_names_each_type_and_a_type_that_it_lacks_is_found(build_base: Builder) -> None:
    code = "11000000000000001X011"
    base = build_base(
        "license",
        licence=ELECTRONIC,
        licence_type=f"licence_type_code | licence_type_name | has_term\n{code} | 食品经营许可证 | true",
    )
    electronic = base.rows(
        "licence_type", "licence_name", "standard_body_code", "has_term", where="licence_kind = 'electronic_licence'"
    )
    assert electronic == [("食品经营许可证", code[:18], True)]
    assert len(base.rows("licence_type", "licence_kind")) == 12
    assert [(found[0], found[3]) for found in base.findings()] == [("LICENCE_TYPE_UNKNOWN", "licence_type_code")]


def test_a_licence_has_as_many_holders_as_are_listed(build_base: Builder) -> None:
    base = build_base(
        "license",
        licence=ELECTRONIC,
        co_holder="""
            licence_id | holder_no | holder_kind_code | holder_name | id_number
            L1         | 2         | 1                | 李四        | 000000198001010013
            L1         | 3         | 1                | 王五        | 000000199501010024
            L9         | 2         | 1                | 赵六        | 000000199501020029
        """,
    )
    assert base.rows("licence_holder", "holder_role", "holder_name") == [
        ("co_holder", "李四"),
        ("co_holder", "王五"),
        ("holder", "某某面馆"),
    ]
    assert len(set(base.rows("licence_holder", "record_key"))) == 3
    assert len(set(base.rows("licence_holder", "licence_key"))) == 1


def test_a_holder_is_called_as_its_register_calls_it_or_once_called_it(build_base: Builder) -> None:
    base = build_base(
        "license",
        departments=OFFICES,
        driving_licence="""
            _key | licence_no | id_number          | name | first_issued_date | valid_until
            D1   | D1         | 000000198001010013 | 张三 | 2010-05-01        |
            D2   | D2         | 000000198001010013 | 张叁 | 2010-05-01        |
            D3   | D3         | 000000198001010013 | 李四 | 2010-05-01        | 2020-05-01
        """,
        safety_licence="""
            _key | licence_no | credit_code        | name             | valid_until
            S1   | S1         | 92000000MA0K000001 | 城南（新荣）面馆 | 2030-01-01
            S2   | S2         | 92000000MA0K000001 | 城北面馆         | 2030-01-01
            S3   | S3         | 92000000MA0K000001 | 城西面馆         | 2030-01-01
        """,
        check_resident="id_number | name\n000000198001010013 | 张 三",
        check_registration="credit_code | name | status_code\n92000000MA0K000001 | 城南(新荣)面馆 | 1",
        check_change="credit_code | item_code | before_text | after_text\n92000000MA0K000001 | 01 | 城北面馆 | 城南(新荣)面馆",
    )
    assert base.told() == [
        ("HOLDER_NAME_CONFLICT", "driving_licence", 3, "police", "driving_licence"),
        ("HOLDER_NAME_CONFLICT", "safety_licence", 4, "registrar", "safety_licence"),
    ]
    assert {found[3] for found in base.findings()} == {"name"}


def test_who_is_no_more_is_not_called_otherwise_as_well(build_base: Builder) -> None:
    base = build_base(
        "license",
        departments=OFFICES,
        real_estate="""
            _key | certificate_no | holder_name | holder_credit_code | registered_date
            U1   | R1             | 城东面馆    | 91000000MA0K000002 | 2024-07-01
        """,
        check_registration="""
            credit_code        | name     | status_code | cancelled_date
            91000000MA0K000002 | 城南面馆 | 3           | 2024-06-01
        """,
    )
    assert [found[0] for found in base.findings()] == ["HOLDER_DISSOLVED"]
