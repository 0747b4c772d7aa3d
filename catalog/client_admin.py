"""What administrators do to API clients: two of them together, so that none opens data to itself.

The system administrator enters a client and takes its secrets, the security administrator gives it roles and
confirms each secret before it opens anything. Every act is logged. `by` None is the command line.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from catalog import admin_log, clients
from catalog.errors import Conflict, NotAllowed, NotFound
from catalog.models import ApiClient, ClientSecret, Department
from catalog.register import bump
from catalog.roles import CITY_ROLES, Action, Caller, may_for_all, require


def enter(
    db: Session, by: Caller | None, *, client_id: str, name: str, department: Department, now: datetime
) -> ApiClient:
    """A new client without roles or secrets; raises as `clients.register`."""
    _require(by, Action.MANAGE_CLIENTS, department.id)
    client = clients.register(db, client_id, department=department, name=name, roles=(), now=now)
    _note(db, by, "enter_client", client, now)
    return client


def set_roles(db: Session, by: Caller | None, client: ApiClient, roles: Iterable[str], *, now: datetime) -> None:
    """Say what a client may do; NotAllowed for roles that reach beyond the department of who gives them."""
    _require(by, Action.MANAGE_CLIENT_ROLES, client.department_id)
    wanted = clients.checked_roles(roles)
    beyond = (set(wanted) ^ set(client.roles)) & CITY_ROLES
    if by is not None and beyond and not may_for_all(by, Action.MANAGE_CLIENT_ROLES):
        raise NotAllowed("跨部门的角色只能由主管部门的安全保密管理员授予或收回", remedy="向主管部门申请")
    clients.set_roles(db, client, wanted)
    _note(db, by, "set_client_roles", client, now, roles=wanted)


def add_secret(
    db: Session, by: Caller | None, client: ApiClient, *, now: datetime, expires_at: datetime | None = None
) -> tuple[ClientSecret, str]:
    """A secret, shown this once; it waits for the second administrator. Conflict when there are two."""
    _require(by, Action.MANAGE_CLIENTS, client.department_id)
    if client.revoked_at is not None:
        raise Conflict("客户端已吊销", remedy="登记新的客户端")
    text = clients.new_secret(db, client, now=now, expires_at=expires_at, is_waiting=by is not None)
    made = client.secrets[-1]
    _note(db, by, "add_client_secret", client, now, secret=made.id)
    return made, text


def confirm_secret(db: Session, by: Caller | None, client: ApiClient, secret_id: int, *, now: datetime) -> None:
    """Let a waiting secret open; Conflict when it does not wait."""
    _require(by, Action.MANAGE_CLIENT_ROLES, client.department_id)
    found = _secret(client, secret_id)
    if not found.is_waiting or found.revoked_at is not None:
        raise Conflict("密钥不在待确认状态", remedy="刷新后查看密钥状态")
    found.is_waiting = False
    _note(db, by, "confirm_client_secret", client, now, secret=secret_id)


def revoke_secret(db: Session, by: Caller | None, client: ApiClient, secret_id: int, *, now: datetime) -> None:
    """Let a secret sign in no more."""
    _require(by, Action.MANAGE_CLIENTS, client.department_id)
    clients.revoke_secret(db, _secret(client, secret_id), now=now)
    _note(db, by, "revoke_client_secret", client, now, secret=secret_id)


def revoke(db: Session, by: Caller | None, client: ApiClient, *, now: datetime) -> None:
    """Shut a client out for good, its tokens included."""
    _require(by, Action.MANAGE_CLIENTS, client.department_id)
    clients.revoke(db, client, now=now)
    _note(db, by, "revoke_client", client, now)


def _secret(client: ApiClient, secret_id: int) -> ClientSecret:
    found = next((secret for secret in client.secrets if secret.id == secret_id), None)
    if found is None:
        raise NotFound("没有这一密钥", remedy="刷新后查看密钥")
    return found


def _require(by: Caller | None, action: Action, department_id: str) -> None:
    if by is not None:
        require(by, action, department_id)


def _note(db: Session, by: Caller | None, act: str, client: ApiClient, now: datetime, **facts: object) -> None:
    actor = admin_log.name_of(by)
    admin_log.note(db, actor, act, client.client_id, department_id=client.department_id, now=now, **facts)
    bump(db, "clients")
