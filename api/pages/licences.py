"""The card of a licence, as grants show it, and the verification of an identifier by everybody."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api import licences, verifying
from api.licences import Card, Cards
from api.pages import rows
from api.pages.credit_report import day_of
from api.pages.page import AnyPage, Form, OwnPage, Page, text_of
from api.pages.rows import Titles
from basedb.plans import Row
from catalog.errors import Invalid, NoRelease, NotFound, NotGranted, PlatformError, TooOften
from catalog.roles import Action

router = APIRouter(tags=["pages"], include_in_schema=False)

_ASKED = ("licence_id", "licence_no", "record_key")


@router.get("/licence")
def ask(page: OwnPage) -> Response:
    """The form: identifier, number or record key, and a day."""
    page.require(Action.READ_DATA)
    return _render(page, {"record_key": "", "on": page.today.isoformat()})


@router.post("/licence")
async def read(request: Request, page: OwnPage, form: Form) -> Response:
    """The card; what was asked travels in the form and never in an address. Every table leaves a receipt."""
    page.require(Action.READ_DATA)
    sent = {name: text_of(form, name, 100) for name in (*_ASKED, "on")}
    try:
        wanted = licences.Wanted(sent["licence_id"], sent["licence_no"], sent["record_key"], day_of(sent["on"]))
        found = await licences.cards(page.house, request, page.official, wanted)
    except (Invalid, NotGranted, NotFound) as error:
        return await run_in_threadpool(_render, page, sent, fault=error)
    return await run_in_threadpool(_render, page, sent, found=found)


def _render(
    page: Page, sent: dict[str, str], *, found: Cards | None = None, fault: PlatformError | None = None
) -> Response:
    closed = [each["resource"] for each in found.closed if each["resource"]] if found else []
    titles = {part.table: Titles(page, part.resource) for part in found.parts} if found else {}
    return page.render(
        "licence.html",
        400 if fault else 200,
        sent=sent,
        found=found,
        cards=[_card(titles, card) for card in found.cards] if found else [],
        receipts=[(titles[part.table].resource.name, part.receipt) for part in found.parts] if found else [],
        closed=rows.named(page, closed),
        fault=fault,
    )


def _card(titles: dict[str, Titles], card: Card) -> dict[str, object]:
    own = titles[licences.LICENCE]
    holders, states = titles.get(licences.HOLDER), titles.get(licences.STATE)
    return {
        "name": own.value(card.licence, "licence_name"),
        "pairs": own.pairs(card.licence),
        "holders": [holders.pairs(each, ("licence_key",)) for each in card.holders] if holders else [],
        "states": [_state(states, each) for each in card.states] if states else [],
        "validity": card.validity,
        "former": card.former,
        "later": card.later,
    }


def _state(titles: Titles, row: Row) -> tuple[str, ...]:
    return tuple(titles.value(row, name) for name in ("state_code", "state_from", "state_until", "operation_code"))


@router.get("/verify")
def ask_verification(page: AnyPage) -> Response:
    """The form that everybody may fill in."""
    return _verified(page, page.today.isoformat())


@router.post("/verify")
async def verify(request: Request, page: AnyPage) -> Response:
    """Valid, not valid or unknown on a day; nothing else. It changes nothing, so the form needs no session."""
    form = await request.form(max_files=0, max_fields=10)
    on = text_of(form, "on", 10)
    try:
        found = await verifying.verify(page.house, request, text_of(form, "licence_id", 200), day_of(on))
    except (Invalid, NoRelease, TooOften) as error:
        return await run_in_threadpool(_verified, page, on, fault=error)
    return await run_in_threadpool(_verified, page, on, found=found)


def _verified(
    page: Page, on: str, *, found: dict[str, object] | None = None, fault: PlatformError | None = None
) -> Response:
    status = 200 if fault is None else 429 if isinstance(fault, TooOften) else 400
    return page.render("verify.html", status, on=on, found=found, fault=fault)
