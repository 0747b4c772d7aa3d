"""The rules of items that hold identifiers, and of sex and birth date beside one."""

from __future__ import annotations

from collections.abc import Iterator

from catalog.vocab import Column, Dimension, IdentifierKind, Outcome, TableSpec
from quality.identifiers import Note
from quality.rules import Rule, of_item
from quality.sql import quoted

# code, note, dimension, outcome, what is wrong, what to do
IDENTIFIER_RULES = {
    IdentifierKind.CITIZEN_ID: (
        ("ID_MANGLED", Note.MANGLED, Dimension.ACCURATE, Outcome.WARN,
         "号码被电子表格改成了科学计数法，末位已丢失", "请把该列设为文本格式，重新填入完整号码后报送"),
        ("ID_LENGTH", Note.LENGTH, Dimension.NORMATIVE, Outcome.WARN,
         "不是 18 位或 15 位公民身份号码，或含有不允许的字符", "请核对证件，填写 18 位号码后重新报送"),
        ("ID_DATE", Note.DATE, Dimension.ACCURATE, Outcome.WARN,
         "号码中的出生日期不存在、早于 1900 年或晚于报送日期", "请核对证件上的号码后重新报送"),
        ("ID_CHECK", Note.CHECK, Dimension.ACCURATE, Outcome.WARN,
         "号码的校验码不正确", "请核对证件上的号码后重新报送"),
        ("ID_15", Note.FIFTEEN, Dimension.NORMATIVE, Outcome.NORMALISE,
         "15 位号码已自动转换为 18 位", "请在业务系统中改用 18 位号码"),
        ("ID_FULL_WIDTH", Note.FULL_WIDTH, Dimension.NORMATIVE, Outcome.NORMALISE,
         "全角字符已自动转换为半角", "请在业务系统中改用半角字符"),
        ("ID_LOWER_X", Note.LOWER_CASE, Dimension.NORMATIVE, Outcome.NORMALISE,
         "小写字母已自动转换为大写", "请在业务系统中改用大写 X"),
    ),
    IdentifierKind.CREDIT_CODE: (
        ("ID_MANGLED", Note.MANGLED, Dimension.ACCURATE, Outcome.WARN,
         "代码被电子表格改成了科学计数法，末位已丢失", "请把该列设为文本格式，重新填入完整代码后报送"),
        ("USCC_CHECK", Note.CHECK, Dimension.ACCURATE, Outcome.WARN,
         "不是有效的统一社会信用代码（18 位、字符集或校验码不符）", "请核对登记证照上的代码后重新报送"),
        ("USCC_PILOT", Note.PILOT, Dimension.NORMATIVE, Outcome.WARN,
         "校验码不符而其中的主体标识码正确，像是试点时期赋予的旧代码", "请核对登记证照；确为旧代码的请登记机关换发"),
        ("USCC_INNER", Note.INNER, Dimension.ACCURATE, Outcome.WARN,
         "第 9 至 17 位的主体标识码校验不符", "请核对登记证照上的代码后重新报送"),
        ("ID_FULL_WIDTH", Note.FULL_WIDTH, Dimension.NORMATIVE, Outcome.NORMALISE,
         "全角字符已自动转换为半角", "请在业务系统中改用半角字符"),
        ("ID_LOWER_X", Note.LOWER_CASE, Dimension.NORMATIVE, Outcome.NORMALISE,
         "小写字母已自动转换为大写", "请在业务系统中改用大写字母"),
    ),
    IdentifierKind.LICENCE_ID: (
        ("LICENCE_ID_CHECK", Note.CHECK, Dimension.ACCURATE, Outcome.WARN,
         "不是有效的电子证照标识（结构或校验位不符）", "请核对证照标识后重新报送"),
        ("ID_FULL_WIDTH", Note.FULL_WIDTH, Dimension.NORMATIVE, Outcome.NORMALISE,
         "全角字符已自动转换为半角", "请在业务系统中改用半角字符"),
        ("ID_LOWER_X", Note.LOWER_CASE, Dimension.NORMATIVE, Outcome.NORMALISE,
         "小写字母已自动转换为大写", "请在业务系统中改用大写字母"),
    ),
}  # fmt: skip
IDENTIFIER_SOURCES = {
    IdentifierKind.CITIZEN_ID: "GB 11643-1999",
    IdentifierKind.CREDIT_CODE: "GB 32100-2015",
    IdentifierKind.LICENCE_ID: "GB/T 36904-2018",
}


def rules(spec: TableSpec, column: Column, kind: IdentifierKind) -> Iterator[Rule]:
    """The rules of one identifier item; a value breaks at most one that its own form breaks."""
    note, source = quoted(column.name + "$note"), IDENTIFIER_SOURCES[kind]
    for code, number, dimension, outcome, message, remedy in IDENTIFIER_RULES[kind]:
        yield of_item(
            spec, column, code, dimension, outcome, f"{note} <> {number.value}", message, remedy, source=source
        )
    if kind is IdentifierKind.CITIZEN_ID:
        yield of_item(
            spec, column, "ID_AREA", Dimension.ACCURATE, Outcome.WARN, quoted(column.name + "$area"),
            "号码前六位不是行政区划代码，或在持证人能够领取号码之前已停用",
            "请核对证件上的号码；确为历史代码的请联系主管部门补充",
            source="GB/T 2260",
        )  # fmt: skip


def person_rules(spec: TableSpec) -> Iterator[Rule]:
    """Sex and birth date against the identifier of the same person, told by their common prefix."""
    for column in spec.columns:
        if column.identifier is not IdentifierKind.CITIZEN_ID or not column.name.endswith("id_number"):
            continue
        prefix, number = column.name.removesuffix("id_number"), quoted(column.name)
        sex, birth = prefix + "sex_code", prefix + "birth_date"
        if sex in spec.names:
            yield of_item(
                spec, spec.column(sex), "ID_SEX", Dimension.CONSISTENT, Outcome.WARN,
                f"{quoted(sex)} not in ('1', '2') or "
                f"({quoted(sex)} = '1') = (ascii(substr({number}, 17, 1)) % 2 = 1)",
                f"与{column.title}第 17 位表示的性别不一致", "请核对证件后改正后重新报送", source="GB 11643-1999",
            )  # fmt: skip
        if birth in spec.names and spec.column(birth).type == "DATE":
            yield of_item(
                spec, spec.column(birth), "ID_BIRTH", Dimension.CONSISTENT, Outcome.WARN,
                f"strftime({quoted(birth)}, '%Y%m%d') = substr({number}, 7, 8)",
                f"与{column.title}中的出生日期不一致", "请核对证件后改正后重新报送", source="GB 11643-1999",
            )  # fmt: skip
