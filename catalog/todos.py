"""The to-do list (待办) of a caller: everything that waits for it, by due date."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
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
from catalog.roles import Action, Caller, may, may_for_all

PAGE = 200


SOON = timedelta(days=3)


class Reach(Enum):
    """Whose things a kind speaks of: the caller's department's, everybody's, or as far as the caller reaches."""

    OWN = "own"
    ALL = "all"
    REACH = "reach"


OWN, ALL, REACH = Reach


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing to do: who has it and whose it may be, the page where it is done, what many can be done to."""

    label: str
    action: Action
    reach: Reach
    query: Callable[[], queries.Query]
    link: str
    actions: tuple[str, ...] = ()


KINDS: dict[str, Kind] = {
    "request_check": Kind(
        "审查共享申请", Action.CHECK_CONFORMITY, ALL, queries.requests_to_check, "/requests/{id}", ("pass", "return")
    ),
    "request_answer": Kind(
        "答复共享申请", Action.DECIDE, OWN, queries.requests_to_answer, "/requests/{id}", ("approve", "refuse")
    ),
    "request_returned": Kind(
        "补正共享申请", Action.ASK, OWN, queries.returned_requests, "/requests/{id}", ("withdraw",)
    ),
    "request_overdue": Kind(
        "督办逾期答复", Action.REMIND, ALL, queries.overdue_answers, "/requests/{id}", ("remind",)
    ),
    "dispute": Kind("处理共享争议", Action.SETTLE_DISPUTE, ALL, queries.disputes, "/requests/{id}"),
    "extension": Kind(
        "批准答复延期", Action.ESCALATE, ALL, queries.extensions, "/requests/{id}", ("approve", "reject")
    ),
    "demand_assign": Kind(
        "指派数据需求", Action.ASSIGN_DEMAND, ALL, queries.demands_to_assign, "/demands/{id}", ("assign",)
    ),
    "demand_answer": Kind(
        "答复数据需求", Action.DECIDE, OWN, queries.demands_to_answer, "/demands/{id}", ("refuse", "hand_back")
    ),
    "source_conflict": Kind(
        "确定数源部门", Action.SETTLE_SOURCE, ALL, queries.source_conflicts, "/source-conflicts/{id}", ("settle",)
    ),
    "resource_review": Kind(
        "审核信息资源目录", Action.PUBLISH, ALL, queries.resources_to_review, "/registration/{id}", ("publish", "return")
    ),
    "resource_draft": Kind("提交目录草稿", Action.SUBMIT, OWN, queries.drafts, "/registration/{id}", ("submit",)),
    "resource_returned": Kind(
        "修改退回的目录", Action.SUBMIT, OWN, queries.returned_resources, "/registration/{id}", ("submit",)
    ),
    "catalog_update": Kind("按职责变化更新目录", Action.SUBMIT, OWN, queries.updates_asked, "/registration/{id}"),
    "delivery_returned": Kind("重新报送", Action.DELIVER, OWN, queries.returned_deliveries, "/deliveries/{id}"),
    "delivery_held": Kind(
        "确认待定批次", Action.CONFIRM_DELIVERY, ALL, queries.held_deliveries, "/deliveries/{id}",
        ("confirm", "run_again"),
    ),
    "delivery_late": Kind("补报逾期数据", Action.DELIVER, OWN, queries.own_late, "/my/resources/{id}"),
    "late_to_remind": Kind("催办逾期报送", Action.REMIND, ALL, queries.every_late, "/my/resources/{id}", ("remind",)),
    "order": Kind("整改质量问题", Action.ANSWER_ORDER, OWN, queries.open_orders, "/orders/{id}"),
    "order_explained": Kind("审核整改说明", Action.DECIDE_EXPLANATION, ALL, queries.explained_orders, "/orders/{id}"),
    "order_overdue": Kind("督办逾期整改", Action.REMIND, ALL, queries.overdue_orders, "/orders/{id}", ("remind",)),
    "correction_answer": Kind(
        "答复校核申请", Action.ANSWER_CORRECTION, OWN, queries.corrections_to_answer, "/corrections/{id}"
    ),
    "correction_overdue": Kind(
        "督办逾期校核", Action.REMIND, ALL, queries.overdue_corrections, "/corrections/{id}", ("remind",)
    ),
    "grant_ending": Kind("申请授权续期", Action.RENEW, OWN, queries.ending_grants, "/grants/{id}", ("renew",)),
    "project_check": Kind("核验项目", Action.ACCEPT, ALL, queries.projects_to_check, "/projects/{id}"),
    "official_held": Kind("确认账号", Action.MANAGE_POSTS, REACH, queries.held_officials, "/people/{id}"),
    "secret_waiting": Kind(
        "确认客户端密钥", Action.MANAGE_CLIENT_ROLES, REACH, queries.waiting_secrets, "/clients/{id}"
    ),
}  # fmt: skip


_REQUEST, _PERIOD, _OWNED, _ALONE = "{who} 申请 {what}", "{what} {more}", "{who} {what}", "{what}"
# how the parts of a row make a title
TITLES: dict[str, str] = {
    **dict.fromkeys(KINDS, _OWNED),
    **dict.fromkeys((name for name, kind in KINDS.items() if kind.link.startswith("/requests/")), _REQUEST),
    **dict.fromkeys(("delivery_returned", "delivery_held", "delivery_late", "late_to_remind"), _PERIOD),
    **dict.fromkeys(("demand_assign", "demand_answer", "catalog_update", "grant_ending"), _ALONE),
    "source_conflict": "{what}：{who} 再次登记",
    "order": "{what}：质量问题 {more}",
    "order_explained": "{who} {what}：{more}",
    "order_overdue": "{who} {what}：{more}",
    "correction_answer": "{who} {what}：{more}",
    "correction_overdue": "{who} {what}：{more}",
}


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


def kinds_of(caller: Caller) -> list[str]:
    """The kinds of things that can come before a caller at all."""
    return [name for name, kind in KINDS.items() if may(caller, kind.action, "" if kind.reach is ALL else None)]


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
