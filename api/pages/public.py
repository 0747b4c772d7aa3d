"""Pages that anyone may open: the search over the catalog, and the open data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache, lru_cache
from typing import Any
from urllib.parse import quote_plus, urlencode

from fastapi import APIRouter, Request
from markupsafe import Markup, escape
from starlette.responses import Response

from api import finding
from api.pages import excel
from api.pages.cut import MOST_EXPORTED
from api.pages.finds import Choice, Hit, choice_lines, hit_lines
from api.pages.grid import Column, page_number, plain
from api.pages.page import AnyPage, Page, in_one_turn
from api.scopes import search_scope
from api.texts import Language, Words
from catalog import directory
from catalog.directory import Card
from catalog.facets import FACETS, Facet, filters
from catalog.lists import Asked
from catalog.search import Count, Found, Order, Question

router = APIRouter(tags=["pages"], include_in_schema=False)

PAGE_SIZE = 20


@router.get("/catalog")
async def catalog(request: Request) -> Response:
    """Resources found by words, pinyin and facets, the best fit first; drafts for those who may read them."""
    return await in_one_turn(request, _catalog)


def _catalog(page: Page) -> Response:
    question = _question(page)
    if page.query.get("export") == "xlsx":
        found = (Hit(card, each.freshness, each.quality) for each, card in _everything(page, question))
        return _export(page, "catalog.list", found)
    answer, cards = finding.look(page.db, page.house, question)
    changing = {each.resource_id: each for each in answer.page}
    return page.render(
        "catalog.html",
        words=question.text,
        order=question.order,
        orders=list(Order),
        total=answer.total,
        hits=hit_lines(page, [_hit(card, changing[card.id]) for card in cards]),
        facets=[_shown(page, facet, answer.facets[facet.name]) for facet in FACETS if answer.facets[facet.name]],
        next=address(page, cursor=answer.next) if answer.next else "",
        kept=[(name, value) for name, value in page.query.items() if name in {f.name for f in FACETS}],
        is_narrowed=bool(question.text or question.filters),
    )


def _question(page: Page) -> Question:
    chosen = filters({facet.name: page.query.get(facet.name, "")[:500] for facet in FACETS})
    text, cursor = page.query.get("q", "").strip()[:100], page.query.get("cursor", "")[:100]
    return Question(text, chosen, search_scope(page.caller), cursor, PAGE_SIZE, _order(page))


def _everything(page: Page, question: Question) -> Iterable[tuple[Found, Card]]:
    return finding.everything(page.db, page.house, question)


def _hit(card: Card, changing: Found) -> Hit:
    return Hit(card, changing.freshness, changing.quality)


def _shown(page: Page, facet: Facet, counts: Sequence[Count]) -> tuple[str, Markup, bool]:
    """A facet's name, its lines, and whether one of its values is chosen."""
    chosen = [value for value in page.query.get(facet.name, "").split(",") if value]
    # a page has many choices, which differ in one parameter
    others = escape(address(page, cursor="", **{facet.name: ""}))
    start = f"{others}{'&amp;' if '?' in others else '?'}{facet.name}="
    texts = _facet_texts(page.lang, facet)
    choices = [_choice(others, start, count, chosen, texts.get(count.value, count.title)) for count in counts]
    return facet.name, choice_lines(choices), any(choice.is_chosen for choice in choices)


def _choice(others: Markup, start: str, count: Count, chosen: list[str], text: str) -> Choice:
    is_chosen = count.value in chosen
    values = [v for v in chosen if v != count.value] if is_chosen else [*chosen, count.value]
    # a quoted value holds nothing that HTML would take for its own
    path = Markup(start + _quoted(",".join(values))) if values else others
    return Choice(text, count.count, path, is_chosen)


@cache
def _facet_texts(lang: Language, facet: Facet) -> dict[str, str]:
    """The values of a facet as people call them."""
    words = Words(lang)
    return {term.value: words.known(f"base.{term}") or words.term(term) for term in facet.terms}


_quoted = lru_cache(maxsize=4096)(quote_plus)


def address(page: Page, /, **changes: str) -> str:
    """This page with other parameters; an empty one is left out."""
    merged = {
        name: value for name, value in {**page.query, **changes}.items() if value and name not in ("done", "export")
    }
    return f"{page.path}?{urlencode(merged)}" if merged else page.path


def _export(page: Page, name: str, found: Iterable[Hit]) -> Response:
    columns = _columns(page)
    headings, kinds = [page.heading(c) for c in columns], [c.kind for c in columns]
    return excel.workbook(
        page.words(name), headings, kinds, plain(found, columns), page.words, page.house.settings.zone
    )


def _columns(page: Page) -> list[Column]:
    def of(name: str) -> Callable[[Hit], Any]:
        return lambda hit: getattr(hit.card, name)

    return [
        Column("name", "resource.name", of("name")),
        Column("code", "resource.code", of("code")),
        Column("provider", "resource.provider", of("provider_name")),
        Column("abstract", "resource.abstract", of("abstract")),
        Column("share", "resource.share", of("share_type"), "term"),
        Column("condition", "resource.share_condition", lambda hit: page.said(hit.card.share_condition)),
        Column("open", "facet.open", of("is_open")),
        Column("format", "facet.format", of("format_class"), "term"),
        Column("cycle", "resource.cycle", of("update_cycle"), "term"),
        Column("state", "resource.life", of("state"), "term"),
        Column("freshness", "facet.freshness", lambda hit: hit.freshness, "term"),
        Column("quality", "facet.quality", lambda hit: hit.quality, "term"),
        Column("rows", "resource.rows", of("rows"), "number"),
        Column("released", "resource.released", of("released_at"), "moment"),
        Column("slug", "resource.slug", of("slug")),
    ]


@router.get("/open")
def open_data(page: AnyPage) -> Response:
    """The resources that are open to everybody, in a chosen order."""
    words, order = " ".join(page.query.get("q", "")[:100].split()[:10]), _order(page)
    sort, listing = "" if order is Order.FIT else order.value, directory.open_list()
    if page.query.get("export") == "xlsx":
        found, _ = listing.cut(page.db, Asked(words, sort=sort, limit=MOST_EXPORTED))
        return _export(page, "open.list", map(Hit, found))
    number = page_number(page.query)
    cards, total = listing.cut(page.db, Asked(words, {}, sort, (number - 1) * PAGE_SIZE, PAGE_SIZE))
    next_page = address(page, page=str(number + 1)) if number * PAGE_SIZE < total else ""
    hits = hit_lines(page, [Hit(card, place="open") for card in cards])
    facts: dict[str, Any] = {"words": words, "total": total, "hits": hits, "next": next_page}
    return page.render("open.html", order=order, orders=list(Order), **facts)


def _order(page: Page) -> Order:
    """The order that the address asks for, the best fit when it names none that there is."""
    return next((order for order in Order if order == page.query.get("order")), Order.FIT)


def base_of(page: Page) -> str:
    """Where the exchange is, without a slash at the end."""
    return str(page.request.base_url).rstrip("/")
