"""Officials of the demo: one for each role, with passwords that lie in HOME/demo.json for whoever tries it out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from api.house import Exchange
from catalog import accounts, departments, people, posts
from catalog.models import Official
from catalog.roles import Role


@dataclass(frozen=True, slots=True)
class _Demo:
    login: str
    department: str
    name: str
    role: Role


PEOPLE = (
    _Demo("demo-registrar", "police", "演示目录管理员", Role.REGISTRAR),
    _Demo("demo-verifier", "police", "演示校核员", Role.VERIFIER),
    _Demo("demo-consumer", "housing_fund", "演示需求经办人", Role.CONSUMER),
    _Demo("demo-steward", "digital_government", "演示数据管理员", Role.STEWARD),
    _Demo("demo-officer", "digital_government", "演示验收核验员", Role.ACCEPTANCE_OFFICER),
    _Demo("demo-approval", "approval", "演示立项审批经办人", Role.APPROVAL_BUREAU),
    _Demo("demo-finance", "finance", "演示财政资金经办人", Role.FINANCE_BUREAU),
    _Demo("demo-auditor", "digital_government", "演示审计员", Role.AUDITOR),
    _Demo("demo-system", "digital_government", "演示系统管理员", Role.SYSTEM_ADMIN),
    _Demo("demo-security", "digital_government", "演示安全保密管理员", Role.SECURITY_ADMIN),
    _Demo("demo-audit", "digital_government", "演示安全审计员", Role.AUDIT_ADMIN),
)


def enter(db: Session, house: Exchange, known: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The demo's people with passwords that open: those of before when they are known."""
    held = {each["login"]: each["password"] for each in known}
    return [_official(db, house, demo, held.get(demo.login)) for demo in PEOPLE]


def _official(db: Session, house: Exchange, demo: _Demo, held: str | None) -> dict[str, Any]:
    official = people.find(db, demo.login)
    if official is None:
        official, held = _new(db, house, demo)
    elif held is None:
        held = accounts.reset_password(db, None, official, now=house.clock())
        official.must_change_password = False
    return {"login": demo.login, "password": held, "department": demo.department, "roles": [demo.role.value]}


def _new(db: Session, house: Exchange, demo: _Demo) -> tuple[Official, str]:
    department = departments.get(db, demo.department)
    official, first = accounts.enter(
        db, None, login=demo.login, name=demo.name, department=department, now=house.clock(), is_demo=True
    )
    posts.give_post(
        db,
        None,
        official,
        department=department,
        role=demo.role,
        valid_from=house.today.replace(month=1, day=1),
        now=house.clock(),
    )
    return official, first
