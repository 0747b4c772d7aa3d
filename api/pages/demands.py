"""Demand and supply: asking for data that nobody has registered, until it ends in a resource or a reasoned no."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.datastructures import FormData
from starlette.responses import Response

from api.pages import phrases
from api.pages.grid import Column
from api.pages.page import Form, OwnPage, Page, text_of
from api.pages.sending import numbered, numbering, sent_once
from api.pages.steps import Steps
from catalog import demand_lists, demand_states, demands, departments, reasons, resources
from catalog.errors import Conflict, Invalid, NotFound, PlatformError
from catalog.models import Demand, Department
from catalog.roles import Action, require_any, scope
from catalog.sent_forms import once
from catalog.vocab import UpdateCycle

router = APIRouter(tags=["pages"], include_in_schema=False)

# field of the form -> how long a text it takes
FIELDS = {"title": 200, "description": 2000, "purpose": 500, "legal_basis": 500, "update_cycle": 24}


@router.get("/demands")
def list_demands(page: OwnPage) -> Response:
    """Demands that the department made or was given; everybody's for a steward or auditor."""
    found = demand_lists.listing(scope(page.official, Action.READ_SHARING))
    grid = page.cut("demand.list", _columns(page), found, key=_key)
    actions = [
        *(("assign",) if page.may(Action.ASSIGN_DEMAND, "") else ()),
        *(("refuse", "hand_back") if page.may(Action.ANSWER_DEMAND) else ()),
    ]
    return page.table("demands.html", grid, actions=actions, may_ask=page.may(Action.DEMAND))


def _key(found: Demand) -> str:
    return f"{'demand_assign' if found.state == demand_states.ASKED else 'demand_answer'}:{found.id}"


def _columns(page: Page) -> list[Column]:
    def state(value: str) -> str:
        return f"demand.state.{value}"

    def note(found: Demand) -> str:
        return page.words("provisional") if found.is_due_provisional else ""

    return [
        Column("title", "demand.title", lambda d: d.title, link=lambda d: f"/demands/{d.id}"),
        Column("department", "request.department", lambda d: d.department.name, is_filter=True),
        Column("assigned", "demand.assigned", lambda d: d.assigned.name if d.assigned else None, is_filter=True),
        Column("asked", "request.asked", lambda d: d.asked_at, "moment"),
        Column("due", "todo.due", lambda d: page.last_date(d.due_at) if d.due_at else None, "day", note=note),
        Column("state", "state", lambda d: state(d.state), "status", choice=state),
    ]


@router.get("/demands/new")
def new_demand(page: OwnPage) -> Response:
    """The form to ask for data that is not in the catalog."""
    page.require(Action.DEMAND)
    return numbered(page) or _form(page, {})


def _form(page: Page, sent: dict[str, str], fault: Invalid | None = None) -> Response:
    facts: dict[str, Any] = {"sent": sent, "fault": fault, "cycles": list(UpdateCycle)}
    return page.render("demand_new.html", 400 if fault else 200, **facts, **numbering(page))


@router.post("/demands/new")
def ask(page: OwnPage, form: Form) -> Response:
    """The demand, before the authority; or the form again with what was wrong."""
    page.require(Action.DEMAND)
    sent = {name: text_of(form, name, limit) for name, limit in FIELDS.items()}
    own = page.db.get_one(Department, page.official.department_id)
    facts: dict[str, Any] = {"by": page.official.client_id, "now": page.now, "zone": page.house.settings.zone, **sent}

    def make() -> str:
        return demands.ask(page.db, own, **facts).id

    try:
        demand_id = once(page.db, sent_once(page, form), make)
    except Invalid as error:
        return _form(page, sent, error)
    return page.onward(f"/demands/{demand_id}", done="demanded")


@router.get("/demands/{demand_id}")
def read_demand(demand_id: str, page: OwnPage) -> Response:
    """One demand: who must act next, what it asks for, what happened, and what the caller may do."""
    return _shown(page, _readable(page, demand_id))


def _readable(page: Page, demand_id: str) -> Demand:
    found = demands.get(page.db, demand_id)
    page.require(Action.READ_SHARING, found.department_id, *filter(None, [found.assigned_id]))
    return found


