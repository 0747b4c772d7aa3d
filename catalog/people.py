"""Officials, and what binds the three administrators who look after them.

The system administrator enters and disables accounts (`catalog.accounts`), the security administrator gives posts
(`catalog.posts`), the audit administrator reads the logs. They are three people: nobody holds two of these roles,
nobody holds one of them beside another role, and nobody gives a post to himself. What one administrator could turn
into access to data alone (another's password) waits until the security administrator confirms it. Every act is logged.

`by` is who acts; None is whoever may run the command line on the server.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session, contains_eager, selectinload

from catalog import admin_log
from catalog.errors import NotAllowed, NotFound
from catalog.lists import Listing
from catalog.models import Department, Official, Post, WebSession
from catalog.register import bump
from catalog.roles import Action, Caller, require

LOGIN = re.compile(r"[a-z][a-z0-9._-]{1,49}")


def get(db: Session, login: str) -> Official:
    """The official of that login; raises NotFound."""
    found = find(db, login)
    if found is None:
        raise NotFound("没有这一账号", remedy="核对账号", login=login[:50])
    return found


def find(db: Session, login: str) -> Official | None:
    """The official of that login, if there is one; a text that is no login never reaches the register."""
    if not LOGIN.fullmatch(login):
        return None
    return db.scalar(select(Official).where(Official.login == login))


def listed(db: Session, department_id: str | None = None) -> Sequence[Official]:
    """Officials by login: those of a department and those with a post in it, or all."""
    query = select(Official).order_by(Official.login)
    if department_id is not None:
        here = Official.posts.any(Post.department_id == department_id)
        query = query.where(or_(Official.department_id == department_id, here))
    return db.scalars(query).all()


def listing(department_id: str | None) -> Listing[Official]:
    """Officials by login, as `listed`, found by a login, a name or a department's name."""
    query = select(Official).join(Official.department)
    if department_id is not None:
        here = Official.posts.any(Post.department_id == department_id)
        query = query.where(or_(Official.department_id == department_id, here))
    return Listing(
        query,
        {
            "login": Official.login,
            "name": Official.name,
            "department": Department.name,
            "state": Official.state,
            "created": Official.created_at,
        },
        [Official.login],
        (Official.login, Official.name, Department.name),
        ("department", "state"),
        load=[contains_eager(Official.department), selectinload(Official.posts).joinedload(Post.department)],
    )


def end_sessions(db: Session, official: Official, *, department_id: str | None = None) -> None:
    """Sign the official out everywhere, or everywhere that acts for one department."""
    query = delete(WebSession).where(WebSession.official_id == official.id)
    if department_id is not None:
        query = query.where(WebSession.department_id == department_id)
    db.execute(query)
    bump(db, "people")


def require_right(by: Caller | None, action: Action, department: Department) -> None:
    """Raise NotAllowed unless who acts may do that in the department."""
    if by is not None:
        require(by, action, department.id)


def forbid_self(by: Caller | None, official: Official) -> None:
    """Raise NotAllowed when who acts would act on himself."""
    if by is not None and by.official_id == official.id:
        raise NotAllowed("管理员不能对本人的账号或任职进行操作", remedy="请另一位管理员办理")


def note_act(db: Session, by: Caller | None, act: str, official: Official, *, now: datetime, own: bool = False) -> None:
    """Log an act, of the official himself when `own`; whoever holds his posts in memory looks again."""
    actor = f"official:{official.login}" if own else admin_log.name_of(by)
    admin_log.note(db, actor, act, official.login, department_id=official.department_id, now=now)
    bump(db, "people")
