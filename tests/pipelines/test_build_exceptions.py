"""Explanations of what builds find: their rows are known again at the next build, until the day they end."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import duckdb
import pytest
from sqlalchemy import select

from catalog import build_findings, deliveries, departments, explanations, quality_orders, resources
from catalog.models import FindingRow, Publication, QualityOrder, Release
from catalog.vocab import Dimension
from pipelines import conflicts
from pipelines.basedbs import build_candidate, publish_candidate, register_bases
from pipelines.definitions import turn_clocks
from pipelines.house import House
from tests.conftest import NOW
from tests.pipelines.test_orders import OTHER, RIGHT, deliver
from tests.pipelines.test_rebuilds import deliver_again

UNIT, SLUG = "natural_person", "police_population"


def build(house: House, release_id: str, *found: tuple[str, str], rule: str = "NAME_CONFLICT") -> None:
    """A published build that found rows of the newest delivery wrong: the person's number, the item."""
    with house.transaction() as db:
        newest = deliveries.history(db, resources.get(db, SLUG))[0].id
    good = house.store.checked(newest) / "good.parquet"
    path = build_findings.file_of(house.store, UNIT, release_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as engine:
        engine.execute("create table found (number text, item text)")
        engine.executemany("insert into found values (?, ?)", [list(each) for each in found])
        engine.execute(
            f"""copy (select '{rule}' as rule, '{SLUG}' as resource, 'police' as department, f.item,
                '{newest}' as delivery_id, _row as row, 'digital_government' as other
            from found f join '{good}' on id_number = number) to '{path}' (format parquet)"""
        )
    with house.transaction() as db:
        conflicts.record(house, db, path, release_id)
        build_findings.accept(db, house.checks, UNIT, release_id, house.today)
        quality_orders.follow_build(db, UNIT, release_id, now=house.clock(), zone=house.settings.zone)


def accept(house: House, found: QualityOrder, days: int = 10) -> None:
    with house.transaction() as db:
        order = db.get_one(QualityOrder, found.id)
        explanations.explain(db, order, text="同名属实", department_id=order.department_id, by="police", now=NOW)
        explanations.approve(
            db, house.checks, order, until=house.today + timedelta(days=days),
            department_id=departments.authority(db).id, by="steward", now=NOW, today=house.today,
        )  # fmt: skip


def order(house: House) -> QualityOrder:
    with house.transaction() as db:
        return db.scalars(select(QualityOrder)).one()


def after(house: House, days: int) -> House:
    return replace(house, clock=lambda: NOW + timedelta(days=days))


@pytest.fixture
def explained(house: House) -> House:
    """One row of a build explained and approved for ten days."""
    register_bases(house)
    deliver(house, "2026-11-17", [*RIGHT, OTHER])
    build(house, "r1", (RIGHT[1][0], "name"))
    assert order(house).state == "open"
    accept(house, order(house))
    return house


def test_an_explained_row_stays_accepted_at_later_builds_wherever_it_stands_in_its_file(explained: House) -> None:
    deliver(explained, "2026-11-18", [OTHER, RIGHT[1], RIGHT[0]])
    build(after(explained, 1), "r2", (RIGHT[1][0], "name"))
    found = order(explained)
    assert (found.state, found.closed_how, found.times) == ("closed", "accepted", 1)
    with explained.transaction() as db:
        counts = db.execute(select(FindingRow.count, FindingRow.accepted).order_by(FindingRow.id)).all()
    assert [tuple(each) for each in counts] == [(1, 1), (1, 1)]


@pytest.mark.parametrize("again", [(OTHER[0], "name"), (RIGHT[1][0], "id_number")], ids=["other row", "other item"])
def test_another_row_or_item_with_the_same_fault_opens_the_order_again(
    explained: House, again: tuple[str, str]
) -> None:
    build(after(explained, 1), "r2", (RIGHT[1][0], "name"), again)
    found = order(explained)
    assert (found.state, found.count, found.times) == ("open", 1, 2)


def test_after_its_last_day_the_next_build_opens_the_order_again(explained: House) -> None:
    build(after(explained, 10), "r2", (RIGHT[1][0], "name"))
    assert order(explained).state == "closed"
    build(after(explained, 11), "r3", (RIGHT[1][0], "name"))
    assert (order(explained).state, order(explained).times) == ("open", 2)


def test_after_its_last_day_the_clock_opens_the_order_again_without_any_build(explained: House) -> None:
    serve(explained, "r1")
    assert turn_clocks(after(explained, 10))["exceptions_ended"] == 0
    assert order(explained).state == "closed"
    assert [turn_clocks(after(explained, 11))["exceptions_ended"] for _ in range(2)] == [1, 0]
    found = order(explained)
    assert (found.state, found.count, found.times) == ("open", 1, 2)


def serve(house: House, release_id: str) -> None:
    """Put the release in force, as far as the register knows."""
    with house.transaction() as db:
        db.add(Release(
            unit=UNIT, release_id=release_id, identity="i", manifest_digest="d", tables={}, built_from=[], created_at=NOW,
        ))  # fmt: skip
        db.flush()
        db.add(Publication(unit=UNIT, release_id=release_id, action="publish", at=NOW, by="test"))


def test_a_row_with_several_findings_is_one_wrong_row_and_an_accepted_one_is_none(house: House) -> None:
    register_bases(house)
    deliver(house, "2026-11-17", [*RIGHT, OTHER])
    build(house, "r1", (RIGHT[1][0], "name"), (RIGHT[1][0], "id_number"), (OTHER[0], "name"))
    assert wrong(house, "r1") == {Dimension.CONSISTENT: 2}
    accept(house, order(house))
    assert wrong(house, "r1") == {}


def wrong(house: House, release_id: str) -> dict[Dimension, int] | None:
    with house.transaction() as db:
        return build_findings.wrong_rows(db, house.checks, UNIT, release_id, house.today)


def test_what_real_builds_find_stays_explained_in_the_next_release(city_house: House) -> None:
    publish_candidate(city_house, build_candidate(city_house, UNIT))
    with city_house.transaction() as db:
        found = db.scalars(
            select(QualityOrder)
            .where(QualityOrder.unit == UNIT, QualityOrder.state == "open", QualityOrder.count > 1)
            .order_by(QualityOrder.count, QualityOrder.id)
        ).first()
        assert found is not None
        before = found.release_id
    accept(city_house, found)
    deliver_again(city_house, "police", SLUG)
    assert publish_candidate(city_house, build_candidate(city_house, UNIT))
    with city_house.transaction() as db:
        again = db.get_one(QualityOrder, found.id)
        newest = db.scalars(
            select(FindingRow).where(FindingRow.rule == found.rule, FindingRow.resource_id == found.resource_id)
            .where(FindingRow.release_id.is_not(None), FindingRow.release_id != before)
        ).all()  # fmt: skip
        assert newest and again.state == "closed"
