"""What routes ask for: the exchange, a transaction, the caller, a question about data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, Query, Request
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from api import cookies, visits
from api.house import Exchange
from api.question import Question
from api.scopes import search_scope
from catalog.errors import Invalid, NotSignedIn
from catalog.roles import Action, Caller, require
from catalog.search import Viewer
from catalog.sessions import Visit


def exchange(request: Request) -> Exchange:
    found: Exchange = request.app.state.exchange
    return found


async def opened(request: Request) -> Exchange:
    return exchange(request)


def session(request: Request) -> Iterator[Session]:
    with exchange(request).transaction() as db:
        yield db


def token_of(request: Request) -> str:
    """The bearer token of a request; raises NotSignedIn."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotSignedIn("没有令牌", remedy="先向 /oauth/token 申请令牌，放在 Authorization: Bearer 里")
    return token.strip()


async def signed_in(request: Request) -> Caller:
    """A client by its token, or an official by the session of the browser."""
    if "authorization" not in request.headers and cookies.read(request, cookies.SESSION):
        return await run_in_threadpool(visits.for_api, request)
    house = exchange(request)
    caller = house.access.caller(token_of(request), house.clock())
    request.state.client = caller.client_id
    return caller


def administrator(caller: Annotated[Caller, Depends(signed_in)]) -> None:
    """Whoever is none learns no login and no client id from what is found or not."""
    require(caller, Action.READ_PEOPLE)


def visitor(request: Request) -> Visit:
    return visits.visitor(request)


def official(request: Request) -> Visit:
    return visits.for_page(request)


async def checked_form(request: Request, visit: Annotated[Visit, Depends(visitor)]) -> Visit:
    """The official whose page sent a form; the token comes in a header, in the query or in the form itself."""
    sent = request.headers.get(visits.CSRF_HEADER) or request.query_params.get(visits.CSRF_FIELD)
    if sent is None:
        found = (await request.form()).get(visits.CSRF_FIELD)
        sent = found if isinstance(found, str) else ""
    visits.check_csrf(request, visit, sent)
    return visit


async def question(request: Request, resource: str) -> Question:
    """A question about the resource in the path, by a caller who may read data."""
    house = exchange(request)
    asked = Question(house, request, house.clock(), resource)
    request.state.question = asked
    try:
        asked.identify(token_of(request))
    finally:
        request.state.client = asked.client
    await known_parameters(request)
    return asked


async def known_parameters(request: Request) -> None:
    """Refuse query parameters that the route does not know, and any that comes twice."""
    if not request.scope["query_string"]:
        return
    known = {found.alias for found in request.scope["route"].dependant.query_params}
    sent = [name for name, _ in request.query_params.multi_items()]
    if stray := sorted({name for name in sent if name not in known or sent.count(name) > 1}):
        allowed = "、".join(sorted(known)) or "无"
        raise Invalid("有未知或重复的查询参数", remedy=f"可用参数：{allowed}", parameters=[n[:50] for n in stray])


async def viewer(request: Request) -> Viewer:
    """Who searches: a client, whose token must be good, the official of the browser's session, or anybody."""
    if "authorization" in request.headers:
        return search_scope(await signed_in(request))
    if not cookies.read(request, cookies.SESSION):
        return Viewer()
    visit = await run_in_threadpool(visits.ready, request)
    return search_scope(visit.caller if visit else None)


House = Annotated[Exchange, Depends(opened)]
# the transaction ends before the answer is sent: what a client was told has happened
Db = Annotated[Session, Depends(session, scope="function")]
SignedIn = Annotated[Caller, Depends(signed_in)]
# pages: an official who is ready to act (a browser without one is sent to sign in, to /password, to /department)
Official = Annotated[Visit, Depends(official)]
# pages of the sign-in itself: whoever is signed in
Visitor = Annotated[Visit, Depends(visitor)]
# every route of a page that changes something: `dependencies=[FORM]`, and `{{ visit.csrf }}` in the form
FORM = Depends(checked_form)
# long lists come in pages; the cursor is the `next` of the page before
Limit = Annotated[int, Query(ge=1, le=100)]
Cursor = Annotated[str, Query(max_length=100)]
Viewing = Annotated[Viewer, Depends(viewer)]
Asked = Annotated[Question, Depends(question)]
# for routers that only signed-in clients may use: who asks comes first, then what
GUARDED = [Depends(signed_in), Depends(known_parameters)]
