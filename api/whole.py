"""One person's or one firm's whole view (一人一档, 一企一档): what each of the caller's grants shows, base by base.

Nothing is joined that a grant does not open: every table is asked under its own grant, for the rows that hold the
subject's key, and each leaves its own receipt. Tables without a grant are named, and say nothing of the subject.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic_core import to_json
from starlette.requests import Request

from api.house import Exchange
from api.question import Question
from basedb import read
from basedb.plans import Row
from basedb.subjects import Subject, subject
from catalog import identities
from catalog.access import KEYS, Ask
from catalog.errors import Invalid, NoRelease, NotFound, NotGranted, PlatformError
from catalog.grants import LOOKUP
from catalog.keys import Purpose
from catalog.roles import Caller


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose view, by identifier or record key; grants: resource -> grant where several are live."""

    kind: str
    identifier: str = ""
    record_key: str = ""
    grants: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Part:
    """What one table shows. more: whether there are further records than a page holds."""

    base: str
    table: str
    resource: str
    asked: Question
    records: list[Row] = field(default_factory=list)
    more: bool = False
    receipt: str = ""


@dataclass(frozen=True, slots=True)
class Whole:
    """closed: tables that the caller's grants do not open to this question, with why."""

    kind: str
    record_key: str
    merged_into: str | None
    parts: list[Part]
    closed: list[dict[str, str]]


async def view(house: Exchange, request: Request, caller: Caller, wanted: Wanted) -> Whole:
    """The whole view; raises Invalid for a question that is none, NotGranted when no grant opens any table."""
    whom = about(wanted)
    walk = Walk(house, request, caller, wanted)
    walk.require_bases()
    asked_key, key = await walk.key_of(whom)
    closed: list[dict[str, str]] = []
    parts = [each for each in [await walk.place(p.base, p.table, p.columns, key, closed) for p in whom.places] if each]
    for hop in whom.hops:
        over = [part for part in parts if (part.base, part.table) == (hop.base, hop.over)]
        keys = list(dict.fromkeys(str(row[hop.column]) for part in over for row in part.records if row.get(hop.column)))
        part = await walk.records(hop.base, hop.table, keys, closed) if over else None
        if part is not None:
            parts.append(part)
    if not parts:
        raise NotGranted(
            "本部门没有可用于这一查询的授权", remedy="先就相应基础库的数据表提交共享申请", closed=closed[:20]
        )
    await walk.keep(parts, asked_key)
    return Whole(wanted.kind, key, key if key != asked_key else None, parts, closed)


def about(wanted: Wanted) -> Subject:
    """Whom a question is about; raises NotFound, Invalid for one that is none."""
    if wanted.kind not in identities.KINDS:
        raise NotFound(f"没有类别 {wanted.kind}", remedy=f"可用：{'、'.join(identities.KINDS)}")
    if bool(wanted.identifier) == bool(wanted.record_key):
        raise Invalid("写明标识或记录键之一", remedy='写 {"identifier": ...} 或 {"record_key": ...}')
    if wanted.record_key and not read.KEY.fullmatch(wanted.record_key):
        raise Invalid("记录键无效", remedy="使用平台给出的 20 位记录键")
    base, _ = identities.KINDS[wanted.kind]
    return subject(base, wanted.kind)


