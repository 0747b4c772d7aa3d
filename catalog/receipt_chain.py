"""The chain of receipts: each row carries the SM3 of the row before it; seals cover the heads of all chains.

An edit, a row taken out or put in, and a cut below a sealed head are found by `verify`. A cut above the
newest seal and a loss of the newest seals themselves are not: keep the digest that `seal` returns elsewhere.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.hazmat.primitives import hashes

from catalog.keys import Signer
from catalog.store import Store

FORMAT_VERSION = 1
SEALS = "seals.sqlite"
_CHUNK = 500
_SM3 = hashes.Hash(hashes.SM3())
_TABLES = f"""
pragma user_version = {FORMAT_VERSION};
create table if not exists receipt (
    seq integer primary key, id text not null unique, body text not null, hash text not null, bulk text
) strict;
create table if not exists reference (
    reference text not null, seq integer not null, primary key (reference, seq)
) strict, without rowid;
create index if not exists bulk on receipt (bulk) where bulk is not null;
"""
_SEAL_TABLE = f"""
pragma user_version = {FORMAT_VERSION};
create table if not exists seal (
    seq integer primary key, body text not null, hash text not null, key_id text not null, signature text not null
) strict;
"""


@dataclass(frozen=True, slots=True)
class Problem:
    """A place where receipts are not what was written; seq is 0 when the whole file is meant."""

    file: str
    seq: int
    message: str

    def __str__(self) -> str:
        return f"{self.file} {self.seq}: {self.message}"


def link(previous: str, seq: int, body: str) -> str:
    """The SM3 that chains a row to the one before it, hex."""
    sm3 = _SM3.copy()
    sm3.update(f"{previous}\n{seq}\n{body}".encode())
    return sm3.finalize().hex()


def genesis(name: str) -> str:
    """The hash before the first row of a file: of its name, so that files cannot be swapped."""
    return link("", 0, name)


class Row(NamedTuple):
    """A receipt on its way into the file. bulk: its resource when it names an extract, for searching."""

    id: str
    body: str
    references: tuple[str, ...]
    bulk: str | None = None


class Appender:
    """Appends to one receipt file; every `append` is one durable commit."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
        self._db.execute("pragma journal_mode = wal")
        self._db.execute("pragma synchronous = full")
        self._db.executescript(_TABLES)
        path.chmod(0o600)
        self._seq, self._head = _head(self._db) or (0, genesis(path.stem))

    def append(self, rows: Sequence[Row]) -> None:
        """All of the rows or none; few statements, for each hands over the interpreter's lock only once
        however many rows it has."""
        seq, head = self._seq, self._head
        receipts: list[object] = []
        references: list[object] = []
        for row in rows:
            seq, head = seq + 1, link(head, seq + 1, row.body)
            receipts += (seq, row.id, row.body, head, row.bulk)
            for reference in dict.fromkeys(row.references):
                references += (reference, seq)
        self._db.execute("begin immediate")
        try:
            _insert(self._db, "insert into receipt values ", 5, receipts)
            _insert(self._db, "insert into reference values ", 2, references)
            self._db.execute("commit")
        except BaseException:
            self._db.execute("rollback")
            raise
        self._seq, self._head = seq, head

    def close(self) -> None:
        self._db.close()


def _insert(db: sqlite3.Connection, statement: str, width: int, values: list[object]) -> None:
    """Insert the values, `width` to a row, in statements of at most 500 rows."""
    row = f"({','.join('?' * width)})"
    for start in range(0, len(values), width * _CHUNK):
        part = values[start : start + width * _CHUNK]
        db.execute(statement + ",".join([row] * (len(part) // width)), part)


def files(folder: Path) -> list[Path]:
    """The receipt files of all workers."""
    return sorted(p for p in folder.glob("w*.sqlite"))


def open_to_read(path: Path) -> closing[sqlite3.Connection]:
    return closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=10))


def seal(store: Store, signer: Signer, now: datetime) -> str:
    """The digest of the newest seal over the heads of all chains; makes one when a chain has grown."""
    store.receipts.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(store.receipts / SEALS, isolation_level=None, timeout=10)) as db:
        db.execute("pragma journal_mode = wal")
        db.execute("pragma synchronous = full")
        db.executescript(_SEAL_TABLE)
        db.execute("begin immediate")
        seq, body, head = _last_seal(db)
        present = heads(store.receipts)
        if present != json.loads(body)["heads"]:
            body = json.dumps({"at": now.astimezone(UTC).isoformat(), "heads": present}, sort_keys=True)
            head = link(head, seq + 1, body)
            key_id, signature = signer.sign(head.encode())
            db.execute("insert into seal values (?, ?, ?, ?, ?)", (seq + 1, body, head, key_id, signature.hex()))
        db.execute("commit")
    return head


