"""From a file to the end of its fault: real checks open and close orders, and know accepted rows again."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest
from dagster import AssetCheckSeverity
from sqlalchemy import select

from catalog import (
    departments,
    explanations,
    notices,
    quality_orders,
    releases,
    resources,
    scorecards,
    standing,
    verdicts,
)
from catalog.models import Delivery, Department, FindingRow, QualityOrder
from catalog.vocab import DeliveryMode, Dimension, Finding, Outcome, Side
from pipelines import conflicts, suites
from pipelines.basedbs import register_bases
from pipelines.checking import Taken, take
from pipelines.definitions import note_late, turn_clocks
from pipelines.house import House
from pipelines.landing import collect
from pipelines.resources import _severity as dagster_severity
from tests.conftest import NOW

RIGHT = [("140203197812310024", "甲"), ("140214201806010058", "乙")]
TWICE = [*RIGHT, ("140214201806010058", "丙")]


def deliver(house: House, period: str, rows: list[tuple[str, str]]) -> Taken:
    path = house.store.landing / "police" / "police_population" / f"{period}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("id_number,name\n" + "".join(f"{number},{name}\n" for number, name in rows))
    assert len(collect(house)[0]) == 1
    return take(house, "police_population", "run")


def order(house: House, rule: str = "KEY_DUPLICATE") -> tuple[str, str, int]:
    with house.transaction() as db:
        found = db.scalars(select(QualityOrder).where(QualityOrder.rule == rule)).one()
        return found.state, found.closed_how, found.times


def delivery(house: House, period: str) -> tuple[str, int | None, int]:
    with house.transaction() as db:
        found = db.scalars(select(Delivery).where(Delivery.period == period)).one()
        return found.verdict, found.bad, found.excepted


def accept(house: House) -> None:
    """The police explain, the authority approves."""
    with house.transaction() as db:
        found = db.scalars(select(QualityOrder)).one()
        explanations.explain(db, found, text="同号属实", department_id=found.department_id, by="police", now=NOW)
        authority = db.scalars(select(Department).filter_by(is_authority=True)).one()
        facts = {"department_id": authority.id, "by": "steward", "now": NOW, "today": house.today}
        explanations.approve(db, house.checks, found, until=None, **facts)  # type: ignore[arg-type]


def test_a_fault_opens_an_order_that_the_next_right_delivery_closes_and_its_row_rejoins(house: House) -> None:
    assert deliver(house, "2026-11-17", TWICE).rows == 2
    assert order(house) == ("open", "", 1)
    assert delivery(house, "2026-11-17") == ("failed", 1, 0)
    assert deliver(house, "2026-11-18", [*RIGHT, ("360426199101010071", "丙")]).rows == 3
    assert order(house) == ("closed", "passed", 1)
    deliver(house, "2026-11-19", TWICE)
    assert order(house) == ("open", "", 2)


def test_the_share_that_passed_is_in_the_manifest_of_the_release(house: House) -> None:
    deliver(house, "2026-11-17", TWICE)
    with house.transaction() as db:
        release = releases.in_force(db, "police_population")
        told = house.store.manifest("police_population", release.release_id)["quality"]
        assert (told["rows"], told["good"], round(told["share_passed"], 4)) == (3, 2, 0.6667)
        assert release.share_passed == told["share_passed"]


@pytest.mark.parametrize(
    ("outcome", "severity"),
    [
        (Outcome.WARN, AssetCheckSeverity.WARN),
        (Outcome.BLOCK_ROW, AssetCheckSeverity.ERROR),
        (Outcome.BLOCK_DELIVERY, AssetCheckSeverity.ERROR),
        (Outcome.HOLD, AssetCheckSeverity.ERROR),
    ],
)
def test_dagster_shows_as_an_error_what_keeps_rows_out(outcome: Outcome, severity: AssetCheckSeverity) -> None:
    found = Finding("X", Dimension.ACCURATE, outcome, Side.COLLECTOR, "name", 1, "m", "r", (2,))
    assert dagster_severity([found]) is severity


def test_accepted_rows_open_nothing_again_and_are_reported_apart(house: House) -> None:
    deliver(house, "2026-11-17", TWICE)
    accept(house)
    assert delivery(house, "2026-11-17") == ("passed", 1, 1)
    deliver(house, "2026-11-18", [("360426199101010071", "丁"), *TWICE])
    assert order(house) == ("closed", "accepted", 1)
    assert delivery(house, "2026-11-18") == ("passed", 1, 1)
    with house.transaction() as db:
        assert db.scalars(select(FindingRow.accepted)).all() == [1, 1]
    # another row with the same fault is a fault
    deliver(house, "2026-11-19", [*TWICE, ("140203197812310024", "戊")])
    assert order(house) == ("open", "", 2)
    assert delivery(house, "2026-11-19") == ("failed", 2, 1)


def test_the_nightly_look_opens_an_order_for_what_is_late_and_the_clocks_move_it_on(house: House) -> None:
    assert note_late(house) == 1
    assert order(house, "DELIVERY_LATE") == ("open", "", 1)
    assert turn_clocks(house)["orders"] == 0
    deliver(house, "2026-11-19", RIGHT)
    assert order(house, "DELIVERY_LATE") == ("closed", "passed", 1)


def built(house: House, *rows: tuple[str, str, str | None, int]) -> Path:
    """The findings of a build about police_population: rule, department that must act, the other one, row."""
    path = house.store.tmp / "findings.parquet"
    with duckdb.connect() as connection:
        connection.execute("create table found (rule text, department text, other text, row bigint)")
        connection.executemany("insert into found values (?, ?, ?, ?)", [list(row) for row in rows])
        columns = "rule, 'police_population' as resource, department, 'name' as item, null as delivery_id, row, other"
        connection.execute(f"copy (select {columns} from found) to '{path}' (format parquet)")
    return path


def test_a_wrong_link_found_at_a_build_is_the_authority_s_fault(house: House) -> None:
    register_bases(house)
    found_there = built(house, ("LINK_WRONG", "police", None, 3), ("LINK_WRONG", "police", None, 4))
    with house.transaction() as db:
        conflicts.record(house, db, found_there, "r1")
        quality_orders.follow_build(db, "natural_person", "r1", now=NOW, zone=house.settings.zone)
        found = db.scalars(select(QualityOrder)).one()
        assert (found.department.slug, found.due_at is not None) == ("digital_government", True)


def test_a_conflict_names_both_departments_and_no_value(house: House) -> None:
    register_bases(house)
    found_there = built(house, ("NAME_CONFLICT", "digital_government", "police", 3))
    with house.transaction() as db:
        conflicts.record(house, db, found_there, "r1")
        quality_orders.follow_build(db, "natural_person", "r1", now=NOW, zone=house.settings.zone)
        (found,) = db.scalars(select(FindingRow))
        police, authority = (departments.get(db, slug) for slug in ("police", "digital_government"))
        assert (found.department, found.other, found.count) == (authority, police, 1)
        assert found.message == f"姓名与数源部门不一致：{police.name}报送的 1 行与{authority.name}的数据不一致"
        assert [notice.kind for notice in notices.listed(db, police.id)] == ["order_told"]


# what waits aside


def name_is_required(house: House, mode: DeliveryMode) -> None:
    with house.transaction() as db:
        resource = resources.get(db, "police_population")
        resource.delivery_mode = mode
        resource.items[1].is_required = True


def served(house: House) -> dict[str, bool]:
    """Names in the release in force -> whether they are stale."""
    with house.transaction() as db:
        release = releases.in_force(db, "police_population")
    path = house.store.release("police_population", release.release_id) / "police_population.parquet"
    with duckdb.connect() as engine:
        return dict(engine.execute("select name, _stale from read_parquet(?)", [str(path)]).fetchall())


@pytest.mark.parametrize("mode", [DeliveryMode.SNAPSHOT, DeliveryMode.UPSERT])
def test_a_blocked_row_keeps_the_last_good_row_of_its_key_marked_stale(house: House, mode: DeliveryMode) -> None:
    name_is_required(house, mode)
    deliver(house, "2026-11-17", RIGHT)
    deliver(house, "2026-11-18", [RIGHT[0], (RIGHT[1][0], "")])
    assert served(house) == {"甲": False, "乙": True}


def waits(house: House, rule: str = "REQUIRED") -> tuple[str, int]:
    """State and count of an order."""
    with house.transaction() as db:
        found = db.scalars(select(QualityOrder).where(QualityOrder.rule == rule)).one()
        return found.state, found.count


def waited_for(house: House) -> list[tuple[str, int]]:
    """Periods whose rows the order waits for, with their numbers."""
    with house.transaction() as db:
        found = db.scalars(select(QualityOrder)).one()
        return [(each.period, count) for each, count in standing.of_order(db, house.checks, found, house.today)]


OTHER = ("360426199101010071", "丁")
FAULTY = [(RIGHT[0][0], ""), (RIGHT[1][0], "")]


@pytest.fixture
def changes(house: House) -> House:
    """The resource takes changes only, its names required; two rows without a name wait aside."""
    name_is_required(house, DeliveryMode.UPSERT)
    deliver(house, "2026-11-16", [*FAULTY, OTHER])
    assert waits(house) == ("open", 2)
    return house


def test_an_order_on_changes_stays_open_until_each_row_at_fault_has_come_right(changes: House) -> None:
    deliver(changes, "2026-11-17", [OTHER])
    assert waits(changes) == ("open", 2)
    deliver(changes, "2026-11-18", [RIGHT[0]])
    assert waits(changes) == ("open", 1)
    assert waited_for(changes) == [("2026-11-16", 1)]
    deliver(changes, "2026-11-19", [RIGHT[1]])
    assert waits(changes) == ("closed", 0)
    assert waited_for(changes) == []
    with changes.transaction() as db:
        found = db.scalars(select(QualityOrder)).one()
        assert [step.what for step in found.steps] == ["opened", "waiting", "closed"]


def test_rows_that_come_wrong_later_count_with_those_that_still_stand(changes: House) -> None:
    deliver(changes, "2026-11-17", [(OTHER[0], ""), RIGHT[0]])
    assert waits(changes) == ("open", 2)
    deliver(changes, "2026-11-18", [OTHER])
    assert waits(changes) == ("open", 1)


def test_the_faulty_period_sent_again_after_a_later_one_closes_the_order(changes: House) -> None:
    deliver(changes, "2026-11-17", [OTHER])
    deliver(changes, "2026-11-16", RIGHT)
    assert waits(changes) == ("closed", 0)


def test_a_row_that_comes_with_another_fault_stands_under_that_one_alone(changes: House) -> None:
    deliver(changes, "2026-11-17", [RIGHT[0], RIGHT[1], (RIGHT[1][0], "又")])
    assert (waits(changes), waits(changes, "KEY_DUPLICATE")) == (("closed", 0), ("open", 1))


def test_a_returned_delivery_of_changes_stands_until_its_period_is_accepted(house: House) -> None:
    name_is_required(house, DeliveryMode.UPSERT)
    deliver(house, "2026-11-16", FAULTY)
    assert waits(house) == ("open", 2)
    deliver(house, "2026-11-17", [OTHER])
    assert waits(house) == ("open", 2)
    deliver(house, "2026-11-16", [OTHER])
    assert waits(house) == ("closed", 0)


def test_a_row_without_a_key_stands_until_the_next_delivery(house: House) -> None:
    name_is_required(house, DeliveryMode.UPSERT)
    deliver(house, "2026-11-16", [("", "无名"), OTHER])
    assert waits(house, "KEY_MISSING") == ("open", 1)
    deliver(house, "2026-11-17", [OTHER])
    assert waits(house, "KEY_MISSING") == ("closed", 0)


def test_a_row_that_a_change_deletes_stands_no_longer(house: House) -> None:
    name_is_required(house, DeliveryMode.UPSERT_DELETE)
    with house.transaction() as db:
        resources.get(db, "police_population").operation_item = "name"
    deliver(house, "2026-11-16", [FAULTY[0], OTHER])
    deliver(house, "2026-11-17", [(FAULTY[0][0], "D")])
    assert waits(house) == ("closed", 0)


def test_rows_of_several_deliveries_are_accepted_by_one_explanation(changes: House) -> None:
    deliver(changes, "2026-11-17", [(OTHER[0], ""), RIGHT[0]])
    accept(changes)
    assert waits(changes) == ("closed", 2)
    assert (delivery(changes, "2026-11-16")[2], delivery(changes, "2026-11-17")[2]) == (1, 1)
    # the row that came right is no exception: wrong again, it is a fault
    deliver(changes, "2026-11-18", [FAULTY[0], RIGHT[1]])
    assert waits(changes) == ("open", 1)


def test_accepted_rows_do_not_keep_the_order_of_others_open(changes: House) -> None:
    accept(changes)
    deliver(changes, "2026-11-17", [(OTHER[0], ""), RIGHT[0]])
    assert waits(changes) == ("open", 1)
    deliver(changes, "2026-11-18", [OTHER])
    assert waits(changes) == ("closed", 0)


def end_exceptions(house: House) -> list[int]:
    """The clocks on the day after the last one, twice."""
    later = replace(house, clock=lambda: NOW + timedelta(days=400))
    return [turn_clocks(later)["exceptions_ended"] for _ in range(2)]


def test_the_end_of_an_exception_opens_the_order_and_takes_back_the_verdict_of_what_is_served(house: House) -> None:
    deliver(house, "2026-11-17", TWICE)
    accept(house)
    deliver(house, "2026-11-18", TWICE)
    assert delivery(house, "2026-11-18") == ("passed", 1, 1)
    assert turn_clocks(house)["exceptions_ended"] == 0
    assert end_exceptions(house) == [1, 0]
    assert order(house) == ("open", "", 2)
    assert delivery(house, "2026-11-18") == ("failed", 1, 0)
    assert delivery(house, "2026-11-17") == ("passed", 1, 1), "what was replaced keeps the verdict that it had"


def test_the_end_of_an_exception_concerns_only_rows_of_changes_that_still_stand(changes: House) -> None:
    accept(changes)
    deliver(changes, "2026-11-17", [RIGHT[0]])
    assert end_exceptions(changes) == [1, 0]
    assert waits(changes) == ("open", 1)
    assert delivery(changes, "2026-11-16")[2] == 0


def test_changes_of_an_earlier_period_that_later_ones_have_right_open_nothing(house: House) -> None:
    name_is_required(house, DeliveryMode.UPSERT)
    deliver(house, "2026-11-18", RIGHT)
    deliver(house, "2026-11-17", [FAULTY[0], OTHER])
    with house.transaction() as db:
        assert db.scalars(select(QualityOrder)).all() == []
    deliver(house, "2026-11-16", [*FAULTY, (OTHER[0], ""), ("130102199001010011", "")])
    assert waits(house) == ("open", 1)


def shares(house: House) -> dict[Dimension, float | None]:
    """The shares of right rows of the police this month, of dimensions where some are wrong."""
    months = scorecards.months(house.today, 1, house.settings.zone)
    with house.transaction() as db:
        cards = scorecards.cards(db, months, now=house.clock())
        return {c.dimension: c.share_passed for c in cards if c.dimension and c.share_passed not in (None, 1.0)}


def test_a_row_with_two_faults_of_one_dimension_counts_once_in_the_share_that_passed(house: House) -> None:
    name_is_required(house, DeliveryMode.SNAPSHOT)
    deliver(house, "2026-11-17", [*RIGHT, (" ", ""), OTHER])
    with house.transaction() as db:
        assert db.scalars(select(FindingRow.rule).order_by(FindingRow.rule)).all() == ["KEY_MISSING", "REQUIRED"]
    assert shares(house) == {Dimension.COMPLETE: 0.75}


def test_a_row_with_faults_of_several_dimensions_counts_once_in_the_verdict_and_once_in_each_dimension(
    house: House,
) -> None:
    with house.transaction() as db:
        name = resources.get(db, "police_population").items[1]
        name.is_required, name.pattern = True, "[^0-9]+"
    # two rows whose number stands there before, one of them without a name, the other with a number for one
    deliver(house, "2026-11-17", [*RIGHT, (RIGHT[1][0], ""), (RIGHT[1][0], "99")])
    with house.transaction() as db:
        found = db.execute(select(FindingRow.rule, FindingRow.count)).all()
        taken = db.scalars(select(Delivery)).one()
        assert (taken.rows, taken.good, taken.bad, verdicts.share_right(taken)) == (4, 2, 2, 0.5)
    assert sum(each for _, each in found) == 4
    by_dimension = {dimension: 1 - share for dimension, share in shares(house).items() if share is not None}
    assert by_dimension == {Dimension.COMPLETE: 0.25, Dimension.NORMATIVE: 0.25, Dimension.CONSISTENT: 0.5}


def test_rows_that_are_accepted_count_as_right_in_their_dimension(house: House) -> None:
    deliver(house, "2026-11-17", TWICE)
    (share,) = shares(house).values()
    assert share == pytest.approx(2 / 3)
    accept(house)
    assert shares(house) == {}


def test_dagster_shows_the_suite_that_judged_with_its_severities_and_the_verdict_by_dimension(house: House) -> None:
    name_is_required(house, DeliveryMode.SNAPSHOT)
    told = suites.metadata(deliver(house, "2026-11-17", [*RIGHT, (OTHER[0], "")]))
    with house.transaction() as db:
        assert told["规则集版本"].value == db.scalars(select(Delivery.rules_version)).one() != ""
    rows = {record.data["dimension"]: record.data for record in told["各维度结论"].records}
    assert rows["完整性"] == {"dimension": "完整性", "rules": 2, "right_pct": 66.67, "verdict": "不合格"}
    assert rows["准确性"]["verdict"] == "合格"
    assert told["规则数"].value == sum(row["rules"] for row in rows.values())
    assert "阻断该行" in told["严重程度"].value
    assert not {"甲", "乙", RIGHT[0][0]} & set(re.findall(r"\w+", str(told)))
    from quality.gx_store import build_docs  # takes seconds, and warns while tests are gathered

    # the page that the description names is where Data Docs are built
    assert build_docs(house.store.home).is_file()
    assert (house.store.rule_docs / told["规则说明"].value.removeprefix("/rule-docs/")).is_file()
    assert suites.metadata(take(house, "police_population", "run")) == {}
