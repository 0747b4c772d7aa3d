"""Clients: two secrets at a time, growing waits, tokens that end, doors that shut."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt
import pytest
from sqlalchemy.orm import Session

from catalog import clients
from catalog.errors import Conflict, Invalid, LockedOut, NotSignedIn
from catalog.keys import Keys, Purpose
from catalog.lockouts import Lockouts
from catalog.models import ApiClient, Department, Model
from catalog.register import open_engine, revision_of

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Session]:
    engine = open_engine(f"sqlite:///{tmp_path / 'register.sqlite'}")
    Model.metadata.create_all(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    return Keys(tmp_path / "keys").ensure()


@pytest.fixture
def lockouts(tmp_path: Path) -> Lockouts:
    return Lockouts(tmp_path / "lockouts.sqlite")


@pytest.fixture
def client(db: Session) -> ApiClient:
    department = Department(slug="housing", name="市住房和城乡建设局", credit_code="1", division_code="140200")
    db.add(department)
    return clients.register(db, "housing-app", department=department, name="公租房", roles=["consumer"], now=NOW)


def sign_in(db: Session, lockouts: Lockouts, secret: str, now: datetime = NOW, address: str = "10.0.0.1") -> ApiClient:
    return clients.authenticate(db, lockouts, "housing-app", secret, address=address, now=now)


def test_both_secrets_open_during_a_rotation_and_a_third_is_refused(
    db: Session, lockouts: Lockouts, client: ApiClient
) -> None:
    old, new = (clients.new_secret(db, client, now=NOW) for _ in range(2))
    assert sign_in(db, lockouts, old) is sign_in(db, lockouts, new) is client
    with pytest.raises(Conflict):
        clients.new_secret(db, client, now=NOW)
    clients.revoke_secret(db, client.secrets[0], now=NOW)
    with pytest.raises(NotSignedIn):
        sign_in(db, lockouts, old)
    assert sign_in(db, lockouts, new) is client


def test_no_secret_stands_in_the_register(db: Session, client: ApiClient, tmp_path: Path) -> None:
    secret = clients.new_secret(db, client, now=NOW)
    db.commit()
    assert all(secret.encode() not in p.read_bytes() for p in tmp_path.glob("register*"))


def test_an_expired_secret_does_not_open(db: Session, lockouts: Lockouts, client: ApiClient) -> None:
    secret = clients.new_secret(db, client, now=NOW, expires_at=NOW + timedelta(minutes=5))
    with pytest.raises(NotSignedIn):
        sign_in(db, lockouts, secret, NOW + timedelta(minutes=5))


def test_waits_grow_with_failures_and_end_with_success(db: Session, lockouts: Lockouts, client: ApiClient) -> None:
    secret = clients.new_secret(db, client, now=NOW)
    now = NOW
    for expected in (0, 0, 0, 0, 1, 2, 4, 8):
        with pytest.raises(NotSignedIn):
            sign_in(db, lockouts, "wrong", now)
        if expected:
            with pytest.raises(LockedOut) as locked:
                sign_in(db, lockouts, secret, now)
            assert locked.value.facts["seconds"] == expected
        now += timedelta(seconds=expected)
    assert sign_in(db, lockouts, secret, now) is client
    with pytest.raises(NotSignedIn):
        sign_in(db, lockouts, "wrong", now)


def test_one_address_does_not_lock_another_out(db: Session, lockouts: Lockouts, client: ApiClient) -> None:
    secret = clients.new_secret(db, client, now=NOW)
    for _ in range(6):
        with pytest.raises((NotSignedIn, LockedOut)):
            sign_in(db, lockouts, "wrong", address="10.9.9.9")
    assert sign_in(db, lockouts, secret) is client


def test_a_second_worker_knows_of_the_failures(db: Session, lockouts: Lockouts, tmp_path: Path) -> None:
    for _ in range(5):
        lockouts.attempt("x", "a", NOW)
    assert Lockouts(tmp_path / "lockouts.sqlite").attempt("x", "a", NOW) == 1


def test_a_token_names_its_client_and_its_end(keys: Keys, client: ApiClient) -> None:
    token, seconds = clients.issue_token(keys, client, now=NOW)
    assert clients.read_token(keys, token) == ("housing-app", NOW + timedelta(seconds=seconds))


def test_a_token_lives_through_one_rotation_and_not_two(keys: Keys, client: ApiClient) -> None:
    token, _ = clients.issue_token(keys, client, now=NOW)
    keys.rotate(Purpose.TOKEN)
    assert clients.read_token(keys, token)[0] == "housing-app"
    keys.rotate(Purpose.TOKEN)
    with pytest.raises(NotSignedIn):
        clients.read_token(keys, token)


def test_forged_tokens_are_refused(keys: Keys, client: ApiClient, tmp_path: Path) -> None:
    claims = {"iss": "sixbase", "sub": "housing-app", "exp": 4102444800}
    kid = {"kid": keys.current(Purpose.TOKEN).id}
    stranger = Keys(tmp_path / "other").ensure()
    forged = [
        jwt.encode(claims, stranger.current(Purpose.TOKEN).secret, algorithm="HS256", headers=kid),
        jwt.encode(claims, "", algorithm="none", headers=kid),
        jwt.encode(claims, keys.current(Purpose.MASK).secret, algorithm="HS256", headers={"kid": "mask"}),
        jwt.encode({"iss": "sixbase"}, keys.current(Purpose.TOKEN).secret, algorithm="HS256", headers=kid),
        "not.a.token",
        "",
    ]
    for token in forged:
        with pytest.raises(NotSignedIn):
            clients.read_token(keys, token)


def test_a_revoked_client_neither_signs_in_nor_calls(db: Session, lockouts: Lockouts, client: ApiClient) -> None:
    secret = clients.new_secret(db, client, now=NOW)
    assert set(clients.callers(db, NOW)) == {"housing-app"}
    before = revision_of(db, "clients")
    clients.revoke(db, client, now=NOW)
    assert revision_of(db, "clients") > before
    assert clients.callers(db, NOW) == {}
    with pytest.raises(NotSignedIn):
        sign_in(db, lockouts, secret)


def test_clients_of_a_dissolved_department_do_not_call(db: Session, client: ApiClient) -> None:
    client.department.valid_to = NOW.date()
    assert clients.callers(db, NOW) == {}


def test_an_unknown_role_is_refused(db: Session, client: ApiClient) -> None:
    with pytest.raises(Invalid):
        clients.register(db, "x", department=client.department, name="x", roles=["king"], now=NOW)
