"""Explain my access: what a department may read of a resource, by which grant, or why not and what to do."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.pages import phrases
from api.pages.grid import Column
from api.pages.page import OwnPage, Page
from api.texts import Words
from catalog import departments, directory, grants, resources
from catalog.explain import GrantAccess, explain
from catalog.models import Department, Resource
from catalog.roles import Action, may_for_all

router = APIRouter(tags=["pages"], include_in_schema=False)

Slug = Annotated[str, Query(max_length=64)]


@router.get("/access")
def explain_access(page: OwnPage, resource: Slug = "", department: Slug = "") -> Response:
    """The explanation, or the resources and departments to choose from."""
    own = page.db.get_one(Department, page.official.department_id)
    asked = departments.get(page.db, department.strip()) if department.strip() else own
    if not resource:
        return _choices(page, own, asked)
    found = resources.get(page.db, resource.strip())
    page.require(Action.EXPLAIN_ACCESS, asked.id, found.provider_id)
    house = page.house
    told = explain(page.db, house.store, house.keys, found, asked, now=page.now, today=page.today)
    may_ask = page.may(Action.ASK) and asked.id == own.id != found.provider_id
    words = page.words
    return page.render(
        "access.html",
        told=told,
        asked=asked,
        resource=found,
        titles={item.name: words.item(item) for item in found.items},
        may_ask=may_ask,
        else_told=lambda key, chinese: phrases.or_else(words, key, chinese),
        limits=lambda each: words("list.semicolon").join(_limits(words, found, each)),
    )


def _choices(page: Page, own: Department, asked: Department) -> Response:
    """The resources to choose from; of another department's access, only a provider's own unless one sees all."""
    page.require(Action.EXPLAIN_ACCESS)
    may_ask_of_all = may_for_all(page.official, Action.EXPLAIN_ACCESS)
    provider = None if may_ask_of_all or asked.id == own.id else own.id
    grid = page.cut("access.resources", _columns(asked, own), directory.published_list(provider))
    held = {grant.resource for grant in grants.listed(page.db, asked.id) if grant.department_id == asked.id}
    shown = held if may_ask_of_all or asked.id == own.id else set[Resource]()
    return page.table(
        "access.html",
        grid,
        told=None,
        asked=asked,
        own=own,
        others=departments.in_force(page.db, page.today),
        held=sorted(shown, key=lambda each: each.name),
        resource="",
    )


def _columns(asked: Department, own: Department) -> list[Column]:
    rest = {} if asked.id == own.id else {"department": asked.slug}
    return [
        Column(
            "name",
            "resource.name",
            lambda r: r.name,
            link=lambda r: f"/access?{urlencode({'resource': r.slug, **rest})}",
        ),
        Column("provider", "resource.provider", lambda r: r.provider.name, is_filter=True),
        Column("share", "resource.share", lambda r: r.share_type, "term", is_filter=True),
        Column("slug", "resource.slug", lambda r: r.slug, "code"),
    ]


def _limits(words: Words, resource: Resource, found: GrantAccess) -> list[str]:
    """The rows that a grant shows: its own condition first."""
    own = phrases.condition(words, resource, found.row_condition)
    return [*([own] if own else ()), *(words(f"access.limit.{limit}") for limit in found.limits)]
