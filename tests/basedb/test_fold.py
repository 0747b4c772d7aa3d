"""The current state of a resource: a fold of its deliveries in the order of their periods."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from basedb import manifest
from basedb.connect import Engine
from basedb.fold import Delivery, Fold, fold, share_dropped
from catalog.errors import BuildFailed
from catalog.vocab import Column, DeliveryMode, IdentifierKind, TableSpec

SECRET = b"a secret of the tests"
MAN = "00000019000101001X"
TABLE = TableSpec(
    "test_resource",
    "测试资源",
    key=("id_number",),
    subject="id_number",
    columns=(
        Column("id_number", "VARCHAR", "公民身份号码", identifier=IdentifierKind.CITIZEN_ID),
        Column("value", "VARCHAR", "值"),
        Column("operation", "VARCHAR", "操作"),
    ),
)


@dataclass
class Desk:
    """Writes checked deliveries and folds them."""

    folder: Path
    made: list[Delivery] = field(default_factory=list)

    def deliver(
        self, day: int, good: dict[str, str], bad: tuple[str, ...] = (), *, delete: tuple[str, ...] = ()
    ) -> Delivery:
        """A delivery of a day: key -> value, blocked keys, keys with operation D."""
        number = len(self.made)
        as_of = date(2026, 1, 1) + timedelta(days=day)
        paths = self.folder / f"{number}.good.parquet", self.folder / f"{number}.bad.parquet"
        rows = [(key, value, "D" if key in delete else None) for key, value in good.items()]
        write(
            paths[0],
            "id_number varchar, value varchar, operation varchar, _key varchar, _row bigint",
            [(k, v, o, k, row) for row, (k, v, o) in enumerate(rows, start=2)],
        )
        write(paths[1], "_row bigint, _key varchar", [(row, key) for row, key in enumerate(bad, start=100)])
        delivery = Delivery(f"d{number}", f"sha{number}", as_of.isoformat(), 1, as_of, *paths)
        self.made.append(delivery)
        return delivery

    def fold(self, mode: DeliveryMode, *deliveries: Delivery, prior: Path | None = None, out: str = "out") -> Path:
        engine = Engine(self.folder, threads=1)
        job = Fold(TABLE, mode, deliveries, engine, SECRET, prior, operation="operation")
        return fold(job, self.folder / out).directory


def write(path: Path, columns: str, rows: list[tuple[object, ...]]) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"create table t ({columns})")
        if rows:
            connection.executemany(f"insert into t values ({', '.join('?' * len(rows[0]))})", rows)
        connection.execute(f"copy t to '{path}'")


def state(release: Path) -> dict[str, tuple[str, bool, int]]:
    """key -> (value, stale, index of the delivery it came from)."""
    with duckdb.connect() as connection:
        query = f"select _key, value, _stale, _delivery from read_parquet('{release / 'test_resource.parquet'}')"
        return {key: (value, stale, delivery) for key, value, stale, delivery in connection.execute(query).fetchall()}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_key_that_a_snapshot_lacks_is_deleted(desk):
    first, second = desk.deliver(1, {"a": "1", "b": "1"}), desk.deliver(2, {"b": "2"})
    assert state(desk.fold(DeliveryMode.SNAPSHOT, first, second)) == {"b": ("2", False, 1)}


def test_an_upsert_keeps_the_keys_it_lacks(desk):
    first, second = desk.deliver(1, {"a": "1", "b": "1"}), desk.deliver(2, {"b": "2"})
    assert state(desk.fold(DeliveryMode.UPSERT, first, second)) == {"a": ("1", False, 0), "b": ("2", False, 1)}


def test_an_item_that_was_left_out_for_a_while_has_its_values_again(desk):
    """What the first delivery said of it is in no release in between."""
    first, second = desk.deliver(1, {"a": "1", "b": "1"}), desk.deliver(2, {"b": "2"})
    without = replace(TABLE, columns=tuple(c for c in TABLE.columns if c.name != "value"))
    engine = Engine(desk.folder, threads=1)
    between = fold(
        Fold(without, DeliveryMode.UPSERT, [first, second], engine, SECRET), desk.folder / "between"
    ).directory
    again = desk.fold(DeliveryMode.UPSERT, first, second, prior=between)
    assert state(again) == {"a": ("1", False, 0), "b": ("2", False, 1)}


def test_an_operation_deletes_its_key(desk):
    first, second = desk.deliver(1, {"a": "1", "b": "1"}), desk.deliver(2, {"b": "2"}, delete=("b",))
    assert state(desk.fold(DeliveryMode.UPSERT_DELETE, first, second)) == {"a": ("1", False, 0)}


@pytest.mark.parametrize("mode", list(DeliveryMode))
def test_a_blocked_row_keeps_the_last_good_row_and_says_so(desk, mode):
    first, second = desk.deliver(1, {"a": "1", "b": "1"}), desk.deliver(2, {"b": "2"}, bad=("a", "c"))
    assert state(desk.fold(mode, first, second)) == {"a": ("1", True, 0), "b": ("2", False, 1)}


@pytest.mark.parametrize("mode", list(DeliveryMode))
def test_a_blocked_row_rejoins_when_it_is_delivered_right(desk, mode):
    first = desk.deliver(1, {"a": "1", "b": "1"})
    second = desk.deliver(2, {"b": "2"}, bad=("a", "c"))
    third = desk.deliver(3, {"a": "3", "b": "3", "c": "3"})
    right = {"a": ("3", False, 2), "b": ("3", False, 2), "c": ("3", False, 2)}
    assert state(desk.fold(mode, first, second, third)) == right
    step = desk.fold(mode, first, second, out="step")
    assert state(desk.fold(mode, first, second, third, prior=step, out="next")) == right


def test_a_zero_report_changes_nothing(desk):
    first = desk.deliver(1, {"a": "1"})
    zero = Delivery("zero", "", "2026-01-09", 1, date(2026, 1, 9), None)
    assert state(desk.fold(DeliveryMode.SNAPSHOT, first, zero)) == {"a": ("1", False, 0)}


def test_a_late_delivery_of_an_earlier_period_takes_its_place(desk):
    newer, older = desk.deliver(2, {"a": "new"}), desk.deliver(1, {"a": "old", "b": "old"})
    released = desk.fold(DeliveryMode.UPSERT, newer)
    again = desk.fold(DeliveryMode.UPSERT, newer, older, prior=released)
    assert state(again) == {"a": ("new", False, 1), "b": ("old", False, 0)}


def test_an_item_that_older_deliveries_lack_is_empty(desk):
    first = desk.deliver(1, {"a": "1"})
    assert first.good is not None
    write(first.good, "id_number varchar, _key varchar, _row bigint", [("a", "a", 2)])
    assert state(desk.fold(DeliveryMode.UPSERT, first)) == {"a": (None, False, 0)}


def test_the_release_has_opaque_keys_and_the_birth_date_of_its_subject(desk):
    release = desk.fold(DeliveryMode.SNAPSHOT, desk.deliver(1, {MAN: "1"}))
    with duckdb.connect() as connection:
        query = f"select record_key, _birth_date, _as_of from read_parquet('{release / 'test_resource.parquet'}')"
        ((key, born, as_of),) = connection.execute(query).fetchall()
    assert (born, as_of) == (date(1900, 1, 1), date(2026, 1, 2))
    assert len(key) == 20 and MAN not in key
    facts = manifest.read(release)
    assert facts["deliveries"][0]["period"] == "2026-01-02"
    assert [c["name"] for c in facts["tables"]["test_resource"]["columns"]] == [
        "record_key", "id_number", "id_number_raw", "value", "operation",
        "_key", "_row", "_delivery", "_as_of", "_stale", "_birth_date",
    ]  # fmt: skip


def test_two_good_rows_of_one_key_stop_the_release(desk):
    first = desk.deliver(1, {"a": "1"})
    assert first.good is not None
    write(first.good, "id_number varchar, _key varchar, _row bigint", [("a", "a", 2), ("a", "a", 3)])
    with pytest.raises(BuildFailed, match="键重复"):
        desk.fold(DeliveryMode.UPSERT, first)
    assert not list((desk.folder / "out" / "test_resource").iterdir())


def test_a_resource_without_deliveries_has_no_release(desk):
    with pytest.raises(BuildFailed, match="尚无"):
        desk.fold(DeliveryMode.UPSERT)


def test_the_share_that_a_snapshot_would_drop_counts_no_blocked_row(desk):
    released = desk.fold(DeliveryMode.SNAPSHOT, desk.deliver(1, {"a": "1", "b": "1", "c": "1", "d": "1"}))
    next_one = desk.deliver(2, {"a": "1"}, bad=("b",))
    assert share_dropped(released, TABLE, next_one, Engine(desk.folder)) == 0.5


KEYS = st.sampled_from("abcd")
DELIVERIES = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.dictionaries(KEYS, st.sampled_from("xyz"), max_size=4),
        st.frozensets(KEYS, max_size=2),
        st.frozensets(KEYS, max_size=1),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda each: each[0],
)


def expected(mode: DeliveryMode, ordered: list[tuple[int, dict[str, str], frozenset[str], frozenset[str]]]):
    """The same fold in plain words."""
    held: dict[str, tuple[str, bool, int]] = {}
    for index, (_, good, bad, delete) in enumerate(ordered):
        gone = delete if mode is DeliveryMode.UPSERT_DELETE else frozenset()
        new = {key: (value, False, index) for key, value in good.items() if key not in gone}
        stale = {k: (v, s or k in bad, i) for k, (v, s, i) in held.items() if k not in good}
        held = new | {k: row for k, row in stale.items() if mode is not DeliveryMode.SNAPSHOT or k in bad}
    return held


@settings(max_examples=25, deadline=None)
@given(mode=st.sampled_from(list(DeliveryMode)), told=DELIVERIES, seed=st.integers(0, 99))
def test_folding_step_by_step_equals_folding_all_in_any_order_of_arrival(tmp_path_factory, mode, told, seed):
    desk = Desk(tmp_path_factory.mktemp("fold"))
    ordered = sorted(told, key=lambda each: each[0])
    made = [desk.deliver(day, good, tuple(sorted(bad)), delete=tuple(delete)) for day, good, bad, delete in ordered]
    arrived = random.Random(seed).sample(made, len(made))
    at_once = desk.fold(mode, *arrived)
    prior = None
    for count in range(1, len(made) + 1):
        prior = desk.fold(mode, *made[:count], prior=prior, out="steps")
    assert prior is not None
    assert state(at_once) == expected(mode, ordered)
    for file in ("manifest.json", "test_resource.parquet"):
        assert (prior / file).read_bytes() == (at_once / file).read_bytes()
