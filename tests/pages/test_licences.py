"""Licences and credit on pages and by the interface: cards, validity, reports, and the verification for everybody."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import duckdb
import pytest
from httpx import Response
from playwright.sync_api import Browser

from basedb import lookup
from catalog import grants, releases, resources
from catalog.errors import TooOften
from catalog.models import Suppression
from catalog.rates import PER_MINUTE
from catalog.reads import reads_of
from catalog.register import bump
from tests.pages import pdf
from tests.pages.conftest import Portal
from tests.pages.forms import post
from tests.pages.test_browser import chromium, enter
from tests.pages.test_oversight import token_of
from tests.pages.test_whole import grant, granted_for_now

__all__ = ["chromium"]

LICENCE = ("licence_name", "licence_no", "licence_id", "state_code", "valid_until", "issuer_name")
HOLDER = ("licence_key", "holder_role", "holder_name")
STATE = ("licence_key", "licence_id", "state_code", "state_from", "state_until", "operation_code", "previous_key")
PENALTY = ("document_no", "decided_date", "authority_name", "entity_key", "violation_kind", "visible_until")


@pytest.fixture(scope="module")
def granted(portal: Portal) -> Portal:
    grant(portal, "licence", LICENCE)
    grant(portal, "licence_holder", HOLDER)
    grant(portal, "licence_state", STATE)
    grant(portal, "penalty", PENALTY)
    return portal


@pytest.fixture(autouse=True)
def patient(portal: Portal) -> Iterator[None]:
    """Each test with its own minute's questions."""
    (portal.house.store.home / "rates.sqlite").unlink(missing_ok=True)
    yield


def rows(portal: Portal, base: str, table: str, query: str) -> list[tuple[Any, ...]]:
    with portal.house.transaction() as db:
        folder = portal.house.store.release(base, releases.in_force(db, base).release_id)
    with duckdb.connect() as connection:
        return connection.execute(query.format(f"'{folder / table}.parquet'")).fetchall()


def ask(portal: Portal, path: str, status: int = 200, **body: Any) -> dict[str, Any]:
    answer = portal.as_("").post(path, token_of(portal), json=body)
    assert answer.status_code == status, answer.text
    return answer.json()  # type: ignore[no-any-return]


