"""A subject's credit report (信用报告) on a day, as the department's grants show it; made to be printed."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api import credit_report, whole
from api.credit_report import Line, Report
from api.pages import rows
from api.pages.page import Form, OwnPage, Page, text_of
from api.pages.rows import Titles
from catalog import code_names, departments, identities
from catalog.errors import Invalid, NotGranted, PlatformError
from catalog.roles import Action

router = APIRouter(tags=["pages"], include_in_schema=False)

PATH = "/credit-report"
_KINDS = "公共信用信息类别"


@router.get(PATH)
def ask(page: OwnPage) -> Response:
    """The form: a kind, an identifier or a record key, and a day."""
    page.require(Action.READ_DATA)
    return _render(page, {"kind": "legal_entity", "record_key": "", "on": page.today.isoformat()})


@router.post(PATH)
async def read(request: Request, page: OwnPage, form: Form) -> Response:
    """The report; the identifier travels in the form and never in an address. Every table leaves a receipt."""
    page.require(Action.READ_DATA)
    sent = {name: text_of(form, name, 40) for name in ("kind", "identifier", "record_key", "on")}
    wanted = whole.Wanted(sent["kind"], sent["identifier"], sent["record_key"])
    try:
        on = day_of(sent["on"])
        found = await credit_report.make(page.house, request, page.official, wanted, on)
    except (Invalid, NotGranted) as error:
        return await run_in_threadpool(_render, page, sent, fault=error)
    return await run_in_threadpool(_render, page, sent, found=found)


def day_of(text: str) -> date | None:
    """The day of a field, None when it is empty; raises Invalid."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Invalid("日期无效", remedy="写成 2026-11-20 的样子") from error


def _render(
    page: Page, sent: dict[str, str], *, found: Report | None = None, fault: PlatformError | None = None
) -> Response:
    closed = [each["resource"] for each in found.closed if each["resource"]] if found else []
    return page.render(
        "credit_report.html",
        400 if fault else 200,
        sent=sent,
        kinds=list(identities.SUBJECTS),
        found=found,
        groups=_groups(page, found) if found else [],
        receipts=[(rows.named(page, [part.resource])[0][1], part.receipt) for part in found.parts] if found else [],
        more=any(part.more for part in found.parts) if found else False,
        closed=rows.named(page, closed),
        fault=fault,
    )


def _groups(page: Page, found: Report) -> list[tuple[str, list[dict[str, object]]]]:
    """The lines by their kind in the national catalogue, the oldest kind number first, the newest line first."""
    kinds = code_names.of(page.db, {_KINDS})
    titles = {part.table: Titles(page, part.resource) for part in found.parts}
    by_kind: dict[str, list[Line]] = {}
    for line in sorted(found.lines, key=lambda each: each.date or "", reverse=True):
        by_kind.setdefault(line.kind, []).append(line)
    return [
        (kinds.get((_KINDS, kind), page.words("report.other")), [_line(page, titles[x.table], x) for x in lines])
        for kind, lines in sorted(by_kind.items())
    ]


def _line(page: Page, titles: Titles, line: Line) -> dict[str, object]:
    source = departments.get(page.db, line.department).name if line.department else ""
    told = [(page.words("report.source"), source), (page.words("report.date"), line.date or "")]
    return {"name": titles.resource.name, "pairs": [*told, *titles.pairs(line.record, ("catalogue_kind_code",))]}
