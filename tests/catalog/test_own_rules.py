"""The life of a rule that a verifier adds: parameters, trial, adoption, next version, end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from catalog import departments, own_rules, resources
from catalog.errors import Conflict, Invalid, NotFound
from catalog.models import AddedRule, Delivery, Resource
from catalog.vocab import Channel, DeliveryState, Outcome, RuleState, ShareType, TrialState
from tests.catalog.conftest import item, make_department, make_resource
from tests.conftest import NOW

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def population(city: Session) -> Resource:
    """The police's resource with items of every type."""
    found = resources.get(city, "police_population")
    found.items += [
        item("born", 2, stored_type="DATE"), item("died", 3, stored_type="DATE"),
        item("income", 4, stored_type="DECIMAL(18,2)"), item("children", 5, stored_type="BIGINT"),
    ]  # fmt: skip
    city.flush()
    return found


def drafted(db: Session, resource: Resource, **changes: Any) -> AddedRule:
    said: dict[str, Any] = {
        "kind": "between", "item": "income", "parameters": {"low": "0"}, "outcome": "warn", "title": "收入不为负",
        "by": "official:a", "now": NOW,
    }  # fmt: skip
    return own_rules.draft(db, resource, **{**said, **changes})


def delivered(db: Session, resource: Resource, *, after: timedelta = timedelta(0), sequence: int = 1) -> Delivery:
    delivery = Delivery(
        resource=resource, period="2026-11-19", sequence=sequence, digest="d" * 64, filename="x.csv", size=1,
        channel=Channel.API, delivered_by="police", state=DeliveryState.ACCEPTED, received_at=NOW + after,
    )  # fmt: skip
    db.add(delivery)
    db.flush()
    return delivery