def verify(portal: Portal, identifier: str, **more: str) -> dict[str, Any]:
    answer = portal.as_("").post("/v1/verifications/licence", json={"licence_id": identifier, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()  # type: ignore[no-any-return]


ADULTS = "and not is_deceased and (birth_date is null or birth_date < date '2000-01-01')"


def renewed(portal: Portal) -> tuple[str, str, str, str]:
    """(identifier, key) of a licence that continues another, key of the other, the day it did."""
    query = "select licence_id, licence_key, previous_key, state_from::varchar from {} where previous_key is not null "
    found = rows(portal, "license", "licence_state", f"{query} and licence_id is not null {ADULTS} order by 1 limit 1")
    return found[0]  # type: ignore[return-value]


def cancelled(portal: Portal) -> tuple[str, str]:
    """Identifier of a licence that was cancelled while it was valid, and the day."""
    query = f"""select licence_id, state_from::varchar from (
        select *, lag(state_code) over (partition by licence_key order by state_from) as before from {{}})
        where state_code = '04' and operation_code = '05' and before = '01' and licence_id is not null {ADULTS}
        order by 1 limit 1"""
    return rows(portal, "license", "licence_state", query)[0]  # type: ignore[return-value]


def test_a_licence_is_valid_on_its_days_and_not_after_its_end(granted: Portal) -> None:
    identifier, day = cancelled(granted)
    before = duckdb.sql(f"select (date '{day}' - 1)::varchar").fetchall()[0][0]
    told = ask(granted, "/v1/licences/validity", licence_id=identifier, on=day)
    assert [each["answer"] for each in told["answers"]] == ["not_valid"]
    told = ask(granted, "/v1/licences/validity", licence_id=identifier.lower(), on=before)
    assert [each["answer"] for each in told["answers"]] == ["valid"]
    assert told["table"]["resource"] == "licence_state" and told["table"]["receipt"]
    assert verify(granted, identifier, on=before)["answer"] == "valid"
    assert verify(granted, identifier)["answer"] == "not_valid"


def test_an_identifier_typed_in_full_width_letters_is_the_same_licence(granted: Portal) -> None:
    identifier, day = cancelled(granted)
    wide = "".join(chr(ord(each) + 0xFEE0) for each in identifier.lower())
    assert verify(granted, wide, on=day)["answer"] == "not_valid"
    told = ask(granted, "/v1/licences/validity", licence_id=wide, on=day)
    assert [each["answer"] for each in told["answers"]] == ["not_valid"]
    page = post(granted.as_("consumer"), "/licence?lang=zh", licence_id=wide, licence_no="", record_key="", on=day)
    assert identifier in page.text


def test_everybody_learns_valid_or_not_and_nothing_else(granted: Portal) -> None:
    identifier, _ = cancelled(granted)
    found = verify(granted, identifier)
    assert set(found) == {"on", "answer", "receipt"}
    nothing = verify(granted, "1.2.156.3005.2.NOBODY")
    assert nothing["answer"] == "unknown" and set(nothing) == set(found)
    for body in ({"licence_id": ""}, {"licence_id": identifier, "on": "2999-01-01"}, {"licence_no": "1"}, {}):
        answer = granted.as_("").post("/v1/verifications/licence", json=body)
        assert answer.status_code in (400, 422), body


def test_who_verifies_too_often_waits_and_the_page_says_so(granted: Portal) -> None:
    browser = granted.as_("")
    answer = refused(lambda: browser.post("/v1/verifications/licence", json={"licence_id": "1"}))
    assert answer.json()["code"] == TooOften.code
    assert 0 < int(answer.headers["retry-after"]) <= 60
    page = refused(lambda: browser.post("/verify?lang=zh", data={"licence_id": "1", "on": ""}))
    assert "查询过于频繁" in page.text


def refused(ask: Callable[[], Response]) -> Response:
    """The first answer that says wait; a minute of the clock may end while we ask, and another begins."""
    for _ in range(2 * PER_MINUTE + 1):
        answer = ask()
        if answer.status_code == 429:
            return answer
        assert answer.status_code == 200
    raise AssertionError("nobody is told to wait")


def test_a_suppressed_licence_is_unknown_to_everybody(granted: Portal) -> None:
    identifier, _, _, _ = renewed(granted)
    assert verify(granted, identifier)["answer"] != "unknown"
    keys = rows(granted, "license", "licence_state", f"select record_key from {{}} where licence_id = '{identifier}'")
    with granted.house.transaction() as db:
        facts: dict[str, Any] = {"reason": "测试", "by": "test", "now": granted.house.clock()}
        made = [
            grants.suppress(db, resources.get(db, "licence_state"), key, valid_from=facts["now"].date(), **facts)
            for (key,) in keys
        ]
        ids = [each.id for each in made]
    granted.house.access.look_again()
    assert verify(granted, identifier)["answer"] == "unknown"
    with granted.house.transaction() as db:
        for each in ids:
            db.delete(db.get_one(Suppression, each))
        bump(db, "suppressions")
    granted.house.access.look_again()


def test_a_card_puts_holders_states_and_the_chain_together_each_under_its_grant(granted: Portal) -> None:
    identifier, key, former, day = renewed(granted)
    found = ask(granted, "/v1/licences/cards", licence_id=identifier)
    [card] = found["cards"]
    assert card["licence"]["record_key"] == key and set(card["licence"]) == {"record_key", *LICENCE}
    assert {each["licence_key"] for each in card["holders"]} == {key}
    assert {each["licence_key"] for each in card["states"]} == {key}
    assert card["former"] == [former] and card["later"] == []
    assert {each["table"] for each in found["tables"]} == {"licence", "licence_holder", "licence_state"}
    assert len({each["receipt"] for each in found["tables"]}) == 3
    [old] = ask(granted, "/v1/licences/cards", record_key=former, on=day)["cards"]
    assert old["later"] == [key] and old["validity"] == "not_valid"
    states = next(each for each in found["tables"] if each["table"] == "licence_state")
    read = {
        r.receipt_id
        for r in reads_of(granted.house.store, granted.house.digests, "licence_state", card["states"][0]["record_key"])
    }
    assert states["receipt"] in read


def test_two_licences_that_each_say_to_continue_the_other_have_a_card(granted: Portal) -> None:
    """Whoever fills in the same pair on both: what the register says is shown, and the chain ends."""
    _, key, former, _ = renewed(granted)
    with granted.house.transaction() as db:
        folder = granted.house.store.release("license", releases.in_force(db, "license").release_id)
    with closing(sqlite3.connect(lookup.path_of(folder, "licence_state"))) as rows_of:
        rows_of.execute("update licence_state set previous_key = ? where licence_key = ?", [key, former])
        rows_of.commit()
    granted.house.lookups.close()
    [card] = ask(granted, "/v1/licences/cards", record_key=key)["cards"]
    assert (card["former"], card["later"]) == ([former], [former])


@pytest.mark.parametrize(
    ("body", "status"),
    [({}, 400), ({"licence_id": "1", "licence_no": "2"}, 400), ({"record_key": "z" * 20}, 400),
     ({"licence_id": "NOBODY"}, 404), ({"licence_id": "1", "on": "2999-01-01"}, 400), ({"holder": "1"}, 400)],
)  # fmt: skip
def test_a_question_for_a_card_that_is_none_is_the_caller_s_fault(
    granted: Portal, body: dict[str, str], status: int
) -> None:
    answer = granted.as_("").post("/v1/licences/cards", token_of(granted), json=body)
    assert answer.status_code == status, answer.text


def fined(portal: Portal) -> tuple[str, str, str]:
    """(firm's key, document, day) of a penalty that may be shown."""
    query = """select entity_key, document_no, decided_date::varchar from {} where entity_key is not null
        and repaired_date is null and visible_until > date '2030-01-01' or entity_key is not null
        and repaired_date is null and visible_until > current_date order by document_no limit 1"""
    return rows(portal, "credit", "penalty", query)[0]  # type: ignore[return-value]


def test_a_credit_report_names_kind_source_and_date_of_each_line_and_leaves_a_receipt(granted: Portal) -> None:
    key, number, day = fined(granted)
    found = ask(granted, "/v1/credit-reports/legal_entity", record_key=key)
    line = next(each for each in found["lines"] if each["record"]["document_no"] == number)
    assert (line["catalogue_kind_code"], line["department"], line["date"]) == ("03", "market_regulation", day)
    assert line["resource"] == "market_regulation_penalty" and set(line["record"]) == {"record_key", *PENALTY}
    [table] = found["tables"]
    record = line["record"]["record_key"]
    receipts = {r.receipt_id for r in reads_of(granted.house.store, granted.house.digests, "penalty", record)}
    assert table["receipt"] in receipts
    assert {each["table"] for each in found["closed"]} >= {"permit", "credit_list_entry", "tax_credit_grade"}


def test_a_report_that_says_there_is_nothing_is_among_what_was_asked_about_the_person(granted: Portal) -> None:
    [(key,)] = rows(granted, "natural_person", "person", f"select min(record_key) from {{}} where true {ADULTS}")
    with granted_for_now(granted, "penalty", ("document_no", "person_key")) as grants:
        found = ask(granted, "/v1/credit-reports/person", record_key=key, grants=grants)
    assert found["lines"] == []
    asked = {r.receipt_id for r in reads_of(granted.house.store, granted.house.digests, "person", key)}
    assert found["tables"][0]["receipt"] in asked


def test_a_report_of_a_day_before_the_decision_has_no_such_line_and_none_is_of_a_day_to_come(granted: Portal) -> None:
    key, number, day = fined(granted)
    before = duckdb.sql(f"select (date '{day}' - 1)::varchar").fetchall()[0][0]
    path = "/v1/credit-reports/legal_entity"
    assert number not in str(ask(granted, path, record_key=key, on=before)["lines"])
    assert number in str(ask(granted, path, record_key=key, on=day)["lines"])
    ask(granted, path, 400, record_key=key, on="2999-01-01")


def test_whose_grant_does_not_show_the_day_of_a_decision_learns_it_from_no_report(granted: Portal) -> None:
    key, number, day = fined(granted)
    path = "/v1/credit-reports/legal_entity"
    with granted_for_now(granted, "penalty", ("document_no", "entity_key")) as grants:
        assert number in str(ask(granted, path, record_key=key, grants=grants)["lines"])
        for on in ("2020-01-01", day):
            refused = ask(granted, path, 403, record_key=key, on=on, grants=grants)
            [why] = [each for each in refused["facts"]["closed"] if each["table"] == "penalty"]
            assert "decided_date" in why["reason"] and number not in str(refused)


def test_nothing_past_its_period_or_repaired_is_in_a_report_of_any_day(granted: Portal) -> None:
    query = """select entity_key, document_no, decided_date::varchar from {} where entity_key is not null
        and visible_until < date '2026-11-20' order by document_no"""
    gone = rows(granted, "credit", "penalty", query)
    assert gone
    for key, number, day in gone[:5]:
        for on in ({}, {"on": day}):
            assert number not in str(ask(granted, "/v1/credit-reports/legal_entity", record_key=key, **on))


def test_who_may_not_read_data_gets_neither_card_nor_report(granted: Portal) -> None:
    for login in ("steward", "auditor", "registrar"):
        assert post(granted.as_(login), "/licence", licence_id="1").status_code == 403, login
        assert post(granted.as_(login), "/credit-report", kind="person", identifier="1").status_code == 403, login


def test_the_pages_work_in_chromium_in_both_languages_and_print_on_few_sheets(
    chromium: Browser, address: str, granted: Portal
) -> None:
    identifier, _, former, _ = renewed(granted)
    key, number, _ = fined(granted)
    page = enter(chromium, address, "consumer")
    for lang, ask_for, state, source in (
        ("zh", "查询", "状态沿革", "来源部门"), ("en", "Read", "States", "Source")
    ):  # fmt: skip
        page.goto(f"{address}/licence?lang={lang}")
        page.locator("#f-licence_id").fill(identifier)
        page.get_by_role("button", name=ask_for, exact=True).click()
        page.get_by_text(former).first.wait_for()
        assert page.get_by_text(state, exact=True).first.is_visible()
        assert len(pdf.texts(page.pdf(prefer_css_page_size=True))) <= 2
        page.goto(f"{address}/credit-report?lang={lang}")
        page.locator("#f-record_key").fill(key)
        page.locator("#f-kind").select_option("legal_entity")
        page.get_by_role("button", name=ask_for, exact=True).click()
        page.get_by_text(number).first.wait_for()
        assert page.get_by_text(source, exact=True).first.is_visible()
        assert len(pdf.texts(page.pdf(prefer_css_page_size=True))) <= 3
    page.context.close()
    public = enter(chromium, address, "")
    for lang, button, word in (("zh", "核验", "无法确认"), ("en", "Verify", "Unknown")):
        public.goto(f"{address}/verify?lang={lang}")
        public.locator("#f-licence_id").fill("1.2.156.3005.2.NOBODY")
        public.get_by_role("button", name=button, exact=True).click()
        public.get_by_role("status").get_by_text(word).wait_for()
    public.context.close()
