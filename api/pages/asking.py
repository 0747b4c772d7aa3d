"""Asking for a resource, and handing a returned request in again: the same form."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.datastructures import FormData
from starlette.responses import Response

from api.pages import phrases
from api.pages.page import Form, OwnPage, Page, text_of
from api.pages.sending import numbered, numbering, sent_once
from catalog import grants, request_states, request_steps, resources, sharing
from catalog.condition_lines import COMPARISONS, Line, content_of, lines_of
from catalog.errors import Conflict, Invalid, PlatformError
from catalog.keys import Purpose
from catalog.models import Department, Resource, SharingRequest
from catalog.moves import require_seen
from catalog.policy import default_masks, shareable
from catalog.register import whole
from catalog.roles import Action
from catalog.sent_forms import once

router = APIRouter(tags=["pages"], include_in_schema=False)

DAYS = (30, 90, 180, 365, 730, 1096)
LINES = 3


@router.get("/requests/new")
def new_request(page: OwnPage, resource: str) -> Response:
    """The form to ask for items of a resource."""
    page.require(Action.ASK)
    found = resources.get(page.db, resource)
    return numbered(page) or _form(page, found, _EMPTY)


_EMPTY: dict[str, Any] = {"lines": []}


def _form(
    page: Page,
    found: Resource,
    sent: dict[str, Any],
    fault: PlatformError | None = None,
    returned: SharingRequest | None = None,
) -> Response:
    masks = default_masks(page.db, found, page.today)
    items = [(item, masks[item.name]) for item in shareable(page.db, found, page.today)]
    lines = [*(sent["lines"] or []), *[Line("", "", "")] * LINES]
    return page.render(
        "request_new.html",
        400 if fault else 200,
        resource=found,
        items=items,
        sent=sent,
        fault=fault,
        days=sorted({*DAYS, sent.get("days") or 365}),
        modes=grants.MODES,
        comparisons=COMPARISONS,
        lines=lines[: max(LINES, len(sent["lines"] or []) + 1)],
        returned=returned,
        kept_rows=phrases.condition(page.words, found, sent.get("kept")),
        **numbering(page),
    )


@router.post("/requests/new")
def ask(page: OwnPage, form: Form) -> Response:
    """The request, granted at once when all of it is unconditional; or the form again with what was wrong."""
    page.require(Action.ASK)
    found = resources.get(page.db, text_of(form, "resource", 64))
    sent = _sent(form)
    try:
        request_id = once(page.db, sent_once(page, form), lambda: _asked(page, found, sent))
    except Invalid as error:
        return _form(page, found, sent, error)
    asked = sharing.get_request(page.db, request_id)
    return page.onward(f"/requests/{asked.id}", done="granted" if asked.state == request_states.GRANTED else "asked")


def _asked(page: Page, found: Resource, sent: dict[str, Any]) -> str:
    """The id of the request that a form makes."""
    return sharing.request(
        page.db,
        resource=found,
        department=page.db.get_one(Department, page.official.department_id),
        mask_key_id=page.house.keys.current(Purpose.MASK).id,
        asked_by=page.official.client_id,
        now=page.now,
        zone=page.house.settings.zone,
        **_facts(sent, found),
    ).id


def _sent(form: FormData) -> dict[str, Any]:
    """What the form says, the row condition as its lines."""
    days = text_of(form, "days", 5)
    return {
        "columns": [v for v in form.getlist("column") if isinstance(v, str)],
        "modes": [v for v in form.getlist("mode") if isinstance(v, str)],
        "purpose": text_of(form, "purpose", 500),
        "legal_basis": text_of(form, "legal_basis", 500),
        "days": int(days) if days.isdecimal() else 0,
        "lines": lines_in(form),
        "includes_minors": text_of(form, "minors") == "1",
        "includes_deceased": text_of(form, "deceased") == "1",
    }


def lines_in(form: FormData) -> list[Line]:
    """The lines of a row condition in a form, those without an item left out."""
    sent = zip(form.getlist("where"), form.getlist("is"), form.getlist("value"), strict=False)
    return [Line(str(column), str(word), str(text).strip()[:2000]) for column, word, text in sent if column]


def _facts(sent: dict[str, Any], found: Resource) -> dict[str, Any]:
    """What was sent, as the register takes it."""
    types = {item.name: item.stored_type for item in found.items}
    facts = {name: value for name, value in sent.items() if name != "lines"}
    return facts | {"row_condition": content_of(sent["lines"], types)}


@router.get("/requests/{request_id}/resubmission")
def mend_request(request_id: str, page: OwnPage) -> Response:
    """The form of a returned request with what it said, and everything that was missing."""
    found = _returned(page, request_id)
    return _form(page, found.resource, _kept(found), returned=found)


def _returned(page: Page, request_id: str) -> SharingRequest:
    found = sharing.get_request(page.db, request_id)
    page.require(Action.ASK, found.department_id)
    if request_steps.RESUBMIT not in request_steps.open_to(page.official, found, page.now):
        raise Conflict("申请现在不能补正", remedy="查看申请现在的状态", request=found.id)
    return found


def _kept(found: SharingRequest) -> dict[str, Any]:
    facts = {name: getattr(found, name) for name in sharing.CHANGEABLE}
    lines = lines_of(found.row_condition)
    return {**facts, "lines": lines, "kept": found.row_condition if lines is None else None}


@router.post("/requests/{request_id}/resubmission")
def resubmit(request_id: str, page: OwnPage, form: Form) -> Response:
    """Hand the request in again, or the form again with what is wrong."""
    found = _returned(page, request_id)
    require_seen(found, text_of(form, "seen", 10))
    sent, kept = _sent(form), _kept(found)
    try:
        with whole(page.db):
            sharing.resubmit(
                page.db,
                found,
                _changes(found, sent, keeps_rows=kept["lines"] is None),
                mask_key_id=page.house.keys.current(Purpose.MASK).id,
                zone=page.house.settings.zone,
                department_id=page.official.department_id,
                by=page.official.client_id,
                now=page.now,
            )
    except Invalid as error:
        rows = {"lines": None, "kept": found.row_condition} if kept["lines"] is None else {}
        return _form(page, found.resource, {**sent, **rows}, error, found)
    return page.onward(f"/requests/{found.id}", done="resubmitted")


def _changes(found: SharingRequest, sent: dict[str, Any], *, keeps_rows: bool) -> dict[str, Any]:
    """What may be changed: of a renewal the words and the days, and no condition that the form cannot show."""
    facts = _facts(sent, found.resource)
    if found.renews_id:
        return {name: facts[name] for name in ("purpose", "legal_basis", "days")}
    return {name: value for name, value in facts.items() if name != "row_condition" or not keeps_rows}
