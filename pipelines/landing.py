"""The watched folder and the front-end databases: what lies there becomes deliveries."""

from __future__ import annotations

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
from catalog.errors import Misconfigured, PlatformError, Unreadable
from catalog.models import Delivery, Resource
from catalog.vocab import Channel
from pipelines.house import House

_NAME = re.compile(r"(?P<period>\d{4}(?:-(?:\d{2}(?:-\d{2})?|W\d{2}|Q\d|H\d))?)(?:\.(?P<sequence>\d+))?\.\w+")


def collect(house: House) -> tuple[list[str], list[str]]:
    """Receive every complete file of the watched folder; the ids received, and what was set aside and why.

    A file that cannot be received (unknown resource, wrong period) moves to `landing/.refused/` with a note
    beside it; a received one leaves the folder, for its bytes are kept.
    """
    received, refused = [], []
    for path in _files(house.store.landing):
        try:
            with house.transaction() as db:
                received.append(_receive(house, db, path).id)
            path.unlink()
        except PlatformError as error:
            _refuse(house, path, error)
            refused.append(f"{path.parent.name}/{path.name}: {error.message}")
    return received, refused


def _files(landing: Path) -> Iterator[Path]:
    for path in sorted(landing.glob("*/*/*")):
        hidden = any(part.startswith(".") for part in path.relative_to(landing).parts)
        if path.is_file() and path.suffix != ".part" and not hidden:
            yield path


def _receive(house: House, db: Session, path: Path) -> Delivery:
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


def _refuse(house: House, path: Path, error: PlatformError) -> None:
    target = house.store.landing / ".refused" / path.relative_to(house.store.landing)
    target.parent.mkdir(parents=True, exist_ok=True)
    path.replace(target)
    target.with_name(target.name + ".txt").write_text(f"{error.code}: {error.message}\n{error.remedy}\n", "utf-8")


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
