"""Long lists in parts: each part tells how many there are in all, and with what to go on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from catalog.errors import Invalid

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Part(Generic[Row]):
    """Some rows of a list. total: of all its rows. next: the cursor of the part after it, None at the end."""

    rows: Sequence[Row]
    total: int
    next: str | None


def part(
    db: Session,
    query: Select[Row],
    key: InstrumentedAttribute[str],
    after: Callable[[Row], ColumnElement[bool]],
    *,
    limit: int,
    cursor: str = "",
) -> Part[Row]:
    """Rows of an ordered query after the one whose key the cursor is, "" for the first.

    key: of a row. after: the rows that come behind one. Raises Invalid for a cursor that is no row of the list.
    """
    total = db.scalar(select(func.count()).select_from(query.with_only_columns(key).order_by(None).subquery())) or 0
    wanted = query
    if cursor:
        last = db.scalars(query.where(key == cursor)).unique().one_or_none()
        if last is None:
            raise Invalid("翻页标记无效", remedy="不带 cursor 从第一页重新读取")
        wanted = query.where(after(last))
    rows: list[Any] = list(db.scalars(wanted.limit(limit + 1)).unique())
    is_more = len(rows) > limit
    return Part(rows[:limit], total, getattr(rows[limit - 1], key.key) if is_more else None)
