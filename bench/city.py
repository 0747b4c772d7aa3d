"""A register with one large resource, for benchmarks of the exchange."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
from sqlalchemy.orm import Session

from api.demo import agree
from basedb import fold, publish, read
from basedb.connect import Engine
from catalog import clients, departments, registration, releases, resources, sharing
from catalog.keys import Keys, Purpose
from catalog.models import DataItem, Department, Resource
from catalog.register import migrate, open_engine, transaction
from catalog.settings import Settings
from catalog.store import Store
from catalog.vocab import (
    DataType,
    DeliveryMode,
    FormatClass,
    IdentifierKind,
    ResourceState,
    Sensitivity,
    ShareMethod,
    ShareType,
    UpdateCycle,
)

SLUG = "bench_person"
COLUMNS = ("id_number", "name", "sex_code", "birth_date", "address", "division_code", "household_id", "status_code")


@dataclass(frozen=True, slots=True)
class BenchCity:
    """A consumer's client with a live grant, and some (record key, identifier) pairs to ask for."""

    settings: Settings
    client_id: str
    client_secret: str
    samples: list[tuple[str, str]]


def make_city(home: Path, rows: int) -> BenchCity:
    """A home with one published resource of so many made-up persons, region 000000."""
    settings = Settings(home=home)
    store, now = Store(home).prepare(), datetime.now(UTC)
    migrate(settings.database_url)
    keys = Keys(store.keys).ensure()
    engine = open_engine(settings.database_url)
    try:
        with transaction(engine) as db:
            registration.enter_reference_data(db)
            _department(db, "bench_authority", 3, is_authority=True)
            provider = _department(db, "bench_provider", 1)
            consumer = _department(db, "bench_consumer", 2)
            resource = _resource(db, provider)
            directory = _release(db, store, keys, resource, rows, now)
            client = clients.register(db, "bench", department=consumer, name="bench", roles=["consumer"], now=now)
            secret = clients.new_secret(db, client, now=now)
            _grant(db, keys, resource, consumer, now, settings)
        return BenchCity(settings, "bench", secret, _samples(directory))
    finally:
        engine.dispose()


def _department(db: Session, slug: str, serial: int, *, is_authority: bool = False) -> Department:
    told: dict[str, Any] = {
        "credit_code": f"11140200MA0K{serial:05d}M",
        "division_code": "140200",
        "on": date(2020, 1, 1),
    }
    return departments.enter(db, slug, name=slug, is_authority=is_authority, **told)


def _resource(db: Session, provider: Department) -> Resource:
    found = Resource(
        slug=SLUG,
        class_digit="3",
        class_item="01",
        category="001",
        name="测速用资源",
        provider=provider,
        abstract="测速",
        format_class=FormatClass.DATABASE,
        format_type="duckdb",
        share_type=ShareType.CONDITIONAL,
        share_condition="测速",
        share_method=ShareMethod.API,
        update_cycle=UpdateCycle.DAILY,
        state=ResourceState.DRAFT,
        delivery_mode=DeliveryMode.SNAPSHOT,
        secrecy_reviewer="bench",
        secrecy_reviewed_date=date(2026, 1, 1),
        unit=SLUG,
        table_name=SLUG,
        items=[_item(position, name) for position, name in enumerate(COLUMNS)],
    )
    db.add(found)
    db.flush()
    resources.give_code(db, found)
    resources.publish(db, found, on=date(2026, 1, 1))
    return found


def _item(position: int, name: str) -> DataItem:
    is_id, is_date = name == "id_number", name == "birth_date"
    return DataItem(
        position=position,
        name=name,
        title=name,
        data_type=DataType.DATE if is_date else DataType.TEXT,
        stored_type="DATE" if is_date else "VARCHAR",
        is_key=is_id,
        is_subject=is_id,
        is_lookup=is_id or name == "household_id",
        identifier=IdentifierKind.CITIZEN_ID if is_id else None,
        sensitivity=Sensitivity.INTERNAL if name.endswith("_code") or name == "household_id" else Sensitivity.PERSONAL,
        share_type=ShareType.CONDITIONAL,
    )


def _release(db: Session, store: Store, keys: Keys, resource: Resource, rows: int, now: datetime) -> Path:
    good = store.tmp / "good.parquet"
    with duckdb.connect() as engine:
        engine.execute(
            "create table good as select '000000' || printf('%012d', n) as id_number, null::varchar as id_number_raw, "
            "'测试' || n % 997 as name, (1 + n % 2)::varchar as sex_code, date '1940-01-01' + (n % 20000)::integer as "
            "birth_date, '云冈区测试路' || n % 500 || '号' as address, '140214' as division_code, 'h' || n // 3 as "
            "household_id, '1' as status_code, '000000' || printf('%012d', n) as _key, n + 2 as _row from range(?) t(n)",
            [rows],
        )
        engine.execute("copy good to ? (format parquet)", [str(good)])
    spec = resources.table_spec(db, resource)
    delivery = fold.Delivery("bench", "0" * 64, "2026-01-01", 1, date(2026, 1, 1), good)
    limits = Engine(store.tmp)
    secret = keys.current(Purpose.PLATFORM).secret
    candidate = fold.fold(fold.Fold(spec, DeliveryMode.SNAPSHOT, [delivery], limits, secret), store.candidates)
    made = publish.publish(candidate, store.releases)
    releases.publish(db, releases.record(db, store, candidate.manifest, now=now), now=now, by="bench")
    read.prepare_lookup(made.directory, spec, limits)
    return made.directory


def _grant(
    db: Session, keys: Keys, resource: Resource, consumer: Department, now: datetime, settings: Settings
) -> None:
    key = keys.current(Purpose.MASK).id
    asked = sharing.request(
        db,
        resource=resource,
        department=consumer,
        columns=COLUMNS,
        purpose="bench",
        legal_basis="bench",
        days=1,
        mask_key_id=key,
        asked_by="bench",
        now=now - timedelta(minutes=1),
        zone=settings.zone,
    )
    agree(
        db,
        asked,
        by="bench",
        now=now - timedelta(minutes=1),
        zone=settings.zone,
        mask_key_id=key,
        masks={"name": "plain", "address": "partial", "birth_date": "year"},
    )


def _samples(directory: Path) -> list[tuple[str, str]]:
    with duckdb.connect() as engine:
        query = "select record_key, id_number from read_parquet(?) order by hash(record_key) limit 5000"
        return engine.execute(query, [str(directory / f"{SLUG}.parquet")]).fetchall()
