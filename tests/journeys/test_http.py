"""From the registered catalog to the accepted project, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from api.main import create_app
from catalog import clients, departments
from catalog.register import open_engine, transaction
from catalog.settings import Settings
from pipelines.basedbs import register_bases
from pipelines.demo import initialise, run_city
from pipelines.house import clock_of, open_house
from sample.codes import department_code
from sample.contract import departments as sample_departments
from tests.api.conftest import Client
from tests.helpers import AS_OF

DAY = date.fromisoformat(AS_OF)
CLIENTS = {
    "steward": ("digital_government", ["steward", "registrar", "acceptance_officer", "auditor"]),
    "police": ("police", ["registrar", "verifier"]),
    "fund": ("housing_fund", ["consumer"]),
}


class Journey:
    """A fresh installation, its exchange, and three departments that talk to it over HTTP only."""

    def __init__(self, home: Path) -> None:
        self.settings = Settings(home=home)
        self.clock = clock_of(DAY, self.settings)
        initialise(self.settings)
        self.secrets = self._enter_clients()
        self.app = create_app(self.settings, self.clock, log=lambda line: None)
        self.http = Client(self.app)
        self.tokens = {name: self._sign_in(name) for name in CLIENTS}

    def _enter_clients(self) -> dict[str, str]:
        """The first departments and clients, as an administrator enters them at the command line."""
        engine = open_engine(self.settings.database_url)
        with transaction(engine) as db:
            for each in (d for d in sample_departments() if d.slug in ("digital_government", "police", "housing_fund")):
                departments.enter(
                    db,
                    each.slug,
                    name=each.full_name,
                    credit_code=department_code(each.number),
                    division_code="140200",
                    is_authority=each.slug == "digital_government",
                    on=DAY,
                )
            made = {
                name: clients.register(
                    db, name, department=departments.get(db, slug), name=name, roles=roles, now=self.clock()
                )
                for name, (slug, roles) in CLIENTS.items()
            }
            secrets = {name: clients.new_secret(db, client, now=self.clock()) for name, client in made.items()}
        engine.dispose()
        return secrets

    def _sign_in(self, name: str) -> str:
        form = {"grant_type": "client_credentials", "client_id": name, "client_secret": self.secrets[name]}
        return str(self.http.post("/oauth/token", data=form).json()["access_token"])

    def ask(self, who: str, method: str, path: str, expected: int = 200, **more: Any) -> Any:
        answer = self.http.request(method, path, self.tokens[who], **more)
        assert answer.status_code == expected, answer.text
        return answer

    def work(self) -> list[str]:
        """What Dagster does when a delivery is waiting."""
        house = open_house(self.settings, self.clock)
        register_bases(house)
        try:
            return run_city(house)
        finally:
            house.database.dispose()

    def close(self) -> None:
        self.http.close()
        self.app.state.exchange.close()


@pytest.fixture
def journey(tmp_path: Path) -> Iterator[Journey]:
    journey = Journey(tmp_path / "home")
    yield journey
    journey.close()


def test_a_department_registers_and_delivers_another_reads_and_the_project_is_accepted(
    journey: Journey, city: Path, tmp_path: Path
) -> None:
    # register: the workbook, handed to the authority for review, then its publication
    content = (city / "sample/catalogs/police.xlsx").read_bytes()
    entered = journey.ask("police", "POST", "/v1/catalogs", content=content).json()
    assert "police_population" in entered["changed"]
    assert journey.ask("police", "POST", "/v1/catalogs", content=content).json()["changed"] == []
    for slug in entered["changed"]:
        journey.ask("police", "POST", f"/v1/resources/{slug}/submission")
        assert journey.ask("steward", "POST", f"/v1/resources/{slug}/publication").json()["slug"] == slug

    # deliver: every file that the police send, each for its period
    for path in sorted((city / "sample/landing/police").glob("*/*")):
        sent = journey.ask(
            "police",
            "POST",
            f"/v1/resources/{path.parent.name}/deliveries",
            201,
            params={"period": path.stem},
            content=path.read_bytes(),
            headers={"X-Filename": path.name},
        )
        assert sent.json()["state"] == "received"

    # check, build, publish: the other door
    assert journey.work() == []
    delivery = journey.ask("police", "GET", "/v1/resources/police_population/deliveries").json()[0]
    detail = journey.ask("police", "GET", f"/v1/deliveries/{delivery['id']}").json()
    assert detail["state"] == "accepted_in_part"
    assert {f["department"] for f in detail["findings"]} == {"police"}

    # share: nothing without a grant; request, decision, grant
    journey.ask("fund", "GET", "/v1/data/person/records", 403)
    wanted = {
        "resource": "person",
        "columns": ["id_number", "name", "birth_date"],
        "purpose": "缴存人身份核验",
        "legal_basis": "住房公积金管理条例",
        "days": 30,
    }
    asked = journey.ask("fund", "POST", "/v1/requests", 201, json=wanted).json()
    assert asked["state"] == "checking"
    checked = journey.ask("steward", "POST", f"/v1/requests/{asked['id']}/check", json={"conforms": True}).json()
    assert {a["department"]: a["part"] for a in checked["answers"]} == {
        "digital_government": "provider",
        "police": "lead",
    }
    decision = {"approve": True, "reason": "法定职责", "masks": {"id_number": "plain"}}
    for answerer in ("steward", "police"):
        told = journey.ask(answerer, "POST", f"/v1/requests/{asked['id']}/decision", json=decision).json()
    assert told["state"] == "granted"
    page = journey.ask("fund", "GET", "/v1/data/person/records", params={"limit": 50})
    assert page.headers["X-Receipt-Id"]
    records = page.json()["records"]
    assert set(records[0]) == {"record_key", "id_number", "name", "birth_date"}
    record = next(r for r in records if r["id_number"])
    one = journey.ask("fund", "GET", f"/v1/data/person/records/{record['record_key']}").json()
    found = journey.ask("fund", "POST", "/v1/data/person/lookup", json={"identifier": record["id_number"]}).json()
    assert [one] == found["records"] == [record]
    assert "*" in record["name"], "the name is masked by default"
    extract = tmp_path / "extract.parquet"
    extract.write_bytes(journey.ask("fund", "GET", "/v1/data/person/extract.parquet").content)
    rows = duckdb.sql(f"select * from read_parquet('{extract}') where record_key = '{record['record_key']}'").df()
    assert list(rows.columns) == ["record_key", "id_number", "name", "birth_date"]
    assert rows["name"][0] == record["name"]

    # the evidence: who read this record
    reads = journey.ask(
        "steward", "GET", "/v1/receipts", params={"resource": "person", "record": record["record_key"]}
    ).json()
    assert {read["client"] for read in reads} == {"fund"}
    assert len(reads) == 4

    # accept
    report = journey.ask("steward", "POST", "/v1/projects/P2024-002/acceptance", 201, params={"as_of": AS_OF}).json()
    assert (report["verdict"], report["failed_items"]) == ("ready", [])
