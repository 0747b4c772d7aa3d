"""The rules of one delivery, derived from its registered items."""

from __future__ import annotations

from collections.abc import Iterator

from catalog.vocab import Column, Dimension, IdentifierKind, Outcome, Side, TableSpec
from quality.identifiers import Note
from quality.normalise import has_term
from quality.rules import Rule
from quality.sql import literal, literals, quoted
from quality.values import decimals

TERM_OF_PUBLICATION = 7  # working days from decision to publication, permits and penalties (双公示)

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
TYPE_RULES = {
    "DATE": ("DATE_INVALID", "不是有效日期", "请按 YYYY-MM-DD 填写后重新报送"),
    "TIMESTAMP": ("DATE_INVALID", "不是有效日期时间", "请按 YYYY-MM-DD HH:MM:SS 填写后重新报送"),
    "BOOLEAN": ("CODE_UNKNOWN", "不是“是”或“否”", "请填写“是”或“否”后重新报送"),
    "BIGINT": ("NUMBER_INVALID", "不是有效整数", "请填写不带单位的整数后重新报送"),
}
NUMBER_RULE = ("NUMBER_INVALID", "不是有效数字", "请填写不带单位和文字的数字后重新报送")


def rules(spec: TableSpec) -> tuple[Rule, ...]:
    """Every rule of a delivery of that table, over the columns of `quality.normalise`.

    A value breaks at most one of the rules on its own form; rules between items come on top.
    """
    return (*_item_rules(spec), *_key_rules(spec), *_person_rules(spec), *_order_rules(spec), *_term_rules(spec))


def _item_rules(spec: TableSpec) -> Iterator[Rule]:
    for column in spec.columns:
        yield from _presence(spec, column)
        if column.identifier:
            yield from _identifier(spec, column, column.identifier)
        else:
            yield from _value(spec, column)


def _presence(spec: TableSpec, column: Column) -> Iterator[Rule]:
    absent = "主键信息项为空" if column.name in spec.key else "必填信息项为空"
    if column.name in spec.key or column.required:
        code = "KEY_MISSING" if column.name in spec.key else "REQUIRED"
        yield _rule(
            spec, column, code, Dimension.COMPLETE, Outcome.BLOCK_ROW, _delivered(column),
            absent, "请补充完整后重新报送",
        )  # fmt: skip


def _delivered(column: Column) -> str:
    """Whether there is any text, a value of its type or not."""
    name = quoted(column.name)
    if column.identifier:
        return f"{name} is not null or {quoted(column.name + '_raw')} is not null"
    return (
        f"{name} is not null" if column.type == "VARCHAR" else f"{name} is not null or {quoted(column.name + '$bad')}"
    )


def _identifier(spec: TableSpec, column: Column, kind: IdentifierKind) -> Iterator[Rule]:
    note, source = quoted(column.name + "$note"), IDENTIFIER_SOURCES[kind]
    for code, number, dimension, outcome, message, remedy in IDENTIFIER_RULES[kind]:
        yield _rule(spec, column, code, dimension, outcome, f"{note} <> {number.value}", message, remedy, source=source)
    if kind is IdentifierKind.CITIZEN_ID:
        yield _rule(
            spec, column, "ID_AREA", Dimension.ACCURATE, Outcome.WARN, quoted(column.name + "$area"),
            "号码前六位不是任何时期的行政区划代码", "请核对证件上的号码；确为历史代码的请联系主管部门补充",
            source="GB/T 2260",
        )  # fmt: skip


def _value(spec: TableSpec, column: Column) -> Iterator[Rule]:
    name = quoted(column.name)
    if column.type != "VARCHAR":
        code, message, remedy = TYPE_RULES.get(column.type, NUMBER_RULE)
        yield _rule(
            spec, column, code, Dimension.NORMATIVE, Outcome.BLOCK_ROW,
            f"not {quoted(column.name + '$bad')}", message, remedy,
        )  # fmt: skip
        yield from _rounding(spec, column)
        yield from _range(spec, column)
        return
    if column.codes:
        yield _rule(
            spec, column, "CODE_UNKNOWN", Dimension.NORMATIVE, Outcome.BLOCK_ROW,
            f"{name} in {literals(column.codes)}", f"代码不在代码表{_called(column.code_list)}中",
            "请按代码表填写代码后重新报送", source=column.source or column.code_list,
        )  # fmt: skip
        return
    too_long = f"length({name}) > {column.max_length}" if column.max_length else "false"
    if column.max_length:
        yield _rule(
            spec, column, "TOO_LONG", Dimension.NORMATIVE, Outcome.BLOCK_ROW, f"not ({too_long})",
            f"超过登记的长度 {column.max_length}", "请核对内容，或申请变更信息项长度后重新报送",
        )  # fmt: skip
    if column.pattern:
        yield _rule(
            spec, column, "PATTERN", Dimension.NORMATIVE, Outcome.BLOCK_ROW,
            f"{too_long} or regexp_full_match({name}, {literal(column.pattern)})",
            "不符合登记的格式", "请按目录中登记的格式填写后重新报送",
        )  # fmt: skip


