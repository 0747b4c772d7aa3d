"""A small city behind the exchange: real files, a real register, clients that sign in."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.orm import Session

from api.demo import agree
from api.house import Exchange
from api.main import create_app
from basedb import fold, publish
from basedb.connect import Engine
from catalog import clients, departments, grants, registration, releases, resources, sharing
from catalog.keys import Keys, Purpose
from catalog.models import ApiClient, DataItem, Grant, Resource
from catalog.register import migrate, open_engine, transaction
from catalog.settings import Settings
from catalog.store import Store
from catalog.vocab import DataType, DeliveryMode, IdentifierKind, Mask, Sensitivity, ShareType
from tests.catalog.conftest import item, make_department, make_resource

START = datetime(2026, 11, 20, 2, tzinfo=UTC)
ROLES = ("steward", "registrar", "verifier", "consumer", "acceptance_officer", "auditor")
# id number | name | household | born: the third is a minor, the fourth's number is not valid
PEOPLE = """
00000019000101001X | 甲一 | h1 | 1900-01-01
000000198001010014 | 乙二 | h1 | 1980-01-01
000000201501010018 | 丙三 | h2 | 2015-01-01
                   | 丁四 | h2 | 1990-01-01
000000197001010011 | 戊五 | h3 | 1970-01-01
"""


@dataclass
class Clock:
    """A clock that tests move."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now


