"""The rules of a delivery: which rows break which, and what becomes of them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from catalog.vocab import DeliveryState, Dimension, Outcome, Side, TableSpec
from quality.suites import delivery
from tests.quality.conftest import PERSON, RIGHT, Checker, spec

ONE = "140213199003070018"


def one(item: str, value: str) -> str:
    """A person's row that is right but for one item."""
    row = {"id_number": ONE, "name": "张一", "sex_code": "1", "birth_date": "1990-03-07", "income": "12.50"}
    cells = row | {item: value}
    return " | ".join(cells) + "\n" + " | ".join(f'"{v}"' if "," in v else v for v in cells.values())


@pytest.mark.parametrize(
    ("item", "value", "rule"),
    [
        ("id_number", "", "KEY_MISSING"),
        ("name", "", "REQUIRED"),
        ("name", "一二三四五六七八九十一", "TOO_LONG"),
        ("sex_code", "3", "CODE_UNKNOWN"),
        ("sex_code", "男", "CODE_UNKNOWN"),
        ("birth_date", "1990-02-30", "DATE_INVALID"),
        ("birth_date", "不详", "DATE_INVALID"),
        ("birth_date", "32939", "DATE_INVALID"),
        ("birth_date", "1990-03-07 01:02:03", "DATE_INVALID"),
        ("income", "约12", "NUMBER_INVALID"),
        ("income", "1,2,3", "NUMBER_INVALID"),
        ("income", "nan", "NUMBER_INVALID"),
        ("income", "-0.01", "OUT_OF_RANGE"),
        ("income", "1000000.01", "OUT_OF_RANGE"),
    ],
)
def test_a_wrong_value_blocks_its_row_by_one_rule(checked: Checker, item: str, value: str, rule: str) -> None:
    result = checked(one(item, value))
    assert result.found == {rule: (2,)}
    assert (result.report.good, result.report.bad) == (0, 1)
    assert result.report.findings[0].column == item
    assert result.rows(f"_row, {item}, _rules", "bad") == [(2, value or None, [rule])]
    assert result.rows("rule, item, row", "findings") == [(rule, item, 2)]


@pytest.mark.parametrize(
    ("item", "value", "typed"),
    [
        ("name", " 张一　", "张一"),
        ("sex_code", "", None),
        ("birth_date", "19900307", date(1990, 3, 7)),
        ("birth_date", "1990/3/7", date(1990, 3, 7)),
        ("birth_date", "1990年3月7日", date(1990, 3, 7)),
        ("birth_date", "1990-03-07 00:00:00", date(1990, 3, 7)),
        ("birth_date", "1990-03-07T00:00:00", date(1990, 3, 7)),
        ("income", "1,234.50", Decimal("1234.50")),
        ("income", "1e3", Decimal("1000.00")),
        ("income", "", None),
    ],
)
def test_a_value_is_taken_in_every_common_form(checked: Checker, item: str, value: str, typed: object) -> None:
    result = checked(one(item, value))
    assert result.report.state is DeliveryState.ACCEPTED
    assert result.rows(item) == [(typed,)]


@pytest.mark.parametrize(
    ("item", "value", "rule", "side"),
    [
        ("id_number", "1.40213E+17", "ID_MANGLED", Side.COLLECTOR),
        ("id_number", "14021319900307001", "ID_LENGTH", Side.COLLECTOR),
        ("id_number", "140213199002300018", "ID_DATE", Side.COLLECTOR),
        ("id_number", "140213199003070019", "ID_CHECK", Side.COLLECTOR),
    ],
)
def test_an_invalid_identifier_goes_on_as_raw_text(
    checked: Checker, item: str, value: str, rule: str, side: Side
) -> None:
    result = checked(one(item, value))
    assert result.report.state is DeliveryState.ACCEPTED
    assert [(f.rule, f.outcome, f.side) for f in result.report.findings] == [(rule, Outcome.WARN, side)]
    assert result.rows("id_number, id_number_raw, _key") == [(None, value, value)]


def test_a_blank_of_full_width_is_no_value(checked: Checker) -> None:
    result = checked("id_number,name,sex_code,birth_date,income\nx,\u3000,,,\n".encode())
    assert result.found == {"REQUIRED": (2,), "ID_LENGTH": (2,)}


def test_an_unknown_area_keeps_the_identifier_and_an_old_one_is_no_finding(checked: Checker) -> None:
    result = checked("""
        id_number          | name | sex_code | birth_date | income
        111111199003070015 | 甲   |          |            |
        142132197208150034 | 乙   |          |            |
    """)
    assert result.found == {"ID_AREA": (2,)}
    assert result.rows("id_number") == [("111111199003070015",), ("142132197208150034",)]


def test_an_area_that_ended_before_its_bearer_could_get_a_number_is_warned_of(checked: Checker) -> None:
    """An area's years count against the later of birth and 1984, never against the birth alone."""
    result = checked("""
        id_number          | name | sex_code | birth_date | income
        140213199003070018 | 甲   |          |            |
        140203197812310024 | 乙   |          |            |
        140227198810050041 | 丙   |          |            |
        142132199608150032 | 丁   |          |            |
        140203201906010013 | 戊   |          |            |
    """)
    assert result.found == {"ID_AREA": (5, 6)}


