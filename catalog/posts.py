"""Posts: roles that officials hold in departments for a time; an administrator's role stands beside no other."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from catalog import admin_log
from catalog.errors import Conflict, Invalid, NotAllowed, NotFound
from catalog.models import Department, Official, OfficialState, Post
from catalog.people import end_sessions, forbid_self, require_right
from catalog.register import bump
from catalog.roles import ADMINISTRATORS, CITY_ROLES, Action, Caller, Role, may_for_all


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
    require_right(by, Action.MANAGE_POSTS, department)
    forbid_self(by, official)
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
    require_right(by, Action.MANAGE_POSTS, post.department)
    forbid_self(by, post.official)
    _require_reach(by, post.role)
    if post.valid_to is not None and post.valid_to <= on:
        raise Conflict("该任职已经结束", remedy="刷新后查看任职")
    require_another(db, post, today)
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


def require_another(db: Session, post: Post, today: date) -> None:
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
