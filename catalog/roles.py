"""Who may do what, written once: role x action x own or other department. Everything else is denied.

Officials and API clients act as the same `Caller`. The API, the pages and a test that tries every cell read
this table and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from catalog.errors import NotAllowed
from catalog.vocab import Term


class Role(Term):
    """What somebody is in a department, with its Chinese title."""

    STEWARD = "steward", "数据管理员"
    REGISTRAR = "registrar", "部门目录管理员"
    VERIFIER = "verifier", "数据校核员"
    CONSUMER = "consumer", "数据需求经办人"
    ACCEPTANCE_OFFICER = "acceptance_officer", "验收核验员"
    APPROVAL_BUREAU = "approval_bureau", "立项审批经办人"
    FINANCE_BUREAU = "finance_bureau", "财政资金经办人"
    AUDITOR = "auditor", "审计员"
    SYSTEM_ADMIN = "system_admin", "系统管理员"
    SECURITY_ADMIN = "security_admin", "安全保密管理员"
    AUDIT_ADMIN = "audit_admin", "安全审计员"


# three administrators, three people (三员分立): none of them may hold another role
ADMINISTRATORS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})


class Action(StrEnum):
    """What can be done."""

    # the catalog
    READ_DRAFTS = "read_drafts"
    REGISTER = "register"
    SUBMIT = "submit"
    REVIEW = "review"
    PUBLISH = "publish"
    RETIRE = "retire"
    SETTLE_SOURCE = "settle_source"
    FREEZE_SPILL = "freeze_spill"
    ERASE_SPILL = "erase_spill"
    READ_NOTICES = "read_notices"
    READ_TODOS = "read_todos"
    READ_REGISTER = "read_register"
    # demand and supply
    DEMAND = "demand"
    ASSIGN_DEMAND = "assign_demand"
    ANSWER_DEMAND = "answer_demand"
    # deliveries and releases
    DELIVER = "deliver"
    READ_DELIVERIES = "read_deliveries"
    READ_FINDINGS = "read_findings"
    ADD_RULES = "add_rules"
    CONFIRM_DELIVERY = "confirm_delivery"
    RUN = "run"
    PUBLISH_RELEASE = "publish_release"
    ROLL_BACK = "roll_back"
    # quality: orders and corrections
    ANSWER_ORDER = "answer_order"
    DECIDE_EXPLANATION = "decide_explanation"
    DISPUTE_VALUE = "dispute_value"
    ANSWER_CORRECTION = "answer_correction"
    READ_CORRECTIONS = "read_corrections"
    DECIDE_IDENTITY = "decide_identity"
    # requests and grants
    ASK = "ask"
    CHECK_CONFORMITY = "check_conformity"
    DECIDE = "decide"
    DISPUTE = "dispute"
    SETTLE_DISPUTE = "settle_dispute"
    ESCALATE = "escalate"
    RENEW = "renew"
    NARROW = "narrow"
    REVOKE = "revoke"
    READ_SHARING = "read_sharing"
    EXPLAIN_ACCESS = "explain_access"
    READ_DATA = "read_data"
    # projects
    READ_PROJECTS = "read_projects"
    ACCEPT = "accept"
    # the authority's daily work
    REMIND = "remind"
    # people, clients, logs
    READ_PEOPLE = "read_people"
    MANAGE_ACCOUNTS = "manage_accounts"
    MANAGE_POSTS = "manage_posts"
    READ_CLIENTS = "read_clients"
    MANAGE_CLIENTS = "manage_clients"
    MANAGE_CLIENT_ROLES = "manage_client_roles"
    READ_SIGN_INS = "read_sign_ins"
    READ_ADMIN_LOG = "read_admin_log"
    READ_RECEIPTS = "read_receipts"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a client or an official, its department and its roles there; is_authority of the department.

    client_id: the client's id, or `official:` and the login; it is what logs, receipts and decisions name.
    official_id: of an official, None for a client.
    """

    client_id: str
    department_id: str
    department: str
    roles: frozenset[Role]
    is_authority: bool = False
    official_id: str | None = None


