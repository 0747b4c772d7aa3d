"""Quality orders: opened by findings, due by the calendar, closed by what passes, opened again when it comes back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import duckdb
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog import (
    deliveries,
    departments,
    exceptions,
    explanations,
    faults,
    lateness,
    order_lists,
    quality_orders,
    resources,
    verdicts,
)
from catalog.calendar import WorkCalendar
from catalog.clockwork import advance
from catalog.errors import Conflict, Invalid, NotAllowed
from catalog.models import Delivery, FindingRow, QualityOrder, Release
from catalog.standing import Checks
from catalog.store import Store
from catalog.vocab import Channel, DeliveryMode, DeliveryState, Dimension, Finding, Outcome, Report, Side
from tests.catalog.conftest import make_department
from tests.catalog.offices import NOWHERE, SECRET, ZONE, Offices
from tests.conftest import TODAY


@pytest.fixture
def all_of(city: Session) -> Offices:
    make_department(city, "housing", 3)
    return Offices(city)


def finding(rule: str = "CODE_UNKNOWN", count: int = 2, item: str = "name", **more: Any) -> Finding:
    facts: dict[str, Any] = {"outcome": Outcome.BLOCK_ROW, "rows": (2, 3), **more}
    return Finding(
        rule, Dimension.NORMATIVE, facts.pop("outcome"), Side.COLLECTOR, item, count, f"{rule} 不对", **facts
    )


def check(
    offices: Offices, period: str, *found: Finding, rows: int = 100, slug: str = "police_population", **more: Any
) -> Delivery:
    """A delivery that was checked with these findings."""
    resource = resources.get(offices.db, slug)
    sequence = more.pop("sequence", 1)
    settled = {name: more.pop(name) for name in ("accepted", "held_reason") if name in more}
    delivery = Delivery(
        resource=resource, period=period, sequence=sequence, digest="0" * 64, filename="x", size=1,
        channel=Channel.API, delivered_by="police", state=DeliveryState.CHECKING, received_at=offices.now, **more,
    )  # fmt: skip
    offices.db.add(delivery)
    offices.db.flush()
    bad = sum(f.count for f in found if f.outcome is Outcome.BLOCK_ROW)
    report = Report(rows, rows - bad, bad, found)
    deliveries.settle(offices.db, delivery, report, NOWHERE, now=offices.now, zone=ZONE, **settled)
    return delivery


def orders(offices: Offices) -> list[QualityOrder]:
    return list(offices.db.scalars(select(QualityOrder).order_by(QualityOrder.rule)))


def steps(found: QualityOrder) -> list[str]:
    return [step.what for step in found.steps]


def test_a_delivery_opens_one_order_for_each_rule_whatever_the_rows_and_items(all_of: Offices) -> None:
    delivery = check(all_of, "2026-11-18", finding(), finding(item="id_number", count=3), finding("REQUIRED"))
    first, second = orders(all_of)
    assert [(o.rule, o.count, o.state, o.delivery_id) for o in (first, second)] == [
        ("CODE_UNKNOWN", 5, "open", delivery.id),
        ("REQUIRED", 2, "open", delivery.id),
    ]
    assert first.department.slug == "police"
    # ten working days by the rule `correct`, from a Friday
    assert first.due_at is not None and first.due_at.astimezone(ZONE).strftime("%m-%d %H:%M") == "12-05 00:00"
    assert {n.subject for n in all_of.told("police", "order_opened")} == {first.id, second.id}


def test_what_the_platform_mended_itself_opens_nothing(all_of: Offices) -> None:
    check(all_of, "2026-11-18", finding("ID_15", outcome=Outcome.NORMALISE))
    assert orders(all_of) == []


def test_a_delivery_that_passes_the_rule_closes_its_order_and_no_other(all_of: Offices) -> None:
    check(all_of, "2026-11-18", finding(), finding("REQUIRED"))
    passing = check(all_of, "2026-11-19", finding("REQUIRED", 7))
    closed, still = orders(all_of)
    assert (closed.state, closed.closed_how, closed.delivery_id) == ("closed", "passed", passing.id)
    assert (still.state, still.count) == ("open", 7)
    assert steps(closed) == ["opened", "closed"]
    assert all_of.told("police", "order_closed")


def test_an_order_opens_again_with_a_new_term_when_the_fault_comes_back(all_of: Offices) -> None:
    check(all_of, "2026-11-17", finding())
    check(all_of, "2026-11-18")
    (found,) = orders(all_of)
    first_due = found.due_at
    all_of.now += timedelta(days=5)
    check(all_of, "2026-11-19", finding())
    (again,) = orders(all_of)
    assert again.id == found.id
    assert (again.state, again.times, steps(again)) == ("open", 2, ["opened", "closed", "reopened"])
    assert first_due is not None and again.due_at is not None and again.due_at > first_due
    assert again.closed_at is None


def test_a_returned_delivery_passes_nothing(all_of: Offices) -> None:
    check(all_of, "2026-11-18", finding())
    check(all_of, "2026-11-19", finding("COLUMN_MISSING", outcome=Outcome.BLOCK_DELIVERY))
    assert {o.rule: o.state for o in orders(all_of)} == {"CODE_UNKNOWN": "open", "COLUMN_MISSING": "open"}


def test_a_snapshot_of_an_earlier_period_that_comes_late_neither_closes_nor_opens(all_of: Offices) -> None:
    check(all_of, "2026-11-18", finding())
    check(all_of, "2026-11-17", finding("REQUIRED"))
    assert {o.rule: o.state for o in orders(all_of)} == {"CODE_UNKNOWN": "open"}


def test_an_upsert_of_an_earlier_period_still_opens_but_closes_nothing(all_of: Offices) -> None:
    all_of.resource.delivery_mode = DeliveryMode.UPSERT
    check(all_of, "2026-11-18", finding())
    check(all_of, "2026-11-17", finding("REQUIRED"))
    assert {o.rule: o.state for o in orders(all_of)} == {"CODE_UNKNOWN": "open", "REQUIRED": "open"}


def test_what_a_held_delivery_passes_is_passed_when_it_is_let_in(all_of: Offices) -> None:
    check(all_of, "2026-11-17", finding())
    held = check(all_of, "2026-11-18", finding("REQUIRED"), held_reason="将删除 99% 的记录")
    assert {o.rule: o.state for o in orders(all_of)} == {"CODE_UNKNOWN": "open", "REQUIRED": "open"}
    deliveries.confirm(all_of.db, held, NOWHERE, now=all_of.now, zone=ZONE)
    assert {o.rule: o.state for o in orders(all_of)} == {"CODE_UNKNOWN": "closed", "REQUIRED": "open"}


@pytest.mark.parametrize("mode", list(DeliveryMode))
def test_a_zero_report_leaves_rows_as_they_are_and_passes_nothing(all_of: Offices, mode: DeliveryMode) -> None:
    all_of.resource.delivery_mode = mode
    check(all_of, "2026-11-17", finding())
    check(all_of, "2026-11-18", rows=0, is_zero_report=True)
    assert orders(all_of)[0].state == "open"
    check(all_of, "2026-11-17", sequence=2)
    assert orders(all_of)[0].state == "closed"


def test_a_late_delivery_opens_an_order_that_the_delivery_closes(all_of: Offices) -> None:
    (debt,) = lateness.late(all_of.db, TODAY, WorkCalendar())
    assert lateness.record_late(all_of.db, debt, now=all_of.now, zone=ZONE)
    (found,) = orders(all_of)
    assert (found.rule, found.state, found.period) == ("DELIVERY_LATE", "open", debt.period)
    check(all_of, "2026-11-16")
    assert found.state == "open"
    check(all_of, debt.period)
    assert found.state == "closed"


def test_conflicts_found_at_a_build_open_orders_that_the_next_build_closes(all_of: Offices) -> None:
    conflict = finding("NAME_CONFLICT", outcome=Outcome.CONFLICT)
    owner = all_of.of("housing").id
    facts: dict[str, Any] = {"resource": all_of.resource, "period": "", "department_id": owner, "now": all_of.now}
    all_of.db.add(deliveries.finding_row(conflict, release_id="r1", **facts))
    for release, state in (("r1", "open"), ("r2", "closed")):
        quality_orders.follow_build(all_of.db, "natural_person", release, now=all_of.now, zone=ZONE)
        (found,) = orders(all_of)
        assert (found.state, found.department.slug, found.unit) == (state, "housing", "natural_person")
    # a delivery of the resource does not close what a build must see
    quality_orders.follow_build(all_of.db, "natural_person", "r1", now=all_of.now, zone=ZONE)
    check(all_of, "2026-11-18")
    assert orders(all_of)[0].state == "open"


def test_the_other_side_of_a_conflict_is_told_and_sees_the_order_in_its_list(all_of: Offices) -> None:
    make_department(all_of.db, "transport", 5)
    owner, other = all_of.of("housing").id, all_of.of("police").id
    facts: dict[str, Any] = {"resource": all_of.resource, "period": "", "department_id": owner, "now": all_of.now}
    conflict = finding("NAME_CONFLICT", outcome=Outcome.CONFLICT)
    all_of.db.add(deliveries.finding_row(conflict, other_id=other, release_id="r1", **facts))
    look: dict[str, Any] = {"now": all_of.now, "zone": ZONE}
    quality_orders.follow_build(all_of.db, "natural_person", "r1", **look)
    (found,) = orders(all_of)
    (notice,) = all_of.told("police", "order_told")
    assert notice.subject == found.id and all_of.of("housing").name in notice.text and notice.due is None
    assert not all_of.told("police", "order_opened") and not all_of.told("housing", "order_told")
    seen = {slug: order_lists.listed(all_of.db, all_of.of(slug).id) for slug in ("housing", "police", "transport")}
    assert seen == {"housing": [found], "police": [found], "transport": []}
    # the other side reads the order in its own name, a third department in nobody's but the responsible one's
    assert order_lists.reader(all_of.db, found, other) == other
    assert order_lists.reader(all_of.db, found, all_of.of("transport").id) == owner
    quality_orders.follow_build(all_of.db, "natural_person", "r2", **look)
    assert all_of.told("police", "order_closed") and order_lists.listed(all_of.db, other) == [found]


@pytest.mark.parametrize("rule", faults.AUTHORITY_RULES)
def test_faults_of_linking_merging_and_choosing_are_the_authority_s_own(all_of: Offices, rule: str) -> None:
    police = all_of.of("police")
    assert faults.responsible(all_of.db, rule, police) is departments.authority(all_of.db)
    assert faults.responsible(all_of.db, "NAME_CONFLICT", police) is police


def test_an_order_near_its_end_is_reminded_once_and_an_overdue_one_escalated_once(all_of: Offices) -> None:
    check(all_of, "2026-11-18", finding())
    (found,) = orders(all_of)
    assert found.due_at is not None
    assert advance(all_of.db, found.due_at - timedelta(days=4), ZONE)["orders_reminded"] == 0
    near = found.due_at - timedelta(days=3)
    assert [advance(all_of.db, near, ZONE)["orders_reminded"] for _ in range(2)] == [1, 0]
    assert all_of.told("police", "order_reminder")
    assert [advance(all_of.db, found.due_at, ZONE)["orders"] for _ in range(2)] == [1, 0]
    assert all_of.told("police", "order_overdue") and all_of.told("digital_government", "order_overdue")
    assert steps(found) == ["opened", "reminded", "escalated"]


# explanations and exceptions


@pytest.fixture
def explained(all_of: Offices, store: Store) -> Iterator[tuple[Offices, Store, QualityOrder]]:
    delivery = check(all_of, "2026-11-18", finding(), rows=4)
    checked(store, delivery, [("甲", 2), ("乙", 3)], [("丙", 4), ("丁", 5)])
    (found,) = orders(all_of)
    evidence = explanations.keep_evidence(store, BytesIO(b"scan"), "C:\\证明.pdf")
    explanations.explain(all_of.db, found, text="名称属实", evidence=evidence, **all_of.who("police"))
    yield all_of, store, found


def checked(store: Store, delivery: Delivery, bad: list[tuple[str, int]], good: list[tuple[str, int]]) -> None:
    """The files of a check in which every bad row breaks CODE_UNKNOWN on its name."""
    folder = store.checked(delivery.id)
    folder.mkdir(parents=True)
    with duckdb.connect() as engine:
        engine.execute("create table g (_key varchar, _row bigint); create table b (_key varchar, _row bigint)")
        engine.executemany("insert into g values (?, ?)", good)
        engine.executemany("insert into b values (?, ?)", bad)
        engine.table("g").write_parquet(str(folder / "good.parquet"))
        engine.sql("select *, ['CODE_UNKNOWN'] as _rules from b").write_parquet(str(folder / "bad.parquet"))
        found = "select 'CODE_UNKNOWN' as rule, 'name' as item, _row as row from b"
        engine.sql(found).write_parquet(str(folder / "findings.parquet"))


def approve(offices: Offices, store: Store, found: QualityOrder, **more: Any) -> Any:
    facts = {"until": date(2027, 6, 30), "today": TODAY, **offices.who("digital_government"), **more}
    return explanations.approve(offices.db, Checks(store, SECRET), found, **facts)


Explained = tuple[Offices, Store, QualityOrder]


def test_an_explanation_waits_for_the_authority_and_only_the_department_may_give_one(explained: Explained) -> None:
    offices, store, found = explained
    assert found.state == "explained"
    assert offices.told("digital_government", "order_explained")
    each = explanations.waiting(found)
    assert each is not None and each.evidence_name == "证明.pdf"
    assert store.bytes_of(each.evidence_digest).read_bytes() == b"scan"
    with pytest.raises(Conflict):
        explanations.explain(offices.db, found, text="再说一次", **offices.who("police"))
    for other in ("housing", "digital_government"):
        with pytest.raises(NotAllowed):
            explanations.explain(offices.db, found, text="x", **offices.who(other))
    for other in ("housing", "police"):
        with pytest.raises(NotAllowed):
            approve(offices, store, found, **offices.who(other))


def test_a_rejected_explanation_gives_the_order_back_with_its_term(explained: Explained) -> None:
    offices, _, found = explained
    due = found.due_at
    with pytest.raises(Invalid):
        explanations.reject(offices.db, found, reason=" ", **offices.who("digital_government"))
    explanations.reject(offices.db, found, reason="证据不足", **offices.who("digital_government"))
    assert (found.state, found.due_at, steps(found)) == ("open", due, ["opened", "explained", "rejected"])
    assert "证据不足" in offices.told("police", "order_rejected")[0].text


def test_an_approved_explanation_closes_the_order_and_its_rows_are_exceptions_until_a_day(explained: Explained) -> None:
    offices, store, found = explained
    made = approve(offices, store, found)
    assert (found.state, found.closed_how) == ("closed", "accepted")
    assert (made.count, made.valid_from, made.valid_to) == (2, TODAY, date(2027, 6, 30))
    delivery = offices.db.get_one(Delivery, made.explanation.delivery_id)
    assert (delivery.bad, delivery.excepted, delivery.verdict) == (2, 2, "passed")
    assert offices.db.scalar(select(FindingRow.accepted)) == 2


@pytest.mark.parametrize("until", [date(2026, 11, 19), date(2027, 11, 21)])
def test_an_exception_ends_between_today_and_a_year_from_now(explained: Explained, until: date) -> None:
    offices, store, found = explained
    with pytest.raises(Invalid):
        approve(offices, store, found, until=until)
    assert found.state == "explained"


def test_accepted_rows_are_known_again_by_key_and_others_are_not(explained: Explained) -> None:
    offices, store, found = explained
    made = approve(offices, store, found)
    later = check(offices, "2026-11-19", rows=1)
    checked(store, later, [("戊", 2), ("乙", 7)], [("甲", 3)])

    def covered(on: date) -> exceptions.Accepted:
        return exceptions.covered(offices.db, store, later, SECRET, on)

    assert covered(TODAY) == exceptions.Accepted({("CODE_UNKNOWN", "name"): 1}, 1)
    assert covered(made.valid_to + timedelta(days=1)) == exceptions.NOTHING_ACCEPTED
    assert exceptions.covered(offices.db, store, later, b"t" * 32, TODAY).rows == 0


def test_rows_accepted_before_open_no_order_again(explained: Explained) -> None:
    offices, store, found = explained
    approve(offices, store, found)
    all_accepted = exceptions.Accepted({("CODE_UNKNOWN", "name"): 2}, 2)
    delivery = check(offices, "2026-11-19", finding(), rows=4, accepted=all_accepted)
    assert (found.state, delivery.verdict) == ("closed", "passed")
    check(offices, "2026-11-20", finding(count=3), rows=4, accepted=all_accepted)
    assert (found.state, found.count) == ("open", 1)


def test_the_file_of_an_exception_names_nobody(explained: Explained) -> None:
    offices, store, found = explained
    made = approve(offices, store, found)
    content = exceptions.file_of(store, made.id).read_bytes()
    assert "甲".encode() not in content and "乙".encode() not in content


def test_an_order_that_a_delivery_closed_leaves_nothing_to_decide(explained: Explained) -> None:
    offices, store, found = explained
    check(offices, "2026-11-19")
    assert found.state == "closed" and explanations.waiting(found) is None
    with pytest.raises(Conflict):
        approve(offices, store, found)


# verdicts


@pytest.mark.parametrize(("bad", "verdict"), [(0, "passed"), (5, "passed"), (6, "fair"), (20, "fair"), (21, "failed")])
def test_the_verdict_goes_by_the_thresholds_in_force(all_of: Offices, bad: int, verdict: str) -> None:
    assert check(all_of, "2026-11-18", *([finding(count=bad)] if bad else [])).verdict == verdict


def test_a_returned_delivery_has_failed_and_an_empty_one_passes(all_of: Offices) -> None:
    returned = check(all_of, "2026-11-18", finding("COLUMN_MISSING", outcome=Outcome.BLOCK_DELIVERY))
    assert returned.verdict == "failed"
    assert check(all_of, "2026-11-19", rows=0, is_zero_report=True).verdict == "passed"
    assert verdicts.thresholds(all_of.db, TODAY) == verdicts.Thresholds(95, 80)


def test_what_is_served_carries_the_verdict_of_its_newest_accepted_rows(all_of: Offices) -> None:
    served = Release(
        unit="police_population", release_id="r1", identity="x", manifest_digest="x", tables={}, built_from=[]
    )

    def standing(release: Release | None = served) -> verdicts.Standing | None:
        return verdicts.standing(all_of.db, all_of.resource, release, TODAY)

    assert standing(None) is None and standing() is None
    check(all_of, "2026-11-17", finding(count=10))
    check(all_of, "2026-11-18", finding("COLUMN_MISSING", outcome=Outcome.BLOCK_DELIVERY))
    check(all_of, "2026-11-19", rows=0, is_zero_report=True)
    found = standing()
    assert found is not None
    assert (found.verdict, found.share, found.period) == (verdicts.QualityVerdict.FAIR, 0.9, "2026-11-17")
    served.share_passed, all_of.resource.unit = 0.7, "natural_person"
    built = standing()
    assert built is not None and built.verdict is verdicts.QualityVerdict.FAILED
