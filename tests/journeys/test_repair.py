"""A repaired penalty is gone from every door, also from the releases of before, in the base and with its department."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from sqlalchemy import select

from api.demo import agree
from api.main import create_app
from basedb import manifest
from catalog import clients, departments, releases, resources, rollbacks, sharing, showable
from catalog.keys import Purpose
from catalog.models import BaseInput, Suppression
from catalog.vocab import Base
from pipelines import repairs
from pipelines.basedbs import build_candidate, publish_candidate
from pipelines.checking import take
from pipelines.house import House
from pipelines.landing import collect
from tests.api.conftest import Client, cheap_secret
from tests.catalog.conftest import make_resource
from tests.helpers import AS_OF
from tests.pipelines.conftest import city_house

__all__ = ["city_house"]

COLUMNS = ("document_no", "credit_code", "decided_date", "severity_code")
DEPARTMENT, DECISIONS = "market_regulation_penalty", "development_reform_repair"


def publish(house: House) -> str:
    publish_candidate(house, build_candidate(house, Base.CREDIT))
    with house.transaction() as db:
        return releases.in_force(db, Base.CREDIT).release_id


def penalty(house: House, release_id: str) -> dict[str, Any]:
    """A firm's penalty that is shown, and of which the least period is over."""
    path = house.store.release(Base.CREDIT, release_id) / "penalty.parquet"
    with duckdb.connect() as connection:
        query = """select record_key, document_no, credit_code, entity_key from read_parquet(?)
            where repaired_date is null and credit_code is not null and entity_key is not null
                and visible_until > date '2026-12-31' and earliest_repair_date < date '2026-11-01'
            order by document_no limit 1"""
        found = connection.execute(query, [str(path)])
        return dict(zip([c[0] for c in found.description], found.fetchall()[0], strict=True))


def repair(house: House, record: dict[str, Any], outcome: str = "1", number: str = "R1") -> None:
    row = {"repair_no": number, "record_kind_code": "1", "document_no": record["document_no"]}
    row |= {"credit_code": record["credit_code"], "id_number": None, "applied_date": "2026-11-02"}
    row |= {"decided_date": "2026-11-10" if outcome == "1" else "2026-11-12", "outcome_code": outcome}
    row |= {"authority_name": "某委"}
    path = house.store.landing / "development_reform" / "development_reform_repair" / f"{AS_OF}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(row, ensure_ascii=False) + "\n")
    collect(house)
    assert take(house, "development_reform_repair", "run").is_new


class Door:
    """The exchange over the house's home, asked by a department with grants on the penalties."""

    def __init__(self, house: House) -> None:
        from catalog.settings import Settings

        self.app = create_app(Settings(home=house.settings.home), house.clock, lambda line: None)
        self.api, self.house = Client(self.app), self.app.state.exchange
        with self.house.transaction() as db:
            fund = departments.get(db, "housing_fund")
            client = clients.register(db, "asker", department=fund, name="x", roles=["consumer"], now=house.clock())
            self.secret = cheap_secret(client, house.clock())
            decisions = ("repair_no", "document_no", "credit_code")
            for slug, columns in (
                ("penalty", (*COLUMNS, "entity_key")), (DEPARTMENT, COLUMNS),
                ("credit_repair", decisions), (DECISIONS, decisions),
            ):  # fmt: skip
                self._grant(db, slug, columns)
        form = {"grant_type": "client_credentials", "client_id": "asker", "client_secret": self.secret}
        self.token = self.api.post("/oauth/token", data=form).json()["access_token"]

    def _grant(self, db: Any, slug: str, columns: tuple[str, ...]) -> None:
        key, now, zone = self.house.keys.current(Purpose.MASK).id, self.house.clock(), self.house.settings.zone
        asked = sharing.request(
            db, resource=resources.get(db, slug), department=departments.get(db, "housing_fund"), columns=columns,
            purpose="核验", legal_basis="条例", days=30, mask_key_id=key, asked_by="test", now=now, zone=zone,
        )  # fmt: skip
        agree(db, asked, by="test", now=now, zone=zone, mask_key_id=key)

    def __call__(self, method: str, path: str, **more: Any) -> Any:
        return self.api.request(method, path, self.token, **more)

    def numbers(self, slug: str) -> set[str]:
        """The document numbers of all pages of a resource."""
        found: set[str] = set()
        cursor: str | None = ""
        while cursor is not None:
            more = {"params": {"cursor": cursor}} if cursor else {}
            answer = self("GET", f"/v1/data/{slug}/records", **more).json()
            found |= {row["document_no"] for row in answer["records"]}
            cursor = answer["next"]
        return found

    def extract(self, slug: str, folder: Path) -> set[str]:
        answer = self("GET", f"/v1/data/{slug}/extract.parquet")
        assert answer.status_code == 200, answer.text
        path = folder / f"{slug}.parquet"
        path.write_bytes(answer.content)
        with duckdb.connect() as connection:
            return {n for (n,) in connection.execute("select document_no from read_parquet(?)", [str(path)]).fetchall()}

    def close(self) -> None:
        self.api.close()
        self.house.close()


