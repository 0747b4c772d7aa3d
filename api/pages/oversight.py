"""Who read a record, for auditors; people, clients and their logs, for administrators."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from api.pages.grid import Column
from api.pages.page import OwnPage, Page
from catalog import admin_log, clients, departments, people
from catalog.errors import Invalid, NotFound
from catalog.models import ApiClient, Official
from catalog.reads import reads_of
from catalog.roles import Action, Role, require_any, scope

router = APIRouter(tags=["pages"], include_in_schema=False)


@router.get("/reads")
def reads(page: OwnPage, resource: str = "", record: str = "") -> Response:
    """Every answer and refusal about one record."""
    require_any(page.official, Action.READ_RECEIPTS)
    if bool(resource) != bool(record) or len(resource) > 64 or len(record) > 40:
        raise Invalid("查询条件不完整", remedy="同时填写资源标识和记录键")
    found = reads_of(page.house.store, page.house.digests, resource, record) if record else []
    grid = page.grid("read.list", _read_columns(page), found)
    return page.table("reads.html", grid, resource=resource, record=record)


def _read_columns(page: Page) -> list[Column]:
    words = page.words
    names = {d.slug: d.name for d in departments.listed(page.db)}
    return [
        Column("at", "read.at", lambda r: r.at, "moment"),
        Column("department", "read.department", lambda r: names.get(r.department, r.department), is_filter=True),
        Column("client", "read.client", lambda r: r.client, "code"),
        Column("purpose", "request.purpose", lambda r: r.purpose),
        Column("outcome", "read.outcome", lambda r: r.outcome, "status", is_filter=True),
        Column("columns", "read.columns", lambda r: "、".join(r.columns)),
        Column("grant", "grant", lambda r: r.grant, "code", link=lambda r: f"/grants/{r.grant}" if r.grant else ""),
        Column("receipt", "read.receipt", lambda r: r.receipt_id, "code"),
        Column("certain", "read.certain", lambda r: words("yes" if r.is_certain else "read.uncertain")),
    ]


@router.get("/people")
def list_people(page: OwnPage) -> Response:
    """Officials with their posts."""
    whose = scope(page.official, Action.READ_PEOPLE)
    return page.table("people.html", page.grid("people.list", _people_columns(page), people.listed(page.db, whose)))


def _people_columns(page: Page) -> list[Column]:
    comma = page.words("list.comma")

    def posts(official: Official) -> str:
        held = people.posts_in_force(official, page.today)
        return comma.join(f"{post.department.name} {page.words.term(post.role)}" for post in held)

    return [
        Column("login", "people.login", lambda o: o.login, "code"),
        Column("name", "people.name", lambda o: o.name),
        Column("department", "department", lambda o: o.department.name, is_filter=True),
        Column("posts", "people.posts", posts),
        Column("state", "state", lambda o: o.state, "status", is_filter=True),
        Column("created", "people.created", lambda o: o.created_at, "moment"),
    ]


@router.get("/clients")
def list_clients(page: OwnPage) -> Response:
    """Programs of departments with their roles and secrets."""
    whose = scope(page.official, Action.READ_CLIENTS)
    return page.table("people.html", page.grid("client.list", _client_columns(page), clients.listed(page.db, whose)))


def _client_columns(page: Page) -> list[Column]:
    comma = page.words("list.comma")

    def secrets(client: ApiClient) -> int:
        return len(clients.living_secrets(client, page.now))

    return [
        Column("client", "client.id", lambda c: c.client_id, "code"),
        Column("name", "client.name", lambda c: c.name),
        Column("department", "department", lambda c: c.department.name, is_filter=True),
        Column("roles", "client.roles", lambda c: comma.join(page.words.term(Role(r)) for r in c.roles)),
        Column("secrets", "client.secrets", secrets, "number"),
        Column("state", "state", lambda c: "revoked" if c.revoked_at else "living", "status", is_filter=True),
        Column("created", "people.created", lambda c: c.created_at, "moment"),
    ]


@router.get("/logs/{name}")
def log(name: str, page: OwnPage) -> Response:
    """The newest lines of the log of sign-ins, or of administration."""
    if name not in _LOGS:
        raise NotFound("没有这种日志", remedy="从菜单进入")
    action, columns, read = _LOGS[name]
    rows = read(page.db, scope(page.official, action), limit=1000)
    return page.table("people.html", page.grid(f"log.{name.replace('-', '_')}", columns(page), rows))


def _sign_in_columns(page: Page) -> list[Column]:
    return [
        Column("at", "read.at", lambda s: s.at, "moment"),
        Column("login", "people.login", lambda s: s.official.login if s.official else None, "code"),
        Column("name", "people.name", lambda s: s.official.name if s.official else None),
        Column("outcome", "log.outcome", lambda s: s.outcome, "status", is_filter=True),
        Column("means", "log.means", lambda s: s.means, is_filter=True),
        Column("address", "log.address", lambda s: s.address, "code"),
    ]


def _act_columns(page: Page) -> list[Column]:
    return [
        Column("at", "read.at", lambda a: a.at, "moment"),
        Column("by", "log.by", lambda a: a.by, "code"),
        Column("act", "log.act", lambda a: page.words.known(f"act.{a.act}", a.act), is_filter=True),
        Column("subject", "log.subject", lambda a: a.subject, "code"),
        Column("department", "department", lambda a: a.department.name, is_filter=True),
    ]


_LOGS: dict[str, tuple[Action, Callable[[Page], list[Column]], Callable[..., Sequence[Any]]]] = {
    "sign-ins": (Action.READ_SIGN_INS, _sign_in_columns, admin_log.sign_ins),
    "administration": (Action.READ_ADMIN_LOG, _act_columns, admin_log.acts),
}
