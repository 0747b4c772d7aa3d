"""The to-do list (待办) of a caller: everything that waits for it, by due date."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from sqlalchemy import Date, Integer, bindparam, cast, func, literal, null, select, union_all
from sqlalchemy.orm import Session

from catalog import todo_queries as queries
from catalog.errors import Invalid
from catalog.models import UtcDateTime
from catalog.prepared import Prepared
from catalog.roles import Caller, may_for_all
from catalog.todo_kinds import KINDS, REACH, TITLES, kinds_of

PAGE = 200
SOON = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing to do. link: the page where it is done; actions: what can be done to many at once.

    title: in Chinese, made of who, what and more as `TITLES` says.
    """

    kind: str
    label: str
    id: str
    title: str
    due: datetime | None
    is_overdue: bool
    is_due_provisional: bool
    link: str
    actions: tuple[str, ...]
    who: str = ""
    what: str = ""
    more: str = ""


@dataclass(frozen=True, slots=True)
class TodoList:
    """The things to do, soonest first, at most a page of each kind; totals say how many there are of each.

    overdue, soon: how many of each are late, and how many end within three days.
    """

    items: tuple[Todo, ...]
    totals: dict[str, int]
    overdue: dict[str, int] = field(default_factory=dict)
    soon: dict[str, int] = field(default_factory=dict)


def todos(
    db: Session,
    caller: Caller,
    *,
    now: datetime,
    zone: ZoneInfo,
    kind: str | None = None,
    limit: int = PAGE,
    offset: int = 0,
) -> TodoList:
    """What waits for the caller: of one kind, or of all that its roles have."""
    wanted = kinds_of(caller)
    if kind is not None:
        if kind not in KINDS:
            raise Invalid(f"没有待办类型「{kind}」", remedy=f"可用：{'、'.join(KINDS)}")
        wanted = [name for name in wanted if name == kind]
    rows, counts = _rows(db, tuple(wanted), caller, now, zone, limit, offset)
    found = made(rows, now)
    totals, overdue, soon = (
        {name: count[n] for name, count in counts.items() if count[n]} for n in range(len(_NOTHING))
    )
    return TodoList(tuple(sorted(found, key=_soonest)), totals, overdue, soon)


def page(
    db: Session, caller: Caller, *, now: datetime, zone: ZoneInfo, kind: str = "", limit: int = PAGE, offset: int = 0
) -> TodoList:
    """So many things to do from a place of the one list by due date, or of the list of one kind."""
    if kind:
        return todos(db, caller, now=now, zone=zone, kind=kind, limit=limit, offset=offset)
    # what stands at a place of the whole list stands no further back in the list of its kind
    found = todos(db, caller, now=now, zone=zone, limit=offset + limit)
    return replace(found, items=found.items[offset : offset + limit])


def made(rows: Iterable[tuple[str, queries.Row]], now: datetime) -> list[Todo]:
    """Rows of kinds as things to do."""
    return [_todo(name, row, now) for name, row in rows]


_Counts = tuple[int, int, int]
_NOTHING: _Counts = (0, 0, 0)


def _rows(
    db: Session,
    names: tuple[str, ...],
    caller: Caller,
    now: datetime,
    zone: ZoneInfo,
    limit: int,
    offset: int,
) -> tuple[list[tuple[str, queries.Row]], dict[str, _Counts]]:
    """A page of rows of each kind; how many of each there are, are overdue, and are due soon."""
    if not names:
        return [], {}
    asked = {**parameters(names, caller, now, zone), "limit": limit, "offset": offset}
    rows = _pages_of(names).rows(db, asked)
    counts: dict[str, _Counts] = {row.kind: (row.count_0, row.count_1, row.count_2) for row in rows}
    if offset:
        # behind the end of a list there is no row to say how long it is
        behind = {name: db.connection().execute(_counts_of(name), asked).one() for name in names if name not in counts}
        counts |= {name: tuple(found) for name, found in behind.items()}
    return [(row.kind, read(row, zone)) for row in rows], counts


