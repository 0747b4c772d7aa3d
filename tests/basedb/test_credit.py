"""Permits, penalties, lists and grades: linked to their subjects, shown only as long as the law lets."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from basedb import build as building
from basedb import keymap
from basedb.identities import Identities
from basedb.spec import base as base_of
from tests.basedb.conftest import Built

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
    tables = [table for table in base_of("credit").spec.TABLES if "entity_key" in table.names]
    keys = {row for table in tables for row in base.rows(table.name, "entity_key")}
    assert len(keys) == 1 and None not in next(iter(keys))


def test_a_penalty_past_its_period_is_still_built_and_carries_its_last_day(build_base: Builder) -> None:
    base = build_base("credit", penalty="document_no | publish_until\nC1 | 2001-01-01")
    assert base.rows("penalty", "publish_until", "visible_until") == [(date(2001, 1, 1), date(2001, 1, 1))]
    assert base_of("credit").table("penalty").visible_until == "visible_until"


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


ONE, ANOTHER = "11140200MA1000359Q", "11140200MA10001489"
HEAD = "document_no | authority_code | subject_name | decided_date | _key"
FIRST, SECOND = f"A1 | {ONE} | 甲 | 2026-01-01 | 1", f"A1 | {ANOTHER} | 乙 | 2025-01-01 | 2"


def keys_after(build_base: Builder, table: str, *rows: str) -> dict[object, object]:
    """Subjects and keys of a build of these rows, published with its keys."""
    build_base.folder.joinpath("releases").mkdir(exist_ok=True)
    built = build_base("credit", **{table: "\n".join([HEAD, *rows])})
    keymap.append(built.candidate.directory / "keys", build_base.folder / "keymap")
    return dict(built.rows(table, "subject_name", "record_key"))


@pytest.mark.parametrize("table", ["permit", "penalty"])
def test_a_number_that_two_authorities_gave_is_of_two_records_whose_keys_last(build_base: Builder, table: str) -> None:
    alone = keys_after(build_base, table, SECOND)
    both = keys_after(build_base, table, FIRST, SECOND)
    assert both["乙"] == alone["乙"] != both["甲"]
    # neither an older day told later nor the end of the other decision moves a key
    moved = keys_after(build_base, table, FIRST.replace("2026-01-01", "2024-01-01"), SECOND)
    assert moved == both == moved | keys_after(build_base, table, FIRST)
    # who does not say whose decision it is speaks of the first
    silent = keys_after(build_base, table, "A1 |  | 丙 | 2026-01-01 | 3", FIRST)
    assert silent == {"甲": both["甲"], "丙": both["乙"]}


def test_a_penalty_is_shown_by_the_severity_s_rule_counted_from_its_document(build_base: Builder) -> None:
    base = build_base(
        "credit",
        penalty="""
            document_no | severity_code | field_code | decided_date | publish_until
            A-slight    | 1             | 9          | 2026-05-31   |
            B-insisted  | 1             | 9          | 2026-05-31   | 2027-05-31
            C-general   | 2             | 9          | 2026-05-31   |
            D-unstated  |               |            | 2026-05-31   | 2029-05-31
            E-serious   | 3             | 9          | 2026-05-31   | 2027-01-01
            F-order58   | 2             | 9          | 2026-03-31   |
            G-food58    | 2             | 1          | 2026-03-31   |
            H-before58  | 2             | 9          | 2023-04-30   | 2026-04-30
        """,
    )
    assert base.rows("penalty", "document_no", "publication_rule", "earliest_repair_date", "visible_until") == [
        ("A-slight", "repair2026_slight", date(2026, 5, 31), date(2026, 5, 30)),
        ("B-insisted", "repair2026_slight", date(2026, 5, 31), date(2026, 8, 31)),
        ("C-general", "repair2026_general", date(2026, 9, 1), date(2027, 5, 31)),
        ("D-unstated", "repair2026_general", date(2026, 9, 1), date(2027, 5, 31)),
        ("E-serious", "repair2026_serious", date(2027, 6, 1), date(2027, 1, 1)),
        ("F-order58", "order58_penalty", date(2026, 7, 1), date(2029, 3, 31)),
        ("G-food58", "order58_penalty_key_field", date(2027, 4, 1), date(2029, 3, 31)),
        ("H-before58", None, None, date(2026, 4, 30)),
    ]
    assert [(found[0], found[5]) for found in base.findings()] == [("PUBLISHED_TOO_LONG", 3), ("PUBLISHED_TOO_LONG", 5)]


REPAIRED = f"""
    document_no | credit_code | severity_code | decided_date | publish_until
    C1          | {FIRM}      | 2             | 2026-05-01   | 2027-05-01