class Allowed(NamedTuple):
    """Roles that may do an action: for their own department; for any, when of the authority; for any, wherever."""

    own: frozenset[Role] = frozenset()
    authority: frozenset[Role] = frozenset()
    city: frozenset[Role] = frozenset()


def _of(*roles: Role) -> frozenset[Role]:
    return frozenset(roles)


_STEWARD = _of(Role.STEWARD)
_BUREAUS = _of(Role.APPROVAL_BUREAU, Role.FINANCE_BUREAU, Role.AUDITOR)
_PROVIDER = _of(Role.REGISTRAR, Role.VERIFIER)
_DEPARTMENT = _PROVIDER | {Role.CONSUMER, Role.STEWARD}

ALLOWED: dict[Action, Allowed] = {
    Action.READ_DRAFTS: Allowed(_PROVIDER, _STEWARD),
    Action.REGISTER: Allowed(_of(Role.REGISTRAR), _STEWARD),
    Action.SUBMIT: Allowed(_of(Role.REGISTRAR)),
    Action.REVIEW: Allowed(authority=_STEWARD),
    Action.PUBLISH: Allowed(authority=_STEWARD),
    Action.RETIRE: Allowed(_of(Role.REGISTRAR), _STEWARD),
    Action.SETTLE_SOURCE: Allowed(authority=_STEWARD),
    Action.FREEZE_SPILL: Allowed(_PROVIDER, _STEWARD),
    Action.ERASE_SPILL: Allowed(authority=_STEWARD),
    Action.READ_NOTICES: Allowed(_DEPARTMENT),
    Action.READ_TODOS: Allowed(frozenset(Role)),
    Action.READ_REGISTER: Allowed(frozenset(Role) - ADMINISTRATORS),
    Action.DEMAND: Allowed(_of(Role.CONSUMER)),
    Action.ASSIGN_DEMAND: Allowed(authority=_STEWARD),
    Action.ANSWER_DEMAND: Allowed(_of(Role.REGISTRAR, Role.STEWARD), _STEWARD),
    Action.DELIVER: Allowed(_of(Role.REGISTRAR)),
    Action.READ_DELIVERIES: Allowed(_PROVIDER, _STEWARD),
    Action.READ_FINDINGS: Allowed(_PROVIDER | {Role.STEWARD}, _of(Role.STEWARD, Role.AUDITOR)),
    Action.ADD_RULES: Allowed(_of(Role.VERIFIER)),
    Action.CONFIRM_DELIVERY: Allowed(authority=_STEWARD),
    Action.RUN: Allowed(authority=_STEWARD),
    Action.PUBLISH_RELEASE: Allowed(authority=_STEWARD),
    Action.ROLL_BACK: Allowed(authority=_STEWARD),
    Action.ANSWER_ORDER: Allowed(_PROVIDER | {Role.STEWARD}),
    Action.DECIDE_EXPLANATION: Allowed(authority=_STEWARD),
    Action.DISPUTE_VALUE: Allowed(_of(Role.CONSUMER)),
    Action.ANSWER_CORRECTION: Allowed(_PROVIDER | {Role.STEWARD}),
    Action.READ_CORRECTIONS: Allowed(_DEPARTMENT, _of(Role.STEWARD, Role.AUDITOR)),
    Action.DECIDE_IDENTITY: Allowed(authority=_STEWARD),
    Action.ASK: Allowed(_of(Role.CONSUMER)),
    Action.CHECK_CONFORMITY: Allowed(authority=_STEWARD),
    Action.DECIDE: Allowed(_of(Role.REGISTRAR, Role.STEWARD)),
    Action.DISPUTE: Allowed(_of(Role.CONSUMER)),
    Action.SETTLE_DISPUTE: Allowed(authority=_STEWARD),
    Action.ESCALATE: Allowed(authority=_STEWARD),
    Action.RENEW: Allowed(_of(Role.CONSUMER)),
    Action.NARROW: Allowed(_of(Role.REGISTRAR, Role.STEWARD), _STEWARD),
    Action.REVOKE: Allowed(_of(Role.REGISTRAR, Role.STEWARD), _STEWARD),
    Action.READ_SHARING: Allowed(_DEPARTMENT, _of(Role.STEWARD, Role.AUDITOR)),
    Action.EXPLAIN_ACCESS: Allowed(_DEPARTMENT, _of(Role.STEWARD, Role.AUDITOR)),
    Action.READ_DATA: Allowed(_of(Role.CONSUMER)),
    Action.READ_PROJECTS: Allowed(
        _PROVIDER | {Role.CONSUMER, Role.ACCEPTANCE_OFFICER}, _of(Role.STEWARD, Role.ACCEPTANCE_OFFICER), _BUREAUS
    ),
    Action.ACCEPT: Allowed(_of(Role.ACCEPTANCE_OFFICER), _of(Role.ACCEPTANCE_OFFICER)),
    Action.REMIND: Allowed(authority=_STEWARD),
    Action.READ_PEOPLE: Allowed(ADMINISTRATORS, ADMINISTRATORS),
    Action.MANAGE_ACCOUNTS: Allowed(_of(Role.SYSTEM_ADMIN), _of(Role.SYSTEM_ADMIN)),
    Action.MANAGE_POSTS: Allowed(_of(Role.SECURITY_ADMIN), _of(Role.SECURITY_ADMIN)),
    Action.READ_CLIENTS: Allowed(ADMINISTRATORS, ADMINISTRATORS),
    Action.MANAGE_CLIENTS: Allowed(_of(Role.SYSTEM_ADMIN), _of(Role.SYSTEM_ADMIN)),
    Action.MANAGE_CLIENT_ROLES: Allowed(_of(Role.SECURITY_ADMIN), _of(Role.SECURITY_ADMIN)),
    Action.READ_SIGN_INS: Allowed(_of(Role.AUDIT_ADMIN), _of(Role.AUDIT_ADMIN)),
    Action.READ_ADMIN_LOG: Allowed(_of(Role.AUDIT_ADMIN), _of(Role.AUDIT_ADMIN)),
    Action.READ_RECEIPTS: Allowed(authority=_of(Role.AUDITOR)),
}

