"""A department's whole way through the exchange on a fresh home: register, deliver, share, read, accept.

Every step that a person or a program of the city takes goes over HTTP; only the first clients and the
pipeline's run are in process.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from api.main import create_app
from catalog import clients, departments
from catalog.keys import Keys
from catalog.register import open_engine, transaction
from catalog.settings import Settings
from pipelines.checking import take
from pipelines.demo import initialise
from pipelines.house import open_house
from tests.api.conftest import START, Client, Clock, cheap_secret
from tests.catalog.workbooks import write

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SLUG = "police_population"
PEOPLE = "公民身份号码,性别代码\n140213198001010017,1\n140213197001010012,1\n140213196503150010,1\n"


class Town:
    """A fresh installation with the authority's clients; `call` speaks as one of them."""

    def __init__(self, home: Path) -> None:
        self.settings = Settings(home=home, duckdb_memory="500MB")
        initialise(self.settings)
        self.clock = Clock()
        self.secrets: dict[str, str] = {}
        self.tokens: dict[str, str] = {}
        with self.transaction() as db:
            departments.enter(
                db, "digital_government", name="市数字政府服务中心", credit_code="11140200MA0K12340M",
                division_code="140200", is_authority=True, on=date(2020, 1, 1),
            )  # fmt: skip
        self.client("steward", "digital_government", "steward")
        self.client("officer", "digital_government", "acceptance_officer")
        self.app = create_app(self.settings, self.clock, lambda line: None)
        self.api = Client(self.app)

    def transaction(self) -> Any:
        return transaction(open_engine(self.settings.database_url))

    def client(self, name: str, department: str, *roles: str) -> None:
        with self.transaction() as db:
            owner = departments.get(db, department)
            made = clients.register(db, name, department=owner, name=name, roles=roles, now=self.clock())
            self.secrets[name] = cheap_secret(made, self.clock())

    def call(self, who: str, method: str, path: str, expected: int = 200, **more: Any) -> Any:
        if who not in self.tokens:
            form = {"grant_type": "client_credentials", "client_id": who, "client_secret": self.secrets[who]}
            self.tokens[who] = self.api.post("/oauth/token", data=form).json()["access_token"]
        answer = self.api.request(method, path, self.tokens[who], **more)
        assert answer.status_code == expected, answer.text
        return answer if method == "HEAD" or path.endswith((".xlsx", ".parquet")) else answer.json()

    def run_pipeline(self) -> None:
        assert Keys(open_house(self.settings, self.clock).store.keys)
        take(open_house(self.settings, self.clock), SLUG, "journey")


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    made = Town(tmp_path / "home")
    yield made
    made.api.close()
    made.app.state.exchange.close()


def book(path: Path) -> list[tuple[str, tuple[str, bytes, str]]]:
    return [("files", (path.name, path.read_bytes(), XLSX))]


