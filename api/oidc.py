"""Sign-in through the city's OpenID Connect provider: authorization code with PKCE, state and nonce.

What must come back unchanged (state, where to go afterwards) travels in a signed cookie of the browser; nonce and
code verifier are made from the state with a key that never leaves the exchange. The provider's own word, the ID
token, is believed only with a signature of its published keys, for this client, this sign-in and this minute.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

import httpx
import jwt as pyjwt
from authlib.common.errors import AuthlibBaseError
from authlib.oauth2.client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from api.serve import is_loopback
from catalog.errors import Misconfigured, NotFound, NotSignedIn, PlatformError
from catalog.keys import Key, Keys, Purpose
from catalog.settings import Settings

FLIGHT_TIME = timedelta(minutes=10)
LEEWAY = 60
# signatures that a published key can check; never one that the client's own secret could make
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
T = TypeVar("T")
_REMEDY = "请重新登录；持续出现时联系平台管理员"


class ProviderDown(PlatformError):
    """The provider cannot be reached, or answers what no provider answers."""

    code, fault = "provider_down", "exchange"


@dataclass(frozen=True, slots=True)
class Flight:
    """One sign-in that is under way in one browser."""

    state: str
    nonce: str
    verifier: str
    next_path: str


@dataclass(frozen=True, slots=True)
class Endpoints:
    authorization: str
    token: str
    keys: str


@dataclass(frozen=True)
class Provider:
    """The provider that the settings name. Its methods wait for the network: call them from a thread."""

    issuer: str
    client_id: str
    client_secret: str
    claim: str
    keys: Keys

    def take_off(self, redirect_uri: str, next_path: str, now: datetime) -> tuple[str, str]:
        """Where to send the browser, and the cookie that it must bring back."""
        key = self.keys.current(Purpose.SESSION)
        flight = _flight(key, secrets.token_urlsafe(32), next_path)
        with self._client(redirect_uri) as client:
            address, _ = client.create_authorization_url(
                self._endpoints(client.session).authorization,
                state=flight.state,
                nonce=flight.nonce,
                code_verifier=flight.verifier,
            )
        claims = {"state": flight.state, "next": next_path, "exp": int((now + FLIGHT_TIME).timestamp())}
        cookie = pyjwt.encode(claims, key.secret, algorithm="HS256", headers={"kid": key.id})
        return address, cookie

    def land(self, redirect_uri: str, answer: dict[str, str], cookie: str, now: datetime) -> tuple[str, str]:
        """The login that the provider vouches for and where to go; raises NotSignedIn, ProviderDown."""
        flight = self._held(cookie, now)
        if not hmac.compare_digest(flight.state.encode(), answer.get("state", "").encode()):
            raise NotSignedIn("登录请求不是由本浏览器发起的", remedy=_REMEDY)
        if answer.get("iss", self.issuer) != self.issuer or not answer.get("code"):
            raise NotSignedIn("统一身份认证未通过", remedy=_REMEDY)
        with self._client(redirect_uri) as client:
            endpoints = self._endpoints(client.session)
            token = _asked(lambda: self._token(client, endpoints, answer["code"], flight))
            keys = _asked(lambda: KeySet.import_key_set(_json(client.session, endpoints.keys)))
        return self._login(token, keys, flight, now), flight.next_path

    def _client(self, redirect_uri: str) -> _Client:
        return _Client(
            httpx.Client(timeout=10, trust_env=False),
            client_id=self.client_id,
            client_secret=self.client_secret,
            scope="openid profile",
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
        )

    def _endpoints(self, session: httpx.Client) -> Endpoints:
        """The provider's addresses, out of its own description; over TLS unless it is on loopback."""
        told = _asked(lambda: _json(session, f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"))
        if told.get("issuer") != self.issuer:
            raise Misconfigured("统一身份认证地址与其自述不符", remedy="核对 SIXBASE_OIDC_ISSUER")
        found = [str(told.get(name, "")) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
        if not all(map(_is_safe, found)):
            raise Misconfigured("统一身份认证的地址不是 https", remedy="核对 SIXBASE_OIDC_ISSUER")
        return Endpoints(*found)

    def _token(self, client: _Client, endpoints: Endpoints, code: str, flight: Flight) -> dict[str, Any]:
        found: dict[str, Any] = client.fetch_token(
            endpoints.token,
            grant_type="authorization_code",
            code=code,
            code_verifier=flight.verifier,
            redirect_uri=client.redirect_uri,
            auth=(self.client_id, self.client_secret),
        )
        return found

    def _login(self, token: dict[str, Any], keys: KeySet, flight: Flight, now: datetime) -> str:
        try:
            read = jwt.decode(str(token.get("id_token", "")), keys, algorithms=list(ALGORITHMS))
            claims = CodeIDToken(
                read.claims,
                read.header,
                {"iss": {"essential": True, "value": self.issuer}, "aud": {"essential": True, "value": self.client_id}},
                {"nonce": flight.nonce, "client_id": self.client_id, "access_token": token.get("access_token")},
            )
            claims.validate(now=int(now.timestamp()), leeway=LEEWAY)
        except (JoseError, ValueError) as error:
            raise NotSignedIn("统一身份认证的凭证无效", remedy=_REMEDY) from error
        login = claims.get(self.claim)
        if not isinstance(login, str) or not login:
            raise NotSignedIn("统一身份认证未给出账号", remedy="核对 SIXBASE_OIDC_LOGIN_CLAIM")
        return login

    def _held(self, cookie: str, now: datetime) -> Flight:
        try:
            key = self._key(pyjwt.get_unverified_header(cookie).get("kid"))
            claims = pyjwt.decode(cookie, key.secret, algorithms=["HS256"], options={"verify_exp": False})
        except (pyjwt.PyJWTError, NotFound) as error:
            raise NotSignedIn("登录请求不是由本浏览器发起的", remedy=_REMEDY) from error
        if now.timestamp() >= claims["exp"]:
            raise NotSignedIn("登录用时过长", remedy=_REMEDY)
        return _flight(key, claims["state"], claims["next"])

    def _key(self, key_id: object) -> Key:
        """The key of that id that cookies may be signed with: the current one, or the one before."""
        for key in self.keys.generations(Purpose.SESSION):
            if key.id == key_id:
                return key
        raise NotFound("no such key of sessions")


def _flight(key: Key, state: str, next_path: str) -> Flight:
    nonce, verifier = (
        hmac.new(key.secret, f"{use}\n{state}".encode(), sha256).hexdigest() for use in ("nonce", "verifier")
    )
    return Flight(state, nonce, verifier, next_path)


class _Client(OAuth2Client):  # type: ignore[misc]
    """Authlib's client over httpx; closes what it opened."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.session.close()


def provider_of(settings: Settings, keys: Keys) -> Provider | None:
    """The provider that the settings name, None when they name none; raises Misconfigured for half of one."""
    if not settings.oidc_issuer:
        return None
    if not (settings.oidc_client_id and settings.oidc_client_secret):
        raise Misconfigured(
            "缺少统一身份认证的客户端", remedy="设置 SIXBASE_OIDC_CLIENT_ID 和 SIXBASE_OIDC_CLIENT_SECRET"
        )
    if not _is_safe(settings.oidc_issuer):
        raise Misconfigured("统一身份认证的地址不是 https", remedy="核对 SIXBASE_OIDC_ISSUER")
    return Provider(
        settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret, settings.oidc_login_claim, keys
    )


def _is_safe(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))


def _json(session: httpx.Client, address: str) -> Any:
    answer = session.get(address)
    answer.raise_for_status()
    found: Any = answer.json()
    if not isinstance(found, dict):
        raise TypeError("not an object")
    return found


def _asked(ask: Callable[[], T]) -> T:
    """What the provider answers, its refusals and failures in our words and without its own."""
    try:
        return ask()
    except AuthlibBaseError as error:
        raise NotSignedIn("统一身份认证未通过", remedy=_REMEDY) from error
    except (httpx.HTTPError, JoseError, ValueError, TypeError, KeyError) as error:
        raise ProviderDown("统一身份认证服务暂不可用", remedy="稍后重试，或用平台口令登录") from error
