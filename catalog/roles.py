"""Who may do what, written once: role x action x own or other department. Everything else is denied."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from catalog.errors import NotAllowed


class Role(StrEnum):
    STEWARD = "steward"
    REGISTRAR = "registrar"
    VERIFIER = "verifier"
    CONSUMER = "consumer"
    ACCEPTANCE_OFFICER = "acceptance_officer"
    APPROVAL_BUREAU = "approval_bureau"
    FINANCE_BUREAU = "finance_bureau"
    AUDITOR = "auditor"


class Action(StrEnum):
    REGISTER = "register"
    PUBLISH = "publish"
    DELIVER = "deliver"
    READ_DELIVERIES = "read_deliveries"
    ASK = "ask"
    DECIDE = "decide"
    REVOKE = "revoke"
    READ_SHARING = "read_sharing"
    READ_DATA = "read_data"
    ACCEPT = "accept"
    READ_RECEIPTS = "read_receipts"
    CHECK_REQUEST = "check_request"
    SETTLE = "settle"
    REMIND = "remind"
    CONFIRM_DELIVERY = "confirm_delivery"
    READ_TODOS = "read_todos"
    READ_REGISTER = "read_register"
    EXAMINE = "examine"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a client, its department and its roles; is_authority of the department."""

    client_id: str
    department_id: str
    department: str
    roles: frozenset[Role]
    is_authority: bool = False


# action -> roles that may do it for their own department, roles of the authority that may for any
_OWN, _ANY = 0, 1
ALLOWED: dict[Action, tuple[frozenset[Role], frozenset[Role]]] = {
    Action.REGISTER: (frozenset({Role.REGISTRAR}), frozenset()),
    Action.PUBLISH: (frozenset(), frozenset({Role.STEWARD})),
    Action.DELIVER: (frozenset({Role.REGISTRAR}), frozenset()),
    Action.READ_DELIVERIES: (frozenset({Role.REGISTRAR, Role.VERIFIER}), frozenset({Role.STEWARD})),
    Action.ASK: (frozenset({Role.CONSUMER}), frozenset()),
    Action.DECIDE: (frozenset({Role.REGISTRAR, Role.STEWARD}), frozenset()),
    Action.REVOKE: (frozenset({Role.REGISTRAR, Role.STEWARD}), frozenset({Role.STEWARD})),
    Action.READ_SHARING: (
        frozenset({Role.CONSUMER, Role.REGISTRAR, Role.VERIFIER}),
        frozenset({Role.STEWARD, Role.AUDITOR}),
    ),
    Action.READ_DATA: (frozenset({Role.CONSUMER}), frozenset()),
    Action.ACCEPT: (frozenset({Role.ACCEPTANCE_OFFICER}), frozenset({Role.ACCEPTANCE_OFFICER})),
    Action.READ_RECEIPTS: (frozenset(), frozenset({Role.AUDITOR})),
    Action.CHECK_REQUEST: (frozenset(), frozenset({Role.STEWARD})),
    Action.SETTLE: (frozenset(), frozenset({Role.STEWARD})),
    Action.REMIND: (frozenset(), frozenset({Role.STEWARD})),
    Action.CONFIRM_DELIVERY: (frozenset(), frozenset({Role.STEWARD})),
    Action.EXAMINE: (frozenset({Role.REGISTRAR}), frozenset({Role.STEWARD})),
    Action.READ_REGISTER: (frozenset(Role), frozenset()),
    Action.READ_TODOS: (frozenset(Role), frozenset()),
}


def may(caller: Caller, action: Action, department_id: str | None = None) -> bool:
    """Whether the caller may act on what belongs to a department; None stands for its own."""
    own = department_id in (None, caller.department_id)
    if own and caller.roles & ALLOWED[action][_OWN]:
        return True
    return caller.is_authority and bool(caller.roles & ALLOWED[action][_ANY])


def require(caller: Caller, action: Action, *department_ids: str) -> None:
    """Raise NotAllowed unless the caller may act on what belongs to one of the departments, or to its own."""
    if not any(may(caller, action, department) for department in department_ids or (None,)):
        raise NotAllowed("本客户端的角色或部门不能做这一操作", remedy="向本部门管理员申请相应角色", action=str(action))


def require_any(caller: Caller, action: Action) -> None:
    """Raise NotAllowed unless the caller may act for every department."""
    if not (caller.is_authority and caller.roles & ALLOWED[action][_ANY]):
        raise NotAllowed("仅主管部门的相应角色可做这一操作", remedy="向主管部门申请", action=str(action))
