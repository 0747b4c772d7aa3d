"""Requests: the list, one request with its whole way, and every step that somebody may take."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.datastructures import FormData
from starlette.responses import Response

from api.pages import phrases
from api.pages.grid import Column
from api.pages.page import Form, OwnPage, Page, text_of
from api.pages.steps import Steps
from catalog import (
    answers,
    departments,
    extensions,
    grants,
    reasons,
    request_lists,
    request_states,
    request_steps,
    settling,
    sharing,
)
from catalog.answerers import owners, readers
from catalog.errors import PlatformError
from catalog.keys import Purpose
from catalog.models import DataItem, SharingRequest
from catalog.roles import Action, scope
from catalog.vocab import Mask

router = APIRouter(tags=["pages"], include_in_schema=False)


@router.get("/requests")
def list_requests(page: OwnPage) -> Response:
    """What the department asked for and what it must answer; everything for a steward or auditor."""
    whose = scope(page.official, Action.READ_SHARING)
    found = request_lists.request_list(page.official, whose, page.now)
    grid = page.cut("request.list", _columns(page), found, key=_key)
    actions = [
        *(("approve", "refuse") if page.may(Action.DECIDE) else ()),
        *(("pass", "return") if page.may(Action.CHECK_CONFORMITY, "") else ()),
        *(("withdraw",) if page.may(Action.ASK) else ()),
        *(("remind",) if page.may(Action.REMIND, "") else ()),
    ]
    return page.table("requests.html", grid, actions=actions, may_ask=page.may(Action.ASK))


_KINDS = {request_states.CHECKING: "request_check", request_states.RETURNED: "request_returned"}


def _key(found: SharingRequest) -> str:
    return f"{_KINDS.get(found.state, 'request_answer')}:{found.id}"


def _columns(page: Page) -> list[Column]:
    words = page.words
    sides = {request_lists.MINE: words("request.mine"), request_lists.OTHERS: words("request.others")}

    def side(request: SharingRequest) -> str:
        return sides[
            request_lists.MINE if request.department_id == page.official.department_id else request_lists.OTHERS
        ]

    def turn(value: str) -> str:
        return words(f"request.turn.{value}")

    def turn_of(request: SharingRequest) -> str:
        return turn(request_steps.turn(page.official, request, page.now))

    return [
        Column("resource", "resource.name", lambda r: r.resource.name, link=lambda r: f"/requests/{r.id}"),
        Column("turn", "request.turn", turn_of, choice=turn),
        Column("side", "request.side", side, choice=sides.__getitem__),
        Column("department", "request.department", lambda r: r.department.name, is_filter=True),
        Column("provider", "resource.provider", lambda r: r.resource.provider.name, is_filter=True),
        Column("purpose", "request.purpose", lambda r: page.said(r.purpose)),
        Column("asked", "request.asked", lambda r: r.asked_at, "moment"),
        Column(
            "due",
            "todo.due",
            lambda r: page.last_date(r.due_at) if r.due_at else None,
            "day",
            note=lambda r: _note(page, r),
        ),
        Column("state", "state", lambda r: r.state, "status", is_filter=True),
    ]


def _note(page: Page, found: SharingRequest) -> str:
    late = found.due_at is not None and found.due_at <= page.now and found.state in request_states.OPEN
    notes = [page.words("overdue") if late else "", page.words("provisional") if found.is_due_provisional else ""]
    return page.words("list.comma").join(filter(None, notes))


@router.get("/requests/{request_id}")
def read_request(request_id: str, page: OwnPage) -> Response:
    """One request: who must act next, what it asks for, what happened, and the steps that are the caller's."""
    found = sharing.get_request(page.db, request_id)
    page.require(Action.READ_SHARING, *readers(page.db, found, page.today))
    return _shown(page, found)


def _shown(
    page: Page, found: SharingRequest, fault: PlatformError | None = None, sent: FormData | None = None
) -> Response:
    items = [item for item in found.resource.items if item.name in found.columns]
    own = request_steps.own_answer(page.official, found)
    steps = request_steps.open_to(page.official, found, page.now)
    weighed = set(own.columns if own and request_steps.ANSWER in steps else found.columns)
    known = reasons.listed(page.db, reasons.SHARING, page.today)
    ids = {step.department_id for step in found.decisions} | {found.department_id}
    return page.render(
        "request.html",
        400 if fault else 200,
        asked=found,
        items=items,
        grant=grants.of_request(page.db, found.id),
        steps=steps,
        holders=request_steps.holders(page.db, found),
        is_late=found.due_at is not None and found.due_at <= page.now,
        names=departments.names(page.db, ids),
        rows=phrases.condition(page.words, found.resource, found.row_condition),
        masks=_masks(page, found, [item for item in items if item.name in weighed], sent),
        refusals=[(each.code, phrases.reason(page.words, each)) for each in known],
        reason_titles={each.code: phrases.or_else(page.words, f"ground.{each.code}", each.title) for each in known},
        titles={item.name: page.words.item(item) for item in found.resource.items},
        fields=answers.FIELDS,
        fault=fault,
        sent=sent or {},
    )


