"""Requests and grants: asking, answering, what a grant opens and how to call it."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.datastructures import FormData
from starlette.responses import Response

from api.pages import examples
from api.pages.grid import Column
from api.pages.page import Form, OwnPage, Page, text_of
from api.pages.public import base_of
from catalog import grants, request_states, resources, sharing
from catalog.errors import Invalid, PlatformError
from catalog.keys import Purpose
from catalog.models import Department, Grant, Resource, SharingRequest
from catalog.policy import default_mask, shareable
from catalog.roles import Action, scope
from catalog.vocab import Mask

router = APIRouter(tags=["pages"], include_in_schema=False)

DAYS = (90, 180, 365, 730, 1096)
COMPARISONS = ("eq", "in", "from", "to", "prefix", "is_null")


@router.get("/requests")
def list_requests(page: OwnPage) -> Response:
    """What the department asked for and what it must answer; everything for a steward or auditor."""
    whose = scope(page.official, Action.READ_SHARING)
    may_decide = page.may(Action.DECIDE)
    grid = page.grid("request.list", _request_columns(page), sharing.requests(page.db, whose), key=lambda r: r.id)
    actions = ("approve", "refuse") if may_decide else ()
    return page.table("requests.html", grid, actions=actions, may_ask=page.may(Action.ASK))


def _request_columns(page: Page) -> list[Column]:
    words, mine = page.words, page.official.department_id

    def side(request: SharingRequest) -> str:
        if request.department_id == mine:
            return words("request.mine")
        return words("request.theirs" if request.resource.provider_id == mine else "request.others")

    return [
        Column("resource", "resource.name", lambda r: r.resource.name, link=lambda r: f"/requests/{r.id}"),
        Column("side", "request.side", side, is_filter=True),
        Column("department", "request.department", lambda r: r.department.name, is_filter=True),
        Column("provider", "resource.provider", lambda r: r.resource.provider.name, is_filter=True),
        Column("purpose", "request.purpose", lambda r: r.purpose),
        Column("asked", "request.asked", lambda r: r.asked_at, "moment"),
        Column("due", "todo.due", lambda r: r.due_at, "moment", note=lambda r: _provisional(page, r)),
        Column("state", "state", lambda r: r.state, "status", is_filter=True),
    ]


def _provisional(page: Page, request: SharingRequest) -> str:
    return page.words("provisional") if request.is_due_provisional else ""


@router.get("/requests/new")
def new_request(page: OwnPage, resource: str) -> Response:
    """The form to ask for items of a resource."""
    page.require(Action.ASK)
    return _form(page, resources.get(page.db, resource), {}, None)


def _form(page: Page, found: Resource, sent: dict[str, Any], fault: PlatformError | None) -> Response:
    items = [(item, default_mask(item)) for item in shareable(page.db, found, page.today)]
    facts = {"resource": found, "items": items, "sent": sent, "fault": fault, "days": DAYS, "modes": grants.MODES}
    return page.render("request_new.html", 400 if fault else 200, comparisons=COMPARISONS, **facts)


@router.post("/requests/new")
def ask(page: OwnPage, form: Form) -> Response:
    """The request, granted at once when all of it is unconditional; or the form again with what was wrong."""
    page.require(Action.ASK)
    found = resources.get(page.db, text_of(form, "resource", 64))
    sent = _sent(form)
    try:
        asked = sharing.request(
            page.db,
            resource=found,
            department=page.db.get_one(Department, page.official.department_id),
            mask_key_id=page.house.keys.current(Purpose.MASK).id,
            asked_by=page.official.client_id,
            now=page.now,
            zone=page.house.settings.zone,
            **sent,
        )
    except Invalid as error:
        return _form(page, found, sent, error)
    return page.onward(f"/requests/{asked.id}", done="asked")


def _sent(form: FormData) -> dict[str, Any]:
    """What the form says, as the register's function takes it."""
    days = text_of(form, "days", 5)
    return {
        "columns": [v for v in form.getlist("column") if isinstance(v, str)],
        "modes": [v for v in form.getlist("mode") if isinstance(v, str)],
        "purpose": text_of(form, "purpose", 500),
        "legal_basis": text_of(form, "legal_basis", 500),
        "days": int(days) if days.isdecimal() else 0,
        "row_condition": condition_of(form),
        "includes_minors": text_of(form, "minors") == "1",
        "includes_deceased": text_of(form, "deceased") == "1",
    }


def condition_of(form: FormData) -> dict[str, Any] | None:
    """The row condition that the form's lines say, all of which must hold; None without any."""
    lines = zip(form.getlist("where"), form.getlist("is"), form.getlist("value"), strict=False)
    parts = [part for column, word, value in lines if (part := _part(str(column), str(word), str(value).strip()))]
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else {"all": parts}


