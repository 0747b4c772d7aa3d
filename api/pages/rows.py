"""Records of tables on a page: each value beside its title in the page's language, codes by their names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from api.pages import phrases
from api.pages.page import Page
from basedb.plans import Row
from catalog import code_names, resources

Pairs = list[tuple[str, str]]


class Titles:
    """What the items of one resource and their codes are called."""

    def __init__(self, page: Page, slug: str) -> None:
        self._page, self.resource = page, resources.get(page.db, slug)
        self._items = {item.name: item for item in self.resource.items}
        self._names = code_names.of(page.db, {item.code_list for item in self.resource.items if item.code_list})

    def pairs(self, record: Row, leave_out: Iterable[str] = ()) -> Pairs:
        """(title, value) of what a record says, in the order of its columns."""
        left = {*leave_out, "record_key", "record_source"}
        return [(self.title(name), self.value(record, name)) for name in record if name not in left]

    def title(self, name: str) -> str:
        """What a column is called in the language of the page, with the unit of its numbers."""
        if name == "record_key":
            return self._page.words("read.record")
        item, words = self._items[name], self._page.words
        title = item.title_en if self._page.lang == "en" and item.title_en else item.title
        unit = phrases.measure(words, item.measure_unit)
        return title + words("list.within", text=unit) if unit else title

    def value(self, record: Row, name: str) -> str:
        """What a record says, "" for nothing."""
        value = record.get(name)
        if value is None:
            return ""
        if isinstance(value, bool):
            return self._page.words("yes" if value else "no")
        item = self._items.get(name)
        said = self._page.words.known(f"value.{name}.{value}", str(value))
        return self._names.get((item.code_list if item else "", str(value)), said)


def named(page: Page, slugs: Sequence[str]) -> list[tuple[str, str]]:
    """(slug, name) of resources, for the list of those that no grant opens."""
    return sorted(resources.names(page.db, set(slugs)).items())
