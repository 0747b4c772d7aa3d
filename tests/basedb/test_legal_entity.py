"""The base of legal entities: golden records, representatives, shareholders, findings."""

from __future__ import annotations

FIRM = "91140200MA0000001A"
FUND = "91140200MA0000002B"
GONE = "91140200MA0000003C"
MAN = "00000019000101001X"


def test_a_firm_takes_its_name_from_the_registrar_and_its_tax_state_from_the_tax_office(build_legal_entity):
    base = build_legal_entity(
        enterprise=f"""
            credit_code | name | status_code | representative_name | registered_capital_cny_10k
            {FIRM}      | 甲公司 | 1         | 张三                | 12.50
        """,
        taxpayer=f"""
            credit_code | name | taxpayer_state_code
            {FIRM}      | 甲厂 | 03
        """,
    )
    columns = ("credit_code", "name", "name_source", "taxpayer_state_code", "taxpayer_state_code_source")
    assert base.rows("legal_entity", *columns) == [(FIRM, "甲公司", 1, "03", 2)]
    assert base.rows("legal_entity_conflict", "attribute", "other_value") == [("name", "甲厂")]
    assert base.told() == [("ENTITY_NAME_CONFLICT", "taxpayer", 2, "enterprise", "taxpayer")]


def test_the_newest_delivery_of_a_role_wins(build_legal_entity):
    base = build_legal_entity(
        enterprise=f"""
            credit_code | name | _as_of
            {FIRM}      | 旧名 | 2026-01-01
            {FIRM}      | 新名 | 2026-02-01
        """
    )
    assert base.rows("legal_entity", "name") == [("新名",)]


def test_a_firm_whose_code_fails_its_check_stays_under_the_delivered_text(build_legal_entity):
    base = build_legal_entity(
        institution="""
            credit_code | credit_code_raw    | name
                        | 12140200MA00000000 | 某局
        """
    )
    assert base.rows("legal_entity", "credit_code", "is_code_valid", "name") == [("12140200MA00000000", False, "某局")]


def test_registers_give_the_type_that_the_delivery_does_not_state(build_legal_entity):
    base = build_legal_entity(
        individual_business=f"""
            credit_code | name
            {FIRM}      | 小店
        """,
        cooperative=f"""
            credit_code | name
            {FUND}      | 合作社
        """,
    )
    assert base.rows("legal_entity", "name", "entity_type_code") == [("合作社", "3000"), ("小店", "2000")]


def test_a_living_firm_with_a_dissolved_partner_is_a_finding_of_its_registrar(build_base):
    base = build_base(
        "legal_entity",
        departments={"enterprise": "market_regulation"},
        enterprise=f"""
            credit_code | name | status_code | representative_kind_code | representative_name | representative_credit_code
            {FUND}      | 基金 | 3           | 1                        | 李四                |
            {FIRM}      | 甲   | 1           | 2                        | 基金                | {FUND}
            {GONE}      | 乙   | 3           | 2                        | 基金                | {FUND}
        """,
    )
    assert base.findings() == [
        (
            "REPRESENTATIVE_DISSOLVED",
            "enterprise",
            "market_regulation",
            "representative_credit_code",
            "enterprise-d0",
            3,
        )
    ]
    partner = base.rows("legal_entity", "record_key", where=f"credit_code = '{FUND}'")
    assert base.rows("representative", "partner_entity_key", where="kind_code = '2'") == partner * 2


def test_a_living_firm_of_a_dead_representative_is_a_finding_of_its_registrar(build_legal_entity):
    base = build_legal_entity(
        individual_business=f"""
            credit_code | name | status_code | operator_name | operator_id_number
            {FIRM}      | 小店 | 1           | 张三          | {MAN}
            {FUND}      | 老店 | 3           | 张三          | {MAN}
        """,
        death_certificate=f"""
            id_number
            {MAN}
        """,
    )
    expected = ("REPRESENTATIVE_DECEASED", "individual_business", "individual_business", "operator_id_number")
    assert [found[:4] for found in base.findings()] == [expected]
    assert base.findings()[0][5] == 2
    told = ("REPRESENTATIVE_DECEASED", "individual_business", 2, "individual_business", "death_certificate")
    assert base.told() == [told]


def test_one_who_moved_away_is_not_dead(build_legal_entity):
    base = build_legal_entity(
        enterprise=f"""
            credit_code | name | status_code | representative_name | representative_id_number
            {FIRM}      | 甲   | 1           | 张三                | {MAN}
        """,
        deregistration=f"""
            id_number | kind_code
            {MAN}     | 2
        """,
    )
    assert base.findings() == []


