"""From a file to the end of its fault: real checks open and close orders, and know accepted rows again."""

from __future__ import annotations

import duckdb
import pytest
from sqlalchemy import select

from catalog import explanations, quality_orders, releases, resources
from catalog.keys import Purpose
from catalog.models import Delivery, Department, FindingRow, QualityOrder
from catalog.vocab import DeliveryMode
from pipelines.basedbs import _conflict, _record_finding, register_bases
from pipelines.checking import Taken, take
from pipelines.definitions import note_late, turn_clocks
from pipelines.house import House
from pipelines.landing import collect
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
        secret = house.keys.current(Purpose.PLATFORM).secret
        facts = {"department_id": authority.id, "by": "steward", "now": NOW, "today": house.today}
        explanations.approve(db, house.store, found, until=None, secret=secret, **facts)  # type: ignore[arg-type]


def test_a_fault_opens_an_order_that_the_next_right_delivery_closes_and_its_row_rejoins(house: House) -> None:
    assert deliver(house, "2026-11-17", TWICE).rows == 2
    assert order(house) == ("open", "", 1)
    assert delivery(house, "2026-11-17") == ("failed", 1, 0)
    assert deliver(house, "2026-11-18", [*RIGHT, ("360426199101010071", "丙")]).rows == 3
    assert order(house) == ("closed", "passed", 1)
    deliver(house, "2026-11-19", TWICE)
    assert order(house) == ("open", "", 2)


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


def test_a_wrong_link_found_at_a_build_is_the_authority_s_fault(house: House) -> None:
    register_bases(house)
    with house.transaction() as db:
        _record_finding(house, db, "r1", _conflict("LINK_WRONG", "name", 2, [3, 4]), "police_population", "police")
        quality_orders.follow_build(db, "natural_person", "r1", now=NOW, zone=house.settings.zone)
        found = db.scalars(select(QualityOrder)).one()
        assert (found.department.slug, found.due_at is not None) == ("digital_government", True)


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
