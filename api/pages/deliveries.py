"""Deliveries of a department: its resources, sending a file, what was found, row numbers to download."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from api import handover, visits
from api.deps import House
from api.pages import excel, rules
from api.pages.grid import Column
from api.pages.page import OwnPage, Page, any_page
from api.problems import status_of
from api.texts import Words
from api.uploads import Upload, received
from catalog import checked, deliveries, lateness, overviews, resources, verdicts
from catalog.calendar import recent_periods, work_calendar
from catalog.errors import Conflict, Invalid, PlatformError, TooMuch, Unreadable
from catalog.models import Delivery, FindingRow, Resource
from catalog.roles import Action, scope
from catalog.sessions import Visit
from catalog.vocab import Channel, DeliveryState, Outcome

router = APIRouter(tags=["pages"], include_in_schema=False)

_BLOCKING = (Outcome.BLOCK_ROW, Outcome.BLOCK_DELIVERY)
_WAITING = (DeliveryState.RECEIVED, DeliveryState.CHECKING)


@router.get("/deliveries")
def list_deliveries(page: OwnPage) -> Response:
    """The deliveries of the department, of all departments for a steward, the newest first."""
    whose = scope(page.official, Action.READ_DELIVERIES)
    grid = page.cut("delivery.list", columns(everyone=whose is None), overviews.deliveries(whose))
    return page.table("deliveries.html", grid)


def columns(*, everyone: bool) -> list[Column]:
    found = [
        Column("resource", "resource.name", lambda d: d.resource.name, link=lambda d: f"/deliveries/{d.id}"),
        Column(
            "period",
            "delivery.period",
            lambda d: d.period,
            "period",
            note=lambda d: f"#{d.sequence}" if d.sequence > 1 else "",
        ),
        Column("provider", "resource.provider", lambda d: d.resource.provider.name, is_filter=True),
        Column("state", "state", lambda d: d.state, "status", is_filter=True),
        Column("received", "delivery.received", lambda d: d.received_at, "moment"),
        Column("channel", "delivery.channel", lambda d: d.channel, "term", is_filter=True),
        Column("rows", "delivery.rows", lambda d: d.rows, "number"),
        Column("bad", "delivery.bad", lambda d: d.bad, "number"),
        Column("share", "delivery.good_share", good_share, "percent"),
    ]
    return found if everyone else [column for column in found if column.name != "provider"]


def good_share(delivery: Delivery) -> float | None:
    return (delivery.good or 0) / delivery.rows if delivery.rows else None


@router.get("/deliveries/{delivery_id}")
def read_delivery(delivery_id: str, page: OwnPage) -> Response:
    """One delivery: how it went, and everything that was found, the worst first."""
    found = deliveries.get(page.db, delivery_id)
    page.require(Action.READ_DELIVERIES, found.resource.provider_id)
    ranked = sorted(found.findings, key=lambda f: (f.outcome not in _BLOCKING, -f.count, f.rule, f.item))
    grid = page.grid("finding.list", finding_columns(page, found.id), ranked, page_size=200)
    return page.table(
        "delivery.html",
        grid,
        delivery=found,
        resource=found.resource,
        share=good_share(found),
        verdict=verdicts.QualityVerdict(found.verdict) if found.verdict else None,
        limits=verdicts.thresholds(page.db, page.today),
        has_rows=bool(found.findings) and checked.has_rows(page.house.store, found.id),
        is_waiting=found.state in _WAITING,
        may_confirm=page.may(Action.CONFIRM_DELIVERY, "") and found.state is DeliveryState.HELD,
        may_run=page.may(Action.RUN, "") and found.state not in _WAITING,
        may_deliver=page.may(Action.DELIVER, found.resource.provider_id),
    )


def may_open(page: Page, resource: Resource) -> bool:
    """Whether the reader may open deliveries of a resource: who reads findings may not yet."""
    return page.may(Action.READ_DELIVERIES, resource.provider_id)


def finding_columns(page: Page, delivery_id: str = "") -> list[Column]:
    words = page.words

    def rows_of(finding: FindingRow) -> str:
        owner = delivery_id or finding.delivery_id
        if not owner or not finding.first_rows or not may_open(page, finding.resource):
            return ""
        return f"/deliveries/{owner}/rows?rule={quote(finding.rule)}&item={quote(finding.item)}&format=xlsx"

    return [
        Column("rule", "finding.rule", lambda f: rules.title(words, f), note=lambda f: rules.message(words, f)),
        Column("outcome", "finding.outcome", lambda f: f.outcome, "status", is_filter=True),
        Column("item", "finding.item", lambda f: f.item or None, "code"),
        Column("dimension", "finding.dimension", lambda f: f.dimension, "term", is_filter=True),
        Column("count", "finding.count", lambda f: f.count, "number"),
        Column("accepted", "verdict.accepted", lambda f: f.accepted or None, "number"),
        Column("remedy", "finding.remedy", lambda f: rules.remedy(words, f)),
        Column("rows", "finding.rows", lambda f: _first(words, f.first_rows), link=rows_of, is_sortable=False),
    ]


def _first(words: Words, rows: list[int]) -> str:
    shown = words("list.comma").join(str(row) for row in rows[:8])
    return f"{shown}…" if len(rows) > 8 else shown


@router.get("/deliveries/{delivery_id}/rows")
def download_rows(
    delivery_id: str, page: OwnPage, rule: str = "", item: str = "", format: Annotated[str, Query(max_length=4)] = "csv"
) -> Response:
    """The row numbers of every finding, as CSV or as a workbook; no values."""
    found = deliveries.get(page.db, delivery_id)
    page.require(Action.READ_DELIVERIES, found.resource.provider_id)
    rows = checked.finding_rows(page.house.store, found.id, rule, item)
    words = page.words
    headings = [words("finding.row"), words("finding.rule"), words("finding.code"), words("finding.item")]
    if format == "xlsx":
        lines = ([row, words.known(f"rule.{code}", code), code, name] for code, name, row in rows)
        name = f"{found.resource.slug}-{found.period}"
        kinds = ["number", "text", "text", "text"]
        return excel.workbook(name, headings, kinds, lines, words, page.house.settings.zone)
    disposition = f"attachment; filename*=UTF-8''{quote(found.resource.slug)}-{quote(found.period)}.csv"
    content = _csv([words("finding.row"), words("finding.code"), words("finding.item")], rows)
    return StreamingResponse(content, media_type="text/csv", headers={"Content-Disposition": disposition})


def _csv(headings: list[str], rows: Iterator[tuple[str, str, int]]) -> Iterator[str]:
    yield "\ufeff" + ",".join(headings) + "\r\n"  # the mark lets Excel read Chinese
    for rule, item, row in rows:
        yield f"{row},{rule},{item}\r\n"


@router.get("/my/resources")
def my_resources(page: OwnPage) -> Response:
    """What the department keeps, with its newest delivery."""
    whose = scope(page.official, Action.READ_DELIVERIES)
    grid = page.cut("mine.list", _mine_columns(everyone=whose is None), overviews.kept(whose))
    return page.table("mine.html", grid)


def _mine_columns(*, everyone: bool) -> list[Column]:
    found = [
        Column("name", "resource.name", lambda k: k.resource.name, link=lambda k: f"/my/resources/{k.resource.slug}"),
        Column("provider", "resource.provider", lambda k: k.resource.provider.name, is_filter=True),
        Column("life", "resource.life", lambda k: k.resource.state, "status", is_filter=True),
        Column("cycle", "resource.cycle", lambda k: k.resource.update_cycle, "term", is_filter=True),
        Column("period", "delivery.latest", lambda k: k.latest.period if k.latest else None, "period"),
        Column("state", "delivery.state", lambda k: k.latest.state if k.latest else None, "status", is_filter=True),
        Column("share", "delivery.good_share", lambda k: good_share(k.latest) if k.latest else None, "percent"),
        Column("received", "delivery.received", lambda k: k.latest.received_at if k.latest else None, "moment"),
    ]
    return found if everyone else [column for column in found if column.name != "provider"]


@router.get("/my/resources/{slug}")
def my_resource(slug: str, page: OwnPage) -> Response:
    """One resource of the department: sending a file, and the history."""
    return _my_resource(page, slug)


def _my_resource(
    page: Page,
    slug: str,
    status: int = 200,
    written: Mapping[str, str] | None = None,
    fault: PlatformError | None = None,
) -> Response:
    found = resources.get(page.db, slug)
    page.require(Action.READ_DELIVERIES, found.provider_id)
    debt = lateness.owed(page.db, found, page.today, work_calendar(page.db))
    history = deliveries.history(page.db, found)
    grid = page.grid("delivery.list", columns(everyone=False), history)
    if page.query.get("format") == "xlsx":
        return page.export(grid)
    named = next((each.secrecy_reviewer for each in history), "")
    return page.render(
        "my_resource.html",
        status,
        grid=grid,
        fault=fault,
        written=written or {"period": debt.period if debt else "", "secrecy_reviewer": named},
        must_name_reviewer=page.house.settings.delivery_reviewer_required,
        resource=found,
        debt=debt,
        periods=recent_periods(found.update_cycle, page.today, 8),
        may_deliver=page.may(Action.DELIVER, found.provider_id) and not found.is_base_table,
        limit_mb=page.house.settings.max_upload_mb,
    )


@router.post("/my/resources/{slug}/deliveries")
async def deliver(slug: str, request: Request, house: House) -> Response:
    """Take one file in; on to the page of its delivery."""
    visit = await run_in_threadpool(visits.for_page, request)
    await run_in_threadpool(handover.require_provider, house, visit.caller, slug)
    written: dict[str, str] = {}
    try:
        async with received(request, house) as upload:
            visits.check_csrf(request, visit, upload.fields.get(visits.CSRF_FIELD, ""))
            written = upload.fields
            return await run_in_threadpool(_take, house, visit, slug, upload)
    except (Invalid, Conflict, TooMuch, Unreadable) as error:
        return await run_in_threadpool(_refused, request, house, slug, written, error)


@router.get("/my/resources/{slug}/deliveries")
def back_to_resource(slug: str) -> Response:
    """Where a reload of a refused upload leads."""
    return Page.onward(f"/my/resources/{slug}")


def _refused(request: Request, house: House, slug: str, written: dict[str, str], error: PlatformError) -> Response:
    """The form again, with what was written and why the upload was refused."""
    with house.transaction() as db:
        page = any_page(request, db)
        return _my_resource(page, slug, status_of(error), written, error)


def _take(house: House, visit: Visit, slug: str, upload: Upload) -> Response:
    is_zero = upload.fields.get("zero_report") == "1"
    period = upload.fields.get("period") or None
    named = upload.fields.get("secrecy_reviewer", "")
    found = handover.deliver(house, visit.caller, slug, upload, period, None, is_zero, named, Channel.PAGE)
    return Page.onward(f"/deliveries/{found.id}", done="delivered")