def _rounding(spec: TableSpec, column: Column) -> Iterator[Rule]:
    kept = decimals(column.type)
    if kept is not None:
        yield _rule(
            spec, column, "NUMBER_ROUNDED", Dimension.ACCURATE, Outcome.NORMALISE,
            f"not {quoted(column.name + '$rounded')}", f"小数超过 {kept} 位，已四舍五入",
            f"请按登记的精度填写，小数不超过 {kept} 位",
        )  # fmt: skip


def _range(spec: TableSpec, column: Column) -> Iterator[Rule]:
    name, low, high = quoted(column.name), column.minimum, column.maximum
    limits = [f"{name} >= {low!r}"] * (low is not None) + [f"{name} <= {high!r}"] * (high is not None)
    if limits:
        yield _rule(
            spec, column, "OUT_OF_RANGE", Dimension.ACCURATE, Outcome.BLOCK_ROW, " and ".join(limits),
            f"超出登记的取值范围{_span(low, high, column.unit)}", "请核对数值和计量单位后重新报送",
        )  # fmt: skip


def _key_rules(spec: TableSpec) -> Iterator[Rule]:
    titles = "、".join(spec.column(name).title[:30] for name in spec.key[:10])
    yield Rule(
        "KEY_DUPLICATE", Dimension.CONSISTENT, Outcome.BLOCK_ROW, Side.VERIFIER, spec.key[0],
        "not _repeat", f"主键 {titles}: 与同一文件中前面的行重复", "同一主键只保留一行后重新报送",
    )  # fmt: skip


def _person_rules(spec: TableSpec) -> Iterator[Rule]:
    """Sex and birth date against the identifier of the same person, told by their common prefix."""
    for column in spec.columns:
        if column.identifier is not IdentifierKind.CITIZEN_ID or not column.name.endswith("id_number"):
            continue
        prefix, number = column.name.removesuffix("id_number"), quoted(column.name)
        sex, birth = prefix + "sex_code", prefix + "birth_date"
        if sex in spec.names:
            yield _rule(
                spec, spec.column(sex), "ID_SEX", Dimension.CONSISTENT, Outcome.WARN,
                f"{quoted(sex)} not in ('1', '2') or "
                f"({quoted(sex)} = '1') = (ascii(substr({number}, 17, 1)) % 2 = 1)",
                f"与{column.title}第 17 位表示的性别不一致", "请核对证件后改正后重新报送", source="GB 11643-1999",
            )  # fmt: skip
        if birth in spec.names and spec.column(birth).type == "DATE":
            yield _rule(
                spec, spec.column(birth), "ID_BIRTH", Dimension.CONSISTENT, Outcome.WARN,
                f"strftime({quoted(birth)}, '%Y%m%d') = substr({number}, 7, 8)",
                f"与{column.title}中的出生日期不一致", "请核对证件后改正后重新报送", source="GB 11643-1999",
            )  # fmt: skip


def _order_rules(spec: TableSpec) -> Iterator[Rule]:
    """One rule per later date, whatever number of dates must come before it."""
    for later in dict.fromkeys(late for _, late in spec.orders):
        earlier = [early for early, late in spec.orders if late == later]
        titles = "、".join(spec.column(name).title for name in earlier)
        predicate = " and ".join(f"coalesce({quoted(name)} <= {quoted(later)}, true)" for name in earlier)
        yield _rule(
            spec, spec.column(later), "DATE_ORDER", Dimension.CONSISTENT, Outcome.WARN, predicate,
            f"早于 {titles}", "请核对两个日期后重新报送",
        )  # fmt: skip


def _term_rules(spec: TableSpec) -> Iterator[Rule]:
    if has_term(spec):
        yield _rule(
            spec, spec.column("submitted_date"), "CREDIT_LATE", Dimension.TIMELY, Outcome.WARN,
            f"_term <= {TERM_OF_PUBLICATION}", f"晚于决定之日起 {TERM_OF_PUBLICATION} 个工作日",
            "请在作出决定之日起 7 个工作日内报送", source="双公示",
        )  # fmt: skip


def _rule(
    spec: TableSpec,
    column: Column,
    code: str,
    dimension: Dimension,
    outcome: Outcome,
    predicate: str,
    message: str,
    remedy: str,
    *,
    source: str = "",
) -> Rule:
    """The rule of one item. Values that contradict each other are the verifier's, the rest the collector's."""
    side = Side.VERIFIER if dimension is Dimension.CONSISTENT else Side.COLLECTOR
    place = f"第 {spec.names.index(column.name) + 1} 项 {column.title}: "
    return Rule(code, dimension, outcome, side, column.name, predicate, place + message, remedy, source)


def _called(code_list: str) -> str:
    return f"（{code_list}）" if code_list else ""


def _span(low: float | None, high: float | None, unit: str) -> str:
    ends = [f"{end:g}" if end is not None else "" for end in (low, high)]
    return f" {'～'.join(ends)}{unit}"
