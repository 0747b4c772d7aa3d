"""Officials: accounts opened by one administrator, posts given by another, each act confirmed or logged."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from api.pages import phrases
from api.pages.grid import Column
from api.pages.page import Form, OwnPage, Page, text_of
from catalog import accounts, departments, people, posts
from catalog.errors import Conflict, Invalid, NotFound, PlatformError
from catalog.models import Department, Official, OfficialState, Post
from catalog.roles import ADMINISTRATORS, CITY_ROLES, Action, Role, may_for_all, scope

router = APIRouter(tags=["pages"], include_in_schema=False)


@router.get("/people")
def list_people(page: OwnPage) -> Response:
    """Officials with their posts, and the form for another one."""
    return _list(page)


def _list(
    page: Page, status: int = 200, written: Mapping[str, str] | None = None, fault: PlatformError | None = None
) -> Response:
    whose = scope(page.official, Action.READ_PEOPLE)

    grid = page.cut("people.list", _columns(page), people.listing(whose))
    if page.query.get("format") == "xlsx":
        return page.export(grid)
    homes = owners(page, Action.MANAGE_ACCOUNTS)
    return page.render(
        "people.html", status, grid=grid, homes=homes, written=written or {}, faults=faults_of(page, fault, "login")
    )


def _columns(page: Page) -> list[Column]:
    comma = page.words("list.comma")

    def held_now(official: Official) -> str:
        held = posts.posts_in_force(official, page.today)
        return comma.join(f"{post.department.name} {page.words.term(post.role)}" for post in held)

    return [
        Column("login", "people.login", lambda o: o.login, link=lambda o: f"/people/{o.login}"),
        Column("name", "people.name", lambda o: o.name),
        Column("department", "department", lambda o: o.department.name),
        Column("posts", "people.posts", held_now),
        Column("state", "state", lambda o: o.state, "status"),
        Column("created", "people.created", lambda o: o.created_at, "moment"),
    ]


def owners(page: Page, action: Action) -> list[Department]:
    """The departments for which the caller may do this: all, its own, none."""
    if not page.may(action):
        return []
    every = departments.in_force(page.db, page.today)
    return [d for d in every if page.may(action, d.id)]


def home_of(page: Page, slug: str) -> Department:
    """The department that a form names; raises Invalid."""
    try:
        return departments.get(page.db, slug)
    except NotFound:
        raise Invalid("请选择部门", field="department") from None


def faults_of(page: Page, fault: PlatformError | None, otherwise: str) -> dict[str, str]:
    """Name of the field -> what is wrong with it; `otherwise` when the error names none."""
    if fault is None:
        return {}
    text = phrases.fault(page.words, fault)
    return {str(fault.facts.get("field", otherwise)): text}


@router.post("/people")
def enter(page: OwnPage, form: Form) -> Response:
    """A new official; the first password is shown this once."""
    written = {name: text_of(form, name, 100) for name in ("login", "name", "department")}
    page.require(Action.MANAGE_ACCOUNTS)
    try:
        home = home_of(page, written["department"])
        made, first = accounts.enter(
            page.db, page.official, login=written["login"], name=written["name"], department=home, now=page.now
        )
    except (Invalid, Conflict) as error:
        return _list(page, 409 if isinstance(error, Conflict) else 400, written, error)
    return _once(page, made, first)


def _once(page: Page, official: Official, first: str) -> Response:
    is_held = official.state is OfficialState.HELD
    return page.render(
        "shown_once.html",
        title="people.first_password",
        rows=[("people.login", official.login), ("people.first_password", first)],
        steps=["people.once.hand_over", "people.once.change", *(["people.once.held"] if is_held else [])],
        back=f"/people/{official.login}",
        back_text=official.name,
    )


def _found(page: Page, login: str) -> Official:
    """The official, for administrators of its department alone: others learn no login from what is found."""
    page.require(Action.READ_PEOPLE)
    found = people.get(page.db, login)
    page.require(Action.READ_PEOPLE, found.department_id, *(post.department_id for post in found.posts))
    return found


@router.get("/people/{login}")
def read_official(login: str, page: OwnPage) -> Response:
    """One official: account, posts, and what the caller may do about them."""
    return _official(page, _found(page, login))


def _official(
    page: Page,
    found: Official,
    status: int = 200,
    written: Mapping[str, str] | None = None,
    fault: PlatformError | None = None,
) -> Response:
    is_self = page.official.official_id == found.id
    manages = page.may(Action.MANAGE_ACCOUNTS, found.department_id) and not is_self
    grid = page.grid(
        "people.post_list", _post_columns(page), found.posts, default_sort="-since", key=lambda p: str(p.id)
    )
    if page.query.get("format") == "xlsx":
        return page.export(grid)
    return page.render(
        "person.html",
        status,
        grid=grid,
        official=found,
        is_self=is_self,
        stamp=_stamp(found),
        may_reset=manages,
        may_disable=manages and found.state is not OfficialState.DISABLED,
        may_enable=manages and found.state is OfficialState.DISABLED,
        may_confirm=page.may(Action.MANAGE_POSTS, found.department_id)
        and not is_self
        and found.state is OfficialState.HELD,
        endable=[p for p in found.posts if not is_self and _is_endable(page, p)],
        homes=[] if is_self else owners(page, Action.MANAGE_POSTS),
        roles=_grantable(page),
        written=written or {"valid_from": page.today.isoformat()},
        faults=faults_of(page, fault, "role"),
    )


def _post_columns(page: Page) -> list[Column]:
    def state(post: Post) -> str:
        if post.is_in_force(page.today):
            return "in_force"
        return "not_yet" if post.valid_from > page.today else "ended"

    return [
        Column("department", "department", lambda p: p.department.name),
        Column("role", "people.role", lambda p: p.role, "term"),
        Column("since", "people.since", lambda p: p.valid_from, "day"),
        Column("until", "people.until", lambda p: p.valid_to, "day"),
        Column("state", "state", state, "status"),
    ]


def _is_endable(page: Page, post: Post) -> bool:
    is_over = post.valid_to is not None and post.valid_to <= page.today
    return not is_over and page.may(Action.MANAGE_POSTS, post.department_id) and post.role in _grantable(page)


def _grantable(page: Page) -> list[Role]:
    """The roles that the caller may give: those that reach beyond a department are the authority's to give."""
    everywhere = page.caller is not None and may_for_all(page.caller, Action.MANAGE_POSTS)
    return [role for role in Role if everywhere or role not in ADMINISTRATORS | CITY_ROLES]