def test_mended_identifiers_are_counted_as_normalised(checked: Checker) -> None:
    result = checked("""
        id_number          | name | sex_code | birth_date | income
        140213900307001    | 甲   |          |            |
        14020319560101009x | 乙   |          |            |
        １４０２１３１９９００３０７００１８ | 丙   |          |            |
    """)
    assert {f.rule: f.outcome for f in result.report.findings} == {
        "ID_15": Outcome.NORMALISE, "ID_LOWER_X": Outcome.NORMALISE, "ID_FULL_WIDTH": Outcome.NORMALISE,
        "KEY_DUPLICATE": Outcome.BLOCK_ROW,
    }  # fmt: skip
    assert result.rows("id_number, id_number_raw") == [("140213199003070018", None), ("14020319560101009X", None)]
    assert result.rows("id_number, _rules", "bad") == [("１４０２１３１９９００３０７００１８", ["KEY_DUPLICATE"])]


@pytest.mark.parametrize(
    ("value", "kept", "is_rounded"),
    [
        ("12.5", "12.50", False),
        ("12.50000", "12.50", False),
        ("12", "12.00", False),
        ("1,234.50", "1234.50", False),
        ("1.25e1", "12.50", False),
        ("12.505", "12.51", True),
        ("12.5000001", "12.50", True),
        ("1,234.567", "1234.57", True),
        ("1.2345e1", "12.35", True),
        (".005", "0.01", True),
    ],
)
def test_more_decimals_than_registered_are_rounded_and_said(
    checked: Checker, value: str, kept: str, is_rounded: bool
) -> None:
    result = checked(one("income", value))
    assert result.rows("income") == [(Decimal(kept),)]
    assert {f.rule: (f.outcome, f.column, f.rows) for f in result.report.findings} == (
        {"NUMBER_ROUNDED": (Outcome.NORMALISE, "income", (2,))} if is_rounded else {}
    )
    assert value not in result.messages


def test_sex_and_birth_date_are_held_against_the_identifier(checked: Checker) -> None:
    result = checked(f"""
        id_number          | name | sex_code | birth_date | income
        {ONE}              | 甲   | 2        | 1990-03-08 |
        140203197812310024 | 乙   | 9        | 1978-12-31 |
        14020319781231002X | 丙   | 1        | 1979-12-31 |
    """)
    assert result.found == {"ID_CHECK": (4,), "ID_SEX": (2,), "ID_BIRTH": (2,)}
    assert {f.column for f in result.report.findings} == {"id_number", "sex_code", "birth_date"}


def test_the_sex_of_a_child_is_not_held_against_its_mothers_identifier() -> None:
    birth = spec("""
        certificate_no   | 证明编号           | C20 | KR |
        sex_code         | 性别代码           | C1  | R  | codes:1,2
        mother_id_number | 母亲公民身份号码   | C18 | R  | id:citizen_id
    """)
    assert "ID_SEX" not in {rule.code for rule in delivery.rules(birth)}


def test_every_row_of_a_key_after_its_first_is_blocked(checked: Checker) -> None:
    insured = spec("""
        id_number | 公民身份号码 | C18 | KR | id:citizen_id
        kind_code | 险种         | C2  | KR | codes:01,02
    """)
    result = checked(
        f"""
        id_number | kind_code
        {ONE}     | 01
        {ONE}     | 02
        {ONE}     | 01
        x         | 01
        X         | 01
        x         | 01
                  | 01
                  | 01
        """,
        insured,
    )
    assert result.found == {"KEY_MISSING": (8, 9), "ID_LENGTH": (5, 6, 7), "KEY_DUPLICATE": (4, 7)}
    assert result.rows("_row, _key") == [(2, f"{ONE}|01"), (3, f"{ONE}|02"), (5, "x|01"), (6, "X|01")]


LICENCE = spec(
    """
    licence_no | 许可证号         | C30 | KR |
    credit     | 统一社会信用代码 | C18 | R  | id:credit_code
    issuer     | 颁发机构代码     | C18 |    | id:credit_code
    from_date  | 有效期起         | D   |    |
    until_date | 有效期止         | D   |    |
    area_m2    | 面积             | N18 |    | range:0..;unit:平方米
    floors     | 层数             | I   |    | range:1..200
    is_open    | 是否公开         | L   |    |
    month      | 年月             | C7  |    | pattern:\\d{4}-\\d{2}
    """,
    orders=(("from_date", "until_date"),),
)
LICENCE_ITEMS = "licence_no | credit | issuer | from_date | until_date | area_m2 | floors | is_open | month"


