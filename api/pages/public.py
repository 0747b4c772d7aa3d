"""Pages that anyone may open: the catalog, a resource, the open data."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.responses import Response

from api.pages import examples
from api.pages.grid import Column
from api.pages.page import AnyPage, Page
from catalog import deliveries, directory, overviews
from catalog.directory import Listing
from catalog.models import DataItem, Delivery
from catalog.policy import default_mask
from catalog.roles import Action

router = APIRouter(tags=["pages"], include_in_schema=False)


@router.get("/catalog")
def catalog(page: AnyPage) -> Response:
    """Published resources, found by words, narrowed by their facts."""
    grid = page.grid("catalog.list", _columns(), listings(page.db), default_sort="name")
    return page.table("catalog.html", grid, title="menu.catalog", text="catalog.text")


@router.get("/open")
def open_data(page: AnyPage) -> Response:
    """The resources that are open to everybody."""
    found = [listing for listing in listings(page.db) if listing.resource.is_open]
    grid = page.grid("open.list", _columns(), found, default_sort="name")
    return page.table("catalog.html", grid, title="menu.open", text="open.text")


def listings(db: Session) -> list[Listing]:
    """Every published resource with its release in force."""
    found, following = directory.page(db, "", 500)
    while following:
        more, following = directory.page(db, following, 500)
        found += more
    return found


def _columns() -> list[Column]:
    return [
        Column("name", "resource.name", lambda x: x.resource.name, link=_path, note=lambda x: x.resource.code or ""),
        Column("provider", "resource.provider", lambda x: x.resource.provider.name, is_filter=True),
        Column("share", "resource.share", lambda x: x.resource.share_type, "term", is_filter=True),
        Column("cycle", "resource.cycle", lambda x: x.resource.update_cycle, "term", is_filter=True),
        Column("rows", "resource.rows", lambda x: x.rows, "number", unit="unit.records"),
        Column("released", "resource.released", lambda x: x.release.created_at if x.release else None, "moment"),
    ]


def _path(listing: Listing) -> str:
    return f"/catalog/{listing.resource.slug}"


@router.get("/catalog/{slug}")
def resource(slug: str, page: AnyPage) -> Response:
    """One resource: what it is, its items, how fresh and how good it is, who uses it, how to call it."""
    listing = directory.get(page.db, slug)
    found = listing.resource
    provider = found.provider_id
    may_read = page.may(Action.READ_DELIVERIES, provider)
    history = deliveries.history(page.db, found, limit=10) if not found.is_base_table else []
    grid = page.grid("resource.items", _items(page), found.items, page_size=500)
    return page.table(
        "resource.html",
        grid,
        listing=listing,
        resource=found,
        latest=next((d for d in history if d.settled_at), None),
        history=history if may_read else [],
        versions=overviews.versions(page.db, found),
        consumers=overviews.consumers(page.db, found, page.now) if page.caller else [],
        examples=examples.calls(base_of(page), found),
        linked=linked_data(page, listing),
        may_ask=page.may(Action.ASK) and page.official.department_id != provider,
        may_deliver=page.may(Action.DELIVER, provider) and not found.is_base_table,
        share_good=_share_good,
    )


def _items(page: Page) -> list[Column]:
    words = page.words
    return [
        Column("title", "item.title", lambda i: i.title, note=lambda i: i.title_en),
        Column("name", "item.name", lambda i: i.name, "code"),
        Column("type", "item.type", lambda i: _type(page, i)),
        Column("key", "item.key", lambda i: words("yes") if i.is_key else None),
        Column("required", "item.required", lambda i: words("yes") if i.is_required else None),
        Column("codes", "item.codes", lambda i: i.code_list),
        Column("sensitivity", "item.sensitivity", lambda i: i.sensitivity, "term", is_filter=True),
        Column("share", "resource.share", lambda i: i.share_type, "term", is_filter=True),
        Column("mask", "item.mask", default_mask, "term"),
    ]


def _type(page: Page, item: DataItem) -> str:
    kind = page.words.term(item.data_type)
    length = f"({item.length})" if item.length else ""
    return f"{kind}{length}{' ' + item.measure_unit if item.measure_unit else ''}"


def _share_good(delivery: Delivery) -> float | None:
    return (delivery.good or 0) / delivery.rows if delivery.rows else None


def base_of(page: Page) -> str:
    """Where the exchange is, without a slash at the end."""
    return str(page.request.base_url).rstrip("/")


def linked_data(page: Page, listing: Listing) -> dict[str, Any]:
    """The resource in the words of schema.org, for search engines."""
    found, base = listing.resource, base_of(page)
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": found.name,
        "description": found.abstract,
        "identifier": found.code or found.slug,
        "url": f"{base}/catalog/{found.slug}",
        "inLanguage": "zh-CN",
        "isAccessibleForFree": found.is_open,
        "creator": {"@type": "GovernmentOrganization", "name": found.provider.name},
        "variableMeasured": [item.title for item in found.items],
    }
    if listing.release is not None:
        data |= {"version": listing.release.release_id, "dateModified": listing.release.created_at.isoformat()}
    return data
