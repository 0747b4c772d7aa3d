"""An installation out of a backup: into an empty home and an empty register, whole or not at all."""

from __future__ import annotations

import json
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, Executable
from sqlalchemy.engine import make_url

from catalog import rows
from catalog.backup import ABOUT, REFERENCES, REGISTER, Reference
from catalog.errors import Conflict, Damaged, Misconfigured
from catalog.models import Model
from catalog.register import MIGRATIONS, migrate, open_engine
from catalog.sealed import PIECE, Opener
from catalog.store import KEPT_FOLDERS, Store, sha256_of

_PRIVATE = ("keys", "receipts")


@dataclass(frozen=True, slots=True)
class Restored:
    """How much came back; missing: files that the backup only refers to and that were not found."""

    rows: int
    files: int
    missing: tuple[str, ...]


def restore(
    source: Path, passphrase: str, home: Path, register_url: str = "", files_from: Path | None = None
) -> Restored:
    """Restore into `home` and the register. register_url: "" for SQLite in the home. files_from: a home, or a copy of
    one, that has the files to which the backup refers.

    The whole backup is proved before anything is written. Raises Invalid for a wrong passphrase, Damaged for a
    damaged file, Conflict for a home or register that is not empty; nothing is left behind then.
    """
    _require_empty(home, register_url)
    prove(source, passphrase)
    draft = home.with_name(home.name + ".restoring")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True, mode=0o700)
    try:
        url = register_url or f"sqlite:///{draft.absolute() / 'register.sqlite'}"
        migrate(url)
        restored = _fill(source, passphrase, Store(draft), url, files_from)
        if home.exists():
            home.rmdir()
        draft.chmod(0o755)
        draft.rename(home)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return restored


def prove(source: Path, passphrase: str) -> None:
    """Read the whole file; raises Invalid for a wrong passphrase, Damaged when it is not as it was written."""
    with source.open("rb") as file:
        opener = Opener(file, passphrase)
        while opener.read(PIECE):
            pass


def _require_empty(home: Path, register_url: str) -> None:
    if home.exists() and any(home.iterdir()):
        raise Conflict(f"{home} 不是空目录", remedy="恢复到一个新的目录")
    if not register_url:
        return
    if make_url(register_url).get_backend_name().startswith("sqlite"):
        raise Misconfigured("恢复到 SQLite 时登记簿在目录内", remedy="不设 SIXBASE_REGISTER_URL")
    migrate(register_url)
    engine = open_engine(register_url)
    with engine.connect() as connection:
        is_used = rows.is_used(connection)
    engine.dispose()
    if is_used:
        raise Conflict("登记簿数据库不是空的", remedy="恢复到一个新的数据库")


def _fill(source: Path, passphrase: str, store: Store, url: str, files_from: Path | None) -> Restored:
    engine = open_engine(url)
    try:
        with engine.begin() as connection, _members(source, passphrase) as members:
            filling = _Filling(connection, store, files_from)
            for name, content in members:
                filling.take(name, content)
            filling.finish()
    finally:
        _let_go(engine)
    return Restored(filling.rows, filling.files, tuple(filling.missing))


def _let_go(engine: Engine) -> None:
    """SQLite's log is folded into the file, which is about to be moved."""
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.exec_driver_sql("pragma wal_checkpoint(truncate)")
    engine.dispose()


@contextmanager
def _members(source: Path, passphrase: str) -> Iterator[Iterator[tuple[str, Any]]]:
    with (
        source.open("rb") as file,
        tarfile.open(fileobj=Opener(file, passphrase), mode="r|") as archive,
    ):
        yield ((member.name, archive.extractfile(member)) for member in archive)


class _Filling:
    """Takes the members of a backup one after the other, as they come."""

    def __init__(self, connection: Connection, store: Store, files_from: Path | None) -> None:
        self._connection, self._store, self._files_from = connection, store, files_from
        self._columns: dict[str, list[str]] = {}
        self._later: list[Executable] = []
        self.rows = self.files = 0
        self.missing: list[str] = []

    def take(self, name: str, content: Any) -> None:
        if name == ABOUT:
            self._begin(json.loads(content.read()))
        elif name.startswith(f"{REGISTER}/"):
            self._enter(name, content.read())
        elif name == REFERENCES:
            self._fetch(content.read())
        else:
            self._keep(name, content)

    def finish(self) -> None:
        for statement in self._later:
            self._connection.execute(statement)
        rows.count_on(self._connection)

    def _begin(self, about: dict[str, Any]) -> None:
        head = ScriptDirectory(str(MIGRATIONS)).get_current_head()
        if about["revision"] != head:
            raise Misconfigured(
                f"备份的登记簿在迁移 {about['revision']}，本程序在 {head}",
                remedy="用写出备份的版本恢复，再用新版本运行 sixbase upgrade",
            )
        self._columns = about["tables"]
        rows.empty(self._connection)

    def _enter(self, name: str, content: bytes) -> None:
        table = Model.metadata.tables[name.removeprefix(f"{REGISTER}/").partition(".")[0]]
        self._later += rows.enter(self._connection, table, content, self._columns[table.name])
        self.rows += content.count(b"\n")

    def _fetch(self, lines: bytes) -> None:
        """Take over the files that the backup refers to; one that is not as it was counts as missing."""
        for line in lines.decode().split("\n")[:-1]:
            wanted = Reference(**json.loads(line))
            found = self._files_from / wanted.path if self._files_from else None
            if found is None or not found.is_file() or sha256_of(found) != wanted.sha256:
                self.missing.append(wanted.path)
            else:
                with found.open("rb") as file:
                    self._keep(wanted.path, file)

    def _keep(self, name: str, content: Any) -> None:
        path = self._place(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            shutil.copyfileobj(content, file, PIECE)
        if name.partition("/")[0] in _PRIVATE:
            path.chmod(0o600)
            path.parent.chmod(0o700)
        self.files += 1

    def _place(self, name: str) -> Path:
        """Where a file goes; a name that leads elsewhere is refused although the backup is sealed."""
        parts = PurePosixPath(name).parts
        is_known = name == "FORMAT" or (len(parts) > 1 and parts[0] in KEPT_FOLDERS)
        if not is_known or ".." in parts or PurePosixPath(name).is_absolute():
            raise Damaged(f"备份中有不认识的文件 {name}", remedy="核对备份的来源")
        return self._store.home.joinpath(*parts)
