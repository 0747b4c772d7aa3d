"""API clients: entered and given secrets by one administrator, given roles and confirmed by another."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time

from fastapi import APIRouter
from starlette.responses import Response

from api.pages.grid import Column
from api.pages.page import Form, OwnPage, Page, text_of
from api.pages.people import day_of, faults_of, home_of, owners
from catalog import client_admin, clients
from catalog.errors import Conflict, Invalid, PlatformError
from catalog.models import ApiClient, ClientSecret
from catalog.roles import ADMINISTRATORS, CITY_ROLES, Action, Role, may_for_all, scope

router = APIRouter(tags=["pages"], include_in_schema=False)


@router.get("/clients")
def list_clients(page: OwnPage) -> Response:
    """Programs of departments with their roles and secrets, and the form for another one."""
    return _list(page)


def _list(
    page: Page, status: int = 200, written: Mapping[str, str] | None = None, fault: PlatformError | None = None
) -> Response:
    whose = scope(page.official, Action.READ_CLIENTS)
    grid = page.cut("client.list", _columns(page), clients.listing(whose))
    if page.query.get("format") == "xlsx":
        return page.export(grid)
    homes = owners(page, Action.MANAGE_CLIENTS)
    return page.render(
        "clients.html",
        status,
        grid=grid,
        homes=homes,
        written=written or {},
        faults=faults_of(page, fault, "client_id"),
    )


def _columns(page: Page) -> list[Column]:
    comma = page.words("list.comma")

    def secrets(client: ApiClient, *, waiting: bool) -> int:
        return sum(s.is_waiting == waiting for s in clients.living_secrets(client, page.now))

    return [
        Column("client", "client.id", lambda c: c.client_id, link=lambda c: f"/clients/{c.client_id}"),
        Column("name", "client.name", lambda c: page.said(c.name)),
        Column("department", "department", lambda c: c.department.name, is_filter=True),
        Column("roles", "client.roles", lambda c: comma.join(page.words.term(Role(r)) for r in c.roles)),
        Column("secrets", "client.secrets", lambda c: secrets(c, waiting=False), "number"),
        Column("waiting", "client.waiting", lambda c: secrets(c, waiting=True) or None, "number"),
        Column(
            "state", "state", lambda c: clients.REVOKED if c.revoked_at else clients.LIVING, "status", is_filter=True
        ),
        Column("created", "people.created", lambda c: c.created_at, "moment"),
    ]


@router.post("/clients")
def enter(page: OwnPage, form: Form) -> Response:
    """A new client without roles or secrets."""
    written = {name: text_of(form, name, 100) for name in ("client_id", "name", "department")}
    page.require(Action.MANAGE_CLIENTS)
    try:
        if not written["name"]:
            raise Invalid("名称不能为空", remedy="写明是哪个系统的程序", field="name")
        home = home_of(page, written["department"])
        made = client_admin.enter(
            page.db, page.official, client_id=written["client_id"], name=written["name"], department=home, now=page.now
        )
    except (Invalid, Conflict) as error:
        return _list(page, 409 if isinstance(error, Conflict) else 400, written, error)
    return page.onward(f"/clients/{made.client_id}", done="client_entered")


def _found(page: Page, client_id: str) -> ApiClient:
    """The client, for administrators of its department alone: others learn no id from what is found."""
    page.require(Action.READ_CLIENTS)
    found = clients.get(page.db, client_id)
    page.require(Action.READ_CLIENTS, found.department_id)
    return found


@router.get("/clients/{client_id}")
def read_client(client_id: str, page: OwnPage) -> Response:
    """One client: roles, secrets, and what the caller may do about them."""
    return _client(page, _found(page, client_id))


def _client(page: Page, found: ApiClient, status: int = 200, fault: PlatformError | None = None) -> Response:
    is_living = found.revoked_at is None
    grid = page.grid("client.secret_list", _secret_columns(page), found.secrets, default_sort="-made")
    if page.query.get("format") == "xlsx":
        return page.export(grid)
    living = clients.living_secrets(found, page.now)
    manages = page.may(Action.MANAGE_CLIENTS, found.department_id) and is_living
    confirms = page.may(Action.MANAGE_CLIENT_ROLES, found.department_id) and is_living
    return page.render(
        "client.html",
        status,
        grid=grid,
        client=found,
        stamp=_stamp(found, page.now),
        may_add=manages and len(living) < 2,
        has_two=manages and len(living) >= 2,
        may_revoke=manages,
        revocable=living if manages else [],
        waiting=[s for s in living if s.is_waiting] if confirms else [],
        may_set_roles=confirms,
        roles=_grantable(page),
        kept=[Role(r) for r in found.roles if Role(r) not in _grantable(page)],
        faults=faults_of(page, fault, "expires"),
    )


def _secret_columns(page: Page) -> list[Column]:
    def state(secret: ClientSecret) -> str:
        if secret.revoked_at:
            return "revoked"
        if secret.expires_at and secret.expires_at <= page.now:
            return "expired"
        return "waiting" if secret.is_waiting else "living"

    return [
        Column("number", "client.secret", lambda s: s.id, "code"),
        Column("state", "state", state, "status"),
        Column("made", "client.made", lambda s: s.created_at, "moment"),
        Column("expires", "client.expires", lambda s: s.expires_at, "moment"),
        Column("revoked", "client.revoked", lambda s: s.revoked_at, "moment"),
    ]


def _grantable(page: Page) -> list[Role]:
    """The roles of programs that the caller may give and take."""
    everywhere = page.caller is not None and may_for_all(page.caller, Action.MANAGE_CLIENT_ROLES)
    return [role for role in Role if role not in ADMINISTRATORS and (everywhere or role not in CITY_ROLES)]


def _stamp(client: ApiClient, now: datetime) -> str:
    """What a form must bring back to show that its page was not overtaken by another's act."""
    return "-".join(str(secret.id) for secret in clients.living_secrets(client, now))


