"""Disputing a value: only what the caller's own grant shows can be disputed, and that is looked up here."""

from __future__ import annotations

from contextlib import closing
from typing import Any

from sqlalchemy.orm import Session

from api.house import Exchange
from api.lookups import alone
from basedb import read
from catalog import corrections
from catalog.access import Access, Ask
from catalog.errors import NotFound, NotGranted
from catalog.grants import BULK, LOOKUP
from catalog.models import Correction
from catalog.roles import Caller


def dispute(
    house: Exchange, db: Session, caller: Caller, *, resource: str, record_key: str, grant: str | None, **said: Any
) -> Correction:
    """The request about a record that the caller's grant shows; raises NotGranted, NotFound and what `ask` raises."""
    access = _access(house, caller, resource, grant)
    if not _is_shown(house, access, record_key):
        raise NotFound("没有这条记录，或授权不含这条记录", remedy="核对记录键；记录键由查询、分页或批量文件得到")
    who = {"department_id": caller.department_id, "by": caller.client_id}
    facts = {"now": house.clock(), "zone": house.settings.zone, **who, **said}
    return corrections.ask(db, house.store, house.keys, access.view, record_key=record_key, **facts)


def _access(house: Exchange, caller: Caller, resource: str, grant: str | None) -> Access:
    """What the caller's grant opens, whichever form it may be read in."""
    try:
        return house.access.find(Ask(caller.department_id, resource, LOOKUP, grant), house.clock())
    except NotGranted:
        return house.access.find(Ask(caller.department_id, resource, BULK, grant), house.clock())


def _is_shown(house: Exchange, access: Access, record_key: str) -> bool:
    directory = access.view.directory
    if not access.is_base_table:
        with alone(house.engine.temp / f"lookup-{directory.parent.name}.lock"):
            read.prepare_lookup(directory, access.spec, house.engine)
    with closing(read.open_lookup(directory, access.view.table)) as connection:
        return read.record(connection, access.view, record_key) is not None
