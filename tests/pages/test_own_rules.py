"""A verifier adds a rule on a page: drafts it, sees what its trial found, puts it in force, changes and ends it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from catalog import own_rules, resources
from catalog.models import AddedRule
from catalog.vocab import RuleState
from tests.conftest import NOW
from tests.pages.conftest import Portal
from tests.pages.forms import csrf

PATH = "/my/resources/police_population/rules"
RIGHT = {
    "title": "户号以区划代码开头",
    "item": "household_id",
    "kind": "pattern",
    "pattern": "1402\\d+",
    "outcome": "warn",
}


@pytest.fixture(autouse=True)
def _no_rule_of_another_test(portal: Portal) -> Iterator[None]:
    yield
    with portal.house.transaction() as db:
        for each in own_rules.of(db, resources.get(db, "police_population")):
            if each.state in (RuleState.DRAFT, RuleState.IN_FORCE):
                own_rules.end(db, each, by="test", now=NOW)


def send(portal: Portal, path: str = PATH, login: str = "verifier", **fields: Any) -> httpx.Response:
    browser = portal.as_(login)
    return browser.post(path, data={"csrf": csrf(browser), **fields})


def drafted(portal: Portal, **changes: str) -> AddedRule:
    sent = send(portal, **{**RIGHT, **changes})
    assert sent.status_code == 303, re.findall(r'class="fault"[^>]*>([^<]*)', sent.text)
    with portal.house.transaction() as db:
        found = own_rules.of(db, resources.get(db, "police_population"))
        return max(found, key=lambda rule: (rule.created_at, rule.number, rule.version))


def try_it(portal: Portal, rule: AddedRule, count: int) -> None:
    """What the pipelines do with a trial that waits."""
    with portal.house.transaction() as db:
        trial = own_rules.get(db, rule.id).last_trial
        delivery = own_rules.last_delivery(db, resources.get(db, "police_population"))
        assert trial and delivery
        own_rules.record_trial(trial, delivery.id, rows=100, count=count, first_rows=[3, 9], now=NOW)


def test_a_rule_is_drafted_tried_put_in_force_changed_and_ended(portal: Portal) -> None:
    rule = drafted(portal)
    page = portal.as_("verifier").get(f"{PATH}?lang=zh").text
    assert "户号以区划代码开头" in page
    assert "等待运行" in page
    refused = send(portal, f"{PATH}/{rule.id}", do="adoption")
    assert (refused.status_code, "试运行" in refused.text) == (409, True)
    try_it(portal, rule, 2)
    page = portal.as_("verifier").get(PATH).text
    assert "100 行中有 2 行不符合" in page
    assert "行号：3, 9" in page
    assert send(portal, f"{PATH}/{rule.id}", do="adoption").status_code == 303
    form = portal.as_("verifier").get(f"{PATH}?changes={rule.id}").text
    assert 'value="1402\\d+"' in form
    second = drafted(portal, changes=rule.id, pattern="1402\\d{14}")
    assert (second.number, second.version) == (rule.number, rule.version + 1)
    try_it(portal, second, 0)
    assert send(portal, f"{PATH}/{second.id}", do="adoption").status_code == 303
    assert send(portal, f"{PATH}/{second.id}", do="retirement").status_code == 303
    with portal.house.transaction() as db:
        assert {own_rules.get(db, each.id).state for each in (rule, second)} == {RuleState.ENDED}


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": ""}, "title"),
        ({"pattern": "("}, "pattern"),
        ({"kind": "between", "low": "x"}, "low"),
        ({"kind": "compare", "operator": "<", "other": "nothing"}, "other"),
        ({"kind": "exists_in", "resource": "nothing", "other": "x"}, "resource"),
    ],
)
def test_a_wrong_field_is_marked_and_what_was_written_stays(portal: Portal, fields: dict[str, str], field: str) -> None:
    sent = send(portal, **{**RIGHT, **fields})
    assert sent.status_code == 400
    assert f'id="e-{field}"' in sent.text
    assert 'value="household_id" selected' in sent.text


@pytest.mark.parametrize(
    ("kind", "item", "fields", "said"),
    [
        ("between", "birth_date", {"low": "1900-01-01", "high": "2026-12-31"}, "1900-01-01 ～ 2026-12-31"),
        ("in_list", "household_relation_code", {"values": "01\n02\n\n01"}, "01、02"),
        ("pattern", "household_id", {"pattern": "1402.+"}, "1402.+"),
        ("compare", "id_number", {"operator": "<>", "other": "household_id"}, "&lt;&gt; 户号"),
        (
            "exists_in",
            "id_number",
            {"resource": "police_residence_permit", "other": "id_number"},
            "police_residence_permit.id_number",
        ),
    ],
)
def test_every_kind_of_rule_is_filled_in_on_the_page(
    portal: Portal, kind: str, item: str, fields: dict[str, str], said: str
) -> None:
    rule = drafted(portal, title=f"规则 {kind}", kind=kind, item=item, **fields)
    assert (rule.kind.value, rule.item, rule.version) == (kind, item, 1)
    page = portal.as_("verifier").get(f"{PATH}?lang=zh").text
    assert f"规则 {kind}" in page and said in page
    # the form for the next version holds what was written
    form = html.unescape(portal.as_("verifier").get(f"{PATH}?changes={rule.id}").text)
    written = next(iter(fields.values())).split()[0]
    assert f'value="{kind}" selected' in form and written in form
    assert send(portal, f"{PATH}/{rule.id}", do="retirement").status_code == 303


@pytest.mark.parametrize("login", ["registrar", "steward", "consumer", "auditor"])
def test_only_the_departments_verifier_adds_rules(portal: Portal, login: str) -> None:
    rule = drafted(portal)
    assert send(portal, login=login, **RIGHT).status_code == 403
    assert send(portal, f"{PATH}/{rule.id}", login=login, do="retirement").status_code == 403
    page = portal.as_(login).get(PATH)
    assert page.status_code == (403 if login == "consumer" else 200)
    assert f'method="post" action="{PATH}"' not in page.text
    assert send(portal, f"{PATH}/{rule.id}", do="retirement").status_code == 303


def test_a_step_that_no_button_has_is_refused(portal: Portal) -> None:
    rule = drafted(portal)
    assert send(portal, f"{PATH}/{rule.id}", do="x").status_code == 400
    assert portal.as_("verifier").get(f"{PATH}/{rule.id}").headers["location"] == PATH


@pytest.mark.parametrize(
    ("lang", "reason"),
    [
        ("zh", "规则的参数不能执行；核对格式等参数，另拟一版"),
        (
            "en",
            "The parameters of the rule cannot be run; Check the parameters, such as the pattern, and draft another",
        ),
    ],
)
def test_why_a_trial_failed_is_said_in_the_language_of_the_page(portal: Portal, lang: str, reason: str) -> None:
    rule = drafted(portal)
    with portal.house.transaction() as db:
        trial = own_rules.get(db, rule.id).last_trial
        assert trial
        own_rules.fail_trial(trial, "规则的参数不能执行；核对格式等参数，另拟一版", now=NOW)
    assert reason in portal.as_("verifier").get(f"{PATH}?lang={lang}").text


def test_a_form_sent_twice_drafts_one_rule_and_says_that_it_is_there(portal: Portal) -> None:
    drafted(portal)
    again = send(portal, f"{PATH}?lang=zh", **RIGHT)
    assert (again.status_code, "已有内容相同的规则" in again.text) == (409, True)
