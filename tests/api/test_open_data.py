"""What everybody may download, and everything that must not be in it."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from api import open_data
from api.main import tidy
from basedb import fold, publish
from basedb.connect import Engine
from catalog import departments, grants, releases, resources
from catalog.held import RELEASE
from catalog.keys import Purpose
from catalog.models import Extract, Spill, SpillPart
from catalog.reads import reads_of
from catalog.register import bump
from catalog.store import sha256_of
from catalog.vocab import DataType, DeliveryMode, IdentifierKind, Mask, ResourceState, Sensitivity, ShareType
from tests.api.conftest import PEOPLE, City, keys_of, make_release, people_items
from tests.catalog.conftest import item, make_resource

FILES = ("/v1/open/register/data.csv", "/v1/open/register/data.parquet")
OPENED = ("person_no", "household_id", "amount")


@pytest.fixture(scope="module", autouse=True)
def _register(city: City) -> None:
    """A public register of persons, some of its items open: the third is a minor."""
    with city.transaction() as db:
        found = make_resource(db, departments.get(db, "police"), "register", share_type=ShareType.UNCONDITIONAL)
        found.is_open, found.open_condition = True, "注明来源"
        found.items.clear()
        db.flush()
        found.items.extend(people_items())
        for each in found.items:
            each.share_type = ShareType.UNCONDITIONAL if each.name != "secret_note" else ShareType.NOT_SHARED
            each.is_open = each.name in OPENED
        db.flush()
        make_release(db, city.store, city.house.keys, found, PEOPLE, date(2026, 11, 19), city.clock())


@pytest.fixture
def changed(city: City) -> Iterator[Any]:
    """Changes facts of the resource, or of one of its items, until the test ends."""
    before: list[tuple[str, str, Any]] = []

    def change(item: str = "", **facts: Any) -> None:
        for name, value in facts.items():
            before.append((item, name, put(item, name, value)))

    def put(item: str, name: str, value: Any) -> Any:
        with city.transaction() as db:
            found = resources.get(db, "register")
            thing = next(each for each in found.items if each.name == item) if item else found
            old = getattr(thing, name)
            setattr(thing, name, value)
            bump(db, "definitions")
        city.house.access.look_again()
        return old

    yield change
    for undone in reversed(before):
        put(*undone)


def lines(city: City) -> list[dict[str, str]]:
    answer = city.api.get(FILES[0])
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def table(city: City) -> list[dict[str, Any]]:
    answer = city.api.get(FILES[1])
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = pq.read_table(BytesIO(answer.content)).to_pylist()
    return found


def last_receipt(city: City) -> dict[str, Any]:
    with closing(sqlite3.connect(city.store.receipts / "w01.sqlite")) as db:
        (body,) = db.execute("select body from receipt order by seq desc limit 1").fetchone()
    found: dict[str, Any] = json.loads(body)
    return found


def names(city: City) -> set[str]:
    keys = {key: name for name, key in keys_of(city, "register").items()}
    return {keys[row["record_key"]] for row in table(city)}


def test_everybody_downloads_the_open_items_and_no_others(city: City) -> None:
    for rows in (lines(city), table(city)):
        assert len(rows) == 4
        assert {frozenset(row) for row in rows} == {frozenset({"record_key", *OPENED})}


def test_a_minor_is_in_no_file(city: City) -> None:
    assert names(city) == {"甲一", "乙二", "丁四", "戊五"}


def test_each_download_leaves_a_receipt_that_the_search_for_readers_finds(city: City) -> None:
    answer = city.api.get(FILES[0])
    receipt = last_receipt(city)
    assert receipt["id"] == answer.headers["x-receipt-id"]
    assert (receipt["client"], receipt["grant"], receipt["purpose"]) == (open_data.EVERYBODY, "", "向社会开放")
    assert receipt["columns"] == dict.fromkeys(OPENED, "plain")
    assert (receipt["rows"], receipt["release"]) == (4, answer.headers["x-release-id"])
    keys = keys_of(city, "register")
    read, minor = (reads_of(city.store, city.house.digests, "register", keys[name]) for name in ("甲一", "丙三"))
    assert receipt["id"] in {each.receipt_id for each in read}
    assert minor == []


@pytest.mark.parametrize("path", FILES)
def test_a_reader_who_has_the_file_is_told_so_without_a_receipt(city: City, path: str) -> None:
    first = city.api.get(path)
    receipt = last_receipt(city)
    for headers in (
        {"If-None-Match": first.headers["etag"]},
        {"If-None-Match": f'W/{first.headers["etag"]}, "x"'},
        {"If-Modified-Since": first.headers["last-modified"]},
    ):
        again = city.api.get(path, headers=headers)
        assert (again.status_code, again.content) == (304, b"")
    assert last_receipt(city) == receipt
    for headers in (
        {"If-None-Match": '"x"', "If-Modified-Since": first.headers["last-modified"]},
        {"If-Modified-Since": "x"},
    ):
        assert city.api.get(path, headers=headers).status_code == 200


def test_the_two_files_have_tags_of_their_own_and_parts_are_served(city: City) -> None:
    one, other = (city.api.get(path) for path in FILES)
    assert one.headers["etag"] != other.headers["etag"]
    part = city.api.get(FILES[1], headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.content) == (206, b"PAR1")
    assert city.api.request("HEAD", FILES[1]).headers["content-length"] == str(len(other.content))


def test_a_suppressed_record_leaves_at_once_and_its_old_file_goes(city: City) -> None:
    key = keys_of(city, "register")["戊五"]
    before = city.api.get(FILES[0])
    with city.transaction() as db:
        facts: dict[str, Any] = {"reason": "信用修复", "by": "steward", "now": city.clock()}
        register = resources.get(db, "register")
        suppression = grants.suppress(db, register, key, valid_from=city.house.today, **facts)
    city.house.access.look_again()
    assert key in before.text
    assert key not in city.api.get(FILES[0], headers={"If-None-Match": before.headers["etag"]}).text
    assert "戊五" not in names(city)
    tidy(city.house)
    assert all(key not in path.read_text() for path in city.store.extracts.glob("*.csv"))
    with city.transaction() as db:
        db.delete(db.merge(suppression))
        bump(db, "suppressions")
    city.house.access.look_again()


@pytest.mark.parametrize(
    "closed",
    [
        {"item": "amount", "is_open": False},
        {"item": "amount", "sensitivity": Sensitivity.PERSONAL},
        {"item": "amount", "sensitivity": Sensitivity.SENSITIVE},
        {"item": "amount", "share_type": ShareType.CONDITIONAL},
        {"item": "amount", "share_type": ShareType.NOT_SHARED},
        {"item": "amount", "mask": Mask.PARTIAL},
        {"item": "amount", "is_subject": True},
        {"item": "amount", "identifier": IdentifierKind.CITIZEN_ID},
    ],
    ids=lambda closed: "-".join(f"{name}={value}" for name, value in closed.items()),
)
def test_one_reason_against_an_item_keeps_it_back(city: City, changed: Any, closed: dict[str, Any]) -> None:
    changed(**closed)
    assert set(lines(city)[0]) == {"record_key", "person_no", "household_id"}


@pytest.mark.parametrize(
    "closed",
    [
        {"is_open": False},
        {"share_type": ShareType.CONDITIONAL},
        {"share_type": ShareType.NOT_SHARED},
        {"state": ResourceState.RETIRED},
        {"state": ResourceState.DRAFT},
    ],
    ids=str,
)
def test_an_item_is_never_looser_than_its_resource(city: City, changed: Any, closed: dict[str, Any]) -> None:
    lines(city)
    changed(**closed)
    receipt = last_receipt(city)
    for path in FILES:
        assert city.api.get(path).status_code in (403, 404)
    assert last_receipt(city) == receipt
    tidy(city.house)
    assert [each for each in city.store.extracts.iterdir() if ".keys." not in each.name] == []


def test_what_is_no_resource_and_what_is_a_draft_look_alike(city: City, changed: Any) -> None:
    changed(state=ResourceState.DRAFT)
    one, other = city.api.get(FILES[0]), city.api.get("/v1/open/nothing/data.csv")
    assert (one.status_code, one.json()["code"]) == (other.status_code, other.json()["code"]) == (404, "not_found")


def test_what_departments_share_is_not_open_to_everybody(city: City) -> None:
    answer = city.api.get("/v1/open/people/data.csv")
    assert (answer.status_code, answer.json()["code"]) == (403, "not_granted")
    city.grant()
    assert city.api.get("/v1/open/people/data.csv").status_code == 403


@pytest.mark.parametrize("query", ["grant=1", "columns=name", "release=r0", "where=1"])
def test_no_parameter_widens_what_is_open(city: City, query: str) -> None:
    assert city.api.get(f"{FILES[0]}?{query}").status_code == 400


def test_a_file_that_everybody_read_is_kept_while_it_answers_and_goes_with_its_release(city: City) -> None:
    lines(city)
    tidy(city.house)
    living = select(Extract).where(Extract.grant_id.is_(None), Extract.deleted_at.is_(None))
    with city.transaction() as db:
        (kept,) = db.scalars(living)
        assert sha256_of(city.store.extracts / kept.filename) == kept.sha256
        release = make_release(
            db, city.store, city.house.keys, resources.get(db, "register"), PEOPLE.strip() + "\n | 己六 | h3 | 1970-01-01",
            date(2026, 11, 20), city.clock(),
        )  # fmt: skip
    city.house.access.look_again()
    assert city.api.get(FILES[0]).headers["x-release-id"] == release
    assert "己六" in names(city)
    tidy(city.house)
    with city.transaction() as db:
        (kept,) = db.scalars(living)
        assert kept.release_id == release


def test_a_frozen_release_answers_nobody(city: City) -> None:
    lines(city)
    with city.transaction() as db:
        current = releases.in_force(db, "register").release_id
        frozen = Spill(state="frozen", reason="疑似涉密", derived={}, frozen_at=city.clock(), frozen_by="steward")
        db.add(frozen)
        db.flush()
        db.add(SpillPart(spill_id=frozen.id, kind=RELEASE, subject=f"register/{current}"))
        bump(db, "suppressions")
    city.house.access.look_again()
    assert [city.api.get(path).status_code for path in FILES] == [451, 451]
    with city.transaction() as db:
        part = db.scalars(select(SpillPart)).one()
        part.is_active = False
        bump(db, "suppressions")
    city.house.access.look_again()


def test_an_entry_that_was_repaired_or_removed_is_in_no_file_from_that_day_on(city: City) -> None:
    """A department's own list knows no `visible_until`: the day of repair or removal ends it."""
    with city.transaction() as db:
        for slug, end in (("serious", "repaired_date"), ("abnormal", "removed_date")):
            found = make_resource(db, departments.get(db, "police"), slug, share_type=ShareType.UNCONDITIONAL)
            found.is_open, found.open_condition = True, "注明来源"
            found.items.clear()
            db.flush()
            found.items.extend(
                [
                    item("entry_no", 0, is_key=True, sensitivity=Sensitivity.PUBLIC),
                    item(end, 1, data_type=DataType.DATE, stored_type="DATE", sensitivity=Sensitivity.PUBLIC),
                ]
            )
            for each in found.items:
                each.share_type, each.is_open = ShareType.UNCONDITIONAL, True
            db.flush()
            make_list(city, db, slug, end)
    city.house.access.look_again()
    for slug in ("serious", "abnormal"):
        rows = csv.DictReader(io.StringIO(city.api.get(f"/v1/open/{slug}/data.csv").content.decode("utf-8-sig")))
        assert {row["entry_no"] for row in rows} == {"in force", "ends tomorrow"}, slug


