"""Keys of several items: two rows have the same key only if all their items are the same."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog import natural_keys

# what trimming leaves: nothing empty, no blank at the ends
ITEM = st.text(alphabet="| a\\", min_size=1, max_size=5).filter(lambda text: text == text.strip())
PAIRS = st.lists(st.tuples(ITEM, ITEM), min_size=1, max_size=30)


def keys(rows: list[tuple[str, ...]]) -> list[str]:
    names = [f"i{n}" for n in range(len(rows[0]))]
    columns = ", ".join(f"unnest(?::varchar[]) as {name}" for name in names)
    query = f"select {natural_keys.joined(names)} from (select {columns})"
    return [key for (key,) in duckdb.execute(query, [list(column) for column in zip(*rows, strict=True)]).fetchall()]


@given(PAIRS)
def test_rows_have_one_key_only_if_all_their_items_are_the_same(rows: list[tuple[str, ...]]) -> None:
    distinct = sorted(set(rows))
    assert len(set(keys(distinct))) == len(distinct)


@given(st.lists(st.tuples(ITEM, ITEM, ITEM), min_size=1, max_size=30))
def test_what_has_no_bar_is_joined_as_it_always_was(rows: list[tuple[str, ...]]) -> None:
    plain = [tuple(item.replace("|", "-") for item in row) for row in rows]
    assert keys(plain) == ["|".join(row) for row in plain]


@pytest.mark.parametrize("value", ["a|b", "| a", "a|"])
def test_a_key_of_one_item_is_that_item(value: str) -> None:
    assert keys([(value,)]) == [value]


def test_a_missing_item_leaves_no_key() -> None:
    assert duckdb.sql(f"select {natural_keys.joined(['x', 'null::varchar'])} from (select 'a' as x)").fetchall() == [
        (None,)
    ]
