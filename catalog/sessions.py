"""Sessions of officials' browsers.

A session is a random token in a cookie, of which the register keeps a digest. It ends when it lies idle, when
its day is over, when its official leaves, is disabled or changes the password, and when the post ends for which
it acts: who may what is read from the posts at every use.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from itertools import groupby
from typing import Any

from sqlalchemy import Date, bindparam, delete, select
from sqlalchemy.orm import Session

from catalog import sign_ins
from catalog.errors import NotAllowed, NotFound, NotSignedIn
from catalog.last_uses import LastUses
from catalog.models import Department, Official, OfficialState, Post, SignInOutcome, WebSession
from catalog.posts import is_held
from catalog.prepared import Prepared
from catalog.roles import Caller, Role

IDLE, LIFETIME = timedelta(minutes=30), timedelta(hours=12)
MOST_SESSIONS = 10


@dataclass(frozen=True, slots=True)
class Desk:
    """A department that an official may act for, with the roles held there."""

    department_id: str
    slug: str
    name: str
    is_authority: bool
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class Visit:
    """A living session: who, at which desk, and what a form must bring back.

    desk: None until one of several departments is chosen. csrf: the token of this session's forms.
    """

    official_id: str
    login: str
    name: str
    desks: tuple[Desk, ...]
    desk: Desk | None
    csrf: str
    must_change_password: bool
    is_demo: bool

    @property
    def caller(self) -> Caller:
        """Who acts, for the policy; raises NotSignedIn before a department is chosen."""
        if self.desk is None:
            raise NotSignedIn("尚未选择办理业务的部门", remedy="先选择部门")
        return Caller(
            client_id=f"official:{self.login}",
            department_id=self.desk.department_id,
            department=self.desk.slug,
            roles=self.desk.roles,
            is_authority=self.desk.is_authority,
            official_id=self.official_id,
        )


def begin(
    db: Session,
    official: Official,
    *,
    means: str,
    now: datetime,
    today: date,
    department_id: str | None = None,
    lifetime: timedelta = LIFETIME,
) -> str:
    """A new session's token, for the browser alone; acts for the department, or for the only one there is."""
    db.execute(delete(WebSession).where(WebSession.expires_at <= now))
    _keep_few(db, official)
    desks = _desks(db.execute(_POSTS, {"official": official.id, "day": today}).all())
    if department_id is None and len(desks) == 1:
        department_id = desks[0].department_id
    return _open(db, official, department_id, means, now, now + lifetime)


def visit(db: Session, token: str, uses: LastUses, *, now: datetime, today: date, idle: timedelta = IDLE) -> Visit:
    """The session of a token, which counts as used now; raises NotSignedIn when there is none or it has ended."""
    rows = _SESSION_AND_POSTS.rows(db, {"token_hash": _digest(token), "day": today})
    found = _living(rows, uses, now, idle)
    desks = _desks(rows)
    desk = next((each for each in desks if each.department_id == found.department_id), None)
    if found.state is not OfficialState.ACTIVE or not desks or (found.department_id and desk is None):
        raise NotSignedIn("账号已停用或任职已结束", remedy="重新登录，或联系本部门管理员")
    uses.note(found.token_hash, now)
    return Visit(
        official_id=found.official_id,
        login=found.login,
        name=found.name,
        desks=desks,
        desk=desk,
        csrf=_csrf(found.csrf_secret, token),
        must_change_password=found.must_change_password and found.means == sign_ins.PASSWORD,
        is_demo=found.is_demo,
    )


def choose(
    db: Session, token: str, slug: str, uses: LastUses, *, now: datetime, today: date, idle: timedelta = IDLE
) -> str:
    """Act for another of the official's departments: a new token, the old one ends. Raises NotFound for no such."""
    rows = _SESSION_AND_POSTS.rows(db, {"token_hash": _digest(token), "day": today})
    old = _living(rows, uses, now, idle)
    desk = next((d for d in _desks(rows) if d.slug == slug), None)
    if desk is None:
        raise NotFound("您在该部门现无任职", remedy="从列出的部门中选择")
    fresh = _open(db, db.get_one(Official, old.official_id), desk.department_id, old.means, now, old.expires_at)
    _forget(db, old.token_hash)
    return fresh


