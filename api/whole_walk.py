"""The tables of a whole view one after the other, each under its own grant and with its own receipt."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pydantic_core import to_json
from starlette.requests import Request

from api.house import Exchange
from api.question import Question
from basedb import read
from basedb.plans import Row
from basedb.subjects import Place, Subject
from catalog import identities
from catalog.access import KEYS, Access, Ask
from catalog.errors import NoRelease, PlatformError
from catalog.grants import LOOKUP
from catalog.keys import Purpose
from catalog.receipts import Entry
from catalog.roles import Caller
from catalog.view import View
from catalog.vocab import Mask


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose view, by identifier or record key; grants: resource -> grant where several are live."""

    kind: str
    identifier: str = ""
    record_key: str = ""
    grants: Mapping[str, str] = field(default_factory=dict)

    @property
    def sent(self) -> bytes:
        """What was asked, for the receipts."""
        return to_json([self.kind, self.identifier, self.record_key, dict(self.grants)])


@dataclass(slots=True)
class Part:
    """What one table shows. more: whether there are further records than a page holds; seen: read on the way.

    count: how many records there are, where they are other persons' own and none is shown.
    """

    base: str
    table: str
    resource: str
    asked: Question
    records: list[Row] = field(default_factory=list)
    more: bool = False
    count: int | None = None
    receipt: str = ""
    seen: list[Row] = field(default_factory=list)

    @property
    def place(self) -> tuple[str, str]:
        return self.base, self.table

    @property
    def plain(self) -> frozenset[str]:
        """The columns that the grant shows as they are: what is masked names nothing."""
        assert self.asked.access is not None
        return frozenset(c.name for c in self.asked.access.view.columns if c.mask is Mask.PLAIN)


