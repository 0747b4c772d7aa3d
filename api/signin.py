"""The token endpoint's answers, in the shape of RFC 6749."""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import unquote_plus

from api.house import Exchange
from catalog import clients
from catalog.errors import LockedOut, NotSignedIn, PlatformError

_CHALLENGE = {"WWW-Authenticate": 'Basic realm="sixbase"'}


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, body, headers; client: who signed in, for the access log."""

    status: int
    body: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)
    client: str = ""


def sign_in(house: Exchange, fields: Mapping[str, str], authorization: str, address: str) -> Answer:
    """A token or a refusal. authorization: the header, "" when there is none."""
    if fields.get("grant_type") != "client_credentials":
        return _refusal(400, "unsupported_grant_type", "grant_type 应为 client_credentials")
    found = credentials(fields, authorization)
    if found is None:
        return _refusal(400, "invalid_request", "用 HTTP Basic 或表单给出 client_id 和 client_secret，不要都用")
    client_id, secret = found
    now = house.clock()
    try:
        with house.transaction() as db:
            client = clients.authenticate(db, house.lockouts, client_id, secret, address=address, now=now)
            token, seconds = clients.issue_token(
                house.keys, client, now=now, lifetime=timedelta(minutes=house.settings.token_minutes)
            )
    except (NotSignedIn, LockedOut) as error:
        return _refused(error)
    return Answer(200, {"access_token": token, "token_type": "Bearer", "expires_in": seconds}, client=client_id)


def credentials(fields: Mapping[str, str], authorization: str) -> tuple[str, str] | None:
    """Client id and secret from one of the two places, None when there are none, two or half."""
    in_form = fields.get("client_id", ""), fields.get("client_secret", "")
    if not authorization:
        return in_form if all(in_form) else None
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic" or in_form[1]:
        return None
    try:
        name, _, secret = b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (unquote_plus(name), unquote_plus(secret)) if name and secret else None


def _refused(error: PlatformError) -> Answer:
    if isinstance(error, LockedOut):
        return _refusal(429, "invalid_client", error.message, {"Retry-After": str(error.facts["seconds"])})
    return _refusal(401, "invalid_client", error.message, _CHALLENGE)


def _refusal(status: int, error: str, description: str, headers: dict[str, str] | None = None) -> Answer:
    return Answer(status, {"error": error, "error_description": description}, headers or {})
