"""Faults of linking and merging that a decision takes back: the authority's, with a term, until the next build."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog import departments, own_faults, quality_orders, scorecards
from catalog.models import Publication, QualityOrder, Release
from catalog.own_faults import MERGE_WRONG, taken_back
from tests.catalog.conftest import make_resource
from tests.catalog.offices import ZONE
from tests.conftest import NOW, TODAY

UNIT = "natural_person"


@pytest.fixture
def people(city: Session) -> Session:
    """The authority's table of persons with a release in force."""
    authority = departments.authority(city)
    make_resource(city, authority, "natural_person_person", unit=UNIT, table_name="person")
    city.add(
        Release(unit=UNIT, release_id="r1", identity="i", manifest_digest="d", tables={}, built_from=[], created_at=NOW)
    )
    city.flush()
    city.add(Publication(unit=UNIT, release_id="r1", action="publish", at=NOW, by="test"))
    city.flush()
    return city


def order(db: Session) -> QualityOrder:
    return db.scalars(select(QualityOrder)).one()


@pytest.mark.parametrize("rule", [own_faults.LINK_WRONG, MERGE_WRONG])
def test_what_is_taken_back_is_the_authority_s_order_until_the_next_build(people: Session, rule: str) -> None:
    for _ in range(2):
        taken_back(people, "person", rule, now=NOW, zone=ZONE)
    found = order(people)
    assert (found.rule, found.department.slug, found.count, found.unit) == (rule, "digital_government", 2, UNIT)
    assert found.due_at is not None
    card = next(
        each
        for each in scorecards.cards(people, scorecards.months(TODAY, 1, ZONE), now=NOW)
        if each.dimension is None and each.department.is_authority
    )
    assert card.open == 1
    quality_orders.follow_build(people, UNIT, "r2", now=NOW + timedelta(days=1), zone=ZONE)
    assert (order(people).state, order(people).closed_how) == ("closed", "passed")


def test_nothing_was_wrong_before_anything_was_published(city: Session) -> None:
    taken_back(city, "person", MERGE_WRONG, now=NOW, zone=ZONE)
    assert city.scalars(select(QualityOrder)).all() == []
