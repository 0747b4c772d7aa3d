"""A look-up file brought up to date holds, row for row, what one written anew does."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from basedb import build as building
from basedb import lookup, lookup_refresh, manifest
from basedb.build import Candidate, Plan
from basedb.spec import base
from tests.basedb.conftest import Builder

MEN = [f"0000001970010{n:02d}1{n:02d}X" for n in range(10, 40)]


def residents(names: dict[str, str]) -> str:
    return "id_number | name | household_id\n" + "\n".join(
        f"{n} | {name} | h{i % 7}" for i, (n, name) in enumerate(names.items())
    )


@pytest.fixture
def plans(build_base: Builder) -> tuple[Plan, Plan]:
    """Thirty persons; then one renamed, one gone, one come."""
    before = {number: f"甲{n}" for n, number in enumerate(MEN[:29])}
    after = {number: name for number, name in before.items() if number != MEN[3]} | {MEN[5]: "乙", MEN[29]: "丙"}
    first, second = (
        build_base.plan("natural_person", None, {}, {"resident": residents(each)}) for each in (before, after)
    )
    return first, second


def content(candidate: Candidate) -> dict[str, tuple[list[tuple[object, ...]], list[tuple[str]]]]:
    return {table: _of(lookup.path_of(candidate.directory, table), table) for table in candidate.manifest["tables"]}


def _of(path: Path, table: str) -> tuple[list[tuple[object, ...]], list[tuple[str]]]:
    """Rows and indexes."""
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("select name from sqlite_master where type = 'table'").fetchall() == [(table,)]
        assert database.execute("pragma integrity_check").fetchall() == [("ok",)]
        indexes = database.execute("select name from sqlite_master where type = 'index' and sql is not null order by 1")
        rows = database.execute(f'select * from "{table}" order by record_key').fetchall()
        return rows, indexes.fetchall()


def test_it_equals_a_file_written_anew(
    plans: tuple[Plan, Plan], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = building.build(plans[0], tmp_path / "a")
    anew = building.build(plans[1], tmp_path / "b")
    monkeypatch.setattr(lookup_refresh, "MOST_CHANGED", 1.0)  # thirty persons are few
    monkeypatch.setattr(lookup, "write_one", None)  # the files must come from those before
    refreshed = building.build(replace(plans[1], previous=first.directory), tmp_path / "c")
    assert content(refreshed) == content(anew) != content(first)
    assert refreshed.manifest == anew.manifest, "how a file came about is no part of a release"
    assert not list(refreshed.directory.glob("*.delta"))


def test_a_table_that_did_not_change_keeps_its_file(plans: tuple[Plan, Plan], tmp_path: Path) -> None:
    first = building.build(plans[0], tmp_path / "a")
    second = building.build(replace(plans[1], previous=first.directory), tmp_path / "b")
    kept = {t for t, e in second.manifest["tables"].items() if e["sha256"] == first.manifest["tables"][t]["sha256"]}
    same = {t for t in second.manifest["tables"]
            if lookup.path_of(first.directory, t).samefile(lookup.path_of(second.directory, t))}  # fmt: skip
    assert "person" not in kept and "person_marriage" in kept
    assert same == kept


def test_after_many_changes_or_with_other_columns_it_is_written_anew(
    plans: tuple[Plan, Plan], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = building.build(plans[0], tmp_path / "a")
    monkeypatch.setattr(lookup_refresh, "MOST_CHANGED", 0.0)
    anew = building.build(replace(plans[1], previous=first.directory), tmp_path / "b")
    monkeypatch.setattr(lookup_refresh, "MOST_CHANGED", 0.2)
    with closing(sqlite3.connect(lookup.path_of(first.directory, "person"))) as database:
        database.execute('drop index "person.id_number"')
        database.commit()
    again = building.build(replace(plans[1], previous=first.directory), tmp_path / "c")
    assert content(anew) == content(again)
    assert ("person.id_number",) in content(again)["person"][1]


def test_columns_that_stand_in_another_order_are_no_file_to_go_on_with(
    plans: tuple[Plan, Plan], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = building.build(plans[0], tmp_path / "a")
    entry = first.manifest["tables"]["person"]
    entry["columns"][1:] = reversed(entry["columns"][1:])
    manifest.write(first.directory, first.manifest)
    lookup.write(
        first.directory,
        {"person": entry},
        {"person": lookup.indexes(base("natural_person").table("person"))},
        plans[0].engine,
    )
    monkeypatch.setattr(lookup_refresh, "MOST_CHANGED", 1.0)
    refreshed = building.build(replace(plans[1], previous=first.directory), tmp_path / "b")
    assert content(refreshed) == content(building.build(plans[1], tmp_path / "c"))


def test_a_previous_release_without_a_file_is_no_hindrance(plans: tuple[Plan, Plan], tmp_path: Path) -> None:
    made = building.build(replace(plans[1], previous=tmp_path / "pruned"), tmp_path / "a")
    assert content(made)["person"][0]
