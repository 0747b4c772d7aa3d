"""A backup of an installation in one sealed file: register, keys, key map, receipts, manifests, and files by reference.

The register is read as of one moment; files are those that the register then knew, so that a backup may be made while
the installation works. Delivered bytes, releases, checked rows and extracts never change: they are listed by path and
SHA-256, and contained only on wish.
"""

from __future__ import annotations

import io
import json
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, cast

from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, select

from catalog import rows
from catalog.errors import Conflict
from catalog.models import Delivery, Extract, OrderExplanation, Release
from catalog.sealed import Sealer
from catalog.store import KEPT_FOLDERS, Store, sha256_of

ABOUT, REFERENCES, REGISTER = "about.json", "references.jsonl", "register"
SUFFIX = ".part"


@dataclass(frozen=True, slots=True)
class Reference:
    """A file of the home that never changes."""

    path: str
    size: int
    sha256: str


@dataclass(slots=True)
class Summary:
    """What a backup holds."""

    rows: dict[str, int] = field(default_factory=dict)
    files: int = 0
    references: int = 0
    size: int = 0


def backup(engine: Engine, store: Store, target: Path, passphrase: str, *, with_bytes: bool, now: datetime) -> Summary:
    """Write the backup; the target appears only when it is whole. Raises Conflict when it exists already."""
    if target.exists():
        raise Conflict(f"{target.name} 已存在", remedy="换一个文件名")
    part, summary = target.with_name(target.name + SUFFIX), Summary()
    try:
        with part.open("xb") as file, rows.snapshot(engine) as connection:
            part.chmod(0o600)
            sealer = Sealer(file, passphrase, {"made_at": now.isoformat()})
            with tarfile.open(fileobj=cast(BinaryIO, sealer), mode="w|", format=tarfile.PAX_FORMAT) as archive:
                _write(_Archive(archive, summary), connection, store, with_bytes)
            sealer.finish()
            summary.size = file.tell()
        part.rename(target)
    finally:
        part.unlink(missing_ok=True)
    return summary


@dataclass(slots=True)
class _Archive:
    tar: tarfile.TarFile
    summary: Summary

    def content(self, name: str, content: bytes) -> None:
        member = tarfile.TarInfo(name)
        member.size = len(content)
        self.tar.addfile(member, io.BytesIO(content))

    def file(self, store: Store, path: Path, name: str = "") -> None:
        """A file under its own path in the home, or under another name."""
        member = tarfile.TarInfo(name or path.relative_to(store.home).as_posix())
        folder, _, within = member.name.partition("/")
        if within and folder not in KEPT_FOLDERS:
            raise ValueError(f"no restore would take {member.name}")
        with path.open("rb") as file:
            member.size = path.stat().st_size
            self.tar.addfile(member, file)
        self.summary.files += 1


def _write(archive: _Archive, connection: Connection, store: Store, with_bytes: bool) -> None:
    revision = MigrationContext.configure(connection).get_current_revision()
    tables = {table.name: rows.columns_of(table) for table in rows.tables()}
    archive.content(ABOUT, json.dumps({"revision": revision, "tables": tables}).encode())
    _write_register(archive, connection)
    kept = [*sorted(store.keymap.glob("*/*.parquet")), *sorted(store.exceptions.glob("*.parquet"))]
    for path in [store.home / "FORMAT", *sorted(store.keys.glob("*.json")), *kept]:
        archive.file(store, path)
    for path in sorted(store.receipts.glob("*.sqlite")):
        with _copied(path, store.tmp) as copy:
            archive.file(store, copy, path.relative_to(store.home).as_posix())
    _write_files(archive, connection, store, with_bytes)


def _write_register(archive: _Archive, connection: Connection) -> None:
    for table in rows.tables():
        count = 0
        for number, content in enumerate(rows.lines(connection, table)):
            archive.content(f"{REGISTER}/{table.name}.{number:06d}.jsonl", content)
            count += content.count(b"\n")
        archive.summary.rows[table.name] = count


@contextmanager
def _copied(path: Path, folder: Path) -> Iterator[Path]:
    """A copy of a SQLite file as of one moment, what waits in its log included."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as private:
        copy = Path(private) / path.name
        address = f"{path.absolute().as_uri()}?mode=ro"
        with (
            closing(sqlite3.connect(address, uri=True, timeout=10)) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            source.backup(target)
        yield copy


def _write_files(archive: _Archive, connection: Connection, store: Store, with_bytes: bool) -> None:
    references: list[Reference] = []
    for path, sha256 in known_files(connection, store):
        if path.name == "manifest.json" or with_bytes:
            archive.file(store, path)
        else:
            name = path.relative_to(store.home).as_posix()
            references.append(Reference(name, path.stat().st_size, sha256 or sha256_of(path)))
    lines = "".join(f"{json.dumps(asdict(each), ensure_ascii=False)}\n" for each in references)
    archive.content(REFERENCES, lines.encode())
    archive.summary.references = len(references)


def known_files(connection: Connection, store: Store) -> Iterator[tuple[Path, str]]:
    """The unchanging files that the register knows and that are there, with the digest where the register tells it."""
    for digest in connection.scalars(select(Delivery.digest).distinct().order_by(Delivery.digest)):
        yield from _there(store.bytes_of(digest), digest)
    evidence = select(OrderExplanation.evidence_digest).where(OrderExplanation.evidence_digest != "").distinct()
    for digest in connection.scalars(evidence.order_by(OrderExplanation.evidence_digest)):
        yield from _there(store.bytes_of(digest), digest)
    for delivery_id in connection.scalars(select(Delivery.id).order_by(Delivery.id)):
        for path in sorted(store.checked(delivery_id).glob("*")):
            yield from _there(path)
    living = select(Release.unit, Release.release_id).where(Release.pruned_at.is_(None))
    for unit, release_id in connection.execute(living.order_by(Release.unit, Release.release_id)):
        about = (store.release(unit, release_id), store.changes(unit, release_id))
        for path in (path for folder in about for path in sorted(folder.glob("*"))):
            yield from _there(path)
        yield from _there(store.findings / unit / f"{release_id}.parquet")
    for path in sorted(store.extracts.glob("*.parquet")):
        name = path.name.partition(".")[0]
        if connection.scalar(select(Extract.id).where(Extract.id == name)):
            yield from _there(path)


def _there(path: Path, sha256: str = "") -> Iterator[tuple[Path, str]]:
    if path.is_file():
        yield path, sha256
