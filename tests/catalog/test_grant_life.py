"""Grants after they were given: told of, renewed before the end, narrowed, never widened."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from catalog import grants, narrowing, sharing
from catalog.clockwork import advance
from catalog.errors import Conflict, Invalid, NotAllowed
from catalog.models import Grant, SharingRequest
from catalog.register import revision_of
from catalog.vocab import ShareType
from tests.catalog.conftest import make_department
from tests.catalog.offices import KEY, ZONE, Offices


@pytest.fixture
def all_of(city: Session) -> Offices:
    make_department(city, "housing", 3)
    make_department(city, "taxation", 4)
    return Offices(city)


def renew(offices: Offices, grant: Grant, days: int = 10, by: str = "housing") -> SharingRequest:
    return sharing.renew(offices.db, grant, days=days, mask_key_id=KEY, zone=ZONE, **offices.who(by))


def narrow(offices: Offices, grant: Grant, **more: Any) -> None:
    narrowing.narrow(offices.db, grant, **{"reason": "最小必要", **more}, by="police-app", now=offices.now, zone=ZONE)


def test_a_renewal_takes_the_whole_way_and_gives_a_version_that_ends_later(all_of: Offices) -> None:
    grant = all_of.grant(masks={"name": "plain"})
    end = grant.versions[0].expires_at
    asked = renew(all_of, grant)
    assert (asked.state, asked.renews_id, asked.columns) == ("checking", grant.id, ["id_number", "name"])
    all_of.check(asked)
    assert all_of.yes(asked) is grant
    newest = grant.versions[-1]
    assert (newest.version, newest.kind, newest.expires_at) == (2, "renewed", end + timedelta(days=10))
    assert newest.columns == {"id_number": "partial", "name": "plain"}, "a renewal that says nothing changes no mask"
    assert newest.mask_key_id == grant.versions[0].mask_key_id
    assert grants.of_request(all_of.db, asked.id) is grant


def test_a_renewal_may_be_given_with_stronger_masks_and_not_with_weaker(all_of: Offices) -> None:
    grant = all_of.grant()
    asked = renew(all_of, grant)
    all_of.check(asked)
    all_of.yes(asked, masks={"name": "hidden", "id_number": "plain"})
    assert grant.versions[-1].columns == {"id_number": "partial", "name": "hidden"}


def test_a_renewal_is_asked_before_the_end_by_the_holder_and_one_at_a_time(all_of: Offices) -> None:
    grant = all_of.grant()
    with pytest.raises(NotAllowed):
        renew(all_of, grant, by="taxation")
    with pytest.raises(Invalid):
        renew(all_of, grant, days=1090)
    renew(all_of, grant)
    with pytest.raises(Conflict):
        renew(all_of, grant)
    all_of.now += timedelta(days=30)
    with pytest.raises(Conflict):
        renew(all_of, all_of.db.merge(grant))


def test_a_renewal_answered_after_the_end_counts_from_the_answer(all_of: Offices) -> None:
    grant = all_of.grant()
    asked = renew(all_of, grant)
    all_of.check(asked)
    all_of.now += timedelta(days=31)
    all_of.yes(asked)
    assert grant.versions[-1].expires_at == all_of.now + timedelta(days=10)


def test_what_was_revoked_is_not_renewed(all_of: Offices) -> None:
    grant = all_of.grant()
    asked = renew(all_of, grant)
    all_of.check(asked)
    grants.revoke(all_of.db, grant, reason="用途已完成", by="police-app", now=all_of.now)
    with pytest.raises(Conflict):
        all_of.yes(asked)


def test_what_was_narrowed_since_is_renewed_narrow(all_of: Offices) -> None:
    grant = all_of.grant()
    asked = renew(all_of, grant)
    all_of.check(asked)
    narrow(all_of, grant, columns=["name"], row_condition={"eq": {"column": "name", "value": "甲"}})
    all_of.yes(asked)
    newest = grant.versions[-1]
    assert newest.columns == {"name": "partial"}
    assert newest.row_condition == {"eq": {"column": "name", "value": "甲"}}


def test_a_renewal_of_unconditional_items_is_given_at_once(all_of: Offices) -> None:
    resource = all_of.resource
    resource.share_type = resource.items[0].share_type = resource.items[1].share_type = ShareType.UNCONDITIONAL
    grant = all_of.grant()
    asked = renew(all_of, grant)
    assert asked.state == "granted"
    assert grant.versions[-1].version == 2


def test_narrowing_is_a_version_that_every_door_sees(all_of: Offices) -> None:
    grant = all_of.grant(row_condition={"prefix": {"column": "id_number", "text": "1402"}})
    before = revision_of(all_of.db, "grants")
    until = all_of.now + timedelta(days=3)
    more = {"eq": {"column": "name", "value": "甲"}}
    narrow(
        all_of, grant, masks={"name": "hash"}, row_condition=more, modes=["lookup"], expires_at=until, columns=["name"]
    )
    newest = grant.versions[-1]
    assert (newest.version, newest.kind, newest.modes) == (2, "narrowed", ["lookup"])
    assert newest.columns == {"name": "hash"}
    assert newest.row_condition == {"all": [{"prefix": {"column": "id_number", "text": "1402"}}, more]}
    assert newest.expires_at == until
    assert revision_of(all_of.db, "grants") > before
    assert all_of.told("housing", "grant_narrowed")


def test_narrowing_can_be_repeated_without_nesting_deeper(all_of: Offices) -> None:
    grant = all_of.grant()
    for value in range(10):
        narrow(all_of, grant, row_condition={"prefix": {"column": "name", "text": f"甲{value}"}})
    assert len(grant.versions[-1].row_condition["all"]) == 10


@pytest.mark.parametrize(
    "wider",
    [
        {},
        {"reason": " "},
        {"columns": []},
        {"columns": ["name", "id_number"]},
        {"columns": ["name", "phone"]},
        {"columns": ["name"], "masks": {"id_number": "hidden"}},
        {"masks": {"name": "plain"}},
        {"masks": {"name": "rot13"}},
        {"masks": {"name": "year"}},
        {"modes": []},
        {"modes": ["lookup", "everything"]},
        {"expires_at": timedelta(days=31)},
        {"expires_at": timedelta(0)},
        {"row_condition": {"eq": {"column": "phone", "value": "1"}}},
        {"exclude_minors": True},
    ],
)
def test_nothing_becomes_wider_and_nothing_is_no_narrowing(all_of: Offices, wider: dict[str, Any]) -> None:
    grant = all_of.grant()
    if isinstance(wider.get("expires_at"), timedelta):
        wider = {"expires_at": all_of.now + wider["expires_at"]}
    with pytest.raises(Invalid):
        narrow(all_of, grant, **wider)
    assert len(grant.versions) == 1


def test_what_has_ended_is_not_narrowed(all_of: Offices) -> None:
    grant = all_of.grant()
    all_of.now += timedelta(days=30)
    with pytest.raises(Conflict):
        narrow(all_of, grant, columns=["name"])


def test_a_holder_is_told_once_that_a_grant_is_near_its_end(all_of: Offices) -> None:
    grant = all_of.grant()
    end = grant.versions[0].expires_at
    assert advance(all_of.db, end - timedelta(days=16), ZONE)["grants_ending"] == 0
    assert advance(all_of.db, end - timedelta(days=15), ZONE)["grants_ending"] == 1
    assert advance(all_of.db, end - timedelta(days=1), ZONE)["grants_ending"] == 0
    assert [n.due for n in all_of.told("housing", "grant_ending")] == [end.astimezone(ZONE).date()]
    asked = renew(all_of, grant)
    all_of.check(asked)
    all_of.yes(asked)
    assert advance(all_of.db, end + timedelta(days=5), ZONE)["grants_ending"] == 1, "the new end is another"


def test_nobody_is_told_of_the_end_of_a_grant_of_days(all_of: Offices) -> None:
    all_of.grant(days=3)
    assert advance(all_of.db, all_of.now, ZONE)["grants_ending"] == 0
