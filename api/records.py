"""Answers about records: what is opened is asked, what is found is answered with its receipt."""

from __future__ import annotations

import unicodedata
from typing import Any

from starlette.responses import Response

from api.cursors import Cursor
from api.question import Question
from api.schemas import LookupIn
from basedb import read
from catalog.access import Access
from catalog.errors import Conflict, Invalid, NotFound, NotGranted
from catalog.grants import LOOKUP
from catalog.keys import Purpose


async def one(asked: Question, record_key: str, grant_id: str | None) -> Response:
    """The record of that key; NotFound when the grant does not show it, for whatever reason.

    A key that was merged into another gets the other's record: its `record_key` and X-Merged-Into name it.
    """
    asked.about([record_key])
    access = await asked.enter(LOOKUP, grant_id)
    connection = await asked.connection(access)
    found = read.record(connection, access.view, record_key)
    into = read.forwarded(access.view, record_key) if found is None else None
    if into is not None:
        asked.about([record_key, into])
        found = read.record(connection, access.view, into)
    if found is None:
        raise NotFound("没有这条记录，或授权不含这条记录", remedy="核对记录键；记录键由查询或分页得到")
    return _forwarded(await asked.answer(access.view, found, 1), into)


def _forwarded(answer: Response, into: str | None) -> Response:
    """The answer, which says when it is another record's than that which was asked for."""
    if into is not None:
        answer.headers["X-Merged-Into"] = into
    return answer


async def by_value(asked: Question, question: LookupIn, grant_id: str | None) -> Response:
    """The records whose column has the value that was sent."""
    access = await asked.enter(LOOKUP, grant_id)
    column, value = _sought(access, question)
    scope = asked.exchange.digests.content(f"{column}\0{value!r}".encode())
    access, after = await resume(asked, access, question.cursor, scope)
    connection = await asked.connection(access)
    found = read.find(connection, access.view, column, value, question.limit, after)
    into = _merged_name(asked, access, column, value) if not found.rows else None
    if into is not None:
        shown = read.record(connection, access.view, into)
        found = read.Page((shown,) if shown else (), None)
    return _forwarded(await _page(asked, access, found, scope), into if found.rows else None)


def _merged_name(asked: Question, access: Access, column: str, value: Any) -> str | None:
    """The key of the record that took over the one with this identifier."""
    if column != access.identifier:
        return None
    return read.forwarded_name(access.view, str(value), asked.exchange.keys.current(Purpose.PLATFORM).secret)


async def page(asked: Question, limit: int, cursor: str | None, grant_id: str | None) -> Response:
    """A page of all records of the grant."""
    access = await asked.enter(LOOKUP, grant_id)
    access, after = await resume(asked, access, cursor, "")
    found = read.page(await asked.connection(access), access.view, limit, after)
    return await _page(asked, access, found, "")


async def _page(asked: Question, access: Access, found: read.Page, scope: str) -> Response:
    view = access.view
    asked.about([str(row["record_key"]) for row in found.rows])
    following = None
    if found.next is not None:
        cursor = Cursor(view.release_id, view.grant_id, view.grant_version, scope, found.next)
        following = asked.exchange.cursors.write(cursor)
    return await asked.answer(view, {"records": found.rows, "next": following}, len(found.rows))


async def resume(
    asked: Question, access: Access, text: str | None, scope: str, mode: str = LOOKUP
) -> tuple[Access, str | None]:
    """The access on the cursor's own release, and the key to go on after."""
    if text is None:
        return access, None
    cursor = asked.exchange.cursors.read(text)
    if cursor.grant_id != access.view.grant_id or cursor.scope != scope:
        raise Invalid("翻页标记不属于这个问题或授权", remedy="用同一授权、同一条件翻页，或从第一页重新读取")
    if cursor.grant_version != access.view.grant_version:
        raise Conflict("授权在翻页途中有变更", remedy="不带 cursor 从第一页重新读取")
    if cursor.release_id != access.view.release_id:
        if asked.release or asked.as_of:
            raise Invalid("翻页标记属于另一个数据版本", remedy="用同一 release 或 as_of 翻页，或从第一页重新读取")
        access = await asked.enter(mode, cursor.grant_id, cursor.release_id)
    return access, cursor.after


def _sought(access: Access, question: LookupIn) -> tuple[str, Any]:
    """The column and the value to look for; an identifier is put into its normal form."""
    if (question.identifier is None) == (question.column is None) or (question.column is None) != (
        question.value is None
    ):
        raise Invalid("查询条件不完整", remedy='写 {"identifier": ...}，或 {"column": ..., "value": ...}')
    if question.column is not None:
        return question.column, question.value
    if not access.identifier:
        raise NotGranted("该资源不能按标识查询", remedy="改用 column 和 value")
    return access.identifier, unicodedata.normalize("NFKC", question.identifier or "").strip().upper()