def _shown(page: Page, found: Demand, fault: PlatformError | None = None, sent: FormData | None = None) -> Response:
    steps = demands.open_to(page.db, page.official, found)
    known = reasons.listed(page.db, reasons.DEMAND, page.today)
    holder = found.assigned or departments.authority(page.db)
    words = text_of(sent, "find", 100) if sent else page.query.get("find", "").strip()[:100]
    whose = page.official.department_id
    fitting, count = (
        demand_lists.suitable(page.db, found, department_id=whose, words=words) if "meet" in steps else ([], 0)
    )
    return page.render(
        "demand.html",
        400 if fault else 200,
        demand=found,
        cycle=UpdateCycle(found.update_cycle) if found.update_cycle else None,
        steps=steps,
        holder=holder if found.state in demand_states.OPEN else None,
        is_late=found.due_at is not None and found.due_at <= page.now,
        names=departments.names(page.db, {event.department_id for event in found.events}),
        departments=[(each.slug, each.name) for each in departments.listed(page.db)] if "assign" in steps else [],
        refusals=[(each.code, phrases.reason(page.words, each)) for each in known],
        reason_titles={each.code: phrases.or_else(page.words, f"ground.{each.code}", each.title) for each in known},
        find=words,
        fitting=[(each.slug, each.name + page.words("list.within", text=each.provider.name)) for each in fitting],
        count=count,
        fault=fault,
        sent=sent or {},
    )


_STEPS = Steps("/demands", _shown)


@router.post("/demands/{demand_id}/assignment")
def assign(demand_id: str, page: OwnPage, form: Form) -> Response:
    """Give the demand to the department whose duty the data is."""
    require_any(page.official, Action.ASSIGN_DEMAND)
    found, slug = _readable(page, demand_id), text_of(form, "department", 64)
    if not slug:
        return _shown(page, found, Invalid("没有选择部门", remedy="选择承接部门"), form)
    facts = {"text": text_of(form, "assign_text", 500), "zone": page.house.settings.zone}
    return _STEPS.take(page, found, form, "assigned", demands.assign, to=departments.get(page.db, slug), **facts)


@router.post("/demands/{demand_id}/answer")
def answer(demand_id: str, page: OwnPage, form: Form) -> Response:
    """End the demand with a resource."""
    found = _readable(page, demand_id)
    demands.require_answerer(page.official, found)
    try:
        resource = resources.get(page.db, _chosen(form))
        return _STEPS.take(
            page, found, form, "met", demands.meet, resource=resource, text=text_of(form, "meet_text", 500)
        )
    except (NotFound, Conflict) as error:
        if found.state not in demand_states.OPEN or "resource" not in error.facts:
            raise
        return _shown(page, found, error, form)


def _chosen(form: FormData) -> str:
    slug = text_of(form, "resource", 64)
    if not slug:
        raise NotFound("没有选择资源", remedy="在列表中选择，或用关键词查找本部门已发布的资源", resource=slug)
    return slug


@router.post("/demands/{demand_id}/refusal")
def refuse(demand_id: str, page: OwnPage, form: Form) -> Response:
    """End the demand with a reasoned no."""
    found = _readable(page, demand_id)
    demands.require_answerer(page.official, found)
    facts: dict[str, Any] = {"reason_code": text_of(form, "reason_code", 40), "text": text_of(form, "reason", 500)}
    facts["zone"] = page.house.settings.zone
    return _STEPS.take(page, found, form, "demand_refused", demands.refuse, **facts)


@router.post("/demands/{demand_id}/hand-back")
def hand_back(demand_id: str, page: OwnPage, form: Form) -> Response:
    """Say that the data is another department's duty."""
    found = _readable(page, demand_id)
    demands.require_answerer(page.official, found)
    facts = {"text": text_of(form, "hand_back_text", 500), "zone": page.house.settings.zone}
    return _STEPS.take(page, found, form, "handed_back", demands.hand_back, **facts)


@router.post("/demands/{demand_id}/withdrawal")
def withdraw(demand_id: str, page: OwnPage, form: Form) -> Response:
    """Take an open demand back."""
    found = _readable(page, demand_id)
    page.require(Action.DEMAND, found.department_id)
    return _STEPS.take(page, found, form, "withdrawn", demands.withdraw)
