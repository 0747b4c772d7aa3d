"""Diffs of versions: applying one gives the newer version; what consumers would miss is named."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.changes import apply, breaking, diff
from catalog.vocab import DataType, ShareType

NAMES = st.sampled_from("abcdef")
VALUES = st.one_of(st.none(), st.booleans(), st.integers(-2, 2), st.text("甲乙", max_size=2))


def contents() -> st.SearchStrategy[dict[str, Any]]:
    item = st.dictionaries(st.sampled_from(("title", "length", "is_key")), VALUES)
    items = st.dictionaries(NAMES, item).flatmap(lambda d: st.permutations([{"name": n, **i} for n, i in d.items()]))
    fields = st.dictionaries(st.sampled_from(("name", "abstract", "is_open")), VALUES)
    return st.tuples(fields, items).map(lambda both: {**both[0], "items": list(both[1])})


def typed(value: Any) -> Any:
    """Values with their types, for 1 equals True in Python."""
    if isinstance(value, dict):
        return {name: typed(each) for name, each in value.items()}
    return [typed(each) for each in value] if isinstance(value, list) else (type(value), value)


@given(contents(), contents())
def test_applying_the_diff_gives_the_newer_version(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert typed(apply(old, diff(old, new))) == typed(new)


@given(contents())
def test_nothing_changed_is_no_difference(content: dict[str, Any]) -> None:
    assert diff(content, content) == []


ITEM = {
    "name": "a", "title": "甲", "data_type": DataType.TEXT.value, "length": 10, "is_key": True, "is_lookup": True,
    "share_type": ShareType.CONDITIONAL.value, "pattern": "", "code_list": "", "minimum": None, "maximum": None,
    "measure_unit": "", "sensitivity": "internal", "share_condition": "", "is_open": True,
}  # fmt: skip
OLD = {
    "share_type": ShareType.CONDITIONAL.value, "items": [ITEM], "share_condition": "", "share_channel": "platform",
    "share_method": "api", "format_class": "database", "format_type": "mysql", "delivery_mode": "upsert",
    "update_cycle": "weekly", "is_open": True,
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"data_type": "I"}, "type_narrowed"),
        ({"data_type": "M"}, None),
        ({"length": 5}, "length_narrowed"),
        ({"length": 20}, None),
        ({"length": None}, None),
        ({"share_type": "not_shared"}, "sharing_tightened"),
        ({"pattern": "x"}, "pattern_narrowed"),
        ({"code_list": "GB/T 2261.1"}, "code_list_narrowed"),
        ({"minimum": 1}, "range_narrowed"),
        ({"maximum": 9}, "range_narrowed"),
        ({"measure_unit": "万元"}, "unit_changed"),
        ({"sensitivity": "personal"}, "sensitivity_raised"),
        ({"sensitivity": "public"}, None),
        ({"share_condition": "依职责"}, "condition_added"),
        ({"is_open": False}, "closed"),
        ({"is_lookup": False}, "lookup_removed"),
        ({"is_key": False}, "key_changed"),
        ({"title": "乙"}, None),
    ],
)
def test_what_a_consumer_would_feel_is_named(change: dict[str, Any], rule: str | None) -> None:
    found = breaking(OLD, {**OLD, "items": [{**ITEM, **change}]})
    assert [b.rule for b in found] == ([rule] if rule else [])


def test_an_item_taken_away_and_sharing_tightened_break() -> None:
    found = breaking(OLD, {**OLD, "share_type": "not_shared", "items": []})
    assert {b.rule for b in found} == {"item_removed", "sharing_tightened", "key_changed"}


@pytest.mark.parametrize(
    ("change", "rules"),
    [
        ({"share_method": "table"}, {"method_changed"}),
        ({"share_channel": "medium", "share_method": "medium"}, {"method_changed"}),
        ({"format_type": "dm"}, {"format_changed"}),
        ({"delivery_mode": "snapshot"}, {"delivery_mode_changed"}),
        ({"update_cycle": "monthly"}, {"cycle_slowed"}),
        ({"update_cycle": "daily"}, set()),
        ({"share_condition": "依职责"}, {"condition_added"}),
        ({"is_open": False}, {"closed"}),
        ({"abstract": "x"}, set()),
    ],
)
def test_what_every_consumer_of_a_resource_would_feel(change: dict[str, Any], rules: set[str]) -> None:
    found = breaking(OLD, {**OLD, **change})
    assert {b.rule for b in found} == rules and all(b.item == "" and b.text for b in found)
