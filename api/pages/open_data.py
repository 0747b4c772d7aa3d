"""One resource as open data: what everybody may download, what stands in it, and how programs fetch it."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api import dcat, schema_org
from api.pages.examples import Example
from api.pages.grid import Column
from api.pages.page import AnyPage, Page
from api.pages.public import base_of
from api.pages.resource import type_of
from catalog import directory, policy, verdicts
from catalog.errors import NotFound
from catalog.models import DataItem, Resource

router = APIRouter(tags=["pages"], include_in_schema=False)


@router.get("/open/{slug}")
def open_resource(slug: str, page: AnyPage) -> Response:
    """The open items of one resource with its downloads; NotFound where the resource is not open."""
    listing = directory.get(page.db, slug)
    found, base = listing.resource, base_of(page)
    opened = policy.open_items(page.db, found, page.today)
    if not found.is_open:
        raise NotFound(f"「{found.name}」没有向社会开放", remedy="在「开放数据」中查找，或向提供部门申请共享")
    is_there = bool(opened) and listing.release is not None
    grid = page.grid("open.items", _items(page), opened, page_size=500)
    standing = verdicts.standing(page.db, found, listing.release, page.today)
    linked = schema_org.script(listing, base, f"{base}/open/{slug}", is_open=is_there, standing=standing)
    return page.table(
        "open_resource.html",
        grid,
        listing=listing,
        resource=found,
        is_there=is_there,
        closed=len(found.items) - len(opened),
        linked=linked,
        files=[(form, dcat.download(found, "", form)) for form in ("csv", "parquet")],
        examples=_calls(found, base),
    )


def _items(page: Page) -> list[Column]:
    def key(item: DataItem) -> str | None:
        return page.words("yes") if item.is_key else None

    return [
        Column("title", "item.title", page.words.item, note=page.words.other),
        Column("name", "item.name", lambda i: i.name, "code"),
        Column("type", "item.type", lambda i: type_of(page, i)),
        Column("key", "item.key", key),
        Column("codes", "item.codes", lambda i: i.code_list),
        Column("condition", "resource.open_condition", lambda i: i.open_condition or None),
    ]


def _calls(resource: Resource, base: str) -> list[Example]:
    """Downloads to paste; the second fetches only what changed."""
    csv, tag = dcat.download(resource, base, "csv"), f"{resource.slug}.etag"
    name = f"{resource.slug}.csv"
    again = f"curl -sf --etag-save {tag} --etag-compare {tag} \\\n  -o {name} {csv}"
    return [Example("open.call", f"curl -sf -o {name} {csv}"), Example("open.call_again", again)]
