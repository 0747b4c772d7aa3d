"""What changed between two releases: whole, and as a reader sees it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pytest

from basedb import changes, manifest
from basedb.changes import Change, Seen
from basedb.connect import Engine
from catalog.view import Eq, IsNull, Range, View, ViewColumn
from catalog.vocab import Mask

A, B, C, D = (each * 20 for each in "abcd")
OLD = f"('{A}', 'Zhang San', date '1990-01-01', 'x'), ('{B}', 'Li Si', date '1985-05-05', 'y'), ('{C}', 'Wang Wu', date '2010-01-01', 'z')"
NEW = f"('{A}', 'Zhang Shan', date '1990-07-07', 'x'), ('{C}', 'Wang Wu', date '2010-01-01', 'q'), ('{D}', 'Zhao Liu', null, 'y')"
COLUMNS = {"record_key": "VARCHAR", "name": "VARCHAR", "birth_date": "DATE", "kind": "VARCHAR"}


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return Engine(tmp_path)


@pytest.fixture
def release(tmp_path: Path) -> Callable[..., Path]:
    def make(label: str, rows: str, columns: dict[str, str] = COLUMNS) -> Path:
        folder = tmp_path / label
        folder.mkdir()
        with duckdb.connect() as connection:
            connection.execute(f"create table t ({', '.join(f'{n} {k}' for n, k in columns.items())})")
            connection.execute(f"insert into t values {rows}")
            connection.execute(f"copy (from t order by record_key) to '{folder / 'person.parquet'}'")
        entry = {"file": "person.parquet", "columns": [{"name": n, "type": k} for n, k in columns.items()]}
        manifest.write(folder, {"tables": {"person": entry}})
        return folder

    return make


def read(path: Path, engine: Engine) -> list[Change]:
    return changes.page(path, None, 100, engine)[0]


def view(folder: Path, suppressed: frozenset[str] = frozenset(), where: object = None, mask: Mask = Mask.PLAIN,
         columns: tuple[str, ...] = ("name", "birth_date", "kind")) -> View:  # fmt: skip
    shown = tuple(ViewColumn(c, COLUMNS[c], mask if c == "birth_date" else Mask.PLAIN) for c in columns)
    return View("person", folder, "person", folder.name, "g", 1, shown, where, suppressed, (), b"k" * 32)  # type: ignore[arg-type]


def test_a_table_of_changes_names_the_columns_and_holds_no_value(release, engine, tmp_path) -> None:
    counted = changes.between(release("r1", OLD), release("r2", NEW), tmp_path / "out", engine)
    assert counted == {"person": {"insert": 1, "update": 2, "delete": 1}}
    assert read(tmp_path / "out/person.parquet", engine) == [
        Change(A, "update", ("name", "birth_date")),
        Change(B, "delete", ()),
        Change(C, "update", ("kind",)),
        Change(D, "insert", ()),
    ]


def test_equal_releases_have_no_changes_and_a_new_table_is_all_inserts(release, engine, tmp_path) -> None:
    one, other = release("r1", OLD), release("r2", OLD)
    assert changes.between(one, other, tmp_path / "a", engine)["person"] == {"insert": 0, "update": 0, "delete": 0}
    manifest.write(one, {"tables": {}})
    assert changes.between(one, other, tmp_path / "b", engine)["person"] == {"insert": 3, "update": 0, "delete": 0}


def test_a_record_that_is_new_is_an_insert_though_a_column_is_new_too(release, engine, tmp_path) -> None:
    """The older release was made before the column was: what it held of neither is not the same nothing."""
    older = {each: kind for each, kind in COLUMNS.items() if each != "kind"}
    old = release("r1", f"('{A}', 'Zhang San', date '1990-01-01')", older)
    new = release("r2", f"('{A}', 'Zhang San', date '1990-01-01', null), ('{D}', 'Zhao Liu', null, 'y')")
    assert changes.between(old, new, tmp_path / "out", engine)["person"] == {"insert": 1, "update": 0, "delete": 0}
    assert read(tmp_path / "out/person.parquet", engine) == [Change(D, "insert", ())]


def test_a_reader_is_told_of_the_columns_it_sees_only(release, engine, tmp_path) -> None:
    old, new = release("r1", OLD), release("r2", NEW)
    names = ("name",)
    before = Seen(view(old, columns=names), ())
    assert changes.seen(before, view(new, columns=names), tmp_path / "c.parquet", engine) == 3
    assert read(tmp_path / "c.parquet", engine)[0] == Change(A, "update", ("name",))
    assert C not in [each.record_key for each in read(tmp_path / "c.parquet", engine)]


@pytest.mark.parametrize(("mask", "told"), [(Mask.YEAR, ("name",)), (Mask.HASH, ("name", "birth_date"))])
def test_what_looks_the_same_behind_its_mask_has_not_changed(release, engine, tmp_path, mask, told) -> None:
    old, new = release("r1", OLD), release("r2", NEW)
    changes.seen(Seen(view(old, mask=mask), ()), view(new, mask=mask), tmp_path / "c", engine)
    assert read(tmp_path / "c", engine)[0] == Change(A, "update", told)


@pytest.mark.parametrize("mask", [Mask.PLAIN, Mask.PARTIAL, Mask.YEAR])
def test_a_value_of_another_type_is_another_and_what_is_no_value_is_none(release, engine, tmp_path, mask) -> None:
    """A text became a date: one that was none is gone, and the reader gets the other in another form."""
    text = COLUMNS | {"birth_date": "VARCHAR"}
    old = release("r1", f"('{A}', 'x', '1990-01-01', 'k'), ('{B}', 'x', 'unknown', 'k'), ('{C}', 'x', null, 'k')", text)
    new = release("r2", f"('{A}', 'x', '1990-01-01', 'k'), ('{B}', 'x', null, 'k'), ('{C}', 'x', null, 'k')")
    told = [Change(A, "update", ("birth_date",)), Change(B, "update", ("birth_date",))]
    assert changes.between(old, new, tmp_path / "out", engine)["person"]["update"] == 2
    assert read(tmp_path / "out/person.parquet", engine) == told
    changes.seen(Seen(view(old, mask=mask), ()), view(new, mask=mask), tmp_path / "c", engine)
    assert read(tmp_path / "c", engine) == told


def test_a_record_suppressed_since_is_a_delete_and_one_released_since_an_insert(release, engine, tmp_path) -> None:
    old, new = release("r1", OLD), release("r2", OLD)
    hidden_then, hidden_now = frozenset({A}), frozenset({B})
    before = Seen(view(old, hidden_then), ())
    changes.seen(before, view(new, hidden_now), tmp_path / "c", engine)
    assert read(tmp_path / "c", engine) == [Change(A, "insert", ()), Change(B, "delete", ())]


def test_who_comes_of_age_is_an_insert_and_who_could_be_seen_for_a_while_is_deleted(release, engine, tmp_path) -> None:
    old, new = release("r1", OLD), release("r2", OLD.replace("'z'", "'gone'"))
    minor, adult = Range("birth_date", high=date(2000, 1, 1)), Range("birth_date", high=date(2020, 1, 1))
    changes.seen(
        Seen(view(old, where=minor), (view(old, where=adult),)), view(new, where=adult), tmp_path / "c", engine
    )
    assert read(tmp_path / "c", engine) == [Change(C, "insert", ())]
    living = Eq("kind", "x")
    changes.seen(
        Seen(view(old, where=minor), (view(old, where=adult),)), view(new, where=living), tmp_path / "d", engine
    )
    assert [(each.record_key, each.op) for each in read(tmp_path / "d", engine)] == [(B, "delete"), (C, "delete")]


def test_a_row_whose_condition_is_unknown_was_not_seen(release, engine, tmp_path) -> None:
    old, new = release("r1", NEW), release("r2", NEW)
    born = Range("birth_date", low=date(1900, 1, 1))
    changes.seen(
        Seen(view(old, where=born), (view(old, where=born),)),
        view(new, where=IsNull("birth_date")),
        tmp_path / "c",
        engine,
    )
    assert [(each.record_key, each.op) for each in read(tmp_path / "c", engine)] == [
        (A, "delete"), (C, "delete"), (D, "insert"),
    ]  # fmt: skip


def test_pages_go_on_after_a_key_until_the_end(release, engine, tmp_path) -> None:
    changes.between(release("r1", OLD), release("r2", NEW), tmp_path / "out", engine)
    path, found, after = tmp_path / "out/person.parquet", [], None
    while True:
        part, after = changes.page(path, after, 1, engine)
        found += [each.record_key for each in part]
        if after is None:
            break
    assert found == [A, B, C, D]
