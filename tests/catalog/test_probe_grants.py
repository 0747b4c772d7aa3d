"""What the acceptance check grants itself is evidence, and in nobody's lists, to-dos, figures or exports."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from catalog import directory, explain, grants, overviews, request_lists, revisions, sharing
from catalog.clockwork import advance
from catalog.keys import Keys
from catalog.lists import Asked
from catalog.models import Grant, Notice, SharingRequest
from catalog.roles import Caller, Role
from catalog.store import Store
from catalog.todos import todos
from tests.catalog.conftest import TODAY, make_department
from tests.catalog.offices import KEY, ZONE, Offices

AUTHORITY = "digital_government"


@pytest.fixture
def all_of(city: Session) -> Offices:
    make_department(city, "housing", 3)
    offices = Offices(city)
    offices.grant()
    return offices


def probe(offices: Offices) -> Grant:
    return sharing.grant_for_check(
        offices.db,
        offices.resource,
        department=offices.of(AUTHORITY),
        mask_key_id=KEY,
        by="acceptance-probe",
        now=offices.now,
        until=offices.now + timedelta(minutes=5),
    )


def caller(offices: Offices, slug: str) -> Caller:
    return Caller("official:x", offices.of(slug).id, slug, frozenset(Role), slug == AUTHORITY)


def shown(offices: Offices, store: Store) -> dict[str, Any]:
    """Everything that people see of requests and grants, as they and their exports list it."""
    db, now, resource = offices.db, offices.now, offices.resource
    found: dict[str, Any] = {
        "totals": directory.totals(db),
        "consumers": [each.id for each in overviews.consumers(db, resource, now)],
        "touched": revisions.consumers_of(db, resource, {""}, now),
        "notices": db.query(Notice).count(),
    }
    for slug in (AUTHORITY, "police", "housing"):
        who, home = caller(offices, slug), offices.of(slug)
        for whose in (None, home.id):
            requests = request_lists.request_list(who, whose, now)
            held = grants.listing(whose, now)
            found |= {
                f"requests {slug} {whose}": [each.id for each in request_lists.requests(db, whose)],
                f"request list {slug} {whose}": [[r.id for r in rows] for rows in requests.cut(db, Asked())[:1]],
                f"request turns {slug} {whose}": requests.choices(db, ["turn", "state"]),
                f"request count {slug} {whose}": requests.cut(db, Asked())[1],
                f"grants {slug} {whose}": [each.id for each in grants.listed(db, whose)],
                f"grant list {slug} {whose}": [each.id for each in held.all(db)],
                f"grant states {slug} {whose}": held.choices(db, ["state", "provider"]),
                f"grant count {slug} {whose}": held.cut(db, Asked())[1],
            }
        found[f"todos {slug}"] = todos(db, who, now=now, zone=ZONE)
        told = explain.explain(db, store, Keys(store.keys).ensure(), resource, home, now=now, today=TODAY)
        found[f"access {slug}"] = (told.is_allowed, [each.grant for each in told.grants], told.waiting)
    return found


def test_a_probe_shows_in_nobodys_lists_while_it_lasts_and_after_it_ended(all_of: Offices, store: Store) -> None:
    before = shown(all_of, store)
    made = probe(all_of)
    assert shown(all_of, store) == before
    sharing.revoke(all_of.db, made, reason="核验结束", by="acceptance-probe", now=all_of.now)
    assert shown(all_of, store) == before


@pytest.mark.parametrize("state", ["checking", "asked", "returned", "disputed"])
def test_a_probe_waits_for_nobody_in_whatever_state_it_is(all_of: Offices, store: Store, state: str) -> None:
    before = shown(all_of, store)
    made = probe(all_of)
    asked = all_of.db.get_one(SharingRequest, made.request_id)
    asked.state, asked.due_at, made.end_told_at = state, all_of.now - timedelta(days=1), all_of.now
    all_of.db.flush()
    assert shown(all_of, store) == before
    assert advance(all_of.db, all_of.now, ZONE)["grants_ending"] == 0


def test_a_probe_stays_as_evidence_and_opens_what_it_names(all_of: Offices) -> None:
    made = probe(all_of)
    asked = sharing.get_request(all_of.db, made.request_id)
    assert (asked.state, asked.legal_basis, len(asked.decisions)) == ("granted", "市办法第二十四条", 1)
    facts: dict[str, Any] = {"department_id": made.department_id, "mode": "lookup", "now": all_of.now}
    assert grants.grant_of(all_of.db, all_of.resource, **facts, grant_id=made.id).grant_id == made.id


def test_a_probe_does_not_get_in_the_way_of_a_grant_that_the_authority_has(all_of: Offices) -> None:
    own = all_of.grant(asker=AUTHORITY)
    probe(all_of)
    facts: dict[str, Any] = {"department_id": own.department_id, "mode": "lookup", "now": all_of.now}
    assert grants.grant_of(all_of.db, all_of.resource, **facts).grant_id == own.id


def test_time_tells_nobody_of_a_probe(all_of: Offices) -> None:
    probe(all_of)
    assert not any(advance(all_of.db, all_of.now, ZONE).values())
