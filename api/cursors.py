"""Cursors: opaque, signed, pinned to the release, the grant version and the question they go on with."""

from __future__ import annotations

import binascii
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import astuple, dataclass

from catalog.errors import Invalid
from catalog.keys import Key, Keys, Purpose

_SIGNATURE = 16


@dataclass(frozen=True, slots=True)
class Cursor:
    """Go on after a record key. scope: keyed digest of what was asked, "" for all records."""

    release_id: str
    grant_id: str
    grant_version: int
    scope: str
    after: str


class Cursors:
    """Writes and reads cursors under the address key; one rotation does not break them."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    def write(self, cursor: Cursor) -> str:
        body = json.dumps(astuple(cursor), separators=(",", ":")).encode()
        return urlsafe_b64encode(_sign(self._keys.current(Purpose.ADDRESS), body) + body).decode().rstrip("=")

    def read(self, text: str) -> Cursor:
        """The cursor; Invalid when it is not one of ours."""
        try:
            content = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        except (binascii.Error, ValueError) as error:
            raise _stray() from error
        signature, body = content[:_SIGNATURE], content[_SIGNATURE:]
        keys = self._keys.generations(Purpose.ADDRESS)
        if not any(hmac.compare_digest(signature, _sign(key, body)) for key in keys):
            raise _stray()
        return Cursor(*json.loads(body))


def _sign(key: Key, body: bytes) -> bytes:
    return hmac.digest(key.secret, b"cursor\0" + body, "sha256")[:_SIGNATURE]


def _stray() -> Invalid:
    return Invalid("翻页标记无效", remedy="不带 cursor 从第一页重新读取")
