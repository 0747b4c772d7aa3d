"""Increments: what a reader that holds an earlier release must do to hold the one in force."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.cursors import Cursor
from api.house import Exchange
from api.lookups import alone
from api.question import Question
from api.records import resume
from basedb import changes, read
from basedb.changes import Change, Seen
from basedb.plans import Row
from catalog import access as opening
from catalog import grants, policy, releases, resources, showable
from catalog.access import Access, Ask
from catalog.errors import NotGranted
from catalog.grants import BULK, LOOKUP
from catalog.view import In, View


async def page(asked: Question, since: str, limit: int, cursor: str | None, grant_id: str | None) -> Response:
    """A page of changes since a release, with the records as they are now; its cursor stays on its release.

    A grant of either form opens them: who may copy a table may keep the copy up to date.
    """
    access, mode = await _enter(asked, grant_id)
    scope = asked.exchange.digests.content(f"changes\0{since}".encode())
    access, after = await resume(asked, access, cursor, scope, mode)
    path = await run_in_threadpool(_listed, asked, access, mode, since)
    found, following = await run_in_threadpool(changes.page, path, after, limit, asked.exchange.engine)
    lines = await _lines(asked, access, found)
    asked.about([change.record_key for change in found])
    content = {"since": since, "release": access.view.release_id, "changes": lines, "next": None}
    if following is not None:
        view = access.view
        onward = Cursor(view.release_id, view.grant_id, view.grant_version, scope, following)
        content["next"] = asked.exchange.cursors.write(onward)
    return await asked.answer(access.view, content, len(found))


async def _enter(asked: Question, grant_id: str | None) -> tuple[Access, str]:
    try:
        return await asked.enter(LOOKUP, grant_id), LOOKUP
    except NotGranted:
        return await asked.enter(BULK, grant_id), BULK


async def _records(asked: Question, access: Access, keys: Iterable[str]) -> dict[str, Row]:
    """The records of these keys that are shown, by key."""
    wanted = tuple(dict.fromkeys(keys))
    if not wanted:
        return {}
    connection = await asked.connection(access)
    rows = read.page(connection, access.view, len(wanted), filter=In("record_key", wanted)).rows
    return {str(row["record_key"]): row for row in rows}


async def _lines(asked: Question, access: Access, found: list[Change]) -> list[dict[str, Any]]:
    """A record that is gone since the list was made is a delete; whose record it went into is said where that is shown."""
    records = await _records(asked, access, (each.record_key for each in found if each.op != changes.DELETE))
    into = {
        each.record_key: key
        for each in found
        if each.record_key not in records and (key := read.forwarded(access.view, each.record_key))
    }
    shown = await _records(asked, access, into.values())
    lines = []
    for each in found:
        record = records.get(each.record_key)
        op = each.op if record is not None else changes.DELETE
        line: dict[str, Any] = {"op": op, "record_key": each.record_key, "changed": each.changed, "record": record}
        if op == changes.DELETE:
            key = into.get(each.record_key)
            line["merged_into"] = key if key in shown else None
        lines.append(line)
    return lines


def _listed(asked: Question, access: Access, mode: str, since: str) -> Path:
    """The file of changes for this grant, these releases and what may be shown today; made once."""
    house = asked.exchange
    with house.transaction() as db:
        before = _seen(db, house, asked, access, mode, since)
    folder = house.store.tmp / "changes"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{_name(before, access.view)}.parquet"
    with alone(folder / f"{path.stem}.lock"):
        if not path.exists():
            changes.seen(before, access.view, path, house.engine)
    return path


def _seen(db: Session, house: Exchange, asked: Question, access: Access, mode: str, since: str) -> Seen:
    """How the caller's grant shows the earlier release on the day it was made, and how it may have shown it since: as
    wide as it was at first, by the rules of that day and of today."""
    assert asked.caller is not None
    resource, release = resources.get(db, asked.resource), releases.get(db, access.unit, since)
    made = min(release.created_at.astimezone(house.settings.zone).date(), house.today)
    ask = Ask(asked.caller.department_id, asked.resource, mode, access.view.grant_id, since)
    then = opening.load(db, house.store, house.keys, ask, asked.now, made).view
    first = grants.get_grant(db, access.view.grant_id).versions[0]
    perhaps = [
        policy.view(db, house.store, house.keys, first, resource, release, today=day) for day in (made, house.today)
    ]
    # what was ordered or merged since was in that release for whoever read it, from whatever day the order counts; and
    # so was who has died since: whoever holds the record must hear that it is gone. What was withheld for a while may
    # have been dropped, and comes again
    at_first = showable.suppressed(db, resource, made, ordered_before=release.created_at)
    for_a_while = showable.withheld_since(db, resource, release.created_at, made, house.today)

    def without(view: View, keys: frozenset[str]) -> View:
        merged = showable.merged_in(keys, house.store, resource, release.unit, release.release_id)
        return replace(view, suppressed=merged, departed=frozenset())

    return Seen(without(then, for_a_while | at_first), tuple(without(each, at_first) for each in perhaps))


def _name(before: Seen, now: View) -> str:
    """Tells lists apart by all that decides what stands in them."""
    parts = [
        (
            v.resource,
            v.release_id,
            v.grant_id,
            v.grant_version,
            v.columns,
            v.where,
            sorted(v.suppressed),
            sorted(v.departed),
        )
        for v in (before.then, *before.perhaps, now)
    ]
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def sweep(house: Exchange, before: datetime) -> None:
    """Delete lists that were made before a time; one that is still asked for is made again."""
    for path in (house.store.tmp / "changes").glob("*"):
        if path.stat().st_mtime < before.timestamp():
            path.unlink(missing_ok=True)