class Walk:
    """The tables one after the other, each under its own grant.

    grants: resource -> grant where several are live. sent: what was asked. narrow: what of a view is asked for, or
    NotGranted where the view must not be asked for it.
    closed: the tables so far that no grant of the caller's opens to this question, with why.
    """

    def __init__(
        self,
        house: Exchange,
        request: Request,
        caller: Caller,
        grants: Mapping[str, str],
        sent: bytes,
        narrow: Callable[[View], View] | None = None,
    ) -> None:
        self._house, self._request, self._caller = house, request, caller
        self._grants, self._sent, self._narrow = grants, sent, narrow
        self.closed: list[dict[str, str]] = []
        self._now = house.clock()
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
        """A question to one resource, with what was sent."""
        caller = self._caller
        return Question(self._house, self._request, self._now, slug, caller, caller.client_id, sent=self._sent)

    async def key_of(self, about: Subject, wanted: Wanted) -> tuple[str, str]:
        """The key that was asked for and the key under which the subject stands; nothing is said of whether it does."""
        secret = self._house.keys.current(Purpose.PLATFORM).secret
        natural = identities.normal(wanted.identifier)
        asked_key = wanted.record_key or read.plain_key(wanted.kind, natural, secret)
        slug = self._slugs.get(about.home)
        if slug is None:
            return asked_key, asked_key
        asked = self.question(slug)
        access = await asked.enter_as(Ask("", slug, KEYS))
        if natural:
            column = access.identifier
            found = read.find(await asked.connection(access), access.view, column, natural, 1).rows
            asked_key = str(found[0]["record_key"]) if found else asked_key
        return asked_key, read.forwarded(access.view, asked_key) or asked_key

    async def place(self, at: Place, key: str) -> Part | None:
        """The rows whose columns hold the key, or how many they are."""
        if not self._has_grant(at.base, at.table):
            return None
        if at.columns == ("record_key",):
            return await self.records(at.base, at.table, [key])
        part, usable = await self._asked_by(at.base, at.table, at.columns)
        if part is None:
            return None
        if at.is_counted:
            access, connection = await self._reader(part)
            part.count = sum(read.tally(connection, access.view, column, key) for column in usable)
            return part
        return await self._find(part, [(column, key) for column in usable])

    async def found(self, base: str, table: str, column: str, values: Sequence[str]) -> Part | None:
        """The rows whose column holds one of the values."""
        part, usable = await self._asked_by(base, table, (column,))
        pairs = [(each, value) for each in usable for value in values[: read.MAX_PAGE]]
        return await self._find(part, pairs) if part is not None else None

    async def _asked_by(self, base: str, table: str, columns: Sequence[str]) -> tuple[Part | None, list[str]]:
        """The table, and the columns by which the grant lets it be asked; None when there are none."""
        part = await self._open(base, table)
        if part is None:
            return None, []
        assert part.asked.access is not None
        usable = [column for column in columns if column in part.asked.access.view.lookup]
        if not usable:
            self.closed.append(_why(base, table, part.resource, "not_granted", f"授权不含 {'、'.join(columns)}"))
            return None, []
        return part, usable

    async def _find(self, part: Part, pairs: Sequence[tuple[str, str]]) -> Part:
        access, connection = await self._reader(part)
        pages = [read.find(connection, access.view, column, value) for column, value in pairs]
        rows = {str(row["record_key"]): row for page in pages for row in page.rows}
        part.records, part.more = list(rows.values()), any(page.next for page in pages)
        return part

    async def _reader(self, part: Part) -> tuple[Access, sqlite3.Connection]:
        assert part.asked.access is not None
        return part.asked.access, await part.asked.connection(part.asked.access)

    async def records(self, base: str, table: str, keys: list[str]) -> Part | None:
        """The records of these keys."""
        part = await self._open(base, table)
        if part is None:
            return None
        access, connection = await self._reader(part)
        found = (read.record(connection, access.view, key) for key in keys[: read.MAX_PAGE])
        part.records, part.more = [row for row in found if row is not None], len(keys) > read.MAX_PAGE
        return part

    async def more(self, part: Part, column: str, value: str) -> list[Row]:
        """Further records of a table that was opened; they stand in its receipt."""
        access, connection = await self._reader(part)
        page = read.find(connection, access.view, column, value)
        known = {str(row["record_key"]) for row in (*part.records, *part.seen)}
        part.seen += [row for row in page.rows if str(row["record_key"]) not in known]
        return list(page.rows)

    def _has_grant(self, base: str, table: str) -> bool:
        """Whether the caller has any grant of the table; most tables of a view are told apart by this alone."""
        slug = self.slug(base, table)
        if slug in self._granted:
            return True
        self.closed.append(_why(base, table, slug, "not_granted", "没有有效授权"))
        return False

    async def _open(self, base: str, table: str) -> Part | None:
        if not self._has_grant(base, table):
            return None
        slug = self.slug(base, table)
        asked = self.question(slug)
        try:
            access = await asked.enter(LOOKUP, self._grants.get(slug))
            if self._narrow is not None:
                asked.access = replace(access, view=self._narrow(access.view))
        except PlatformError as error:
            self.closed.append(_why(base, table, slug, error.code, error.message))
            return None
        return Part(base, table, slug, asked)

    async def keep(self, parts: Sequence[Part], home: tuple[str, str], asked_key: str) -> None:
        """A durable receipt of each table's answer, before anything is sent: all of them in one commit, or none.

        home: the table of the record that was asked for by its key, whether or not the answer shows it.
        """
        for part in parts:
            part.asked.about([str(row["record_key"]) for row in (*part.records, *part.seen)])
        if asked_key:
            # the key that was merged away is named beside the one that answers
            parts[0].asked.references += self._house.digests.references(self.slug(*home), [asked_key])
        entries = await self._entries(parts)
        await self._house.receipts.write_all(entries)
        for part, entry in zip(parts, entries, strict=True):
            part.receipt = self._request.state.receipt = entry.id

    async def _entries(self, parts: Sequence[Part]) -> list[Entry]:
        """What the receipts say; the tables were all asked the one question, whose digest is worked out once."""
        entries, digest = [], ""
        for part in parts:
            asked, access = part.asked, part.asked.access
            assert access is not None
            asked.digest = digest
            entries.append(await asked.entry(access.view, to_json(part.records), len(part.records)))
            digest = asked.digest
        return entries


def _why(base: str, table: str, resource: str, code: str, reason: str) -> dict[str, str]:
    return {"base": base, "table": table, "resource": resource, "code": code, "reason": reason}