"""


@pytest.mark.parametrize(
    ("decided", "outcome", "code", "expected"),
    [
        ("2026-08-02", "1", FIRM, date(2026, 8, 1)),
        ("2026-08-01", "1", FIRM, date(2027, 5, 1)),
        ("2026-09-01", "2", FIRM, date(2027, 5, 1)),
        ("2026-09-01", "1", "91000000MA0K000002", date(2027, 5, 1)),
    ],
)
def test_a_repair_ends_what_is_shown_when_it_is_granted_to_the_subject_after_the_least_period(
    build_base: Builder, decided: str, outcome: str, code: str, expected: date
) -> None:
    base = build_base(
        "credit",
        penalty=REPAIRED,
        repair=f"""
            repair_no | record_kind_code | document_no | credit_code | decided_date | outcome_code
            R1        | 1                | C1          | {code}      | {decided}    | {outcome}
        """,
    )
    assert base.rows("penalty", "visible_until") == [(expected,)]
    rules = [found[0] for found in base.findings()]
    early, unknown = decided == "2026-08-01", code != FIRM
    assert rules == ["REPAIR_TOO_EARLY"] * early + ["REPAIR_UNKNOWN"] * unknown
    is_effective = expected == date(2026, 8, 1)
    assert base.rows("credit_repair", "is_effective") == [(is_effective,)]


@pytest.mark.parametrize(("named", "ended"), [("甲局", {"甲局"}), ("乙局", {"乙局"}), ("丙局", {"甲局", "乙局"})])
def test_of_two_penalties_under_one_number_a_repair_ends_that_of_the_authority_it_names(
    build_base: Builder, named: str, ended: set[str]
) -> None:
    base = build_base(
        "credit",
        penalty=f"""
            document_no | credit_code | authority_code | authority_name | severity_code | decided_date | _key
            C1          | {FIRM}      | {ONE}          | 甲局           | 2             | 2026-05-01   | 1
            C1          | {FIRM}      | {ANOTHER}      | 乙局           | 2             | 2026-05-01   | 2
        """,
        repair=f"""
            repair_no | record_kind_code | document_no | credit_code | decided_date | outcome_code | authority_name
            R1        | 1                | C1          | {FIRM}      | 2026-09-01   | 1            | {named}
        """,
    )
    found = base.rows("penalty", "authority_name", "repaired_date")
    assert {authority for authority, repaired in found if repaired} == ended


def test_a_repair_taken_back_lets_the_penalty_be_shown_again(build_base: Builder) -> None:
    base = build_base(
        "credit",
        penalty=REPAIRED,
        repair=f"""
            repair_no | record_kind_code | document_no | credit_code | decided_date | outcome_code
            R1        | 1                | C1          | {FIRM}      | 2026-09-01   | 1
            R2        | 1                | C1          | {FIRM}      | 2026-10-01   | 3
        """,
    )
    assert base.rows("penalty", "repaired_date", "visible_until") == [(None, date(2027, 5, 1))]


def test_a_repair_of_a_list_entry_ends_it_on_every_list_that_names_the_decision(build_base: Builder) -> None:
    base = build_base(
        "credit",
        abnormal_list=f"entry_no | credit_code | list_kind_code | listed_date\nS1 | {FIRM} | 2 | 2025-06-01",
        serious_list=f"""
            entry_no | credit_code | list_kind_code | listed_date | publish_until | legal_basis
            S1       | {FIRM}      | 2              | 2025-06-01  | 2028-06-01    | 某法
        """,
        repair=f"""
            repair_no | record_kind_code | document_no | credit_code | decided_date | outcome_code
            R1        | 2                | S1          | {FIRM}      | 2026-09-01   | 1
        """,
    )
    rows = base.rows("credit_list_entry", "legal_basis", "removed_date", "exit_kind", "visible_until")
    end = (date(2026, 9, 1), "repaired", date(2026, 8, 31))
    basis = "《市场监督管理严重违法失信名单管理办法》（市场监管总局令第44号）"
    assert rows == sorted([(basis, *end), ("某法", *end)], key=lambda row: str(row[0]))


def test_a_list_of_serious_breach_without_a_legal_basis_is_found(build_base: Builder) -> None:
    base = build_base("credit", serious_list=f"entry_no | credit_code | list_kind_code\nS1 | {FIRM} | 5")
    assert [(found[0], found[3]) for found in base.findings()] == [("LIST_WITHOUT_BASIS", "legal_basis")]


def test_every_record_is_of_a_kind_of_the_national_catalogue(build_base: Builder) -> None:
    base = build_base(
        "credit",
        permit=f"document_no | credit_code\nP1 | {FIRM}",
        penalty=f"document_no | credit_code\nC1 | {FIRM}",
        abnormal_list=f"entry_no | credit_code | list_kind_code\nE1 | {FIRM} | 1",
        serious_list=f"entry_no | credit_code\nS1 | {FIRM}",
        dishonest_debtor="case_no\nA1",
        tax_grade=f"_key | credit_code | year\n1 | {FIRM} | 2025",
    )
    tables = ("permit", "penalty", "credit_list_entry", "tax_credit_grade")
    kinds = [row for table in tables for row in base.rows(table, "catalogue_kind_code")]
    assert kinds == [("03",), ("03",), ("02",), ("05",), ("06",), ("09",)]


def test_a_decision_on_a_repair_is_shown_as_long_as_the_record_it_names(build_base: Builder) -> None:
    base = build_base(
        "credit",
        penalty=f"""
            document_no | credit_code | severity_code | decided_date | publish_until
            C1          | {FIRM}      | 2             | 2026-05-01   | 2027-05-01
            C2          | {FIRM}      | 1             | 2026-05-01   |
            C3          | {FIRM}      | 2             | 2026-05-01   | 2027-02-01
        """,
        abnormal_list=f"""
            entry_no | credit_code | list_kind_code | listed_date | removed_date
            E1       | {FIRM}      | 1              | 2025-06-01  | 2026-06-01
            E2       | {FIRM}      | 1              | 2025-06-01  |
        """,
        repair=f"""
            repair_no  | record_kind_code | document_no | credit_code | decided_date | outcome_code
            A-refused  | 1                | C1          | {FIRM}      | 2026-08-10   | 2
            B-granted  | 1                | C1          | {FIRM}      | 2026-09-01   | 1
            C-slight   | 1                | C2          | {FIRM}      | 2026-06-01   | 2
            D-refused  | 1                | C3          | {FIRM}      | 2026-08-10   | 2
            E-removed  | 2                | E1          | {FIRM}      | 2026-05-10   | 2
            F-listed   | 2                | E2          | {FIRM}      | 2026-05-10   | 2
            G-held-not | 1                | C9          | {FIRM}      | 2026-05-10   | 1
        """,
    )
    assert base.rows("credit_repair", "repair_no", "visible_until") == [
        ("A-refused", date(2026, 8, 31)),
        ("B-granted", date(2026, 8, 31)),
        ("C-slight", date(2026, 4, 30)),
        ("D-refused", date(2027, 2, 1)),
        ("E-removed", date(2026, 5, 31)),
        ("F-listed", None),
        ("G-held-not", date(2026, 5, 9)),
    ]


def test_a_repair_under_a_firm_s_new_code_ends_what_it_was_given_under_the_old_one(build_base: Builder) -> None:
    new = "91000000MA0K000002"
    given = {
        "penalty": REPAIRED,
        "abnormal_list": f"entry_no | credit_code | list_kind_code\nS1 | {FIRM} | 2",
        "serious_list": f"entry_no | credit_code | list_kind_code | repaired_date\nS1 | {new} | 2 | 2026-06-01",
        "repair": f"""
            repair_no | record_kind_code | document_no | credit_code | decided_date | outcome_code
            R1        | 1                | C1          | {new}       | 2026-09-01   | 1
        """,
    }
    one = Identities(same=[("legal_entity", FIRM, new), ("legal_entity", new, new)])
    plan = replace(build_base.plan("credit", None, {}, given), identities=one)
    base = Built(building.build(plan, build_base.folder / "candidates"))
    assert base.rows("penalty", "visible_until") == [(date(2026, 8, 31),)]
    assert base.rows("credit_list_entry", "visible_until") == [(date(2026, 5, 31),)] * 2
    assert "REPAIR_UNKNOWN" not in [found[0] for found in base.findings()]


def test_who_is_taken_off_the_list_of_abnormal_operation_stays_on_that_of_serious_breach(build_base: Builder) -> None:
    base = build_base(
        "credit",
        abnormal_list=f"""
            entry_no | credit_code | list_kind_code | listed_date | removed_date
            E1       | {FIRM}      | 1              | 2025-06-01  | 2025-12-01
        """,
        serious_list=f"""
            entry_no | credit_code | list_kind_code | listed_date | publish_until | legal_basis
            E1       | {FIRM}      | 5              | 2026-05-01  | 2029-05-01    | 某法
        """,
    )
    assert base.rows("credit_list_entry", "list_code", "visible_until") == [
        ("abnormal", date(2025, 11, 30)), ("serious", date(2029, 5, 1))
    ]  # fmt: skip
