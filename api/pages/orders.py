"""Quality orders: the list, one with its way, explaining with evidence, deciding an explanation."""

from __future__ import annotations

from datetime import date
from typing import Any

from fastapi import APIRouter
from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response

from api import evidence
from api.pages import rules
from api.pages.deliveries import finding_columns, may_open
from api.pages.grid import Column
from api.pages.page import Form, OwnPage, Page, text_of
from api.pages.steps import Steps
from catalog import explanations, order_lists, order_states, standing
from catalog.errors import Invalid, PlatformError
from catalog.models import QualityOrder
from catalog.roles import Action, require_any, scope

router = APIRouter(tags=["pages"], include_in_schema=False)


@router.get("/orders")
def list_orders(page: OwnPage) -> Response:
    """The department's orders, everybody's for a steward or auditor, open ones first."""
    whose = scope(page.official, Action.READ_FINDINGS)
    found = order_lists.listing(whose)
    grid = page.cut("orders.list", columns(page), found, key=lambda o: f"order_overdue:{o.id}")
    return page.table("orders.html", grid, actions=("remind",) if page.may(Action.REMIND, "") else ())


def columns(page: Page) -> list[Column]:
    words = page.words

    def state(value: str) -> str:
        return f"orders.state.{value}"

    def note(found: QualityOrder) -> str:
        return words("provisional") if found.is_due_provisional else ""

    return [
        Column("resource", "resource.name", lambda o: o.resource.name, link=lambda o: f"/orders/{o.id}"),
        Column("rule", "finding.rule", lambda o: o.rule, note=lambda o: rules.title(words, o)),
        Column("department", "orders.department", lambda o: o.department.name, is_filter=True),
        Column("dimension", "finding.dimension", lambda o: o.dimension, "term", is_filter=True),
        Column("count", "finding.count", lambda o: o.count, "number"),
        Column("times", "orders.times", lambda o: o.times, "number"),
        Column("opened", "orders.opened", lambda o: o.opened_at, "moment"),
        Column("due", "todo.due", lambda o: page.last_date(o.due_at) if o.due_at else None, "day", note=note),
        Column("state", "state", lambda o: state(o.state), "status", is_filter=True, choice=state),
    ]


@router.get("/orders/{order_id}")
def read_order(order_id: str, page: OwnPage) -> Response:
    """One order: what was found, by when it must end, what happened, and what the caller may do."""
    return _shown(page, _readable(page, order_id))


def _readable(page: Page, order_id: str) -> QualityOrder:
    found = order_lists.get(page.db, order_id)
    page.require(Action.READ_FINDINGS, order_lists.reader(page.db, found, page.official.department_id))
    return found


def _shown(
    page: Page, found: QualityOrder, fault: PlatformError | None = None, sent: FormData | None = None
) -> Response:
    under = order_lists.findings(page.db, found)
    grid = page.grid("finding.list", finding_columns(page), under)
    if page.query.get("format") == "xlsx":
        return page.export(grid)
    is_own = found.department_id == page.official.department_id
    return page.render(
        "order.html",
        400 if fault else 200,
        order=found,
        grid=grid,
        rule=rules.title(page.words, found),
        others=dict.fromkeys(each.other.name for each in under if each.other),
        may_open=may_open(page, found.resource),
        may_read_all=page.may(Action.READ_FINDINGS, found.department_id),
        is_late=found.state == order_states.OPEN and found.due_at is not None and found.due_at <= page.now,
        may_explain=found.state == order_states.OPEN and is_own and page.may(Action.ANSWER_ORDER),
        may_decide=found.state == order_states.EXPLAINED and page.may(Action.DECIDE_EXPLANATION, ""),
        waiting=explanations.waiting(found),
        standing=standing.of_order(page.db, page.house.checks, found, page.today),
        fault=fault,
        sent=sent or {},
    )


_STEPS = Steps("/orders", _shown)


@router.post("/orders/{order_id}/explanation")
def explain(order_id: str, page: OwnPage, form: Form) -> Response:
    """Put an explanation before the authority, with a file where there is one."""
    found = _readable(page, order_id)
    page.require(Action.ANSWER_ORDER, found.department_id)
    file = form.get("file")
    try:
        kept = evidence.kept(page.house, file if isinstance(file, UploadFile) else None)
    except Invalid as error:
        return _shown(page, found, error, form)
    facts = {"text": text_of(form, "text"), "evidence": kept}
    return _STEPS.take(page, found, form, "order_explained", explanations.explain, **facts)


@router.get("/orders/{order_id}/explanations/{explanation_id}/evidence")
def read_evidence(order_id: str, explanation_id: str, page: OwnPage) -> Response:
    """The file that was handed in with an explanation; not for a department that is only told of the order."""
    found = _readable(page, order_id)
    page.require(Action.READ_FINDINGS, found.department_id)
    return evidence.answer(page.house, explanations.get(found, explanation_id))


@router.post("/orders/{order_id}/approval")
def approve(order_id: str, page: OwnPage, form: Form) -> Response:
    """Accept the rows until a day."""
    require_any(page.official, Action.DECIDE_EXPLANATION)
    found, until = _readable(page, order_id), text_of(form, "until", 10)
    try:
        day = date.fromisoformat(until) if until else None
    except ValueError:
        return _shown(page, found, Invalid("日期写法不对", remedy="写作 2026-11-23"), form)
    facts: dict[str, Any] = {"until": day, "today": page.today}
    facts["reason"] = text_of(form, "note", 500)
    return _STEPS.take(page, found, form, "order_approved", explanations.approve, page.house.checks, **facts)


@router.post("/orders/{order_id}/rejection")
def reject(order_id: str, page: OwnPage, form: Form) -> Response:
    """Send the order back to the department."""
    require_any(page.official, Action.DECIDE_EXPLANATION)
    reason = text_of(form, "reason", 500)
    return _STEPS.take(page, _readable(page, order_id), form, "order_rejected", explanations.reject, reason=reason)
