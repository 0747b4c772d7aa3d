"""Chromium by other hands: the keyboard alone, a screen reader's view of the pages around the work, a slow line."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page

from catalog import sharing
from tests.api.officials import PASSWORD
from tests.pages.conftest import Portal
from tests.pages.test_browser import chromium, enter, faults, wide

__all__ = ["chromium"]

MOST_TABS = 120
_ACTIVE = """() => {
    const each = document.activeElement;
    if (each === document.body) return "";
    return [each.labels?.[0]?.innerText || each.innerText || "", each.getAttribute("href") || each.value || ""].join("|");
}"""
ENGLISH = {
    "steward": (
        "/", "/late", "/deliveries/{delivery}", "/quality/police", "/scorecards/police", "/orders/{order}",
        "/registration/police_population", "/requests/{request}", "/linkage/{statement}", "/releases/natural_person",
    ),
    "consumer": ("/whole", "/grants/{grant}", "/access", "/requests/new?resource=police_population", "/demands/new"),
    "auditor": ("/", "/reads", "/projects/{project}"),
    "": ("/", "/economy", "/bases", "/catalog/police_population", "/open/statistics_gdp"),
}  # fmt: skip


def tab_to(page: Page, wanted: str) -> None:
    """Press Tab until what has the focus reads so; it is seen to have it."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if re.search(wanted, page.evaluate(_ACTIVE)):
            shown = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert shown != "none", f"{wanted}: the focus is not to be seen"
            return
    raise AssertionError(f"{wanted} is not reached by Tab")


def test_from_sign_in_to_a_decided_request_by_the_keyboard_alone(
    chromium: Browser, address: str, portal: Portal
) -> None:
    page = chromium.new_context(viewport={"width": 1366, "height": 768}).new_page()
    page.goto(f"{address}/?lang=zh")
    tab_to(page, "^登录")
    page.keyboard.press("Enter")
    page.wait_for_url("**/signin**")
    tab_to(page, "账号")
    page.keyboard.type("registrar")
    tab_to(page, "口令")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="今日待办").wait_for()
    request = portal.ids["request"]
    tab_to(page, f"/requests/{request}")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/requests/{request}")
    tab_to(page, "具体说明")
    page.keyboard.type("同意，按用途使用")
    tab_to(page, r"\|approve")
    page.keyboard.press("Enter")
    page.get_by_text("已授权").first.wait_for()
    with portal.house.transaction() as db:
        found = sharing.get_request(db, request)
        assert found.state == "granted"
    page.context.close()


def test_an_upload_says_how_far_it_is(chromium: Browser, address: str) -> None:
    page = enter(chromium, address, "registrar")
    page.goto(f"{address}/my/resources/police_address")
    said: list[str] = []
    page.expose_function("told", lambda text: said.append(text))
    page.evaluate(
        "new MutationObserver(() => told(document.querySelector('form[data-upload] [role=status]').textContent))"
        ".observe(document.querySelector('form[data-upload]'), {subtree: true, childList: true, characterData: true})"
    )
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    slow = {"offline": False, "latency": 5, "downloadThroughput": -1, "uploadThroughput": 2_000_000}
    line.send("Network.emulateNetworkConditions", slow)
    file = {"name": "a.csv", "mimeType": "text/csv", "buffer": b"a,b\r\n" + b"1,2\r\n" * 400_000}
    page.get_by_label("文件", exact=False).set_input_files(file)
    page.get_by_role("button", name="报送", exact=True).click()
    page.get_by_text("已收到，正在等待检查。").wait_for()
    shares = [int(n) for n in re.findall(r"已上传 (\d+)%", " ".join(said))]
    assert shares == sorted(shares)
    assert any(0 < share < 100 for share in shares), said
    assert any("正在保存" in text for text in said)
    page.context.close()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_pages_around_the_work_have_no_serious_fault(
    chromium: Browser, address: str, portal: Portal, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    wrong: dict[str, list[str]] = {}

    def look(page: Page, name: str, words: str) -> None:
        assert re.search(words, page.content()), name
        wrong[name] = faults(page) + wide(page)

    page = enter(chromium, address, "")
    page.goto(f"{address}/signin?lang={lang}")
    look(page, "sign in", 'name="password"')
    page.goto(f"{address}/nothing?lang={lang}")
    look(page, "404", "没有这个页面或内容|There is no such page")
    with monkeypatch.context() as patch:
        patch.setattr("api.overview.bases", lambda db: 1 / 0)
        page.goto(f"{address}/bases?lang={lang}")
        look(page, "500", "平台出错|The platform failed|went wrong")
    page.context.close()
    page = enter(chromium, address, "steward")
    page.goto(f"{address}/password?lang={lang}")
    look(page, "password", 'name="again"')
    page.goto(f"{address}/people?lang={lang}")
    look(page, "403", "没有权限|Not allowed")
    page.goto(f"{address}/?lang={lang}")
    page.locator("input[name=id]").first.check()
    page.locator("button[name=action]").first.click()
    look(page, "preview", 'value="do"')
    page.locator("form[action='/batch'] button[type=submit]").first.click()
    look(page, "results", "batch|</table>")
    page.context.close()
    assert {name: what for name, what in wrong.items() if what} == {}


@pytest.mark.parametrize("login", ENGLISH)
def test_english_pages_have_no_serious_fault(chromium: Browser, address: str, portal: Portal, login: str) -> None:
    page = enter(chromium, address, login)
    wrong = {}
    for path in ENGLISH[login]:
        page.goto(f"{address}{portal.path(path)}{'&' if '?' in path else '?'}lang=en")
        assert page.locator("html").get_attribute("lang") == "en"
        wrong[path] = faults(page) + wide(page)
    assert {path: what for path, what in wrong.items() if what} == {}
    page.context.close()
