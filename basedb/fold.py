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

from basedb import manifest, state
from basedb.build import Candidate
from basedb.connect import Engine, connect
from basedb.keymap import fingerprint
from basedb.quote import literal
from catalog.errors import BuildFailed
from catalog.vocab import DeliveryMode, TableSpec


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
        state.take(connection, table, 0, delivery.as_of, delivery.good, delivery.bad)
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
    held = len(known) if _is_start(known, ordered) and not _lacks(job, ordered[: len(known)]) else 0
    checked = [str(each["checked"]) for each in known[:held]]
    checked += [_checked(each) for each in ordered[held:]]
    return [replace(each, checked=digest) for each, digest in zip(ordered, checked, strict=True)], held


def _is_start(known: list[dict[str, Any]], ordered: list[Delivery]) -> bool:
    told = [(each["delivery_id"], each["digest"], each["period"], each["sequence"]) for each in known]
    return told == [(d.delivery_id, d.digest, d.period, d.sequence) for d in ordered[: len(told)]]


def _lacks(job: Fold, held: Sequence[Delivery]) -> bool:
    """Whether the prior release lacks an item, or its type, that one of its deliveries brought."""
    if job.prior is None:
        return False
    entry = manifest.read(job.prior)["tables"][job.table.name]
    told = {(each["name"], each["type"]) for each in entry["columns"]}
    lacking = {each.name for each in state.items(job.table) if (each.name, each.type) not in told}
    if not lacking:
        return False
    with connect(job.engine) as connection:
        return any(lacking & state.columns_in(connection, each.good) for each in held if each.good is not None)


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
            "columns": [[c.name, c.type] for c in state.items(job.table)],
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
    state.start(connection, job.table, job.prior / f"{job.table.name}.parquet" if held and job.prior else None)
    for index, delivery in enumerate(deliveries[held:], start=held):
        if delivery.good is not None:
            state.take(connection, job.table, index, delivery.as_of, delivery.good, delivery.bad)
            state.put(connection, job.table, job.mode, job.operation)
    entry = state.write(connection, job.table, job.secret, directory)
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


def _quality(connection: duckdb.DuckDBPyConnection, last: Delivery) -> dict[str, Any]:
    """Rows of the last delivery and how many of them were good."""
    good, bad = (_rows(connection, path) for path in (last.good, last.bad))
    rows = good + bad
    return {"rows": rows, "good": good, "share_passed": round(good / rows, 6) if rows else 1.0}


def _rows(connection: duckdb.DuckDBPyConnection, path: Path | None) -> int:
    if path is None:
        return 0
    return int(connection.execute("select count(*) from read_parquet(?)", [str(path)]).fetchall()[0][0])
