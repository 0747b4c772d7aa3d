"""Officials, the posts they hold for a time, their sessions, and the logs of sign-ins and of administration."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.models.base import Model, new_id, term_column
from catalog.models.organisation import Department
from catalog.roles import Role
from catalog.vocab import Term


class OfficialState(Term):
    """Whether an account opens; a held one waits for the security administrator."""

    ACTIVE = "active", "正常"
    HELD = "held", "待安全保密管理员确认"
    DISABLED = "disabled", "停用"


class SignInOutcome(Term):
    """How an attempt to sign in ended."""

    SIGNED_IN = "signed_in", "登录成功"
    UNKNOWN = "unknown", "无此账号"
    WRONG_PASSWORD = "wrong_password", "口令不正确"
    LOCKED = "locked", "失败次数过多，暂时锁定"
    HELD = "held", "账号待确认"
    DISABLED = "disabled", "账号已停用"
    NO_POST = "no_post", "现无任职"
    SIGNED_OUT = "signed_out", "退出"


class Official(Model):
    """A person of the city with an account; what the person may do is said by posts alone.

    department: whose administrator looks after the account. password_hash: argon2; None when the city's
    identity provider is the only way in.
    """

    __tablename__ = "official"

    id: Mapped[str] = mapped_column(String(20), primary_key=True, default=new_id)
    login: Mapped[str] = mapped_column(String(50), unique=True)
    name: Mapped[str] = mapped_column(String(50))
    department_id: Mapped[str] = mapped_column(ForeignKey("department.id"), index=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    password_set_at: Mapped[datetime | None]
    must_change_password: Mapped[bool] = mapped_column(default=True)
    is_demo: Mapped[bool] = mapped_column(default=False)
    state: Mapped[OfficialState] = mapped_column(term_column(OfficialState), default=OfficialState.ACTIVE)
    created_at: Mapped[datetime]

    department: Mapped[Department] = relationship()
    posts: Mapped[list[Post]] = relationship(order_by="Post.id", cascade="all, delete-orphan")


class Post(Model):
    """A role in a department, in force from a day until before another."""

    __tablename__ = "post"

    id: Mapped[int] = mapped_column(primary_key=True)
    official_id: Mapped[str] = mapped_column(ForeignKey("official.id"), index=True)
    department_id: Mapped[str] = mapped_column(ForeignKey("department.id"), index=True)
    role: Mapped[Role] = mapped_column(term_column(Role))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]

    department: Mapped[Department] = relationship()
    official: Mapped[Official] = relationship(back_populates="posts")

    def is_in_force(self, day: date) -> bool:
        """Whether the post is held on the day, in a department that exists on it."""
        ends = [end for end in (self.valid_to, self.department.valid_to) if end is not None]
        return self.valid_from <= day and all(day < end for end in ends)


class WebSession(Model):
    """A browser that is signed in; the token itself is with the browser alone.

    department_id: for which the official acts; None until one of several is chosen. means: as in SignIn.
    """

    __tablename__ = "web_session"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    official_id: Mapped[str] = mapped_column(ForeignKey("official.id"), index=True)
    department_id: Mapped[str | None] = mapped_column(ForeignKey("department.id"))
    csrf_secret: Mapped[str] = mapped_column(String(64))
    means: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)

    official: Mapped[Official] = relationship()


class SignIn(Model):
    """One attempt to sign in, or a sign-out; a login that does not exist is not kept, it may be a password.

    means: `password`, or `oidc` for the city's identity provider.
    """

    __tablename__ = "sign_in"
    __table_args__ = (Index("ix_sign_in_official_id_at", "official_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    official_id: Mapped[str | None] = mapped_column(ForeignKey("official.id"))
    outcome: Mapped[SignInOutcome] = mapped_column(term_column(SignInOutcome))
    means: Mapped[str] = mapped_column(String(20))
    address: Mapped[str] = mapped_column(String(64))

    official: Mapped[Official | None] = relationship()


class AdminAct(Model):
    """Something an administrator did to an account, a post or a client; rows are added and never changed.

    by: as `Caller.client_id`, or `command line`. department_id: whose account, post or client it was.
    """

    __tablename__ = "admin_act"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    by: Mapped[str] = mapped_column(String(100))
    act: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(100), index=True)
    department_id: Mapped[str] = mapped_column(ForeignKey("department.id"), index=True)
    facts: Mapped[dict[str, Any]]

    department: Mapped[Department] = relationship()
