"""Deliveries that the house cannot check: a few attempts, then back, and everything else goes on."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from sqlalchemy import select

from catalog import deliveries, departments, notices, resources
from catalog.claims import MOST_ATTEMPTS
from catalog.models import Delivery, QualityOrder
from catalog.vocab import DeliveryState, Sensitivity
from pipelines.checking import take
from pipelines.definitions import build_definitions
from pipelines.house import House
from pipelines.landing import collect
from tests.catalog.conftest import item, make_resource
from tests.pipelines.test_hostile import GOOD, HOSTILE, SLUG, send

# stands for anything that makes the engine fail: what it refuses to compile cannot be registered any more
POISON = "(?!0)"
CARDS = "police_cards"


@pytest.fixture
def poisoned(house: House) -> House:
    """The police with a second resource, whose check fails."""
    with house.transaction() as db:
        make_resource(db, departments.get(db, "police"), CARDS).items[1].pattern = POISON
    return house


def land(house: House, slug: str, content: bytes, name: str = "2026-11-19.csv") -> None:
    path = house.store.landing / "police" / slug / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def states(house: House, slug: str) -> list[tuple[str, int]]:
    with house.transaction() as db:
        found = deliveries.history(db, resources.get(db, slug))
        return [(each.state.value, each.attempts) for each in reversed(found)]


def tick(house: House, instance: dg.DagsterInstance) -> list[dg.ExecuteInProcessResult]:
    """One evaluation of the sensor as the daemon does it, and the runs that it asks for."""
    location = build_definitions(house)
    repository = location.get_repository_def()
    context = dg.build_sensor_context(instance=instance, repository_def=repository, resources={"house": house})
    found = repository.get_sensor_def("new_deliveries").evaluate_tick(context)
    job = location.resolve_job_def("city")
    return [
        job.execute_in_process(instance=instance, asset_selection=request.asset_selection, raise_on_error=False)
        for request in found.run_requests or []
    ]


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.instance_for_test() as found:
        yield found


def test_the_sensor_lives_on_returns_what_cannot_be_checked_and_takes_the_rest(
    poisoned: House, instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    for number, (content, _) in enumerate(HOSTILE.values(), 1):
        land(poisoned, SLUG, content, f"2026-11-18.{number}.csv")
    land(poisoned, SLUG, GOOD.encode())
    land(poisoned, CARDS, GOOD.encode())
    land(poisoned, SLUG, b"x", os.fsdecode(b"\xff.csv"))
    (poisoned.store.landing / "police" / SLUG / "2026-11-17.csv").symlink_to(tmp_path)
    runs = [tick(poisoned, instance) for _ in range(MOST_ATTEMPTS + 1)]
    assert [len(each) for each in runs] == [1] * MOST_ATTEMPTS + [0], "not tried for ever"
    assert all(run.success for each in runs for run in each)
    taken = [state for state, _ in states(poisoned, SLUG)]
    assert taken == ["returned"] * len(HOSTILE) + ["accepted"]
    assert states(poisoned, CARDS) == [("returned", MOST_ATTEMPTS)]
    land(poisoned, SLUG, GOOD.replace("甲", "乙").encode(), "2026-11-20.csv")
    tick(poisoned, instance)
    assert states(poisoned, SLUG)[-1][0] == "accepted"


def test_the_authority_gets_the_finding_and_order_and_the_department_is_told(poisoned: House) -> None:
    land(poisoned, CARDS, GOOD.encode())
    give_up(poisoned)
    with poisoned.transaction() as db:
        (order,) = db.scalars(select(QualityOrder))
        (finding,) = db.scalars(select(Delivery)).one().findings
        assert (order.rule, order.department.slug) == ("CHECK_FAILED", "digital_government")
        assert (finding.rule, finding.department.slug) == ("CHECK_FAILED", "digital_government")
        assert "BuildFailed" in finding.message and POISON not in finding.message
        told = {d.slug: [n.kind for n in notices.listed(db, d.id)] for d in departments.in_force(db, on=poisoned.today)}
    assert told == {"digital_government": ["order_opened"], "police": ["delivery_check_failed"]}


def give_up(house: House, slug: str = CARDS) -> None:
    collect(house)
    for _ in range(MOST_ATTEMPTS):
        take(house, slug, "run")


def test_the_same_file_comes_again_when_the_cause_is_gone_and_closes_the_order(poisoned: House) -> None:
    land(poisoned, CARDS, GOOD.encode())
    give_up(poisoned)
    with poisoned.transaction() as db:
        resources.get(db, CARDS).items[1].pattern = ""
    land(poisoned, CARDS, GOOD.encode())
    give_up(poisoned)
    assert [state for state, _ in states(poisoned, CARDS)] == ["returned", "accepted"]
    with poisoned.transaction() as db:
        assert db.scalars(select(QualityOrder)).one().state == "closed"


def test_runs_that_died_in_a_check_have_tried(house: House) -> None:
    delivery_id = send(house, GOOD.encode(), "2026-11-19.csv")
    with house.transaction() as db:
        deliveries.get(db, delivery_id).attempts = MOST_ATTEMPTS
    take(house, SLUG, "run")
    with house.transaction() as db:
        found = deliveries.get(db, delivery_id)
        assert (found.state, [f.rule for f in found.findings]) == (DeliveryState.RETURNED, ["CHECK_FAILED"])


def test_what_cannot_be_folded_is_returned_and_the_release_in_force_stays(house: House) -> None:
    send(house, GOOD.encode(), "2026-11-18.csv")
    first = take(house, SLUG, "run").release_id
    # where the candidate is to lie, a file stands in the way
    shutil.rmtree(house.store.candidates / SLUG, ignore_errors=True)
    house.store.candidates.mkdir(exist_ok=True)
    (house.store.candidates / SLUG).write_text("")
    send(house, (GOOD + "140213199003070026,乙\n").encode(), "2026-11-19.csv")
    for _ in range(MOST_ATTEMPTS):
        assert take(house, SLUG, "run").release_id == first
    assert [state for state, _ in states(house, SLUG)] == ["accepted", "returned"]


def test_a_registered_pattern_of_chinese_characters_judges_rows(house: House) -> None:
    with house.transaction() as db:
        found = resources.get(db, SLUG)
        found.items.append(item("given", 2, pattern=r"[\u4e00-\u9fa5]{2,4}", sensitivity=Sensitivity.PERSONAL))
    content = "id_number,name,given\n140213199003070018,甲,大同\n140213199003070026,乙,Datong\n"
    delivery_id = send(house, content.encode(), "2026-11-19.csv")
    take(house, SLUG, "run")
    with house.transaction() as db:
        broken = {f.rule: f.count for f in deliveries.get(db, delivery_id).findings}
    assert broken.get("PATTERN") == 1
