"""Spills: a delivery that should never have come in is tried out, frozen, then erased or let go."""

from __future__ import annotations

from dataclasses import asdict

from fastapi import APIRouter
from starlette.responses import Response

from api import spilling
from api.pages.grid import Column
from api.pages.page import Form, OwnPage, Page, text_of
from catalog import deliveries, spill
from catalog.errors import Conflict, Invalid, NotFound, PlatformError
from catalog.held import FROZEN
from catalog.models import Delivery, Spill
from catalog.roles import Action, require_any, scope

router = APIRouter(tags=["pages"], include_in_schema=False)

KINDS = ("deliveries", "resources", "releases", "extracts")


@router.get("/spills")
def spills(page: OwnPage, delivery: str = "") -> Response:
    """What was frozen, and the form to freeze more; a department's own, all of them for a steward."""
    return _show(page, sent={"delivery": delivery[:20], "reason": ""})


def _show(
    page: Page, status: int = 200, fault: PlatformError | None = None, *, sent: dict[str, str], trial: object = None
) -> Response:
    found = spill.listing(scope(page.official, Action.FREEZE_SPILL))
    grid = page.cut("spills.list", _columns(page), found)
    facts = {"sent": sent, "trial": trial, "fault": fault, "kinds": KINDS}
    if page.query.get("format") == "xlsx":
        return page.export(grid)
    return page.render("spills.html", status, grid=grid, **facts)


def _columns(page: Page) -> list[Column]:
    def state(value: str) -> str:
        return page.words(f"spill.{value}")

    return [
        Column("id", "spill.id", lambda s: s.id, link=lambda s: f"/spills/{s.id}"),
        Column("state", "state", lambda s: state(s.state), choice=state),
        Column("resources", "resource.name", lambda s: page.words("list.comma").join(s.derived.get("resources", ()))),
        Column("reason", "reason", lambda s: s.reason),
        Column("frozen", "spill.frozen_at", lambda s: s.frozen_at, "moment"),
        Column("by", "upload.by", lambda s: s.frozen_by),
        Column("ended", "spill.ended_at", lambda s: s.ended_at, "moment"),
    ]


@router.post("/spills")
def freeze(page: OwnPage, form: Form) -> Response:
    """List what a freeze would touch, or freeze it: reads are refused at once."""
    page.require(Action.FREEZE_SPILL)
    sent = {"delivery": text_of(form, "delivery", 20), "reason": text_of(form, "reason", 500)}
    try:
        delivery = _delivery(page, sent["delivery"])
        if text_of(form, "do") != "freeze":
            trial = asdict(spill.derived(page.db, page.house.store, delivery))
            return _show(page, sent=sent, trial=trial)
        made, _ = spilling.freeze(page.db, page.house, page.official, delivery, sent["reason"])
    except (Invalid, NotFound) as error:
        return _show(page, 400, error, sent=sent)
    except Conflict as error:
        return _show(page, 409, error, sent=sent)
    return page.onward(f"/spills/{made.id}", done="spill_frozen")


def _delivery(page: Page, delivery_id: str) -> Delivery:
    found = deliveries.get(page.db, delivery_id)
    page.require(Action.FREEZE_SPILL, found.resource.provider_id)
    return found


@router.get("/spills/{spill_id}")
def read_spill(spill_id: str, page: OwnPage) -> Response:
    """One spill with all that came of its bytes."""
    found = spill.get(page.db, spill_id)
    page.require(Action.FREEZE_SPILL, *(spill.providers(page.db, found) or {""}))
    may_end = found.state == FROZEN and page.may(Action.ERASE_SPILL, "")
    return page.render("spill.html", found=found, kinds=KINDS, may_end=may_end)


@router.post("/spills/{spill_id}/lifting")
def lift(spill_id: str, page: OwnPage, form: Form) -> Response:
    """End a freeze that proved unfounded."""
    spilling.lift(page.db, page.house, page.official, _to_end(page, spill_id))
    return page.onward(f"/spills/{spill_id}", done="spill_lifted")


@router.post("/spills/{spill_id}/erasure")
def erase(spill_id: str, page: OwnPage, form: Form) -> Response:
    """Erase the bytes and everything that came of them, once its number was typed in again."""
    found = _to_end(page, spill_id)
    if text_of(form, "again", 20) != found.id:
        raise Invalid("输入的处置编号不一致", remedy="清除不可恢复：返回处置页，照页面上的编号输入后再清除")
    spilling.erase(page.db, page.house, page.official, found)
    return page.onward(f"/spills/{spill_id}", done="spill_erased")


def _to_end(page: Page, spill_id: str) -> Spill:
    require_any(page.official, Action.ERASE_SPILL)
    return spill.get(page.db, spill_id)
