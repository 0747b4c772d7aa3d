"""Officials: their accounts, passwords and posts, and the three administrators who look after them.

The system administrator enters and disables accounts, the security administrator gives posts, the audit
administrator reads the logs. They are three people: nobody holds two of these roles, nobody holds one of them
beside another role, and nobody gives a post to himself. What one administrator could turn into access to data
alone (another's password) waits until the security administrator confirms it. Every act is logged.

`by` is who acts; None is whoever may run the command line on the server.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, or_, select
from sqlalchemy.orm import Session, contains_eager, selectinload

from catalog import admin_log, passwords
from catalog.errors import Conflict, Invalid, NotAllowed, NotFound
from catalog.lists import Listing
from catalog.models import Department, Official, OfficialState, Post, WebSession
from catalog.register import bump
from catalog.roles import ADMINISTRATORS, CITY_ROLES, Action, Caller, Role, may_for_all, require

_LOGIN = re.compile(r"[a-z][a-z0-9._-]{1,49}")


def get(db: Session, login: str) -> Official:
    """The official of that login; raises NotFound."""
    found = find(db, login)
    if found is None:
        raise NotFound("没有这一账号", remedy="核对账号", login=login[:50])
    return found


def find(db: Session, login: str) -> Official | None:
    """The official of that login, if there is one; a text that is no login never reaches the register."""
    if not _LOGIN.fullmatch(login):
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


def enter(
    db: Session,
    by: Caller | None,
    *,
    login: str,
    name: str,
    department: Department,
    now: datetime,
    is_demo: bool = False,
) -> tuple[Official, str]:
    """A new official without a post, and the first password, shown this once.

    Raises NotAllowed, Invalid for a login that is none, Conflict when it is taken.
    """
    _require(by, Action.MANAGE_ACCOUNTS, department)
    if not _LOGIN.fullmatch(login):
        raise Invalid("账号格式不正确", remedy="2 至 50 位小写字母、数字、点、横线、下划线，以字母开头", field="login")
    if not name.strip() or len(name) > 50:
        raise Invalid("姓名不能为空，也不能超过 50 字", remedy="填写真实姓名", field="name")
    if find(db, login) is not None:
        raise Conflict(f"账号 {login} 已被使用", remedy="换一个账号", field="login")
    first = passwords.first_password()
    official = Official(
        login=login,
        name=name.strip(),
        department=department,
        password_hash=passwords.hashed(first),
        password_set_at=now,
        must_change_password=not is_demo,
        is_demo=is_demo,
        created_at=now,
    )
    db.add(official)
    db.flush()
    _note(db, by, "enter_official", official, now=now)
    return official, first


def reset_password(db: Session, by: Caller | None, official: Official, *, now: datetime) -> str:
    """A new first password, shown this once; the account waits for the security administrator.

    Who resets a password knows it, and could go in as its owner: so a second person confirms.
    """
    _require(by, Action.MANAGE_ACCOUNTS, official.department)
    _forbid_self(by, official)
    first = passwords.first_password()
    official.password_hash, official.password_set_at = passwords.hashed(first), now
    official.must_change_password = True
    if by is not None and official.state is OfficialState.ACTIVE:
        official.state = OfficialState.HELD
    _note(db, by, "reset_password", official, now=now)
    end_sessions(db, official)
    return first


def confirm(db: Session, by: Caller | None, official: Official, *, now: datetime) -> None:
    """Let an account that waits open again; raises Conflict when it does not wait."""
    _require(by, Action.MANAGE_POSTS, official.department)
    _forbid_self(by, official)
    if official.state is not OfficialState.HELD:
        raise Conflict("账号不在待确认状态", remedy="刷新后查看账号状态", state=official.state.value)
    official.state = OfficialState.ACTIVE
    _note(db, by, "confirm_official", official, now=now)


def disable(db: Session, by: Caller | None, official: Official, *, now: datetime, today: date) -> None:
    """Shut an account; its sessions end at once."""
    _require(by, Action.MANAGE_ACCOUNTS, official.department)
    _forbid_self(by, official)
    for post in official.posts:
        if post.is_in_force(today):
            _require_another(db, post, today)
    official.state = OfficialState.DISABLED
    _note(db, by, "disable_official", official, now=now)
    end_sessions(db, official)


def enable(db: Session, by: Caller | None, official: Official, *, now: datetime) -> None:
    """Take a disabled account up again; it opens when the security administrator confirms it."""
    _require(by, Action.MANAGE_ACCOUNTS, official.department)
    _forbid_self(by, official)
    if official.state is not OfficialState.DISABLED:
        raise Conflict("账号未停用", remedy="刷新后查看账号状态", state=official.state.value)
    official.state = OfficialState.ACTIVE if by is None else OfficialState.HELD
    _note(db, by, "enable_official", official, now=now)


def change_password(db: Session, official: Official, new: str, *, now: datetime) -> None:
    """Take the password that the official chose, who was just recognised; every session ends.

    Raises Invalid for one that is easily guessed or is the old one.
    """
    passwords.require_good(new, login=official.login, name=official.name)
    if passwords.matches(official.password_hash, new):
        raise Invalid("新口令与原口令相同", remedy="换一个新的口令")
    official.password_hash, official.password_set_at = passwords.hashed(new), now
    official.must_change_password = False
    _note(db, None, "change_password", official, now=now, own=True)
    end_sessions(db, official)


def give_post(
    db: Session,
    by: Caller | None,
    official: Official,
    *,
    department: Department,
    role: Role,
    valid_from: date,
    valid_to: date | None = None,
    now: datetime,
) -> Post:
    """A role in a department from a day until before another, open when None.

    Raises NotAllowed when it would be the caller's own, or when the role reaches beyond the caller's department;
    Conflict when the official has the post, or when it would join an administrator's role with another.
    """
    _require(by, Action.MANAGE_POSTS, department)
    _forbid_self(by, official)
    _require_reach(by, role)
    if valid_to is not None and valid_to <= valid_from:
        raise Invalid("任职止日应晚于起日", remedy="核对任职起止日期", field="valid_to")
    for held in official.posts:
        if _overlap(held, valid_from, valid_to):
            _require_compatible(held, department, role)
    post = Post(department=department, role=role, valid_from=valid_from, valid_to=valid_to)
    official.posts.append(post)
    db.flush()
    _note_post(db, by, "give_post", post, now=now)
    return post


def end_post(db: Session, by: Caller | None, post: Post, *, on: date, now: datetime, today: date) -> None:
    """End a post on a day, from which it is no longer held; sessions that act for the department end then.

    Raises Conflict when it had ended, or when the city would be without one of its three administrators.
    """
    _require(by, Action.MANAGE_POSTS, post.department)
    _forbid_self(by, post.official)
    _require_reach(by, post.role)
    if post.valid_to is not None and post.valid_to <= on:
        raise Conflict("该任职已经结束", remedy="刷新后查看任职")
    _require_another(db, post, today)
    # a post that never came into force leaves an empty span, and stays in the record
    post.valid_to = max(on, post.valid_from)
    _note_post(db, by, "end_post", post, now=now)
    if on <= today:
        end_sessions(db, post.official, department_id=post.department_id)


def get_post(official: Official, post_id: int) -> Post:
    """A post of the official; raises NotFound."""
    found = next((post for post in official.posts if post.id == post_id), None)
    if found is None:
        raise NotFound("没有这一任职", remedy="刷新后查看任职")
    return found


def post_in(official: Official, department: Department, role: Role, day: date) -> Post:
    """The post of that role in that department on the day; raises NotFound."""
    found = next((p for p in posts_in_force(official, day) if (p.department_id, p.role) == (department.id, role)), None)
    if found is None:
        raise NotFound("没有这一任职", remedy="核对部门和角色")
    return found


def role_of(text: str) -> Role:
    """The role of that name; raises Invalid."""
    if text not in set(Role):
        raise Invalid(f"没有角色 {text[:40]}", remedy=f"可用角色：{'、'.join(Role)}")
    return Role(text)


def posts_in_force(official: Official, day: date) -> list[Post]:
    """What the official is on that day."""
    return [post for post in official.posts if post.is_in_force(day)]


def is_held(day: Any) -> ColumnElement[bool]:
    """The same as a condition on posts that are joined with their departments."""
    begun = Post.valid_from <= day
    ends = (or_(end.is_(None), day < end) for end in (Post.valid_to, Department.valid_to))
    return and_(begun, *ends)


def end_sessions(db: Session, official: Official, *, department_id: str | None = None) -> None:
    """Sign the official out everywhere, or everywhere that acts for one department."""
    query = delete(WebSession).where(WebSession.official_id == official.id)
    if department_id is not None:
        query = query.where(WebSession.department_id == department_id)
    db.execute(query)
    bump(db, "people")


def _require(by: Caller | None, action: Action, department: Department) -> None:
    if by is not None:
        require(by, action, department.id)


def _forbid_self(by: Caller | None, official: Official) -> None:
    if by is not None and by.official_id == official.id:
        raise NotAllowed("管理员不能对本人的账号或任职进行操作", remedy="请另一位管理员办理")


def _require_reach(by: Caller | None, role: Role) -> None:
    """A department's own administrator neither makes administrators nor gives roles that reach beyond it."""
    if by is not None and role in ADMINISTRATORS | CITY_ROLES and not may_for_all(by, Action.MANAGE_POSTS):
        raise NotAllowed(f"「{role.label}」只能由主管部门的安全保密管理员授予或收回", remedy="向主管部门申请")


