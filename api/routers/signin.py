"""Sign-in of officials: password or the city's provider, first password, department, sign-out."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from api import cookies, identity, visits
from api.deps import FORM, House, Visitor
from api.oidc import FLIGHT_TIME, Provider
from api.pages.signing import Templates
from api.peers import address_of
from api.problems import status_of
from catalog import sessions
from catalog.errors import NotFound, NotSignedIn, PlatformError
from catalog.passwords import MIN_LENGTH

router = APIRouter(tags=["pages"], include_in_schema=False)
_templates = Templates()

Language = Literal["zh", "en"]
Text = Annotated[str, Form(max_length=2000)]
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
CALLBACK = "/signin/oidc/callback"
_STALE = ("页面已过期，请重新登录", "The page is out of date; sign in again")


@router.get("/signin")
def show_sign_in(request: Request, house: House, next: str = "/", lang: Language = "zh") -> Response:
    """The form; who is signed in goes on."""
    try:
        visits.current(request)
    except NotSignedIn:
        return _form(request, house, visits.safe_next(next), lang)
    return _go(visits.safe_next(next))


@router.post("/signin")
def sign_in(
    request: Request,
    house: House,
    login: Text = "",
    password: Text = "",
    csrf: Text = "",
    next: Text = "/",
    lang: Language = "zh",
) -> Response:
    """A session, or the form again with what was wrong."""
    going = visits.safe_next(next)
    is_foreign = request.headers.get("sec-fetch-site") == "cross-site"
    if is_foreign or not identity.is_own_form(house, cookies.read(request, cookies.FORM), csrf):
        return _form(request, house, going, lang, wrong=_STALE, status=403)
    old = cookies.read(request, cookies.SESSION)
    entered = identity.sign_in(house, login, password, address_of(request), old)
    return _after(request, house, entered, going, lang)


@router.post("/signout", dependencies=[FORM])
def sign_out(request: Request, house: House) -> Response:
    """The session ends, here and in the register."""
    with house.transaction() as db:
        sessions.end(db, cookies.read(request, cookies.SESSION), address=address_of(request), now=house.clock())
    answer = _go("/")
    cookies.drop(answer, request, cookies.SESSION)
    return answer


@router.get("/password")
def show_password(request: Request, visit: Visitor, next: str = "/", lang: Language = "zh") -> Response:
    """The form for another password."""
    return _password(request, visit, visits.safe_next(next), lang)


@router.post("/password", dependencies=[FORM])
def change_password(
    request: Request,
    house: House,
    visit: Visitor,
    old: Text = "",
    new: Text = "",
    again: Text = "",
    next: Text = "/",
    lang: Language = "zh",
) -> Response:
    """Another password: every session ends, this browser goes on in a new one."""
    going = visits.safe_next(next)
    try:
        token = identity.change_password(house, visit, old, new, again, address_of(request))
    except PlatformError as error:
        status = 400 if isinstance(error, NotSignedIn) else status_of(error)
        return _password(request, visit, going, lang, wrong=error, status=status)
    answer = _go(going)
    cookies.put(answer, request, cookies.SESSION, token)
    return answer


@router.get("/department")
def show_departments(request: Request, visit: Visitor, next: str = "/", lang: Language = "zh") -> Response:
    """The departments that the official may act for."""
    facts = {"lang": lang, "visit": visit, "next": visits.safe_next(next)}
    return _templates.TemplateResponse(request, "department.html", facts, headers=HEADERS)


@router.post("/department", dependencies=[FORM])
def choose_department(request: Request, house: House, department: Text, visit: Visitor, next: Text = "/") -> Response:
    """Act for another department, in a new session."""
    with house.transaction() as db:
        token = sessions.choose(
            db,
            cookies.read(request, cookies.SESSION),
            department,
            house.uses,
            now=house.clock(),
            today=house.today,
            idle=house.idle,
        )
    answer = _go(visits.safe_next(next))
    cookies.put(answer, request, cookies.SESSION, token)
    return answer


@router.get("/signin/oidc")
def take_off(request: Request, house: House, next: str = "/", lang: Language = "zh") -> Response:
    """To the city's identity provider."""
    going = visits.safe_next(next)
    try:
        address, cookie = _provider(house).take_off(cookies.base_url(request) + CALLBACK, going, house.clock())
    except PlatformError as error:
        return _refused(request, house, error, lang)
    answer = RedirectResponse(address, 303, headers=HEADERS)
    cookies.put(answer, request, cookies.FLIGHT, cookie, int(FLIGHT_TIME.total_seconds()))
    return answer


@router.get(CALLBACK)
def land(request: Request, house: House) -> Response:
    """Back from the provider, with a code that is worth one sign-in of this browser."""
    cookie = cookies.read(request, cookies.FLIGHT)
    try:
        login, going = _provider(house).land(
            cookies.base_url(request) + CALLBACK, dict(request.query_params), cookie, house.clock()
        )
    except PlatformError as error:
        answer = _refused(request, house, error, "zh")
    else:
        old = cookies.read(request, cookies.SESSION)
        entered = identity.sign_in_by_provider(house, login, address_of(request), old)
        answer = _after(request, house, entered, visits.safe_next(going), "zh")
    cookies.drop(answer, request, cookies.FLIGHT)
    return answer


def _after(request: Request, house: House, entered: identity.Entered, going: str, lang: Language) -> Response:
    """On with the session, or the form again."""
    if entered.wrong is not None:
        answer = _form(request, house, going, lang, wrong=entered.wrong, status=entered.status)
        if entered.seconds:
            answer.headers["Retry-After"] = str(entered.seconds)
        return answer
    answer = _go(going)
    cookies.put(answer, request, cookies.SESSION, entered.token)
    cookies.drop(answer, request, cookies.FORM)
    return answer


def _refused(request: Request, house: House, error: PlatformError, lang: Language) -> Response:
    status = {"not_signed_in": 403, "provider_down": 503}.get(error.code) or status_of(error)
    return _form(request, house, "/", lang, wrong=(error.message, error.message), status=status)


def _form(
    request: Request,
    house: House,
    going: str,
    lang: Language,
    *,
    wrong: tuple[str, str] | None = None,
    status: int = 200,
) -> Response:
    key = cookies.read(request, cookies.FORM) or identity.form_key()
    facts: dict[str, Any] = {
        "lang": lang,
        "next": going,
        "csrf": identity.form_token(house, key),
        "wrong": wrong[lang == "en"] if wrong else "",
        "has_provider": house.provider is not None,
    }
    answer = _templates.TemplateResponse(request, "signin.html", facts, status_code=status, headers=HEADERS)
    cookies.put(answer, request, cookies.FORM, key)
    return answer


def _password(
    request: Request,
    visit: Visitor,
    going: str,
    lang: Language,
    *,
    wrong: PlatformError | None = None,
    status: int = 200,
) -> Response:
    facts = {"lang": lang, "visit": visit, "next": going, "wrong": wrong, "min_length": MIN_LENGTH}
    return _templates.TemplateResponse(request, "password.html", facts, status_code=status, headers=HEADERS)


def _provider(house: House) -> Provider:
    if house.provider is None:
        raise NotFound("未启用统一身份认证", remedy="用平台账号和口令登录")
    return house.provider


def _go(path: str) -> Response:
    return RedirectResponse(path, 303, headers=HEADERS)
