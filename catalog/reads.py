"""Who read a record: found in the receipts by keyed reference, and in the extracts that bulk receipts name."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from catalog.receipt_chain import files, open_to_read
from catalog.receipts import Digests
from catalog.store import Store


@dataclass(frozen=True, slots=True)
class Read:
    """One receipt that concerns a record; is_certain is False for an extract whose keys are gone."""

    receipt_id: str
    at: datetime
    resource: str
    client: str
    department: str
    grant: str
    purpose: str
    door: str
    outcome: str
    columns: dict[str, str]
    is_certain: bool = True


def reads_of(store: Store, digests: Digests, resource: str, record: str) -> list[Read]:
    """Every answer and refusal about one record of a resource, oldest first."""
    wanted = digests.all_references(resource, record)
    held: dict[str, bool | None] = {}
    found: list[Read] = []
    for path in files(store.receipts):
        with open_to_read(path) as db:
            found += (_read(body) for body in _single(db, wanted))
            for body in _bulk(db, resource):
                extract = body["extract"]
                if extract not in held:
                    held[extract] = _holds(store, extract, record)
                if held[extract] is not False:
                    found.append(_read(body, is_certain=held[extract] is True))
    return sorted(found, key=lambda r: (r.at, r.receipt_id))


def reads_of_all(store: Store, digests: Digests, records: Iterable[tuple[str, str]]) -> list[Read]:
    """Every answer and refusal about any of the records, (resource, record key) each; a receipt stands once."""
    found: dict[str, Read] = {}
    for resource, record in records:
        for read in reads_of(store, digests, resource, record):
            found.setdefault(read.receipt_id, read)
    return sorted(found.values(), key=lambda r: (r.at, r.receipt_id))


def newest(store: Store, limit: int = 500) -> list[Read]:
    """The last answers and refusals on data, newest first, at most `limit`."""
    found: list[Read] = []
    for path in sorted(files(store.receipts), key=lambda each: each.stat().st_mtime, reverse=True):
        changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        if len(found) == limit and found[-1].at > changed:
            break
        with open_to_read(path) as db:
            bodies = db.execute("select body from receipt order by seq desc limit ?", [limit])
            found += [_read(json.loads(body)) for (body,) in bodies]
        found = sorted(found, key=lambda r: (r.at, r.receipt_id), reverse=True)[:limit]
    return found


def keys_file(store: Store, extract: str) -> Path:
    """Where the record keys of a deleted extract stay, for this search alone."""
    return store.extracts / f"{extract}.keys.parquet"


def extract_file(store: Store, extract: str) -> Path:
    return store.extracts / f"{extract}.parquet"


def _single(db: sqlite3.Connection, wanted: set[str]) -> Iterator[dict[str, Any]]:
    marks = ",".join("?" * len(wanted))
    query = f"select body from receipt where seq in (select seq from reference where reference in ({marks}))"
    for (body,) in db.execute(query, sorted(wanted)):
        yield json.loads(body)


def _bulk(db: sqlite3.Connection, resource: str) -> Iterator[dict[str, Any]]:
    query = "select body from receipt where bulk = ? order by seq"
    for (body,) in db.execute(query, [resource]):
        yield json.loads(body)


def _holds(store: Store, extract: str, record: str) -> bool | None:
    """Whether the extract holds the record; None when neither it nor its keys are there."""
    path = next((p for p in (extract_file(store, extract), keys_file(store, extract)) if p.exists()), None)
    if path is None:
        return None
    with duckdb.connect(config={"threads": 1}) as engine:
        engine.execute("set TimeZone = 'UTC'")
        query = "select 1 from read_parquet(?) where record_key = ? limit 1"
        return engine.execute(query, [str(path), record]).fetchone() is not None


def _read(body: dict[str, Any], *, is_certain: bool = True) -> Read:
    names = ("resource", "client", "department", "grant", "purpose", "door", "outcome", "columns")
    plain = {name: body[name] for name in names}
    return Read(receipt_id=body["id"], at=datetime.fromisoformat(body["at"]), is_certain=is_certain, **plain)
