"""The log of what administrators do to accounts, posts and clients; rows are added and never changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload

from catalog.models import AdminAct, SignIn
from catalog.models.people import Official
from catalog.roles import Caller

COMMAND_LINE = "command line"


def name_of(by: Caller | None) -> str:
    """How logs call who acts; None is whoever may run the command line on the server."""
    return COMMAND_LINE if by is None else by.client_id


def note(db: Session, by: str, act: str, subject: str, *, department_id: str, now: datetime, **facts: Any) -> None:
    """Keep one act; facts never hold a password, a secret or a hash."""
    db.add(AdminAct(at=now, by=by, act=act, subject=subject, department_id=department_id, facts=facts))
    db.flush()


def acts(
    db: Session, department_id: str | None = None, *, subject: str = "", before: int | None = None, limit: int = 100
) -> Sequence[AdminAct]:
    """Acts, newest first; of one department unless None. before: the id to go on after."""
    query = select(AdminAct).options(joinedload(AdminAct.department)).order_by(AdminAct.id.desc()).limit(limit)
    if department_id is not None:
        query = query.where(AdminAct.department_id == department_id)
    if subject:
        query = query.where(AdminAct.subject == subject)
    return db.scalars(query if before is None else query.where(AdminAct.id < before)).all()


def sign_ins(
    db: Session, department_id: str | None = None, *, login: str = "", before: int | None = None, limit: int = 100
) -> Sequence[SignIn]:
    """Attempts to sign in and sign-outs, newest first; of one department's people unless None."""
    query = select(SignIn).options(joinedload(SignIn.official)).order_by(SignIn.id.desc()).limit(limit)
    if department_id is not None or login:
        query = query.join(SignIn.official)
    if department_id is not None:
        query = query.where(Official.department_id == department_id)
    if login:
        query = query.where(Official.login == login)
    return db.scalars(query if before is None else query.where(SignIn.id < before)).all()


def sign_in_page(
    db: Session, department_id: str | None, words: str, outcome: str, *, first: int, limit: int
) -> tuple[Sequence[SignIn], int]:
    """Attempts to sign in, newest first, from the `first`-th on, and how many there are in all.

    words: each is part of a login, a name or an address. outcome: its value, "" for any.
    """
    query = select(SignIn).outerjoin(SignIn.official)
    if department_id is not None:
        query = query.where(Official.department_id == department_id)
    if outcome:
        query = query.where(SignIn.outcome == outcome)
    for word in words.split():
        where = (c.contains(word, autoescape=True) for c in (Official.login, Official.name, SignIn.address))
        query = query.where(or_(*where))
    newest = query.options(joinedload(SignIn.official)).order_by(SignIn.id.desc())
    return db.scalars(newest.offset(first).limit(limit)).all(), _count(db, query.with_only_columns(SignIn.id))


def act_page(
    db: Session, department_id: str | None, words: str, act: str, *, first: int, limit: int
) -> tuple[Sequence[AdminAct], int]:
    """Acts, newest first, from the `first`-th on, and how many there are in all.

    words: each is part of who acted or of what was acted on. act: its name, "" for any.
    """
    query = select(AdminAct)
    if department_id is not None:
        query = query.where(AdminAct.department_id == department_id)
    if act:
        query = query.where(AdminAct.act == act)
    for word in words.split():
        query = query.where(or_(*(c.contains(word, autoescape=True) for c in (AdminAct.by, AdminAct.subject))))
    newest = query.options(joinedload(AdminAct.department)).order_by(AdminAct.id.desc())
    return db.scalars(newest.offset(first).limit(limit)).all(), _count(db, query.with_only_columns(AdminAct.id))


def kinds_of_acts(db: Session) -> Sequence[str]:
    """The names of acts that occur in the log."""
    return db.scalars(select(AdminAct.act).distinct().order_by(AdminAct.act)).all()


def _count(db: Session, query: Select[Any]) -> int:
    return db.scalar(select(func.count()).select_from(query.subquery())) or 0
