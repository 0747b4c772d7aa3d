"""Passwords of people: how they are kept, compared and chosen."""

from __future__ import annotations

import secrets
import threading
import unicodedata
from functools import cache
from importlib import resources

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from catalog.errors import Invalid

MIN_LENGTH, MAX_LENGTH = 10, 128
MIN_DIFFERENT = 5
# without letters and digits that are read for one another
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
# the second recommendation of RFC 9106, 4: 64 MiB and three passes
_HASHER = PasswordHasher()
# that many at once, so that a flood of sign-ins cannot take the memory
_AT_ONCE = threading.BoundedSemaphore(4)


def hashed(password: str) -> str:
    """What the register keeps of a password."""
    with _AT_ONCE:
        return _HASHER.hash(normal(password))


def matches(password_hash: str | None, password: str) -> bool:
    """Whether the password is the one that was hashed; as slow without a hash, that nobody learns who exists."""
    with _AT_ONCE:
        try:
            # a password that is too long to be anybody's is not worth hashing in full
            found = _HASHER.verify(password_hash or _nobodys(), normal(password[: MAX_LENGTH + 1]))
        except (VerificationError, InvalidHashError):
            return False
    return found and password_hash is not None


def needs_rehash(password_hash: str) -> bool:
    """Whether the hash was made at a lower cost than today's."""
    return _HASHER.check_needs_rehash(password_hash)


def first_password() -> str:
    """A password for one first sign-in: four groups that can be read out, about 79 random bits."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))


def require_good(password: str, *, login: str, name: str) -> None:
    """Raise Invalid, saying every reason at once, for a password that is easily guessed."""
    text = normal(password)
    plain = text.casefold()
    wrong = [
        reason
        for is_wrong, reason in (
            (len(text) < MIN_LENGTH, f"至少 {MIN_LENGTH} 个字符"),
            (len(text) > MAX_LENGTH, f"至多 {MAX_LENGTH} 个字符"),
            (login.casefold() in plain or (len(name) > 1 and name in text), "不得包含账号或姓名"),
            (len(set(plain)) < MIN_DIFFERENT, f"至少 {MIN_DIFFERENT} 种不同字符"),
            (_is_common(plain), "属于最常见的口令"),
        )
        if is_wrong
    ]
    if wrong:
        raise Invalid(f"新口令不符合要求：{'；'.join(wrong)}", remedy="换一个更长、不易猜到的口令", reasons=wrong)


def normal(password: str) -> str:
    """The same text for the same keys, whether an input method wrote full or half width."""
    return unicodedata.normalize("NFKC", password)


def _is_common(plain: str) -> bool:
    """Whether it is on the list, as a whole, by its letters alone, or without what is put around it."""
    letters = "".join(c for c in plain if c.isalpha())
    core = plain.strip("0123456789!@#$%^&*()_+-=.,?~ ")
    return bool({plain, letters, core} & _common()) or plain in _ROWS


@cache
def _common() -> frozenset[str]:
    text = resources.files("catalog").joinpath("data", "common_passwords.txt").read_text("utf-8")
    return frozenset(line for line in text.split() if not line.startswith("#"))


def _runs(row: str) -> set[str]:
    """Every stretch of a row of keys, forth and back, as long as a password."""
    return {
        line[start:end]
        for line in (row, row[::-1])
        for start in range(len(line))
        for end in range(start + MIN_LENGTH, len(line) + 1)
    }


_ROWS = frozenset().union(
    *map(_runs, ("01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm"))
)


@cache
def _nobodys() -> str:
    return _HASHER.hash(secrets.token_urlsafe(32))
