"""Rules on dates: what happened does not lie ahead, and what has run out is no longer in force."""

from __future__ import annotations

from collections.abc import Iterator

from catalog.vocab import Column, Dimension, Outcome, TableSpec
from quality.rules import Rule, of_item
from quality.sql import literal, quoted

# items that may lie ahead by nature, by the ends of their names and by words of their titles
AHEAD_NAMES = ("valid_from", "valid_to", "until", "end_date", "expiry_date", "due_date", "deadline")
AHEAD_WORDS = ("有效", "截止", "截至", "终止", "期限", "到期", "期满", "止", "至", "计划", "预计", "拟", "生效", "下次")
LICENCE_STATES, IN_FORCE, VALID_UNTIL = "证照状态", "01", "valid_until"


def rules(spec: TableSpec) -> Iterator[Rule]:
    """The rules that the table's dates call for, over `_today` and `_period_end` of `quality.normalise`."""
    for column in spec.columns:
        if column.type in ("DATE", "TIMESTAMP") and not may_lie_ahead(column):
            yield _future(spec, column)
        if column.code_list == LICENCE_STATES and _has_end(spec):
            yield _expired(spec, column)


def may_lie_ahead(column: Column) -> bool:
    """Whether a date says until when or from when something holds, or what is planned."""
    return column.name.endswith(AHEAD_NAMES) or any(word in column.title for word in AHEAD_WORDS)


def _has_end(spec: TableSpec) -> bool:
    return VALID_UNTIL in spec.names and spec.column(VALID_UNTIL).type == "DATE"


def _future(spec: TableSpec, column: Column) -> Rule:
    return of_item(
        spec, column, "DATE_FUTURE", Dimension.ACCURATE, Outcome.WARN, f"{quoted(column.name)}::date <= _today",
        "晚于接收之日", "请核对日期；尚未发生的事项待发生后再报送", source="GB/T 36344-2018",
    )  # fmt: skip


def _expired(spec: TableSpec, column: Column) -> Rule:
    end = quoted(VALID_UNTIL)
    return of_item(
        spec, column, "LICENCE_EXPIRED", Dimension.CONSISTENT, Outcome.WARN,
        f"{quoted(column.name)} <> {literal(IN_FORCE)} or {end} >= _period_end",
        "状态为有效，而有效期在本批次所属时期内已经届满", "请将状态改为失效，已延续的补报新的有效期后重新报送",
        source="GB/T 36903-2018",
    )  # fmt: skip
