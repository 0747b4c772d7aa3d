"""What releases say of one value of one record: where it came from, whether it changed, since when it has been so."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import duckdb
import pytest

from catalog import record_history
from catalog.models import Release
from catalog.store import Store
from tests.conftest import NOW

KEY, OTHER = "a" * 20, "b" * 20
COLUMNS = ("record_key", "name", "name_source", "id_number", "id_number_raw")
Row = tuple[Any, ...]


def release(store: Store, number: int, *rows: Row, columns: tuple[str, ...] = COLUMNS, **manifest: Any) -> Release:
    """A release of a base's table `person`, the files as a build leaves them."""
    release_id = f"r{number}"
    folder = store.release("natural_person", release_id)
    folder.mkdir(parents=True)
    typed = ", ".join(f"{c} {'utinyint' if c == 'name_source' else 'varchar'}" for c in columns)
    with duckdb.connect() as engine:
        engine.execute(f"create table t ({typed})")
        if rows:
            engine.executemany(f"insert into t values ({', '.join('?' * len(columns))})", rows)
        engine.table("t").write_parquet(str(folder / "person.parquet"))
    table = {"file": "person.parquet", "columns": [{"name": c, "type": "VARCHAR"} for c in columns]}
    facts = {"sources": [{"code": 1, "resource": "police_population"}, {"code": 2, "resource": "health_birth"}]}
    facts |= {"tables": {"person": table}, "built_from": [], **manifest}
    (folder / "manifest.json").write_text(json.dumps(facts))
    return Release(unit="natural_person", release_id=release_id, created_at=NOW + timedelta(days=number))


def row(name: str | None = "甲", source: int = 1, number: str | None = None, raw: str | None = None) -> Row:
    return KEY, name, source, number, raw


def is_same(store: Store, one: Release, other: Release, item: str = "name") -> bool:
    return record_history.is_same(store, one, other, "person", item, KEY)


@pytest.mark.parametrize(("code", "slug"), [(1, "police_population"), (2, "health_birth")])
def test_a_base_says_from_which_resource_it_took_the_value_of_this_record(store: Store, code: int, slug: str) -> None:
    found = release(store, 1, (OTHER, "乙", 3 - code, None, None), row(source=code))
    assert record_history.source_of(store, found, "person", "name", KEY) == slug


def test_where_a_base_does_not_say_or_the_record_is_not_there_nobody_is_named(store: Store) -> None:
    found = release(store, 1, row())
    assert record_history.source_of(store, found, "person", "id_number", KEY) is None
    assert record_history.source_of(store, found, "person", "name", OTHER) is None


def test_a_value_is_the_same_until_it_changes_goes_or_comes(store: Store) -> None:
    first, same = release(store, 1, row()), release(store, 2, row(), (OTHER, "丙", 1, None, None))
    changed, gone, emptied = release(store, 3, row("乙")), release(store, 4), release(store, 5, row(None))
    assert is_same(store, first, same)
    assert not any(is_same(store, first, each) for each in (changed, gone, emptied))
    assert is_same(store, emptied, release(store, 6, row(None)))


def test_an_identifier_that_is_not_valid_is_told_by_its_raw_text(store: Store) -> None:
    one, other = release(store, 1, row(raw="123")), release(store, 2, row(raw="124"))
    assert not is_same(store, one, other, "id_number")
    assert is_same(store, one, release(store, 3, row(raw="123")), "id_number")


def test_a_release_from_before_the_item_was_registered_does_not_hold_the_value(store: Store) -> None:
    old = release(store, 1, (KEY,), columns=("record_key",))
    assert not is_same(store, release(store, 2, row()), old)


def test_a_wrong_value_came_in_with_the_oldest_release_in_a_row_that_holds_it(store: Store) -> None:
    releases = [release(store, n, row(name)) for n, name in enumerate(("乙", "甲", "乙", "甲", "甲"))]
    older = releases[3::-1]
    found = record_history.oldest_like(store, releases[4], older, "person", "name", KEY)
    assert found is releases[3]
    assert record_history.oldest_like(store, releases[4], older[:1], "person", "name", KEY) is None


def test_a_base_holds_a_delivery_through_the_release_it_was_built_from(store: Store) -> None:
    folder = store.release("police_population", "p1")
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps({"deliveries": [{"delivery_id": "d1"}]}))
    built = release(store, 1, row(), built_from=[{"unit": "police_population", "release_id": "p1"}])
    own = Release(unit="police_population", release_id="p1")
    for each in (built, own):
        assert record_history.holds(store, each, "police_population", "d1")
        assert not record_history.holds(store, each, "police_population", "d2")
    assert not record_history.holds(store, built, "health_birth", "d1")