def _stamp(official: Official) -> str:
    """What a form must bring back to show that its page was not overtaken by another's act."""
    return official.password_set_at.isoformat() if official.password_set_at else ""


@router.post("/people/{login}/password")
def reset_password(login: str, page: OwnPage, form: Form) -> Response:
    """A new first password, shown this once."""
    found = _found(page, login)
    if text_of(form, "stamp", 40) != _stamp(found):
        raise Conflict("口令在此期间已被重置或修改", remedy="刷新后确认是否仍需重置")
    return _once(page, found, accounts.reset_password(page.db, page.official, found, now=page.now))


@router.post("/people/{login}/confirmation")
def confirm(login: str, page: OwnPage, form: Form) -> Response:
    """Let an account that waits open."""
    accounts.confirm(page.db, page.official, _found(page, login), now=page.now)
    return page.onward(f"/people/{login}", done="official_confirmed")


@router.post("/people/{login}/disablement")
def disable(login: str, page: OwnPage, form: Form) -> Response:
    """Shut an account at once."""
    found = _found(page, login)
    if found.state is OfficialState.DISABLED:
        raise Conflict("账号已停用", remedy="刷新后查看账号状态")
    accounts.disable(page.db, page.official, found, now=page.now, today=page.today)
    return page.onward(f"/people/{login}", done="official_disabled")


@router.post("/people/{login}/enablement")
def enable(login: str, page: OwnPage, form: Form) -> Response:
    """Take a disabled account up again."""
    accounts.enable(page.db, page.official, _found(page, login), now=page.now)
    return page.onward(f"/people/{login}", done="official_enabled")


@router.post("/people/{login}/posts")
def give_post(login: str, page: OwnPage, form: Form) -> Response:
    """A role in a department for a time."""
    found = _found(page, login)
    written = {name: text_of(form, name, 64) for name in ("department", "role", "valid_from", "valid_to")}
    page.require(Action.MANAGE_POSTS)
    try:
        posts.give_post(page.db, page.official, found, **_post(page, written), now=page.now)
    except (Invalid, Conflict) as error:
        return _official(page, found, 409 if isinstance(error, Conflict) else 400, written, error)
    return page.onward(f"/people/{login}", done="post_given")


def _post(page: Page, written: Mapping[str, str]) -> dict[str, Any]:
    return {
        "department": home_of(page, written["department"]),
        "role": posts.role_of(written["role"]),
        "valid_from": day_of(written["valid_from"], "valid_from"),
        "valid_to": day_of(written["valid_to"], "valid_to") if written["valid_to"] else None,
    }


def day_of(text: str, field: str) -> date:
    """A day that a form sent; raises Invalid."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid("日期格式不正确", remedy="写成 2026-01-31 的形式", field=field) from None


@router.post("/people/{login}/posts/{post_id}/end")
def end_post(login: str, post_id: int, page: OwnPage, form: Form) -> Response:
    """End a post today."""
    found = posts.get_post(_found(page, login), post_id)
    posts.end_post(page.db, page.official, found, on=page.today, now=page.now, today=page.today)
    return page.onward(f"/people/{login}", done="post_ended")