@router.post("/clients/{client_id}/secrets")
def add_secret(client_id: str, page: OwnPage, form: Form) -> Response:
    """A secret, shown this once."""
    found = _found(page, client_id)
    page.require(Action.MANAGE_CLIENTS, found.department_id)
    if text_of(form, "stamp", 60) != _stamp(found, page.now):
        raise Conflict("密钥在此期间已有变动", remedy="刷新后查看密钥")
    try:
        expires = _end_of(page, text_of(form, "expires", 20))
    except Invalid as error:
        return _client(page, found, 400, error)
    made, text = client_admin.add_secret(page.db, page.official, found, now=page.now, expires_at=expires)
    return page.render(
        "shown_once.html",
        title="client.new_secret",
        rows=[("client.id", found.client_id), ("client.new_secret", text)],
        steps=["client.once.hand_over", *(["client.once.waiting"] if made.is_waiting else []), "client.once.rotate"],
        back=f"/clients/{found.client_id}",
        back_text=found.name,
    )


def _end_of(page: Page, text: str) -> datetime | None:
    """The end of the day that was written, None for nothing; raises Invalid for a day that is over."""
    if not text:
        return None
    day = day_of(text, "expires")
    if day < page.today:
        raise Invalid("有效期不能早于今天", remedy="改填以后的日期，或留空", field="expires")
    return datetime.combine(day, time(23, 59, 59), page.house.settings.zone).astimezone(UTC)


@router.post("/clients/{client_id}/secrets/{secret_id}/confirmation")
def confirm_secret(client_id: str, secret_id: int, page: OwnPage, form: Form) -> Response:
    """Let a secret that waits open."""
    client_admin.confirm_secret(page.db, page.official, _found(page, client_id), secret_id, now=page.now)
    return page.onward(f"/clients/{client_id}", done="secret_confirmed")


@router.post("/clients/{client_id}/secrets/{secret_id}/revocation")
def revoke_secret(client_id: str, secret_id: int, page: OwnPage, form: Form) -> Response:
    """Let a secret sign in no more."""
    client_admin.revoke_secret(page.db, page.official, _found(page, client_id), secret_id, now=page.now)
    return page.onward(f"/clients/{client_id}", done="secret_revoked")


@router.post("/clients/{client_id}/roles")
def set_roles(client_id: str, page: OwnPage, form: Form) -> Response:
    """What the client may do from now on; roles beyond the caller's reach stay as they are."""
    found = _found(page, client_id)
    chosen = {str(value) for value in form.getlist("role")}
    kept = {role for role in found.roles if Role(role) not in _grantable(page)}
    client_admin.set_roles(page.db, page.official, found, chosen | kept, now=page.now)
    return page.onward(f"/clients/{client_id}", done="client_roles_set")


@router.post("/clients/{client_id}/revocation")
def revoke(client_id: str, page: OwnPage, form: Form) -> Response:
    """Shut a client out for good."""
    found = _found(page, client_id)
    if found.revoked_at is not None:
        raise Conflict("客户端已吊销", remedy="刷新后查看")
    client_admin.revoke(page.db, page.official, found, now=page.now)
    return page.onward(f"/clients/{client_id}", done="client_revoked")
