"""Accounts of officials: entered, disabled and taken up again, their passwords given anew and changed."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from catalog import passwords
from catalog.errors import Conflict, Invalid
from catalog.models import Department, Official, OfficialState
from catalog.people import LOGIN, end_sessions, find, forbid_self, note_act, require_right
from catalog.posts import require_another
from catalog.roles import Action, Caller


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
    require_right(by, Action.MANAGE_ACCOUNTS, department)
    if not LOGIN.fullmatch(login):
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
    note_act(db, by, "enter_official", official, now=now)
    return official, first


def reset_password(db: Session, by: Caller | None, official: Official, *, now: datetime) -> str:
    """A new first password, shown this once; the account waits for the security administrator.

    Who resets a password knows it, and could go in as its owner: so a second person confirms.
    """
    require_right(by, Action.MANAGE_ACCOUNTS, official.department)
    forbid_self(by, official)
    first = passwords.first_password()
    official.password_hash, official.password_set_at = passwords.hashed(first), now
    official.must_change_password = True
    if by is not None and official.state is OfficialState.ACTIVE:
        official.state = OfficialState.HELD
    note_act(db, by, "reset_password", official, now=now)
    end_sessions(db, official)
    return first


def confirm(db: Session, by: Caller | None, official: Official, *, now: datetime) -> None:
    """Let an account that waits open again; raises Conflict when it does not wait."""
    require_right(by, Action.MANAGE_POSTS, official.department)
    forbid_self(by, official)
    if official.state is not OfficialState.HELD:
        raise Conflict("账号不在待确认状态", remedy="刷新后查看账号状态", state=official.state.value)
    official.state = OfficialState.ACTIVE
    note_act(db, by, "confirm_official", official, now=now)


def disable(db: Session, by: Caller | None, official: Official, *, now: datetime, today: date) -> None:
    """Shut an account; its sessions end at once."""
    require_right(by, Action.MANAGE_ACCOUNTS, official.department)
    forbid_self(by, official)
    for post in official.posts:
        if post.is_in_force(today):
            require_another(db, post, today)
    official.state = OfficialState.DISABLED
    note_act(db, by, "disable_official", official, now=now)
    end_sessions(db, official)


def enable(db: Session, by: Caller | None, official: Official, *, now: datetime) -> None:
    """Take a disabled account up again; it opens when the security administrator confirms it."""
    require_right(by, Action.MANAGE_ACCOUNTS, official.department)
    forbid_self(by, official)
    if official.state is not OfficialState.DISABLED:
        raise Conflict("账号未停用", remedy="刷新后查看账号状态", state=official.state.value)
    official.state = OfficialState.ACTIVE if by is None else OfficialState.HELD
    note_act(db, by, "enable_official", official, now=now)


def change_password(db: Session, official: Official, new: str, *, now: datetime) -> None:
    """Take the password that the official chose, who was just recognised; every session ends.

    Raises Invalid for one that is easily guessed or is the old one.
    """
    passwords.require_good(new, login=official.login, name=official.name)
    if passwords.matches(official.password_hash, new):
        raise Invalid("新口令与原口令相同", remedy="换一个新的口令")
    official.password_hash, official.password_set_at = passwords.hashed(new), now
    official.must_change_password = False
    note_act(db, None, "change_password", official, now=now, own=True)
    end_sessions(db, official)
