"""What stands where for those whose work seldom comes as things to do: bureaus, auditors, administrators."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from catalog import projects
from catalog.acceptance import Verdict
from catalog.models import (
    AdminAct,
    ApiClient,
    ClientSecret,
    Grant,
    Official,
    OfficialState,
    Post,
    QualityOrder,
    SignIn,
    SignInOutcome,
)
from catalog.roles import Action, Caller, Role, may, scope

DAY, WEEK, MONTH = timedelta(days=1), timedelta(days=7), timedelta(days=30)
# who judges projects; departments meet theirs in their own work
_JUDGES = frozenset({Role.ACCEPTANCE_OFFICER, Role.APPROVAL_BUREAU, Role.FINANCE_BUREAU, Role.AUDITOR})
_FAILED = (SignInOutcome.UNKNOWN, SignInOutcome.WRONG_PASSWORD, SignInOutcome.LOCKED)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of something. name: what it counts; path: the page that shows them; tone: of any that there are."""

    name: str
    value: int
    path: str
    tone: str = ""


def figures(db: Session, caller: Caller, now: datetime) -> list[Figure]:
    """The numbers that the caller's roles answer for, as far as the caller reaches."""
    wanted = [(action, part) for action, part in _PARTS if may(caller, action)]
    if not caller.roles & _JUDGES:
        wanted = [(action, part) for action, part in wanted if part is not _projects]
    return [each for action, part in wanted for each in part(db, scope(caller, action), now)]


def _count(db: Session, query: Select[Any]) -> int:
    return db.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0


def _of(query: Select[Any], column: Any, whose: str | None) -> Select[Any]:
    return query if whose is None else query.where(column == whose)


def _projects(db: Session, whose: str | None, now: datetime) -> list[Figure]:
    """How far the projects are: what may be approved and paid follows from it."""
    found = [each.verdict for each in projects.listing(whose).all(db)]
    return [
        Figure("projects", len(found), "/projects"),
        Figure("projects_ready", found.count(Verdict.READY), f"/projects?verdict={Verdict.READY}"),
        Figure("projects_not_ready", found.count(Verdict.NOT_READY), f"/projects?verdict={Verdict.NOT_READY}", "bad"),
        Figure("projects_unchecked", found.count(None), "/projects?sort=verdict", "warn"),
    ]


def _oversight(db: Session, whose: str | None, now: datetime) -> list[Figure]:
    living = select(Grant.id).where(Grant.revoked_at.is_(None), ~Grant.is_probe)
    late = select(QualityOrder.id).where(QualityOrder.state == "open", QualityOrder.due_at < now)
    return [
        Figure("grants", _count(db, living), "/grants"),
        Figure("orders_overdue", _count(db, late), "/orders", "bad"),
    ]


def _accounts(db: Session, whose: str | None, now: datetime) -> list[Figure]:
    everyone = _of(select(Official.id), Official.department_id, whose)
    active = everyone.where(Official.state == OfficialState.ACTIVE)
    return [
        Figure("accounts", _count(db, active), f"/people?state={OfficialState.ACTIVE}"),
        Figure("accounts_first_password", _count(db, active.where(Official.must_change_password)), "/people", "warn"),
        Figure(
            "accounts_disabled",
            _count(db, everyone.where(Official.state == OfficialState.DISABLED)),
            f"/people?state={OfficialState.DISABLED}",
        ),
    ]


def _secrets(db: Session, whose: str | None, now: datetime) -> list[Figure]:
    clients = _of(select(ApiClient.client_id).where(ApiClient.revoked_at.is_(None)), ApiClient.department_id, whose)
    living = ClientSecret.revoked_at.is_(None), ClientSecret.expires_at.between(now, now + MONTH)
    ending = select(ClientSecret.id).where(ClientSecret.client_id.in_(clients), *living)
    return [
        Figure("clients", _count(db, clients), "/clients?state=living"),
        Figure("secrets_ending", _count(db, ending), "/clients", "warn"),
    ]


def _posts(db: Session, whose: str | None, now: datetime) -> list[Figure]:
    today = now.date()
    held = _of(select(Post.id).where(Post.valid_from <= today), Post.department_id, whose)
    held = held.where(Post.valid_to.is_(None) | (Post.valid_to > today))
    waiting = _of(select(Official.id).where(Official.state == OfficialState.HELD), Official.department_id, whose)
    return [
        Figure("posts", _count(db, held), "/people"),
        Figure("posts_ending", _count(db, held.where(Post.valid_to <= today + MONTH)), "/people", "warn"),
        Figure("accounts_waiting", _count(db, waiting), f"/people?state={OfficialState.HELD}", "warn"),
    ]


def _client_roles(db: Session, whose: str | None, now: datetime) -> list[Figure]:
    waiting = select(ClientSecret.id).join(ApiClient, ClientSecret.client_id == ApiClient.client_id)
    waiting = waiting.where(ClientSecret.is_waiting, ClientSecret.revoked_at.is_(None))
    return [Figure("secrets_waiting", _count(db, _of(waiting, ApiClient.department_id, whose)), "/clients", "warn")]


def _sign_ins(db: Session, whose: str | None, now: datetime) -> list[Figure]:
    tried = select(SignIn.id).where(SignIn.at >= now - DAY)
    if whose is not None:
        tried = tried.join(SignIn.official).where(Official.department_id == whose)
    locked = tried.where(SignIn.outcome == SignInOutcome.LOCKED)
    return [
        Figure("sign_ins", _count(db, tried.where(SignIn.outcome == SignInOutcome.SIGNED_IN)), "/logs/sign-ins"),
        Figure("sign_ins_failed", _count(db, tried.where(SignIn.outcome.in_(_FAILED))), "/logs/sign-ins", "warn"),
        Figure("sign_ins_locked", _count(db, locked), f"/logs/sign-ins?outcome={SignInOutcome.LOCKED}", "bad"),
    ]


def _acts(db: Session, whose: str | None, now: datetime) -> list[Figure]:
    recent = _of(select(AdminAct.id).where(AdminAct.at >= now - WEEK), AdminAct.department_id, whose)
    return [Figure("acts", _count(db, recent), "/logs/administration")]


_Part = Callable[[Session, str | None, datetime], list[Figure]]
_PARTS: list[tuple[Action, _Part]] = [
    (Action.READ_PROJECTS, _projects),
    (Action.READ_RECEIPTS, _oversight),
    (Action.MANAGE_ACCOUNTS, _accounts),
    (Action.MANAGE_CLIENTS, _secrets),
    (Action.MANAGE_POSTS, _posts),
    (Action.MANAGE_CLIENT_ROLES, _client_roles),
    (Action.READ_SIGN_INS, _sign_ins),
    (Action.READ_ADMIN_LOG, _acts),
]
