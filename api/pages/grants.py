"""Grants: what each opens, how it came about, how to call it; renewed, narrowed, revoked."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from fastapi import APIRouter
from starlette.datastructures import FormData
from starlette.responses import Response

from api.pages import examples, phrases
from api.pages.asking import LINES, lines_in
from api.pages.grid import Column
from api.pages.page import Form, OwnPage, Page, text_of
from api.pages.public import base_of
from catalog import extracts, grants, narrowing, settling, sharing
from catalog.answerers import owners, readers
from catalog.condition_lines import COMPARISONS, Line, content_of
from catalog.errors import Conflict, Invalid
from catalog.keys import Purpose
from catalog.models import Grant, GrantVersion
from catalog.policy import is_as_strict
from catalog.register import whole
from catalog.roles import Action, scope
from catalog.vocab import Mask

router = APIRouter(tags=["pages"], include_in_schema=False)

DAYS = 365


@router.get("/grants")
def list_grants(page: OwnPage) -> Response:
    """Grants that the department holds or gave."""
    whose = scope(page.official, Action.READ_SHARING)
    grid = page.cut("grant.list", _columns(page), grants.listing(whose, page.now), key=lambda g: f"grant_ending:{g.id}")
    return page.table("grants.html", grid, actions=("renew",) if page.may(Action.RENEW) else ())


def _columns(page: Page) -> list[Column]:
    return [
        Column("resource", "resource.name", lambda g: g.resource.name, link=lambda g: f"/grants/{g.id}"),
        Column("department", "grant.department", lambda g: g.department.name, is_filter=True),
        Column("provider", "resource.provider", lambda g: g.resource.provider.name, is_filter=True),
        Column("purpose", "request.purpose", lambda g: page.said(g.versions[-1].purpose)),
        Column("items", "grant.items", lambda g: len(g.versions[-1].columns), "number"),
        Column("expires", "grant.expires", lambda g: g.versions[-1].expires_at, "moment"),
        Column("state", "state", lambda g: grant_state(page, g), "status", is_filter=True),
    ]


def grant_state(page: Page, grant: Grant) -> str:
    return grants.state_of(grant, page.now)


@router.get("/grants/{grant_id}")
def read_grant(grant_id: str, page: OwnPage) -> Response:
    """What a grant opens, in which form, until when; its versions; and how its holder calls."""
    found = grants.get_grant(page.db, grant_id)
    page.require(Action.READ_SHARING, *readers(page.db, sharing.get_request(page.db, found.request_id), page.today))
    return _shown(page, found)


def _givers(page: Page, found: Grant) -> list[str]:
    return owners(sharing.get_request(page.db, found.request_id))


def _shown(page: Page, found: Grant, fault: Invalid | None = None, sent: FormData | None = None) -> Response:
    version, state, givers = found.versions[-1], grant_state(page, found), _givers(page, found)
    items = {item.name: item for item in found.resource.items}
    calls = examples.calls(base_of(page), found.resource, found.id, tuple(version.modes))
    lines = [*(lines_in(sent) if sent else []), *[Line("", "", "")] * LINES]
    return page.render(
        "grant.html",
        400 if fault else 200,
        grant=found,
        version=version,
        columns=[(page.words.item(items[n]) if n in items else n, n, Mask(m)) for n, m in version.columns.items()],
        rows=phrases.condition(page.words, found.resource, version.row_condition),
        state=state,
        examples=calls if state == "living" else [],
        may_revoke=state == "living" and _may(page, Action.REVOKE, givers),
        may_narrow=state == "living" and _may(page, Action.NARROW, givers),
        may_renew=state == "living" and _is_holder(page, found) and page.may(Action.RENEW),
        may_dispute=state == "living" and _is_holder(page, found) and page.may(Action.DISPUTE_VALUE),
        stronger=[(items[n], Mask(m), _stronger(found, n, Mask(m))) for n, m in version.columns.items() if n in items],
        lines=lines[:LINES],
        comparisons=COMPARISONS,
        days=DAYS,
        fault=fault,
        sent=sent,
    )


def _may(page: Page, action: Action, givers: list[str]) -> bool:
    return any(page.may(action, giver) for giver in givers)


def _is_holder(page: Page, found: Grant) -> bool:
    return found.department_id == page.official.department_id


def _stronger(found: Grant, name: str, mask: Mask) -> list[Mask]:
    """The masks that suit an item and show no more than the one in force."""
    item = next(item for item in found.resource.items if item.name == name)
    return [each for each in settling.masks_for(item) if is_as_strict(each, mask)]


def _require_newest(found: Grant, form: FormData) -> GrantVersion:
    """The newest version; raises Conflict when the page showed another."""
    newest = found.versions[-1]
    if text_of(form, "seen", 10) != str(newest.version):
        raise Conflict(
            "授权在您打开页面之后已有变更，本次操作没有执行", remedy="重新打开授权，看清现状后再办", grant=found.id
        )
    return newest


@router.post("/grants/{grant_id}/revocation")
def revoke(grant_id: str, page: OwnPage, form: Form) -> Response:
    """End a grant on every path."""
    found = grants.get_grant(page.db, grant_id)
    page.require(Action.REVOKE, *_givers(page, found))
    _require_newest(found, form)
    try:
        with whole(page.db):
            sharing.revoke(page.db, found, reason=text_of(form, "revoke_reason", 300), **_act(page))
    except Invalid as error:
        return _shown(page, found, error, form)
    extracts.sweep(page.db, page.house.store, now=page.now, grant_id=found.id)
    return page.onward(f"/grants/{grant_id}", done="revoked")


def _act(page: Page) -> dict[str, Any]:
    return {"by": page.official.client_id, "now": page.now}


@router.post("/grants/{grant_id}/narrowing")
def narrow(grant_id: str, page: OwnPage, form: Form) -> Response:
    """Make a grant smaller on every path."""
    found = grants.get_grant(page.db, grant_id)
    page.require(Action.NARROW, *_givers(page, found))
    newest = _require_newest(found, form)
    try:
        with whole(page.db):
            narrowing.narrow(
                page.db, found, zone=page.house.settings.zone, **_smaller(page, found, newest, form), **_act(page)
            )
    except Invalid as error:
        return _shown(page, found, error, form)
    extracts.sweep(page.db, page.house.store, now=page.now, grant_id=found.id)
    return page.onward(f"/grants/{grant_id}", done="narrowed")


def _smaller(page: Page, found: Grant, newest: GrantVersion, form: FormData) -> dict[str, Any]:
    """What the form keeps of the grant."""
    kept = [value for value in form.getlist("column") if isinstance(value, str)]
    masks = {name: text_of(form, f"mask.{name}", 20) for name in kept}
    types = {item.name: item.stored_type for item in found.resource.items}
    return {
        "reason": text_of(form, "reason", 300),
        "columns": kept,
        "masks": {name: mask for name, mask in masks.items() if mask and mask != newest.columns.get(name)},
        "modes": [value for value in form.getlist("mode") if isinstance(value, str)],
        "row_condition": content_of(lines_in(form), types),
        "expires_at": _end_of(page, text_of(form, "until", 10)),
        "exclude_minors": newest.includes_minors and text_of(form, "minors") != "1",
        "exclude_deceased": newest.includes_deceased and text_of(form, "deceased") != "1",
    }


def _end_of(page: Page, text: str) -> datetime | None:
    """The midnight after the last day that a form names; None when it is left as it is."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise Invalid("到期日期应为 2026-11-23 这样的日期", remedy="重新选择日期") from error
    return datetime.combine(day + timedelta(days=1), time(), page.house.settings.zone).astimezone(UTC)


@router.post("/grants/{grant_id}/renewal")
def renew(grant_id: str, page: OwnPage, form: Form) -> Response:
    """Ask that a grant go on; it takes the way of every request."""
    found = grants.get_grant(page.db, grant_id)
    page.require(Action.RENEW, found.department_id)
    _require_newest(found, form)
    days = text_of(form, "days", 5)
    try:
        with whole(page.db):
            asked = sharing.renew(
                page.db,
                found,
                days=int(days) if days.isdecimal() else 0,
                department_id=page.official.department_id,
                mask_key_id=page.house.keys.current(Purpose.MASK).id,
                zone=page.house.settings.zone,
                purpose=text_of(form, "purpose"),
                legal_basis=text_of(form, "legal_basis"),
                **_act(page),
            )
    except Invalid as error:
        return _shown(page, found, error, form)
    return page.onward(f"/requests/{asked.id}", done="asked")