def test_a_shareholder_points_at_its_person_and_its_firm(build_legal_entity):
    base = build_legal_entity(
        enterprise=f"""
            credit_code | name | status_code | representative_name | representative_id_number
            {FIRM}      | 甲   | 1           | 张三                | {MAN}
        """,
        shareholding=f"""
            credit_code | serial | shareholder_kind_code | shareholder_name | shareholder_id_number | ratio_pct
            {FIRM}      | 1      | 1                     | 张三             | {MAN}                 | 100
        """,
    )
    holder = base.rows("shareholder", "entity_key", "person_key")
    assert holder == base.rows("representative", "entity_key", "person_key")
    assert holder[0][0] == base.rows("legal_entity", "record_key")[0][0]


def test_the_tax_office_names_another_representative(build_legal_entity):
    base = build_legal_entity(
        enterprise=f"""
            credit_code | name | status_code | representative_name | representative_id_number
            {FIRM}      | 甲   | 1           | 张三                | {MAN}
            {FUND}      | 乙   | 1           | 李四                |
            {GONE}      | 丙   | 1           | 王五（北京）        |
        """,
        taxpayer=f"""
            credit_code | name | representative_name | representative_id_number
            {FIRM}      | 甲   | 张三                | 000000190001010028
            {FUND}      | 乙   | 赵六                | {MAN}
            {GONE}      | 丙   | 王五(北京)          |
        """,
    )
    assert [(found[0], found[3], found[5]) for found in base.findings()] == [
        ("ENTITY_REPRESENTATIVE_CONFLICT", "representative_id_number", 2),
        ("ENTITY_REPRESENTATIVE_CONFLICT", "representative_name", 3),
    ]


def test_who_still_serves_a_firm_that_is_struck_off_is_told(build_legal_entity):
    base = build_legal_entity(
        enterprise=f"""
            credit_code | name | status_code
            {FIRM}      | 甲   | 3
            {FUND}      | 乙   | 2
        """,
        taxpayer=f"""
            credit_code | name   | taxpayer_state_code
            {FIRM}      | 甲旧名 | 01
            {FUND}      | 乙     | 01
        """,
        check_employer=f"""
            employer_credit_code | status_code
            {FIRM}               | 1
            {FIRM}               | 3
            {FUND}               | 1
        """,
    )
    assert base.told() == [
        ("ENTITY_STATUS_CONFLICT", "check_employer", 2, "enterprise", "check_employer"),
        ("ENTITY_STATUS_CONFLICT", "taxpayer", 2, "enterprise", "taxpayer"),
    ]
    assert base.rows("legal_entity_conflict", "attribute", "other_source", where="attribute <> 'address'") == [
        ("status_code", 1),
        ("status_code", 3),
    ]


def test_a_representative_of_this_city_stands_in_its_registers_and_one_of_another_city_need_not(build_base):
    base = build_base(
        "legal_entity",
        departments={"enterprise": "registrar", "check_resident": "police"},
        enterprise=f"""
            credit_code | name | status_code | representative_name | representative_id_number
            {FIRM}      | 甲   | 1           | 张三                | {MAN}
            {FUND}      | 乙   | 1           | 李四                | 000000195001010015
            {GONE}      | 丙   | 1           | 王五                | 110105195001010015
        """,
        check_resident=f"""
            id_number
            {MAN}
        """,
    )
    assert base.told() == [("REPRESENTATIVE_UNKNOWN", "enterprise", 3, "registrar", "police")]


def test_whom_any_list_of_the_city_knows_is_known_and_without_a_population_register_nobody_is_missed(
    build_legal_entity,
):
    firms = f"""
        credit_code | name | status_code | representative_name | representative_id_number
        {FIRM}      | 甲   | 1           | 张三                | {MAN}
        {FUND}      | 乙   | 1           | 李四                | 000000195001010015
    """
    assert build_legal_entity(enterprise=firms).findings() == []
    base = build_legal_entity(
        enterprise=firms,
        check_resident="""
            id_number
            000000198001010028
        """,
        check_person=f"""
            id_number
            {MAN}
        """,
        check_spouse="""
            male_id_number     | female_id_number
            000000195001010015 |
        """,
    )
    assert base.findings() == []


def test_a_partner_firm_registered_here_is_in_its_register(build_legal_entity):
    base = build_legal_entity(
        enterprise=f"""
            credit_code | name | status_code | representative_kind_code | representative_name | representative_credit_code
            {FIRM}      | 甲   | 1           | 2                        | 乙                  | {FUND}
            {GONE}      | 丙   | 1           | 2                        | 丁                  | 91110105MA0000002B
        """,
    )
    assert base.told() == [("REPRESENTATIVE_UNKNOWN", "enterprise", 2, "enterprise", None)]
