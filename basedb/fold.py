"""The release of a department's resource: the current state that its accepted deliveries add up to.

Deliveries are folded in the order of their periods and sequences, never of arrival:
- snapshot: a key that is absent is deleted;
- upsert: rows replace the rows of their keys;
- upsert_delete: likewise, and a row whose operation says so deletes its key.
A blocked row keeps the key's last good row, marked `_stale`. Folding one delivery onto the last
release gives the same bytes as folding all from the first.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from basedb import macros, manifest, tables
from basedb.build import Candidate
from basedb.connect import Engine, connect
from basedb.keymap import fingerprint
from basedb.quote import literal, name
from basedb.spec import with_raw
from catalog.errors import BuildFailed
from catalog.vocab import Column, DeliveryMode, TableSpec

DELETE = ("D", "d", "delete", "删除", "注销")
CHECKED = (
    Column("_key", "VARCHAR", "键"),
    Column("_row", "BIGINT", "行号"),
)
STATE = (
    *CHECKED,
    Column("_delivery", "INTEGER", "批次序号"),
    Column("_as_of", "DATE", "数据所属日期"),
    Column("_stale", "BOOLEAN", "沿用上一好行"),
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One accepted delivery. as_of: last day of its period; good None: a zero report, nothing changes.

    checked: digest of its good and bad rows, filled in by the fold.
    """

    delivery_id: str
    digest: str
    period: str
    sequence: int
    as_of: date
    good: Path | None
    bad: Path | None = None
    checked: str = ""

    @property
    def order(self) -> tuple[date, str, int, str]:
        return (self.as_of, self.period, self.sequence, self.delivery_id)

    @property
    def facts(self) -> dict[str, Any]:
        """What the manifest says of it, without its index."""
        return {
            "delivery_id": self.delivery_id,
            "digest": self.digest,
            "period": self.period,
            "sequence": self.sequence,
            "as_of": self.as_of.isoformat(),
            "checked": self.checked,
        }


@dataclass(frozen=True, slots=True)
class Fold:
    """What a resource's release is made of.

    table: the resource's items. prior: the folder of its last release, which is taken over when
    its deliveries are the first of these. operation: the item that says `D` in upsert_delete.
    """

    table: TableSpec
    mode: DeliveryMode
    deliveries: Sequence[Delivery]
    engine: Engine
    secret: bytes
    prior: Path | None = None
    operation: str = ""


def fold(job: Fold, out: Path) -> Candidate:
    """A candidate of the resource in `<out>/<slug>/<release_id>/`; BuildFailed leaves nothing behind."""
    deliveries, held = _arrange(job)
    identity = _identity(job, deliveries)
    directory = out / job.table.name / manifest.release_id(identity)
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    try:
        with connect(job.engine) as connection:
            return _fold(job, connection, deliveries, held, identity, directory)
    except duckdb.Error as error:
        shutil.rmtree(directory, ignore_errors=True)
        raise BuildFailed(f"{job.table.name}: {type(error).__name__}", remedy="检查登记的信息项类型是否改变") from None
    except BaseException:
        shutil.rmtree(directory, ignore_errors=True)
        raise


def share_dropped(prior: Path, table: TableSpec, delivery: Delivery, engine: Engine) -> float:
    """The share of the last release's keys that this snapshot lacks, 0 to 1; blocked rows are not lacking."""
    if delivery.good is None:
        return 0.0
    with connect(engine) as connection:
        _take_incoming(connection, table, 0, delivery)
        held, lost = connection.execute(
            "select count(*), count(*) filter (not exists (select 1 from incoming i where i._key = p._key) "
            "and not exists (select 1 from blocked b where b._key = p._key)) "
            f"from read_parquet({literal(str(prior / (table.name + '.parquet')))}) p"
        ).fetchall()[0]
    return lost / held if held else 0.0


def _arrange(job: Fold) -> tuple[list[Delivery], int]:
    """The deliveries in their order with the digest of their rows, and how many the prior release holds."""
    ordered = sorted(job.deliveries, key=lambda each: each.order)
    if not ordered:
        raise BuildFailed(f"{job.table.name} 尚无通过检查的批次", remedy="先报送数据")
    known = manifest.read(job.prior)["deliveries"] if job.prior else []
    held = len(known) if _is_start(known, ordered) else 0
    checked = [str(each["checked"]) for each in known[:held]]
    checked += [_checked(each) for each in ordered[held:]]
    return [replace(each, checked=digest) for each, digest in zip(ordered, checked, strict=True)], held


def _is_start(known: list[dict[str, Any]], ordered: list[Delivery]) -> bool:
    told = [(each["delivery_id"], each["digest"], each["period"], each["sequence"]) for each in known]
    return told == [(d.delivery_id, d.digest, d.period, d.sequence) for d in ordered[: len(told)]]


def _checked(delivery: Delivery) -> str:
    return manifest.digest([manifest.file_digest(path) for path in (delivery.good, delivery.bad) if path])


def _identity(job: Fold, deliveries: list[Delivery]) -> str:
    return manifest.digest(
        {
            "unit": job.table.name,
            "code": manifest.code_version(),
            "mode": job.mode.value,
            "operation": job.operation,
            "subject": job.table.subject,
            "columns": [[c.name, c.type] for c in _items(job.table)],
            "deliveries": [each.facts for each in deliveries],
            "keys": fingerprint(job.secret),
        }
    )


