"""To-do lists: what waits for whom, by due date; one action on many, each row with its own result."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from catalog import (
    accounts,
    batch_actions,
    batch_names,
    batches,
    clients,
    deliveries,
    demands,
    explanations,
    extensions,
    lifecycle,
    one_source,
    projects,
    quality_orders,
    todos,
)
from catalog.batches import RowResult
from catalog.clockwork import advance
from catalog.errors import Invalid
from catalog.faults import Fault
from catalog.models import DataItem, Delivery, FindingRow, OfficialState, Project, QualityOrder, Resource
from catalog.quality_orders import Look
from catalog.roles import Caller, Role
from catalog.todo_kinds import KINDS
from catalog.todos import TodoList
from catalog.vocab import Channel, DeliveryState, Dimension, Outcome, ResourceState, Side
from tests.catalog.conftest import make_department, make_resource
from tests.catalog.offices import KEY, NO, NOWHERE, ZONE, Offices
from tests.helpers import queries_of


@pytest.fixture
def all_of(city: Session) -> Offices:
    for serial, slug in enumerate(("housing", "taxation"), start=3):
        make_department(city, slug, serial)
    return Offices(city)


def caller(offices: Offices, slug: str, *roles: Role) -> Caller:
    owner = offices.of(slug)
    return Caller(f"{slug}-app", owner.id, slug, frozenset(roles or Role), owner.is_authority)


def listed(offices: Offices, slug: str, *roles: Role, **more: Any) -> TodoList:
    return todos.todos(offices.db, caller(offices, slug, *roles), now=offices.now, zone=ZONE, **more)


def kinds(offices: Offices, slug: str, *roles: Role) -> list[str]:
    return [each.kind for each in listed(offices, slug, *roles).items]


def do(offices: Offices, slug: str, kind: str, action: str, ids: Sequence[str], **more: Any) -> list[RowResult]:
    roles = more.pop("roles", ())
    who = caller(offices, slug, *roles)
    return batches.batch(
        offices.db, who, kind, action, ids, now=offices.now, zone=ZONE, mask_key_id=KEY, checks=NOWHERE, **more
    )


def deliver(offices: Offices, state: DeliveryState, period: str = "2026-11-18") -> Delivery:
    found = Delivery(
        resource=offices.resource,
        period=period,
        sequence=1,
        digest="0" * 64,
        filename="x.csv",
        size=1,
        channel=Channel.API,
        delivered_by="police",
        state=state,
        received_at=offices.now + timedelta(seconds=int(period[-2:])),
    )
    offices.db.add(found)
    offices.db.flush()
    return found


def find(offices: Offices, delivery: Delivery | None, rule: str = "REQUIRED", period: str = "") -> None:
    offices.db.add(
        FindingRow(
            resource=offices.resource,
            delivery_id=delivery.id if delivery else None,
            period=period,
            rule=rule,
            dimension=Dimension.COMPLETE,
            outcome=Outcome.WARN,
            side=Side.COLLECTOR,
            department_id=offices.of("police").id,
            count=3,
            message="x",
            first_rows=[],
            found_at=offices.now,
        )
    )
    offices.db.flush()


def test_each_step_of_a_request_stands_with_the_one_who_has_it(all_of: Offices) -> None:
    asked = all_of.ask()
    assert kinds(all_of, "digital_government") == ["request_check"]
    assert kinds(all_of, "police") == kinds(all_of, "housing") == []
    all_of.give_back(asked)
    assert kinds(all_of, "housing") == ["request_returned"]
    all_of.resubmit(asked)
    all_of.check(asked)
    assert kinds(all_of, "police") == ["request_answer"]
    assert kinds(all_of, "digital_government") == []
    extensions.ask(all_of.db, asked, reason="忙", zone=ZONE, **all_of.who("police"))
    assert kinds(all_of, "digital_government") == ["extension"]
    all_of.no(asked)
    assert kinds(all_of, "police") == kinds(all_of, "digital_government") == []
    all_of.dispute(asked)
    assert kinds(all_of, "digital_government") == ["dispute"]
    all_of.settle(asked, False)
    assert kinds(all_of, "digital_government") == []


def test_an_overdue_answer_stands_on_both_sides(all_of: Offices) -> None:
    asked = all_of.ask()
    all_of.check(asked)
    assert asked.due_at is not None
    all_of.now = asked.due_at
    (own,) = listed(all_of, "police").items
    (steward,) = listed(all_of, "digital_government").items
    assert (own.kind, own.is_overdue, own.link) == ("request_answer", True, f"/requests/{asked.id}")
    assert (steward.kind, steward.is_overdue, steward.actions) == ("request_overdue", True, ("remind",))


def test_demands_and_conflicts_stand_with_authority_and_department(all_of: Offices) -> None:
    facts = {"title": "充电桩", "description": "x", "purpose": "x", "legal_basis": "x"}
    found = demands.ask(all_of.db, all_of.of("housing"), by="x", now=all_of.now, zone=ZONE, **facts)
    assert kinds(all_of, "digital_government") == ["demand_assign"]
    demands.assign(all_of.db, found, all_of.of("police"), zone=ZONE, **all_of.who("digital_government"))
    assert kinds(all_of, "police") == ["demand_answer"]
    second = make_resource(all_of.db, all_of.of("taxation"), "taxpayers")
    one_source.examine(all_of.db, second, now=all_of.now, zone=ZONE)
    assert kinds(all_of, "digital_government") == ["source_conflict"]


def test_catalogs_stand_with_the_reviewer_and_come_back_to_the_department(all_of: Offices) -> None:
    all_of.resource.state = ResourceState.SUBMITTED
    assert kinds(all_of, "digital_government") == ["resource_review"]
    all_of.resource.state = ResourceState.RETURNED
    assert kinds(all_of, "police") == ["resource_returned"]


def order(offices: Offices, rule: str = "REQUIRED") -> QualityOrder:
    """An order of the police, open from now on."""
    named = (Dimension.COMPLETE, Side.COLLECTOR, 3, "必填项为空")
    fault = Fault(rule, offices.resource.id, offices.of("police").id, *named)
    return quality_orders.open_fault(offices.db, fault, Look(offices.now, ZONE))


def test_deliveries_stand_until_they_were_followed(all_of: Offices) -> None:
    deliver(all_of, DeliveryState.RETURNED)
    assert kinds(all_of, "police") == ["delivery_returned"]
    second = deliver(all_of, DeliveryState.HELD, "2026-11-19")
    assert kinds(all_of, "police") == []
    assert kinds(all_of, "digital_government") == ["delivery_held"]
    deliveries.confirm(all_of.db, second, NOWHERE, now=all_of.now, zone=ZONE)
    assert kinds(all_of, "police") == kinds(all_of, "digital_government") == []


def test_a_quality_order_stands_with_the_department_its_explanation_with_the_authority(all_of: Offices) -> None:
    found = order(all_of)
    (todo,) = listed(all_of, "police").items
    assert (todo.kind, todo.link) == ("order", f"/orders/{found.id}")
    assert todo.title == "资源 police_population：质量问题 必填项为空"
    assert todo.due is not None and todo.due.astimezone(ZONE).strftime("%m-%d") == "12-05"
    assert kinds(all_of, "housing") == kinds(all_of, "digital_government") == []
    explanations.explain(all_of.db, found, text="属实", **all_of.who("police"))
    assert kinds(all_of, "police") == []
    assert kinds(all_of, "digital_government") == ["order_explained"]


def test_an_overdue_order_stands_with_the_authority_too_which_may_remind(all_of: Offices) -> None:
    found = order(all_of)
    assert found.due_at is not None
    all_of.now = found.due_at
    assert kinds(all_of, "digital_government") == ["order_overdue"]
    (told,) = do(all_of, "digital_government", "order_overdue", "remind", [found.id])
    assert told.done and all_of.told("police", "order_reminder")
    assert do(all_of, "police", "order_overdue", "remind", [found.id])[0].code == "not_allowed"
    assert batch_names.name(all_of.db, "order_overdue", found.id).startswith("测试police · 资源 police_population")


def test_an_order_for_a_late_delivery_stands_among_the_late_ones_alone(all_of: Offices) -> None:
    order(all_of, "DELIVERY_LATE")
    assert kinds(all_of, "police") == []


def test_a_late_delivery_stands_until_it_came_and_the_steward_may_remind(all_of: Offices) -> None:
    find(all_of, None, "DELIVERY_LATE", "2026-11-17")
    find(all_of, None, "DELIVERY_LATE", "2026-11-18")
    assert [t.title for t in listed(all_of, "police").items] == ["资源 police_population 2026-11-18"]
    assert kinds(all_of, "digital_government") == ["late_to_remind"]
    (told,) = do(all_of, "digital_government", "late_to_remind", "remind", ["police_population"])
    assert told.done and all_of.told("police", "delivery_reminder")
    deliver(all_of, DeliveryState.ACCEPTED)
    assert kinds(all_of, "police") == kinds(all_of, "digital_government") == []


def test_a_grant_near_its_end_can_be_renewed_in_one_go(all_of: Offices) -> None:
    grant = all_of.grant()
    all_of.now = grant.versions[0].expires_at - timedelta(days=3)
    advance(all_of.db, all_of.now, ZONE)
    assert kinds(all_of, "housing") == ["grant_ending"]
    (told,) = do(all_of, "housing", "grant_ending", "renew", [grant.id], values={"days": 30})
    assert told.done
    assert kinds(all_of, "digital_government") == ["request_check"]


def test_the_soonest_comes_first_and_what_has_no_term_last(all_of: Offices) -> None:
    all_of.resource.state = ResourceState.PUBLISHED
    late = all_of.ask()
    all_of.now += timedelta(days=3)
    soon = all_of.ask()
    make_resource(all_of.db, all_of.of("police"), "another").state = ResourceState.SUBMITTED
    found = listed(all_of, "digital_government").items
    assert [each.id for each in found] == [late.id, soon.id, "another"]


def test_roles_see_what_they_may_do_and_nothing_else(all_of: Offices) -> None:
    asked = all_of.ask()
    assert kinds(all_of, "digital_government", Role.REGISTRAR, Role.CONSUMER, Role.AUDITOR) == []
    all_of.check(asked)
    assert kinds(all_of, "police", Role.CONSUMER, Role.VERIFIER) == []
    assert kinds(all_of, "police", Role.REGISTRAR) == ["request_answer"]
    assert kinds(all_of, "taxation") == []


def test_totals_count_what_a_page_leaves_out(all_of: Offices) -> None:
    asked = [all_of.ask().id for _ in range(5)]
    found = listed(all_of, "digital_government", limit=2)
    assert (len(found.items), found.totals) == (2, {"request_check": 5})
    pages = [listed(all_of, "digital_government", kind="request_check", limit=2, offset=n) for n in (0, 2, 4, 6)]
    assert sorted(t.id for page in pages for t in page.items) == sorted(asked)
    assert {page.totals.get("request_check") for page in pages} == {5}
    with pytest.raises(Invalid):
        listed(all_of, "digital_government", kind="everything")


def test_drafts_and_changes_asked_for_stand_with_the_department(all_of: Offices) -> None:
    make_resource(all_of.db, all_of.of("police"), "new_one").state = ResourceState.DRAFT
    assert kinds(all_of, "police") == ["resource_draft"]
    day = all_of.now.astimezone(ZONE).date()
    lifecycle.ask_update(all_of.db, all_of.resource, reason="三定规定调整", now=all_of.now, today=day, by="x")
    assert kinds(all_of, "police") == ["catalog_update", "resource_draft"]
    assert kinds(all_of, "housing") == []


def test_a_review_carries_the_term_of_its_step_and_is_late_on_the_day_after(all_of: Offices) -> None:
    make_resource(all_of.db, all_of.of("police"), "new_one").state = ResourceState.DRAFT
    assert all(r.done for r in do(all_of, "police", "resource_draft", "submit", ["new_one"]))
    (todo,) = listed(all_of, "digital_government").items
    assert (todo.link, todo.is_overdue) == ("/registration/new_one", False)
    assert todo.due is not None and todo.due.astimezone(ZONE).strftime("%m-%d %H:%M") == "11-25 00:00"
    all_of.now = todo.due - timedelta(seconds=1)
    before = listed(all_of, "digital_government")
    assert (before.overdue, before.soon) == ({}, {"resource_review": 1})
    all_of.now = todo.due
    assert listed(all_of, "digital_government").overdue == {"resource_review": 1}


def test_orders_are_counted_late_when_their_term_is_over(all_of: Offices) -> None:
    due = order(all_of).due_at
    assert due is not None
    for all_of.now, late in ((due - timedelta(seconds=1), {}), (due, {"order": 1})):
        assert listed(all_of, "police").overdue == late


def test_administrators_see_what_waits_for_a_second_one(all_of: Offices) -> None:
    official, _ = accounts.enter(
        all_of.db, None, login="second", name="甲", department=all_of.of("police"), now=all_of.now
    )
    official.state = OfficialState.HELD
    client = clients.register(all_of.db, "police-x", department=all_of.of("police"), name="x", roles=[], now=all_of.now)
    clients.new_secret(all_of.db, client, now=all_of.now, is_waiting=True)
    for slug in ("digital_government", "police"):
        found = listed(all_of, slug, Role.SECURITY_ADMIN).items
        assert [(t.kind, t.link) for t in found] == [
            ("official_held", "/people/second"),
            ("secret_waiting", "/clients/police-x"),
        ]
    assert kinds(all_of, "housing", Role.SECURITY_ADMIN) == []
    assert kinds(all_of, "digital_government", Role.SYSTEM_ADMIN, Role.STEWARD) == []


def test_a_project_under_construction_waits_for_the_officer(all_of: Offices) -> None:
    facts: dict[str, Any] = {"kind": "软件开发", "state": projects.UNDER_CONSTRUCTION}
    all_of.db.add(Project(code="P1", name="工程", department=all_of.of("police"), **facts))
    all_of.db.flush()
    (todo,) = listed(all_of, "digital_government", Role.ACCEPTANCE_OFFICER).items
    assert (todo.kind, todo.link) == ("project_check", "/projects/P1")
    assert kinds(all_of, "police", Role.ACCEPTANCE_OFFICER) == []


def test_pages_of_the_one_list_follow_each_other_without_gap(all_of: Offices) -> None:
    all_of.resource.state = ResourceState.PUBLISHED
    for _ in range(3):
        all_of.ask()
    for n in range(3):
        make_resource(all_of.db, all_of.of("police"), f"more_{n}", serial=n + 20).state = ResourceState.SUBMITTED
    who = caller(all_of, "digital_government")
    pages = [todos.page(all_of.db, who, now=all_of.now, zone=ZONE, limit=2, offset=n).items for n in (0, 2, 4, 6)]
    assert [t.id for page in pages for t in page] == [t.id for t in listed(all_of, "digital_government").items]
    assert [len(page) for page in pages] == [2, 2, 2, 0]


# one action on many


def test_each_row_has_its_result_and_a_bad_one_spoils_no_other(all_of: Offices) -> None:
    good, done, other = all_of.ask(), all_of.ask(), all_of.ask()
    all_of.check(done)
    ids = [good.id, done.id, "nothing", other.id]
    results = do(all_of, "digital_government", "request_check", "pass", ids)
    assert [(r.id, r.done, r.code) for r in results] == [
        (good.id, True, ""),
        (done.id, False, "conflict"),
        ("nothing", False, "not_found"),
        (other.id, True, ""),
    ]
    assert good.state == other.state == "asked"


def test_a_preview_says_what_would_happen_and_keeps_nothing(all_of: Offices) -> None:
    asked = all_of.ask()
    told = len(all_of.told("police"))
    results = do(all_of, "digital_government", "request_check", "pass", [asked.id, "nothing"], preview=True)
    assert [r.done for r in results] == [True, False]
    all_of.db.refresh(asked)
    assert asked.state == "checking"
    assert len(all_of.told("police")) == told


def test_a_batch_gives_nobody_a_right(all_of: Offices) -> None:
    asked = all_of.ask()
    for slug, roles in (("police", ()), ("digital_government", (Role.REGISTRAR, Role.AUDITOR))):
        (told,) = do(all_of, slug, "request_check", "pass", [asked.id], roles=roles)
        assert (told.done, told.code) == (False, "not_allowed")
    all_of.check(asked)
    for slug in ("taxation", "housing", "digital_government"):
        (told,) = do(all_of, slug, "request_answer", "approve", [asked.id])
        assert (told.done, told.code) == (False, "not_allowed")
    (told,) = do(all_of, "police", "request_answer", "approve", [asked.id], roles=(Role.VERIFIER, Role.CONSUMER))
    assert told.code == "not_allowed"
    assert asked.state == "asked"


def test_every_action_on_offer_can_be_done(all_of: Offices) -> None:
    offered = {(name, action) for name, kind in KINDS.items() for action in kind.actions}
    assert offered == set(batch_actions.ACTIONS)
    with pytest.raises(Invalid):
        do(all_of, "police", "request_check", "delete", ["x"])
    with pytest.raises(Invalid):
        do(all_of, "police", "request_check", "pass", [])


def test_many_are_refused_with_one_reason(all_of: Offices) -> None:
    asked = [all_of.ask() for _ in range(3)]
    for each in asked:
        all_of.check(each)
    bare = do(all_of, "police", "request_answer", "refuse", [a.id for a in asked])
    assert {r.code for r in bare} == {"invalid"}
    results = do(all_of, "police", "request_answer", "refuse", [a.id for a in asked], values=NO)
    assert all(r.done for r in results)
    assert {a.state for a in asked} == {"refused"}


def test_an_entry_that_changed_after_the_preview_is_not_returned(all_of: Offices) -> None:
    all_of.resource.state, all_of.resource.version = ResourceState.SUBMITTED, 1
    all_of.db.flush()
    seen = batches.as_seen(all_of.db, "resource_review", all_of.resource.slug)
    all_of.resource.version = 2
    all_of.db.flush()
    (told,) = do(all_of, "digital_government", "resource_review", "return", [seen], values=NO)
    assert (told.done, told.code) == (False, "conflict")
    again = batches.as_seen(all_of.db, "resource_review", all_of.resource.slug)
    assert do(all_of, "digital_government", "resource_review", "return", [again], values=NO)[0].done


def test_many_are_returned_and_checked_again_with_one_word(all_of: Offices) -> None:
    asked, held = [all_of.ask() for _ in range(2)], deliver(all_of, DeliveryState.HELD)
    told = do(all_of, "digital_government", "request_check", "return", [a.id for a in asked], values=NO)
    assert all(r.done for r in told)
    assert {a.state for a in asked} == {"returned"}
    all_of.resource.state = ResourceState.SUBMITTED
    slug = all_of.resource.slug
    assert do(all_of, "digital_government", "resource_review", "return", [slug], values=NO)[0].done
    assert all_of.resource.state is ResourceState.RETURNED
    assert do(all_of, "police", "delivery_held", "run_again", [held.id])[0].code == "not_allowed"
    assert do(all_of, "digital_government", "delivery_held", "run_again", [held.id])[0].done
    assert held.state is DeliveryState.RECEIVED


def test_a_trial_has_what_an_action_needs(all_of: Offices) -> None:
    asked = all_of.ask()
    for kind, action in batch_actions.ACTIONS:
        values = batches.trial(all_of.db, kind, action, all_of.now)
        assert set(values) == set(batches.needs(kind, action))
        assert all(values.values()), (kind, action)
    values = batches.trial(all_of.db, "request_check", "return", all_of.now)
    (told,) = do(all_of, "digital_government", "request_check", "return", [asked.id], values=values, preview=True)
    assert told.done
    assert batch_names.name(all_of.db, "request_check", asked.id).startswith("测试housing · 资源 police_population")
    assert batch_names.name(all_of.db, "request_check", "nothing") == "nothing"


# among many


def test_lists_stay_quick_among_a_hundred_thousand_resources(all_of: Offices) -> None:
    """One query per kind, each by an index; SQLite alone, for time."""
    if all_of.db.get_bind().dialect.name != "sqlite":
        return
    fill(all_of, 100_000)
    all_of.db.commit()
    for slug in ("digital_government", "police", "housing"):
        started = time.process_time()
        with queries_of(all_of.db.get_bind().engine) as asked:
            found = listed(all_of, slug)
        all_of.db.commit()
        seconds = time.process_time() - started
        assert seconds < 1.0, (slug, seconds)
        assert 0 < len(asked) <= len(KINDS) + 8, slug
        assert found.items or slug == "housing"


def fill(offices: Offices, count: int) -> None:
    """Resources of the police with one item each, a delivery, a finding and an order for every tenth, copied from the first."""
    plain = {c.name: getattr(offices.resource, c.name) for c in Resource.__table__.columns}
    offices.db.execute(
        insert(Resource),
        [
            {**plain, "id": f"r{n:06d}", "slug": f"r{n:06d}", "code": f"c{n}", "unit": f"r{n:06d}",
             "state": ResourceState.SUBMITTED if n % 1000 == 0 else ResourceState.PUBLISHED}
            for n in range(count)
        ],
    )  # fmt: skip
    item = {c.name: getattr(offices.resource.items[0], c.name) for c in DataItem.__table__.columns}
    offices.db.execute(insert(DataItem), [{**item, "id": n + 1000, "resource_id": f"r{n:06d}"} for n in range(count)])
    delivery = deliver(offices, DeliveryState.ACCEPTED)
    row = {c.name: getattr(delivery, c.name) for c in Delivery.__table__.columns}
    offices.db.execute(
        insert(Delivery),
        [{**row, "id": f"d{n:06d}", "resource_id": f"r{n:06d}"} for n in range(0, count, 10)],
    )
    find(offices, delivery)
    finding = {c.name: getattr(offices.db.query(FindingRow).one(), c.name) for c in FindingRow.__table__.columns}
    offices.db.execute(
        insert(FindingRow),
        [
            {**finding, "id": n + 1000, "resource_id": f"r{n:06d}", "delivery_id": f"d{n:06d}"}
            for n in range(0, count, 10)
        ],
    )
    one = order(offices)
    columns = {c.name: getattr(one, c.name) for c in QualityOrder.__table__.columns}
    offices.db.execute(
        insert(QualityOrder),
        [
            {**columns, "id": f"o{n:06d}", "resource_id": f"r{n:06d}", "state": "closed" if n % 100 else "open"}
            for n in range(0, count, 10)
        ],
    )
    offices.db.flush()
