"""One resource: what it is, its items and their sources, how fresh and how good it is, who uses it, how to call it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from fastapi import APIRouter
from starlette.responses import Response

from api import base_documents, schema_org
from api.pages import examples, phrases
from api.pages.grid import Column
from api.pages.page import AnyPage, Page
from api.pages.public import base_of
from basedb.spec import Base
from catalog import deliveries, directory, item_sources, overviews, past, policy, rankings, verdicts, versions
from catalog.lineage import Class, classes
from catalog.models import DataItem, Delivery, Resource
from catalog.policy import default_mask
from catalog.roles import Action
from catalog.vocab import ResourceState, ShareType, TableSpec

router = APIRouter(tags=["pages"], include_in_schema=False)


@router.get("/catalog/{slug}")
def resource(slug: str, page: AnyPage) -> Response:
    """The public page of a published or planned resource; officials see who uses it, its provider its deliveries."""
    listing = directory.get(page.db, slug)
    found = listing.resource
    provider = found.provider_id
    consumers = overviews.consumers(page.db, found, page.now) if page.caller else []
    if page.query.get("list") == "consumers":
        return page.table("list.html", page.grid("resource.consumer_list", _consumer_columns(page), consumers))
    history = deliveries.history(page.db, found, limit=10) if not found.is_base_table else []
    specified = base_documents.of_resource(found)
    held = classes(page.db, found, page.today)
    columns = _items(page, sources(page, found), held, specified)
    grid = page.grid("resource.items", columns, found.items, page_size=500)
    forms = policy.open_forms(page.db, found, page.today) if listing.release is not None else ()
    standing = verdicts.standing(page.db, found, listing.release, page.today)
    is_planned = found.state is ResourceState.PLANNED
    return page.table(
        "resource.html",
        grid,
        listing=listing,
        resource=found,
        is_planned=is_planned,
        stricter=_stricter(found, held),
        freshness=directory.freshness(page.db, listing, page.today),
        quality=directory.quality(listing),
        standing=standing,
        latest=next((d for d in history if d.settled_at), None),
        history=history if page.may(Action.READ_DELIVERIES, provider) else [],
        versions=versions.listed(page.db, found),
        grain=specified[1].grain if specified else "",
        horizon=past.horizon(page.db, found.unit, page.house.settings.zone),
        consumers=consumers,
        examples=[] if is_planned else examples.calls(base_of(page), found),
        linked=schema_org.script(
            listing, base_of(page), f"{base_of(page)}/catalog/{slug}", forms=forms, standing=standing
        ),
        may_download=bool(forms),
        may_ask=not is_planned and page.may(Action.ASK) and page.official.department_id != provider,
        may_deliver=not is_planned and page.may(Action.DELIVER, provider) and not found.is_base_table,
        may_read_entry=not found.is_base_table and page.may(Action.READ_DRAFTS, provider),
        share_good=_share_good,
    )


def sources(page: Page, found: Resource) -> dict[str, str]:
    """The authoritative department of each item, as far as one is settled (一数一源)."""
    spoken = {name: each.name for name, each in rankings.speakers(page.db, found, on=page.today).items()}
    settled = {} if found.is_base_table else item_sources.of_items(page.db, found, page.today)
    return spoken | {name: each.department.name for name, each in settled.items()}


def _stricter(found: Resource, held: Mapping[str, Class]) -> list[tuple[ShareType, int]]:
    """How many items are shared more strictly than the resource as a whole, by their type."""
    counts = Counter(each.share_type for each in held.values())
    return [
        (kind, counts[kind]) for kind in ShareType if counts[kind] and kind.strictness > found.share_type.strictness
    ]


def _items(
    page: Page, authoritative: Mapping[str, str], held: Mapping[str, Class], specified: tuple[Base, TableSpec] | None
) -> list[Column]:
    words = page.words

    def of_resource(item: DataItem) -> str:
        return page.said(item.share_condition)

    def opening(item: DataItem) -> str:
        return words("yes") if held[item.name].is_open else words("no")

    return [
        Column("title", "item.title", words.item, note=words.other),
        Column("name", "item.name", lambda i: i.name, "code"),
        Column("type", "item.type", lambda i: type_of(page, i)),
        Column("key", "item.key", lambda i: words("yes") if i.is_key else None),
        Column("required", "item.required", lambda i: words("yes") if i.is_required else None),
        Column("codes", "item.codes", lambda i: i.code_list),
        Column("sensitivity", "item.sensitivity", lambda i: held[i.name].sensitivity, "term", is_filter=True),
        Column("share", "resource.share", lambda i: held[i.name].share_type, "term", is_filter=True, note=of_resource),
        Column("open", "facet.open", opening, is_filter=True, note=lambda i: i.open_condition),
        Column("mask", "item.mask", lambda i: default_mask(i, held[i.name].sensitivity), "term"),
        Column("source", "item.source", lambda i: authoritative.get(i.name)),
        *(_specified(*specified) if specified else ()),
    ]


def _consumer_columns(page: Page) -> list[Column]:
    return [
        Column("department", "department", lambda g: g.department.name, is_filter=True),
        Column("purpose", "request.purpose", lambda g: page.said(g.versions[-1].purpose)),
        Column("until", "grant.expires", lambda g: g.versions[-1].expires_at, "moment"),
    ]


def _specified(owner: Base, table: TableSpec) -> list[Column]:
    """What the specification of a base says of the columns of its table."""
    links = base_documents.links(owner, table.name)
    standards = {column.name: column.source for column in table.columns}
    return [
        Column("standard", "item.standard", lambda i: standards.get(i.name)),
        Column("link", "item.link", lambda i: links.get(i.name), "code"),
    ]


def type_of(page: Page, item: DataItem) -> str:
    """Type, length and unit of an item in one phrase."""
    kind = page.words.term(item.data_type)
    length = f"({item.length})" if item.length else ""
    return f"{kind}{length}{' ' + phrases.measure(page.words, item.measure_unit) if item.measure_unit else ''}"


def _share_good(delivery: Delivery) -> float | None:
    return (delivery.good or 0) / delivery.rows if delivery.rows else None
