"""What killed writers leave goes after a day; what somebody still writes, or ever finished, stays."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from catalog import drafts, extracts
from catalog.models import Extract
from catalog.reads import extract_file, keys_file
from catalog.store import Store
from tests.conftest import NOW

OLD = NOW - timedelta(days=2)


def put(path: Path, at: datetime) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"half")
    os.utime(path, (at.timestamp(), at.timestamp()))
    return path


def test_drafts_of_killed_writers_go_after_a_day(store: Store) -> None:
    left = [
        put(store.tmp / "upload-1.part", OLD),
        put(store.extracts / "a.parquet.1.part", OLD),
        put(store.release("person", "r1") / "person.lookup.sqlite.1.part", OLD),
    ]
    folder = store.checked("D1.x.part")
    put(folder / "good.parquet", OLD)
    os.utime(folder, (OLD.timestamp(), OLD.timestamp()))
    assert drafts.sweep(store, before=NOW - timedelta(days=1)) == 4
    assert not any(path.exists() for path in [*left, folder])


def test_a_draft_under_way_and_what_was_finished_stay(store: Store) -> None:
    kept = [
        put(store.extracts / "b.parquet.1.part", NOW),
        put(store.extracts / "c.parquet", OLD),
        put(store.checked("D1") / "good.parquet", OLD),
        put(store.landing / "police" / "population.csv.part", OLD),
    ]
    # a folder is as old as the newest thing in it
    growing = store.checked("D2.x.part")
    kept.append(put(growing / "good.parquet", NOW))
    os.utime(growing, (OLD.timestamp(), OLD.timestamp()))
    assert drafts.sweep(store, before=NOW - timedelta(days=1)) == 0
    assert all(path.exists() for path in kept)


def test_an_extract_may_be_discarded_by_many_at_once(store: Store) -> None:
    for n in range(20):
        path = extract_file(store, f"e{n}")
        path.parent.mkdir(parents=True, exist_ok=True)
        duckdb.sql("select i::varchar as record_key, i * 2 as value from range(3000) t(i)").write_parquet(str(path))

        def discard(_: int, name: str = f"e{n}") -> None:
            extracts.discard(store, Extract(id=name), now=datetime.now(UTC))

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(discard, range(4)))
        kept = keys_file(store, f"e{n}")
        assert duckdb.read_parquet(str(kept)).columns == ["record_key"]
        assert len(duckdb.read_parquet(str(kept))) == 3000
        assert not path.exists()
    assert not list(store.extracts.glob("*.part"))
