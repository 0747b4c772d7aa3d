"""What the sign-in pages do: each function takes what a form sent and says what the page shows or where it goes."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from sqlalchemy.orm import Session

from api.house import Exchange
from catalog import accounts, people, sessions, sign_ins
from catalog.errors import Invalid, NotSignedIn
from catalog.keys import Key, Purpose
from catalog.models import SignInOutcome
from catalog.sessions import Visit
from catalog.sign_ins import Attempt

# what a person is told, in Chinese and English; who does not know the password learns nothing of the account
TOLD = {
    SignInOutcome.UNKNOWN: ("账号或口令不正确", "The login or the password is not right"),
    SignInOutcome.WRONG_PASSWORD: ("账号或口令不正确", "The login or the password is not right"),
    SignInOutcome.LOCKED: ("连续登录失败，{seconds} 秒后再试", "Too many failures; try again in {seconds} seconds"),
    SignInOutcome.HELD: ("账号待安全保密管理员确认后方可登录", "The account waits for the security administrator"),
    SignInOutcome.DISABLED: ("账号已停用，请联系本部门管理员", "The account is disabled; ask your administrator"),
    SignInOutcome.NO_POST: ("现无任职，请联系安全保密管理员", "You hold no post; ask the security administrator"),
}
STATUS = {SignInOutcome.LOCKED: 429}


@dataclass(frozen=True, slots=True)
class Entered:
    """How a sign-in ended: a session's token, or what went wrong in two languages and its status."""

    token: str = ""
    wrong: tuple[str, str] | None = None
    status: int = 200
    seconds: int = 0


def sign_in(house: Exchange, login: str, password: str, address: str, old_token: str) -> Entered:
    """Try a login and a password. The session of before ends, so that no session outlives a change of person."""
    now, today = house.clock(), house.today
    with house.transaction() as db:
        found = sign_ins.attempt(db, house.lockouts, login.strip(), password, address=address, now=now, today=today)
        return _entered(db, house, found, sign_ins.PASSWORD, address, old_token)


def sign_in_by_provider(house: Exchange, login: str, address: str, old_token: str) -> Entered:
    """Let in whom the city's provider vouches for."""
    with house.transaction() as db:
        found = sign_ins.attempt_by_provider(db, login, address=address, now=house.clock(), today=house.today)
        return _entered(db, house, found, sign_ins.OIDC, address, old_token)


def _entered(db: Session, house: Exchange, found: Attempt, means: str, address: str, old_token: str) -> Entered:
    if found.official is None:
        chinese, english = TOLD[found.outcome]
        told = chinese.format(seconds=found.seconds), english.format(seconds=found.seconds)
        return Entered(wrong=told, status=STATUS.get(found.outcome, 403), seconds=found.seconds)
    now = house.clock()
    sessions.end(db, old_token, address=address, now=now)
    lifetime = timedelta(hours=house.settings.session_hours)
    return Entered(sessions.begin(db, found.official, means=means, now=now, today=house.today, lifetime=lifetime))


def change_password(house: Exchange, visit: Visit, old: str, new: str, again: str, address: str) -> str:
    """Take a new password; the token of the one session that goes on. Raises Invalid, NotSignedIn, LockedOut."""
    now, today = house.clock(), house.today
    if new != again:
        raise Invalid("两次输入的新口令不一致", remedy="重新输入")
    with house.transaction() as db:
        official = people.get(db, visit.login)
        if not sign_ins.recognises(db, house.lockouts, official, old, address=address, now=now):
            raise NotSignedIn("原口令不正确", remedy="重新输入")
        accounts.change_password(db, official, new, now=now)
        return sessions.begin(
            db,
            official,
            means=sign_ins.PASSWORD,
            now=now,
            today=today,
            department_id=visit.desk.department_id if visit.desk else None,
            lifetime=timedelta(hours=house.settings.session_hours),
        )


def form_key() -> str:
    """What a browser without a session is given, so that its sign-in form can be told from one of another site."""
    return secrets.token_urlsafe(24)


def form_token(house: Exchange, key: str) -> str:
    """What the sign-in form of that browser must bring back."""
    return _form_token(house.keys.current(Purpose.SESSION), key)


def _form_token(held: Key, key: str) -> str:
    return hmac.new(held.secret, f"form\n{key}".encode(), sha256).hexdigest()


def is_own_form(house: Exchange, key: str, sent: str) -> bool:
    """Whether the form came from the page that this browser was shown, be it before the last rotation of keys."""
    tokens = [_form_token(held, key) for held in house.keys.generations(Purpose.SESSION)]
    return bool(key) and any(hmac.compare_digest(token.encode(), sent.encode()) for token in tokens)
