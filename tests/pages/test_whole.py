"""The whole view of a person and of a firm: what each grant shows, a receipt each, and nothing of what is not granted."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import duckdb
import pytest
from sqlalchemy import select

from api.demo import agree
from catalog import departments, lineage, releases, resources, sharing
from catalog.keys import Purpose
from catalog.models import Grant, Resource
from catalog.reads import reads_of
from catalog.receipts import sizes, verify
from tests.conftest import TODAY
from tests.pages.conftest import Portal
from tests.pages.forms import post
from tests.pages.test_oversight import demo, token_of

HOLDER = ("licence_key", "holder_role", "person_key", "entity_key", "holder_name")
LICENCE = ("licence_name", "licence_no", "state_code")


def grant(portal: Portal, slug: str, columns: tuple[str, ...], **more: Any) -> str:
    """A grant of housing_fund; its id, by which it is told from one that the department had."""
    house = portal.house
    with house.transaction() as db:
        key = house.keys.current(Purpose.MASK).id
        asked = sharing.request(
            db, resource=resources.get(db, slug), department=departments.get(db, "housing_fund"), columns=columns,
            purpose="核验", legal_basis="条例", days=30, mask_key_id=key, asked_by="test", now=house.clock(),
            zone=house.settings.zone, **more,
        )  # fmt: skip
        made = agree(
            db, asked, by="test", now=house.clock(), zone=house.settings.zone, mask_key_id=key,
            masks=dict.fromkeys(columns, "plain"),
        ).id  # fmt: skip
    house.access.look_again()
    return made


@contextmanager
def granted_for_now(portal: Portal, slug: str, columns: tuple[str, ...]) -> Iterator[dict[str, str]]:
    """A grant that ends with the block, as a question names it."""
    number = grant(portal, slug, columns)
    yield {slug: number}
    with portal.house.transaction() as db:
        found = db.get_one(Grant, number)
        sharing.revoke(db, found, reason="测试", by="test", now=portal.house.clock())
    portal.house.access.look_again()


def holder(portal: Portal, column: str) -> tuple[str, str]:
    """(key, licence key) of a grown-up living holder of a licence."""
    with portal.house.transaction() as db:
        licence, people = (releases.in_force(db, base) for base in ("license", "natural_person"))
    files = [
        str(portal.house.store.release(r.unit, r.release_id) / name)
        for r, name in ((licence, "licence_holder.parquet"), (people, "person.parquet"))
    ]
    person = "semi join (select record_key from read_parquet(?) where not is_deceased and birth_date < '2000-01-01') p"
    with duckdb.connect() as connection:
        query = f"select h.{column}, h.licence_key from read_parquet(?) h "
        query += f"{person} on p.record_key = h.{column} " if column == "person_key" else ""
        query += (
            f"where h.{column} is not null and h.holder_role = 'holder' and not coalesce(h.is_deceased, false) "
            "and coalesce(h.birth_date < '2000-01-01', true) order by 1 limit 1"
        )
        rows = connection.execute(query, files if column == "person_key" else files[:1]).fetchall()
    return rows[0]


@pytest.fixture(scope="module")
def granted(portal: Portal) -> Portal:
    grant(portal, "licence_holder", HOLDER)
    grant(portal, "licence", LICENCE)
    return portal


def ask(portal: Portal, kind: str = "person", status: int = 200, **body: Any) -> dict[str, Any]:
    answer = portal.as_("").post(f"/v1/whole/{kind}", token_of(portal), json=body)
    assert answer.status_code == status, answer.text
    return answer.json()  # type: ignore[no-any-return]


def test_every_table_answers_under_its_own_grant_and_leaves_its_own_receipt(granted: Portal) -> None:
    key, licence_key = holder(granted, "person_key")
    found = ask(granted, record_key=key)
    tables = {each["table"]: each for each in found["tables"]}
    assert set(tables) == {"person", "licence_holder", "licence"}
    assert [row["record_key"] for row in tables["person"]["records"]] == [key]
    assert licence_key in {row["licence_key"] for row in tables["licence_holder"]["records"]}
    assert licence_key in {row["record_key"] for row in tables["licence"]["records"]}
    assert set(tables["licence"]["records"][0]) == {"record_key", *LICENCE}
    closed = {each["table"] for each in found["closed"]}
    assert {"person_residence", "person_insurance", "penalty", "permit", "representative"} <= closed
    for table in tables.values():
        rows = [row["record_key"] for row in table["records"]]
        receipts = {
            r.receipt_id for r in reads_of(granted.house.store, granted.house.digests, table["resource"], rows[0])
        }
        assert table["receipt"] in receipts
    assert len({each["receipt"] for each in tables.values()}) == 3


def receipts_of(portal: Portal) -> int:
    return sum(count for _, count, _ in sizes(portal.house.store))


def test_a_view_leaves_all_of_its_receipts_or_shows_nothing(granted: Portal) -> None:
    key, _ = holder(granted, "person_key")
    before = receipts_of(granted)
    assert len(ask(granted, record_key=key)["tables"]) == 3
    assert receipts_of(granted) == before + 3
    (path,) = granted.house.store.receipts.glob("w*.sqlite")
    full = 'create trigger full before insert on receipt when new.body like \'%"resource":"licence"%\''
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"{full} begin select raise(abort, 'full'); end")
    try:
        refused = ask(granted, status=503, record_key=key)
    finally:
        with closing(sqlite3.connect(path)) as db:
            db.execute("drop trigger full")
    assert refused["code"] == "no_evidence" and "tables" not in refused
    assert receipts_of(granted) == before + 3
    assert verify(granted.house.store) == []


def test_by_identifier_and_by_key_is_the_same_view(granted: Portal) -> None:
    person = demo(granted)
    one, other = (
        ask(granted, identifier=f" {person['identifier'].lower()} "),
        ask(granted, record_key=person["record_key"]),
    )
    assert (one["record_key"], other["record_key"]) == (person["record_key"], person["record_key"])
    shown = [[{k: v for k, v in t.items() if k != "receipt"} for t in each["tables"]] for each in (one, other)]
    assert shown[0] == shown[1]


def test_who_asks_by_a_number_who_read_about_a_person_hears_of_records_that_bear_the_person_s_key_alone(
    granted: Portal,
) -> None:
    key = linked(granted, "natural_person", "person_residence", "person_key")
    (people,) = granted.house.store.releases.glob("natural_person/*/person.parquet")
    with duckdb.connect() as connection:
        query = "select id_number from read_parquet(?) where record_key = ?"
        ((number,),) = connection.execute(query, [str(people), key]).fetchall()
    with granted_for_now(granted, "person_residence", ("person_key", "address")) as grants:
        tables = {e["table"]: e for e in ask(granted, record_key=key, grants=grants)["tables"]}
    assert tables["person_residence"]["records"]
    auditor = granted.as_("auditor")
    found = post(auditor, "/reads", identifier=number)
    assert tables["person_residence"]["receipt"] in auditor.get(found.headers["location"]).text


def test_a_revoked_grant_is_out_of_the_view_within_a_second(granted: Portal) -> None:
    key, _ = holder(granted, "person_key")
    number = grant(granted, "person_residence", ("person_key", "division_code"))
    grants = {"person_residence": number}
    assert "person_residence" in {each["table"] for each in ask(granted, record_key=key, grants=grants)["tables"]}
    with granted.house.transaction() as db:
        sharing.revoke(db, db.get_one(Grant, number), reason="测试", by="test", now=granted.house.clock())
    # no hint is given to the worker: it must see by itself, as every other worker
    time.sleep(0.6)
    found = ask(granted, record_key=key, grants=grants)
    assert "person_residence" not in {each["table"] for each in found["tables"]}
    assert "person_residence" in {each["table"] for each in found["closed"]}


@pytest.mark.parametrize("path", ["/whole?lang=zh", "/licence?lang=zh"])
def test_who_names_nothing_is_told_of_the_fields_and_not_of_the_api(granted: Portal, path: str) -> None:
    page = post(granted.as_("consumer"), path, kind="person", identifier="", record_key="", licence_id="", on="")
    assert "只填其中一项，其余留空" in page.text and "...}" not in page.text


def test_a_firm_has_its_whole_view_too(granted: Portal) -> None:
    key, licence_key = holder(granted, "entity_key")
    found = ask(granted, kind="legal_entity", record_key=key)
    tables = {each["table"]: each for each in found["tables"]}
    assert set(tables) == {"licence_holder", "licence"}
    assert "legal_entity" in {each["table"] for each in found["closed"]}
    assert licence_key in {row["record_key"] for row in tables["licence"]["records"]}


def test_the_table_of_firms_opens_under_its_grant_and_inherits_like_every_other_table(granted: Portal) -> None:
    key, _ = holder(granted, "entity_key")
    with granted_for_now(granted, "legal_entity", ("credit_code", "name")) as grants:
        found = ask(granted, kind="legal_entity", record_key=key, grants=grants)
        firm = next(each for each in found["tables"] if each["table"] == "legal_entity")
        assert [row["record_key"] for row in firm["records"]] == [key]
        code = firm["records"][0]["credit_code"]
        assert ask(granted, kind="legal_entity", identifier=code, grants=grants)["record_key"] == key
    with granted.house.transaction() as db:
        firms = resources.get(db, "legal_entity")
        assert firms.is_base_table and firms in db.scalars(select(Resource).where(Resource.is_base_table)).all()
        assert lineage.sources_of(db, firms, TODAY)["name"]


def linked(portal: Portal, base: str, table: str, column: str) -> str:
    """A firm's key that stands in a column of a table that a grown-up living person's row or none stands in."""
    with portal.house.transaction() as db:
        release = releases.in_force(db, base)
    path = str(portal.house.store.release(release.unit, release.release_id) / f"{table}.parquet")
    with duckdb.connect() as connection:
        held = {row[0] for row in connection.execute("describe from read_parquet(?)", [path]).fetchall()}
        grown = " and coalesce(birth_date < '2000-01-01', true) and not coalesce(is_deceased, false)"
        classes = grown if "is_deceased" in held else ""
        # what was repaired is shown no more, whatever its day
        classes += " and visible_until > date '2027-06-30'" if "visible_until" in held else ""
        query = f"select {column} from read_parquet(?) where {column} is not null {classes} order by 1 limit 1"
        return str(connection.execute(query, [path]).fetchall()[0][0])


def test_a_firm_s_view_goes_over_representatives_shareholders_credit_and_licences(granted: Portal) -> None:
    key = linked(granted, "legal_entity", "shareholder", "entity_key")
    grant(granted, "representative", ("entity_key", "kind_code"))
    grant(granted, "penalty", ("entity_key", "document_no"))
    grant(granted, "tax_credit_grade", ("entity_key", "year", "grade_code"))
    with granted_for_now(granted, "shareholder", ("entity_key", "kind_code", "ratio_pct")) as grants:
        found = ask(granted, kind="legal_entity", record_key=key, grants=grants)
    tables = {each["table"]: each for each in found["tables"]}
    assert {
        "representative", "shareholder", "penalty", "tax_credit_grade", "licence_holder",
    } <= set(tables), found["closed"]  # fmt: skip
    assert {row["entity_key"] for row in tables["shareholder"]["records"]} == {key}
    fined = linked(granted, "credit", "penalty", "entity_key")
    found = {e["table"]: e for e in ask(granted, kind="legal_entity", record_key=fined)["tables"]}
    assert {row["entity_key"] for row in found["penalty"]["records"]} == {fined}


def test_a_firm_s_employees_are_counted_and_none_is_shown(granted: Portal) -> None:
    grant(granted, "person_employment", ("employer_key", "valid_from"))
    key = linked(granted, "natural_person", "person_employment", "employer_key")
    tables = {each["table"]: each for each in ask(granted, kind="legal_entity", record_key=key)["tables"]}
    employed = tables["person_employment"]
    assert employed["records"] == [] and employed["count"] > 0


def test_where_a_person_lives_is_found_among_the_standard_addresses(granted: Portal) -> None:
    grant(granted, "address", ("full_address", "division_code", "street"))
    with granted.house.transaction() as db:
        place, people = (releases.in_force(db, base) for base in ("geospatial", "natural_person"))
    store = granted.house.store
    files = [
        str(store.release(r.unit, r.release_id) / name)
        for r, name in ((people, "person.parquet"), (place, "address.parquet"))
    ]
    with duckdb.connect() as connection:
        query = (
            "select p.record_key, a.record_key from read_parquet(?) p join read_parquet(?) a "
            "on a.full_address = p.residence_address where not is_deceased and birth_date < '2000-01-01' "
            "order by all limit 1"
        )
        ((key, address),) = connection.execute(query, files).fetchall()
    with granted_for_now(granted, "person", ("name", "residence_address")) as grants:
        tables = {each["table"]: each for each in ask(granted, record_key=key, grants=grants)["tables"]}
    assert address in {row["record_key"] for row in tables["address"]["records"]}


def test_whom_no_base_knows_looks_like_whom_no_grant_shows(granted: Portal) -> None:
    found = ask(granted, identifier="000000190001010019")
    assert all(each["records"] == [] for each in found["tables"])


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [("street", {"identifier": "1"}, 404), ("person", {}, 400), ("person", {"record_key": "z" * 20}, 400),
     ("person", {"identifier": "1", "record_key": "0" * 20}, 400)],
)  # fmt: skip
def test_a_question_that_is_none_is_the_caller_s_fault(
    granted: Portal, kind: str, body: dict[str, str], status: int
) -> None:
    ask(granted, kind, status, **body)


def test_the_page_shows_the_same_and_the_number_stands_nowhere(granted: Portal) -> None:
    person = demo(granted)
    page = post(
        granted.as_("consumer"), "/whole?lang=zh", kind="person", identifier=person["identifier"], record_key=""
    )
    assert page.status_code == 200
    assert person["record_key"] in page.text
    assert "电子证照" in page.text and "未获授权的数据表" in page.text
    receipts = json.dumps(
        [r.receipt_id for r in reads_of(granted.house.store, granted.house.digests, "person", person["record_key"])]
    )
    assert any(f"<code>{receipt}</code>" in page.text for receipt in json.loads(receipts))


def test_numbers_stand_under_their_units_in_the_language_of_the_page(granted: Portal) -> None:
    key, _ = holder(granted, "entity_key")
    with granted_for_now(granted, "legal_entity", ("credit_code", "registered_capital_cny_10k")):
        for lang, title in (("zh", "注册资本（万元）"), ("en", "Registered capital (10,000 yuan)")):
            asked = {"kind": "legal_entity", "identifier": "", "record_key": key}
            assert f">{title}<" in post(granted.as_("consumer"), f"/whole?lang={lang}", **asked).text


def test_a_code_that_stands_in_no_list_is_told_in_the_words_of_the_page(granted: Portal) -> None:
    key, _ = holder(granted, "person_key")
    for lang, word in (("zh", "持证人"), ("en", "Holder")):
        page = post(granted.as_("consumer"), f"/whole?lang={lang}", kind="person", identifier="", record_key=key)
        assert f"<td>{word}</td>" in page.text and "<td>holder</td>" not in page.text


def test_who_may_not_read_data_gets_no_view(granted: Portal) -> None:
    for login in ("steward", "auditor", "registrar"):
        assert post(granted.as_(login), "/whole", kind="person", identifier="1").status_code == 403, login


def test_every_value_of_a_base_s_record_says_where_it_came_from(granted: Portal) -> None:
    person = demo(granted)
    path = f"/v1/data/person/records/{person['record_key']}"
    answer = granted.as_("").get(f"{path}/origins", token_of(granted))
    assert answer.status_code == 200, answer.text
    by_item = {each["item"]: each for each in answer.json()["origins"]}
    record = granted.as_("").get(path, token_of(granted)).json()
    assert by_item["name"]["resource"] in {"police_population", "police_residence_permit"}
    assert by_item["name"]["department"] == "police"
    assert {"delivery", "row", "period", "received_at", "as_of"} <= set(by_item["name"])
    assert all(by_item["name"].values())
    assert person["identifier"] not in answer.text and record["record_key"] == answer.json()["record_key"]


CONTROL = ("entity_key", "partner_entity_key", "ratio_pct")


def held_firm(portal: Portal) -> tuple[str, str]:
    """(firm, firm behind it): one that another firm holds in part."""
    with portal.house.transaction() as db:
        release = releases.in_force(db, "legal_entity")
    path = str(portal.house.store.release(release.unit, release.release_id) / "shareholder.parquet")
    with duckdb.connect() as connection:
        query = "from read_parquet($path) s semi join read_parquet($path) b on b.entity_key = s.partner_entity_key"
        return connection.execute(
            f"select entity_key, partner_entity_key {query} where s.ratio_pct > 0 order by all limit 1", {"path": path}
        ).fetchall()[0]


def test_who_holds_a_firm_is_answered_under_the_grant_of_the_shareholders_with_a_receipt(granted: Portal) -> None:
    firm, behind = held_firm(granted)
    nobody = granted.as_("").post(
        "/v1/whole/legal_entity/control", token_of(granted), json={"record_key": firm, "least_pct": 0}
    )
    assert nobody.status_code == 403, nobody.text
    grant(granted, "shareholder", CONTROL)
    assert ask(granted, "legal_entity/control", record_key="0" * 20)["holders"] == []
    found = ask(granted, "legal_entity/control", record_key=firm, least_pct=0)
    holders = {each["entity_key"] or str(n): each for n, each in enumerate(found["holders"])}
    assert behind in holders and not holders[behind]["is_ultimate"] and holders[behind]["direct_pct"] > 0
    assert any(each["nearest"] == 2 and each["indirect_pct"] > 0 for each in holders.values())
    assert {each["name"] or each["person_key"] for each in found["holders"]} == {None}
    assert 99.9 < sum(each["direct_pct"] for each in found["holders"]) < 100.1
    reads = reads_of(granted.house.store, granted.house.digests, "shareholder", firm)
    assert found["receipt"] in {each.receipt_id for each in reads}
    most = ask(granted, "legal_entity/control", record_key=firm)
    assert {each["total_pct"] >= 25 for each in most["holders"]} <= {True}
    page = post(granted.as_("consumer"), "/whole?lang=zh", kind="legal_entity", identifier="", record_key=firm)
    assert page.status_code == 200 and "股权穿透与控制关系" in page.text and behind in page.text


def question_of(portal: Portal, receipt: str) -> str:
    """The digest of the question that a receipt answers."""
    for path in portal.house.store.receipts.glob("w*.sqlite"):
        with closing(sqlite3.connect(path)) as db:
            bodies = [json.loads(body) for (body,) in db.execute("select body from receipt order by seq desc limit 20")]
        for body in bodies:
            if body["id"] == receipt:
                return str(body["question"])
    raise AssertionError("no such receipt")


def test_the_receipt_of_the_holders_tells_from_which_share_on_they_were_asked_for(granted: Portal) -> None:
    firm, _ = held_firm(granted)
    with granted_for_now(granted, "shareholder", CONTROL) as grants:
        asked = [
            ask(granted, "legal_entity/control", record_key=firm, least_pct=least, grants=grants)
            for least in (0, 0, 25)
        ]
    all_of_them, again, most = (question_of(granted, each["receipt"]) for each in asked)
    assert all_of_them == again != most
