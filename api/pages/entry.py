"""Registering by form: every field with its help, items added and removed, nothing lost when two save at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter
from starlette.datastructures import FormData
from starlette.responses import Response

from api.pages import fields, phrases
from api.pages.page import Form, OwnPage, Page, SheetForm, text_of
from catalog import copies, entry_form, lifecycle, resources, versions
from catalog.cells import (
    ITEM_HEADINGS,
    RESOURCE_HEADINGS,
    Cells,
    Difference,
    Filled,
    blank,
    blank_item,
    differences,
    form_of,
    merge,
)
from catalog.entry_form import Judged
from catalog.errors import Conflict, NotFound, PlatformError
from catalog.models import Department, Resource
from catalog.roles import Action
from catalog.sheets import Fault
from catalog.uploads import Hand
from catalog.vocab import ResourceState

router = APIRouter(tags=["pages"], include_in_schema=False)

MOST_ITEMS, LONGEST = 500, 4000
SAVE, SUBMIT, CHECK, ADD = "save", "submit", "check", "add"


@dataclass
class Sheet:
    """A form as it is shown: what is in it, what is wrong with it, what happened meanwhile."""

    department: Department
    filled: Filled
    resource: Resource | None = None
    stamp: str = ""
    reason: str = ""
    faults: list[Fault] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    meanwhile: list[Difference] = field(default_factory=list)
    clashes: list[Difference] = field(default_factory=list)
    is_checked: bool = False
    error: PlatformError | None = None

    def wrong(self, row: int, heading: str) -> list[Fault]:
        """What is wrong with a cell."""
        return [fault for fault in self.faults if (fault.row, fault.column) == (row, heading)]

    @property
    def elsewhere(self) -> list[Fault]:
        """Faults of nothing that stands in the form."""
        shown = (*RESOURCE_HEADINGS, *ITEM_HEADINGS)
        return [f for f in self.faults if f.column not in shown or (f.row == 0 and f.column in ITEM_HEADINGS)]

    @property
    def is_new(self) -> bool:
        return self.resource is None


@router.get("/registration/new")
def new_entry(page: OwnPage) -> Response:
    """An empty form, and the way to begin with a copy."""
    page.require(Action.REGISTER)
    return _show(page, Sheet(_own(page), blank()))


def _own(page: Page) -> Department:
    return page.db.get_one(Department, page.official.department_id)


@router.post("/registration/new")
def enter_new(page: OwnPage, form: SheetForm) -> Response:
    """Register a draft, or the form again with all its faults."""
    page.require(Action.REGISTER)
    sheet = Sheet(_own(page), typed(form), reason=text_of(form, "reason", 500))
    act = text_of(form, "do", 20)
    if _changes_rows(sheet, act):
        return _show(page, sheet)
    return _go_on(page, sheet, _judge(page, sheet, act), act)


@router.get("/registration/{slug}/form")
def edit(slug: str, page: OwnPage) -> Response:
    """The form of an entry, with the change under way if there is one."""
    found = _editable(page, slug)
    filled = form_of(entry_form.entry_now(page.db, found))
    return _show(page, Sheet(found.provider, filled, found, entry_form.stamp_of(page.db, found)))


def _editable(page: Page, slug: str) -> Resource:
    found = resources.get(page.db, slug)
    page.require(Action.REGISTER, found.provider_id)
    entry_form.editable(found)
    return found


@router.post("/registration/{slug}/form")
def save(slug: str, page: OwnPage, form: SheetForm) -> Response:
    """Save a new version; who began with an older one is told what changed since, and keeps what was typed."""
    found = _editable(page, slug)
    filled = typed(form)
    filled = Filled({**filled.resource, "资源标识": found.slug}, filled.items)
    stamp, reason = text_of(form, "stamp", 40), text_of(form, "reason", 500)
    sheet = Sheet(found.provider, filled, found, stamp, reason)
    act = text_of(form, "do", 20)
    if _changes_rows(sheet, act):
        return _show(page, sheet)
    if act in (SAVE, SUBMIT):
        entry_form.hold(page.db, found)
        if stamp != entry_form.stamp_of(page.db, found):
            return _show(page, _overtaken(page, sheet, found), 409)
    return _go_on(page, sheet, _judge(page, sheet, act), act)


def typed(form: FormData) -> Filled:
    """What a form says; lines of items without a word are left out."""
    count = text_of(form, "items", 5)
    rows = range(1, min(int(count) if count.isdecimal() else 0, MOST_ITEMS) + 1)
    items = [{name: _cell(form, f"{row}.{name}") for name in ITEM_HEADINGS} for row in rows]
    return Filled({name: _cell(form, name) for name in RESOURCE_HEADINGS}, items)


def _cell(form: FormData, name: str) -> str:
    value = form.get(name)
    return value.strip()[:LONGEST] if isinstance(value, str) else ""


def _changes_rows(sheet: Sheet, act: str) -> bool:
    """Carry out `add`, `add.N` (after item N), `remove.N`; whether it was one of these."""
    word, _, number = act.partition(".")
    items: list[Cells] = list(sheet.filled.items)
    place = int(number) if number.isdecimal() and len(number) < 5 else len(items)
    if word == ADD and len(items) < MOST_ITEMS:
        items.insert(place, blank_item())
    elif word == "remove" and 1 <= place <= len(items):
        del items[place - 1]
    elif word not in (ADD, "remove"):
        return False
    sheet.filled = Filled(sheet.filled.resource, items)
    return True


def _judge(page: Page, sheet: Sheet, act: str) -> Judged:
    """Judge what is written; the sheet then shows its faults and what was filled in."""
    sheet.filled = Filled(sheet.filled.resource, [item for item in sheet.filled.items if any(item.values())])
    caller = page.official
    hand = Hand(sheet.department, caller.client_id, page.may(Action.REGISTER, ""))
    judged = entry_form.read(page.db, sheet.department, sheet.filled, hand, page.today)
    sheet.filled, sheet.faults, sheet.is_checked = judged.filled, judged.faults, True
    words = page.words
    sheet.notes = [(fields.label(words, fix.column), fix.proposed) for fix in judged.fixes]
    if act in (SAVE, SUBMIT) and not sheet.is_new and not sheet.reason:
        sheet.faults = [*sheet.faults, Fault(entry_form.FORM, -1, "reason", words("entry.no_reason"), "")]
    return judged


def _go_on(page: Page, sheet: Sheet, judged: Judged, act: str) -> Response:
    """Save when that was asked for and nothing is wrong; else the form with what was found."""
    if act not in (SAVE, SUBMIT):
        return _show(page, sheet)
    if sheet.faults or sheet.notes:
        return _show(page, sheet, 422 if sheet.faults else 200)
    slug = judged.filled.resource["资源标识"]
    try:
        if sheet.is_new:
            entry_form.require_new(page.db, slug)
        with page.db.begin_nested():
            outcome = _enter(page, sheet, judged)
    except Conflict as error:
        sheet.error = error
        return _show(page, sheet, 409)
    return page.onward(f"/registration/{slug}", done=_done(page, slug, outcome, act))


def _enter(page: Page, sheet: Sheet, judged: Judged) -> str:
    return entry_form.enter(
        page.db,
        judged,
        authority=page.house.settings.authority_slug,
        now=page.now,
        today=page.today,
        by=page.official.client_id,
        reason=sheet.reason or page.words("entry.first"),
        zone=page.house.settings.zone,
    )


def _done(page: Page, slug: str, outcome: str, act: str) -> str:
    """What to tell; hands the entry to the authority when that was asked for and nothing is missing."""
    found = resources.get(page.db, slug)
    page.db.refresh(found)
    if act != SUBMIT or not page.may(Action.SUBMIT, found.provider_id):
        return "entry_unchanged" if outcome == "unchanged" else "entry_saved"
    if entry_form.lacking(page.db, found):
        return "entry_incomplete"
    if not lifecycle.may_submit(page.db, found):
        return "entry_unchanged"
    zone = page.house.settings.zone
    lifecycle.submit(page.db, found, now=page.now, today=page.today, by=page.official.client_id, zone=zone)
    return "entry_submitted"


def _overtaken(page: Page, sheet: Sheet, found: Resource) -> Sheet:
    """The sheet with what another saved meanwhile put in wherever it was left alone."""
    try:
        base = entry_form.form_at(page.db, found, sheet.stamp)
    except NotFound:
        base = sheet.filled
    now = form_of(entry_form.entry_now(page.db, found))
    meanwhile = differences(base, now)
    mine = {(d.item, d.heading) for d in differences(base, sheet.filled)}
    sheet.meanwhile = meanwhile
    sheet.clashes = [d for d in meanwhile if (d.item, d.heading) in mine]
    sheet.filled = merge(base, sheet.filled, now)
    sheet.stamp = entry_form.stamp_of(page.db, found)
    return sheet


def _show(page: Page, sheet: Sheet, status: int = 200) -> Response:
    words = page.words
    latest = versions.listed(page.db, sheet.resource)[:1] if sheet.resource and sheet.meanwhile else []
    facts: dict[str, Any] = {
        "sheet": sheet,
        "groups": fields.groups(words),
        "item_fields": fields.item_fields(words),
        "lists": fields.suggestions(page, sheet.department),
        "told": lambda faults: phrases.faults(words, faults),
        "label": lambda heading: fields.label(words, heading),
        "text_of": lambda heading, value: fields.value_text(words, heading, value),
        "path": f"/registration/{sheet.resource.slug}/form" if sheet.resource else "/registration/new",
        "latest": latest[0] if latest else None,
        "may_submit": page.may(Action.SUBMIT, sheet.department.id),
    }
    return page.render("entry_form.html", status, **facts)


@router.post("/registration/copies")
def copy(page: OwnPage, form: Form) -> Response:
    """A draft with everything of an earlier entry but slug, name, code and secrecy review."""
    page.require(Action.REGISTER)
    source = resources.get(page.db, text_of(form, "source", 64))
    if source.state is not ResourceState.PUBLISHED and not page.may(Action.READ_DRAFTS, source.provider_id):
        raise NotFound(f"没有标识为「{source.slug}」的信息资源", resource=source.slug)
    slug, name = text_of(form, "slug", 64), text_of(form, "name", 200)
    made = copies.copy(page.db, source, slug, name, owner=_own(page), now=page.now, by=page.official.client_id)
    return page.onward(f"/registration/{made.slug}/form", done="entry_copied")
