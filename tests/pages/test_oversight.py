"""Auditors find who read a person; the public finds and downloads what is open; departments learn why a file was
refused."""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
from contextlib import closing
from typing import Any
from urllib.parse import unquote

import pytest

from catalog import admin_log, directory, policy
from catalog.lists import Asked
from catalog.roles import Role
from tests.api.officials import PASSWORD, Browser, hire
from tests.pages.conftest import Portal
from tests.pages.test_browser import token_of
from tests.pages.test_work import csrf, newest, post


def demo(portal: Portal) -> dict[str, str]:
    found: dict[str, str] = json.loads((portal.home / "demo.json").read_text())["demo"]
    return found


# who read a person


def test_an_auditor_finds_every_read_of_a_person_by_the_number(portal: Portal) -> None:
    person = demo(portal)
    data = f"/v1/data/{person['resource']}"
    read = portal.as_("").post(f"{data}/lookup", token_of(portal), json={"identifier": person["identifier"]})
    assert read.status_code == 200
    found = post(portal.as_("auditor"), "/reads", identifier=f" {person['identifier']} ")
    assert found.status_code == 303
    records = dict(pair.split(":") for pair in unquote(found.headers["location"]).partition("records=")[2].split(","))
    assert records[person["resource"]] == person["record_key"]
    assert len(records) > 1
    page = portal.as_("auditor").get(f"{found.headers['location']}&lang=zh").text
    assert read.headers["x-receipt-id"] in page
    assert person["identifier"] not in page + found.headers["location"]


def test_the_newest_reads_stand_on_the_page_before_anything_is_asked(portal: Portal) -> None:
    person = demo(portal)
    read = portal.as_("").post(
        f"/v1/data/{person['resource']}/lookup", token_of(portal), json={"identifier": person["identifier"]}
    )
    page = portal.as_("auditor").get("/reads?lang=zh").text
    assert read.headers["x-receipt-id"] in page
    assert person["identifier"] not in page


def test_the_search_is_logged_and_the_number_is_nowhere(portal: Portal) -> None:
    person = demo(portal)
    post(portal.as_("auditor"), "/reads", identifier=person["identifier"])
    with portal.house.transaction() as db:
        acts, _ = admin_log.act_list(None).cut(db, Asked(chosen={"act": "search_reads"}))
        assert acts[0].by == "official:auditor"
        assert person["identifier"] not in repr((acts[0].subject, acts[0].facts))


@pytest.mark.parametrize("identifier", ["", "123", "X" * 18, "140202199001010000' or 1=1"])
def test_a_number_that_is_none_is_told_beside_the_field(portal: Portal, identifier: str) -> None:
    answer = post(portal.as_("auditor"), "/reads?lang=zh", identifier=identifier)
    assert answer.status_code == 400
    assert "公民身份号码应为 18 位" in answer.text


def test_a_person_whom_nobody_holds_has_no_records(portal: Portal) -> None:
    found = post(portal.as_("auditor"), "/reads", identifier="000000190001010019")
    page = portal.as_("auditor").get(found.headers["location"])
    assert "没有含该号码的记录" in portal.as_("auditor").get(f"{found.headers['location']}&lang=zh").text
    assert page.status_code == 200


@pytest.mark.parametrize(
    "records", ["x", "person:zz", "person:" + "0" * 20 + ":1", ",".join(["person:" + "0" * 20] * 61)]
)
def test_an_address_that_was_made_up_is_refused(portal: Portal, records: str) -> None:
    assert portal.as_("auditor").get(f"/reads?records={records}").status_code == 400


@pytest.mark.parametrize("path", ["/reads", "/reads/verification"])
def test_only_auditors_search_and_verify(portal: Portal, path: str) -> None:
    for login in ("steward", "registrar", "consumer", "officer", "finance", "system", "security", "audits"):
        assert post(portal.as_(login), path, identifier="000000190001010019").status_code == 403, login


def test_an_auditor_has_the_receipts_verified_and_sees_where_they_were_changed(portal: Portal) -> None:
    portal.as_("").get("/v1/open/statistics_gdp/data.csv")
    good = post(portal.as_("auditor"), "/reads/verification?lang=zh")
    assert "存证完整" in good.text
    assert re.search(r"<pre[^>]*><code>[0-9a-f]{64}</code>", good.text)
    file = max(portal.house.store.receipts.glob("w*.sqlite"), key=lambda path: path.stat().st_mtime)
    with closing(sqlite3.connect(file)) as db:
        (body,) = db.execute("select body from receipt where seq = 1").fetchone()
        for changed in (body.replace('"outcome":"', '"outcome":"x'), body):
            db.execute("update receipt set body = ? where seq = 1", [changed])
            db.commit()
            told = post(portal.as_("auditor"), "/reads/verification?lang=zh").text
            assert ("存证完整" in told) == (changed == body)
            assert (file.name in told) or changed == body


# open data


def opened(portal: Portal) -> dict[str, set[str]]:
    """Slug -> names of the open items of what is published."""
    with portal.house.transaction() as db:
        found, _ = directory.page(db, "", 500)
        today = portal.house.today
        items = {x.resource.slug: policy.open_items(db, x.resource, today) for x in found if x.release is not None}
        return {slug: {item.name for item in some} for slug, some in items.items() if some}


def test_the_sample_city_opens_some_resources_and_none_of_persons(portal: Portal) -> None:
    found = opened(portal)
    assert {"statistics_gdp", "civil_affairs_division", "natural_resources_boundary"} <= set(found)
    personal = {"id_number", "name", "representative_name", "phone", "residence_address"}
    assert not any(
        personal & items
        for slug, items in found.items()
        if not slug.endswith(("division", "boundary", "licence", "list"))
    )