class Client:
    """Calls an ASGI app from tests without an event loop."""

    def __init__(self, app: FastAPI, base: str = "http://exchange") -> None:
        self.app = app
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        # a fault of ours must come back as an answer, as it would over the wire
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        self._http = httpx.AsyncClient(transport=transport, base_url=base)

    def request(self, method: str, path: str, token: str = "", **more: Any) -> httpx.Response:
        headers = {**({"Authorization": f"Bearer {token}"} if token else {}), **more.pop("headers", {})}
        call = self._http.request(method, path, headers=headers, **more)
        return asyncio.run_coroutine_threadsafe(call, self._loop).result(30)

    def get(self, path: str, token: str = "", **more: Any) -> httpx.Response:
        return self.request("GET", path, token, **more)

    def post(self, path: str, token: str = "", **more: Any) -> httpx.Response:
        return self.request("POST", path, token, **more)

    @property
    def cookies(self) -> httpx.Cookies:
        return self._http.cookies

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._http.aclose(), self._loop).result(30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@dataclass
class City:
    """The city under test: `api` calls it, `token(name)` signs a client in, `db` changes the register."""

    settings: Settings
    clock: Clock
    app: FastAPI
    api: Client
    log: list[str]
    secrets: dict[str, str]
    _tokens: dict[str, str] = field(default_factory=dict)

    @property
    def house(self) -> Exchange:
        found: Exchange = self.app.state.exchange
        return found

    @property
    def store(self) -> Store:
        return self.house.store

    def token(self, client_id: str) -> str:
        """A token of a client; one token for all tests of a city."""
        if client_id not in self._tokens:
            form = {"grant_type": "client_credentials", "client_id": client_id}
            answer = self.api.post("/oauth/token", data={**form, "client_secret": self.secrets[client_id]})
            self._tokens[client_id] = answer.json()["access_token"]
        return self._tokens[client_id]

    def transaction(self) -> Any:
        return self.house.transaction()

    def grant(self, slug: str = "people", department: str = "housing", **more: Any) -> str:
        """A grant, decided by the provider; its id."""
        with self.transaction() as db:
            grant = make_grant(db, self.house.keys, self.clock(), slug, department, **more)
        self.house.access.look_again()
        return grant.id

    def release(self, unit: str) -> str:
        """The release in force."""
        with self.transaction() as db:
            return releases.in_force(db, unit).release_id

    def revoke(self, grant_id: str) -> None:
        with self.transaction() as db:
            sharing.revoke(db, db.get_one(Grant, grant_id), reason="测试", by="test", now=self.clock())
        self.house.access.look_again()


def make_grant(
    db: Session, keys: Keys, now: datetime, slug: str, department: str, masks: dict[str, str] | None = None, **more: Any
) -> Grant:
    resource = resources.get(db, slug)
    facts: dict[str, Any] = {"columns": ["id_number", "name", "household_id"], "days": 30, **more}
    key = keys.current(Purpose.MASK).id
    asked = sharing.request(
        db,
        resource=resource,
        department=departments.get(db, department),
        purpose="公租房资格核验",
        legal_basis="公租房管理办法",
        mask_key_id=key,
        asked_by="test",
        now=now,
        zone=Settings().zone,
        **facts,
    )
    return agree(db, asked, by="test", now=now, zone=Settings().zone, mask_key_id=key, masks=masks)


def people_items() -> list[DataItem]:
    plain: dict[str, Any] = {"sensitivity": Sensitivity.INTERNAL}
    return [
        item("person_no", 0, is_key=True, **plain),
        item("id_number", 1, is_subject=True, is_lookup=True, identifier=IdentifierKind.CITIZEN_ID),
        item("name", 2),
        item("household_id", 3, is_lookup=True, **plain),
        item("birth_date", 4, data_type=DataType.DATE, stored_type="DATE"),
        item("secret_note", 5, share_type=ShareType.NOT_SHARED, sensitivity=Sensitivity.SENSITIVE),
        item("amount", 6, data_type=DataType.MONEY, stored_type="DECIMAL(18,2)", mask=Mask.PLAIN, **plain),
    ]


def make_release(db: Session, store: Store, keys: Keys, resource: Resource, text: str, day: date, now: datetime) -> str:
    """A release of checked rows, put in force."""
    folder = store.home / "made" / f"{resource.slug}-{day}"
    folder.mkdir(parents=True, exist_ok=True)
    rows = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    with duckdb.connect() as engine:
        engine.execute("create table raw (n bigint, id varchar, name varchar, household varchar, born date)")
        engine.executemany("insert into raw values (?, nullif(?, ''), ?, ?, ?)", [[n, *r] for n, r in enumerate(rows)])
        engine.execute(
            "create table good as select 'p' || n as person_no, id as id_number, "
            "case when id is null then 'X' || n end as id_number_raw, name, household as household_id, "
            "born as birth_date, 'note ' || n as secret_note, (n * 1.5)::decimal(18,2) as amount, "
            "'p' || n as _key, n + 2 as _row from raw order by n"
        )
        engine.execute("copy good to ? (format parquet)", [str(folder / "good.parquet")])
    delivery = fold.Delivery(f"d{day}", "0" * 64, day.isoformat(), 1, day, folder / "good.parquet")
    job = fold.Fold(
        table=resources.table_spec(db, resource),
        mode=DeliveryMode.SNAPSHOT,
        deliveries=[delivery],
        engine=Engine(store.tmp),
        secret=keys.current(Purpose.PLATFORM).secret,
    )
    candidate = fold.fold(job, store.candidates)
    publish.publish(candidate, store.releases)
    release = releases.record(db, store, candidate.manifest, now=now)
    releases.publish(db, release, now=now, by="test")
    return release.release_id


def make_clients(db: Session, now: datetime) -> dict[str, str]:
    """A client per department with every role, and per role one of the authority; secrets by client id."""
    made: dict[str, str] = {}
    for slug in ("digital_government", "police", "housing", "taxation"):
        for roles in (ROLES, *([role] for role in ROLES)):
            name = f"{slug}-{'all' if roles is ROLES else roles[0]}"
            client = clients.register(db, name, department=departments.get(db, slug), name=name, roles=roles, now=now)
            made[name] = cheap_secret(client, now)
    return made


def cheap_secret(client: ApiClient, now: datetime) -> str:
    """A secret hashed at a cost that tests can afford."""
    from argon2 import PasswordHasher

    from catalog.models import ClientSecret

    hashed = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(f"secret of {client.client_id}")
    client.secrets.append(ClientSecret(secret_hash=hashed, created_at=now))
    return f"secret of {client.client_id}"


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """One city for the tests of a module; tests make the grants they need."""
    settings = Settings(home=tmp_path_factory.mktemp("city") / "home", duckdb_memory="500MB")
    yield from open_city(settings)


@pytest.fixture(autouse=True)
def no_grant_outlives_its_test(request: pytest.FixtureRequest) -> Iterator[None]:
    """Grants that a test made are ended after it, that the next begins without any."""
    yield
    if "city" in request.fixturenames:
        city: City = request.getfixturevalue("city")
        with city.transaction() as db:
            living = [g.id for g in grants.listed(db) if g.revoked_at is None]
        for grant_id in living:
            city.revoke(grant_id)


def open_city(settings: Settings) -> Iterator[City]:
    store, clock = Store(settings.home.absolute()).prepare(), Clock()
    migrate(settings.database_url)
    keys = Keys(store.keys).ensure()
    engine = open_engine(settings.database_url)
    with transaction(engine) as db:
        registration.enter_reference_data(db)
        make_department(db, "digital_government", 1, is_authority=True)
        police = make_department(db, "police", 2)
        for serial, slug in enumerate(("housing", "taxation"), start=3):
            make_department(db, slug, serial)
        people = make_resource(db, police, "people")
        people.items.clear()
        db.flush()
        people.items.extend(people_items())
        db.flush()
        make_release(db, store, keys, people, PEOPLE, date(2026, 11, 19), clock())
        secrets = make_clients(db, clock())
    engine.dispose()
    log: list[str] = []
    app = create_app(settings, clock, log.append)
    api = Client(app)
    try:
        yield City(settings, clock, app, api, log, secrets)
    finally:
        api.close()
        app.state.exchange.close()


def keys_of(city: City, slug: str = "people") -> dict[str, str]:
    """Name -> record key, out of the release itself."""
    with city.transaction() as db:
        release = releases.in_force(db, slug)
    path: Path = city.store.release(slug, release.release_id) / f"{slug}.parquet"
    with duckdb.connect() as engine:
        return dict(engine.execute("select name, record_key from read_parquet(?)", [str(path)]).fetchall())


SECOND = timedelta(seconds=1)
