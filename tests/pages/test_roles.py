"""Each page for each role, in both languages; nobody sees what is not theirs."""

from __future__ import annotations

import json
import re

import httpx
import pytest

from api.pages.shell import POLICY
from tests.pages.conftest import Portal
from tests.pages.paths import EVERYONE, OFFICIALS, PAGES, PUBLIC


def heading(answer: httpx.Response) -> str:
    found = re.search(r"<h1>(.*?)</h1>", answer.text, re.DOTALL)
    return found[1] if found else ""


@pytest.mark.parametrize("path", PAGES)
def test_a_page_opens_for_its_roles_in_both_languages_and_for_no_other(portal: Portal, path: str) -> None:
    may_open, chinese, english = PAGES[path]
    address = portal.path(path)
    mark = "&" if "?" in address else "?"
    for login in EVERYONE:
        browser = portal.as_(login)
        answer = browser.get(f"{address}{mark}lang=zh")
        if login in may_open:
            assert answer.status_code == 200, (login, answer.text[:3000])
            assert chinese in answer.text
            in_english = browser.get(f"{address}{mark}lang=en")
            assert english in in_english.text
            assert '<html lang="en">' in in_english.text
        elif login:
            assert answer.status_code == 403, login
            assert heading(answer) == "没有权限"
        else:
            assert answer.status_code == 303
            assert answer.headers["location"].startswith("/signin?next=")


@pytest.mark.parametrize("login", OFFICIALS)
def test_everyone_has_a_home_page_with_what_is_to_do_and_a_menu_that_opens(portal: Portal, login: str) -> None:
    browser = portal.as_(login)
    home = browser.get("/?lang=zh")
    assert "今日待办" in home.text
    menu = re.search(r'<nav id="menu".*?</nav>', home.text, re.DOTALL)
    assert menu
    for path in re.findall(r'href="([^"]+)"', menu[0]):
        assert browser.get(path).status_code == 200, path


def test_the_public_sees_the_bases_and_a_way_in(portal: Portal) -> None:
    page = portal.as_("").get("/?lang=zh").text
    assert "人口基础信息库" in page
    assert 'href="/signin"' in page
    assert "Six bases" in portal.as_("").get("/?lang=en").text


@pytest.mark.parametrize("path", [*PUBLIC, "/", "/signin", "/nothing"])
def test_nothing_comes_from_elsewhere_and_nothing_runs_inline(portal: Portal, path: str) -> None:
    answer = portal.as_("").get(path)
    assert answer.headers["content-security-policy"] == POLICY
    loaded = re.findall(r'<(?:script|link|img|iframe)[^>]+(?:src|href)="([^"]+)"', answer.text)
    assert loaded
    assert all(address.startswith("/static/") for address in loaded)
    assert not re.search(r"\son[a-z]+=|<style|style=", answer.text)
    inline = re.findall(r"<script([^>]*)>(.*?)</script>", answer.text, re.DOTALL)
    assert all("application/ld+json" in kind or not body for kind, body in inline)


def test_a_resource_page_tells_search_engines_what_it_is(portal: Portal) -> None:
    page = portal.as_("").get("/catalog/statistics_gdp").text
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert found
    data = json.loads(found[1])
    assert (data["@type"], data["name"]) == ("Dataset", "地区生产总值季度核算")


def test_a_page_that_does_not_exist_says_so_as_a_page_and_the_api_as_json(portal: Portal) -> None:
    page = portal.as_("").get("/nothing/here?lang=zh")
    assert (page.status_code, heading(page)) == (404, "没有这个页面或内容")
    assert page.headers["x-request-id"] in page.text
    assert portal.as_("").get("/catalog/nothing").status_code == 404
    assert portal.as_("").get("/v1/nothing").headers["content-type"] == "application/problem+json"


def test_a_fault_of_our_own_is_a_page_without_details(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("secret value")

    monkeypatch.setattr("api.overview.bases", fail)
    answer = portal.as_("").get("/bases?lang=zh")
    assert answer.status_code == 500
    assert heading(answer) == "平台出错，已记录"
    assert "secret value" not in answer.text


def test_charts_show_only_indicators_whose_source_is_open(portal: Portal) -> None:
    page = portal.as_("").get("/bases/macro_economy?lang=zh").text
    assert "地区生产总值（亿元）" in page
    assert "原煤产量" not in re.sub(r"<h2>数据来源.*", "", page, flags=re.DOTALL)
