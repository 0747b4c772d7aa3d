"""Row numbers of findings, out of the findings file that a check leaves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb

from catalog.errors import NotFound
from catalog.store import Store

_BATCH = 10_000


def has_rows(store: Store, delivery_id: str) -> bool:
    """Whether the check came as far as rows; of a file that could not be read there are none."""
    return _file(store, delivery_id).exists()


def _file(store: Store, delivery_id: str) -> Path:
    return store.checked(delivery_id) / "findings.parquet"


def finding_rows(store: Store, delivery_id: str, rule: str = "", item: str = "") -> Iterator[tuple[str, str, int]]:
    """(rule, item, row) of every finding of a delivery, of one rule or item on wish; rows as people see them.

    Raises NotFound when the check has left no findings file.
    """
    path = _file(store, delivery_id)
    if not path.exists():
        raise NotFound("这一批次还没有检查结果", remedy="等待检查完成", delivery=delivery_id)
    return _rows(str(path), rule, item)


def _rows(path: str, rule: str, item: str) -> Iterator[tuple[str, str, int]]:
    query = """select rule, coalesce(item, ''), row from read_parquet(?)
        where (? = '' or rule = ?) and (? = '' or item = ?) order by rule, item, row"""
    with duckdb.connect(config={"threads": 1}) as engine:
        engine.execute("set TimeZone = 'UTC'")
        found = engine.execute(query, [path, rule, rule, item, item])
        while rows := found.fetchmany(_BATCH):
            yield from rows