def _last_seal(db: sqlite3.Connection) -> tuple[int, str, str]:
    row: tuple[int, str, str] | None = db.execute(
        "select seq, body, hash from seal order by seq desc limit 1"
    ).fetchone()
    return row or (0, '{"heads": {}}', genesis("seals"))


def heads(folder: Path) -> dict[str, list[Any]]:
    """Chain -> [the number of its last row, the hash of it]."""
    found: dict[str, list[Any]] = {}
    for path in files(folder):
        with open_to_read(path) as db:
            head = _head(db)
        if head is not None:
            found[path.stem] = list(head)
    return found


def _head(db: sqlite3.Connection) -> tuple[int, str] | None:
    row: tuple[int, str] | None = db.execute("select seq, hash from receipt order by seq desc limit 1").fetchone()
    return row


def verify(store: Store, signer: Signer) -> list[Problem]:
    """Everything about the receipts that is not as it was written; empty when all is well."""
    sealed, problems = _verify_seals(store.receipts / SEALS, signer)
    present = {path.stem: path for path in files(store.receipts)}
    for name in sorted(sealed.keys() - present.keys()):
        problems.append(Problem(f"{name}.sqlite", 0, "已封存的存证文件不见了"))
    for name, path in present.items():
        problems += _verify_file(path, sealed.get(name, {}))
    return problems


Sealed = dict[str, dict[int, str]]


def _verify_seals(path: Path, signer: Signer) -> tuple[Sealed, list[Problem]]:
    """What seals say each chain's hash was at each sealed place, and faults of the seals themselves."""
    sealed: Sealed = {}
    problems: list[Problem] = []
    if not path.exists():
        return sealed, problems
    head = genesis("seals")
    with open_to_read(path) as db:
        rows = db.execute("select seq, body, hash, key_id, signature from seal order by seq")
        for expected, (seq, body, digest, key_id, signature) in enumerate(rows, start=1):
            head = link(head, seq, body)
            if seq != expected or head != digest:
                problems.append(Problem(path.name, seq, "封存链断裂或被改动"))
            elif not signer.verify(digest.encode(), key_id, bytes.fromhex(signature)):
                problems.append(Problem(path.name, seq, "封存签名不符"))
            head = digest
            for name, (at, chain_head) in json.loads(body)["heads"].items():
                sealed.setdefault(name, {})[at] = chain_head
    return sealed, problems


def _verify_file(path: Path, sealed: dict[int, str]) -> list[Problem]:
    try:
        with open_to_read(path) as db:
            return [*_verify_chain(db, path, sealed), *_verify_indexes(db, path)]
    except sqlite3.DatabaseError as error:
        return [Problem(path.name, 0, f"存证文件无法读取（{type(error).__name__}）")]


def _verify_chain(db: sqlite3.Connection, path: Path, sealed: dict[int, str]) -> Iterator[Problem]:
    head, seq = genesis(path.stem), 0
    for seq, body, digest in db.execute("select seq, body, hash from receipt order by seq"):
        if link(head, seq, body) != digest:
            yield Problem(path.name, seq, "存证被改动，或之前有存证被删除、插入")
        elif seq in sealed and sealed[seq] != digest:
            yield Problem(path.name, seq, "存证与封存时不同")
        head = digest
    if sealed and seq < max(sealed):
        yield Problem(path.name, seq, f"存证被截断：封存时有 {max(sealed)} 条")


def _verify_indexes(db: sqlite3.Connection, path: Path) -> Iterator[Problem]:
    """What is searched by must be what the chained bodies say, no more and no less."""
    bulk = "case when json_extract(body, '$.extract') <> '' then json_extract(body, '$.resource') end"
    for (seq,) in db.execute(f"select seq from receipt where bulk is not {bulk} order by seq"):
        yield Problem(path.name, seq, "批量查询的索引与存证不符")
    said = "select j.value, r.seq from receipt r, json_each(r.body, '$.references') j"
    held = "select reference, seq from reference"
    for one, other in ((said, held), (held, said)):
        for (seq,) in db.execute(f"select distinct seq from ({one} except {other}) order by seq"):
            yield Problem(path.name, seq, "按记录查询的索引与存证不符")