@pytest.mark.parametrize(
    ("kind", "item_name", "sent", "kept"),
    [
        ("between", "income", {"low": " 0 ", "high": "", "other": "x"}, {"low": "0"}),
        ("between", "born", {"low": "1900-01-01", "high": "2026-01-01"}, {"low": "1900-01-01", "high": "2026-01-01"}),
        ("in_list", "name", {"values": "甲\n 乙 \n\n甲"}, {"values": ["甲", "乙"]}),
        ("in_list", "name", {"values": ["甲"]}, {"values": ["甲"]}),
        ("pattern", "name", {"pattern": r"\d{4}"}, {"pattern": r"\d{4}"}),
        ("compare", "born", {"operator": "<=", "other": "died"}, {"operator": "<=", "other": "died"}),
        ("compare", "income", {"operator": ">", "other": "children"}, {"operator": ">", "other": "children"}),
    ],
)
def test_parameters_are_kept_clean(
    city: Session, population: Resource, kind: str, item_name: str, sent: dict[str, Any], kept: dict[str, Any]
) -> None:
    made = drafted(city, population, kind=kind, item=item_name, parameters=sent)
    assert (made.parameters, made.state, made.code, made.version) == (kept, RuleState.DRAFT, "OWN_001", 1)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "sql"}, "kind"),
        ({"outcome": "hold"}, "outcome"),
        ({"title": " "}, "title"),
        ({"item": "absent"}, "item"),
        ({"parameters": {}}, "low"),
        ({"parameters": {"low": "1 or true"}}, "low"),
        ({"parameters": {"low": "2", "high": "1"}}, "high"),
        ({"parameters": {"low": "nan"}}, "low"),
        ({"item": "name"}, "low"),
        ({"item": "born", "parameters": {"low": "2026-13-01"}}, "low"),
        ({"kind": "in_list", "item": "income"}, "item"),
        ({"kind": "in_list", "item": "name", "parameters": {"values": ""}}, "values"),
        ({"kind": "in_list", "item": "name", "parameters": {"values": [str(n) for n in range(201)]}}, "values"),
        ({"kind": "pattern", "item": "name", "parameters": {"pattern": "("}}, "pattern"),
        ({"kind": "pattern", "item": "name", "parameters": {"pattern": "(?=x)"}}, "pattern"),
        ({"kind": "pattern", "item": "name", "parameters": {"pattern": r"(a)\1"}}, "pattern"),
        ({"kind": "pattern", "item": "name", "parameters": {"pattern": r"x\Z"}}, "pattern"),
        ({"kind": "pattern", "item": "name", "parameters": {"pattern": "x{1,2000}"}}, "pattern"),
        ({"kind": "compare", "parameters": {"operator": "; drop", "other": "children"}}, "operator"),
        ({"kind": "compare", "parameters": {"operator": "<", "other": "born"}}, "other"),
        ({"kind": "compare", "parameters": {"operator": "<", "other": "income"}}, "other"),
        ({"kind": "exists_in", "parameters": {"resource": "absent", "other": "x"}}, "resource"),
        ({"kind": "exists_in", "parameters": {"resource": "police_population", "other": "name"}}, "resource"),
    ],
)
def test_a_wrong_parameter_is_named(city: Session, population: Resource, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        drafted(city, population, **changes)
    assert refused.value.facts["field"] == field
    assert refused.value.remedy


def test_a_rule_looks_into_others_rows_only_where_everybody_may(city: Session, population: Resource) -> None:
    """How many of one's values another department lacks is something about its rows."""
    foreign = make_resource(city, make_department(city, "housing", 5), "housing_permits")
    make_resource(city, departments.get(city, "police"), "police_cards")
    said = {"kind": "exists_in", "item": "name", "parameters": {"resource": "police_cards", "other": "name"}}
    assert drafted(city, population, **said).parameters["resource"] == "police_cards"
    said["parameters"] = {"resource": "housing_permits", "other": "name"}
    with pytest.raises(Invalid, match="不是无条件共享"):
        drafted(city, population, **said)
    foreign.items[1].share_type = ShareType.UNCONDITIONAL
    assert drafted(city, population, **said).number == 2


def test_a_rule_takes_effect_after_a_trial_and_from_the_next_delivery(city: Session, population: Resource) -> None:
    rule, before = drafted(city, population), delivered(city, population)
    with pytest.raises(Conflict, match="试运行"):
        own_rules.adopt(city, rule, by="official:a", now=LATER)
    trial = own_rules.ask_trial(city, rule, by="official:a", now=NOW)
    assert own_rules.ask_trial(city, rule, by="official:b", now=LATER) is trial
    assert list(own_rules.waiting_trials(city)) == [trial]
    with pytest.raises(Conflict, match="试运行"):
        own_rules.adopt(city, rule, by="official:a", now=LATER)
    own_rules.record_trial(trial, before.id, rows=10, count=2, first_rows=[3, 7], now=NOW)
    own_rules.adopt(city, rule, by="official:a", now=LATER)
    after = delivered(city, population, after=timedelta(hours=2), sequence=2)
    assert (trial.state, trial.count, trial.first_rows) == (TrialState.DONE, 2, [3, 7])
    assert own_rules.in_force(city, before) == []
    assert own_rules.in_force(city, after) == [rule]


def test_a_trial_that_failed_adopts_nothing(city: Session, population: Resource) -> None:
    rule = drafted(city, population)
    own_rules.fail_trial(own_rules.ask_trial(city, rule, by="a", now=NOW), "还没有报送", now=NOW)
    with pytest.raises(Conflict):
        own_rules.adopt(city, rule, by="official:a", now=LATER)
    assert own_rules.ask_trial(city, rule, by="a", now=LATER).state is TrialState.WAITING


def adopted(db: Session, rule: AddedRule, delivery: Delivery, hours: int) -> AddedRule:
    trial = own_rules.ask_trial(db, rule, by="a", now=NOW)
    own_rules.record_trial(trial, delivery.id, rows=1, count=0, first_rows=[], now=NOW)
    own_rules.adopt(db, rule, by="a", now=NOW + timedelta(hours=hours))
    return rule


def test_the_next_version_takes_the_place_of_the_one_before(city: Session, population: Resource) -> None:
    delivery = delivered(city, population)
    first = adopted(city, drafted(city, population), delivery, 1)
    second = drafted(city, population, parameters={"low": "1"}, outcome="block_row", changes=first)
    assert (second.code, second.version, second.outcome) == ("OWN_001", 2, Outcome.BLOCK_ROW)
    between = delivered(city, population, after=timedelta(hours=2), sequence=2)
    adopted(city, second, delivery, 3)
    after = delivered(city, population, after=timedelta(hours=4), sequence=3)
    assert first.state is RuleState.ENDED
    assert own_rules.in_force(city, between) == [first]
    assert own_rules.in_force(city, after) == [second]
    assert [(r.version, r.state.value) for r in own_rules.of(city, population)] == [(2, "in_force"), (1, "ended")]
    own_rules.end(city, second, by="a", now=NOW + timedelta(hours=5))
    assert own_rules.in_force(city, delivered(city, population, after=timedelta(hours=6), sequence=4)) == []
    with pytest.raises(Conflict):
        own_rules.end(city, second, by="a", now=LATER)


def test_a_version_belongs_to_its_own_resource(city: Session, population: Resource) -> None:
    other = make_resource(city, departments.get(city, "police"), "police_cards")
    with pytest.raises(NotFound):
        drafted(
            city, other, item="name", kind="pattern", parameters={"pattern": "x"}, changes=drafted(city, population)
        )


def test_a_rule_that_another_one_tests_already_is_not_drafted_again(city: Session, population: Resource) -> None:
    first = drafted(city, population)
    with pytest.raises(Conflict, match="已有内容相同的规则"):
        drafted(city, population, title="另一名称", parameters={"low": "0", "high": ""})
    assert drafted(city, population, title="另一名称", changes=first).version == 2
    assert drafted(city, population, parameters={"low": "1"}).number == 2
    for each in own_rules.of(city, population):
        own_rules.end(city, each, by="official:a", now=LATER)
    assert drafted(city, population).number == 3
