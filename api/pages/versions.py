"""The versions of an entry: who changed what when and why, and how any two of them differ."""

from __future__ import annotations

from dataclasses import asdict

from fastapi import APIRouter
from starlette.responses import Response

from api.pages import fields, phrases
from api.pages.grid import Column
from api.pages.page import OwnPage, Page
from catalog import changes, resources, versions
from catalog.cells import Difference, cells_of, differences
from catalog.entries import resource_entry
from catalog.errors import NotFound
from catalog.models import Resource, ResourceVersion
from catalog.roles import Action

router = APIRouter(tags=["pages"], include_in_schema=False)


@router.get("/registration/{slug}/versions")
def compare(slug: str, page: OwnPage, first: int = 0, last: int = 0) -> Response:
    """The versions of an entry and the difference of two; without a choice, of the newest two."""
    found = resources.get(page.db, slug)
    page.require(Action.READ_DRAFTS, found.provider_id)
    listed = versions.listed(page.db, found)
    newest = last or found.version
    older = first or max(newest - 1, 1)
    return page.table(
        "versions.html",
        page.grid("resource.versions", _columns(page, found), listed),
        resource=found,
        listed=listed,
        first=older,
        last=newest,
        differences=_differences(page, found, older, newest),
        breaking=_breaking(page, found, older, newest),
        label=lambda heading: fields.label(page.words, heading),
        text_of=lambda heading, value: fields.value_text(page.words, heading, value),
    )


def _columns(page: Page, found: Resource) -> list[Column]:
    def path(version: ResourceVersion) -> str:
        number = version.version
        return f"/registration/{found.slug}/versions?first={number - 1}&last={number}" if number > 1 else ""

    return [
        Column("version", "grant.version", lambda v: v.version, "number", link=path),
        Column("at", "entry.at", lambda v: v.changed_at, "moment"),
        Column("by", "upload.by", lambda v: v.changed_by),
        Column("reason", "entry.reason", lambda v: page.said(v.reason)),
        Column("digest", "versions.digest", lambda v: v.digest[:16], "code"),
    ]


def _differences(page: Page, found: Resource, first: int, last: int) -> list[Difference]:
    old, new = _content(page, found, first), _content(page, found, last)
    return differences(cells_of(resource_entry(old)), cells_of(resource_entry(new)))


def _breaking(page: Page, found: Resource, first: int, last: int) -> list[str]:
    old, new = _content(page, found, first), _content(page, found, last)
    return [phrases.breaking(page.words, asdict(each), new) for each in changes.breaking(old, new)]


def _content(page: Page, found: Resource, number: int) -> dict[str, object]:
    if found.is_base_table:
        raise NotFound(f"「{found.name}」由平台登记，没有目录版本", remedy="查看基础库的数据版本")
    return versions.get(page.db, found, number).content
