"""The watched folder and the front-end databases: what lies there becomes deliveries."""

from __future__ import annotations

import errno
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import psycopg
from psycopg import sql
from sqlalchemy.orm import Session

from basedb.connect import connect
from basedb.quote import literal, name
from catalog import deliveries, resources
from catalog.calendar import last_complete_period
from catalog.errors import Invalid, Misconfigured, PlatformError, Unreadable
from catalog.models import Delivery, Resource
from catalog.vocab import Channel
from pipelines.house import House

# of the 255 bytes that a file name may have
_LONGEST_NAME = 240
_NAME = re.compile(r"(?P<period>\d{4}(?:-(?:\d{2}(?:-\d{2})?|W\d{2}|Q\d|H\d))?)(?:\.(?P<sequence>\d+))?\.\w+")


def collect(house: House) -> tuple[list[str], list[str]]:
    """Receive every complete file of the watched folder; the ids received, and what was set aside and why.

    A file that cannot be received (unknown resource, wrong period, no reading it) moves to `landing/.refused/` with a
    note beside it; a received one leaves the folder, for its bytes are kept. One that cannot be moved either is told
    of each time, and keeps no other waiting; one that is gone is nobody's.
    """
    received: list[str] = []
    refused: list[str] = []
    for path in _files(house.store.landing):
        try:
            with house.transaction() as db:
                found = _receive(house, db, path).id
            received.append(found)
            path.unlink(missing_ok=True)
        except FileNotFoundError:
            continue
        except (PlatformError, OSError) as error:
            refused.append(_set_aside(house, path, error))
    return received, refused


def _files(landing: Path) -> Iterator[Path]:
    """Complete files, and links, which are never followed: what they lead to is not the department's."""
    links = [path for depth in ("*", "*/*") for path in landing.glob(depth) if path.is_symlink()]
    for path in sorted([*links, *landing.glob("*/*/*")]):
        hidden = any(part.startswith(".") for part in path.relative_to(landing).parts)
        beyond = any(link in path.parents for link in links)
        if (path.is_symlink() or path.is_file()) and path.suffix != ".part" and not hidden and not beyond:
            yield path


def _receive(house: House, db: Session, path: Path) -> Delivery:
    if path.is_symlink():
        raise Unreadable("前置机目录中的链接不予读取", remedy="放入文件本身，不放链接")
    if _shown(path.name) != path.name:
        raise Invalid("文件名不是 UTF-8 编码", remedy="文件名只用字母、数字和短横线，例如 2026-11-19.csv")
    resource = resources.get(db, path.parent.name)
    department = path.parent.parent.name
    if resource.provider.slug != department:
        raise Misconfigured(f"「{resource.slug}」不是 {department} 的资源", remedy="放入提供部门自己的目录")
    found = _NAME.fullmatch(path.name)
    return deliveries.receive(
        db,
        house.store,
        resource=resource,
        source=path,
        filename=path.name,
        period=found["period"] if found else None,
        sequence=int(found["sequence"]) if found and found["sequence"] else None,
        channel=Channel.FOLDER,
        delivered_by=department,
        now=house.clock(),
        today=house.today,
    )


def _set_aside(house: House, path: Path, error: PlatformError | OSError) -> str:
    """Move a file out of the way with a note; the line for the log."""
    told = error if isinstance(error, PlatformError) else _unreadable(error)
    line = f"{_shown(path.parent.name)}/{_shown(path.name)}: {told.message}"
    try:
        _refuse(house, path, told)
    except OSError as second:
        return f"{line}（{_unreadable(second).message}）"
    return line


def _unreadable(error: OSError) -> Unreadable:
    reason = errno.errorcode.get(error.errno or 0, type(error).__name__)
    return Unreadable(f"文件读取或移动失败：{reason}", remedy="核对前置机目录的权限和磁盘后重新放入")


def _shown(name: str) -> str:
    """A name in which what is no UTF-8 is replaced."""
    return os.fsencode(name).decode("utf-8", "replace")


def _refuse(house: House, path: Path, error: PlatformError) -> None:
    target = house.store.landing / ".refused" / path.relative_to(house.store.landing)
    target.parent.mkdir(parents=True, exist_ok=True)
    path.replace(target)
    note = f"{error.code}: {error.message}\n{error.remedy}\n"
    target.with_name(_cut(target.name) + ".txt").write_text(note, "utf-8")


def _cut(name: str) -> str:
    """A name short enough to be lengthened."""
    return os.fsdecode(os.fsencode(name)[:_LONGEST_NAME])


def pull(house: House) -> tuple[list[str], list[str]]:
    """Take the newest complete period of every resource with a front-end table; ids received, and failures.

    One department's unreachable database does not keep the others waiting.
    """
    received, failed = [], []
    with house.transaction() as db:
        wanted = [resource.slug for resource in resources.delivered(db) if resource.pull_table]
    for slug in wanted:
        try:
            with house.transaction() as db:
                received.append(_pull(house, db, resources.get(db, slug)).id)
        except PlatformError as error:
            failed.append(f"{slug}: {error.message}")
    return received, failed


def _pull(house: House, db: Session, resource: Resource) -> Delivery:
    source, _, table = resource.pull_table.partition(":")
    with tempfile.TemporaryDirectory(dir=house.store.tmp) as folder:
        if source == "postgresql":
            path = _copy_postgresql(house, resource, table, Path(folder) / f"{resource.slug}.csv")
        else:
            path = _copy_sqlite(house, resource, source, table, Path(folder) / f"{resource.slug}.parquet")
        return deliveries.receive(
            db,
            house.store,
            resource=resource,
            source=path,
            filename=path.name,
            period=last_complete_period(resource.update_cycle, house.today),
            channel=Channel.PULL,
            delivered_by=resource.provider.slug,
            now=house.clock(),
            today=house.today,
        )


def _copy_sqlite(house: House, resource: Resource, file: str, table: str, out: Path) -> Path:
    """One table of `HOME/frontend/<file>` as Parquet; only a plain file name is taken."""
    path = house.store.frontend / Path(file).name
    if not path.exists():
        raise Unreadable(f"「{resource.name}」的前置库 {path.name} 不存在", remedy="核对前置库表的登记与前置机连接")
    with connect(house.engine, "sqlite_scanner") as connection:
        try:
            connection.execute(f"attach {literal(str(path))} as front (type sqlite, read_only)")
            connection.execute(f"copy (from front.{name(table)}) to {literal(str(out))} (format parquet)")
        except duckdb.Error as error:
            raise Unreadable(f"「{resource.name}」的前置库表 {table} 读不出", remedy="核对表名与访问权限") from error
    return out


def _copy_postgresql(house: House, resource: Resource, table: str, out: Path) -> Path:
    """One table of the department's PostgreSQL front-end database as CSV, at the address set for it."""
    url = house.settings.frontend_urls.get(resource.provider.slug)
    if url is None:
        raise Misconfigured(f"没有为 {resource.provider.slug} 设置前置库地址", remedy="设置 SIXBASE_FRONTEND_URLS")
    statement = sql.SQL("copy {} to stdout (format csv, header true)").format(sql.Identifier(*table.split(".")))
    try:
        with psycopg.connect(url) as server, server.cursor().copy(statement) as rows, out.open("wb") as file:
            for block in rows:
                file.write(block)
    except psycopg.Error as error:
        raise Unreadable(f"「{resource.name}」的前置库表 {table} 读不出", remedy="核对表名与访问权限") from error
    return out