def test_every_open_resource_is_found_browsed_and_downloaded_without_a_sign_in(portal: Portal) -> None:
    nobody = portal.as_("")
    for slug, items in opened(portal).items():
        page = nobody.get(f"/open/{slug}?lang=zh").text
        (path,) = re.findall(rf'href="(/v1/open/{slug}/data\.csv)"', page)
        rows = list(csv.reader(io.StringIO(nobody.get(path).content.decode("utf-8-sig"))))
        assert set(rows[0]) == {"record_key", *items}
        assert len(rows) > 1
        assert f'href="/open/{slug}"' in nobody.get(f"/catalog/{slug}").text


def test_no_identifier_of_the_sample_leaves_as_open_data(portal: Portal) -> None:
    """Every file, against everything in it that looks like a citizen's number."""
    for slug in opened(portal):
        text = portal.as_("").get(f"/v1/open/{slug}/data.csv").text
        assert not re.search(r"(?<!\d)(?:14|00)\d{4}(?:19|20)\d{2}[01]\d[0-3]\d\d{3}[\dX](?!\d)", text), slug


@pytest.mark.parametrize("slug", ["police_population", "person", "market_regulation_enterprise", "nothing"])
def test_what_is_not_open_has_no_page_and_no_file(portal: Portal, slug: str) -> None:
    assert portal.as_("steward").get(f"/open/{slug}").status_code == 404
    assert portal.as_("steward").get(f"/v1/open/{slug}/data.csv").status_code in (403, 404)
    assert f'href="/open/{slug}"' not in portal.as_("").get("/open").text


# uploads


def send(portal: Portal, slug: str = "police_population", name: str = "a.csv", **fields: str) -> Any:
    browser = portal.as_("registrar")
    data = {"csrf": csrf(browser), **fields}
    return browser.post(f"/my/resources/{slug}/deliveries?lang=zh", data=data, files={"file": (name, b"x\r\n1\r\n")})


def test_a_refused_upload_brings_the_form_again_and_says_why(portal: Portal) -> None:
    answer = send(portal, period="2026-11", zero_report="1")
    assert answer.status_code == 400
    assert "未能接收" in answer.text
    assert "与更新周期" in answer.text
    assert 'enctype="multipart/form-data"' in answer.text
    assert re.search(r'name="zero_report"[^>]*checked', answer.text)
    browser = portal.as_("registrar")
    assert browser.get("/my/resources/police_population/deliveries").status_code == 303


def test_a_file_that_is_too_large_is_refused_on_the_same_page(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portal.house.settings, "max_upload_mb", 0)
    answer = send(portal)
    assert (answer.status_code, "文件超过上限" in answer.text) == (413, True)


def test_who_reviewed_a_delivery_is_named_where_the_city_asks_for_it(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = "/my/resources/police_residence_permit?lang=zh"
    assert 'name="secrecy_reviewer"' not in portal.as_("registrar").get(path).text
    monkeypatch.setattr(portal.house.settings, "delivery_reviewer_required", True)
    assert 'name="secrecy_reviewer"' in portal.as_("registrar").get(path).text
    refused = send(portal, "police_residence_permit")
    assert refused.status_code == 400
    assert "没有写明保密审查人" in refused.text
    assert send(portal, "police_residence_permit", secrecy_reviewer="王某").status_code == 303
    found = newest(portal, "police_residence_permit")
    assert found.secrecy_reviewer == "王某"
    assert "王某" in portal.as_("registrar").get(f"/deliveries/{found.id}").text


# signing in


def test_after_five_wrong_passwords_the_page_says_how_long_to_wait(portal: Portal) -> None:
    browser = Browser(portal.app)
    told = [browser.sign_in("officer", "wrong") for _ in range(6)][-1]
    assert told.status_code == 429
    assert re.search(r"\d+ 秒后再试", told.text)
    browser.close()


def test_a_first_password_leads_from_anywhere_to_the_change_of_it(portal: Portal) -> None:
    with portal.house.transaction() as db:
        hire(db, "fresh", [("police", Role.VERIFIER)], must_change=True)
    browser = Browser(portal.app)
    assert browser.sign_in("fresh").status_code == 303
    for path in ("/", "/deliveries?sort=-rows"):
        assert browser.get(path).headers["location"].startswith("/password")
    page = browser.get("/password?lang=en").text
    assert "The first password must be changed" in page
    assert not re.search(r"[\u4e00-\u9fff]", re.sub(r"<(header|footer).*?</\1>", "", page, flags=re.DOTALL))
    data = {
        "csrf": browser.csrf("/password"),
        "old": PASSWORD,
        "new": "another quiet river",
        "again": "another quiet river",
    }
    changed = browser.post("/password", data=data | {"next": "/deliveries?sort=-rows"})
    assert changed.headers["location"] == "/deliveries?sort=-rows"
    browser.close()


def test_deliveries_are_found_by_words_and_state_and_cut_by_the_register(portal: Portal) -> None:
    steward = portal.as_("steward")
    partly = steward.get("/deliveries?lang=zh&state=accepted_in_part").text
    assert 'rel="next"' not in steward.get("/deliveries?q=户籍注销").text
    shown = re.findall(r'<span class="badge [a-z]+">(.*?)</span>', partly)
    assert set(shown) == {"部分通过"}
    assert "户籍注销" in steward.get("/deliveries?q=户籍注销").text
    assert steward.get("/deliveries?state=nonsense").status_code == 200
    own = portal.as_("registrar").get("/deliveries?format=xlsx")
    assert own.content[:2] == b"PK"
