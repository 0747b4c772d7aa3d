"""The to-do list by words and in other orders: the same things as in the list by due date, no more and no fewer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy.orm import Session

from catalog import resources, todo_search
from catalog.roles import Caller, Role
from catalog.todo_kinds import KINDS
from catalog.todos import Todo, todos
from catalog.vocab import ResourceState
from tests.catalog.conftest import make_department, make_resource
from tests.catalog.offices import ZONE, Offices

PLACES = list(KINDS)


@pytest.fixture
def all_of(city: Session) -> Offices:
    make_department(city, "housing", 3)
    offices = Offices(city)
    for slug in ("school_roll", "abc_permit"):
        found = make_resource(city, offices.of("police"), slug)
        found.name = {"school_roll": "学籍 100%", "abc_permit": "ABC许可"}[slug]
        found.state = ResourceState.DRAFT
    make_resource(city, offices.of("police"), "handed_in").state = ResourceState.SUBMITTED
    offices.ask()
    offices.check(offices.ask())
    offices.give_back(offices.ask())
    city.flush()
    return offices


def steward(offices: Offices) -> Caller:
    home = offices.of("digital_government")
    return Caller("official:x", home.id, home.slug, frozenset(Role), True)


def registrar(offices: Offices) -> Caller:
    home = offices.of("police")
    return Caller("official:y", home.id, home.slug, frozenset(Role), False)


def search(offices: Offices, caller: Caller, **more: Any) -> tuple[Sequence[Todo], int]:
    return todo_search.found(offices.db, caller, now=offices.now, zone=ZONE, **more)


@pytest.mark.parametrize("who", [steward, registrar])
def test_another_order_has_the_same_things_as_the_list_by_due_date(all_of: Offices, who: Any) -> None:
    caller = who(all_of)
    plain = {(each.kind, each.id): each for each in todos(all_of.db, caller, now=all_of.now, zone=ZONE).items}
    assert len({kind for kind, _ in plain}) > 1
    for sort, key in (("kind", lambda t: PLACES.index(t.kind)), ("subject", lambda t: t.what)):
        for sign in ("", "-"):
            items, total = search(all_of, caller, sort=sign + sort)
            assert total == len(items) == len(plain)
            assert {(each.kind, each.id): each for each in items} == plain
            assert [key(each) for each in items] == sorted(map(key, items), reverse=bool(sign))


def test_pages_of_an_order_make_up_the_whole(all_of: Offices) -> None:
    caller = steward(all_of)
    whole, total = search(all_of, caller, sort="kind")
    pages = [search(all_of, caller, sort="kind", limit=2, offset=first) for first in range(0, total + 2, 2)]
    assert [each for items, _ in pages for each in items] == list(whole)
    assert {count for _, count in pages} == {total}, "behind the end, too"


def test_words_find_subjects_departments_periods_and_the_names_of_kinds(all_of: Offices) -> None:
    caller = registrar(all_of)
    assert [each.what for each in search(all_of, caller, words="学籍")[0]] == ["学籍 100%"]
    assert [each.what for each in search(all_of, caller, words="abc 许可")[0]] == ["ABC许可"]
    assert [each.what for each in search(all_of, caller, words="100%")[0]] == ["学籍 100%"], "% is no sign here"
    assert search(all_of, caller, words="学籍 ABC") == ([], 0)
    drafts = search(all_of, caller, words="草稿", named=lambda word: ["resource_draft"] if word == "草稿" else [])
    assert {each.kind for each in drafts[0]} == {"resource_draft"}
    assert drafts[1] == 2


def test_one_kind_alone_is_searched(all_of: Offices) -> None:
    caller = steward(all_of)
    items, total = search(all_of, caller, kind="request_check", sort="subject")
    assert (total, {each.kind for each in items}) == (1, {"request_check"})
    assert resources.get(all_of.db, "police_population").name in {each.what for each in items}


def test_who_has_nothing_to_do_finds_nothing(all_of: Offices) -> None:
    nobody = Caller("official:z", all_of.of("housing").id, "housing", frozenset(), False)
    assert search(all_of, nobody, words="x") == ((), 0)
