"""Rules of all kinds that a verifier fills in over HTTP: tried, put in force, changed, and found by the next delivery."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from catalog import departments, resources
from pipelines.checking import take
from pipelines.house import open_house
from pipelines.trials import run_trials
from tests.catalog.conftest import item, make_resource
from tests.journeys.town import SLUG, Town

HEADER = "公民身份号码,性别代码,收入,出生,登记,派出所\n"
# the second row breaks each of the five rules, the first and the third none
ROWS = (
    "140213198001010017,1,100,1980-01-01,1980-02-01,S1\n"
    "140213197001010012,1,900,1970-01-01,1969-02-01,X9\n"
    "140213196503150010,1,,,,S2\n"
)
# kind, item, parameters
RULES: dict[str, tuple[str, dict[str, Any]]] = {
    "between": ("income", {"low": "0", "high": "500"}),
    "in_list": ("station", {"values": ["S1", "S2"]}),
    "pattern": ("station", {"pattern": r"S\d"}),
    "compare": ("born", {"operator": "<=", "other": "entered"}),
    "exists_in": ("station", {"resource": "police_stations", "other": "name"}),
}
FORM = {"outcome": "warn", "title": "本部门规则"}


def prepare(town: Town, folder: Path) -> None:
    """The people with more items, and a list of stations with its rows."""
    town.publish(folder)
    with town.transaction() as db:
        resources.get(db, SLUG).items += [
            item("income", 2, title="收入", stored_type="DECIMAL(18,2)"), item("born", 3, title="出生", stored_type="DATE"),
            item("entered", 4, title="登记", stored_type="DATE"), item("station", 5, title="派出所"),
        ]  # fmt: skip
        make_resource(db, departments.get(db, "police"), "police_stations")
    path = "/v1/resources/police_stations/deliveries?period=2026-11-18"
    stations = "id_number,name\n140213198001010017,S1\n140213197001010012,S2\n"
    town.call("registrar", "POST", path, 201, content=stations.encode(), headers={"X-Filename": "stations.csv"})


def run(town: Town, slug: str = SLUG) -> int:
    """Check what waits, as Dagster does; how many trials were run besides."""
    house = open_house(town.settings, town.clock)
    take(house, slug, "journey")
    tried = run_trials(house)
    house.database.dispose()
    return tried


def draft(town: Town, kind: str, **changes: Any) -> dict[str, Any]:
    named, parameters = RULES[kind]
    sent = {**FORM, "kind": kind, "item": named, "parameters": parameters, **changes}
    made: dict[str, Any] = town.call("registrar", "POST", f"/v1/resources/{SLUG}/rules", 201, json=sent)
    return made


def found(town: Town, delivery: dict[str, Any]) -> dict[str, int]:
    """How many findings of each own rule a delivery has."""
    report = town.call("registrar", "GET", f"/v1/deliveries/{delivery['id']}")
    return {each["rule"]: each["count"] for each in report["findings"] if each["rule"].startswith("OWN_")}


def test_rules_of_all_kinds_are_tried_put_in_force_and_found_by_the_next_delivery(town: Town, tmp_path: Path) -> None:
    prepare(town, tmp_path)
    run(town, "police_stations")
    first = town.deliver(HEADER + ROWS, "2026-11-18")
    run(town)
    rules = {kind: draft(town, kind) for kind in RULES}
    assert found(town, first) == {}
    for made in rules.values():
        # no rule takes effect untried
        assert town.call("registrar", "POST", f"/v1/rules/{made['id']}/adoption", 409)["code"] == "conflict"
        assert town.call("registrar", "POST", f"/v1/rules/{made['id']}/trial", 201)["last_trial"]["state"] == "waiting"
    assert run(town) == len(RULES)
    listed = town.call("registrar", "GET", f"/v1/resources/{SLUG}/rules")
    tried = {each["kind"]: each["last_trial"] for each in listed}
    assert {kind: (t["state"], t["rows"], t["count"], t["first_rows"]) for kind, t in tried.items()} == {
        kind: ("done", 3, 1, [3]) for kind in RULES
    }
    for made in rules.values():
        town.call("registrar", "POST", f"/v1/rules/{made['id']}/adoption")
    town.clock.now += timedelta(minutes=1)
    second = town.deliver(HEADER + ROWS + "140213199001010018,2,300,1990-01-01,1990-01-01,S1\n", "2026-11-19")
    run(town)
    assert found(town, second) == {made["code"]: 1 for made in rules.values()}
    # the next version takes the place of the one before, after a trial of its own
    newer = draft(town, "between", parameters={"low": "0", "high": "200"}, changes=rules["between"]["id"])
    assert (newer["code"], newer["version"]) == (rules["between"]["code"], 2)
    town.call("registrar", "POST", f"/v1/rules/{newer['id']}/trial", 201)
    assert run(town) == 1
    assert town.call("registrar", "POST", f"/v1/rules/{newer['id']}/adoption")["last_trial"]["count"] == 2
    states = {(each["code"], each["version"]): each["state"] for each in town.call(
        "registrar", "GET", f"/v1/resources/{SLUG}/rules"
    )}  # fmt: skip
    assert states[newer["code"], 1] == "ended" and states[newer["code"], 2] == "in_force"


def test_a_rule_is_parameters_of_a_known_kind_and_never_sql(town: Town, tmp_path: Path) -> None:
    prepare(town, tmp_path)
    for kind, field in {"sql": "kind", "between": "low"}.items():
        sent = {**FORM, "kind": kind, "item": "income", "parameters": {"low": "0) or (1=1", "sql": "true"}}
        refused = town.call("registrar", "POST", f"/v1/resources/{SLUG}/rules", 400, json=sent)
        assert refused["facts"]["field"] == field
