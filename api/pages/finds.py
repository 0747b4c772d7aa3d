"""The lines of a search page as HTML, made without the template: twenty resources and a hundred values of facets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup, escape

from api.pages.cells import badge
from catalog.directory import Card
from catalog.facets import Freshness, QualityGrade
from catalog.vocab import ResourceState, Term

if TYPE_CHECKING:
    from api.pages.page import Page

MOST_SHOWN = 160
_PUBLIC = (ResourceState.PUBLISHED, ResourceState.PLANNED)


class Hit(NamedTuple):
    """A resource that was found; freshness and quality are those of today, None where nobody asked for them.

    place: the section of pages that a click leads to, "" for the one that fits its state.
    """

    card: Card
    freshness: Freshness | None = None
    quality: Term | None = None
    place: str = ""

    @property
    def path(self) -> str:
        if self.place:
            return f"/{self.place}/{self.card.slug}"
        place = "catalog" if self.card.state in _PUBLIC else "registration"
        return f"/{place}/{self.card.slug}"


class Choice(NamedTuple):
    """A value of a facet: its words, how many there are, where a click leads (as HTML), whether it is chosen."""

    text: str
    found: int
    path: Markup
    is_chosen: bool


# names of departments and terms stand on every page
_told = lru_cache(maxsize=8192)(escape)


def choice_lines(choices: Iterable[Choice]) -> Markup:
    """The values of a facet as the lines of a list."""
    return Markup("\n".join(map(_choice, choices)))


def _choice(choice: Choice) -> str:
    current = ' aria-current="true"' if choice.is_chosen else ""
    link = f'<a href="{choice.path}" rel="nofollow"{current}>{_told(choice.text)}</a>'
    return f'<li>{link} <span class="number">{choice.found:,}</span></li>'


def hit_lines(page: Page, hits: Iterable[Hit]) -> Markup:
    """What was found as the lines of a list."""
    return Markup("\n".join(_hit(page, hit) for hit in hits))


def _hit(page: Page, hit: Hit) -> str:
    card, term = hit.card, page.term
    facts = (card.provider_name, card.code, term(card.format_class), term(card.update_cycle))
    abstract = card.abstract if len(card.abstract) <= MOST_SHOWN else card.abstract[: MOST_SHOWN - 1] + "…"
    return (
        f'<li>\n<h2><a href="{escape(hit.path)}">{escape(card.name)}</a></h2>\n'
        f'<p class="note">{escape(" · ".join(fact for fact in facts if fact))}</p>\n'
        f"<p>{escape(abstract)}</p>\n<p>{' '.join(list(_marks(page, hit)))}</p>\n</li>"
    )


def _marks(page: Page, hit: Hit) -> Iterator[str]:
    """State, sharing, opening, freshness, quality, and how many rows since when."""
    card, term = hit.card, page.term
    if card.state is not ResourceState.PUBLISHED:
        yield badge(card.state, term(card.state))
    yield badge(card.share_type, term(card.share_type))
    if card.is_open:
        yield f'<span class="badge">{escape(page.words("resource.open"))}</span>'
    if hit.freshness:
        yield badge(hit.freshness, term(hit.freshness))
    if hit.quality and hit.quality != QualityGrade.UNRATED:
        yield badge(hit.quality, term(hit.quality))
    if card.rows is not None:
        size = f"{card.rows:,} {page.words('unit.records')} · {page.shown(card.released_at, 'moment')}"
        yield f'<span class="note">{escape(size)}</span>'
