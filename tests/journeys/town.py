"""A fresh installation that tests speak to over HTTP, with the people of its departments."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from api.main import create_app
from catalog import clients, departments
from catalog.register import open_engine, transaction
from catalog.settings import Settings
from pipelines.checking import take
from pipelines.demo import initialise
from pipelines.house import open_house
from tests.api.conftest import Client, Clock, cheap_secret
from tests.catalog.workbooks import write

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SLUG = "police_population"
WISH = {
    "resource": SLUG,
    "columns": ["id_number", "sex_code"],
    "purpose": "资格核验",
    "legal_basis": "条例",
    "days": 30,
}
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

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        engine = open_engine(self.settings.database_url)
        with transaction(engine) as db:
            yield db
        engine.dispose()

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
        """Check what waits and fold it, as Dagster does."""
        house = open_house(self.settings, self.clock)
        take(house, SLUG, "journey")
        house.database.dispose()

    def publish(self, folder: Path) -> None:
        """The police and their resource, registered and published."""
        self.call("steward", "POST", "/v1/catalogs", files=book(write(folder / "police.xlsx")))
        self.client("registrar", "police", "registrar", "verifier")
        self.call("registrar", "POST", f"/v1/resources/{SLUG}/submission")
        self.call("steward", "POST", f"/v1/resources/{SLUG}/publication")

    def deliver(self, content: str, period: str, expected: int = 201) -> dict[str, Any]:
        path = f"/v1/resources/{SLUG}/deliveries?period={period}"
        sent: dict[str, Any] = self.call(
            "registrar", "POST", path, expected, content=content.encode(), headers={"X-Filename": "people.csv"}
        )
        return sent

    def consumer(self) -> None:
        """The housing bureau with a program that reads."""
        with self.transaction() as db:
            departments.enter(
                db, "housing", name="市住建局", credit_code="11140200MA0K12341M", division_code="140200",
                on=date(2020, 1, 1),
            )  # fmt: skip
        self.client("consumer", "housing", "consumer")

    def share(self) -> None:
        """A grant of the resource to the housing bureau."""
        asked = self.call("consumer", "POST", "/v1/requests", 201, json=WISH)
        self.call("steward", "POST", f"/v1/requests/{asked['id']}/check", json={"conforms": True})
        self.call("registrar", "POST", f"/v1/requests/{asked['id']}/decision", json={"approve": True})

    def close(self) -> None:
        self.api.close()
        self.app.state.exchange.close()


def book(path: Path) -> list[tuple[str, tuple[str, bytes, str]]]:
    return [("files", (path.name, path.read_bytes(), XLSX))]
