"""A rule that a verifier adds, from its draft to what it finds in the next delivery."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from catalog import deliveries, own_rules, resources
from catalog.models import RuleTrial
from catalog.vocab import TrialState
from pipelines.checking import take
from pipelines.definitions import build_definitions
from pipelines.house import House
from pipelines.landing import collect
from pipelines.trials import run_trials
from tests.helpers import AS_OF
from tests.pipelines.test_orders import RIGHT, deliver, order

SLUG = "police_driving_licence"


def draft(
    house: House, slug: str, kind: str, item: str, outcome: str = "warn", **parameters: object
) -> tuple[str, str]:
    """The ids of a drafted rule and of its trial that waits."""
    with house.transaction() as db:
        resource = resources.get(db, slug)
        facts = {"by": "official:a", "now": house.clock()}
        said = {"kind": kind, "item": item, "parameters": parameters, "outcome": outcome, "title": "只有小型车"}
        rule = own_rules.draft(db, resource, **said, **facts)  # type: ignore[arg-type]
        return rule.id, own_rules.ask_trial(db, rule, **facts).id  # type: ignore[arg-type]


def test_a_drafted_rule_is_tried_on_the_last_delivery_and_holds_for_the_next(city_house: House) -> None:
    (path,) = (city_house.store.home / "sample/landing/police" / SLUG).glob("*.parquet")
    rows = pl.read_parquet(path)
    expected = len(rows.filter(~pl.col("vehicle_class").is_in(["C1", "C2"])))
    rule_id, trial_id = draft(city_house, SLUG, "in_list", "vehicle_class", values=["C1", "C2"])
    assert run_trials(city_house) == 1
    assert run_trials(city_house) == 0
    with city_house.transaction() as db:
        trial = db.get_one(RuleTrial, trial_id)
        assert (trial.state, trial.rows, trial.count) == (TrialState.DONE, len(rows), expected)
        assert len(trial.first_rows) == min(20, expected)
        own_rules.adopt(db, own_rules.get(db, rule_id), by="official:a", now=city_house.clock() - timedelta(minutes=1))
    rows.head(len(rows) - 1).write_parquet(city_house.store.landing / "police" / SLUG / f"{AS_OF}.parquet")
    (received,), _ = collect(city_house)
    take(city_house, SLUG, "run")
    with city_house.transaction() as db:
        found = {f.rule: f.count for f in deliveries.get(db, received).findings}
    assert expected - 1 <= found["OWN_001"] <= expected


def test_one_row_that_breaks_a_rule_on_the_whole_delivery_returns_it(house: House) -> None:
    first = deliver(house, "2026-11-17", RIGHT)
    rule_id, _ = draft(house, "police_population", "in_list", "name", "block_delivery", values=["甲", "乙"])
    assert run_trials(house) == 1
    with house.transaction() as db:
        own_rules.adopt(db, own_rules.get(db, rule_id), by="official:a", now=house.clock() - timedelta(minutes=1))
    returned = deliver(house, "2026-11-18", [*RIGHT, ("360426199101010071", "丙")])
    assert returned.states == (("2026-11-18", "returned"),)
    assert (returned.release_id, returned.rows) == (first.release_id, 2)
    assert order(house, "OWN_001") == ("open", "", 1)
    assert deliver(house, "2026-11-19", RIGHT).states == (("2026-11-19", "accepted"),)
    assert order(house, "OWN_001") == ("closed", "passed", 1)


def test_a_trial_that_cannot_be_run_says_why_and_holds_up_no_other(city_house: House) -> None:
    _, without = draft(city_house, "transport_operation_licence", "pattern", "plate_no", pattern="晋B.*")
    rule, broken = draft(city_house, SLUG, "pattern", "name", pattern="x")
    with city_house.transaction() as db:  # as one was kept before patterns were judged by the engine that runs them
        own_rules.get(db, rule).parameters = {"pattern": "(?P<a>x)(?(a)y)"}
    _, right = draft(city_house, SLUG, "pattern", "name", pattern=".+")
    assert run_trials(city_house) == 3
    with city_house.transaction() as db:
        states = {each: db.get_one(RuleTrial, each) for each in (without, broken, right)}
    assert "还没有通过检查的报送" in states[without].reason
    assert "参数不能执行" in states[broken].reason
    assert (states[right].state, states[right].count) == (TrialState.DONE, 0)


def test_trials_are_run_by_a_job_of_their_own(city_house: House) -> None:
    draft(city_house, SLUG, "pattern", "name", pattern=".+")
    assert build_definitions(city_house).resolve_job_def("trials").execute_in_process().success
    with city_house.transaction() as db:
        assert own_rules.waiting_trials(db) == []
