"""A look-up file brought up to date holds, row for row, what one written anew does."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from basedb import build as building
from basedb import lookup, lookup_refresh
from basedb.build import Candidate, Plan
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


def content(candidate: Candidate) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(candidate.directory / lookup.FILE)) as database:
        tables = [t for (t,) in database.execute("select name from sqlite_master where type = 'table' order by 1")]
        indexes = database.execute("select name from sqlite_master where type = 'index' and sql is not null order by 1")
        rows = {table: database.execute(f'select * from "{table}" order by record_key').fetchall() for table in tables}
        assert database.execute("pragma integrity_check").fetchall() == [("ok",)]
        return {**rows, "": indexes.fetchall()}


def test_it_equals_a_file_written_anew(
    plans: tuple[Plan, Plan], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = building.build(plans[0], tmp_path / "a")
    anew = building.build(plans[1], tmp_path / "b")
    monkeypatch.setattr(lookup_refresh, "MOST_CHANGED", 1.0)  # thirty persons are few
    monkeypatch.setattr(lookup, "write", None)  # the file must come from the one before
    refreshed = building.build(replace(plans[1], previous=first.directory), tmp_path / "c")
    assert content(refreshed) == content(anew) != content(first)
    assert refreshed.manifest == anew.manifest, "how a file came about is no part of a release"
    assert not list(refreshed.directory.glob("*.delta"))


def test_after_many_changes_or_with_other_columns_it_is_written_anew(
    plans: tuple[Plan, Plan], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = building.build(plans[0], tmp_path / "a")
    monkeypatch.setattr(lookup_refresh, "MOST_CHANGED", 0.0)
    anew = building.build(replace(plans[1], previous=first.directory), tmp_path / "b")
    monkeypatch.setattr(lookup_refresh, "MOST_CHANGED", 0.2)
    with closing(sqlite3.connect(first.directory / lookup.FILE)) as database:
        database.execute('drop index "person.id_number"')
        database.commit()
    again = building.build(replace(plans[1], previous=first.directory), tmp_path / "c")
    assert content(anew) == content(again)
    assert ("person.id_number",) in content(again)[""]


def test_a_previous_release_without_a_file_is_no_hindrance(plans: tuple[Plan, Plan], tmp_path: Path) -> None:
    made = building.build(replace(plans[1], previous=tmp_path / "pruned"), tmp_path / "a")
    assert content(made)["person"]
