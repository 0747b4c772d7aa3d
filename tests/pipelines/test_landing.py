"""The watched folder and the front-end databases."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import select

from catalog import resources
from catalog.models import Delivery
from catalog.vocab import Channel
from pipelines.house import House
from pipelines.landing import collect, pull
from tests.conftest import NOW


def put(house: House, name: str, content: str = "x", folder: str = "police/police_population") -> Path:
    path = house.store.landing / folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    return path


def received(house: House) -> list[tuple[str, int, Channel]]:
    with house.transaction() as db:
        rows = db.scalars(select(Delivery).order_by(Delivery.period, Delivery.sequence))
        return [(d.period, d.sequence, d.channel) for d in rows]


def test_a_complete_file_becomes_a_delivery_and_leaves_the_folder(house: House) -> None:
    path = put(house, "2026-11-19.csv")
    assert len(collect(house)[0]) == 1
    assert received(house) == [("2026-11-19", 1, Channel.FOLDER)]
    assert not path.exists()


def test_a_file_that_is_still_being_written_waits(house: House) -> None:
    put(house, "2026-11-19.csv.part")
    assert collect(house) == ([], [])


def test_a_file_name_may_state_the_sequence(house: House) -> None:
    put(house, "2026-11-19.3.csv")
    collect(house)
    assert received(house) == [("2026-11-19", 3, Channel.FOLDER)]


@pytest.mark.parametrize(
    ("folder", "name", "code"),
    [
        ("police/unknown_resource", "2026-11-19.csv", "not_found"),
        ("health/police_population", "2026-11-19.csv", "misconfigured"),
        ("police/police_population", "2026-11.csv", "invalid"),
    ],
)
def test_a_file_that_cannot_be_received_is_set_aside_with_the_reason(
    house: House, folder: str, name: str, code: str
) -> None:
    put(house, name, folder=folder)
    assert len(collect(house)[1]) == 1
    note = house.store.landing / ".refused" / folder / f"{name}.txt"
    assert note.read_text().startswith(code)
    assert collect(house) == ([], []), "what was refused is not tried again"
    assert received(house) == []


def with_front_end(house: House, table: str) -> None:
    with house.transaction() as db:
        resources.get(db, "police_population").pull_table = table


def test_the_newest_complete_period_is_pulled_from_a_sqlite_front_end(house: House) -> None:
    house.store.frontend.mkdir()
    with sqlite3.connect(house.store.frontend / "police.sqlite") as front:
        front.execute("create table people (id_number text, name text)")
        front.execute("insert into people values ('000000190001010014', 'x')")
    front.close()
    with_front_end(house, "police.sqlite:people")
    assert len(pull(house)[0]) == 1
    pull(house)
    assert received(house) == [("2026-11-19", 1, Channel.PULL)], "the same rows again are a repeat"


def test_a_postgresql_front_end_is_pulled_as_its_department_set_it(house: House, postgresql: str) -> None:
    address = f"host={postgresql} user=city dbname=postgres"
    with psycopg.connect(address, autocommit=True) as server:
        server.execute("create schema if not exists front")
        server.execute("drop table if exists front.people")
        server.execute("create table front.people (id_number text, name text)")
        server.execute("insert into front.people values ('000000190001010014', 'x')")
    with_front_end(house, "postgresql:front.people")
    house.settings.frontend_urls["police"] = address
    assert len(pull(house)[0]) == 1
    assert received(house) == [("2026-11-19", 1, Channel.PULL)]


@pytest.mark.parametrize("table", ["missing.sqlite:people", "postgresql:front.people", "../../etc/x:y"])
def test_an_unreachable_front_end_is_told_and_keeps_nobody_waiting(house: House, table: str) -> None:
    with_front_end(house, table)
    received_ids, failed = pull(house)
    assert received_ids == []
    assert len(failed) == 1


@pytest.mark.parametrize(
    "change", [Path.unlink, lambda path: (path.unlink(), path.mkdir())], ids=["vanished", "unreadable"]
)
def test_a_file_that_cannot_be_read_keeps_no_other_waiting(house: House, change: Callable[[Path], object]) -> None:
    first = put(house, "2026-11-18.csv")
    put(house, "2026-11-19.csv", "y")

    def moment() -> datetime:
        """The file changes between its being seen and its being read."""
        if first.is_file():
            change(first)
        return NOW

    received_ids, refused = collect(replace(house, clock=moment))
    assert len(received_ids) == 1
    assert len(refused) == (0 if change is Path.unlink else 1)
    assert [period for period, _, _ in received(house)] == ["2026-11-19"]


def test_links_are_refused_wherever_they_stand_and_what_they_lead_to_stays(house: House, tmp_path: Path) -> None:
    outside = tmp_path / "outside" / "police_population"
    outside.mkdir(parents=True)
    secret = outside / "2026-11-19.csv"
    secret.write_text("x")
    folder = house.store.landing / "police" / "police_population"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "2026-11-18.csv").symlink_to(secret)
    (house.store.landing / "police" / "police_cards").symlink_to(outside)
    (house.store.landing / "health").symlink_to(outside.parent)
    put(house, "2026-11-20.csv")
    received_ids, refused = collect(house)
    assert (len(received_ids), len(refused)) == (1, 3)
    assert secret.read_text() == "x"
    assert collect(house) == ([], [])


def test_a_file_name_that_is_too_long_or_no_text_is_refused_and_told_of(house: House) -> None:
    put(house, "报" * 83 + ".csv", folder="police/unknown_resource")
    put(house, os.fsdecode(b"2026-11-\xff.csv"))
    put(house, "2026-11-19.csv")
    received_ids, refused = collect(house)
    assert (len(received_ids), len(refused)) == (1, 2)
    "".join(refused).encode()
    assert collect(house) == ([], [])
