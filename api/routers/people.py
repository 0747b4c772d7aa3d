"""Accounts and posts of officials, and the two logs that the audit administrator reads."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api import people as shown
from api.deps import GUARDED, Db, House, SignedIn, administrator
from catalog import accounts, admin_log, departments, people, posts
from catalog.roles import Action, scope

router = APIRouter(prefix="/v1", tags=["people"], dependencies=[*GUARDED, Depends(administrator)])

Limit = Annotated[int, Query(ge=1, le=100)]
Before = Annotated[int | None, Query(ge=1, le=2**31 - 1, description="the id of the last one seen")]


@router.get("/people")
def list_people(db: Db, house: House, caller: SignedIn) -> list[shown.OfficialOut]:
    """Officials of the caller's department and those with a post in it; everyone's for the authority."""
    found = people.listed(db, scope(caller, Action.READ_PEOPLE))
    return [shown.official(each, house.today) for each in found]


@router.post("/people", status_code=201)
def enter(sent: shown.OfficialIn, db: Db, house: House, caller: SignedIn) -> shown.FirstPasswordOut:
    """A new official without a post, with the first password, shown this once."""
    home = departments.get(db, sent.department)
    made, first = accounts.enter(db, caller, login=sent.login, name=sent.name, department=home, now=house.clock())
    return shown.FirstPasswordOut(login=made.login, first_password=first, state=made.state.value)


@router.post("/people/{login}/password", status_code=201)
def reset_password(login: str, db: Db, house: House, caller: SignedIn) -> shown.FirstPasswordOut:
    """A new first password, shown this once; the account waits for the security administrator."""
    found = people.get(db, login)
    first = accounts.reset_password(db, caller, found, now=house.clock())
    return shown.FirstPasswordOut(login=found.login, first_password=first, state=found.state.value)


@router.post("/people/{login}/confirmation")
def confirm(login: str, db: Db, house: House, caller: SignedIn) -> shown.OfficialOut:
    """Let an account that waits open again."""
    found = people.get(db, login)
    accounts.confirm(db, caller, found, now=house.clock())
    return shown.official(found, house.today)


@router.post("/people/{login}/disablement")
def disable(login: str, db: Db, house: House, caller: SignedIn) -> shown.OfficialOut:
    """Shut an account; its sessions end at once."""
    found = people.get(db, login)
    accounts.disable(db, caller, found, now=house.clock(), today=house.today)
    return shown.official(found, house.today)


@router.delete("/people/{login}/disablement")
def enable(login: str, db: Db, house: House, caller: SignedIn) -> shown.OfficialOut:
    """Take a disabled account up again; it waits for the security administrator."""
    found = people.get(db, login)
    accounts.enable(db, caller, found, now=house.clock())
    return shown.official(found, house.today)


@router.post("/people/{login}/posts", status_code=201)
def give_post(login: str, sent: shown.PostIn, db: Db, house: House, caller: SignedIn) -> shown.PostOut:
    """A role in a department, for a time."""
    made = posts.give_post(
        db,
        caller,
        people.get(db, login),
        department=departments.get(db, sent.department),
        role=sent.role,
        valid_from=sent.valid_from,
        valid_to=sent.valid_to,
        now=house.clock(),
    )
    return shown.post(made, house.today)


@router.post("/people/{login}/posts/{post_id}/end")
def end_post(login: str, post_id: int, sent: shown.PostEndIn, db: Db, house: House, caller: SignedIn) -> shown.PostOut:
    """End a post; sessions that act for it end with it."""
    post = posts.get_post(people.get(db, login), post_id)
    posts.end_post(db, caller, post, on=sent.on or house.today, now=house.clock(), today=house.today)
    return shown.post(post, house.today)


@router.get("/sign-ins")
def list_sign_ins(
    db: Db,
    caller: SignedIn,
    login: shown.Text = "",
    before: Before = None,
    limit: Limit = 100,
) -> list[shown.SignInOut]:
    """Attempts to sign in and sign-outs, newest first."""
    whose = scope(caller, Action.READ_SIGN_INS)
    return [shown.sign_in(each) for each in admin_log.sign_ins(db, whose, login=login, before=before, limit=limit)]


@router.get("/admin-log")
def list_acts(
    db: Db,
    caller: SignedIn,
    subject: shown.Text = "",
    before: Before = None,
    limit: Limit = 100,
) -> list[shown.AdminActOut]:
    """What administrators did to accounts, posts and clients, newest first."""
    whose = scope(caller, Action.READ_ADMIN_LOG)
    return [shown.act(each) for each in admin_log.acts(db, whose, subject=subject, before=before, limit=limit)]
