"""One source per item: which department speaks first for what, and the conflicts that the authority settles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from api.pages.grid import Column
from api.pages.page import Form, OwnPage, Page, text_of
from api.scopes import sharing_scope
from catalog import item_sources, leads, one_source, rankings
from catalog.errors import Invalid, NotFound, PlatformError
from catalog.models import AttributeAuthority, ItemSource, SourceConflict
from catalog.one_source import OUTCOMES
from catalog.roles import Action, may_for_all, require_any

router = APIRouter(tags=["pages"], include_in_schema=False)

Providers = Mapping[tuple[str, str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of a base with its sources in force, the most trusted first."""

    base: str
    name: str
    title: str
    rows: Sequence[AttributeAuthority]
    departments: tuple[str, ...]


@router.get("/sources")
def sources(page: OwnPage) -> Response:
    """The authoritative department of every attribute of the bases, and of items that were settled."""
    page.require(Action.READ_REGISTER)
    if page.query.get("list") == "items":
        grid = page.cut("sources.items", _item_columns(page), item_sources.source_list())
        return page.table("sources.html", grid, leads=[], which="items")
    grid = page.grid("sources.list", _columns(page), attributes(page), page_size=100)
    return page.table("sources.html", grid, leads=leads.listed(page.db), which="")


def attributes(page: Page) -> list[Attribute]:
    """Every attribute as it is ranked today."""
    providers, titles = rankings.providers(page.db), rankings.titles(page.db)
    living = [row for row in rankings.rows(page.db) if _is_living(row, page.today)]
    grouped = groupby(living, key=lambda row: (row.base, row.attribute))
    return [_attribute(page, key, titles.get(key, ""), list(rows), providers) for key, rows in grouped]


def _is_living(row: AttributeAuthority, today: date) -> bool:
    return row.valid_from <= today and (row.valid_to is None or row.valid_to > today)


def _attribute(
    page: Page, key: tuple[str, str], title: str, rows: list[AttributeAuthority], providers: Providers
) -> Attribute:
    rows.sort(key=lambda row: row.rank)
    return Attribute(*key, title, rows, tuple(_speakers(page, providers, row) for row in rows))


def _speakers(page: Page, providers: Providers, row: AttributeAuthority) -> str:
    return page.words("list.comma").join(providers.get((row.base, row.role), ())) or row.role


def _columns(page: Page) -> list[Column]:
    def path(found: Attribute) -> str:
        return f"/sources/{found.base}/{found.name}"

    return [
        Column("base", "base", lambda a: page.words(f"base.{a.base}"), is_filter=True),
        Column("attribute", "sources.attribute", lambda a: a.title or a.name, link=path, note=lambda a: a.name),
        Column("first", "sources.first", lambda a: a.departments[0], is_filter=True),
        Column("others", "sources.others", lambda a: "；".join(a.departments[1:])),
        Column("since", "sources.since", lambda a: a.rows[0].valid_from, "day"),
        Column("basis", "sources.basis", lambda a: page.said(a.rows[0].basis)),
    ]


def _item_columns(page: Page) -> list[Column]:
    def path(found: ItemSource) -> str:
        return f"/catalog/{found.resource.slug}"

    return [
        Column("title", "item.title", lambda s: s.title),
        Column("department", "sources.first", lambda s: s.department.name, is_filter=True),
        Column("resource", "resource.name", lambda s: s.resource.name, link=path),
        Column("since", "sources.since", lambda s: s.valid_from, "day"),
        Column("until", "sources.until", lambda s: s.valid_to, "day"),
        Column("basis", "sources.basis", lambda s: page.said(s.basis)),
        Column("by", "upload.by", lambda s: s.settled_by),
    ]


@router.get("/sources/{base}/{attribute}")
def read_attribute(base: str, attribute: str, page: OwnPage) -> Response:
    """One attribute, all the rankings it had, and the form to rank its sources anew."""
    page.require(Action.READ_REGISTER)
    return _show_attribute(page, base, attribute)


def _show_attribute(
    page: Page, base: str, attribute: str, status: int = 200, fault: PlatformError | None = None, **sent: Any
) -> Response:
    rows = rankings.rows(page.db, base, attribute)
    if not rows:
        raise NotFound(f"一数一源登记簿中没有「{base}」的 {attribute}", remedy="在 /sources 中查找")
    providers = rankings.providers(page.db)
    living = sorted((row for row in rows if _is_living(row, page.today)), key=lambda row: row.rank)
    roles = list(dict.fromkeys([*(row.role for row in living), *(row.role for row in rows)]))
    return page.render(
        "source.html",
        status,
        base=base,
        attribute=attribute,
        title=rankings.titles(page.db).get((base, attribute), attribute),
        rows=sorted(rows, key=lambda row: (row.valid_from, -row.rank), reverse=True),
        roles=roles,
        ranks={row.role: row.rank for row in living},
        speakers=lambda row: _speakers(page, providers, row),
        named={role: _speakers(page, providers, AttributeAuthority(base=base, role=role)) for role in roles},
        sources=rankings.sources(page.db, base),
        may_settle=page.may(Action.SETTLE_SOURCE, ""),
        fault=fault,
        **({"basis": "", "ranked": {}} | sent),
    )