def test_a_department_registers_delivers_shares_and_is_accepted_over_http(town: Town, tmp_path: Path) -> None:
    # the steward enters the new department with a faulty workbook first
    faulty = write(tmp_path / "faulty.xlsx", resource={"共享类型": None})
    told = town.call("steward", "POST", "/v1/catalogs", 422, files=book(faulty))
    assert next((f["column"], bool(f["cell"])) for f in told["facts"]["faults"]) == ("共享类型", True)
    marked = town.call("steward", "GET", told["facts"]["marked"][0]["url"])
    assert marked.content[:2] == b"PK"
    workbook = book(write(tmp_path / "police.xlsx"))
    entered = town.call("steward", "POST", "/v1/catalogs", files=workbook)
    assert entered["changed"] == [SLUG]
    town.client("registrar", "police", "registrar", "verifier")
    again = town.call("registrar", "POST", "/v1/catalogs", files=workbook)
    assert (again["changed"], again["unchanged"]) == ([], [SLUG])

    # submitted, returned, submitted again, published
    town.call("registrar", "POST", f"/v1/resources/{SLUG}/submission", json={})
    back = {"reasons": [{"column": "信息资源摘要", "reason": "写明范围"}]}
    town.call("steward", "POST", f"/v1/resources/{SLUG}/return", json=back)
    entry = town.call("registrar", "GET", f"/v1/resources/{SLUG}/entry")
    assert (entry["state"], entry["returned"][0]["column"]) == ("returned", "信息资源摘要")
    mended = book(write(tmp_path / "police.xlsx", resource={"信息资源摘要": "本市户籍人口的基本信息"}))
    town.call("registrar", "POST", "/v1/catalogs", files=mended)
    town.call("registrar", "POST", f"/v1/resources/{SLUG}/submission", json={"version": 2})
    published = town.call("steward", "POST", f"/v1/resources/{SLUG}/publication", json={"version": 2})
    assert (published["state"], published["code"]) == ("published", "302001/000001")
    kinds = {n["kind"] for n in town.call("registrar", "GET", "/v1/notices")}
    assert kinds == {"catalog_returned", "catalog_published"}

    # delivered, checked
    sent = town.call(
        "registrar", "POST", f"/v1/resources/{SLUG}/deliveries?period=2026-11-19", 201,
        content=PEOPLE.encode(), headers={"X-Filename": "people.csv"},
    )  # fmt: skip
    town.run_pipeline()
    checked = town.call("registrar", "GET", f"/v1/deliveries/{sent['id']}")
    assert (checked["state"], checked["good"]) == ("accepted", 3)

    # asked for, granted, read in every way
    with town.transaction() as db:
        departments.enter(
            db, "housing", name="市住建局", credit_code="11140200MA0K12341M", division_code="140200",
            on=date(2020, 1, 1),
        )  # fmt: skip
    town.client("consumer", "housing", "consumer")
    wish = {
        "resource": SLUG,
        "columns": ["id_number", "sex_code"],
        "purpose": "资格核验",
        "legal_basis": "条例",
        "days": 30,
    }
    asked = town.call("consumer", "POST", "/v1/requests", 201, json=wish)
    town.call("steward", "POST", f"/v1/requests/{asked['id']}/check", json={"conforms": True})
    granted = town.call("registrar", "POST", f"/v1/requests/{asked['id']}/decision", json={"approve": True})
    assert granted["state"] == "granted"
    data = f"/v1/data/{SLUG}"
    page = town.call("consumer", "GET", f"{data}/records")
    assert len(page["records"]) == 3
    key = page["records"][0]["record_key"]
    one = town.call("consumer", "GET", f"{data}/records/{key}")
    assert one["record_key"] == key
    by_number = town.call("consumer", "POST", f"{data}/lookup", json={"identifier": "140213198001010017"})
    assert len(by_number["records"]) == 1
    extract = town.call("consumer", "GET", f"{data}/extract.parquet")
    assert pl.read_parquet(BytesIO(extract.content)).height == 3

    # accepted
    report = town.call("officer", "GET", "/v1/projects/P1/acceptance")
    assert (report["verdict"], report["failed_items"]) == ("ready", [])
    exported = town.call("registrar", "GET", "/v1/catalogs/police.xlsx")
    same = town.call("registrar", "POST", "/v1/catalogs", files=[("files", ("police.xlsx", exported.content, XLSX))])
    assert (same["changed"], same["revised"], same["unchanged"]) == ([], [], [SLUG])


def test_a_registrar_cannot_hand_in_for_another_department_nor_review(town: Town, tmp_path: Path) -> None:
    workbook = book(write(tmp_path / "police.xlsx"))
    town.call("steward", "POST", "/v1/catalogs", files=workbook)
    with town.transaction() as db:
        departments.enter(
            db, "housing", name="市住建局", credit_code="11140200MA0K12341M", division_code="140200", on=START.date()
        )
    town.client("stranger", "housing", "registrar")
    told = town.call("stranger", "POST", "/v1/catalogs", 403, files=workbook)
    assert told["facts"]["departments"] == ["police"]
    town.call("stranger", "POST", f"/v1/resources/{SLUG}/submission", 403, json={})
    town.call("stranger", "POST", f"/v1/resources/{SLUG}/publication", 403, json={})
    town.call("stranger", "GET", f"/v1/resources/{SLUG}/entry", 403)