def _require_compatible(held: Post, department: Department, role: Role) -> None:
    """Raise Conflict unless the role may stand beside a post that is held at the same time."""
    if (held.role, held.department_id) == (role, department.id):
        raise Conflict("该任职已存在", remedy="调整起止日期，或先结束原任职")
    if held.role is not role and {held.role, role} & ADMINISTRATORS:
        raise Conflict(
            f"「{held.role.label}」与「{role.label}」不得由同一人担任", remedy="三员分立：管理员不得兼任其他角色"
        )


def _overlap(post: Post, start: date, end: date | None) -> bool:
    begins_before = end is None or post.valid_from < end
    return begins_before and (post.valid_to is None or post.valid_to > start)


def _require_another(db: Session, post: Post, today: date) -> None:
    """Raise Conflict when the post is the last of an administrator of the authority."""
    if post.role not in ADMINISTRATORS or not post.department.is_authority or not post.is_in_force(today):
        return
    query = (
        select(Post)
        .join(Post.official)
        .where(
            Post.role == post.role,
            Post.department_id == post.department_id,
            Post.id != post.id,
            Official.id != post.official_id,
            Official.state == OfficialState.ACTIVE,
        )
    )
    if not any(other.is_in_force(today) for other in db.scalars(query)):
        raise Conflict(f"这是最后一位「{post.role.label}」", remedy="先任命另一位，再办理")


def _note(db: Session, by: Caller | None, act: str, official: Official, *, now: datetime, own: bool = False) -> None:
    actor = f"official:{official.login}" if own else admin_log.name_of(by)
    admin_log.note(db, actor, act, official.login, department_id=official.department_id, now=now)
    bump(db, "people")


def _note_post(db: Session, by: Caller | None, act: str, post: Post, *, now: datetime) -> None:
    admin_log.note(
        db,
        admin_log.name_of(by),
        act,
        post.official.login,
        department_id=post.department_id,
        now=now,
        role=post.role.value,
        valid_from=post.valid_from.isoformat(),
        valid_to=post.valid_to.isoformat() if post.valid_to else None,
    )
    bump(db, "people")