@pytest.fixture
def door(city_house: House) -> Iterator[Door]:
    found = Door(city_house)
    yield found
    found.close()


def shown(door: Door, record: dict[str, Any], keys: dict[str, str], folder: Path) -> dict[str, bool]:
    """Of each door whether it shows the penalty."""
    number, found = record["document_no"], {}
    for slug, key in keys.items():
        found[f"{slug} record"] = door("GET", f"/v1/data/{slug}/records/{key}").status_code == 200
        sent = {"json": {"column": "credit_code", "value": record["credit_code"]}}
        found[f"{slug} lookup"] = number in door("POST", f"/v1/data/{slug}/lookup", **sent).text
        found[f"{slug} pages"] = number in door.numbers(slug)
        found[f"{slug} extract"] = number in door.extract(slug, folder)
    body = {"json": {"record_key": record["entity_key"]}}
    for slug in ("credit_repair", DECISIONS):
        found[f"{slug} lookup"] = number in door("POST", f"/v1/data/{slug}/lookup", **sent).text
    found["whole"] = number in door("POST", "/v1/whole/legal_entity", **body).text
    found["report"] = number in door("POST", "/v1/credit-reports/legal_entity", **body).text
    before = {"json": {"record_key": record["entity_key"], "on": "2026-10-20"}}
    found["report of last month"] = number in door("POST", "/v1/credit-reports/legal_entity", **before).text
    return found


def test_a_repaired_penalty_is_gone_from_every_door_and_every_release_until_the_repair_is_taken_back(
    city_house: House, door: Door, tmp_path: Path
) -> None:
    before = publish(city_house)
    record = penalty(city_house, before)
    keys = {"penalty": record["record_key"]}
    sent = {"json": {"column": "credit_code", "value": record["credit_code"]}}
    rows = door("POST", f"/v1/data/{DEPARTMENT}/lookup", **sent).json()["records"]
    keys[DEPARTMENT] = next(r["record_key"] for r in rows if r["document_no"] == record["document_no"])
    first = shown(door, record, keys, tmp_path)
    assert {name for name, is_shown in first.items() if not is_shown} == {"credit_repair lookup", f"{DECISIONS} lookup"}

    repair(city_house, record)
    after = publish(city_house)
    assert after != before
    door.house.access.look_again()
    assert {name for name, is_shown in shown(door, record, keys, tmp_path).items() if is_shown} == set()
    changes = door("GET", "/v1/data/penalty/changes", params={"since": before}).json()["changes"]
    assert [each["op"] for each in changes if each["record_key"] == record["record_key"]] == ["delete"]

    # as of last month: the release from before the repair is in force again, and shows it no more
    with city_house.transaction() as db:
        rollbacks.roll_back(db, Base.CREDIT, before, by="test", now=city_house.clock(), reason="测试")
    door.house.access.look_again()
    assert {name for name, is_shown in shown(door, record, keys, tmp_path).items() if is_shown} == set()

    repair(city_house, record, "3", "R2")
    publish(city_house)
    door.house.access.look_again()
    assert set(shown(door, record, keys, tmp_path).values()) == {True}
    with city_house.transaction() as db:
        of = select(Suppression).where(Suppression.record_key == record["record_key"])
        assert [each.valid_to is not None for each in db.scalars(of)] == [True]
        resource = resources.get(db, "penalty")
        assert record["record_key"] not in showable.suppressed(db, resource, city_house.today)