@router.post("/sources/{base}/{attribute}")
def settle_attribute(base: str, attribute: str, page: OwnPage, form: Form) -> Response:
    """Rank the sources of an attribute anew from today on; the next build reads it."""
    require_any(page.official, Action.SETTLE_SOURCE)
    ranked = {str(role): text_of(form, f"rank.{role}", 3) for role in form.getlist("role")}
    basis = text_of(form, "basis", 300)
    try:
        roles = _ordered(ranked)
        by = page.official.client_id
        rankings.settle(page.db, base, attribute, roles, basis=basis, by=by, now=page.now, on=page.today)
    except Invalid as error:
        return _show_attribute(page, base, attribute, 400, error, basis=basis, ranked=ranked)
    return page.onward(f"/sources/{base}/{attribute}", done="source_settled")


def _ordered(ranked: Mapping[str, str]) -> list[str]:
    """The roles by the numbers beside them; those without one are left out."""
    chosen = {role: text for role, text in ranked.items() if text}
    if not all(text.isdecimal() for text in chosen.values()) or len(set(chosen.values())) < len(chosen):
        raise Invalid("顺序应为互不相同的数字", remedy="1 为最先取值；不再作为来源的留空")
    return sorted(chosen, key=lambda role: int(chosen[role]))


@router.get("/source-conflicts")
def conflicts(page: OwnPage) -> Response:
    """Items that two departments hold: those of the department, all for a steward or auditor."""
    found = one_source.conflict_list(sharing_scope(page.official))
    return page.table("conflicts.html", page.cut("conflicts.list", _conflict_columns(page), found))


def _conflict_columns(page: Page) -> list[Column]:
    words = page.words

    def outcome(value: str) -> str:
        return words(f"conflict.outcome.{value}")

    return [
        Column("title", "item.title", lambda c: c.title, link=lambda c: f"/source-conflicts/{c.id}"),
        Column("holder", "conflict.holder", lambda c: c.holder.name, is_filter=True, note=lambda c: c.holder_resource.name),
        Column("newcomer", "conflict.newcomer", lambda c: c.department.name, is_filter=True, note=lambda c: c.resource.name),
        Column("found", "conflict.found", lambda c: c.found_at, "moment"),
        Column("due", "todo.due", lambda c: c.due_at, "moment", note=lambda c: words("provisional") if c.is_due_provisional else ""),
        Column("outcome", "state", lambda c: outcome(c.outcome or one_source.OPEN), choice=outcome),
        Column("settled", "conflict.settled", lambda c: c.settled_at, "moment"),
    ]  # fmt: skip


@router.get("/source-conflicts/{conflict_id}")
def read_conflict(conflict_id: str, page: OwnPage) -> Response:
    """One conflict with both sides, and the authority's word or the form for it."""
    return _show_conflict(page, _seen(page, conflict_id))


def _seen(page: Page, conflict_id: str) -> SourceConflict:
    found = one_source.get_conflict(page.db, conflict_id)
    page.require(Action.READ_SHARING, found.department_id, found.holder_id)
    return found


def _show_conflict(page: Page, found: SourceConflict, fault: PlatformError | None = None, **sent: str) -> Response:
    may_settle = found.state == one_source.OPEN and may_for_all(page.official, Action.SETTLE_SOURCE)
    facts = {"basis": "", "outcome": ""} | sent
    status = 400 if fault else 200
    return page.render(
        "conflict.html", status, found=found, fault=fault, may_settle=may_settle, outcomes=tuple(OUTCOMES), **facts
    )


@router.post("/source-conflicts/{conflict_id}")
def settle_conflict(conflict_id: str, page: OwnPage, form: Form) -> Response:
    """The authority's word on who is the source."""
    require_any(page.official, Action.SETTLE_SOURCE)
    found = _seen(page, conflict_id)
    sent = {"outcome": text_of(form, "outcome", 20), "basis": text_of(form, "basis", 300)}
    who = {"department_id": page.official.department_id, "by": page.official.client_id}
    try:
        one_source.settle(page.db, found, **sent, **who, now=page.now, on=page.today)
    except Invalid as error:
        return _show_conflict(page, found, error, **sent)
    return page.onward(f"/source-conflicts/{conflict_id}", done="source_settled")
