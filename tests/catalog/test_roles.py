"""The table of who may do what: whole, closed, and with the three administrators apart from all data."""

from __future__ import annotations

from itertools import product

import pytest

from catalog.errors import NotAllowed
from catalog.roles import (
    ADMINISTRATORS,
    ALLOWED,
    CITY_ROLES,
    Action,
    Caller,
    Role,
    may,
    may_for_all,
    require,
    require_any,
    scope,
)

CELLS = list(product(Action, Role, ("own", "other"), (True, False)))
# what somebody must be able to read who is to do this with it
READING = {
    Action.ANSWER_ORDER: Action.READ_FINDINGS,
    Action.DECIDE_EXPLANATION: Action.READ_FINDINGS,
    Action.ANSWER_CORRECTION: Action.READ_CORRECTIONS,
    Action.REGISTER: Action.READ_DRAFTS,
    Action.REVIEW: Action.READ_DRAFTS,
    Action.DELIVER: Action.READ_DELIVERIES,
    Action.CONFIRM_DELIVERY: Action.READ_DELIVERIES,
    Action.ACCEPT: Action.READ_PROJECTS,
}
ADMINISTRATION = {
    Action.READ_PEOPLE,
    Action.MANAGE_ACCOUNTS,
    Action.MANAGE_POSTS,
    Action.READ_CLIENTS,
    Action.MANAGE_CLIENTS,
    Action.MANAGE_CLIENT_ROLES,
    Action.READ_SIGN_INS,
    Action.READ_ADMIN_LOG,
}


def caller(*roles: Role, is_authority: bool = False) -> Caller:
    return Caller("x", "mine", "mine", frozenset(roles), is_authority)


def allowed(action: Action, role: Role, whose: str, is_authority: bool) -> bool:
    """The table, read another way."""
    own, authority, city = ALLOWED[action]
    return role in city or (is_authority and role in authority) or (whose == "own" and role in own)


def opens(call: object, *arguments: object) -> bool:
    try:
        call(*arguments)  # type: ignore[operator]
    except NotAllowed:
        return False
    return True


def test_every_action_has_a_line_and_somebody_who_may() -> None:
    assert set(ALLOWED) == set(Action)
    assert all(own | authority | city for own, authority, city in ALLOWED.values())


def test_every_cell_opens_to_whom_the_table_names_and_to_nobody_else() -> None:
    for action, role, whose, is_authority in CELLS:
        who = caller(role, is_authority=is_authority)
        expected = allowed(action, role, whose, is_authority)
        department = {"own": "mine", "other": "theirs"}[whose]
        assert may(who, action, department) is expected, (action, role, whose, is_authority)
        assert opens(require, who, action, department) is expected
        if whose == "own":
            assert may(who, action) is expected
            assert opens(scope, who, action) is expected
        else:
            assert may_for_all(who, action) is opens(require_any, who, action) is expected


def test_whoever_may_act_on_a_thing_may_read_it() -> None:
    for (action, reading), role, whose, is_authority in product(
        READING.items(), Role, ("mine", "theirs"), (True, False)
    ):
        who = caller(role, is_authority=is_authority)
        assert may(who, reading, whose) >= may(who, action, whose), (action, role, whose, is_authority)


def test_without_a_role_nothing_opens() -> None:
    for action, is_authority in product(Action, (True, False)):
        assert not may(caller(is_authority=is_authority), action)


def test_of_several_departments_one_that_is_open_is_enough() -> None:
    who = caller(Role.REGISTRAR)
    require(who, Action.DECIDE, "theirs", "mine")
    with pytest.raises(NotAllowed):
        require(who, Action.DECIDE, "theirs", "others")


def test_a_list_shows_everyones_or_the_callers_own() -> None:
    assert scope(caller(Role.STEWARD, is_authority=True), Action.READ_SHARING) is None
    assert scope(caller(Role.CONSUMER), Action.READ_SHARING) == "mine"
    assert scope(caller(Role.FINANCE_BUREAU), Action.READ_PROJECTS) is None