def test_a_repaired_penalty_that_its_department_delivers_no_more_stays_withheld_in_releases_of_before(
    city_house: House,
) -> None:
    release_id = publish(city_house)
    folder = city_house.store.release(Base.CREDIT, release_id)
    with duckdb.connect() as connection:
        query = "select record_key from read_parquet(?) where repaired_date is not null order by 1 limit 1"
        [(key,)] = connection.execute(query, [str(folder / "penalty.parquet")]).fetchall()
        shutil.copytree(folder, folder.with_name("without"))
        rows = f"from read_parquet('{folder / 'penalty.parquet'}') where record_key <> '{key}'"
        connection.execute(f"copy ({rows}) to '{folder.with_name('without') / 'penalty.parquet'}'")
    assert repairs.withhold(city_house, Base.CREDIT, "without")
    with city_house.transaction() as db:
        assert key in showable.suppressed(db, resources.get(db, "penalty"), city_house.today)


def test_the_rows_of_another_resource_that_tells_of_the_same_penalty_go_too_and_others_of_its_number_stay(
    city_house: House,
) -> None:
    release_id = publish(city_house)
    folder = city_house.store.release(Base.CREDIT, release_id)
    with duckdb.connect() as connection:
        query = """select document_no, authority_code from read_parquet(?)
            where repaired_date is not null and authority_code is not null order by 1 limit 1"""
        [(number, own)] = connection.execute(query, [str(folder / "penalty.parquet")]).fetchall()
        other = city_house.store.release("other_penalty", "r1")
        other.mkdir(parents=True)
        rows = f"(values ('same', '{own}'), ('unsaid', null), ('another', '11140200MB00000000')) t(record_key, authority_code)"
        query = f"copy (select *, '{number}' as document_no from {rows}) to '{other / 'p.parquet'}'"
        connection.execute(query)
    manifest.write(other, {"tables": {"other_penalty": {"file": "p.parquet"}}})
    shutil.copytree(folder, folder.with_name("both"))
    facts = json.loads((folder / manifest.FILE).read_text())
    source = {"resource": "other_penalty", "release_id": "r1", "code": 99}
    manifest.write(folder.with_name("both"), {**facts, "sources": [*facts["sources"], source]})
    with city_house.transaction() as db:
        resource = make_resource(db, departments.get(db, "housing_fund"), "other_penalty")
        db.add(BaseInput(base=Base.CREDIT, role="penalty", resource=resource, rank=9))
    assert repairs.withhold(city_house, Base.CREDIT, "both")
    with city_house.transaction() as db:
        withheld = showable.suppressed(db, resources.get(db, "other_penalty"), city_house.today)
    assert withheld == {"same", "unsaid"}


def test_what_the_sample_s_repairs_ended_is_withheld_with_a_reason_and_no_value(city_house: House) -> None:
    release_id = publish(city_house)
    path = city_house.store.release(Base.CREDIT, release_id) / "penalty.parquet"
    with duckdb.connect() as connection:
        query = "select record_key from read_parquet(?) where repaired_date is not null"
        repaired = {key for (key,) in connection.execute(query, [str(path)]).fetchall()}
    with city_house.transaction() as db:
        withheld = showable.suppressed(db, resources.get(db, "penalty"), city_house.today)
        reasons = set(db.scalars(select(Suppression.reason)))
    assert repaired and repaired <= withheld
    assert reasons <= {"信用修复", "移出名单", "公示期满"}
