"""The log of what administrators do to accounts, posts and clients; rows are added and never changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload

from catalog.lists import Listing
from catalog.models import AdminAct, Department, SignIn
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


def sign_in_list(department_id: str | None) -> Listing[SignIn]:
    """Attempts to sign in, newest first, found by a login, a name or an address."""
    query = select(SignIn).outerjoin(SignIn.official)
    if department_id is not None:
        query = query.where(Official.department_id == department_id)
    return Listing(
        query,
        {
            "at": SignIn.at,
            "login": Official.login,
            "name": Official.name,
            "outcome": SignIn.outcome,
            "means": SignIn.means,
            "address": SignIn.address,
        },
        [SignIn.id.desc()],
        (Official.login, Official.name, SignIn.address),
        ("outcome",),
        load=[contains_eager(SignIn.official)],
    )


def act_list(department_id: str | None) -> Listing[AdminAct]:
    """Acts of administrators, newest first, found by who acted or by what was acted on."""
    query = select(AdminAct).join(AdminAct.department)
    if department_id is not None:
        query = query.where(AdminAct.department_id == department_id)
    return Listing(
        query,
        {
            "at": AdminAct.at,
            "by": AdminAct.by,
            "act": AdminAct.act,
            "subject": AdminAct.subject,
            "department": Department.name,
        },
        [AdminAct.id.desc()],
        (AdminAct.by, AdminAct.subject),
        ("act", "department"),
        load=[contains_eager(AdminAct.department)],
    )