def make_list(city: City, db: Session, slug: str, end: str) -> None:
    """A release of a list: one entry in force, one that ends tomorrow, one that ends today, one that ended."""
    folder = city.store.home / "made" / slug
    folder.mkdir(parents=True)
    today = city.house.today
    ends = {"in force": None, "ends tomorrow": today + timedelta(1), "ends today": today, "ended": date(2026, 1, 1)}
    with duckdb.connect() as engine:
        engine.execute(f"create table good (entry_no varchar, {end} date, _key varchar, _row bigint)")
        engine.executemany("insert into good values (?, ?, ?, 1)", [[no, day, no] for no, day in ends.items()])
        engine.execute("copy good to ? (format parquet)", [str(folder / "good.parquet")])
    job = fold.Fold(
        resources.table_spec(db, resources.get(db, slug)), DeliveryMode.SNAPSHOT,
        [fold.Delivery(slug, "0" * 64, "2026-11-19", 1, date(2026, 11, 19), folder / "good.parquet")],
        Engine(city.store.tmp), city.house.keys.current(Purpose.PLATFORM).secret,
    )  # fmt: skip
    candidate = fold.fold(job, city.store.candidates)
    publish.publish(candidate, city.store.releases)
    releases.publish(
        db, releases.record(db, city.store, candidate.manifest, now=city.clock()), now=city.clock(), by="t"
    )
