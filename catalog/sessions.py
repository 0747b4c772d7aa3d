"""Sessions of officials' browsers.

A session is a random token in a cookie, of which the register keeps a digest. It ends when it lies idle, when
its day is over, when its official leaves, is disabled or changes the password, and when the post ends for which
it acts: who may what is read from the posts at every use.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session, joinedload

from catalog import people, sign_ins
from catalog.errors import NotAllowed, NotFound, NotSignedIn
from catalog.last_uses import LastUses
from catalog.models import Official, OfficialState, Post, SignInOutcome, WebSession
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
    desks = _desks(people.posts_in_force(official, today))
    if department_id is None and len(desks) == 1:
        department_id = desks[0].department_id
    return _open(db, official, department_id, means, now, now + lifetime)


def visit(db: Session, token: str, uses: LastUses, *, now: datetime, today: date, idle: timedelta = IDLE) -> Visit:
    """The session of a token, which counts as used now; raises NotSignedIn when there is none or it has ended."""
    found = _living(db, token, uses, now, idle)
    official = found.official
    desks = _desks(people.posts_in_force(official, today))
    desk = next((each for each in desks if each.department_id == found.department_id), None)
    if official.state is not OfficialState.ACTIVE or not desks or (found.department_id and desk is None):
        raise NotSignedIn("账号已停用或任职已结束", remedy="重新登录，或联系本部门管理员")
    uses.note(found.token_hash, now)
    return Visit(
        official_id=official.id,
        login=official.login,
        name=official.name,
        desks=desks,
        desk=desk,
        csrf=_csrf(found.csrf_secret, token),
        must_change_password=official.must_change_password and found.means == sign_ins.PASSWORD,
        is_demo=official.is_demo,
    )


def choose(
    db: Session, token: str, slug: str, uses: LastUses, *, now: datetime, today: date, idle: timedelta = IDLE
) -> str:
    """Act for another of the official's departments: a new token, the old one ends. Raises NotFound for no such."""
    old = _living(db, token, uses, now, idle)
    desk = next((d for d in _desks(people.posts_in_force(old.official, today)) if d.slug == slug), None)
    if desk is None:
        raise NotFound("您在该部门现无任职", remedy="从列出的部门中选择")
    fresh = _open(db, old.official, desk.department_id, old.means, now, old.expires_at)
    _forget(db, old)
    return fresh


def end(db: Session, token: str, *, address: str, now: datetime) -> None:
    """Sign out; nothing happens for a token of no session."""
    found = db.get(WebSession, _digest(token))
    if found is None:
        return
    sign_ins.keep(db, SignInOutcome.SIGNED_OUT, found.official, found.means, address=address, now=now)
    _forget(db, found)


def require_csrf(found: Visit, sent: str) -> None:
    """Raise NotAllowed unless the token is the one that this session's forms carry."""
    if not hmac.compare_digest(found.csrf.encode(), sent.encode()):
        raise NotAllowed("页面已过期或请求来自其他网站", remedy="返回上一页，刷新后重新提交")


def _keep_few(db: Session, official: Official) -> None:
    """End the oldest sessions of someone who leaves too many open."""
    mine = select(WebSession).where(WebSession.official_id == official.id).order_by(WebSession.created_at.desc())
    for old in db.scalars(mine.offset(MOST_SESSIONS - 1)).all():
        _forget(db, old)


def _forget(db: Session, found: WebSession) -> None:
    db.execute(delete(WebSession).where(WebSession.token_hash == found.token_hash))


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


def _living(db: Session, token: str, uses: LastUses, now: datetime, idle: timedelta) -> WebSession:
    found = db.scalars(_SESSION, {"token_hash": _digest(token)}).unique().one_or_none()
    if found is None or now >= found.expires_at or now - uses.latest(found.token_hash, found.seen_at) >= idle:
        raise NotSignedIn("登录已失效", remedy="请重新登录")
    return found


_SESSION = (
    select(WebSession)
    .where(WebSession.token_hash == bindparam("token_hash"))
    .options(joinedload(WebSession.official).joinedload(Official.posts).joinedload(Post.department))
)


def _desks(posts: Sequence[Post]) -> tuple[Desk, ...]:
    departments = {post.department_id: post.department for post in posts}
    return tuple(
        Desk(
            department_id=each.id,
            slug=each.slug,
            name=each.name,
            is_authority=each.is_authority,
            roles=frozenset(post.role for post in posts if post.department_id == each.id),
        )
        for each in sorted(departments.values(), key=lambda d: d.slug)
    )


def _digest(token: str) -> str:
    """What the register knows of a token: 256 random bits need no slow hash."""
    return sha256(token.encode()).hexdigest()


def _csrf(secret: str, token: str) -> str:
    """Needs both the register's secret and the browser's token, so that neither alone can forge a form."""
    return hmac.new(secret.encode(), token.encode(), sha256).hexdigest()
