"""Changes of state: what was cancelled does not come back to life."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from catalog.vocab import Column, Dimension, Outcome, TableSpec
from quality.normalise import CHECKED
from quality.reference import Reference
from quality.rules import Rule, of_item
from quality.searches import Search
from quality.sql import literal, quoted

# code list -> state -> the states that may follow; a state that is not named may be followed by any
CHANGES: Mapping[str, Mapping[str, str]] = {
    # operations of the licence profile: 03 withdrawn, 04 cancelled and 07 revoked are the end; 05 lapsed may be renewed
    "证照状态": {"03": "", "04": "", "07": "04", "05": "01 03 04 07", "02": "01 03 04 05 07", "06": "01 04"},
    "登记状态": {"3": "", "2": "1 3"},
}
SOURCES = {"证照状态": "GB/T 36903 证照状态与操作", "登记状态": "市场主体登记管理条例"}


def state_items(spec: TableSpec) -> tuple[Column, ...]:
    """The items whose state may follow only on certain others."""
    return tuple(c for c in spec.columns if c.code_list in CHANGES)


def searches(spec: TableSpec, reference: Reference) -> Iterator[Search]:
    """The rule STATE_CHANGE for each state of a table of which earlier rows are known."""
    if reference.earlier:
        for column in state_items(spec):
            yield Search(_rule(spec, column), _broken(column, reference))


def _rule(spec: TableSpec, column: Column) -> Rule:
    return of_item(
        spec, column, "STATE_CHANGE", Dimension.CONSISTENT, Outcome.WARN, "",
        "不能由此前报送的状态变为现在的状态（如注销后又恢复有效）", "请核对状态；重新核发的应使用新的编号",
        source=SOURCES[column.code_list],
    )  # fmt: skip


def _broken(column: Column, reference: Reference) -> str:
    name = quoted(column.name)
    files = " union all by name ".join(
        f"select _key, {name} as state, {n} as file from read_parquet({literal(str(path))})"
        for n, path in enumerate(reference.earlier)
    )
    return (
        f"select c._row from {CHECKED} c join (select _key, arg_max(state, file) filter (where state is not null) as state "
        f"from ({files}) group by _key) e on e._key = c._key "
        f"where c.{name} <> e.state and ({_is_forbidden(column, f'c.{name}')})"
    )


def _is_forbidden(column: Column, now: str) -> str:
    return " or ".join(
        f"e.state = {literal(before)} and not list_contains(string_split({literal(after)}, ' '), {now})"
        for before, after in CHANGES[column.code_list].items()
    )
