"""The review of entries: what is submitted, what it changes and for whom, published, returned or retired."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from starlette.datastructures import FormData
from starlette.responses import Response

from api.pages import fields, phrases, registration
from api.pages.page import Form, OwnPage, Page, text_of
from catalog import (
    departments,
    entry_form,
    entry_list,
    life_steps,
    lifecycle,
    one_source,
    resources,
    revisions,
    versions,
)
from catalog.cells import ITEM_HEADINGS, RESOURCE_HEADINGS, differences
from catalog.errors import Invalid
from catalog.models import CatalogRevision, Resource
from catalog.roles import Action
from catalog.vocab import ResourceState

router = APIRouter(tags=["pages"], include_in_schema=False)

REASONS = 5
_LIVING = (ResourceState.PUBLISHED, ResourceState.PLANNED)


@dataclass(frozen=True, slots=True)
class Rights:
    """What the caller may do with the entry as it stands."""

    edit: bool
    submit: bool
    take_back: bool
    publish: bool
    send_back: bool
    retire: bool
    ask_update: bool
    copy: bool


@router.get("/reviews")
def reviews(page: OwnPage) -> Response:
    """What was submitted, the soonest due first."""
    page.require(Action.REVIEW, "")
    columns = registration.columns(page, everyone=True)
    grid = page.cut("review.list", columns, entry_list.under_review(), key=lambda e: e.slug)
    return page.table("reviews.html", grid, actions=("publish", "return"))


@router.get("/registration/{slug}")
def entry(slug: str, page: OwnPage) -> Response:
    """One entry: where it stands, what is under way, the steps so far, and what the caller may do."""
    return _show(page, _seen(page, slug))


def _seen(page: Page, slug: str) -> Resource:
    found = resources.get(page.db, slug)
    page.require(Action.READ_DRAFTS, found.provider_id)
    return found


def _show(page: Page, found: Resource, status: int = 200, **more: Any) -> Response:
    words = page.words
    revision = revisions.open_of(page.db, found) or revisions.waiting_of(page.db, found)
    present, coming = _contents(page, found)
    returned = life_steps.last_return(page.db, found)
    facts: dict[str, Any] = {
        "resource": found,
        "revision": revision,
        "consumers": _named(page, revision.consumers) if revision else [],
        "present": present,
        "coming": coming,
        "differences": differences(present, coming) if present and coming and present != coming else [],
        "groups": fields.groups(words),
        "item_fields": fields.item_fields(words),
        "label": lambda heading: fields.label(words, heading),
        "text_of": lambda heading, value: fields.value_text(words, heading, value),
        "breaking": _breaking(page, revision),
        "missing": entry_form.lacking(page.db, found) if not found.is_base_table else [],
        "returned": returned.reasons if returned else [],
        "steps": life_steps.history(page.db, found),
        "conflicts": one_source.conflicts_of(page.db, found),
        "version": versions.get(page.db, found, found.version),
        "rights": _rights(page, found, revision),
        "stamp": entry_form.stamp_of(page.db, found),
        "headings": (*RESOURCE_HEADINGS, *ITEM_HEADINGS),
        "usual": fields.usual_returns(words),
        "reason_rows": REASONS,
        "sent": [],
        "fault": None,
        "may_settle": page.may(Action.SETTLE_SOURCE, ""),
    }
    return page.render("entry.html", status, **(facts | more))


def _contents(page: Page, found: Resource) -> tuple[Any, Any]:
    return (None, None) if found.is_base_table else entry_form.changed_content(page.db, found)


def _breaking(page: Page, revision: CatalogRevision | None) -> list[str]:
    return [phrases.breaking(page.words, each, revision.content) for each in revision.breaking] if revision else []


def _named(page: Page, slugs: list[str]) -> list[str]:
    return [departments.get(page.db, slug).name for slug in slugs]


def _rights(page: Page, found: Resource, revision: CatalogRevision | None) -> Rights:
    owner, is_own = found.provider_id, not found.is_base_table
    is_living, is_submitted = found.state in _LIVING, is_own and lifecycle.is_submitted(page.db, found)
    waits = revision is not None and revision.state != revisions.WITHDRAWN
    return Rights(
        edit=is_own and page.may(Action.REGISTER, owner) and found.state is not ResourceState.RETIRED,
        submit=is_own and page.may(Action.SUBMIT, owner) and lifecycle.may_submit(page.db, found),
        take_back=page.may(Action.SUBMIT, owner) and (found.state is ResourceState.SUBMITTED or waits),
        publish=is_submitted and page.may(Action.PUBLISH, owner),
        send_back=is_submitted and page.may(Action.REVIEW, owner),
        retire=is_own and is_living and page.may(Action.RETIRE, owner) and not _waits(revision),
        ask_update=is_own and is_living and page.may(Action.PUBLISH, owner),
        copy=is_own and page.may(Action.REGISTER),
    )


def _waits(revision: CatalogRevision | None) -> bool:
    return revision is not None and revision.state == revisions.APPROVED


def _held(page: Page, slug: str, action: Action, form: FormData) -> Resource:
    """The entry, nobody else's to change until this answer; raises Conflict when it is not as the page showed it."""
    found = resources.get(page.db, slug)
    page.require(action, found.provider_id)
    entry_form.require_stamp(page.db, found, text_of(form, "stamp", 40))
    return found


