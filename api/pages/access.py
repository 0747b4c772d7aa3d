"""Explain my access: what a department may read of a resource, by which grant, or why not and what to do."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.pages import phrases
from api.pages.page import OwnPage
from api.texts import Words
from catalog import departments, grants, resources
from catalog.explain import GrantAccess, explain
from catalog.models import Department, Resource
from catalog.roles import Action

router = APIRouter(tags=["pages"], include_in_schema=False)

Slug = Annotated[str, Query(max_length=64)]


@router.get("/access")
def explain_access(page: OwnPage, resource: Slug = "", department: Slug = "") -> Response:
    """The explanation, or the form to ask for one."""
    own = page.db.get_one(Department, page.official.department_id)
    if not resource:
        page.require(Action.EXPLAIN_ACCESS)
        held = {grant.resource for grant in grants.listed(page.db, own.id) if grant.department_id == own.id}
        return page.render("access.html", told=None, asked=own, held=sorted(held, key=lambda r: r.name), resource="")
    found = resources.get(page.db, resource.strip())
    asked = departments.get(page.db, department.strip()) if department.strip() else own
    page.require(Action.EXPLAIN_ACCESS, asked.id, found.provider_id)
    house = page.house
    told = explain(page.db, house.store, house.keys, found, asked, now=page.now, today=page.today)
    may_ask = page.may(Action.ASK) and asked.id == own.id != found.provider_id
    words = page.words
    return page.render(
        "access.html",
        told=told,
        asked=asked,
        held=[],
        resource=found,
        titles={item.name: words.item(item) for item in found.items},
        may_ask=may_ask,
        else_told=lambda key, chinese: phrases.or_else(words, key, chinese),
        limits=lambda each: words("list.semicolon").join(_limits(words, found, each)),
    )


def _limits(words: Words, resource: Resource, found: GrantAccess) -> list[str]:
    """The rows that a grant shows: its own condition first."""
    own = phrases.condition(words, resource, found.row_condition)
    return [*([own] if own else ()), *(words(f"access.limit.{limit}") for limit in found.limits)]
