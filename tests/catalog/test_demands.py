"""Demand and supply: asked, assigned, handed back, met by a resource or refused for a reason."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from catalog import demands
from catalog.clockwork import advance
from catalog.errors import Conflict, Invalid, NotAllowed
from catalog.models import Demand, RefusalReason
from catalog.vocab import ResourceState
from tests.catalog.conftest import make_department
from tests.catalog.offices import ZONE, Offices

WORDS = {"title": "充电桩位置", "description": "全市公共充电桩", "purpose": "规划", "legal_basis": "三定方案"}
REFUSAL = {"reason_code": "not_collected", "text": "本部门不采集"}


@pytest.fixture
def all_of(city: Session) -> Offices:
    for serial, slug in enumerate(("housing", "taxation"), start=3):
        make_department(city, slug, serial)
    return Offices(city)


def ask(offices: Offices, **more: Any) -> Demand:
    facts = {**WORDS, **more}
    return demands.ask(offices.db, offices.of("housing"), by="housing-app", now=offices.now, zone=ZONE, **facts)


def assign(offices: Offices, found: Demand, to: str = "police", by: str = "digital_government") -> None:
    demands.assign(offices.db, found, offices.of(to), zone=ZONE, **offices.who(by))


def test_a_demand_goes_to_the_authority_then_to_a_department_and_ends_in_a_resource(all_of: Offices) -> None:
    found = ask(all_of)
    assert all_of.told("digital_government", "demand_to_assign")[0].due == date(2026, 11, 27)  # the last day in time
    assign(all_of, found)
    assert (found.state, found.assigned.slug if found.assigned else "") == ("assigned", "police")
    assert all_of.told("police", "demand_to_answer")
    demands.meet(all_of.db, found, all_of.resource, **all_of.who("police"))
    assert (found.state, found.resource, found.due_at) == ("met", all_of.resource, None)
    assert all_of.told("housing", "demand_met")
    assert [e.what for e in found.events] == ["ask", "assign", "meet"]


@pytest.mark.parametrize("missing", [*WORDS])
def test_a_demand_says_what_for_and_on_what_basis(all_of: Offices, missing: str) -> None:
    with pytest.raises(Invalid):
        ask(all_of, **{missing: " "})


def test_only_the_authority_assigns(all_of: Offices) -> None:
    for other in ("police", "housing"):
        with pytest.raises(NotAllowed):
            assign(all_of, ask(all_of), by=other)


def test_a_department_may_hand_a_demand_back_and_the_authority_looks_further(all_of: Offices) -> None:
    found = ask(all_of)
    assign(all_of, found)
    facts = {"zone": ZONE, **all_of.who("police")}
    with pytest.raises(Invalid):
        demands.hand_back(all_of.db, found, text="", **facts)
    demands.hand_back(all_of.db, found, text="属住建职责", **facts)
    assert (found.state, found.assigned) == ("asked", None)
    assign(all_of, found, "taxation")
    assert found.state == "assigned"


def test_a_no_needs_a_reason_of_the_list_for_demands(all_of: Offices) -> None:
    found = ask(all_of)
    assign(all_of, found)
    for wrong in ({"reason_code": "beyond_minimum"}, {"text": " "}):
        with pytest.raises(Invalid):
            demands.refuse(all_of.db, found, zone=ZONE, **{**REFUSAL, **wrong}, **all_of.who("police"))
    demands.refuse(all_of.db, found, zone=ZONE, **REFUSAL, **all_of.who("police"))
    assert found.state == "refused"
    assert "本部门不采集" in all_of.told("housing", "demand_refused")[0].text


def test_a_reason_is_on_the_list_from_the_citys_day_on(all_of: Offices) -> None:
    found = ask(all_of)
    assign(all_of, found)
    day = date(2027, 1, 1)
    all_of.db.add(RefusalReason(code="new", used_for="demand", title="新理由", article="", valid_from=day))
    all_of.db.flush()
    who = {**all_of.who("police"), "reason_code": "new", "text": "x", "zone": ZONE}
    with pytest.raises(Invalid):
        demands.refuse(all_of.db, found, **{**who, "now": datetime(2026, 12, 31, 15, 59, tzinfo=UTC)})
    demands.refuse(all_of.db, found, **{**who, "now": datetime(2026, 12, 31, 16, 1, tzinfo=UTC)})
    assert found.state == "refused"


@pytest.mark.parametrize("other", ["housing", "taxation"])
def test_nobody_else_answers(all_of: Offices, other: str) -> None:
    found = ask(all_of)
    assign(all_of, found)
    who = all_of.who(other)
    with pytest.raises(NotAllowed):
        demands.refuse(all_of.db, found, zone=ZONE, **REFUSAL, **who)
    with pytest.raises(NotAllowed):
        demands.meet(all_of.db, found, all_of.resource, **who)
    with pytest.raises(NotAllowed):
        demands.hand_back(all_of.db, found, text="x", zone=ZONE, **who)


def test_a_demand_is_met_by_ones_own_published_resource_only(all_of: Offices) -> None:
    found = ask(all_of)
    assign(all_of, found, "taxation")
    with pytest.raises(NotAllowed):
        demands.meet(all_of.db, found, all_of.resource, **all_of.who("taxation"))
    all_of.resource.state = ResourceState.DRAFT
    with pytest.raises(Conflict):
        demands.meet(all_of.db, found, all_of.resource, **all_of.who("digital_government"))
    all_of.resource.state = ResourceState.PUBLISHED
    demands.meet(all_of.db, found, all_of.resource, **all_of.who("digital_government"))
    assert found.state == "met"


def test_what_has_ended_stays_ended(all_of: Offices) -> None:
    found = ask(all_of)
    with pytest.raises(NotAllowed):
        demands.withdraw(all_of.db, found, **all_of.who("police"))
    demands.withdraw(all_of.db, found, **all_of.who("housing"))
    with pytest.raises(Conflict):
        assign(all_of, found)
    with pytest.raises(Conflict):
        demands.refuse(all_of.db, found, zone=ZONE, **REFUSAL, **all_of.who("digital_government"))


def test_each_overdue_step_is_escalated_once(all_of: Offices) -> None:
    found = ask(all_of)
    assert found.due_at is not None
    assert [advance(all_of.db, found.due_at, ZONE)["demands"] for _ in range(2)] == [1, 0]
    assign(all_of, found)
    assert [advance(all_of.db, found.due_at, ZONE)["demands"] for _ in range(2)] == [1, 0]
    assert all_of.told("police", "demand_overdue")
