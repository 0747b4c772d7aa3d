"""Who looks at a page, by the session cookie, and the token that every form must bring back.

The cookie holds a bearer token of a client, so that signing in, revoking and locking out are those of the exchange.
Sign-in of officials takes this module's place: `page_caller`, `form_token` and the two cookies are all that
pages know of it.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from api.house import Exchange
from catalog import clients
from catalog.errors import NotAllowed, NotSignedIn
from catalog.keys import Purpose
from catalog.roles import Caller

COOKIE = "sixbase_session"
FORM_FIELD = "form_token"


def page_caller(request: Request) -> Caller | None:
    """Who is signed in, None when nobody is or the session has ended."""
    house: Exchange = request.app.state.exchange
    token = request.cookies.get(COOKIE)
    if not token:
        return None
    try:
        caller = house.access.caller(token, house.clock())
    except NotSignedIn:
        return None
    request.state.client = caller.client_id
    return caller


def form_token(request: Request) -> str:
    """What the forms of this session carry, so that no other site can send them."""
    house: Exchange = request.app.state.exchange
    session = request.cookies.get(COOKIE, "")
    key = house.keys.current(Purpose.TOKEN).secret
    return hmac.new(key, f"form\0{session}".encode(), hashlib.sha256).hexdigest()[:32]


def require_form(request: Request, sent: str) -> None:
    """Raise NotAllowed for a form that did not come from a page of this session."""
    if not hmac.compare_digest(form_token(request), sent):
        raise NotAllowed("表单已过期，或不是从本系统页面提交的", remedy="刷新页面后重新填写提交")


def sign_in(house: Exchange, name: str, secret: str, *, address: str) -> str:
    """A session for whom the secret opens; raises NotSignedIn, LockedOut."""
    now = house.clock()
    with house.transaction() as db:
        client = clients.authenticate(db, house.lockouts, name, secret, address=address, now=now)
        lifetime = timedelta(minutes=house.settings.token_minutes)
        return clients.issue_token(house.keys, client, now=now, lifetime=lifetime)[0]


def keep(response: Response, request: Request, session: str) -> None:
    """Give the browser the session: not for scripts, not for other sites, over TLS where the page came over it."""
    response.set_cookie(COOKIE, session, httponly=True, samesite="lax", secure=request.url.scheme == "https", path="/")


def end(response: Response) -> None:
    response.delete_cookie(COOKIE, path="/")
