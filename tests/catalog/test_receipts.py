"""Receipts: durable before the answer, found by record, and every change of them noticed."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from catalog.errors import NoEvidence
from catalog.keys import HmacSigner, Keys, Purpose
from catalog.reads import extract_file, reads_of
from catalog.receipt_chain import seal, verify
from catalog.receipts import ANSWERED, Digests, Entry, Receipts
from catalog.store import Store

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
IDENTIFIER = "00000019000101001X"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path).prepare()


@pytest.fixture
def keys(store: Store) -> Keys:
    return Keys(store.keys).ensure()


@pytest.fixture
def digests(keys: Keys) -> Digests:
    return Digests(keys)


def entry(digests: Digests, *records: str, **more: Any) -> Entry:
    facts: dict[str, Any] = {"door": "/v1/data/{resource}/records", "client": "c1", "department": "d1", **more}
    references = digests.references("person", records)
    return Entry(at=NOW, outcome=ANSWERED, resource="person", references=references, rows=len(records), **facts)


def write(store: Store, *entries: Entry) -> None:
    receipts = Receipts(store.receipts)
    for one in entries:
        receipts.write_now(one)
    receipts.close()


def rows(store: Store) -> int:
    with closing(sqlite3.connect(store.receipts / "w01.sqlite")) as db:
        return int(db.execute("select count(*) from receipt").fetchone()[0])


def tamper(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as db:
        for statement in statements:
            db.execute(statement)
        db.commit()


def test_those_who_read_a_record_are_found_and_no_others(store: Store, keys: Keys, digests: Digests) -> None:
    write(store, entry(digests, "a", "b"), entry(digests, "b", client="c2"), entry(digests, "c"))
    assert [r.client for r in reads_of(store, digests, "person", "b")] == ["c1", "c2"]
    assert reads_of(store, digests, "address", "b") == []


def test_reads_are_found_after_the_reference_key_was_rotated(store: Store, keys: Keys, digests: Digests) -> None:
    write(store, entry(digests, "a"))
    keys.rotate(Purpose.RECORD_REFERENCE)
    write(store, entry(digests, "a"))
    assert len(reads_of(store, digests, "person", "a")) == 2


def test_a_bulk_read_is_found_in_its_extract(store: Store, digests: Digests) -> None:
    with duckdb.connect() as db:
        db.execute("create table t as select 'a' as record_key")
        db.execute("copy t to ? (format parquet)", [str(extract_file(store, "x1"))])
    write(store, entry(digests, extract="x1"), entry(digests, extract="gone"))
    assert sorted(r.is_certain for r in reads_of(store, digests, "person", "a")) == [False, True]
    assert [r.is_certain for r in reads_of(store, digests, "person", "b")] == [False]


def test_no_record_key_and_no_question_stands_in_the_file(store: Store, digests: Digests) -> None:
    write(store, entry(digests, IDENTIFIER, question=digests.content(IDENTIFIER.encode())))
    assert all(IDENTIFIER.encode() not in p.read_bytes() for p in store.receipts.iterdir())


def test_many_writers_at_once_leave_one_unbroken_chain(store: Store, keys: Keys, digests: Digests) -> None:
    async def storm() -> list[str]:
        receipts = Receipts(store.receipts)
        try:
            return await asyncio.gather(*(receipts.write(entry(digests, f"r{n}")) for n in range(500)))
        finally:
            receipts.close()

    assert len(set(asyncio.run(storm()))) == 500
    assert rows(store) == 500
    assert verify(store, HmacSigner(keys)) == []


def test_two_processes_take_two_files_and_a_third_goes_on_with_the_first(store: Store, digests: Digests) -> None:
    first, second = Receipts(store.receipts), Receipts(store.receipts)
    first.write_now(entry(digests, "a"))
    second.write_now(entry(digests, "a"))
    first.close()
    write(store, entry(digests, "a"))
    second.close()
    assert rows(store) == 2
    assert (store.receipts / "w02.sqlite").exists()
    assert not (store.receipts / "w03.sqlite").exists()


@pytest.mark.parametrize(
    "statement",
    [
        """update receipt set body = replace(body, '"c1"', '"c9"') where seq = 2""",
        "delete from receipt where seq = 2",
        "delete from receipt where seq = 1",
        "update receipt set seq = 20 where seq = 4",
        "delete from receipt where seq >= 3",
        "delete from receipt",
        "delete from reference where seq = 2",
        "update reference set seq = 3 where seq = 2",
        "update receipt set bulk = 'person' where seq = 2",
    ],
)
def test_every_change_of_sealed_receipts_is_noticed(store: Store, keys: Keys, digests: Digests, statement: str) -> None:
    write(store, *(entry(digests, f"r{n}") for n in range(4)))
    seal(store, HmacSigner(keys), NOW)
    assert verify(store, HmacSigner(keys)) == []
    tamper(store.receipts / "w01.sqlite", statement)
    assert verify(store, HmacSigner(keys))


def test_a_chain_made_anew_by_someone_without_the_seal_key_is_noticed(
    store: Store, keys: Keys, digests: Digests, tmp_path: Path
) -> None:
    write(store, *(entry(digests, f"r{n}") for n in range(3)))
    seal(store, HmacSigner(keys), NOW)
    for path in store.receipts.glob("w01.sqlite*"):
        path.unlink()
    write(store, *(entry(digests, f"r{n}", client="c9") for n in range(3)))
    (store.receipts / "seals.sqlite").unlink()
    stranger = HmacSigner(Keys(tmp_path / "other").ensure())
    seal(store, stranger, NOW)
    assert [p.message for p in verify(store, HmacSigner(keys))] == ["封存签名不符"]


def test_a_missing_file_is_noticed(store: Store, keys: Keys, digests: Digests) -> None:
    write(store, entry(digests, "a"))
    seal(store, HmacSigner(keys), NOW)
    for path in store.receipts.glob("w01.sqlite*"):
        path.unlink()
    assert [p.file for p in verify(store, HmacSigner(keys))] == ["w01.sqlite"]


def test_sealing_twice_without_new_receipts_makes_one_seal(store: Store, keys: Keys, digests: Digests) -> None:
    write(store, entry(digests, "a"))
    assert seal(store, HmacSigner(keys), NOW) == seal(store, HmacSigner(keys), NOW)


def test_an_answer_fails_when_its_receipt_cannot_be_written(store: Store, digests: Digests) -> None:
    receipts = Receipts(store.receipts)
    receipts.write_now(entry(digests, "a"))
    with closing(sqlite3.connect(store.receipts / "w01.sqlite")) as db:
        db.execute("create trigger full before insert on receipt begin select raise(abort, 'full'); end")
    with pytest.raises(NoEvidence):
        receipts.write_now(entry(digests, "b"))
    tamper(store.receipts / "w01.sqlite", "drop trigger full")
    receipts.write_now(entry(digests, "c"))
    receipts.close()
    assert rows(store) == 2


def test_entries_written_together_are_all_there_or_none(store: Store, keys: Keys, digests: Digests) -> None:
    async def write_together(*references: str) -> None:
        await receipts.write_all([entry(digests, each) for each in references])

    receipts = Receipts(store.receipts)
    asyncio.run(write_together("a", "b", "c"))
    tamper(
        store.receipts / "w01.sqlite",
        "create trigger full before insert on receipt when new.seq = 6 begin select raise(abort, 'full'); end",
    )
    with pytest.raises(NoEvidence):
        asyncio.run(write_together("d", "e", "f"))
    assert rows(store) == 3
    tamper(store.receipts / "w01.sqlite", "drop trigger full")
    asyncio.run(write_together("g"))
    receipts.close()
    assert rows(store) == 4
    assert verify(store, HmacSigner(keys)) == []


def test_a_backlog_is_bounded(store: Store, digests: Digests) -> None:
    async def flood() -> int:
        receipts = Receipts(store.receipts, max_waiting=5)
        receipts.write_now(entry(digests, "a"))
        with closing(sqlite3.connect(store.receipts / "w01.sqlite", isolation_level=None)) as db:
            db.execute("begin immediate")
            writes = [asyncio.create_task(receipts.write(entry(digests, f"r{n}"))) for n in range(50)]
            await asyncio.sleep(0.1)
            db.execute("rollback")
        outcomes = await asyncio.gather(*writes, return_exceptions=True)
        receipts.close()
        return sum(isinstance(o, NoEvidence) for o in outcomes)

    assert asyncio.run(flood()) >= 40


KILLED = """
import sys
from datetime import datetime, UTC
from pathlib import Path
from catalog.receipts import Entry, Receipts
receipts = Receipts(Path(sys.argv[1]))
while True:
    print(receipts.write_now(Entry(at=datetime.now(UTC), door="/", client="c", department="d", outcome="answered")), flush=True)
"""


def test_a_killed_process_has_lost_no_receipt_that_it_answered_for(store: Store, keys: Keys) -> None:
    process = subprocess.Popen([sys.executable, "-c", KILLED, str(store.receipts)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    answered = [process.stdout.readline().strip() for _ in range(200)]
    os.kill(process.pid, signal.SIGKILL)
    answered += [line.strip() for line in process.communicate()[0].splitlines() if len(line.strip()) == 20]
    with closing(sqlite3.connect(store.receipts / "w01.sqlite")) as db:
        kept = {row[0] for row in db.execute("select id from receipt")}
    assert set(answered) <= kept
    assert verify(store, HmacSigner(keys)) == []
