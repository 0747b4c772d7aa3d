"""Attempts of officials to sign in, each kept in the log of sign-ins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog import passwords, people, posts
from catalog.errors import LockedOut
from catalog.lockouts import Lockouts
from catalog.models import Official, OfficialState, SignIn, SignInOutcome

PASSWORD, OIDC = "password", "oidc"


@dataclass(frozen=True, slots=True)
class Attempt:
    """How an attempt to sign in ended; official only when it succeeded. seconds: to wait when locked."""

    outcome: SignInOutcome
    official: Official | None = None
    seconds: int = 0


def attempt(
    db: Session, lockouts: Lockouts, login: str, password: str, *, address: str, now: datetime, today: date
) -> Attempt:
    """Try a login and a password; the attempt is kept in the log, so the caller commits whatever comes of it.

    The attempt is counted before the password is looked at. A login that does not exist, is disabled or has no
    post costs as much time as one that opens; only who knows the password is told more than that it failed.
    """
    who = f"official:{login}"
    official = people.find(db, login)
    if wait := lockouts.attempt(who, address, now):
        return _locked(db, official, wait, address=address, now=now)
    if not passwords.matches(official.password_hash if official else None, password):
        wrong = SignInOutcome.WRONG_PASSWORD if official else SignInOutcome.UNKNOWN
        return _ended(db, wrong, official, PASSWORD, address, now)
    assert official is not None and official.password_hash is not None
    lockouts.succeed(who, address)
    if passwords.needs_rehash(official.password_hash):
        official.password_hash = passwords.hashed(password)
    return _enter(db, official, PASSWORD, address=address, now=now, today=today)


def attempt_by_provider(db: Session, login: str, *, address: str, now: datetime, today: date) -> Attempt:
    """Let in whom the city's identity provider has recognised, if the login is an official's here."""
    official = people.find(db, login)
    if official is None:
        return _ended(db, SignInOutcome.UNKNOWN, None, OIDC, address, now)
    return _enter(db, official, OIDC, address=address, now=now, today=today)


def recognises(
    db: Session, lockouts: Lockouts, official: Official, password: str, *, address: str, now: datetime
) -> bool:
    """Whether it is the password of someone already signed in; failures count as those of a sign-in.

    Raises LockedOut after too many.
    """
    who = f"official:{official.login}"
    if wait := lockouts.attempt(who, address, now):
        raise LockedOut(f"口令多次错误，{wait} 秒后再试", remedy="稍后重试", seconds=wait)
    right = passwords.matches(official.password_hash, password)
    if right:
        lockouts.succeed(who, address)
    return right


def _enter(db: Session, official: Official, means: str, *, address: str, now: datetime, today: date) -> Attempt:
    """What awaits someone who has shown who he is."""
    outcome = SignInOutcome.SIGNED_IN
    if official.state is OfficialState.DISABLED:
        outcome = SignInOutcome.DISABLED
    elif official.state is OfficialState.HELD:
        outcome = SignInOutcome.HELD
    elif not posts.posts_in_force(official, today):
        outcome = SignInOutcome.NO_POST
    return _ended(db, outcome, official, means, address, now)


def _ended(
    db: Session, outcome: SignInOutcome, official: Official | None, means: str, address: str, now: datetime
) -> Attempt:
    keep(db, outcome, official, means, address=address, now=now)
    return Attempt(outcome, official if outcome is SignInOutcome.SIGNED_IN else None)


def keep(
    db: Session, outcome: SignInOutcome, official: Official | None, means: str, *, address: str, now: datetime
) -> None:
    """Write a line of the log of sign-ins."""
    known = official.id if official else None
    db.add(SignIn(at=now, official_id=known, outcome=outcome, means=means, address=address[:64]))
    db.flush()


def _locked(db: Session, official: Official | None, wait: int, *, address: str, now: datetime) -> Attempt:
    """Kept once per lockout: an attempt that is turned away costs nothing, and must not fill the log."""
    if official is not None:
        newest = select(SignIn.outcome).where(SignIn.official_id == official.id)
        if db.scalar(newest.order_by(SignIn.at.desc(), SignIn.id.desc()).limit(1)) is not SignInOutcome.LOCKED:
            keep(db, SignInOutcome.LOCKED, official, PASSWORD, address=address, now=now)
    return Attempt(SignInOutcome.LOCKED, seconds=wait)
