"""Reading under a grant: what comes back, what does not, and the receipt of each."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from io import BytesIO
from typing import Any

import pyarrow.parquet as pq
import pytest

from catalog import grants, resources, rollbacks
from catalog.receipts import verify
from catalog.register import bump
from tests.api.conftest import City, keys_of

DATA = "/v1/data/people"
CONSUMER = "housing-consumer"


@pytest.fixture
def grant(city: City) -> str:
    return city.grant(masks={"id_number": "partial", "name": "plain"})


def receipts(city: City) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(city.store.receipts / "w01.sqlite")) as db:
        return [json.loads(body) for (body,) in db.execute("select body from receipt order by seq")]


def test_a_record_is_read_by_its_key_with_its_masks(city: City, grant: str) -> None:
    key = keys_of(city)["甲一"]
    answer = city.api.get(f"{DATA}/records/{key}", city.token(CONSUMER))
    assert answer.status_code == 200
    assert answer.json() == {
        "record_key": key,
        "id_number": "000000********001X",
        "name": "甲一",
        "household_id": "h1",
    }
    assert answer.headers["cache-control"] == "no-store"
    (receipt,) = [r for r in receipts(city) if r["id"] == answer.headers["x-receipt-id"]]
    assert receipt["outcome"] == "answered"
    assert receipt["grant"] == grant
    assert receipt["release"] == answer.headers["x-release-id"]
    assert receipt["columns"] == {"id_number": "partial", "name": "plain", "household_id": "plain"}
    assert receipt["references"] == list(city.house.digests.references("people", [key]))


@pytest.mark.parametrize("identifier", ["00000019000101001X", " 00000019000101001x ", "０００００019000101001Ｘ"])
def test_a_record_is_found_by_its_identifier_in_the_body(city: City, grant: str, identifier: str) -> None:
    answer = city.api.post(f"{DATA}/lookup", city.token(CONSUMER), json={"identifier": identifier})
    assert [r["name"] for r in answer.json()["records"]] == ["甲一"]
    assert answer.json()["next"] is None


def test_a_value_that_several_hold_gives_them_all_page_by_page(city: City, grant: str) -> None:
    question: dict[str, Any] = {"column": "household_id", "value": "h1", "limit": 1}
    first = city.api.post(f"{DATA}/lookup", city.token(CONSUMER), json=question).json()
    second = city.api.post(f"{DATA}/lookup", city.token(CONSUMER), json={**question, "cursor": first["next"]}).json()
    assert {r["name"] for r in first["records"] + second["records"]} == {"甲一", "乙二"}
    assert second["next"] is None
    other = {**question, "value": "h3", "cursor": first["next"]}
    assert city.api.post(f"{DATA}/lookup", city.token(CONSUMER), json=other).status_code == 400


def test_pages_go_through_every_record_once_and_minors_are_left_out(city: City, grant: str) -> None:
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = city.api.get(f"{DATA}/records", city.token(CONSUMER), params={"limit": "2", **cursor}).json()
        seen += [r["name"] for r in page["records"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert sorted(seen) == sorted(["甲一", "乙二", "丁四", "戊五"])


def test_a_minor_is_no_record_unless_the_grant_names_minors(city: City, grant: str) -> None:
    path = f"{DATA}/records/{keys_of(city)['丙三']}"
    assert city.api.get(path, city.token(CONSUMER)).status_code == 404
    minors = city.grant(includes_minors=True)
    assert city.api.get(path, city.token(CONSUMER), params={"grant": minors}).status_code == 200


def test_an_extract_holds_the_granted_columns_and_nothing_else(city: City) -> None:
    city.grant(columns=["id_number", "name", "household_id"], masks={"name": "hidden", "household_id": "plain"})
    answer = city.api.get(f"{DATA}/extract.parquet", city.token(CONSUMER))
    table = pq.read_table(BytesIO(answer.content))
    assert table.column_names == ["record_key", "id_number", "household_id"]
    assert table.num_rows == int(answer.headers["x-rows"]) == 4
    for hidden in ("甲一", "00000019000101001X", "note 0", "X3"):
        assert hidden.encode() not in answer.content
    again = city.api.get(f"{DATA}/extract.parquet", city.token(CONSUMER), headers={"Range": "bytes=0-3"})
    assert (again.status_code, again.content) == (206, b"PAR1")
    assert again.headers["etag"] == answer.headers["etag"]
    head = city.api.request("HEAD", f"{DATA}/extract.parquet", city.token(CONSUMER))
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(answer.content))
    assert len(list(city.store.extracts.glob("*.parquet"))) == 1


def test_values_are_the_same_on_every_path(city: City) -> None:
    columns = ["id_number", "name", "birth_date", "amount"]
    city.grant(columns=columns, masks={"id_number": "hash", "birth_date": "year", "amount": "plain"})
    key = keys_of(city)["乙二"]
    one = city.api.get(f"{DATA}/records/{key}", city.token(CONSUMER)).json()
    table = pq.read_table(BytesIO(city.api.get(f"{DATA}/extract.parquet", city.token(CONSUMER)).content)).to_pylist()
    (row,) = [r for r in table if r["record_key"] == key]
    assert one == {**row, "amount": "1.50"}
    assert row["birth_date"] == 1980
    assert len(row["id_number"]) == 64


def test_a_suppressed_record_is_on_no_path_a_second_later(city: City, grant: str) -> None:
    key = keys_of(city)["戊五"]
    before = city.api.get(f"{DATA}/extract.parquet", city.token(CONSUMER))
    with city.transaction() as db:
        facts: dict[str, Any] = {"reason": "信用修复", "by": "steward", "now": city.clock()}
        people = resources.get(db, "people")
        suppression = grants.suppress(db, people, key, valid_from=city.house.today, **facts)
    city.house.access.look_again()
    token = city.token(CONSUMER)
    assert city.api.get(f"{DATA}/records/{key}", token).status_code == 404
    assert city.api.post(f"{DATA}/lookup", token, json={"identifier": "000000197001010011"}).json()["records"] == []
    assert len(city.api.get(f"{DATA}/records", token).json()["records"]) == 3
    after = city.api.get(f"{DATA}/extract.parquet", token)
    assert (before.headers["x-rows"], after.headers["x-rows"]) == ("4", "3")
    with city.transaction() as db:
        db.delete(db.merge(suppression))
        bump(db, "suppressions")
    city.house.access.look_again()


def test_the_extract_of_an_ended_grant_goes_and_its_readers_are_still_found(city: City) -> None:
    made = city.grant()
    answer = city.api.get(f"{DATA}/extract.parquet", city.token(CONSUMER))
    city.revoke(made)
    from api.main import tidy

    tidy(city.house)
    assert not [p for p in city.store.extracts.glob("*.parquet") if "keys" not in p.name]
    question = {"resource": "people", "record": keys_of(city)["甲一"]}
    found = city.api.get("/v1/receipts", city.token("digital_government-auditor"), params=question).json()
    assert answer.headers["x-receipt-id"] in [r["receipt_id"] for r in found if r["is_certain"]]


def test_an_auditor_sees_who_read_a_record(city: City, grant: str) -> None:
    key = keys_of(city)["乙二"]
    answer = city.api.post(f"{DATA}/lookup", city.token(CONSUMER), json={"identifier": "000000198001010014"})
    question = {"resource": "people", "record": key}
    found = city.api.get("/v1/receipts", city.token("digital_government-auditor"), params=question).json()
    (read,) = [r for r in found if r["receipt_id"] == answer.headers["x-receipt-id"]]
    assert (read["client"], read["department"], read["purpose"]) == (CONSUMER, "housing", "公租房资格核验")


def test_a_cursor_stays_on_the_release_it_began_with(city: City, grant: str) -> None:
    from datetime import date

    from tests.api.conftest import PEOPLE, make_release

    first = city.api.get(f"{DATA}/records", city.token(CONSUMER), params={"limit": "1"})
    with city.transaction() as db:
        people = resources.get(db, "people")
        fewer = "\n".join(PEOPLE.strip().splitlines()[:2])
        make_release(db, city.store, city.house.keys, people, fewer, date(2026, 11, 20), city.clock())
    city.house.access.look_again()
    cursor = {"cursor": first.json()["next"]}
    rest = city.api.get(f"{DATA}/records", city.token(CONSUMER), params=cursor)
    assert len(rest.json()["records"]) == 3
    assert rest.headers["x-release-id"] == first.headers["x-release-id"]
    fresh = city.api.get(f"{DATA}/records", city.token(CONSUMER))
    assert len(fresh.json()["records"]) == 2
    assert fresh.headers["x-release-id"] != first.headers["x-release-id"]

    with city.transaction() as db:
        rollbacks.roll_back(db, "people", None, now=city.clock(), by="test", reason="测试")
    city.house.access.look_again()


@pytest.mark.parametrize("cursor", ["x", "AAAA", "中", "e30", ""])
def test_a_made_up_cursor_is_refused(city: City, grant: str, cursor: str) -> None:
    answer = city.api.get(f"{DATA}/records", city.token(CONSUMER), params={"cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


def test_the_cursor_of_another_grant_is_refused(city: City, grant: str) -> None:
    first = city.api.get(f"{DATA}/records", city.token(CONSUMER), params={"limit": "1"}).json()
    city.grant(department="taxation")
    stolen = city.api.get(f"{DATA}/records", city.token("taxation-consumer"), params={"cursor": first["next"]})
    assert stolen.status_code == 400


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("records?limit=0", None),
        ("records?limit=101", None),
        ("records?limit=ten", None),
        ("records?page=2", None),
        ("records?limit=1&limit=2", None),
        ("lookup", {}),
        ("lookup", {"identifier": "1", "column": "name", "value": "x"}),
        ("lookup", {"column": "household_id"}),
        ("lookup", {"identifier": "1", "sql": "1=1"}),
        ("lookup", {"identifier": 5}),
        ("lookup", []),
        ("lookup?x=1", {"identifier": "1"}),
    ],
)
def test_wrong_questions_are_problems_that_repeat_no_value(city: City, grant: str, path: str, body: Any) -> None:
    more = {} if body is None else {"json": body}
    answer = city.api.request("GET" if body is None else "POST", f"{DATA}/{path}", city.token(CONSUMER), **more)
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["receipt_id"]
    assert "1=1" not in answer.text


def test_a_column_that_was_not_granted_can_neither_be_seen_nor_asked(city: City) -> None:
    city.grant(columns=["name"])
    token = city.token(CONSUMER)
    for question in ({"identifier": "00000019000101001X"}, {"column": "household_id", "value": "h1"}):
        answer = city.api.post(f"{DATA}/lookup", token, json=question)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_granted")
    for name in ("secret_note", "_birth_date", "id_number_raw", "_key", 'record_key" or 1=1 --'):
        assert city.api.post(f"{DATA}/lookup", token, json={"column": name, "value": "x"}).status_code == 403
    rows = city.api.get(f"{DATA}/records", token).json()["records"]
    assert {tuple(r) for r in rows} == {("record_key", "name")}


def test_a_row_condition_holds_on_every_path(city: City) -> None:
    condition = {"eq": {"column": "household_id", "value": "h3"}}
    city.grant(row_condition=condition, masks={"name": "plain"})
    token, keys = city.token(CONSUMER), keys_of(city)
    assert city.api.get(f"{DATA}/records/{keys['戊五']}", token).status_code == 200
    assert city.api.get(f"{DATA}/records/{keys['甲一']}", token).status_code == 404
    assert city.api.post(f"{DATA}/lookup", token, json={"identifier": "00000019000101001X"}).json()["records"] == []
    assert [r["name"] for r in city.api.get(f"{DATA}/records", token).json()["records"]] == ["戊五"]
    assert city.api.get(f"{DATA}/extract.parquet", token).headers["x-rows"] == "1"


def test_a_grant_for_look_ups_opens_no_extract_and_the_other_way_round(city: City) -> None:
    token = city.token(CONSUMER)
    made = city.grant(modes=["lookup"])
    assert city.api.get(f"{DATA}/extract.parquet", token).status_code == 403
    assert city.api.get(f"{DATA}/records", token).status_code == 200
    city.revoke(made)
    made = city.grant(modes=["bulk"])
    assert city.api.get(f"{DATA}/extract.parquet", token).status_code == 200
    assert city.api.get(f"{DATA}/records", token).status_code == 403


def test_with_two_grants_the_problem_lists_them(city: City, grant: str) -> None:
    other = city.grant()
    answer = city.api.get(f"{DATA}/records", city.token(CONSUMER))
    assert answer.status_code == 400
    assert answer.json()["facts"]["grants"] == sorted([grant, other])
    assert city.api.get(f"{DATA}/records", city.token(CONSUMER), params={"grant": other}).status_code == 200


def test_no_answer_goes_out_when_its_receipt_cannot_be_kept(city: City, grant: str) -> None:
    city.api.get(f"{DATA}/records", city.token(CONSUMER))
    with closing(sqlite3.connect(city.store.receipts / "w01.sqlite")) as db:
        db.execute("create trigger full before insert on receipt begin select raise(abort, 'disk full'); end")
        answer = city.api.get(f"{DATA}/records", city.token(CONSUMER))
        assert (answer.status_code, answer.json()["code"]) == (503, "no_evidence")
        assert "records" not in answer.json()
        db.execute("drop trigger full")
    assert city.api.get(f"{DATA}/records", city.token(CONSUMER)).status_code == 200


def test_the_receipts_of_all_this_form_unbroken_chains(city: City) -> None:
    assert verify(city.store) == []


def test_no_identifier_and_no_key_stands_in_a_log_or_receipt(city: City, grant: str) -> None:
    key = keys_of(city)["甲一"]
    city.api.get(f"{DATA}/records/{key}", city.token(CONSUMER))
    city.api.post(f"{DATA}/lookup", city.token(CONSUMER), json={"identifier": "00000019000101001X"})
    text = "".join(city.log) + "".join(
        p.read_bytes().decode("latin-1") for p in city.store.receipts.iterdir() if p.is_file()
    )
    assert key not in text
    assert "00000019000101001X" not in text
    assert json.loads(city.log[-1])["route"] == "/v1/data/{resource}/lookup"
