"""A little OpenID Connect provider on loopback: real requests, real keys, and every way of lying that tests ask for."""

from __future__ import annotations

import base64
import hashlib
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import uvicorn
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT_ID, CLIENT_SECRET = "sixbase", "provider secret"


@dataclass
class Provider:
    """Signs in whoever `login` names. claims: what replaces the right claims; tricks: what it does wrong."""

    issuer: str = ""
    login: str = "wang"
    now: datetime | None = None
    claims: dict[str, Any] = field(default_factory=dict)
    tricks: set[str] = field(default_factory=set)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, parameters={"kid": "one"}))
    asked: dict[str, dict[str, str]] = field(default_factory=dict)

    def describe(self, _: Request) -> Response:
        if "down" in self.tricks:
            return Response("gateway", 502)
        issuer = "https://other.example" if "another issuer" in self.tricks else self.issuer
        scheme = "http://plain.example" if "plain http" in self.tricks else self.issuer
        return JSONResponse(
            {
                "issuer": issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{scheme}/token",
                "jwks_uri": f"{self.issuer}/keys",
            }
        )

    def authorize(self, request: Request) -> Response:
        code = secrets.token_urlsafe(16)
        self.asked[code] = dict(request.query_params)
        back, state = request.query_params["redirect_uri"], request.query_params["state"]
        return RedirectResponse(f"{back}?code={code}&state={state}")

    async def token(self, request: Request) -> Response:
        form = await request.form()
        asked = self.asked.pop(str(form.get("code")), None)
        basic = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if asked is None or request.headers.get("authorization") != f"Basic {basic}":
            return JSONResponse({"error": "invalid_grant"}, 400)
        digest = hashlib.sha256(str(form["code_verifier"]).encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if (asked["code_challenge"], asked["code_challenge_method"]) != (challenge, "S256"):
            return JSONResponse({"error": "invalid_grant"}, 400)
        if form["redirect_uri"] != asked["redirect_uri"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        return JSONResponse({"access_token": "x", "token_type": "Bearer", "id_token": self._id_token(asked["nonce"])})

    def _id_token(self, nonce: str) -> str:
        assert self.now is not None
        at = int(self.now.timestamp())
        claims = {
            "iss": self.issuer,
            "sub": "1",
            "aud": CLIENT_ID,
            "iat": at,
            "exp": at + 300,
            "nonce": nonce,
            "preferred_username": self.login,
            **self.claims,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        if "stranger's key" in self.tricks:
            stranger = RSAKey.generate_key(2048, parameters={"kid": "one"})
            return jwt.encode({"alg": "RS256", "kid": "one"}, claims, stranger)
        if "client secret as key" in self.tricks:
            key = OctKey.import_key(CLIENT_SECRET)
            return jwt.encode({"alg": "HS256", "kid": "one"}, claims, key, algorithms=["HS256"])
        if "unsigned" in self.tricks:
            parts = (base64.urlsafe_b64encode(str(p).replace("'", '"').encode()).rstrip(b"=").decode()
                     for p in ({"alg": "none"}, claims))  # fmt: skip
            return ".".join(parts) + "."
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.key)

    def keys(self, _: Request) -> Response:
        return JSONResponse({"keys": [{**self.key.as_dict(private=False), "use": "sig", "alg": "RS256"}]})


@contextmanager
def running() -> Iterator[Provider]:
    """The provider, served on a free port until the block ends."""
    provider = Provider()
    app = Starlette(
        routes=[
            Route("/.well-known/openid-configuration", provider.describe),
            Route("/authorize", provider.authorize),
            Route("/token", provider.token, methods=["POST"]),
            Route("/keys", provider.keys),
        ]
    )
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    provider.issuer = f"http://127.0.0.1:{port}"
    try:
        yield provider
    finally:
        server.should_exit = True
        thread.join()
