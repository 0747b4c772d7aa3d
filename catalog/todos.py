"""The to-do list (待办) of a caller: everything that waits for it, by due date."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

from sqlalchemy import Integer, Select, bindparam, func, select
from sqlalchemy.orm import Session

from catalog import todo_queries as queries
from catalog.deadlines import Deadline, deadlines
from catalog.errors import Invalid
from catalog.roles import Action, Caller, may

PAGE = 200


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing to do: who has it (`own`: for its department, else for all), its page and batch actions."""

    label: str
    action: Action
    own: bool
    query: Callable[[], queries.Query]
    link: str
    actions: tuple[str, ...] = ()


KINDS: dict[str, Kind] = {
    "request_check": Kind(
        "审查共享申请", Action.CHECK_CONFORMITY, False, queries.requests_to_check, "/requests/{id}", ("pass",)
    ),
    "request_answer": Kind(
        "答复共享申请", Action.DECIDE, True, queries.requests_to_answer, "/requests/{id}", ("approve", "refuse")
    ),
    "request_returned": Kind(
        "补正共享申请", Action.ASK, True, queries.returned_requests, "/requests/{id}", ("withdraw",)
    ),
    "request_overdue": Kind(
        "督办逾期答复", Action.REMIND, False, queries.overdue_answers, "/requests/{id}", ("remind",)
    ),
    "dispute": Kind("处理共享争议", Action.SETTLE_DISPUTE, False, queries.disputes, "/requests/{id}"),
    "extension": Kind(
        "批准答复延期", Action.ESCALATE, False, queries.extensions, "/requests/{id}", ("approve", "reject")
    ),
    "demand_assign": Kind(
        "指派数据需求", Action.ASSIGN_DEMAND, False, queries.demands_to_assign, "/demands/{id}", ("assign",)
    ),
    "demand_answer": Kind(
        "答复数据需求", Action.DECIDE, True, queries.demands_to_answer, "/demands/{id}", ("refuse", "hand_back")
    ),
    "source_conflict": Kind(
        "确定数源部门", Action.SETTLE_SOURCE, False, queries.source_conflicts, "/source-conflicts/{id}", ("settle",)
    ),
    "resource_review": Kind(
        "审核信息资源目录", Action.PUBLISH, False, queries.resources_to_review, "/resources/{id}", ("publish",)
    ),
    "resource_returned": Kind("修改退回的目录", Action.SUBMIT, True, queries.returned_resources, "/resources/{id}"),
    "delivery_returned": Kind("重新报送", Action.DELIVER, True, queries.returned_deliveries, "/deliveries/{id}"),
    "delivery_held": Kind(
        "确认待定批次", Action.CONFIRM_DELIVERY, False, queries.held_deliveries, "/deliveries/{id}", ("confirm",)
    ),
    "delivery_late": Kind("补报逾期数据", Action.DELIVER, True, queries.own_late, "/resources/{id}"),
    "late_to_remind": Kind("催办逾期报送", Action.REMIND, False, queries.every_late, "/resources/{id}", ("remind",)),
    "findings": Kind("整改质量问题", Action.READ_DELIVERIES, True, queries.findings, "/resources/{id}"),
    "grant_ending": Kind("申请授权续期", Action.RENEW, True, queries.ending_grants, "/grants/{id}", ("renew",)),
}


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing to do. link: the page where it is done; actions: what can be done to many at once."""

    kind: str
    label: str
    id: str
    title: str
    due: datetime | None
    is_overdue: bool
    is_due_provisional: bool
    link: str
    actions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TodoList:
    """The things to do, soonest first, at most a page of each kind; totals say how many there are of each."""

    items: tuple[Todo, ...]
    totals: dict[str, int]


def kinds_of(caller: Caller) -> list[str]:
    """The kinds of things that can come before a caller at all."""
    return [name for name, kind in KINDS.items() if may(caller, kind.action, None if kind.own else "")]


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
    """What waits for the caller: of one kind, or of all that its roles have; one query per kind."""
    wanted = kinds_of(caller)
    if kind is not None:
        if kind not in KINDS:
            raise Invalid(f"没有待办类型「{kind}」", remedy=f"可用：{'、'.join(KINDS)}")
        wanted = [name for name in wanted if name == kind]
    found: list[Todo] = []
    totals: dict[str, int] = {}
    for name in wanted:
        rows, totals[name] = _rows(db, name, caller.department_id, now, limit, offset)
        found += [_todo(name, row, now) for row in rows]
    found = _with_terms(db, found, now, zone)
    return TodoList(tuple(sorted(found, key=_soonest)), {name: count for name, count in totals.items() if count})


def _rows(
    db: Session, kind: str, department_id: str, now: datetime, limit: int, offset: int
) -> tuple[list[queries.Row], int]:
    """A page of rows, soonest due first, and how many rows there are."""
    asked = {"department": department_id, "now": now}
    rows = db.execute(_page_of(kind), {**asked, "limit": limit, "offset": offset}).all()
    total: int | None = rows[0].total if rows else db.scalar(_count_of(kind), asked) if offset else 0
    return [queries.Row(row.id, row.title, row.due, row.is_due_provisional) for row in rows], total or 0


@cache
def _page_of(kind: str) -> queries.Query:
    """Built once: building takes longer than running it."""
    inner = KINDS[kind].query().subquery()
    ordered = select(inner, func.count().over().label("total")).order_by(inner.c.due.is_(None), inner.c.due, inner.c.id)
    return ordered.limit(bindparam("limit", type_=Integer)).offset(bindparam("offset", type_=Integer))


@cache
def _count_of(kind: str) -> Select[int]:
    return select(func.count()).select_from(KINDS[kind].query().subquery())


def _todo(name: str, row: queries.Row, now: datetime) -> Todo:
    kind = KINDS[name]
    overdue = row.due is not None and row.due <= now
    link = kind.link.format(id=row.id)
    return Todo(name, kind.label, row.id, row.title, row.due, overdue, row.is_provisional, link, kind.actions)


def _with_terms(db: Session, found: list[Todo], now: datetime, zone: ZoneInfo) -> list[Todo]:
    """Findings carry the moment they were found; what counts is the end of the term for correcting."""
    begun = [each.due for each in found if each.kind == "findings" and each.due is not None]
    terms = deadlines(db, "correct", begun, zone)
    return [_termed(each, terms.get(each.due), now) if each.kind == "findings" and each.due else each for each in found]


def _termed(found: Todo, term: Deadline | None, now: datetime) -> Todo:
    if term is None:
        return replace(found, due=None, is_overdue=False)
    return replace(found, due=term.at, is_overdue=term.at <= now, is_due_provisional=term.is_provisional)


def _soonest(found: Todo) -> tuple[bool, float, str, str]:
    return found.due is None, found.due.timestamp() if found.due else 0.0, found.kind, found.id