def end(db: Session, token: str, *, address: str, now: datetime) -> None:
    """Sign out; nothing happens for a token of no session."""
    found = db.get(WebSession, _digest(token))
    if found is None:
        return
    sign_ins.keep(db, SignInOutcome.SIGNED_OUT, found.official, found.means, address=address, now=now)
    _forget(db, found.token_hash)


def require_csrf(found: Visit, sent: str) -> None:
    """Raise NotAllowed unless the token is the one that this session's forms carry."""
    if not hmac.compare_digest(found.csrf.encode(), sent.encode()):
        raise NotAllowed("页面已过期或请求来自其他网站", remedy="返回上一页，刷新后重新提交")


def _keep_few(db: Session, official: Official) -> None:
    """End the oldest sessions of someone who leaves too many open."""
    mine = select(WebSession).where(WebSession.official_id == official.id).order_by(WebSession.created_at.desc())
    for old in db.scalars(mine.offset(MOST_SESSIONS - 1)).all():
        _forget(db, old.token_hash)


def _forget(db: Session, token_hash: str) -> None:
    db.execute(delete(WebSession).where(WebSession.token_hash == token_hash))


def _open(
    db: Session, official: Official, department_id: str | None, means: str, now: datetime, expires_at: datetime
) -> str:
    token = secrets.token_urlsafe(32)
    db.add(
        WebSession(
            token_hash=_digest(token),
            official=official,
            department_id=department_id,
            csrf_secret=secrets.token_hex(32),
            means=means,
            created_at=now,
            seen_at=now,
            expires_at=expires_at,
        )
    )
    db.flush()
    return token


def _living(rows: Sequence[Any], uses: LastUses, now: datetime, idle: timedelta) -> Any:
    """A row of a token's session; raises NotSignedIn when there is none or it has ended."""
    found = rows[0] if rows else None
    if found is None or now >= found.expires_at or now - uses.latest(found.token_hash, found.seen_at) >= idle:
        raise NotSignedIn("登录已失效", remedy="请重新登录")
    return found


_HELD = is_held(bindparam("day", type_=Date))
_POST = (
    *(Department.id.label("desk_id"), Department.slug.label("desk_slug"), Department.name.label("desk_name")),
    *(Department.is_authority, Post.role),
)
_POSTS = (
    select(*_POST)
    .join(Department, Department.id == Post.department_id)
    .where(Post.official_id == bindparam("official"), _HELD)
    .order_by(Department.slug)
)
# every page reads this: the session with each post of its official; those that are not held are without a desk
_SESSION_AND_POSTS = Prepared(
    select(
        *(getattr(WebSession, name) for name in ("token_hash", "official_id", "department_id", "csrf_secret", "means")),
        *(WebSession.seen_at, WebSession.expires_at),
        *(getattr(Official, name) for name in ("login", "name", "state", "must_change_password", "is_demo")),
        *_POST,
    )
    .join(Official, Official.id == WebSession.official_id)
    .outerjoin(Post, Post.official_id == Official.id)
    .outerjoin(Department, (Department.id == Post.department_id) & _HELD)
    .where(WebSession.token_hash == bindparam("token_hash"))
    .order_by(Department.slug)
)


def _desks(rows: Iterable[Any]) -> tuple[Desk, ...]:
    """The departments of posts, in order, with the roles there."""
    posts = (row for row in rows if row.desk_id is not None)
    departments = groupby(posts, key=lambda row: (row.desk_id, row.desk_slug, row.desk_name, row.is_authority))
    return tuple(Desk(*department, frozenset(row.role for row in held)) for department, held in departments)


def _digest(token: str) -> str:
    """What the register knows of a token: 256 random bits need no slow hash."""
    return sha256(token.encode()).hexdigest()


def _csrf(secret: str, token: str) -> str:
    """Needs both the register's secret and the browser's token, so that neither alone can forge a form."""
    return hmac.new(secret.encode(), token.encode(), sha256).hexdigest()