class Walk:
    """The tables one after the other, each under its own grant."""

    def __init__(self, house: Exchange, request: Request, caller: Caller, wanted: Wanted) -> None:
        self._house, self._request, self._caller, self._wanted = house, request, caller, wanted
        self._now = house.clock()
        self._sent = to_json([wanted.kind, wanted.identifier, wanted.record_key, dict(wanted.grants)])
        self._slugs = house.access.tables(self._now)
        self._granted = house.access.granted(caller.department_id, LOOKUP, self._now)

    def require_bases(self) -> None:
        """Raise NoRelease while no base is published."""
        if not self._slugs:
            raise NoRelease("该基础库还没有发布任何数据版本", remedy="等待首次融合入库")

    def slug(self, base: str, table: str) -> str:
        """The resource of a base's table, "" when it is not published."""
        return self._slugs.get((base, table), "")

    def question(self, slug: str) -> Question:
        """A question to one resource, with the body that was sent."""
        caller = self._caller
        return Question(self._house, self._request, self._now, slug, caller, caller.client_id, sent=self._sent)

    async def key_of(self, whom: Subject) -> tuple[str, str]:
        """The key that was asked for and the key under which the subject stands; nothing is said of whether it does."""
        wanted, secret = self._wanted, self._house.keys.current(Purpose.PLATFORM).secret
        natural = identities.normal(wanted.identifier)
        asked_key = wanted.record_key or read.plain_key(wanted.kind, natural, secret)
        slug = self._slugs.get(whom.home)
        if slug is None:
            return asked_key, asked_key
        asked = self.question(slug)
        access = await asked.enter_as(Ask("", slug, KEYS))
        if natural:
            column = access.identifier
            found = read.find(await asked.connection(access), access.view, column, natural, 1).rows
            asked_key = str(found[0]["record_key"]) if found else asked_key
        return asked_key, read.forwarded(access.view, asked_key) or asked_key

    async def place(
        self, base: str, table: str, columns: Sequence[str], key: str, closed: list[dict[str, str]]
    ) -> Part | None:
        """The rows whose columns hold the key."""
        if columns == ("record_key",):
            return await self.records(base, table, [key], closed)
        part = await self._open(base, table, closed)
        if part is None:
            return None
        access = part.asked.access
        assert access is not None
        usable = [column for column in columns if column in access.view.lookup]
        if not usable:
            closed.append(_why(base, table, part.resource, "not_granted", f"授权不含 {'、'.join(columns)}"))
            return None
        connection = await part.asked.connection(access)
        pages = [read.find(connection, access.view, column, key) for column in usable]
        rows = {str(row["record_key"]): row for page in pages for row in page.rows}
        part.records, part.more = list(rows.values()), any(page.next for page in pages)
        return part

    async def records(self, base: str, table: str, keys: list[str], closed: list[dict[str, str]]) -> Part | None:
        """The records of these keys."""
        part = await self._open(base, table, closed)
        if part is None:
            return None
        access = part.asked.access
        assert access is not None
        connection = await part.asked.connection(access)
        found = (read.record(connection, access.view, key) for key in keys[: read.MAX_PAGE])
        part.records, part.more = [row for row in found if row is not None], len(keys) > read.MAX_PAGE
        return part

    async def _open(self, base: str, table: str, closed: list[dict[str, str]]) -> Part | None:
        slug = self._slugs.get((base, table), "")
        if slug not in self._granted:
            closed.append(_why(base, table, slug, "not_granted", "没有有效授权"))
            return None
        asked = self.question(slug)
        try:
            await asked.enter(LOOKUP, self._wanted.grants.get(slug))
        except PlatformError as error:
            closed.append(_why(base, table, slug, error.code, error.message))
            return None
        return Part(base, table, slug, asked)

    async def keep(self, parts: Sequence[Part], asked_key: str) -> None:
        """A durable receipt of each table's answer, before anything is sent."""
        for part in parts:
            keys = [str(row["record_key"]) for row in part.records]
            # the key that was merged away is named beside the one that answers
            part.asked.about([*keys, asked_key] if part.asked.resource == parts[0].resource else keys)
        receipts = await asyncio.gather(*(self._receipt(part) for part in parts))
        for part, receipt in zip(parts, receipts, strict=True):
            part.receipt = receipt

    async def _receipt(self, part: Part) -> str:
        assert part.asked.access is not None
        return await part.asked.write(part.asked.access.view, to_json(part.records), len(part.records))


def _why(base: str, table: str, resource: str, code: str, reason: str) -> dict[str, str]:
    return {"base": base, "table": table, "resource": resource, "code": code, "reason": reason}


def content(found: Whole) -> dict[str, Any]:
    """The view as it goes over the wire."""
    return {
        "kind": found.kind,
        "record_key": found.record_key,
        "merged_into": found.merged_into,
        "tables": [_part(part) for part in found.parts],
        "closed": found.closed,
    }


def _part(part: Part) -> dict[str, Any]:
    assert part.asked.access is not None
    shown = part.asked.access.view
    names = {"base": part.base, "table": part.table, "resource": part.resource}
    proof = {"release": shown.release_id, "grant": shown.grant_id, "receipt": part.receipt}
    return {**names, **proof, "records": part.records, "more": part.more}