def _part(column: str, word: str, value: str) -> dict[str, Any] | None:
    if not column or (not value and word != "is_null"):
        return None
    bodies: dict[str, dict[str, Any]] = {
        "eq": {"eq": {"column": column, "value": value}},
        "in": {"in": {"column": column, "values": value.replace("，", ",").replace("、", ",").split(",")}},
        "from": {"range": {"column": column, "low": value}},
        "to": {"range": {"column": column, "high": value}},
        "prefix": {"prefix": {"column": column, "text": value}},
        "is_null": {"is_null": {"column": column}},
    }
    return bodies.get(word)


@router.get("/requests/{request_id}")
def read_request(request_id: str, page: OwnPage) -> Response:
    """One request, its way so far, and the answer when it is the caller's to give."""
    found = sharing.get_request(page.db, request_id)
    page.require(Action.READ_SHARING, found.department_id, found.resource.provider_id)
    return _request(page, found, None)


def _request(page: Page, found: SharingRequest, fault: PlatformError | None) -> Response:
    items = {item.name: item for item in found.resource.items}
    asked = [(items[name], default_mask(items[name])) for name in found.columns if name in items]
    own = found.resource.provider_id == page.official.department_id
    return page.render(
        "request.html",
        400 if fault else 200,
        asked=found,
        items=asked,
        grant=grants.of_request(page.db, found.id),
        may_decide=own and found.state == request_states.ASKED and page.may(Action.DECIDE, found.resource.provider_id),
        masks=list(Mask),
        fault=fault,
    )


@router.post("/requests/{request_id}/decision")
def decide(request_id: str, page: OwnPage, form: Form) -> Response:
    """The provider's answer."""
    found = sharing.get_request(page.db, request_id)
    page.require(Action.DECIDE, found.resource.provider_id)
    days = text_of(form, "days", 5)
    masks = {name: text_of(form, f"mask.{name}", 20) for name in found.columns if form.get(f"mask.{name}")}
    try:
        sharing.decide(
            page.db,
            found,
            approve=text_of(form, "answer") == "approve",
            department_id=page.official.department_id,
            by=page.official.client_id,
            now=page.now,
            mask_key_id=page.house.keys.current(Purpose.MASK).id,
            reason=text_of(form, "reason", 500),
            masks=masks,
            days=int(days) if days.isdecimal() else None,
        )
    except Invalid as error:
        return _request(page, found, error)
    return page.onward(f"/requests/{request_id}", done="decided")


@router.get("/grants")
def list_grants(page: OwnPage) -> Response:
    """Grants that the department holds or gave."""
    whose = scope(page.official, Action.READ_SHARING)
    return page.table("grants.html", page.grid("grant.list", _grant_columns(page), grants.listed(page.db, whose)))


def _grant_columns(page: Page) -> list[Column]:
    return [
        Column("resource", "resource.name", lambda g: g.resource.name, link=lambda g: f"/grants/{g.id}"),
        Column("department", "grant.department", lambda g: g.department.name, is_filter=True),
        Column("provider", "resource.provider", lambda g: g.resource.provider.name, is_filter=True),
        Column("purpose", "request.purpose", lambda g: g.versions[-1].purpose),
        Column("items", "grant.items", lambda g: len(g.versions[-1].columns), "number"),
        Column("expires", "grant.expires", lambda g: g.versions[-1].expires_at, "moment"),
        Column("state", "state", lambda g: grant_state(page, g), "status", is_filter=True),
    ]


def grant_state(page: Page, grant: Grant) -> str:
    if grant.revoked_at is not None:
        return "revoked"
    return "living" if grant.versions[-1].expires_at > page.now else "expired"


@router.get("/grants/{grant_id}")
def read_grant(grant_id: str, page: OwnPage) -> Response:
    """What a grant opens, in which form, until when; and how its holder calls."""
    found = grants.get_grant(page.db, grant_id)
    page.require(Action.READ_SHARING, found.department_id, found.resource.provider_id)
    version = found.versions[-1]
    titles = {item.name: item.title for item in found.resource.items}
    state = grant_state(page, found)
    calls = examples.calls(base_of(page), found.resource, found.id, tuple(version.modes))
    return page.render(
        "grant.html",
        grant=found,
        version=version,
        columns=[(titles.get(name, name), name, Mask(mask)) for name, mask in version.columns.items()],
        state=state,
        examples=calls if state == "living" else [],
        may_revoke=state == "living" and page.may(Action.REVOKE, found.resource.provider_id),
    )


@router.post("/grants/{grant_id}/revocation")
def revoke(grant_id: str, page: OwnPage, form: Form) -> Response:
    """End a grant on every path."""
    found = grants.get_grant(page.db, grant_id)
    page.require(Action.REVOKE, found.resource.provider_id)
    sharing.revoke(page.db, found, reason=text_of(form, "reason", 300), by=page.official.client_id, now=page.now)
    return page.onward(f"/grants/{grant_id}", done="revoked")
