"""Doing one thing to many rows: first a preview of each, then the result of each; one that fails stops no other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.responses import Response

from api import visits
from api.pages.page import Form, OwnPage, Page, text_of
from catalog import deliveries, request_states, resources, runs, sharing
from catalog.errors import NotFound, PlatformError
from catalog.keys import Purpose
from catalog.models import Delivery, Resource, SharingRequest
from catalog.roles import Action, require, require_any
from catalog.vocab import DeliveryState, ResourceState

router = APIRouter(tags=["pages"], include_in_schema=False)

MOST = 200


@dataclass(frozen=True, slots=True)
class Batch:
    """What may be done to rows. look: the row in words, with what keeps it from being done ("" for nothing).

    act: does it, in a transaction of its own; raises what keeps it from being done. needs_reason: asks for one.
    """

    look: Callable[[Page, str], tuple[str, str]]
    act: Callable[[Session, Page, str, str], None]
    needs_reason: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a preview or of a result."""

    id: str
    title: str
    problem: str
    remedy: str = ""


@router.post("/batch")
def batch(page: OwnPage, form: Form) -> Response:
    """The preview of what was chosen, or the results once it was confirmed."""
    name = text_of(form, "action", 40)
    chosen = BATCHES.get(name)
    if chosen is None:
        raise NotFound("没有这一批量操作", remedy="返回列表重新选择")
    ids = list(dict.fromkeys(value for value in form.getlist("id") if isinstance(value, str)))[:MOST]
    facts: dict[str, Any] = {"name": name, "batch": chosen, "back": visits.safe_next(text_of(form, "back"))}
    if text_of(form, "step") != "do" or not ids:
        return page.render("batch_preview.html", lines=[_look(page, chosen, each) for each in ids], **facts)
    reason = text_of(form, "reason", 300)
    return page.render("batch_results.html", lines=[_do(page, chosen, each, reason) for each in ids], **facts)


def _look(page: Page, chosen: Batch, row: str) -> Line:
    try:
        title, problem = chosen.look(page, row)
    except PlatformError as error:
        return Line(row, row, error.message, error.remedy)
    return Line(row, title, problem)


def _do(page: Page, chosen: Batch, row: str, reason: str) -> Line:
    line = _look(page, chosen, row)
    if line.problem:
        return line
    try:
        with page.house.transaction() as db:
            chosen.act(db, page, row, reason)
    except PlatformError as error:
        return Line(row, line.title, error.message, error.remedy)
    return line


def _delivery(page: Page, delivery_id: str, action: Action) -> Delivery:
    found = deliveries.get(page.db, delivery_id)
    require(page.official, action, found.resource.provider_id)
    return found


def _named(found: Delivery) -> str:
    return f"{found.resource.provider.name} · {found.resource.name} {found.period}"


def _look_confirm(page: Page, delivery_id: str) -> tuple[str, str]:
    found = _delivery(page, delivery_id, Action.CONFIRM_DELIVERY)
    return _named(found), "" if found.state is DeliveryState.HELD else page.words("batch.not_held")


def _confirm(db: Session, page: Page, delivery_id: str, reason: str) -> None:
    deliveries.confirm(db, deliveries.get(db, delivery_id))


def _look_again(page: Page, delivery_id: str) -> tuple[str, str]:
    found = _delivery(page, delivery_id, Action.RUN)
    waits = found.state in (DeliveryState.RECEIVED, DeliveryState.CHECKING)
    return _named(found), page.words("batch.is_waiting") if waits else ""


def _again(db: Session, page: Page, delivery_id: str, reason: str) -> None:
    runs.check_again(db, deliveries.get(db, delivery_id))


def _request(page: Page, request_id: str) -> SharingRequest:
    found = sharing.get_request(page.db, request_id)
    require(page.official, Action.DECIDE, found.resource.provider_id)
    return found


def _look_answer(page: Page, request_id: str) -> tuple[str, str]:
    found = _request(page, request_id)
    title = f"{found.department.name} · {found.resource.name} · {found.purpose}"
    return title, "" if found.state == request_states.ASKED else page.words("batch.answered")


def _answer(approve: bool) -> Callable[[Session, Page, str, str], None]:
    def act(db: Session, page: Page, request_id: str, reason: str) -> None:
        sharing.decide(
            db,
            sharing.get_request(db, request_id),
            approve=approve,
            department_id=page.official.department_id,
            by=page.official.client_id,
            now=page.now,
            mask_key_id=page.house.keys.current(Purpose.MASK).id,
            reason=reason,
        )

    return act


def _look_publish(page: Page, slug: str) -> tuple[str, str]:
    require_any(page.official, Action.PUBLISH)
    found = resources.get(page.db, slug)
    missing = resources.missing(found)
    if found.state is ResourceState.PUBLISHED:
        return _resource_named(found), page.words("batch.published")
    return _resource_named(found), page.words("batch.missing", what="、".join(missing)) if missing else ""


def _resource_named(found: Resource) -> str:
    return f"{found.provider.name} · {found.name}"


def _publish(db: Session, page: Page, slug: str, reason: str) -> None:
    resources.publish(db, resources.get(db, slug), on=page.today)


BATCHES = {
    "publish": Batch(_look_publish, _publish),
    "confirm": Batch(_look_confirm, _confirm),
    "check_again": Batch(_look_again, _again),
    "approve": Batch(_look_answer, _answer(approve=True)),
    "refuse": Batch(_look_answer, _answer(approve=False), needs_reason=True),
}
