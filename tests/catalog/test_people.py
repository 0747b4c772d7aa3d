"""Officials, posts and the three administrators: what each may do alone, and what takes two."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import permutations
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog import (
    accounts,
    admin_log,
    client_admin,
    clients,
    departments,
    passwords,
    people,
    posts,
    sessions,
    sign_ins,
)
from catalog.errors import Conflict, Invalid, NotAllowed, NotFound, NotSignedIn
from catalog.last_uses import LastUses
from catalog.lockouts import Lockouts
from catalog.models import AdminAct, Department, Official, OfficialState, Post, SignInOutcome, WebSession
from catalog.register import revision_of
from catalog.roles import ADMINISTRATORS, Action, Caller, Role, may
from tests.api.officials import PASSWORD, cheap_hashing
from tests.catalog.conftest import NOW, TODAY, make_department

__all__ = ["cheap_hashing"]
SINCE = date(2026, 1, 1)


@pytest.fixture
def town(db: Session) -> Iterator[Session]:
    """The authority with its three administrators, and the police with theirs."""
    make_department(db, "digital_government", 1, is_authority=True)
    make_department(db, "police", 2)
    make_department(db, "housing", 3)
    for role in ADMINISTRATORS:
        hire(db, f"city-{role}", "digital_government", role)
    hire(db, "police-system", "police", Role.SYSTEM_ADMIN)
    hire(db, "police-security", "police", Role.SECURITY_ADMIN)
    yield db
    db.rollback()


@pytest.fixture
def lockouts(tmp_path: Path) -> Lockouts:
    return Lockouts(tmp_path / "lockouts.sqlite")


def hire(db: Session, login: str, slug: str, *roles: Role) -> Official:
    where = departments.get(db, slug)
    official, _ = accounts.enter(db, None, login=login, name="测试员", department=where, now=NOW)
    official.password_hash, official.must_change_password = passwords.hashed(PASSWORD), False
    for role in roles:
        give(db, None, official, where, role)
    return official


def give(
    db: Session,
    by: Caller | None,
    official: Official,
    where: Department,
    role: Role,
    start: date = SINCE,
    end: date | None = None,
) -> Post:
    return posts.give_post(db, by, official, department=where, role=role, valid_from=start, valid_to=end, now=NOW)


def at_desk(db: Session, login: str) -> Caller:
    """The official as the policy sees it, in the department of the first post."""
    official = people.get(db, login)
    where = official.posts[0].department_id
    token = sessions.begin(db, official, means="password", now=NOW, today=TODAY, department_id=where)
    return sessions.visit(db, token, LastUses(), now=NOW, today=TODAY).caller


def tried(db: Session, lockouts: Lockouts, login: str, password: str = PASSWORD) -> SignInOutcome:
    return sign_ins.attempt(db, lockouts, login, password, address="10.0.0.1", now=NOW, today=TODAY).outcome


def test_several_roles_in_one_department_act_together(town: Session) -> None:
    hire(town, "wang", "police", Role.REGISTRAR, Role.VERIFIER)
    assert at_desk(town, "wang").roles == {Role.REGISTRAR, Role.VERIFIER}


def test_posts_count_from_their_first_day_until_before_the_day_they_end(town: Session) -> None:
    official = hire(town, "wang", "police")
    post = give(town, None, official, departments.get(town, "police"), Role.VERIFIER, TODAY, TODAY + timedelta(days=2))
    days = [TODAY + timedelta(days=n) for n in (-1, 0, 1, 2)]
    assert [post.is_in_force(day) for day in days] == [False, True, True, False]
    departments.get(town, "police").valid_to = TODAY + timedelta(days=1)
    assert [post.is_in_force(day) for day in days] == [False, True, False, False]


def test_the_same_post_is_not_held_twice_at_a_time(town: Session) -> None:
    official, police = hire(town, "wang", "police"), departments.get(town, "police")
    give(town, None, official, police, Role.VERIFIER, SINCE, TODAY)
    with pytest.raises(Conflict):
        give(town, None, official, police, Role.VERIFIER, TODAY - timedelta(days=1))
    give(town, None, official, police, Role.VERIFIER, TODAY)
    with pytest.raises(Invalid):
        give(town, None, official, police, Role.CONSUMER, TODAY, TODAY)


def test_one_person_is_one_administrator_and_nothing_else(town: Session) -> None:
    """In whatever department, by whoever runs the command line too; one after the other is no union in one hand."""
    police, housing = departments.get(town, "police"), departments.get(town, "housing")
    for first, second in permutations(Role, 2):
        if not {first, second} & ADMINISTRATORS:
            continue
        official = hire(town, f"x-{first}-{second}", "police", first)
        for where in (police, housing):
            with pytest.raises(Conflict, match="不得由同一人担任"):
                give(town, None, official, where, second)
        posts.end_post(town, None, official.posts[0], on=TODAY, now=NOW, today=TODAY)
        give(town, None, official, police, second, TODAY)


def test_no_administrator_gives_itself_anything(town: Session) -> None:
    for role in ADMINISTRATORS:
        gives_itself_nothing(town, people.get(town, f"city-{role}"))


def gives_itself_nothing(town: Session, me: Official) -> None:
    by = at_desk(town, me.login)
    for wanted in Role:
        for where in ("digital_government", "police"):
            with pytest.raises(NotAllowed):
                give(town, by, me, departments.get(town, where), wanted)
    with pytest.raises(NotAllowed):
        posts.end_post(town, by, me.posts[0], on=TODAY, now=NOW, today=TODAY)
    for act in (accounts.reset_password, accounts.confirm, accounts.enable):
        with pytest.raises(NotAllowed):
            act(town, by, me, now=NOW)
    assert not [action for action in Action if may(by, action) and "data" in action.value]


def test_only_the_security_administrator_gives_posts_and_only_the_system_one_accounts(town: Session) -> None:
    police = departments.get(town, "police")
    official = hire(town, "wang", "police")
    system, security, audit = (at_desk(town, f"city-{r}") for r in ("system_admin", "security_admin", "audit_admin"))
    for by in (system, audit):
        with pytest.raises(NotAllowed):
            give(town, by, official, police, Role.CONSUMER)
    for by in (security, audit):
        with pytest.raises(NotAllowed):
            accounts.enter(town, by, login="li", name="李", department=police, now=NOW)
        with pytest.raises(NotAllowed):
            accounts.reset_password(town, by, official, now=NOW)
        with pytest.raises(NotAllowed):
            accounts.disable(town, by, official, now=NOW, today=TODAY)
    give(town, security, official, police, Role.CONSUMER)


def test_a_reset_password_opens_nothing_until_a_second_administrator_confirms(
    town: Session, lockouts: Lockouts
) -> None:
    steward = hire(town, "steward", "digital_government", Role.STEWARD)
    system, security = at_desk(town, "city-system_admin"), at_desk(town, "city-security_admin")
    first = accounts.reset_password(town, system, steward, now=NOW)
    assert tried(town, lockouts, "steward", first) is SignInOutcome.HELD
    with pytest.raises(NotAllowed):
        accounts.confirm(town, system, steward, now=NOW)
    accounts.confirm(town, security, steward, now=NOW)
    assert tried(town, lockouts, "steward", first) is SignInOutcome.SIGNED_IN
    assert steward.must_change_password
    with pytest.raises(Conflict):
        accounts.confirm(town, security, steward, now=NOW)


def test_disabling_and_enabling_does_not_go_round_the_confirmation(town: Session, lockouts: Lockouts) -> None:
    steward = hire(town, "steward", "digital_government", Role.STEWARD)
    system = at_desk(town, "city-system_admin")
    first = accounts.reset_password(town, system, steward, now=NOW)
    accounts.disable(town, system, steward, now=NOW, today=TODAY)
    accounts.enable(town, system, steward, now=NOW)
    assert tried(town, lockouts, "steward", first) is SignInOutcome.HELD
    accounts.disable(town, system, steward, now=NOW, today=TODAY)
    again = accounts.reset_password(town, system, steward, now=NOW)
    assert steward.state is OfficialState.DISABLED
    assert tried(town, lockouts, "steward", again) is SignInOutcome.DISABLED


def test_a_secret_opens_nothing_until_a_second_administrator_confirms(town: Session, lockouts: Lockouts) -> None:
    system, security = at_desk(town, "police-system"), at_desk(town, "police-security")
    police = departments.get(town, "police")
    client = client_admin.enter(town, system, client_id="app", name="x", department=police, now=NOW)
    with pytest.raises(NotAllowed):
        client_admin.set_roles(town, system, client, ["consumer"], now=NOW)
    with pytest.raises(NotAllowed):
        client_admin.add_secret(town, security, client, now=NOW)
    client_admin.set_roles(town, security, client, ["consumer"], now=NOW)
    made, text = client_admin.add_secret(town, system, client, now=NOW)

    def opens() -> bool:
        try:
            clients.authenticate(town, lockouts, "app", text, address="10.0.0.1", now=NOW)
        except NotSignedIn:
            return False
        return True

    assert not opens()
    with pytest.raises(NotAllowed):
        client_admin.confirm_secret(town, system, client, made.id, now=NOW)
    client_admin.confirm_secret(town, security, client, made.id, now=NOW)
    assert opens()
    with pytest.raises(Conflict):
        client_admin.confirm_secret(town, security, client, made.id, now=NOW)
    client_admin.revoke_secret(town, system, client, made.id, now=NOW)
    assert not opens()


def test_waiting_secrets_count_among_the_two(town: Session) -> None:
    system = at_desk(town, "police-system")
    client = client_admin.enter(
        town, system, client_id="app", name="x", department=departments.get(town, "police"), now=NOW
    )
    for _ in range(2):
        client_admin.add_secret(town, system, client, now=NOW)
    with pytest.raises(Conflict):
        client_admin.add_secret(town, system, client, now=NOW)
    client_admin.revoke(town, system, client, now=NOW)
    with pytest.raises(Conflict):
        client_admin.add_secret(town, system, client, now=NOW)
    with pytest.raises(NotFound):
        client_admin.revoke_secret(town, system, client, 10**6, now=NOW)


def test_the_city_is_never_without_one_of_its_three_administrators(town: Session) -> None:
    security = at_desk(town, "city-security_admin")
    audit = people.get(town, "city-audit_admin")
    with pytest.raises(Conflict, match="最后一位"):
        posts.end_post(town, security, audit.posts[0], on=TODAY, now=NOW, today=TODAY)
    with pytest.raises(Conflict, match="最后一位"):
        accounts.disable(town, at_desk(town, "city-system_admin"), audit, now=NOW, today=TODAY)
    second = hire(town, "second-audit", "digital_government", Role.AUDIT_ADMIN)
    posts.end_post(town, security, audit.posts[0], on=TODAY, now=NOW, today=TODAY)
    with pytest.raises(Conflict, match="最后一位"):
        posts.end_post(town, security, second.posts[0], on=TODAY, now=NOW, today=TODAY)


def test_an_ended_post_ends_its_sessions_and_tells_the_watchers(town: Session) -> None:
    official = hire(town, "wang", "police", Role.VERIFIER)
    token = sessions.begin(town, official, means="password", now=NOW, today=TODAY)
    before = revision_of(town, "people")
    posts.end_post(town, None, official.posts[0], on=TODAY, now=NOW, today=TODAY)
    assert revision_of(town, "people") > before
    with pytest.raises(NotSignedIn):
        sessions.visit(town, token, LastUses(), now=NOW, today=TODAY)
    with pytest.raises(Conflict):
        posts.end_post(town, None, official.posts[0], on=TODAY, now=NOW, today=TODAY)


def test_a_session_that_was_forgotten_opens_for_nobody_who_is_shut_out(town: Session) -> None:
    official = hire(town, "wang", "police", Role.VERIFIER)
    token = sessions.begin(town, official, means="password", now=NOW, today=TODAY)
    for state in (OfficialState.HELD, OfficialState.DISABLED):
        official.state = state
        with pytest.raises(NotSignedIn):
            sessions.visit(town, token, LastUses(), now=NOW, today=TODAY)


def test_a_post_that_ends_later_goes_on_until_then(town: Session) -> None:
    official = hire(town, "wang", "police", Role.VERIFIER)
    token = sessions.begin(town, official, means="password", now=NOW, today=TODAY, lifetime=timedelta(days=30))
    posts.end_post(town, None, official.posts[0], on=TODAY + timedelta(days=2), now=NOW, today=TODAY)
    month = timedelta(days=31)
    assert (
        sessions.visit(town, token, LastUses(), now=NOW, today=TODAY + timedelta(days=1), idle=month).desk is not None
    )
    with pytest.raises(NotSignedIn):
        sessions.visit(town, token, LastUses(), now=NOW, today=TODAY + timedelta(days=2), idle=month)


def test_few_sessions_are_open_at_a_time_and_dead_ones_are_cleared(town: Session) -> None:
    official = hire(town, "wang", "police", Role.VERIFIER)
    tokens = [
        sessions.begin(town, official, means="password", now=NOW + timedelta(minutes=n), today=TODAY)
        for n in range(sessions.MOST_SESSIONS + 2)
    ]
    alive = select(WebSession.token_hash).where(WebSession.official_id == official.id)
    assert len(town.scalars(alive).all()) == sessions.MOST_SESSIONS
    with pytest.raises(NotSignedIn):
        sessions.visit(town, tokens[0], LastUses(), now=NOW, today=TODAY)
    sessions.begin(town, official, means="password", now=NOW + timedelta(days=2), today=TODAY)
    assert len(town.scalars(alive).all()) == 1


def test_every_act_is_logged_with_who_and_whom_and_no_secret(town: Session) -> None:
    system, security = at_desk(town, "city-system_admin"), at_desk(town, "city-security_admin")
    police = departments.get(town, "police")
    official, first = accounts.enter(town, system, login="li", name="李四", department=police, now=NOW)
    post = give(town, security, official, police, Role.CONSUMER)
    posts.end_post(town, security, post, on=TODAY, now=NOW, today=TODAY)
    second = accounts.reset_password(town, system, official, now=NOW)
    accounts.confirm(town, security, official, now=NOW)
    accounts.change_password(town, official, "a quiet lake at dusk", now=NOW)
    accounts.disable(town, system, official, now=NOW, today=TODAY)
    accounts.enable(town, system, official, now=NOW)
    acts = list(reversed(admin_log.acts(town, police.id, subject="li")))
    assert [(each.act, each.by.removeprefix("official:city-")) for each in acts] == [
        ("enter_official", "system_admin"),
        ("give_post", "security_admin"),
        ("end_post", "security_admin"),
        ("reset_password", "system_admin"),
        ("confirm_official", "security_admin"),
        ("change_password", "official:li"),
        ("disable_official", "system_admin"),
        ("enable_official", "system_admin"),
    ]
    kept = " ".join(str(row.facts) for row in town.scalars(select(AdminAct)))
    assert not any(word in kept for word in (first, second, "quiet lake", "argon2"))


def test_logs_of_other_departments_are_not_in_the_list(town: Session, lockouts: Lockouts) -> None:
    hire(town, "wang", "housing", Role.CONSUMER)
    hire(town, "zhao", "police", Role.VERIFIER)
    for login in ("wang", "zhao", "nobody"):
        tried(town, lockouts, login)
    police = departments.get(town, "police").id
    assert {each.official.login for each in admin_log.sign_ins(town, police) if each.official} == {"zhao"}
    assert len(admin_log.sign_ins(town, police)) == 1
    assert len(admin_log.sign_ins(town)) == 3
    assert admin_log.sign_ins(town)[-1:] == admin_log.sign_ins(town, before=admin_log.sign_ins(town)[1].id)
    assert {each.department_id for each in admin_log.acts(town, police)} == {police}


def test_a_login_is_given_once_and_has_a_shape(town: Session) -> None:
    police = departments.get(town, "police")
    hire(town, "wang", "police")
    with pytest.raises(Conflict):
        accounts.enter(town, None, login="wang", name="王", department=police, now=NOW)
    for login in ("", "W", "王五", "a", "1ab", "a b", "a:b", "a\x00b", "x" * 51):
        with pytest.raises(Invalid):
            accounts.enter(town, None, login=login, name="王", department=police, now=NOW)
        assert people.find(town, login) is None
    with pytest.raises(Invalid):
        accounts.enter(town, None, login="li", name="  ", department=police, now=NOW)


def test_people_of_a_department_are_its_own_and_those_with_a_post_in_it(town: Session) -> None:
    guest = hire(town, "guest", "housing")
    give(town, None, guest, departments.get(town, "police"), Role.CONSUMER)
    found = {each.login for each in people.listed(town, departments.get(town, "police").id)}
    assert found == {"guest", "police-system", "police-security"}
    assert {"city-system_admin", "guest"} < {each.login for each in people.listed(town)}


GOOD = ["correct horse battery", "大同古城墙下的风很大吧", "k7#Vd0pqLm2", "Yun9-gang_kept"]
BAD = {
    "short": "至少",
    "x" * 129 + "abcde": "至多",
    "1234567890": "常见",
    "１２３４５６７８９０": "常见",
    "9876543210": "常见",
    "qwertyuiop": "常见",
    "Password123!": "常见",
    "!!Admin2026!!": "常见",
    "1qaz2wsx3edc": "常见",
    "woaini5201314": "常见",
    "aaaaaaaaaaaa": "不同",
    "wang.wu-2026": "账号",
    "WANG.WU-2026": "账号",
    "王五的口令很长很长很长": "姓名",
}


@pytest.mark.parametrize("password", GOOD)
def test_a_password_that_is_hard_to_guess_is_taken(password: str) -> None:
    passwords.require_good(password, login="wang.wu", name="王五")


@pytest.mark.parametrize(("password", "reason"), BAD.items())
def test_a_password_that_is_easy_to_guess_is_refused_with_the_reason(password: str, reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        passwords.require_good(password, login="wang.wu", name="王五")
    assert any(reason in each for each in refused.value.facts["reasons"])
    assert password not in refused.value.message


def test_an_input_method_s_full_width_does_not_shut_anybody_out() -> None:
    assert passwords.matches(passwords.hashed("ａbc１２３"), "abc123")


def test_passwords_and_tokens_do_not_stand_in_the_register(town: Session) -> None:
    official, first = accounts.enter(
        town, None, login="li", name="李", department=departments.get(town, "police"), now=NOW
    )
    assert official.password_hash is not None
    assert official.password_hash.startswith("$argon2id$")
    assert first not in official.password_hash


def test_a_hash_of_less_cost_is_renewed_at_the_next_sign_in(town: Session, lockouts: Lockouts) -> None:
    from argon2 import PasswordHasher

    official = hire(town, "wang", "police", Role.VERIFIER)
    old = official.password_hash = PasswordHasher(time_cost=1, memory_cost=16, parallelism=1).hash(PASSWORD)
    assert tried(town, lockouts, "wang") is SignInOutcome.SIGNED_IN
    assert official.password_hash != old
    assert tried(town, lockouts, "wang") is SignInOutcome.SIGNED_IN


def test_who_has_no_password_comes_in_by_the_provider_alone(town: Session, lockouts: Lockouts) -> None:
    hire(town, "wang", "police", Role.VERIFIER).password_hash = None
    assert tried(town, lockouts, "wang", "") is SignInOutcome.WRONG_PASSWORD
    found = sign_ins.attempt_by_provider(town, "wang", address="10.0.0.1", now=NOW, today=TODAY)
    assert found.outcome is SignInOutcome.SIGNED_IN


def test_uses_of_sessions_are_written_together_and_wake_no_ended_one(town: Session) -> None:
    official = hire(town, "wang", "police", Role.VERIFIER)
    kept, ended = (sessions.begin(town, official, means="password", now=NOW, today=TODAY) for _ in range(2))
    uses, later = LastUses(), NOW + timedelta(minutes=29)
    for token in (kept, ended):
        sessions.visit(town, token, uses, now=later, today=TODAY)
    assert set(town.scalars(select(WebSession.seen_at))) == {NOW}
    sessions.end(town, ended, address="", now=later)
    assert (uses.write(town), uses.write(town)) == (2, 0)
    assert town.scalars(select(WebSession.seen_at)).all() == [later]
    town.expire_all()
    assert sessions.visit(town, kept, LastUses(), now=later + timedelta(minutes=29), today=TODAY).login == "wang"


def test_a_use_that_is_not_written_yet_counts_where_it_was_seen(town: Session) -> None:
    official = hire(town, "wang", "police", Role.VERIFIER)
    token = sessions.begin(town, official, means="password", now=NOW, today=TODAY)
    uses = LastUses()
    for minutes in (20, 40, 60):
        sessions.visit(town, token, uses, now=NOW + timedelta(minutes=minutes), today=TODAY)
    with pytest.raises(NotSignedIn):
        sessions.visit(town, token, uses, now=NOW + timedelta(minutes=90), today=TODAY)
