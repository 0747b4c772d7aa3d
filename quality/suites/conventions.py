"""Rules on one row that every city shares: telephone numbers, units, industries, who a record is about."""

from __future__ import annotations

from collections.abc import Iterator

from catalog.vocab import Column, Dimension, Outcome, TableSpec
from quality.rules import Rule, of_item
from quality.sql import literal, literals, quoted

# mobile numbers, fixed ones with their area code and extension, service numbers; +86 in front is allowed
PHONE = r"(\+?86[- ]?)?(1[3-9]\d{9}|0\d{2,3}[- ]?[2-8]\d{6,7}([-转]\d{1,6})?|[48]00[- ]?\d{3}[- ]?\d{4})"
PHONE_TITLES = ("电话", "手机", "手机号", "手机号码", "联系方式")
# what a unit begins with -> the power of ten that goes with it; 千瓦 and 千克 are units themselves
POWERS = {"亿": 8, "千万": 7, "百万": 6, "万": 4, "元": 0, "%": 0}
# GB/T 4754-2017: the last division (大类) of each section (门类); the divisions are numbered through from 01
SECTIONS = {
    "A": 5, "B": 12, "C": 43, "D": 46, "E": 50, "F": 52, "G": 60, "H": 62, "I": 65, "J": 69,
    "K": 70, "L": 72, "M": 75, "N": 79, "O": 82, "P": 83, "Q": 85, "R": 90, "S": 96, "T": 97,
}  # fmt: skip
SECTION_LIST, CLASS_ITEM, CLASS = "GB/T 4754", "industry_class_code", r"[A-T]?\d{2,4}"
SUBJECT_KINDS, PERSON = "相对人类别", "1"


def rules(spec: TableSpec) -> Iterator[Rule]:
    """The rules that the table's items call for."""
    for column in spec.columns:
        if is_phone(column):
            yield _phone(spec, column)
        if column.code_list == SUBJECT_KINDS:
            yield from _subject(spec, column)
        if column.name == CLASS_ITEM and not column.codes:
            yield from _industry(spec, column)
    if {"unit", "unit_mult"} <= set(spec.names):
        yield _unit(spec)


def is_phone(column: Column) -> bool:
    """Whether an item holds telephone numbers, by its name and title; one with a pattern of its own has its rule."""
    named = column.name.endswith("phone") or column.title.endswith(PHONE_TITLES)
    return named and column.type == "VARCHAR" and not column.pattern and not column.codes


def _phone(spec: TableSpec, column: Column) -> Rule:
    name = quoted(column.name)
    too_long = f"length({name}) > {column.max_length} or " if column.max_length else ""
    return of_item(
        spec, column, "PHONE_INVALID", Dimension.NORMATIVE, Outcome.WARN,
        f"{too_long}regexp_full_match({name}, {literal(PHONE)})", "不是有效的手机号码或带区号的固定电话号码",
        "请填写 11 位手机号码，或“区号-号码”形式的固定电话", source="电信网码号资源分类管理目录",
    )  # fmt: skip


def _subject(spec: TableSpec, column: Column) -> Iterator[Rule]:
    """A person has a citizen identifier and no credit code; everybody else has no citizen identifier."""
    prefix = column.name.removesuffix("kind_code")
    for before in (prefix, ""):
        person, firm = before + "id_number", before + "credit_code"
        if {person, firm} <= set(spec.names) and firm not in spec.key:
            yield of_item(
                spec, column, "SUBJECT_IDENTIFIER", Dimension.CONSISTENT, Outcome.WARN,
                f"case when {quoted(column.name)} = {literal(PERSON)} then not ({_given(firm)}) else not ({_given(person)}) end",
                "类别与所填证件号码不符：自然人只填身份证件号码，法人和其他组织只填统一社会信用代码",
                "请核对类别和证件号码后重新报送", source="行政许可和行政处罚等信用信息公示数据标准",
            )  # fmt: skip
            return


def _given(item: str) -> str:
    return f"{quoted(item)} is not null or {quoted(item + '_raw')} is not null"


def _industry(spec: TableSpec, column: Column) -> Iterator[Rule]:
    """A class leads with the number of a division, which lies in one section; the classes themselves a city may extend.

    The edition of 2011 numbered other divisions from 79 on: its 82 (教育) is 83 now.
    """
    name = quoted(column.name)
    division = f"try_cast(regexp_extract({name}, '^[A-T]?(\\d{{2}})', 1) as integer)"
    section = (
        "case " + " ".join(f"when {division} <= {last} then {literal(s)}" for s, last in SECTIONS.items()) + " end"
    )
    yield of_item(
        spec, column, "INDUSTRY_UNKNOWN", Dimension.NORMATIVE, Outcome.WARN,
        f"regexp_full_match({name}, {literal(CLASS)}) and {division} between 1 and {SECTIONS['T']}",
        "不是国民经济行业分类的代码", "请填写 2 至 4 位数字的大类、中类或小类代码", source="GB/T 4754-2017",
    )  # fmt: skip
    stated = [f"nullif(regexp_extract({name}, '^[A-T]'), '')"]
    stated += [quoted(other.name) for other in spec.columns if other.code_list == SECTION_LIST]
    agree = " and ".join(f"coalesce({section} = {each} or {each} not in {literals(SECTIONS)}, true)" for each in stated)
    yield of_item(
        spec, column, "INDUSTRY_SECTION", Dimension.CONSISTENT, Outcome.WARN, agree,
        "与行业门类不符，可能是 2011 版分类的代码", "请按 GB/T 4754-2017 核对行业代码后重新报送", source="GB/T 4754-2017",
    )  # fmt: skip


def _unit(spec: TableSpec) -> Rule:
    cases = " ".join(
        f"when starts_with(unit, {literal(start)}) then unit_mult = {power}" for start, power in POWERS.items()
    )
    return of_item(
        spec, spec.column("unit"), "UNIT_MISMATCH", Dimension.CONSISTENT, Outcome.WARN, f"case {cases} end",
        "与单位幂次不一致（万为 4，亿为 8）", "请核对计量单位和单位幂次后重新报送", source="SDMX UNIT_MULT",
    )  # fmt: skip
