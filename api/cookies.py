"""The cookies of officials' browsers: not for scripts, not for other sites, over TLS alone unless on loopback."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from api.serve import is_loopback

SESSION, FORM, FLIGHT = "session", "form", "flight"


def read(request: Request, kind: str) -> str:
    """The cookie's value, "" when the browser sent none."""
    return request.cookies.get(_name(request, kind), "")


def put(response: Response, request: Request, kind: str, value: str, seconds: int | None = None) -> None:
    """Give the browser a cookie, for so many seconds or until it is closed."""
    response.set_cookie(
        _name(request, kind),
        value,
        max_age=seconds,
        path="/",
        secure=_is_secure(request),
        httponly=True,
        samesite="lax",
    )


def drop(response: Response, request: Request, kind: str) -> None:
    """Have the browser forget a cookie."""
    response.delete_cookie(_name(request, kind), path="/", secure=_is_secure(request), httponly=True, samesite="lax")


def base_url(request: Request) -> str:
    """How this browser reaches the exchange, without a slash at the end."""
    told: str = request.app.state.exchange.settings.public_url
    return (told or str(request.base_url)).rstrip("/")


def _is_secure(request: Request) -> bool:
    address = urlsplit(base_url(request))
    return address.scheme == "https" or not is_loopback(address.hostname or "")


def _name(request: Request, kind: str) -> str:
    """With the prefix, browsers take the cookie from this very host over TLS and from nobody else."""
    return f"__Host-sixbase-{kind}" if _is_secure(request) else f"sixbase-{kind}"