def _masks(
    page: Page, found: SharingRequest, items: list[DataItem], sent: FormData | None
) -> list[tuple[DataItem, Mask, list[Mask], str]]:
    """Each item with its usual mask, those that suit it, and the one that is chosen."""
    usual = settling.usual_masks(page.db, found, page.today)
    chosen = {item.name: text_of(sent, f"mask.{item.name}", 20) if sent else "" for item in items}
    return [(item, usual[item.name], settling.masks_for(item), chosen[item.name] or usual[item.name]) for item in items]


_STEPS = Steps("/requests", _shown)


@router.post("/requests/{request_id}/check")
def check(request_id: str, page: OwnPage, form: Form) -> Response:
    """The authority's check: on to those who must agree, or back with everything that is missing."""
    page.require(Action.CHECK_CONFORMITY, "")
    conforms = text_of(form, "answer", 10) == "pass"
    texts = {name: text_of(form, f"missing.{name}", 500) for name in answers.FIELDS}
    missing = [] if conforms else [{"field": name, "text": text} for name, text in texts.items() if text]
    facts: dict[str, Any] = {"conforms": conforms, "missing": missing, "zone": page.house.settings.zone}
    found, done = sharing.get_request(page.db, request_id), "passed_on" if conforms else "given_back"
    return _STEPS.take(page, found, form, done, answers.check, **facts)


@router.post("/requests/{request_id}/decision")
def decide(request_id: str, page: OwnPage, form: Form) -> Response:
    """The answer of one department."""
    found = sharing.get_request(page.db, request_id)
    page.require(Action.DECIDE, *owners(found))
    return _STEPS.take(page, found, form, "decided", sharing.decide, **_answer(page, form, found))


def _answer(page: Page, form: FormData, found: SharingRequest) -> dict[str, Any]:
    """A yes with masks and days, or a no with a reason of the list and words."""
    approve, days = text_of(form, "answer", 10) == "approve", text_of(form, "days", 5)
    masks = {name: text_of(form, f"mask.{name}", 20) for name in found.columns if form.get(f"mask.{name}")}
    if approve and days and not days.isdecimal():
        days = "0"
    return {
        "approve": approve,
        "reason": text_of(form, "reason", 500),
        "reason_code": text_of(form, "reason_code", 40),
        "masks": masks if approve else {},
        "days": int(days) if approve and days else None,
        "mask_key_id": page.house.keys.current(Purpose.MASK).id,
        "zone": page.house.settings.zone,
    }


@router.post("/requests/{request_id}/extension")
def ask_for_time(request_id: str, page: OwnPage, form: Form) -> Response:
    """Ask for a longer term as a department that owes its answer."""
    found = sharing.get_request(page.db, request_id)
    page.require(Action.DECIDE, *owners(found))
    facts: dict[str, Any] = {"reason": text_of(form, "extension_reason", 500), "zone": page.house.settings.zone}
    return _STEPS.take(page, found, form, "extension_asked", extensions.ask, **facts)


@router.post("/requests/{request_id}/extension/decision")
def decide_extension(request_id: str, page: OwnPage, form: Form) -> Response:
    """The authority's word on a longer term."""
    page.require(Action.ESCALATE, "")
    facts = {"approve": text_of(form, "answer", 10) == "approve", "zone": page.house.settings.zone}
    found = sharing.get_request(page.db, request_id)
    return _STEPS.take(page, found, form, "extension_decided", extensions.decide, **facts)


@router.post("/requests/{request_id}/dispute")
def dispute(request_id: str, page: OwnPage, form: Form) -> Response:
    """Bring a refusal, or an answer that is overdue, before the authority."""
    found = sharing.get_request(page.db, request_id)
    page.require(Action.DISPUTE, found.department_id)
    facts: dict[str, Any] = {"reason": text_of(form, "dispute_reason", 500), "zone": page.house.settings.zone}
    return _STEPS.take(page, found, form, "disputed", answers.dispute, **facts)


@router.post("/requests/{request_id}/dispute/decision")
def settle(request_id: str, page: OwnPage, form: Form) -> Response:
    """The authority's decision of a dispute."""
    page.require(Action.SETTLE_DISPUTE, "")
    found = sharing.get_request(page.db, request_id)
    return _STEPS.take(page, found, form, "settled", answers.settle_dispute, **_answer(page, form, found))


@router.post("/requests/{request_id}/withdrawal")
def withdraw(request_id: str, page: OwnPage, form: Form) -> Response:
    """Take back a request that is still open."""
    found = sharing.get_request(page.db, request_id)
    page.require(Action.ASK, found.department_id)
    return _STEPS.take(page, found, form, "withdrawn", sharing.withdraw)