def test_an_empty_required_identifier_blocks_and_an_invalid_one_does_not(checked: Checker) -> None:
    result = checked(
        f"""
        {LICENCE_ITEMS}
        A | 91140200MA0K12348D |  |  |  | 1 | 3.0 | 是 | 2026-11
        B |                    |  |  |  |   |     |    |
        C | 91140200MA0K12348E |  |  |  | 2.5 | 7 | 0 |
        """,
        LICENCE,
    )
    assert result.found == {"REQUIRED": (3,), "USCC_CHECK": (4,)}
    assert result.rows("licence_no, credit, credit_raw, area_m2, floors, is_open") == [
        ("A", "91140200MA0K12348D", None, Decimal(1), 3, True),
        ("C", None, "91140200MA0K12348E", Decimal("2.5"), 7, False),
    ]


def test_order_pattern_and_range_are_judged(checked: Checker) -> None:
    result = checked(
        f"""
        {LICENCE_ITEMS}
        A | 91140200MA0K12348D |  | 2026-01-02 | 2026-01-01 |    |     |   | 2026-1
        B | 91140200MA0K12348D |  | 2026-01-02 |            | -1 | 201 | x | 2026-11-11
        C | 91140200MA0K12348D |  | 2026-01-02 | 2026-01-02 |    | 1.5 |   | 2026-11
        """,
        LICENCE,
    )
    assert result.found == {
        "OUT_OF_RANGE": (3,), "NUMBER_INVALID": (4,), "CODE_UNKNOWN": (3,), "TOO_LONG": (3,), "PATTERN": (2,),
        "DATE_ORDER": (2,),
    }  # fmt: skip
    assert [f.column for f in result.report.findings if f.rule == "OUT_OF_RANGE"] == ["area_m2", "floors"]


PERMIT = spec("""
    document_no    | 文书号   | C50 | KR |
    decided_date   | 决定日期 | D   | R  |
    submitted_date | 报送日期 | D   | R  |
""")


def test_credit_records_are_due_in_seven_working_days(checked: Checker) -> None:
    result = checked(
        """
        document_no | decided_date | submitted_date
        A           | 2026-11-02   | 2026-11-11
        B           | 2026-11-02   | 2026-11-12
        C           | 2026-10-31   | 2026-11-10
        D           | 2025-11-02   | 2026-11-10
        E           | 2026-11-02   | 2027-11-10
        F           |              | 2026-11-10
        """,
        PERMIT,
    )
    assert result.found == {"CREDIT_LATE": (3, 5), "DATE_FUTURE": (6,), "REQUIRED": (7,)}


def test_without_a_calendar_nothing_is_late(checked: Checker) -> None:
    rows = "document_no | decided_date | submitted_date\nA | 2026-01-02 | 2026-11-11"
    assert checked(rows, PERMIT, working_days=[]).report.findings == ()


def test_a_finding_names_the_item_and_the_way_out_and_never_a_value(checked: Checker) -> None:
    result = checked(one("birth_date", "机密之值"))
    [finding] = result.report.findings
    assert (finding.message, finding.remedy) == ("第 4 项 出生日期: 不是有效日期", "请按 YYYY-MM-DD 填写后重新报送")
    assert finding.dimension is Dimension.NORMATIVE
    assert "机密" not in repr(result.report)


def test_the_same_delivery_may_be_checked_again(checked: Checker) -> None:
    assert checked(RIGHT).report.good == 2
    assert checked(one("name", "")).report.bad == 1
    assert checked(RIGHT).rows("count(*)") == [(2,)]


def test_names_and_texts_of_a_specification_cannot_leave_their_quotes(checked: Checker) -> None:
    odd = spec("""
        a"b | 名'称 | C10 | KR | codes:x',y;pattern:
        c%d | 值:一 | C10 |    | pattern:'%[:]\\d{1}
    """)
    result = checked("""a"b|c%d\nx'|'%:7\nz|'%:77""".replace("|", " | ").replace('a"b', "名'称"), odd)
    assert result.found == {"CODE_UNKNOWN": (3,), "PATTERN": (3,)}


def test_a_table_of_texts_alone_has_rules_for_presence_length_and_key() -> None:
    plain = spec("name | 名称 | C10 | KR |")
    assert [rule.code for rule in delivery.rules(plain)] == ["KEY_MISSING", "TOO_LONG", "KEY_DUPLICATE"]


def test_no_two_rules_share_code_and_item() -> None:
    tables: tuple[TableSpec, ...] = (PERSON, LICENCE, PERMIT)
    for table in tables:
        names = [(rule.code, rule.item) for rule in delivery.rules(table)]
        assert len(names) == len(set(names))


def test_two_keys_that_differ_only_by_where_a_bar_stands_are_two(checked: Checker) -> None:
    pair = spec("""
        street | 街道 | C20 | KR |
        number | 号码 | C20 | KR |
    """)
    result = checked(b"street,number\na|b,c\na,b|c\na,c\na,c\n", pair)
    assert result.found == {"KEY_DUPLICATE": (5,)}
    assert result.rows("_key") == [("a| b|c",), ("a|b| c",), ("a|c",)]
