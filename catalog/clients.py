"""Programs of departments: their secrets, their sign-in, their tokens.

A token names the client and its end; department and roles are read from the register's newest state,
so that a revoked client or a lost role takes effect with the next revision of `clients`.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import jwt
from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import case, select
from sqlalchemy.orm import Session, joinedload, selectinload

from catalog.errors import Conflict, Invalid, LockedOut, NotFound, NotSignedIn
from catalog.keys import Keys, Purpose
from catalog.lists import Listing
from catalog.lockouts import Lockouts
from catalog.models import ApiClient, ClientSecret, Department
from catalog.register import bump
from catalog.roles import ADMINISTRATORS, Caller, Role

TOKEN_TIME = timedelta(minutes=30)
ISSUER = "sixbase"
# no colon: `official:` and a login is how people are named where clients are
_CLIENT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
# secrets are 256 random bits, so the mildest cost that OWASP names is enough
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


def register(
    db: Session,
    client_id: str,
    *,
    department: Department,
    name: str,
    roles: Iterable[str],
    now: datetime,
    is_demo: bool = False,
) -> ApiClient:
    """A new client without a secret; Invalid for a role no client may have, Conflict when the id is taken."""
    wanted = checked_roles(roles)
    if not _CLIENT_ID.fullmatch(client_id):
        raise Invalid("客户端标识格式不正确", remedy="1 至 64 位字母、数字、点、横线、下划线", field="client_id")
    if db.get(ApiClient, client_id) is not None:
        raise Conflict(f"客户端标识 {client_id} 已被使用", remedy="换一个标识", field="client_id")
    client = ApiClient(
        client_id=client_id, department=department, name=name, roles=wanted, is_demo=is_demo, created_at=now
    )
    db.add(client)
    bump(db, "clients")
    db.flush()
    return client


def checked_roles(roles: Iterable[str]) -> list[str]:
    """The roles in order; raises Invalid for one that is none, or that only a person may hold."""
    wanted = set(roles)
    if unknown := wanted - (set(Role) - ADMINISTRATORS):
        allowed = "、".join(role for role in Role if role not in ADMINISTRATORS)
        raise Invalid(f"客户端没有角色 {'、'.join(sorted(unknown))[:200]}", remedy=f"可用角色：{allowed}")
    return sorted(wanted)


def new_secret(
    db: Session, client: ApiClient, *, now: datetime, expires_at: datetime | None = None, is_waiting: bool = False
) -> str:
    """A secret, shown this once; Conflict when there are two already, waiting ones included."""
    if len(living_secrets(client, now)) >= 2:
        raise Conflict("客户端已有两个有效密钥", remedy="先吊销一个旧密钥", client=client.client_id)
    secret = secrets.token_urlsafe(32)
    client.secrets.append(
        ClientSecret(secret_hash=_HASHER.hash(secret), is_waiting=is_waiting, created_at=now, expires_at=expires_at)
    )
    db.flush()
    return secret


def revoke_secret(db: Session, secret: ClientSecret, *, now: datetime) -> None:
    """Let a secret sign in no more; tokens that it obtained run out by themselves."""
    secret.revoked_at = secret.revoked_at or now
    db.flush()


def revoke(db: Session, client: ApiClient, *, now: datetime) -> None:
    """Shut a client out; its tokens fail as soon as the workers see the new revision."""
    client.revoked_at = client.revoked_at or now
    bump(db, "clients")
    db.flush()


def set_roles(db: Session, client: ApiClient, roles: Iterable[str]) -> None:
    """Change what a client may do, its living tokens included."""
    client.roles = checked_roles(roles)
    bump(db, "clients")
    db.flush()


def get(db: Session, client_id: str) -> ApiClient:
    """The client of that id; raises NotFound."""
    found = find(db, client_id)
    if found is None:
        raise NotFound("没有这一客户端", remedy="核对客户端标识", client=client_id[:64])
    return found


def find(db: Session, client_id: str) -> ApiClient | None:
    """The client of that id, if there is one; a text that is no id never reaches the register."""
    return db.get(ApiClient, client_id) if _CLIENT_ID.fullmatch(client_id) else None


def listed(db: Session, department_id: str | None = None) -> Sequence[ApiClient]:
    """Clients of a department, or every client, by id."""
    loaded = (joinedload(ApiClient.department), selectinload(ApiClient.secrets))
    query = select(ApiClient).options(*loaded).order_by(ApiClient.client_id)
    return db.scalars(query if department_id is None else query.where(ApiClient.department_id == department_id)).all()


LIVING, REVOKED = "living", "revoked"


def listing(department_id: str | None) -> Listing[ApiClient]:
    """The same as a list to search, sort and cut."""
    query = select(ApiClient).join(Department, ApiClient.department_id == Department.id)
    return Listing(
        query if department_id is None else query.where(ApiClient.department_id == department_id),
        {
            "client": ApiClient.client_id,
            "name": ApiClient.name,
            "department": Department.name,
            "state": case((ApiClient.revoked_at.is_(None), LIVING), else_=REVOKED),
            "created": ApiClient.created_at,
        },
        [ApiClient.client_id],
        (ApiClient.client_id, ApiClient.name, Department.name),
        ("department", "state"),
        load=[joinedload(ApiClient.department), selectinload(ApiClient.secrets)],
    )


def authenticate(
    db: Session, lockouts: Lockouts, client_id: str, secret: str, *, address: str, now: datetime
) -> ApiClient:
    """The client that this secret opens; raises NotSignedIn, LockedOut after repeated failures.

    The attempt is counted before the secret is looked at, so that parallel guesses gain nothing; an unknown
    client costs as much time as a known one.
    """
    wait = lockouts.attempt(client_id, address, now)
    if wait:
        raise LockedOut(f"连续登录失败，{wait} 秒后再试", remedy="核对密钥后重试", seconds=wait)
    client = find(db, client_id)
    known = client if client is not None and client.revoked_at is None else None
    hashes = [s.secret_hash for s in _valid(known, now)] if known else []
    # as many hashes for everybody: how many secrets a client has is nobody's business
    opened = [_matches(h, secret) for h in (*hashes, _dummy(), _dummy())[:2]]
    if known is None or not any(opened[: len(hashes)]):
        raise NotSignedIn("客户端标识或密钥不正确", remedy="核对 client_id 和 client_secret，或申请新密钥")
    lockouts.succeed(client_id, address)
    return known


def living_secrets(client: ApiClient, now: datetime) -> list[ClientSecret]:
    """Secrets neither revoked nor expired; the waiting ones open nothing yet."""
    return [s for s in client.secrets if s.revoked_at is None and (s.expires_at is None or s.expires_at > now)]


def _valid(client: ApiClient, now: datetime) -> list[ClientSecret]:
    return [s for s in living_secrets(client, now) if not s.is_waiting]


def _matches(secret_hash: str, secret: str) -> bool:
    try:
        return _HASHER.verify(secret_hash, secret)
    except VerificationError:
        return False


@cache
def _dummy() -> str:
    return _HASHER.hash(secrets.token_urlsafe(32))


def issue_token(keys: Keys, client: ApiClient, *, now: datetime, lifetime: timedelta = TOKEN_TIME) -> tuple[str, int]:
    """A bearer token and the seconds it lives."""
    key = keys.current(Purpose.TOKEN)
    claims = {
        "iss": ISSUER,
        "sub": client.client_id,
        "iat": int(now.timestamp()),
        "exp": int((now + lifetime).timestamp()),
        "jti": secrets.token_hex(8),
    }
    token = jwt.encode(claims, key.secret, algorithm="HS256", headers={"kid": key.id})
    return token, int(lifetime.total_seconds())


def read_token(keys: Keys, token: str) -> tuple[str, datetime]:
    """The client a token was issued to and when it ends; raises NotSignedIn when we did not issue it."""
    try:
        key_id = jwt.get_unverified_header(token).get("kid", "")
        key = keys.find(key_id)
        if key is None or key.purpose is not Purpose.TOKEN:
            raise NotSignedIn("令牌的签名密钥已停用", remedy="重新申请令牌")
        claims: dict[str, Any] = jwt.decode(
            token,
            key.secret,
            algorithms=["HS256"],
            issuer=ISSUER,
            # the end is judged by the clock that the caller passes in
            options={"verify_exp": False, "verify_iat": False, "require": ["sub", "exp"]},
        )
    except jwt.PyJWTError as error:
        raise NotSignedIn("令牌无效", remedy="向 /oauth/token 申请令牌") from error
    return claims["sub"], datetime.fromtimestamp(claims["exp"], UTC)


def callers(db: Session, today: datetime) -> dict[str, Caller]:
    """Every client that may call now, by id: not revoked, of a department that exists on the day."""
    rows = db.scalars(select(ApiClient).options(joinedload(ApiClient.department)).where(ApiClient.revoked_at.is_(None)))
    day = today.date()
    return {
        row.client_id: Caller(
            client_id=row.client_id,
            department_id=row.department_id,
            department=row.department.slug,
            roles=frozenset(Role(r) for r in row.roles),
            is_authority=row.department.is_authority,
        )
        for row in rows
        if row.department.valid_to is None or row.department.valid_to > day
    }