def _fold(
    job: Fold,
    connection: duckdb.DuckDBPyConnection,
    deliveries: list[Delivery],
    held: int,
    identity: str,
    directory: Path,
) -> Candidate:
    _start(connection, job.table, job.prior / f"{job.table.name}.parquet" if held and job.prior else None)
    for index, delivery in enumerate(deliveries[held:], start=held):
        if delivery.good is not None:
            _take_incoming(connection, job.table, index, delivery)
            _step(connection, job)
    entry = _write(job, connection, directory)
    facts = {
        "format_version": manifest.FORMAT_VERSION,
        "unit": job.table.name,
        "release_id": manifest.release_id(identity),
        "identity": identity,
        "code_version": manifest.code_version(),
        "built_from": [],
        "deliveries": [{"index": index} | each.facts for index, each in enumerate(deliveries)],
        "tables": {job.table.name: entry},
        "quality": _quality(connection, deliveries[-1]),
    }
    manifest.write(directory, facts)
    return Candidate(job.table.name, directory.name, directory, facts)


def _items(table: TableSpec) -> tuple[Column, ...]:
    """The items with the raw companions of identifiers."""
    return tuple(each for column in table.columns for each in with_raw(column))


def _typed(connection: duckdb.DuckDBPyConnection, path: Path, columns: Sequence[Column]) -> str:
    """A query for these columns of a Parquet file; one that it lacks is NULL."""
    scan = f"read_parquet({literal(str(path))})"
    held = {row[0] for row in connection.execute(f"describe select * from {scan}").fetchall()}
    chosen = [f"{name(c.name) if c.name in held else 'null'}::{c.type} as {name(c.name)}" for c in columns]
    return f"select {', '.join(chosen)} from {scan}"


def _start(connection: duckdb.DuckDBPyConnection, table: TableSpec, prior: Path | None) -> None:
    columns = (*_items(table), *STATE)
    empty = ", ".join(f"{name(c.name)} {c.type}" for c in columns)
    connection.execute(f"create temp table state ({empty})")
    if prior:
        connection.execute(f"insert into state {_typed(connection, prior, columns)}")


def _take_incoming(connection: duckdb.DuckDBPyConnection, table: TableSpec, index: int, delivery: Delivery) -> None:
    """Make `incoming` (the good rows as state) and `blocked(_key)` of one delivery."""
    assert delivery.good is not None
    good = _typed(connection, delivery.good, (*_items(table), *CHECKED))
    connection.execute(
        f"create or replace temp table incoming as select *, {index}::integer as _delivery, "
        f"{literal(delivery.as_of.isoformat())}::date as _as_of, false as _stale from ({good})"
    )
    bad = _typed(connection, delivery.bad, CHECKED[:1]) if delivery.bad else "select null::varchar as _key where false"
    connection.execute(
        f"create or replace temp table blocked as select distinct _key from ({bad}) where _key is not null"
    )


def _step(connection: duckdb.DuckDBPyConnection, job: Fold) -> None:
    """Put `incoming` onto `state`."""
    _require_unique(connection, job.table.name)
    if job.mode is DeliveryMode.SNAPSHOT:
        rest = "select * replace (true as _stale) from state semi join blocked using (_key)"
    else:
        stale = "select *, true as is_blocked from blocked"
        rest = (
            "select * exclude (is_blocked) replace (_stale or coalesce(is_blocked, false) as _stale) "
            f"from state left join ({stale}) using (_key)"
        )
    rest = f"select * from ({rest}) anti join incoming using (_key)"
    connection.execute(
        f"create or replace temp table state as {_living(job)} union all by name {rest}",
    )


def _living(job: Fold) -> str:
    if job.mode is not DeliveryMode.UPSERT_DELETE:
        return "select * from incoming"
    deletes = ", ".join(literal(word) for word in DELETE)
    operation = name(job.table.column(job.operation).name)
    return f"select * from incoming where coalesce({operation}, '') not in ({deletes})"


def _require_unique(connection: duckdb.DuckDBPyConnection, slug: str) -> None:
    (repeated,) = connection.execute("select count(*) - count(distinct _key) from incoming").fetchall()[0]
    if repeated:
        raise BuildFailed(f"{slug}: 通过检查的行中有 {repeated} 行键重复或为空", remedy="重新检查该批次")


def _write(job: Fold, connection: duckdb.DuckDBPyConnection, directory: Path) -> dict[str, Any]:
    macros.create_platform_key(connection, job.secret, exceptions=False)
    birth = (Column("_birth_date", "DATE", "出生日期"),) if job.table.subject else ()
    columns = (Column("record_key", "VARCHAR", "记录键"), *_items(job.table), *STATE, *birth)
    path = directory / f"{job.table.name}.parquet"
    born = f", try_strptime(substr({name(job.table.subject)}, 7, 8), '%Y%m%d')::date as _birth_date" if birth else ""
    query = f"select platform_key({literal(job.table.name)}, _key) as record_key, *{born} from state order by _key"
    rows = tables.copy(connection, query, path)
    return tables.entry(path, columns, rows, job.table.key)


def _quality(connection: duckdb.DuckDBPyConnection, last: Delivery) -> dict[str, Any]:
    """Rows of the last delivery and how many of them were good."""
    good, bad = (_rows(connection, path) for path in (last.good, last.bad))
    rows = good + bad
    return {"rows": rows, "good": good, "share_passed": round(good / rows, 6) if rows else 1.0}


def _rows(connection: duckdb.DuckDBPyConnection, path: Path | None) -> int:
    if path is None:
        return 0
    return int(connection.execute("select count(*) from read_parquet(?)", [str(path)]).fetchall()[0][0])
