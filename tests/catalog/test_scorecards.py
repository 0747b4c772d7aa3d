"""Scorecards out of the platform's own records: rows, periods and orders by month, dimension and department."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from catalog import evaluation, lateness, scorecards
from catalog.calendar import WorkCalendar
from catalog.deliveries import finding_row
from catalog.exceptions import Accepted
from catalog.scorecards import Card
from catalog.vocab import Dimension, Outcome
from tests.catalog.conftest import make_department
from tests.catalog.offices import ZONE, Offices
from tests.catalog.test_quality_orders import check, finding
from tests.conftest import TODAY


@pytest.fixture
def all_of(city: Session) -> Offices:
    make_department(city, "housing", 3)
    return Offices(city)


def card(offices: Offices, month: str = "2026-11", dimension: Dimension | None = None, slug: str = "police") -> Card:
    """The card, a blank one where nothing happened."""
    asked, owner = scorecards.months(TODAY, 3, ZONE), offices.of(slug)
    found = scorecards.cards(offices.db, asked, now=offices.now, department_id=owner.id)
    some = [c for c in found if (c.month, c.dimension) == (month, dimension)]
    assert len(some) <= 1
    return some[0] if some else Card(owner, month, dimension)


def test_months_end_at_the_city_s_midnight_and_run_over_the_new_year() -> None:
    found = scorecards.months(date(2026, 2, 10), 3, ZONE)
    assert [m.name for m in found] == ["2025-12", "2026-01", "2026-02"]
    assert found[0].begin == datetime(2025, 11, 30, 16, tzinfo=UTC)
    assert [m.end for m in found[:2]] == [m.begin for m in found[1:]]


def test_rows_count_in_the_month_they_were_checked_and_exceptions_count_as_right(all_of: Offices) -> None:
    accepted = Accepted({("CODE_UNKNOWN", "name"): 4}, 4)
    check(all_of, "2026-11-17", finding(count=10), accepted=accepted)
    found = card(all_of)
    assert (found.rows, found.right, found.excepted, found.findings) == (100, 94, 4, 6)
    assert found.share_passed == 0.94
    assert card(all_of, dimension=Dimension.NORMATIVE).share_passed == 0.94
    assert card(all_of, dimension=Dimension.ACCURATE).share_passed == 1.0
    assert card(all_of, "2026-10").share_passed is None


def test_what_the_platform_mended_itself_is_no_fault(all_of: Offices) -> None:
    check(all_of, "2026-11-17", finding("ID_15", outcome=Outcome.NORMALISE))
    assert card(all_of).findings == 0


def test_what_builds_find_counts_once_a_month_in_its_dimension_though_each_build_says_it_again(
    all_of: Offices,
) -> None:
    police, health = all_of.of("police"), all_of.of("housing")
    conflict = finding("NAME_CONFLICT", outcome=Outcome.CONFLICT, count=3)
    for number, other in enumerate((health, health, None)):
        all_of.db.add(
            finding_row(
                conflict, resource=all_of.resource, period="", department_id=police.id,
                other_id=other.id if other else None, release_id=f"r{number}", now=all_of.now,
            )
        )  # fmt: skip
    all_of.db.flush()
    assert card(all_of, dimension=Dimension.NORMATIVE).findings == 6
    assert (card(all_of).findings, card(all_of).is_blank) == (6, False)
    assert card(all_of, dimension=Dimension.ACCURATE).is_blank


def test_a_period_is_on_time_unless_it_was_found_late(all_of: Offices) -> None:
    check(all_of, "2026-11-15")
    check(all_of, "2026-11-16")
    check(all_of, "2026-11-16", sequence=2)
    (debt,) = lateness.late(all_of.db, TODAY, WorkCalendar())
    lateness.record_late(all_of.db, debt, now=all_of.now, zone=ZONE)
    check(all_of, debt.period)
    found = card(all_of)
    assert (found.due, found.on_time, found.share_on_time) == (3, 2, 2 / 3)
    assert card(all_of, dimension=Dimension.TIMELY).due == 3
    assert card(all_of, dimension=Dimension.ACCURATE).due == 0


def test_orders_count_where_they_open_where_they_end_and_while_they_are_overdue(all_of: Offices) -> None:
    check(all_of, "2026-11-17", finding(), finding("REQUIRED"))
    all_of.now += timedelta(days=4)
    check(all_of, "2026-11-18", finding("REQUIRED"))
    found = card(all_of)
    assert (found.opened, found.open, found.overdue, found.ended, found.ended_in_time) == (2, 1, 0, 1, 1)
    assert found.median_days == 4.0
    all_of.now += timedelta(days=10)
    assert (card(all_of).open, card(all_of).overdue) == (1, 0)
    asked = scorecards.months(date(2026, 12, 31), 2, ZONE)
    november, december = (
        c for c in scorecards.cards(all_of.db, asked, now=datetime(2026, 12, 20, tzinfo=UTC))
        if c.department.slug == "police" and c.dimension is None
    )  # fmt: skip
    assert (november.open, november.overdue) == (1, 0)
    assert (december.opened, december.open, december.overdue) == (0, 1, 1)
    assert (november.share_in_time, december.share_in_time) == (1.0, 0.0)


def test_an_order_that_opens_again_counts_each_time(all_of: Offices) -> None:
    for day, faults in ((10, 1), (11, 0), (12, 1), (13, 0)):
        all_of.now += timedelta(days=1)
        check(all_of, f"2026-11-{day}", *([finding()] if faults else []))
    found = card(all_of)
    assert (found.opened, found.ended, found.open) == (2, 2, 0)


def test_departments_that_keep_nothing_have_no_card_and_the_authority_has(all_of: Offices) -> None:
    assert [owner.slug for owner in scorecards.owners(all_of.db)] == ["digital_government", "police"]
    assert scorecards.owners(all_of.db, all_of.of("housing").id) == []


def test_a_month_in_which_nothing_happened_has_no_card(all_of: Offices) -> None:
    asked = scorecards.months(TODAY, 3, ZONE)
    assert scorecards.cards(all_of.db, asked, now=all_of.now) == []
    check(all_of, "2026-11-17", finding(count=10))
    found = scorecards.cards(all_of.db, asked, now=all_of.now)
    assert {(c.department.slug, c.month) for c in found} == {("police", "2026-11")}
    assert [c.dimension for c in found] == list(scorecards.EVERY)
    (whole,) = scorecards.cards(all_of.db, asked, now=all_of.now, dimensions=(None,))
    assert (whole.dimension, whole.rows, whole.opened) == (None, 100, 1)


def test_a_year_adds_up_its_months_and_scores_by_the_weights(all_of: Offices) -> None:
    check(all_of, "2026-11-17", finding(count=10))
    all_of.now += timedelta(days=15)
    check(all_of, "2026-11-18")
    years = evaluation.evaluate(all_of.db, 2026, now=all_of.now, zone=ZONE)
    assert [each.department.slug for each in years] == ["police", "digital_government"]
    police, authority = years
    assert (police.year.rows, police.year.right, police.year.on_time) == (200, 190, 2)
    # 50 × 0.95 + 30 × 1 + 20 × 0, for the order ended a day late
    assert police.score == pytest.approx(77.5)
    assert authority.score is None


def test_a_score_weighs_only_what_there_is_to_judge() -> None:
    blank = Card(None, "2026", None)  # type: ignore[arg-type]
    assert evaluation.score(blank, [50, 30, 20]) is None
    blank.rows, blank.right = 10, 9
    assert evaluation.score(blank, [50, 30, 20]) == pytest.approx(90.0)
