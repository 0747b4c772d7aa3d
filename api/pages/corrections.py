"""Correction requests: disputing a value that one's grant shows, answering, seeing who was told."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.datastructures import FormData
from starlette.responses import Response

from api import disputes
from api.pages.grid import Column
from api.pages.page import Form, OwnPage, Page, text_of
from api.pages.steps import Steps
from catalog import correction_states, corrections, departments, grants, mending
from catalog.errors import Conflict, Invalid, NotFound, NotGranted, PlatformError
from catalog.models import Correction, Grant
from catalog.register import whole
from catalog.roles import Action, scope
from catalog.vocab import Mask

router = APIRouter(tags=["pages"], include_in_schema=False)

FIELDS = ("record_key", "item", "claim", "grounds")


@router.get("/corrections")
def list_corrections(page: OwnPage) -> Response:
    """Requests that the department made or has to answer; everybody's for a steward or auditor."""
    found = corrections.listing(scope(page.official, Action.READ_CORRECTIONS))
    grid = page.cut("correction.list", _columns(page), found, key=lambda c: f"correction_overdue:{c.id}")
    actions = ("remind",) if page.may(Action.REMIND, "") else ()
    return page.table("corrections.html", grid, actions=actions, may_ask=page.may(Action.DISPUTE_VALUE))


def _columns(page: Page) -> list[Column]:
    def state(value: str) -> str:
        return f"correction.state.{value}"

    def note(found: Correction) -> str:
        return page.words("provisional") if found.is_due_provisional else ""

    return [
        Column("resource", "resource.name", lambda c: c.resource.name, link=lambda c: f"/corrections/{c.id}"),
        Column("item", "finding.item", lambda c: _title(page, c), is_sortable=False),
        Column("department", "request.department", lambda c: c.department.name, is_filter=True),
        Column("assigned", "correction.assigned", lambda c: c.assigned.name, is_filter=True),
        Column("asked", "request.asked", lambda c: c.asked_at, "moment"),
        Column("due", "todo.due", lambda c: page.last_date(c.due_at) if c.due_at else None, "day", note=note),
        Column("state", "state", lambda c: state(c.state), "status", is_filter=True, choice=state),
    ]


def _title(page: Page, found: Correction) -> str:
    """What the disputed item is called in the language of the page."""
    return next((page.words.item(i) for i in found.resource.items if i.name == found.item), found.item)


@router.get("/corrections/new")
def new_correction(page: OwnPage, grant: str = "") -> Response:
    """The form to dispute a value that one of the department's grants shows."""
    page.require(Action.DISPUTE_VALUE)
    return _form(page, _own_grant(page, grant), {"record_key": page.query.get("record", "")[:20]})


def _own_grant(page: Page, grant_id: str) -> Grant:
    found = grants.get_grant(page.db, grant_id)
    if found.department_id != page.official.department_id:
        raise NotFound(f"没有授权 {grant_id}", grant=grant_id)
    return found


def _form(page: Page, grant: Grant, sent: dict[str, str], fault: PlatformError | None = None) -> Response:
    shown = grant.versions[-1].columns
    items = [
        (i.name, page.words.item(i)) for i in grant.resource.items if shown.get(i.name, Mask.HIDDEN) != Mask.HIDDEN
    ]
    return page.render("correction_new.html", 400 if fault else 200, grant=grant, items=items, sent=sent, fault=fault)


@router.post("/corrections/new")
def ask(page: OwnPage, form: Form) -> Response:
    """The request, with the department that collected the value; or the form again with what was wrong."""
    page.require(Action.DISPUTE_VALUE)
    grant = _own_grant(page, text_of(form, "grant", 20))
    sent = {name: text_of(form, name) for name in FIELDS}
    try:
        with whole(page.db):
            about = {"resource": grant.resource.slug, "grant": grant.id}
            found = disputes.dispute(page.house, page.db, page.official, **about, **sent)
    except (Invalid, NotFound, NotGranted, Conflict) as error:
        return _form(page, grant, sent, error)
    return page.onward(f"/corrections/{found.id}", done="correction_asked")


@router.get("/corrections/{correction_id}")
def read_correction(correction_id: str, page: OwnPage) -> Response:
    """One request: who must act by when, what was said, what happened, and what the caller may do."""
    return _shown(page, _readable(page, correction_id))


def _readable(page: Page, correction_id: str) -> Correction:
    found = corrections.get(page.db, correction_id)
    page.require(Action.READ_CORRECTIONS, *corrections.concerned(found))
    return found


def _shown(page: Page, found: Correction, fault: PlatformError | None = None, sent: FormData | None = None) -> Response:
    is_open = found.state == correction_states.ASKED
    return page.render(
        "correction.html",
        400 if fault else 200,
        correction=found,
        title=_title(page, found),
        said=corrections.words(page.house.keys, found) if corrections.may_read_words(page.official, found) else None,
        steps=corrections.open_to(page.official, found),
        faults=list(corrections.FAULTS),
        names=departments.names(page.db, {step.department_id for step in found.steps}),
        is_open=is_open,
        is_late=is_open and found.due_at is not None and found.due_at <= page.now,
        fault=fault,
        sent=sent or {},
    )


def _may_mend(found: Correction, error: PlatformError) -> bool:
    """What was sent may be wrong; that another was faster is only told."""
    is_faster = isinstance(error, Conflict) and found.state != correction_states.ASKED
    return isinstance(error, Invalid | NotFound | Conflict) and not is_faster


_STEPS = Steps("/corrections", _shown, _may_mend)


@router.post("/corrections/{correction_id}/mending")
def mend(correction_id: str, page: OwnPage, form: Form) -> Response:
    """Mended: the release in force no longer holds the value, and whoever read it is told."""
    found, house = _readable(page, correction_id), page.house
    page.require(Action.ANSWER_CORRECTION, found.assigned_id)
    facts = {"text": text_of(form, "mend_text"), "delivery_id": text_of(form, "delivery", 20)}
    return _STEPS.take(
        page, found, form, "correction_mended", mending.mend, house.store, house.keys, house.digests, **facts
    )


@router.post("/corrections/{correction_id}/refusal")
def refuse(correction_id: str, page: OwnPage, form: Form) -> Response:
    """A reasoned no."""
    found = _readable(page, correction_id)
    page.require(Action.ANSWER_CORRECTION, found.assigned_id)
    text = text_of(form, "reason")
    return _STEPS.take(page, found, form, "correction_refused", corrections.refuse, page.house.keys, text=text)


@router.post("/corrections/{correction_id}/fault")
def blame(correction_id: str, page: OwnPage, form: Form) -> Response:
    """Hand the request to the authority: what was collected is right, what the platform made of it is not."""
    found = _readable(page, correction_id)
    page.require(Action.ANSWER_CORRECTION, found.assigned_id)
    facts = {"fault": text_of(form, "fault", 20), "zone": page.house.settings.zone}
    return _STEPS.take(page, found, form, "correction_moved", corrections.blame, **facts)


@router.post("/corrections/{correction_id}/withdrawal")
def withdraw(correction_id: str, page: OwnPage, form: Form) -> Response:
    """Take an open request back."""
    found = _readable(page, correction_id)
    page.require(Action.DISPUTE_VALUE, found.department_id)
    return _STEPS.take(page, found, form, "correction_withdrawn", corrections.withdraw)
