"""Administrators, the public and a department with a bad file in Debian's Chromium."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser

from tests.api.officials import PASSWORD
from tests.pages.conftest import Portal
from tests.pages.test_browser import chromium, enter

__all__ = ["chromium"]


def test_an_account_goes_through_two_administrators_to_its_first_day(chromium: Browser, address: str) -> None:
    system = enter(chromium, address, "system")
    system.get_by_role("link", name="人员").click()
    system.get_by_label("账号", exact=False).last.fill("zhang.san")
    system.get_by_label("姓名", exact=False).last.fill("张三")
    system.get_by_label("部门", exact=False).last.select_option("police")
    system.get_by_role("button", name="开通账号").click()
    system.get_by_role("heading", name="首次口令").wait_for()
    first = system.locator(".once code").nth(1).inner_text()
    system.get_by_role("link", name="已记下").click()
    system.goto(f"{address}/people/zhang.san")
    assert first not in system.content()

    security = enter(chromium, address, "security")
    security.goto(f"{address}/people/zhang.san")
    security.get_by_label("角色", exact=False).select_option("verifier")
    security.get_by_role("button", name="授予任职").click()
    security.get_by_text("任职已授予。").wait_for()

    page = chromium.new_context().new_page()
    page.goto(f"{address}/deliveries?q=人口")
    page.get_by_label("账号").fill("zhang.san")
    page.get_by_label("口令").fill(first)
    page.keyboard.press("Enter")
    page.get_by_text("首次登录须先修改口令").wait_for()
    page.get_by_label("原口令").fill(first)
    page.get_by_label("新口令", exact=True).fill(PASSWORD)
    page.get_by_label("再次输入新口令").fill(PASSWORD)
    page.get_by_role("button", name="修改口令").click()
    page.get_by_role("heading", name="数据报送").wait_for()
    assert urlsplit(page.url).path == "/deliveries"
    for each in (system, security, page):
        each.context.close()


def test_a_refused_upload_says_why_and_the_form_still_works(
    chromium: Browser,
    address: str,
    portal: Portal,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = enter(chromium, address, "registrar")
    page.goto(f"{address}/my/resources/police_address")
    file = {"name": "地址.csv", "mimeType": "text/csv", "buffer": b"a,b\r\n1,2\r\n"}
    with monkeypatch.context() as patch:
        patch.setattr(portal.house.settings, "max_upload_mb", 0)
        page.get_by_label("文件", exact=False).set_input_files(file)
        page.get_by_role("button", name="报送", exact=True).click()
        page.get_by_text("未能接收：").wait_for()
    page.get_by_label("文件", exact=False).set_input_files(file)
    page.get_by_role("button", name="报送", exact=True).click()
    page.get_by_text("已收到，正在等待检查。").wait_for()
    page.context.close()


def test_the_public_downloads_open_data_without_scripts_or_a_sign_in(chromium: Browser, address: str) -> None:
    page = enter(chromium, address, "", java_script_enabled=False)
    page.get_by_role("link", name="开放数据", exact=True).click()
    page.get_by_label("关键词").fill("生产总值")
    page.get_by_role("button", name="查询").click()
    page.get_by_role("link", name="地区生产总值季度核算").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载 CSV").click()
    assert re.fullmatch(r"statistics_gdp-r\w+\.csv", download.value.suggested_filename)
    assert download.value.path().read_bytes().startswith(b"\xef\xbb\xbfrecord_key,")
    page.context.close()
