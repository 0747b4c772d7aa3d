"""Every list: it sorts, filters and turns pages by its address, and its workbook holds the columns and rows it shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from io import BytesIO

import pytest
from openpyxl import load_workbook

from api.pages import page
from api.pages.grid import Grid
from tests.pages.conftest import Portal
from tests.pages.paths import PAGES
from tests.pages.test_lists import LISTS

# lists that stand on a page of their own, or that only some of a page's readers have
MORE = (
    ("/bases/natural_person?list=tables", ""),
    ("/bases/natural_person?list=conflicts", ""),
    ("/catalog/police_population?list=consumers", "steward"),
    ("/releases/natural_person", "steward"),
)
# pages whose rows are found, sorted and cut in another way, each with tests of its own
OTHERS = {"/catalog", "/open", "/notices/{notice}"}


def paths() -> list[tuple[str, str]]:
    """Every page with one who may open it, and the lists beside."""
    found = [(path, who[0]) for path, (who, _, _) in PAGES.items() if path not in OTHERS]
    return list(dict.fromkeys([*found, ("/", "steward"), *MORE, *LISTS]))


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Grid]]:
    """The lists that a page drew, the last one last."""
    found: list[Grid] = []
    drawn = page.Page.lines

    def note(self: page.Page, grid: Grid, is_picked: bool) -> object:
        found.append(grid)
        return drawn(self, grid, is_picked)

    monkeypatch.setattr(page.Page, "lines", note)
    yield found


@pytest.mark.parametrize(("path", "login"), paths())
def test_a_list_sorts_filters_pages_and_exports_what_it_shows(
    portal: Portal, seen: list[Grid], path: str, login: str
) -> None:
    browser, address = portal.as_(login), portal.path(path)
    mark = "&" if "?" in address else "?"
    html = browser.get(f"{address}{mark}lang=zh").text
    if not seen:
        assert "format=xlsx" not in html
        pytest.skip("no list on this page")
    grid = seen[-1]
    headings = [re.sub(r"\s+", "", each) for each in _headings(html)]
    if grid.total:
        assert "format=xlsx" in html
        book = load_workbook(BytesIO(browser.get(f"{address}{mark}format=xlsx&lang=zh").content)).active
        assert book is not None
        rows = [row for row in book.iter_rows(values_only=True) if any(cell is not None for cell in row)]
        start = next(n for n, row in enumerate(rows) if len([c for c in row if c is not None]) == len(grid.columns))
        assert [re.sub(r"\s+", "", str(cell)) for cell in rows[start]][: len(grid.columns)] == headings
        assert len(rows) - start - 1 == grid.total
    for column in [each for each in grid.columns if each.is_sortable]:
        for sort in (column.name, f"-{column.name}"):
            assert browser.get(f"{address}{mark}sort={sort}").status_code == 200
            assert (seen[-1].sort, seen[-1].total) == (sort, grid.total)
    for column in [each for each in grid.columns if each.is_filter]:
        choices = grid.choices(column)
        for choice in choices[:1]:
            asked = browser.get(f"{address}{mark}", params={**dict(_query(address)), column.name: choice.value})
            assert asked.status_code == 200
            assert seen[-1].total == choice.count
    assert browser.get(f"{address}{mark}page=999").status_code == 200
    assert seen[-1].page == seen[-1].pages


def _query(address: str) -> list[tuple[str, str]]:
    return [
        (name, value)
        for name, _, value in (each.partition("=") for each in address.partition("?")[2].split("&"))
        if name
    ]


def _headings(html: str) -> list[str]:
    """The headings of the list, without the marks of sorting and the box to tick."""
    tables = re.findall(r'<table class="list.*?</table>', html, re.DOTALL)
    wanted = next(each for each in tables if "sort=" in each)
    cells = re.findall(r"<th[^>]*>(.*?)</th>", wanted.partition("</thead>")[0], re.DOTALL)
    return [
        text
        for text in (unescape(re.sub(r"<[^>]*>", "", re.sub(r"<span.*?</span>", "", each))) for each in cells)
        if text.strip()
    ]
