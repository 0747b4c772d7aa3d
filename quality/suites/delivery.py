"""The rules of one delivery, derived from its registered items."""

from __future__ import annotations

from collections.abc import Iterator

from catalog.vocab import Column, Dimension, Outcome, Side, TableSpec
from quality.normalise import has_term
from quality.rules import Rule, of_item
from quality.sql import literal, literals, quoted
from quality.suites import conventions, dates, identifiers
from quality.values import decimals

TERM_OF_PUBLICATION = 7  # working days from decision to publication, permits and penalties (双公示)

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
    return (
        *_item_rules(spec), *_key_rules(spec), *identifiers.person_rules(spec), *_order_rules(spec), *_term_rules(spec),
        *conventions.rules(spec), *dates.rules(spec),
    )  # fmt: skip


def _item_rules(spec: TableSpec) -> Iterator[Rule]:
    for column in spec.columns:
        yield from _presence(spec, column)
        if column.identifier:
            yield from identifiers.rules(spec, column, column.identifier)
        else:
            yield from _value(spec, column)


def _presence(spec: TableSpec, column: Column) -> Iterator[Rule]:
    absent = "主键信息项为空" if column.name in spec.key else "必填信息项为空"
    if column.name in spec.key or column.required:
        code = "KEY_MISSING" if column.name in spec.key else "REQUIRED"
        yield of_item(
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


def _value(spec: TableSpec, column: Column) -> Iterator[Rule]:
    name = quoted(column.name)
    if column.type != "VARCHAR":
        code, message, remedy = TYPE_RULES.get(column.type, NUMBER_RULE)
        yield of_item(
            spec, column, code, Dimension.NORMATIVE, Outcome.BLOCK_ROW,
            f"not {quoted(column.name + '$bad')}", message, remedy,
        )  # fmt: skip
        yield from _rounding(spec, column)
        yield from _range(spec, column)
        return
    if column.codes:
        yield from _codes(spec, column)
        return
    too_long = f"length({name}) > {column.max_length}" if column.max_length else "false"
    if column.max_length:
        yield of_item(
            spec, column, "TOO_LONG", Dimension.NORMATIVE, Outcome.BLOCK_ROW, f"not ({too_long})",
            f"超过登记的长度 {column.max_length}", "请核对内容，或申请变更信息项长度后重新报送",
        )  # fmt: skip
    if column.pattern:
        yield of_item(
            spec, column, "PATTERN", Dimension.NORMATIVE, Outcome.BLOCK_ROW,
            f"{too_long} or regexp_full_match({name}, {literal(column.pattern)})",
            "不符合登记的格式", "请按目录中登记的格式填写后重新报送",
        )  # fmt: skip


def _codes(spec: TableSpec, column: Column) -> Iterator[Rule]:
    name, source = quoted(column.name), column.source or column.code_list
    yield of_item(
        spec, column, "CODE_UNKNOWN", Dimension.NORMATIVE, Outcome.BLOCK_ROW,
        f"{name} in {literals((*column.codes, *column.retired_codes))}",
        f"代码不在代码表{_called(column.code_list)}中", "请按代码表填写代码后重新报送", source=source,
    )  # fmt: skip
    if column.retired_codes:
        yield of_item(
            spec, column, "CODE_RETIRED", Dimension.NORMATIVE, Outcome.BLOCK_ROW,
            _in_its_time(column),
            f"代码{_called(column.code_list)}在本批次所属时期已经停用", "请改用现行代码后重新报送", source=source,
        )  # fmt: skip


def _in_its_time(column: Column) -> str:
    """A code that has ended is right in a row that is dated before its end."""
    name = quoted(column.name)
    if not column.dated_by:
        return f"{name} not in {literals(column.retired_codes)}"
    pairs = zip(column.retired_codes, column.retired_on, strict=True)
    ends = " ".join(f"when {literal(code)} then {quoted(column.dated_by)} <= date '{end}'" for code, end in pairs)
    return f"coalesce(case {name} {ends} else true end, false)"


def _rounding(spec: TableSpec, column: Column) -> Iterator[Rule]:
    kept = decimals(column.type)
    if kept is not None:
        yield of_item(
            spec, column, "NUMBER_ROUNDED", Dimension.ACCURATE, Outcome.NORMALISE,
            f"not {quoted(column.name + '$rounded')}", f"小数超过 {kept} 位，已四舍五入",
            f"请按登记的精度填写，小数不超过 {kept} 位",
        )  # fmt: skip


def _range(spec: TableSpec, column: Column) -> Iterator[Rule]:
    name, low, high = quoted(column.name), column.minimum, column.maximum
    limits = [f"{name} >= {low!r}"] * (low is not None) + [f"{name} <= {high!r}"] * (high is not None)
    if limits:
        yield of_item(
            spec, column, "OUT_OF_RANGE", Dimension.ACCURATE, Outcome.BLOCK_ROW, " and ".join(limits),
            f"超出登记的取值范围{_span(low, high, column.unit)}", "请核对数值和计量单位后重新报送",
        )  # fmt: skip


def _key_rules(spec: TableSpec) -> Iterator[Rule]:
    titles = "、".join(spec.column(name).title[:30] for name in spec.key[:10])
    yield Rule(
        "KEY_DUPLICATE", Dimension.CONSISTENT, Outcome.BLOCK_ROW, Side.VERIFIER, spec.key[0],
        "not _repeat", f"主键 {titles}: 与同一文件中前面的行重复", "同一主键只保留一行后重新报送",
    )  # fmt: skip


def _order_rules(spec: TableSpec) -> Iterator[Rule]:
    """One rule per later date, whatever number of dates must come before it."""
    for later in dict.fromkeys(late for _, late in spec.orders):
        earlier = [early for early, late in spec.orders if late == later]
        titles = "、".join(spec.column(name).title for name in earlier)
        predicate = " and ".join(f"coalesce({quoted(name)} <= {quoted(later)}, true)" for name in earlier)
        yield of_item(
            spec, spec.column(later), "DATE_ORDER", Dimension.CONSISTENT, Outcome.WARN, predicate,
            f"早于 {titles}", "请核对两个日期后重新报送",
        )  # fmt: skip


def _term_rules(spec: TableSpec) -> Iterator[Rule]:
    if has_term(spec):
        yield of_item(
            spec, spec.column("submitted_date"), "CREDIT_LATE", Dimension.TIMELY, Outcome.WARN,
            f"_term <= {TERM_OF_PUBLICATION}", f"晚于决定之日起 {TERM_OF_PUBLICATION} 个工作日",
            "请在作出决定之日起 7 个工作日内报送", source="双公示",
        )  # fmt: skip


def _called(code_list: str) -> str:
    return f"（{code_list}）" if code_list else ""


def _span(low: float | None, high: float | None, unit: str) -> str:
    ends = [f"{end:g}" if end is not None else "" for end in (low, high)]
    return f" {'～'.join(ends)}{unit}"