# roles that reach beyond their holder's department wherever it is
CITY_ROLES = frozenset(role for allowed in ALLOWED.values() for role in allowed.city)


def may(caller: Caller, action: Action, department_id: str | None = None) -> bool:
    """Whether the caller may act on what belongs to a department; None stands for its own."""
    own = department_id in (None, caller.department_id)
    return (own and bool(caller.roles & ALLOWED[action].own)) or may_for_all(caller, action)


def may_for_all(caller: Caller, action: Action) -> bool:
    """Whether the caller may act on what belongs to any department."""
    allowed = ALLOWED[action]
    return bool(caller.roles & allowed.city) or (caller.is_authority and bool(caller.roles & allowed.authority))


def require(caller: Caller, action: Action, *department_ids: str) -> None:
    """Raise NotAllowed unless the caller may act on what belongs to one of the departments, or to its own."""
    if not any(may(caller, action, department) for department in department_ids or (None,)):
        raise NotAllowed("本客户端的角色或部门不能做这一操作", remedy="向本部门管理员申请相应角色", action=str(action))


def require_any(caller: Caller, action: Action) -> None:
    """Raise NotAllowed unless the caller may act for every department."""
    if not may_for_all(caller, action):
        raise NotAllowed("仅主管部门的相应角色可做这一操作", remedy="向主管部门申请", action=str(action))


def scope(caller: Caller, action: Action) -> str | None:
    """Whose things a list may show: None for everyone's, else the caller's own department; raises NotAllowed."""
    if may_for_all(caller, action):
        return None
    require(caller, action)
    return caller.department_id
