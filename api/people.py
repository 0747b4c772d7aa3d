"""Officials, clients and their logs as what goes over the wire."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import AwareDatetime, Field

from api.schemas import Given, Sent
from catalog import clients
from catalog.models import AdminAct, ApiClient, ClientSecret, Official, Post, SignIn
from catalog.roles import Role


class OfficialIn(Sent):
    """A new official; department is the slug of whose administrator looks after the account."""

    login: str = Field(max_length=50)
    name: str = Field(max_length=50)
    department: str = Field(max_length=64)


class PostIn(Sent):
    department: str = Field(max_length=64)
    role: Role
    valid_from: date
    valid_to: date | None = Field(None, description="the first day on which it is no longer held")


class PostEndIn(Sent):
    on: date | None = Field(None, description="default: today")


class PostOut(Given):
    id: int
    department: str
    role: Role
    valid_from: date
    valid_to: date | None
    is_in_force: bool


class OfficialOut(Given):
    login: str
    name: str
    department: str
    state: str
    is_demo: bool
    must_change_password: bool
    posts: list[PostOut]


class FirstPasswordOut(Given):
    """Shown this once. state: `held` until the security administrator confirms it."""

    login: str
    first_password: str
    state: str


class ClientIn(Sent):
    client_id: str = Field(max_length=64)
    name: str = Field(max_length=100)
    department: str = Field(max_length=64)


class ClientRolesIn(Sent):
    roles: list[Role] = Field(max_length=20)


class SecretIn(Sent):
    expires_at: AwareDatetime | None = None


class SecretOut(Given):
    id: int
    is_waiting: bool
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


class NewSecretOut(SecretOut):
    """Shown this once; opens nothing while it waits for the security administrator."""

    client_id: str
    client_secret: str


class ClientOut(Given):
    client_id: str
    name: str
    department: str
    roles: list[str]
    is_demo: bool
    created_at: datetime
    revoked_at: datetime | None
    secrets: list[SecretOut]


class SignInOut(Given):
    id: int
    at: datetime
    login: str | None
    outcome: str
    means: str
    address: str


class AdminActOut(Given):
    id: int
    at: datetime
    by: str
    act: str
    subject: str
    department: str
    facts: dict[str, Any]


def official(found: Official, today: date) -> OfficialOut:
    return OfficialOut(
        login=found.login,
        name=found.name,
        department=found.department.slug,
        state=found.state.value,
        is_demo=found.is_demo,
        must_change_password=found.must_change_password,
        posts=[post(each, today) for each in found.posts],
    )


def post(found: Post, today: date) -> PostOut:
    return PostOut(
        id=found.id,
        department=found.department.slug,
        role=found.role,
        valid_from=found.valid_from,
        valid_to=found.valid_to,
        is_in_force=found.is_in_force(today),
    )


def client(found: ApiClient, now: datetime) -> ClientOut:
    return ClientOut(
        client_id=found.client_id,
        name=found.name,
        department=found.department.slug,
        roles=found.roles,
        is_demo=found.is_demo,
        created_at=found.created_at,
        revoked_at=found.revoked_at,
        secrets=[SecretOut.model_validate(each) for each in clients.living_secrets(found, now)],
    )


def new_secret(made: ClientSecret, text: str) -> NewSecretOut:
    facts = SecretOut.model_validate(made).model_dump()
    return NewSecretOut(**facts, client_id=made.client_id, client_secret=text)


def sign_in(found: SignIn) -> SignInOut:
    return SignInOut(
        id=found.id,
        at=found.at,
        login=found.official.login if found.official else None,
        outcome=found.outcome.value,
        means=found.means,
        address=found.address,
    )


def act(found: AdminAct) -> AdminActOut:
    return AdminActOut(
        id=found.id,
        at=found.at,
        by=found.by,
        act=found.act,
        subject=found.subject,
        department=found.department.slug,
        facts=found.facts,
    )
