"""Long lists are found, sorted and cut by the register: every page of them is that of the whole list, sorted and cut.

The whole list is what `Grid` makes of all rows in memory, which knows nothing of the register.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.pages import cut, page
from api.pages.cut import CutGrid
from api.pages.grid import Column, Grid
from catalog import request_lists, request_steps
from catalog.lists import Asked, Listing
from catalog.models import Department, SharingRequest
from catalog.roles import Caller, Role
from tests.helpers import copied
from tests.pages.conftest import POSTS, Portal, opened

LISTS = [
    ("/late", "steward"),
    ("/deliveries", "steward"),
    ("/deliveries", "registrar"),
    ("/held", "steward"),
    ("/my/resources", "steward"),
    ("/my/resources", "verifier"),
    ("/registration", "steward"),
    ("/registration", "registrar"),
    ("/reviews", "steward"),
    ("/requests", "steward"),
    ("/requests", "registrar"),
    ("/grants", "steward"),
    ("/grants", "consumer"),
    ("/demands", "steward"),
    ("/access", "consumer"),
    ("/access?department=housing_fund", "registrar"),
    ("/releases", "steward"),
    ("/releases/natural_person", "steward"),
    ("/quality", "steward"),
    ("/quality", "verifier"),
    ("/spills", "steward"),
    ("/sources?list=items", "steward"),
    ("/projects", "officer"),
    ("/notices", "registrar"),
    ("/source-conflicts", "steward"),
    ("/people", "system"),
    ("/clients", "security"),
    ("/logs/sign-ins", "audits"),
    ("/logs/administration", "audits"),
]
# columns that show a text of the page, which sorts otherwise than what the register keeps
_TEXTS = {"due", "by", "kind", "means"}


class Seen(CutGrid):
    """A list that notes itself, in pages of three."""

    last: Seen
    rows: Sequence[Any]

    def __init__(
        self,
        name: str,
        columns: Sequence[Column],
        source: Listing[Any],
        db: Session,
        path: str,
        query: Mapping[str, str],
        **more: Any,
    ) -> None:
        super().__init__(name, columns, source, db, path, query, **more | {"page_size": 3})
        Seen.last, self.rows = self, source.all(db)
        self.whole = Grid(name, self.columns, self.rows, path, self._texts(query), page_size=3)
        self.is_same = self.found == self.whole.shown
        _ = self.choosers

    def _texts(self, query: Mapping[str, str]) -> dict[str, str]:
        """What the memory compares: the texts of the page instead of the register's values."""
        made = {c.name: c.choice for c in self.columns if c.choice and query.get(c.name) != "nonsense"}
        return {name: str(made[name](value)) if name in made else value for name, value in query.items()}


@pytest.fixture(scope="module")
def portal(city: Path, register_of_city: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A copy of the sample city, its register on each engine."""
    yield from opened(copied(city, tmp_path_factory.mktemp("portal") / "home"), register_of_city)


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "CutGrid", Seen)


@pytest.mark.parametrize(("path", "login"), LISTS)
@pytest.mark.usefixtures("seen")
def test_a_page_of_a_list_is_that_of_the_whole_list_sorted_and_cut(portal: Portal, path: str, login: str) -> None:
    path, _, fixed = path.partition("?")
    given = dict(parse_qsl(fixed))

    def look(**query: str) -> Seen:
        found = portal.as_(login).get(path, params=given | query)
        assert found.status_code == 200, found.text
        assert not re.search(r"\{\{|Undefined", found.text)
        return Seen.last

    first = look()
    assert first.is_same, (first.found, first.whole.shown)
    for column in [c for c in first.columns if c.is_sortable]:
        for sort in (column.name, f"-{column.name}"):
            found = look(sort=sort, page="2")
            assert found.sort == sort
            assert found.total == found.whole.total
            if column.name not in _TEXTS and column.choice is None:
                assert found.is_same, (sort, found.found, found.whole.shown)
    for column in [c for c in first.columns if c.is_filter]:
        for choice in first.choices(column)[:2]:
            found = look(**{column.name: choice.value, "page": "2", "sort": "-" + first.columns[0].name})
            assert found.is_same, (column.name, choice)
            assert found.total == choice.count
        assert look(**{column.name: "nonsense"}).total == 0
    if first.total:
        name = first.columns[0]
        if name.kind != "moment":
            value = name.value(first.found[0])
            found = look(q=str(value))
            assert value in [name.value(row) for row in found.found]
            assert 0 < found.total <= first.total
    assert look(q="没有这样的东西").total == 0


def test_whose_turn_it_is_is_the_same_for_one_request_and_for_a_list_of_them(portal: Portal) -> None:
    with portal.house.transaction() as db:
        homes = {d.slug: d.id for d in db.scalars(select(Department))}
        found = db.scalars(select(SharingRequest).where(~SharingRequest.is_probe)).all()
        assert len({each.state for each in found}) > 1
        for posts in [*POSTS.values(), [("civil_affairs", Role.VERIFIER)], [("police", Role.CONSUMER)]]:
            slug, role = posts[0]
            caller = Caller("official:x", homes[slug], slug, frozenset({role}), slug == "digital_government")
            listing = request_lists.request_list(caller, None, portal.house.clock())
            counted = dict(listing.choices(db, ["turn"])["turn"])
            one_by_one = [request_steps.turn(caller, each, portal.house.clock()) for each in found]
            assert counted == {turn: one_by_one.count(turn) for turn in set(one_by_one)}
            for turn in counted:
                rows, _ = listing.cut(db, Asked(chosen={"turn": turn}, limit=99))
                assert {request_steps.turn(caller, each, portal.house.clock()) for each in rows} == {turn}


def test_an_export_beyond_what_a_workbook_holds_is_refused(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    assert portal.as_("steward").get("/my/resources?format=xlsx").status_code == 200
    monkeypatch.setattr(cut, "MOST_EXPORTED", 3)
    refused = portal.as_("steward").get("/my/resources?format=xlsx")
    assert refused.status_code == 413
    assert "先用关键词或条件缩小范围" in refused.text