# what is done to requests, grants, demands: each is done to something that must first be read
SHARING_STEPS = (
    Action.ASK,
    Action.CHECK_CONFORMITY,
    Action.DECIDE,
    Action.DISPUTE,
    Action.SETTLE_DISPUTE,
    Action.ESCALATE,
    Action.RENEW,
    Action.NARROW,
    Action.REVOKE,
    Action.DEMAND,
    Action.ASSIGN_DEMAND,
    Action.ANSWER_DEMAND,
)


@pytest.mark.parametrize("reading", [Action.READ_SHARING, Action.EXPLAIN_ACCESS])
def test_who_may_take_a_step_of_sharing_may_read_what_it_is_taken_on(reading: Action) -> None:
    for step, role, whose, is_authority in product(SHARING_STEPS, Role, ("mine", "theirs"), (True, False)):
        who = caller(role, is_authority=is_authority)
        assert may(who, reading, whose) or not may(who, step, whose), (step, role, whose, is_authority)


def test_administrators_administer_and_touch_no_data() -> None:
    for action, (own, authority, city) in ALLOWED.items():
        if action in ADMINISTRATION:
            assert own | authority | city <= ADMINISTRATORS
        elif action is not Action.READ_TODOS:
            assert not (own | authority | city) & ADMINISTRATORS


def test_no_administrator_alone_opens_a_door() -> None:
    """Who makes accounts and secrets gives no rights; who gives rights makes neither; who reads logs does none."""
    for admin in ADMINISTRATORS:
        makes = {a for a in (Action.MANAGE_ACCOUNTS, Action.MANAGE_CLIENTS) if may(caller(admin), a)}
        gives = {a for a in (Action.MANAGE_POSTS, Action.MANAGE_CLIENT_ROLES) if may(caller(admin), a)}
        reads = {a for a in (Action.READ_SIGN_INS, Action.READ_ADMIN_LOG) if may(caller(admin), a)}
        assert sum(map(bool, (makes, gives, reads))) == 1


def test_bureaus_read_every_project_and_change_none() -> None:
    assert {Role.APPROVAL_BUREAU, Role.FINANCE_BUREAU, Role.AUDITOR} == CITY_ROLES
    assert [a for a in Action if may(caller(Role.APPROVAL_BUREAU), a, "theirs")] == [Action.READ_PROJECTS]


def test_every_role_has_its_chinese_title() -> None:
    assert all(role.label != role.value for role in Role)


ANSWERS = [
    (Action.DECIDE, Action.READ_SHARING),
    (Action.ASK, Action.READ_SHARING),
    (Action.DISPUTE, Action.READ_SHARING),
    (Action.NARROW, Action.READ_SHARING),
    (Action.REVOKE, Action.READ_SHARING),
    (Action.ANSWER_DEMAND, Action.READ_SHARING),
    (Action.ANSWER_ORDER, Action.READ_FINDINGS),
    (Action.ADD_RULES, Action.READ_FINDINGS),
    (Action.ANSWER_CORRECTION, Action.READ_CORRECTIONS),
    (Action.DELIVER, Action.READ_DELIVERIES),
    (Action.SUBMIT, Action.READ_DRAFTS),
    (Action.RETIRE, Action.READ_DRAFTS),
    (Action.MANAGE_ACCOUNTS, Action.READ_PEOPLE),
    (Action.MANAGE_CLIENTS, Action.READ_CLIENTS),
]


@pytest.mark.parametrize(("act", "read"), ANSWERS)
def test_who_may_answer_may_read_what_is_answered(act: Action, read: Action) -> None:
    for role, whose, is_authority in product(Role, ("mine", "theirs"), (True, False)):
        who = caller(role, is_authority=is_authority)
        assert not may(who, act, whose) or may(who, read, whose), (role, whose)
