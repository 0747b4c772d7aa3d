"""The to-do list searched by words, or in another order than by due date; `catalog.todos` is the list as it is.

What waits is looked at whole, so this costs more than the first page by due date and stays apart from it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, literal, nulls_last, or_, select, union_all
from sqlalchemy.orm import Session

from catalog import todo_kinds, todos
from catalog.roles import Caller
from catalog.todo_kinds import KINDS
from catalog.todos import Todo

# by kind in the order of `KINDS`, by what it is about
SORTS = ("kind", "subject")


def found(
    db: Session,
    caller: Caller,
    *,
    now: datetime,
    zone: ZoneInfo,
    kind: str = "",
    words: str = "",
    named: Callable[[str], Collection[str]] = lambda word: (),
    sort: str = "",
    limit: int = todos.PAGE,
    offset: int = 0,
) -> tuple[Sequence[Todo], int]:
    """The wanted things to do, and how many there are in all.

    named: word -> the kinds whose names have it, in whatever language they are read. sort: one of `SORTS`, "-" before
    it for the other way round; by due date within one kind.
    """
    names = tuple(name for name in todo_kinds.kinds_of(caller) if kind in ("", name))
    if not names:
        return (), 0
    every = _every(names)
    fitting = _fitting(every, words, named)
    query = select(every, func.count().over().label("total")).where(*fitting)
    query = query.order_by(*_order(every, sort)).limit(limit).offset(offset)
    db.flush()
    asked = todos.parameters(names, caller, now, zone)
    rows = db.connection().execute(query, asked).all()
    made = todos.made([(row.kind, todos.read(row, zone)) for row in rows], now)
    # behind the end of a list there is no row to say how long it is
    return made, rows[0].total if rows else _count(db, every, fitting, asked)


def _count(db: Session, every: Any, fitting: Sequence[ColumnElement[bool]], asked: Mapping[str, Any]) -> int:
    query = select(func.count()).select_from(every).where(*fitting)
    return db.connection().execute(query, asked).scalar() or 0


@cache
def _every(names: tuple[str, ...]) -> Any:
    """All rows of these kinds in one shape."""
    places: Mapping[str, int] = {name: place for place, name in enumerate(KINDS)}
    return union_all(
        *(todos.rows_of(name).add_columns(literal(places[name]).label("place")) for name in names)
    ).subquery("waiting")


def _fitting(every: Any, words: str, named: Callable[[str], Collection[str]]) -> list[ColumnElement[bool]]:
    texts = (every.c.who, every.c.what, every.c.more, every.c.id)
    return [
        or_(
            *(func.lower(text).contains(word, autoescape=True) for text in texts),
            every.c.kind.in_(sorted(named(word))),
        )
        for word in words.lower().split()
    ]


def _order(every: Any, sort: str) -> Sequence[Any]:
    name, is_down = sort.removeprefix("-"), sort.startswith("-")
    column = {"kind": every.c.place, "subject": every.c.what}.get(name)
    soonest = [every.c.place, nulls_last(every.c.due_day), nulls_last(every.c.due_at), every.c.id]
    return soonest if column is None else [column.desc() if is_down else column.asc(), *soonest]
