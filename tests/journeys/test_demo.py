"""The main job: what a new user sees after one command."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

from api.main import create_app
from basedb import spec
from catalog.roles import Role
from catalog.settings import Settings
from tests.api.officials import Browser
from tests.helpers import AS_OF, sixbase

BASES = {"natural_person", "legal_entity", "geospatial", "license", "credit", "macro_economy"}
# stored data: delivered bytes, what was made of it, and what departments put into or took out of the house
STORED_DATA = {"sample", "bytes", "checked", "releases", "extracts", "keymap", "frontend", "landing"}


def test_a_city_is_registered_delivered_checked_built_and_published(result: dict[str, Any]) -> None:
    assert result["departments"] >= 16
    assert result["resources"] >= 30 + 6
    assert result["deliveries"]["returned"] == 4
    assert set(result["releases"]) == BASES
    assert result["releases"]["natural_person"]["tables"]["person"] >= 1900


def test_each_base_tells_how_many_of_its_links_lead_to_a_record_whichever_was_published_first(city: Path) -> None:
    for name in BASES:
        (told,) = (city / "changes" / name).glob("*/links.json")
        shares, links = json.loads(told.read_text()), spec.base(name).spec.LINKS
        assert {links[each].split(".")[0] for each in shares} == {to.split(".")[0] for to in links.values()}, name
        assert all(0.5 < share <= 1 for share in shares.values()), name


def test_every_plant_has_its_expected_outcome_and_clean_rows_have_no_finding(city: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "sample.truth", str(city), "--json"], check=False, capture_output=True, text=True
    )
    compared = json.loads(told.stdout)
    assert compared["planted"] > 100
    assert compared["found"] == compared["planted"]
    wrong = {name: compared[name] for name in ("missed", "wrong_rule", "wrong_department", "false_findings")}
    assert wrong == dict.fromkeys(wrong, 0)
    assert told.returncode == 0


def test_one_project_passes_acceptance_and_two_fail_for_different_reasons(result: dict[str, Any]) -> None:
    found = result["acceptance"]
    assert set(found) == {"P2026-001", "P2026-002", "P2026-003"}
    assert found["P2026-001"] == {"verdict": "ready", "failed_items": []}
    late = found["P2026-002"]["failed_items"]
    returned = found["P2026-003"]["failed_items"]
    assert "delivered:transport_operation_licence" in late
    assert "quality:health_medical_institution" in returned
    assert late != returned


def test_the_command_line_says_by_its_exit_status_whether_a_project_passes(own_city: Path) -> None:
    passed = sixbase("accept", "P2026-001", "--as-of", AS_OF, "--json", home=own_city)
    failed = sixbase("accept", "P2026-002", "--as-of", AS_OF, "--json", home=own_city)
    assert (passed.returncode, failed.returncode) == (0, 1), passed.stderr
    items = json.loads(passed.stdout)["items"]
    assert {i["rule"] for i in items} >= {"registered", "delivered", "quality", "readable"}
    assert all(i["article"] and i["reason"] for i in items)
    hardware = json.loads(sixbase("accept", "P2026-004", "--as-of", AS_OF, "--json", home=own_city).stdout)
    assert [(i["state"], bool(i["evidence"])) for i in hardware["items"]] == [("not_applicable", True)]
    assert hardware["verdict"] == "ready"
    unknown = sixbase("accept", "P9999", home=own_city)
    assert unknown.returncode == 2
    assert "P9999" in unknown.stderr
    assert "Traceback" not in unknown.stderr


def test_everything_stored_is_what_was_recorded(city: Path) -> None:
    verified = sixbase("verify", "--json", home=city)
    assert (verified.returncode, verified.stdout.strip()) == (0, "[]"), verified.stdout


@pytest.mark.parametrize("damaged", ["releases/natural_person/*/person.parquet", "bytes/*/*"])
def test_a_changed_byte_is_found(own_city: Path, damaged: str) -> None:
    path = min(own_city.glob(damaged))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    verified = sixbase("verify", "--json", home=own_city)
    assert verified.returncode == 1
    assert len(json.loads(verified.stdout)) == 1


def test_the_doctor_finds_a_sound_installation_sound_and_a_broken_one_broken(own_city: Path) -> None:
    assert sixbase("doctor", home=own_city).returncode == 0
    (own_city / "keys" / "token.json").chmod(0o644)
    told = sixbase("doctor", home=own_city, env={"COLUMNS": "200"})
    assert told.returncode == 1
    assert "chmod 600" in told.stdout


def test_no_identifier_of_the_sample_lies_outside_stored_data(city: Path) -> None:
    wanted = _identifiers(city)
    assert len(wanted) >= 2000
    example = json.loads((city / "demo.json").read_text())["demo"]["identifier"]
    found = [
        f"{path.relative_to(city)}"
        for path in _other_files(city)
        if any(each in wanted for each in _digit_runs(path.read_bytes()) if each.decode() != example)
    ]
    assert found == []


def _identifiers(city: Path) -> set[bytes]:
    persons = f"select id_number from read_parquet('{city}/sample/truth/persons.parquet')"
    return {str(row[0]).encode() for row in duckdb.sql(persons).fetchall() if row[0]}


def _other_files(city: Path) -> list[Path]:
    every = (p for p in city.rglob("*") if p.is_file())
    return [p for p in every if p.relative_to(city).parts[0] not in STORED_DATA]


def _digit_runs(content: bytes) -> set[bytes]:
    """Every 18-character window that looks like an identifier."""
    return {m.group(1) for m in re.finditer(rb"(?=(\d{17}[\dXx]))", content)}


def test_the_demo_may_run_twice_and_changes_nothing(own_city: Path, result: dict[str, Any]) -> None:
    again = sixbase("demo", "--persons", "2000", "--seed", "1", "--as-of", AS_OF, "--json", home=own_city)
    assert again.returncode == 0, again.stderr
    second = json.loads(again.stdout)
    assert second["deliveries"] == result["deliveries"]
    assert second["releases"] == result["releases"]
    assert second["findings"] == result["findings"]


def test_secrets_are_readable_by_their_owner_alone(city: Path) -> None:
    private = [city / "demo.json", *(city / "keys").iterdir()]
    assert {oct(p.stat().st_mode & 0o777) for p in private} == {"0o600"}
    assert oct((city / "keys").stat().st_mode & 0o777) == "0o700"


def test_a_command_without_a_home_says_what_to_do(tmp_path: Path) -> None:
    told = sixbase("verify", home=tmp_path / "nothing")
    assert told.returncode == 2
    assert "sixbase demo" in told.stderr
    assert list(tmp_path.iterdir()) == []


def test_every_person_of_the_demo_signs_in_and_no_two_administrators_are_one(own_city: Path) -> None:
    people = json.loads((own_city / "demo.json").read_text())["people"]
    app = create_app(Settings(home=own_city), log=lambda line: None)
    try:
        for each in people:
            web = Browser(app, "http://127.0.0.1:8000")
            assert web.sign_in(each["login"], each["password"]).status_code == 303
            assert web.get("/signin").status_code == 303
            web.close()
    finally:
        app.state.exchange.close()
    held = [role for each in people for role in each["roles"]]
    assert sorted(held) == sorted(Role)


def test_operators_see_the_orders_that_findings_opened_and_the_year_s_scores(city: Path) -> None:
    listed = sixbase("order", "list", "--json", home=city)
    orders = json.loads(listed.stdout)
    assert {order["state"] for order in orders} == {"open"}, listed.stderr
    named = [(order["department"], order["resource"], order["rule"]) for order in orders]
    assert len(named) == len(set(named)) > 20
    assert "ID_15" not in {order["rule"] for order in orders}
    own = json.loads(sixbase("order", "list", "police", "--json", home=city).stdout)
    own = [order for order in own if order["department"] == "police"]  # the others are orders that it is told of
    assert own
    scored = sixbase("scorecard", "--as-of", AS_OF, "--json", home=city)
    scores = {each["department"]: each for each in json.loads(scored.stdout)}
    assert len(scores) >= 16, scored.stderr
    assert 0 < scores["police"]["share"] < 1 and scores["police"]["open"] == len(own)


def test_the_clocks_escalate_overdue_orders_from_the_command_line_once(own_city: Path) -> None:
    told = [sixbase("order", "escalate", "--as-of", "2027-03-01", home=own_city).stdout for _ in range(2)]
    counts = [re.search(r"orders\s+│\s+(\d+)", each) for each in told]
    assert counts[0] and int(counts[0][1]) > 20 and counts[1] and counts[1][1] == "0"
