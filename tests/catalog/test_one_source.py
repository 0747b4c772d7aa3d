"""One source per item: told when a second department registers it, settled by the authority, kept by days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from catalog import item_sources, leads, one_source, rankings, registration
from catalog.clockwork import advance
from catalog.errors import Conflict, Invalid, NotAllowed, NotFound
from catalog.models import BaseInput, Resource, SourceConflict
from catalog.vocab import IdentifierKind
from tests.catalog.conftest import TODAY, make_department, make_resource
from tests.catalog.offices import ZONE, Offices

TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def all_of(city: Session) -> Offices:
    offices = Offices(city)
    make_department(city, "housing", 3)
    resource = offices.resource
    resource.items[1].title = "婚姻状况"
    resource.items[1].code_list = "GB/T 2261.2"
    city.flush()
    return offices


def second(offices: Offices, slug: str = "tenants", **changes: Any) -> Resource:
    """A resource of housing that holds 婚姻状况 too."""
    found = make_resource(offices.db, offices.of("housing"), slug)
    marital = found.items[1]
    marital.name, marital.title, marital.code_list = "marital_code", "婚姻状况", "GB/T 2261.2"
    for name, value in changes.items():
        setattr(marital, name, value)
    offices.db.flush()
    return found


def examine(offices: Offices, resource: Resource) -> list[SourceConflict]:
    return one_source.examine(offices.db, resource, now=offices.now, zone=ZONE)


def settle(offices: Offices, found: SourceConflict, outcome: str, by: str = "digital_government", **more: Any) -> None:
    facts = {"basis": "一数一源协调会", "on": TODAY, **more}
    one_source.settle(offices.db, found, outcome=outcome, **offices.who(by), **facts)


def test_a_second_department_with_the_same_item_is_told_and_so_are_the_first_and_the_authority(all_of: Offices) -> None:
    (found,) = examine(all_of, second(all_of))
    assert (found.item, found.holder.slug, found.department.slug) == ("marital_code", "police", "housing")
    for slug in ("police", "housing", "digital_government"):
        assert [n.subject for n in all_of.told(slug, "source_conflict")] == [found.id]
    assert examine(all_of, found.resource) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "另一件事"},
        {"code_list": ""},
        {"is_key": True},
        {"identifier": IdentifierKind.CREDIT_CODE},
    ],
)
def test_what_differs_or_joins_records_is_no_conflict(all_of: Offices, changes: dict[str, Any]) -> None:
    assert examine(all_of, second(all_of, **changes)) == []


def test_an_equal_name_with_an_equal_code_list_is_the_same_item(all_of: Offices) -> None:
    assert len(examine(all_of, second(all_of, name="name", title="是否已婚"))) == 1


def test_words_that_say_nothing_are_no_conflict(all_of: Offices) -> None:
    all_of.resource.items[1].title, all_of.resource.items[1].code_list = "备注", ""
    assert examine(all_of, second(all_of, title="备注", code_list="")) == []


def test_another_kind_of_subject_is_no_conflict(all_of: Offices) -> None:
    found = second(all_of)
    found.items[0].identifier = IdentifierKind.CREDIT_CODE
    assert examine(all_of, found) == []


def test_two_sources_of_one_base_are_settled_by_its_ranking(all_of: Offices) -> None:
    found = second(all_of)
    for role, resource in (("resident", all_of.resource), ("housing_fund", found)):
        all_of.db.add(BaseInput(base="natural_person", role=role, resource=resource))
    assert examine(all_of, found) == []


def test_what_a_base_is_only_checked_against_is_no_source_of_it(all_of: Offices) -> None:
    found = second(all_of)
    for role, resource in (("check_resident", all_of.resource), ("housing_fund", found)):
        all_of.db.add(BaseInput(base="natural_person", role=role, resource=resource))
    assert [each.item for each in examine(all_of, found)] == ["marital_code"]


def test_ones_own_second_resource_is_no_conflict(all_of: Offices) -> None:
    found = second(all_of)
    found.provider = all_of.of("police")
    assert examine(all_of, found) == []


def test_only_the_authority_settles_and_once(all_of: Offices) -> None:
    (found,) = examine(all_of, second(all_of))
    for other in ("police", "housing"):
        with pytest.raises(NotAllowed):
            settle(all_of, found, "holder", other)
    with pytest.raises(Invalid):
        settle(all_of, found, "both")
    with pytest.raises(Invalid):
        settle(all_of, found, "holder", basis=" ")
    settle(all_of, found, "newcomer")
    with pytest.raises(Conflict):
        settle(all_of, found, "holder")
    assert all_of.told("police", "source_settled") and all_of.told("housing", "source_settled")


def test_a_settled_source_speaks_for_the_next_one_and_history_stays(all_of: Offices) -> None:
    (first,) = examine(all_of, second(all_of))
    settle(all_of, first, "newcomer")
    make_department(all_of.db, "health", 5)
    third = second(all_of, "patients")
    third.provider = all_of.of("health")
    all_of.db.flush()
    (found,) = examine(all_of, third)
    assert found.holder.slug == "housing"
    settle(all_of, found, "newcomer", on=TOMORROW)
    known = item_sources.sources(all_of.db)
    assert [(s.department.slug, s.valid_from, s.valid_to) for s in known] == [
        ("housing", TODAY, TOMORROW),
        ("health", TOMORROW, None),
    ]
    held = item_sources.source_of(all_of.db, found.meaning, TODAY)
    assert held is not None and held.department.slug == "housing"


def test_a_thing_that_is_different_makes_nobody_the_source_and_is_not_brought_up_again(all_of: Offices) -> None:
    (found,) = examine(all_of, second(all_of))
    settle(all_of, found, "different")
    assert item_sources.sources(all_of.db) == []
    assert examine(all_of, found.resource) == []


def test_an_unsettled_conflict_is_escalated_once(all_of: Offices) -> None:
    (found,) = examine(all_of, second(all_of))
    assert found.due_at is not None
    assert advance(all_of.db, found.due_at, ZONE)["source_conflicts"] == 1
    assert advance(all_of.db, found.due_at, ZONE)["source_conflicts"] == 0


# the ranking that builds read


@pytest.fixture
def ranked(all_of: Offices) -> Offices:
    ranking = {"person.name": ("resident", "insured", "student")}
    registration.enter_authority(all_of.db, "natural_person", ranking, on=date(2026, 1, 1))
    return all_of


def rank(offices: Offices, *roles: str, on: date = TODAY, **more: Any) -> None:
    facts = {"basis": "会议纪要〔2026〕3号", "by": "steward", **more}
    rankings.settle(offices.db, "natural_person", "person.name", roles, now=offices.now, on=on, **facts)


def test_a_new_ranking_holds_from_its_day_and_the_old_one_stays_readable(ranked: Offices) -> None:
    rank(ranked, "insured", "resident")
    names = {day: rankings.ranking_of(ranked.db, "natural_person", on=day)["person.name"] for day in (YESTERDAY, TODAY)}
    assert names == {YESTERDAY: ("resident", "insured", "student"), TODAY: ("insured", "resident")}
    newest = rankings.rows(ranked.db, "natural_person", "person.name")[-1]
    assert (newest.basis, newest.settled_by) == ("会议纪要〔2026〕3号", "steward")


YESTERDAY = TODAY - timedelta(days=1)


def test_a_ranking_of_the_same_day_takes_the_place_of_the_first(ranked: Offices) -> None:
    rank(ranked, "insured")
    rank(ranked, "student", "resident")
    assert rankings.ranking_of(ranked.db, "natural_person", on=TODAY)["person.name"] == ("student", "resident")
    assert rankings.ranking_of(ranked.db, "natural_person", on=YESTERDAY)["person.name"][0] == "resident"


@pytest.mark.parametrize("roles", [(), ("resident", "resident"), ("resident", "stranger")])
def test_only_sources_that_ever_spoke_for_it_are_ranked_and_each_once(ranked: Offices, roles: tuple[str, ...]) -> None:
    with pytest.raises(Invalid):
        rank(ranked, *roles)


def test_a_ranking_needs_a_basis_and_a_known_attribute(ranked: Offices) -> None:
    with pytest.raises(Invalid):
        rank(ranked, "resident", basis="")
    with pytest.raises(NotFound):
        rankings.settle(ranked.db, "credit", "permit.content", ["permit"], basis="x", by="x", now=ranked.now, on=TODAY)


# lead departments


def test_a_lead_follows_another_on_its_day(all_of: Offices) -> None:
    for slug, day in (("police", date(2026, 1, 1)), ("housing", TODAY)):
        leads.appoint(all_of.db, "natural_person", all_of.of(slug), basis="文件", by="steward", on=day)
    found = [leads.lead_of(all_of.db, "natural_person", day) for day in (YESTERDAY, TODAY, date(2025, 12, 31))]
    assert [lead.slug if lead else None for lead in found] == ["police", "housing", None]


def test_a_lead_out_of_the_settings_is_entered_once_and_only_where_there_is_none(all_of: Offices) -> None:
    leads.appoint(all_of.db, "credit", all_of.of("housing"), basis="文件", by="steward", on=TODAY)
    wanted = {"credit": "police", "license": "police", "geospatial": "nobody"}
    for _ in range(2):
        leads.enter(all_of.db, wanted, by="settings", on=TODAY)
    assert [(lead.base, lead.department.slug) for lead in leads.listed(all_of.db)] == [
        ("credit", "housing"),
        ("license", "police"),
    ]
    with pytest.raises(Invalid):
        leads.appoint(all_of.db, "weather", all_of.of("police"), basis="文件", by="steward", on=TODAY)
