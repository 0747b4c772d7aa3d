"""One person's or one firm's whole view (一人一档, 一企一档), as the department's grants show it."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api import control, whole
from api.pages import rows
from api.pages.page import Form, OwnPage, Page, text_of
from api.pages.rows import Titles
from catalog import identities
from catalog.errors import Invalid, NotGranted, PlatformError
from catalog.roles import Action
from catalog.vocab import Base

router = APIRouter(tags=["pages"], include_in_schema=False)


@router.get("/whole")
def ask(page: OwnPage) -> Response:
    """The form: a kind, and an identifier or a record key."""
    page.require(Action.READ_DATA)
    return _render(page, {"kind": "person", "identifier": "", "record_key": ""})


@router.post("/whole")
async def read(request: Request, page: OwnPage, form: Form) -> Response:
    """What the grants show; the identifier travels in the form and never in an address. Every table leaves a receipt."""
    page.require(Action.READ_DATA)
    sent = {name: text_of(form, name, 40) for name in ("kind", "identifier", "record_key")}
    wanted = whole.Wanted(sent["kind"], sent["identifier"], sent["record_key"])
    try:
        found = await whole.view(page.house, request, page.official, wanted)
    except (Invalid, NotGranted) as error:
        return await run_in_threadpool(_render, page, sent, fault=error)
    held = await _control(request, page, wanted, found)
    return await run_in_threadpool(_render, page, sent, found=found, held=held)


async def _control(request: Request, page: Page, wanted: whole.Wanted, found: whole.Whole) -> control.Answer | None:
    """All holders of a firm, None where the department's grants do not tell."""
    if found.kind != control.KIND or control.TABLE not in {part.table for part in found.parts}:
        return None
    try:
        return await control.ask(page.house, request, page.official, wanted, 0)
    except NotGranted:
        return None


def _render(
    page: Page,
    sent: dict[str, str],
    *,
    found: whole.Whole | None = None,
    held: control.Answer | None = None,
    fault: PlatformError | None = None,
) -> Response:
    parts = [_part(page, part) for part in found.parts] if found else []
    closed = [each["resource"] for each in found.closed if each["resource"]] if found else []
    return page.render(
        "whole.html",
        400 if fault else 200,
        sent=sent,
        kinds=list(identities.SUBJECTS),
        found=found,
        groups=[(base.value, [part for part in parts if part["base"] == base]) for base in Base],
        held=held,
        beneficial_pct=control.BENEFICIAL_PCT,
        closed=rows.named(page, closed),
        fault=fault,
    )


def _part(page: Page, part: whole.Part) -> dict[str, object]:
    """A table with the titles of its columns in the language of the page."""
    titles = Titles(page, part.resource)
    columns = [(name, titles.title(name)) for name in (part.records[0] if part.records else ())]
    return {
        "base": part.base,
        "resource": titles.resource,
        "columns": columns,
        "rows": [[titles.value(row, name) for name, _ in columns] for row in part.records],
        "more": part.more,
        "count": part.count,
        "receipt": part.receipt,
    }