def _who(page: Page) -> dict[str, Any]:
    return {"now": page.now, "today": page.today, "by": page.official.client_id}


def _onward(page: Page, found: Resource, done: str) -> Response:
    return page.onward(f"/registration/{found.slug}", done=done)


@router.post("/registration/{slug}/submission")
def submit(slug: str, page: OwnPage, form: Form) -> Response:
    """Hand the draft, or the drafted change, to the authority."""
    found = _held(page, slug, Action.SUBMIT, form)
    try:
        lifecycle.submit(page.db, found, zone=page.house.settings.zone, **_who(page))
    except Invalid as error:
        return _show(page, found, 400, fault=error)
    return _onward(page, found, "entry_submitted")


@router.post("/registration/{slug}/withdrawal")
def take_back(slug: str, page: OwnPage, form: Form) -> Response:
    """Take back what was submitted, or a change that waits for its day."""
    found = _held(page, slug, Action.SUBMIT, form)
    lifecycle.take_back(page.db, found, now=page.now, by=page.official.client_id)
    return _onward(page, found, "entry_taken_back")


@router.post("/registration/{slug}/publication")
def publish(slug: str, page: OwnPage, form: Form) -> Response:
    """Publish what was submitted; a change that consumers would feel waits until its notice has run."""
    found = _held(page, slug, Action.PUBLISH, form)
    try:
        revision = lifecycle.publish(page.db, found, zone=page.house.settings.zone, **_who(page))
    except Invalid as error:
        return _show(page, found, 400, fault=error)
    return _onward(page, found, "entry_announced" if _waits(revision) else "entry_published")


@router.post("/registration/{slug}/return")
def send_back(slug: str, page: OwnPage, form: Form) -> Response:
    """Return what was submitted, with a reason for each thing to mend."""
    found = _held(page, slug, Action.REVIEW, form)
    given = _reasons(form)
    try:
        lifecycle.send_back(page.db, found, [each for each in given if any(each.values())], **_who(page))
    except Invalid as error:
        return _show(page, found, 400, fault=error, sent=given)
    return _onward(page, found, "entry_returned")


def _reasons(form: FormData) -> list[dict[str, str]]:
    """The lines of the form that returns an entry."""
    names = ("column", "item", "reason")
    lists = [[str(value).strip()[:500] for value in form.getlist(name)] for name in names]
    return [dict(zip(names, each, strict=True)) for each in zip(*lists, strict=False)]


@router.post("/registration/{slug}/retirement")
def retire(slug: str, page: OwnPage, form: Form) -> Response:
    """Retire a published resource; after a notice where grants depend on it."""
    found = _held(page, slug, Action.RETIRE, form)
    return _with_reason(page, found, form, lifecycle.retire, "entry_retired")


@router.post("/registration/{slug}/updates")
def ask_update(slug: str, page: OwnPage, form: Form) -> Response:
    """Tell the provider that law or duty changed, which starts the clock of the catalog's update."""
    found = _held(page, slug, Action.PUBLISH, form)
    return _with_reason(page, found, form, lifecycle.ask_update, "entry_update_asked")


def _with_reason(page: Page, found: Resource, form: FormData, act: Any, done: str) -> Response:
    reason = text_of(form, "reason", 500)
    try:
        if not reason:
            raise Invalid(page.words("entry.no_reason"), remedy="")
        act(page.db, found, reason=reason, **_who(page))
    except Invalid as error:
        return _show(page, found, 400, fault=error)
    return _onward(page, found, done)
