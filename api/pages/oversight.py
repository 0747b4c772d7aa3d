"""Who read a record, for auditors; the logs of sign-ins and of administration, for the audit administrator."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from api import audit
from api.pages import phrases
from api.pages.grid import Column
from api.pages.page import Form, OwnPage, Page, text_of
from api.texts import Words
from catalog import admin_log, departments, receipts, resources
from catalog.errors import Invalid, NotFound, TooMuch
from catalog.lists import Source
from catalog.reads import newest, reads_of_all
from catalog.roles import Action, require_any, scope

router = APIRouter(tags=["pages"], include_in_schema=False)


@router.get("/reads")
def reads(page: OwnPage, resource: str = "", record: str = "", records: str = "") -> Response:
    """Every answer and refusal about one record, or about all records of one person."""
    require_any(page.official, Action.READ_RECEIPTS)
    if bool(resource) != bool(record):
        raise Invalid("查询条件不完整", remedy="同时填写资源标识和记录键")
    wanted = audit.parsed(f"{resource}:{record}" if record else records)
    return _reads(page, wanted, resource=resource, record=record, is_asked=bool(record or "records" in page.query))


def _reads(
    page: Page, wanted: audit.Records, *, is_asked: bool, status: int = 200, fault: str = "", **asked: str
) -> Response:
    store = page.house.store
    found = reads_of_all(store, page.house.digests, wanted) if is_asked else newest(store)
    names = resources.names(page.db, {*(r.resource for r in found), *(slug for slug, _ in wanted)})
    grid = page.grid("read.list", _read_columns(page, names), found, default_sort="-at")
    about = [(names.get(slug, slug), slug, key) for slug, key in wanted]
    facts: dict[str, Any] = {
        "resource": "",
        "record": "",
        **asked,
        "about": about,
        "is_asked": is_asked,
        "fault": fault,
    }
    if page.query.get("format") == "xlsx":
        return page.export(grid)
    return page.render("reads.html", status, grid=grid, **facts)


def _read_columns(page: Page, units: Mapping[str, str]) -> list[Column]:
    words = page.words
    names = {d.slug: d.name for d in departments.listed(page.db)}
    everybody = words("read.everybody")
    return [
        Column("at", "read.at", lambda r: r.at, "moment"),
        Column("name", "resource.name", lambda r: units.get(r.resource, r.resource), is_filter=True),
        Column(
            "department", "read.department", lambda r: names.get(r.department) or r.department or everybody,
            is_filter=True, note=lambda r: r.client,
        ),
        Column("purpose", "request.purpose", lambda r: page.said(r.purpose)),
        Column("outcome", "read.outcome", lambda r: r.outcome, "status", is_filter=True),
        Column("columns", "read.columns", lambda r: words("list.comma").join(r.columns)),
        Column("grant", "grant", lambda r: r.grant, link=lambda r: f"/grants/{r.grant}" if r.grant else ""),
        Column("receipt", "read.receipt", lambda r: r.receipt_id, "code"),
        Column("certain", "read.certain", lambda r: words("yes" if r.is_certain else "read.uncertain")),
    ]  # fmt: skip


@router.post("/reads")
def find_reads(page: OwnPage, form: Form) -> Response:
    """The records that hold an identifier, which travels in the form and never in an address."""
    require_any(page.official, Action.READ_RECEIPTS)
    try:
        found = audit.records_of(page.house, page.db, page.official, text_of(form, "identifier", 40))
    except (Invalid, TooMuch) as error:
        return _reads(page, [], is_asked=False, status=400, fault=phrases.fault(page.words, error))
    return page.onward(f"/reads?records={audit.written(found)}")


@router.post("/reads/verification")
def verify(page: OwnPage, form: Form) -> Response:
    """Whether the receipts are as they were written; seals first what was not sealed yet."""
    require_any(page.official, Action.READ_RECEIPTS)
    house = page.house
    seal = receipts.seal(house.store, page.now)
    problems = receipts.verify(house.store)
    return page.render(
        "verification.html", seal=seal, problems=problems, chains=receipts.sizes(house.store), at=page.now
    )


@router.get("/logs/{name}")
def log(name: str, page: OwnPage) -> Response:
    """The log of sign-ins, or of administration, newest first."""
    if name not in _LOGS:
        raise NotFound("没有这种日志", remedy="从菜单进入")
    action, columns, rows = _LOGS[name]
    source = rows(scope(page.official, action))
    return page.table("list.html", page.cut(f"log.{name.replace('-', '_')}", columns(page), source))


def _sign_in_columns(page: Page) -> list[Column]:
    return [
        Column("at", "read.at", lambda s: s.at, "moment"),
        Column("login", "people.login", lambda s: s.official.login if s.official else None),
        Column("name", "people.name", lambda s: s.official.name if s.official else None),
        Column("outcome", "log.outcome", lambda s: s.outcome, "status"),
        Column("means", "log.means", lambda s: page.words.known(f"means.{s.means}", s.means)),
        Column("address", "log.address", lambda s: s.address, "code"),
    ]


def _act_columns(page: Page) -> list[Column]:
    words = page.words

    def detail(act: Any) -> str:
        return words("list.comma").join(
            f"{words.known(f'fact.{n}', n)} {_plain(words, v)}" for n, v in act.facts.items() if v
        )

    return [
        Column("at", "read.at", lambda a: a.at, "moment"),
        Column("by", "log.by", lambda a: page.actor(a.by), note=_login),
        Column("act", "log.act", lambda a: a.act, "act"),
        Column("subject", "log.subject", lambda a: a.subject, "code"),
        Column("detail", "log.detail", detail),
        Column("department", "department", lambda a: a.department.name),
    ]


def _login(act: Any) -> str:
    """The login of an official who acted, beside the name."""
    login: str = act.by.removeprefix("official:")
    return login if login != act.by else ""


def _plain(words: Words, value: Any) -> str:
    """A fact of an act as people read it: roles by their names."""
    if isinstance(value, list):
        return words("list.comma").join(_plain(words, each) for each in value)
    return words.known(f"Role.{value}", str(value))


_LOGS: dict[str, tuple[Action, Callable[[Page], list[Column]], Callable[[str | None], Source[Any]]]] = {
    "sign-ins": (Action.READ_SIGN_INS, _sign_in_columns, admin_log.sign_in_list),
    "administration": (Action.READ_ADMIN_LOG, _act_columns, admin_log.act_list),
}