def read(row: Any, zone: ZoneInfo) -> queries.Row:
    """A row of that shape, its term as the moment that ends it."""
    due = _moment(row.due_day or row.due_at, zone)
    return queries.Row(row.id, row.who, row.what, row.more, due, row.is_due_provisional)


def parameters(
    names: tuple[str, ...], caller: Caller, now: datetime, zone: ZoneInfo
) -> dict[str, datetime | date | str]:
    """What the statements of these kinds ask for."""
    found: dict[str, datetime | date | str] = {"department": caller.department_id, "now": now}
    found |= {f"whose_{name}": _whose(name, caller) for name in names}
    for bound, at in (("late", now), ("soon", now + SOON)):
        found |= {bound: at, f"{bound}_day": at.astimezone(zone).date()}
    return found


def _whose(name: str, caller: Caller) -> str:
    kind = KINDS[name]
    return "" if kind.reach is REACH and may_for_all(caller, kind.action) else caller.department_id


@cache
def _pages_of(names: tuple[str, ...]) -> Prepared:
    """One statement for all kinds; made once, for making it takes longer than running it."""
    return Prepared(union_all(*(select(_page_of(name).subquery()) for name in names)))


def _page_of(name: str) -> queries.Query:
    """Rows of a kind, soonest due first, each with the counts of all."""
    inner = KINDS[name].query().subquery()
    found = _shaped(name, inner)
    row_id, *_, due, _ = inner.c
    found = found.add_columns(*(count.over().label(f"count_{n}") for n, count in enumerate(_counts(due))))
    ordered = found.order_by(due.is_(None), due, row_id)
    return ordered.limit(bindparam("limit", type_=Integer)).offset(bindparam("offset", type_=Integer))


def rows_of(name: str) -> queries.Query:
    """All rows of a kind in the shape that all kinds share; asks for what `parameters` gives."""
    return _shaped(name, KINDS[name].query().subquery())


def _shaped(name: str, inner: Any) -> queries.Query:
    row_id, *parts, due, is_provisional = inner.c
    is_day = isinstance(due.type, Date)
    return select(
        literal(name).label("kind"),
        row_id.label("id"),
        *(part.label(name) for name, part in zip(("who", "what", "more"), parts, strict=True)),
        (cast(null(), UtcDateTime) if is_day else due).label("due_at"),
        (due if is_day else cast(null(), Date)).label("due_day"),
        is_provisional.label("is_due_provisional"),
    )


@cache
def _counts_of(name: str) -> queries.Query:
    inner = KINDS[name].query().subquery()
    return select(*_counts(inner.c.due))


def _counts(due: Any) -> tuple[Any, ...]:
    late, soon = (_by(due, bound) for bound in ("late", "soon"))
    return func.count(), func.count().filter(late), func.count().filter(soon, ~late)


def _by(due: Any, bound: str) -> Any:
    """Whether a term has ended at a moment; one given as a day ends with it."""
    if isinstance(due.type, Date):
        return due < bindparam(f"{bound}_day", type_=Date)
    return due <= bindparam(bound, type_=UtcDateTime)


def _todo(name: str, row: queries.Row, now: datetime) -> Todo:
    kind = KINDS[name]
    overdue = row.due is not None and row.due <= now
    parts = {"who": row.who, "what": row.what, "more": row.more}
    title, link = TITLES[name].format(**parts), kind.link.format(id=quote(row.id, safe=""))
    return Todo(name, kind.label, row.id, title, row.due, overdue, row.is_provisional, link, kind.actions, **parts)


def _moment(due: datetime | date | None, zone: ZoneInfo) -> datetime | None:
    """The end of a term; of one given as a day, the midnight after it."""
    if due is None or isinstance(due, datetime):
        return due
    return datetime.combine(due + timedelta(days=1), time(), zone).astimezone(UTC)


def _soonest(found: Todo) -> tuple[bool, float, str, str]:
    return found.due is None, found.due.timestamp() if found.due else 0.0, found.kind, found.id
