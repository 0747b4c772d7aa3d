"""The catalog as everybody searches it, and the page of a resource."""

from __future__ import annotations

import json
import re
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from catalog import resources
from catalog.lineage import share_types
from catalog.vocab import ResourceState, ShareType
from tests.helpers import queries_of
from tests.pages.conftest import Portal


def found(portal: Portal, login: str, path: str) -> list[str]:
    """The names that a search page lists."""
    page = portal.as_(login).get(path).text
    return re.findall(r'<h2><a href="[^"]+">([^<]+)</a></h2>', page)


@pytest.fixture
def draft(portal: Portal) -> Any:
    """A resource of the police that is a draft for a while."""
    with portal.house.transaction() as db:
        resources.get(db, "police_address").state = ResourceState.DRAFT
    yield "标准地址"
    with portal.house.transaction() as db:
        resources.get(db, "police_address").state = ResourceState.PUBLISHED


@pytest.mark.parametrize("words", ["户籍注销", "注销", "hjzx", "户籍 注销"])
def test_any_part_of_a_name_and_its_pinyin_are_found(portal: Portal, words: str) -> None:
    assert found(portal, "", f"/catalog?q={words}")[0] == "户籍注销"


def test_facets_count_narrow_and_widen(portal: Portal) -> None:
    page = portal.as_("").get("/catalog?base=credit&lang=zh").text
    assert re.search(r'href="/catalog"[^>]*aria-current="true">社会信用基础库</a>', page)
    other = re.search(r'href="/catalog\?base=credit%2Cmacro_economy"', page)
    assert other
    count = int(re.search(r"共 ([\d,]+) 条", page)[1])  # type: ignore[index]
    both = portal.as_("").get("/catalog?base=credit,macro_economy&lang=zh").text
    assert int(re.search(r"共 ([\d,]+) 条", both)[1]) > count  # type: ignore[index]


def test_a_made_up_facet_or_cursor_is_told(portal: Portal) -> None:
    for query in ("base=nothing", "cursor=zz"):
        assert portal.as_("").get(f"/catalog?{query}").status_code == 400


def test_pages_follow_each_other_and_the_export_holds_all(portal: Portal) -> None:
    names: list[str] = []
    path = "/catalog?lang=zh"
    while path:
        page = portal.as_("").get(path).text
        names += re.findall(r'<h2><a href="[^"]+">([^<]+)</a></h2>', page)
        following = re.search(r'<a href="([^"]+)" rel="next">', page)
        path = following[1].replace("&amp;", "&") if following else ""
    answer = portal.as_("").get("/catalog?export=xlsx&lang=zh")
    assert answer.status_code == 200, answer.text
    book = load_workbook(BytesIO(portal.as_("").get("/catalog?export=xlsx&lang=zh").content))
    exported = [str(row[0]) for row in book.worksheets[0].iter_rows(min_row=2, values_only=True)]
    assert len(names) == len(set(names)) > 60
    assert exported == names


def test_officials_find_the_drafts_that_they_may_read_and_nobody_else(portal: Portal, draft: str) -> None:
    for login, sees in {"": False, "consumer": False, "registrar": True, "verifier": True, "steward": True}.items():
        assert (draft in found(portal, login, f"/catalog?q={draft}")) is sees, login
    assert f'href="/registration/police_address">{draft}' in portal.as_("registrar").get(f"/catalog?q={draft}").text
    assert portal.as_("").get("/catalog/police_address").status_code == 404


def test_the_api_shows_a_signed_in_official_what_its_role_may_see(portal: Portal, draft: str) -> None:
    for login, total in {"": 0, "consumer": 0, "registrar": 1, "steward": 1}.items():
        answer = portal.as_(login).get(f"/v1/resources?q={draft}&department=police").json()
        assert answer["total"] == total, login


@pytest.mark.parametrize("path", ["/catalog", "/open", "/catalog?q=信息&share_type=conditional"])
def test_a_search_page_asks_the_register_little(portal: Portal, path: str) -> None:
    portal.as_("").get(path)
    with queries_of(portal.house.database) as asked:
        portal.as_("").get(path)
    assert 0 < len(asked) <= 6


def test_open_data_lists_what_is_open_alone(portal: Portal) -> None:
    with portal.house.transaction() as db:
        wanted = sorted(r.slug for r in resources.published(db) if r.is_open)
    book = load_workbook(BytesIO(portal.as_("").get("/open?export=xlsx").content))
    assert sorted(row[-1] for row in book.worksheets[0].iter_rows(min_row=2, values_only=True)) == wanted
    assert found(portal, "", "/open?q=生产总值") == ["地区生产总值季度核算"]


def test_a_resource_names_the_authoritative_source_of_each_item(portal: Portal) -> None:
    page = portal.as_("").get("/catalog/person?lang=zh").text
    row = re.search(r'<tr role="row">\s*<td[^>]*>姓名.*?</tr>', page, re.DOTALL)
    assert row
    assert "大同市公安局" in row[0]


def test_a_planned_resource_is_shown_as_such_and_offers_no_calls(portal: Portal) -> None:
    with portal.house.transaction() as db:
        resources.get(db, "police_address").state = ResourceState.PLANNED
    page = portal.as_("consumer").get("/catalog/police_address?lang=zh").text
    with portal.house.transaction() as db:
        resources.get(db, "police_address").state = ResourceState.PUBLISHED
    assert "拟建项目的资源" in page
    assert "curl" not in page
    assert "/requests/new" not in page


def test_a_resource_page_carries_the_same_markup_as_the_api(portal: Portal) -> None:
    page = portal.as_("").get("/catalog/police_population").text
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert found
    data = json.loads(found[1])
    assert data["includedInDataCatalog"]["@type"] == "DataCatalog"
    assert data["url"].endswith("/catalog/police_population")


def test_the_format_is_a_facet_like_any_other(portal: Portal) -> None:
    page = portal.as_("").get("/catalog?format=database&lang=zh").text
    assert "format=database%2C" in page
    assert "export=xlsx" in page
    assert len(found(portal, "", "/catalog?format=database&base=credit")) < len(found(portal, "", "/catalog"))


def test_a_resource_says_how_many_of_its_items_are_shared_more_strictly(portal: Portal) -> None:
    with portal.house.transaction() as db:
        held = share_types(db, resources.get(db, "penalty"), portal.house.clock().date())
        assert resources.get(db, "person").share_type is ShareType.CONDITIONAL  # the record key is no item
    strict = [name for name, kind in held.items() if kind is ShareType.CONDITIONAL]
    assert 0 < len(strict) < len(held)
    everybody = portal.as_("")
    assert f"其中 {len(strict)} 个信息项有条件共享" in everybody.get("/catalog/penalty?lang=zh").text
    assert "个信息项有条件共享" not in everybody.get("/catalog/person?lang=zh").text
