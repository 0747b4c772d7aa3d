"""Officials at work in Debian's Chromium: two journeys from sign-in to done, and no serious fault for axe."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import duckdb
import pytest
from axe_playwright_python.sync_playwright import Axe
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page, sync_playwright

from catalog import deliveries, one_source, resources, spill
from catalog.models import SourceConflict
from catalog.settings import Settings
from pipelines.checking import take
from pipelines.house import open_house
from tests.api.officials import PASSWORD
from tests.pages.conftest import Portal
from tests.pages.paths import PAGES

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
# one official of each kind, those with most forms first; together they may open every page that there is
WALKS = ("", "registrar", "consumer", "steward", "auditor", "system", "audits")
# pages on which the authority has forms of its own
AGAIN = {"steward": {"/requests/{request}", "/deliveries/{delivery}", "/registration/police_population"}}


def walk(login: str) -> list[str]:
    """The home page, and the pages that nobody before in the row may open: most pages are looked at once."""
    before, again = set(WALKS[: WALKS.index(login)]), AGAIN.get(login, set())
    mine = {path: who for path, (who, _, _) in PAGES.items() if login in who}
    return ["/", *(path for path, who in mine.items() if path in again or not before & set(who))]


def test_the_walks_leave_no_page_out() -> None:
    assert {path for login in WALKS for path in walk(login)} == {"/", *PAGES}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


def enter(chromium: Browser, address: str, login: str, **context: Any) -> Page:
    """A page of that official, signed in as people do; Chinese first."""
    page = chromium.new_context(viewport={"width": 1366, "height": 768}, **context).new_page()
    page.set_default_timeout(15_000)
    page.goto(address)
    if login:
        page.get_by_role("link", name="登录").click()
        page.get_by_label("账号").fill(login)
        page.get_by_label("口令").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.get_by_role("heading", name=re.compile("今日待办")).wait_for()
    return page


def faults(page: Page) -> list[str]:
    """What axe holds to be serious or critical."""
    found = Axe().run(page).response["violations"]
    serious = [each for each in found if each["impact"] in ("serious", "critical")]
    return [f"{each['id']}: {node['html'][:200]}" for each in serious for node in each["nodes"][:3]]


def wide(page: Page) -> list[str]:
    """The sizes of screen on which the page has to be moved sideways."""
    sizes = {"laptop": (1366, 768), "phone": (390, 844)}
    found = []
    for name, (width, height) in sizes.items():
        page.set_viewport_size({"width": width, "height": height})
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append(f"wider than a {name}")
    page.set_viewport_size({"width": 1366, "height": 768})
    return found


@pytest.mark.parametrize("login", WALKS)
def test_no_page_has_a_serious_fault_for_axe_or_is_wider_than_a_laptop_or_a_phone(
    chromium: Browser, address: str, portal: Portal, login: str
) -> None:
    page = enter(chromium, address, login)
    wrong: dict[str, list[str]] = {}
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    for path in walk(login):
        page.goto(address + portal.path(path))
        if found := faults(page) + wide(page):
            wrong[path] = found
    assert wrong == {}
    assert errors == []
    page.context.close()


def test_on_a_phone_the_menu_opens_by_its_button(chromium: Browser, address: str) -> None:
    page = enter(chromium, address, "steward")
    page.set_viewport_size({"width": 390, "height": 844})
    assert not page.locator("#menu").is_visible()
    page.get_by_role("button", name="菜单").click()
    assert page.locator("#menu").is_visible()
    page.context.close()


def test_axe_finds_no_serious_fault_on_pages_of_spills_and_conflicts_with_something_in_them(
    chromium: Browser, address: str, portal: Portal
) -> None:
    with portal.house.transaction() as db:
        police, fund = resources.get(db, "police_driving_licence"), resources.get(db, "housing_fund_deposit")
        who = {"by": "official:steward", "now": portal.house.clock()}
        newest = deliveries.history(db, police, limit=1)[0]
        found = spill.freeze(db, portal.house.store, newest, reason="疑似涉密", **who)
        row = SourceConflict(
            meaning="phone", item="phone", title="手机号码", resource=fund, department=fund.provider,
            holder_resource=police, holder=police.provider, state=one_source.OPEN, found_at=portal.house.clock(),
        )  # fmt: skip
        db.add(row)
        db.flush()
        paths = ["/spills", f"/spills/{found.id}", "/source-conflicts", f"/source-conflicts/{row.id}"]
    page = enter(chromium, address, "steward")
    wrong = {}
    for path in [f"{path}?lang={lang}" for path in paths for lang in ("zh", "en")]:
        page.goto(address + path)
        assert page.get_by_text("手机号码").or_(page.get_by_text(found.id)).count() > 0
        wrong[path] = faults(page)
    assert {path: what for path, what in wrong.items() if what} == {}
    page.context.close()
    with portal.house.transaction() as db:
        spill.lift(db, spill.get(db, found.id), **who)


def test_a_list_of_counts_is_short_on_a_phone(chromium: Browser, address: str) -> None:
    page = enter(chromium, address, "steward")
    page.goto(f"{address}/quality")
    cells = page.locator("td:has(> .none)")
    assert cells.count() > 0
    assert cells.first.is_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    assert not any(cell.is_visible() for cell in cells.all())
    rows = page.locator("tbody tr")
    assert sum(box["height"] for row in rows.all() if (box := row.bounding_box())) < 200 * rows.count()
    page.context.close()


def test_the_keyboard_reaches_the_content_first(chromium: Browser, address: str) -> None:
    page = enter(chromium, address, "")
    page.goto(f"{address}/catalog")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "跳到正文"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.context.close()


def test_pages_work_without_scripts(chromium: Browser, address: str, portal: Portal) -> None:
    page = enter(chromium, address, "registrar", java_script_enabled=False)
    page.goto(f"{address}/catalog")
    page.get_by_label("关键词").fill("户籍")
    page.get_by_role("button", name="查询").click()
    page.get_by_role("link", name="户籍注销").click()
    page.get_by_role("link", name="报送数据").click()
    page.get_by_label("文件").set_input_files({"name": "x.csv", "mimeType": "text/csv", "buffer": b"a\r\n"})
    page.get_by_role("button", name="报送", exact=True).click()
    assert page.get_by_text("已收到，正在等待检查。").is_visible()
    page.context.close()


def test_a_department_delivers_and_reads_its_findings(
    chromium: Browser, address: str, portal: Portal, tmp_path: Path
) -> None:
    file = faulty_file(portal, "police_driving_licence", "first_issued_date", tmp_path)
    page = enter(chromium, address, "registrar")
    page.get_by_role("link", name="部门资源").click()
    page.get_by_role("link", name="机动车驾驶证").click()
    page.get_by_label("文件").set_input_files(file)
    page.get_by_role("button", name="报送", exact=True).click()
    page.get_by_text("已收到，正在等待检查。").wait_for()
    delivery = urlsplit(page.url).path
    run(portal, "police_driving_licence")
    page.goto(address + delivery)
    assert page.get_by_text("部分通过").first.is_visible()
    line = page.get_by_role("row").filter(has_text="日期无效")
    assert line.get_by_text("first_issued_date").is_visible()
    with page.expect_download() as download:
        line.get_by_role("link", name="3", exact=True).click()
    rows = list(load_workbook(BytesIO(download.value.path().read_bytes())).worksheets[0].iter_rows(values_only=True))
    assert [row[0] for row in rows[1:]] == [3]
    page.go_back()
    page.reload()
    assert page.get_by_role("heading", name=re.compile("机动车驾驶证")).is_visible()
    page.context.close()


def faulty_file(portal: Portal, slug: str, item: str, folder: Path) -> Path:
    """The rows of the last delivery as CSV, the second with a date that is none."""
    with portal.house.transaction() as db:
        resource = resources.get(db, slug)
        names = [each.name for each in resource.items]
        last = deliveries.history(db, resource, limit=1)[0].id
    target, source = folder / "rows.csv", portal.house.store.checked(last) / "good.parquet"
    columns = ", ".join(f'"{name}"::varchar as "{name}"' for name in names)
    with duckdb.connect() as engine:
        engine.execute(f"create table rows as select {columns}, row_number() over (order by _row) as n from '{source}'")
        engine.execute(f"update rows set \"{item}\" = '2026-13-45' where n = 2")
        engine.execute(f"copy (select * exclude n from rows order by n) to '{target}' (header)")
    return target


def run(portal: Portal, slug: str) -> None:
    """What the pipelines do when they find the delivery."""
    house = open_house(Settings(home=portal.home, duckdb_memory="500MB"))
    take(house, slug, "test")
    house.database.dispose()


def test_a_consumer_asks_a_provider_grants_and_the_consumer_sees_how_to_call(
    chromium: Browser, address: str, portal: Portal
) -> None:
    consumer = enter(chromium, address, "consumer")
    consumer.get_by_role("link", name="政务信息资源目录").click()
    consumer.get_by_label("关键词").fill("驾驶证")
    consumer.get_by_role("button", name="查询").click()
    consumer.get_by_role("link", name="机动车驾驶证").click()
    consumer.get_by_role("link", name="提出共享申请").click()
    consumer.get_by_role("checkbox", name=re.compile("公民身份号码")).check()
    consumer.get_by_role("checkbox", name=re.compile("准驾车型")).check()
    consumer.get_by_label("应用场景").fill("网约车驾驶员资格核验")
    consumer.get_by_label("使用依据").fill("网络预约出租汽车经营服务管理暂行办法第十四条")
    consumer.get_by_role("button", name="提交申请").click()
    consumer.get_by_text("申请已提交。").wait_for()
    asked = urlsplit(consumer.url).path

    steward = enter(chromium, address, "steward")
    steward.get_by_role("link", name="申请 机动车驾驶证").click()
    assert urlsplit(steward.url).path == asked
    steward.get_by_role("button", name="审查通过").click()
    steward.get_by_text("审查通过，已转请答复。").wait_for()

    provider = enter(chromium, address, "registrar")
    provider.get_by_role("link", name="申请 机动车驾驶证").click()
    assert urlsplit(provider.url).path == asked
    provider.get_by_label("脱敏方式 公民身份号码").select_option("plain")
    provider.get_by_label("使用期限").fill("90")
    provider.get_by_role("button", name="同意", exact=True).click()
    provider.get_by_text("答复已送出。").wait_for()
    provider.go_back()
    provider.reload()
    assert provider.get_by_text("已授权").first.is_visible()

    consumer.reload()
    consumer.get_by_role("link", name="查看共享授权和调用方法").click()
    assert consumer.get_by_role("row").filter(has_text="原值").count() == 2
    called = re.search(r'"(http[^"]+/records\?[^"]+)"', consumer.locator(".paste pre").nth(1).inner_text())
    assert called
    answer = portal.as_("").get(called[1].replace(address, ""), token_of(portal))
    assert answer.status_code == 200
    assert len(answer.json()["records"]) == 10
    for page in (consumer, steward, provider):
        page.context.close()


def token_of(portal: Portal) -> str:
    """A token of the consumer's program, as the pasted call asks for it."""
    import json

    demo = json.loads((portal.home / "demo.json").read_text())["demo"]
    form = {"grant_type": "client_credentials", "client_id": demo["client_id"], "client_secret": demo["client_secret"]}
    token: str = portal.as_("").post("/oauth/token", data=form).json()["access_token"]
    return token


def test_a_session_that_has_ended_leads_to_sign_in_and_back(chromium: Browser, address: str) -> None:
    page = enter(chromium, address, "steward")
    page.context.clear_cookies()
    page.goto(f"{address}/quality?sort=-rows")
    page.get_by_label("账号").fill("steward")
    page.get_by_label("口令").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="数据质量").wait_for()
    assert page.url.endswith("/quality?sort=-rows")
    page.context.close()


def test_the_other_language_stays_for_the_next_pages(chromium: Browser, address: str) -> None:
    page = enter(chromium, address, "")
    page.get_by_role("link", name="English").click()
    page.get_by_role("link", name="Six bases").click()
    assert page.get_by_role("heading", name="Six bases").is_visible()
    assert page.locator("html").get_attribute("lang") == "en"
    page.context.close()


def test_select_all_takes_every_row_of_the_page(chromium: Browser, address: str, portal: Portal) -> None:
    page = enter(chromium, address, "registrar")
    page.goto(f"{address}/requests")
    page.get_by_label("全选本页").check()
    boxes = page.get_by_role("checkbox", name=re.compile("^选择 "))
    assert boxes.count() > 0
    assert all(box.is_checked() for box in boxes.all())
    page.get_by_role("button", name="同意").click()
    assert page.get_by_role("heading", name="预览：同意").is_visible()
    page.get_by_role("link", name="取消").click()
    assert urlsplit(page.url).path == "/requests"
    page.context.close()


def test_a_reader_chooses_a_county_and_prints_the_charts_whole(chromium: Browser, address: str) -> None:
    context = chromium.new_context(locale="zh-CN")
    page = context.new_page()
    page.goto(f"{address}/economy?lang=zh")
    page.locator("select[name=area]").select_option(label="平城区")
    page.locator("main form.filters button").click()
    assert "area=140213" in page.url
    assert page.locator("section.indicator svg").count() > 2
    page.emulate_media(media="print")
    assert not page.locator("main form").is_visible()
    wide = page.evaluate("[...document.querySelectorAll('section svg')].every(s => s.clientWidth <= innerWidth)")
    assert wide
    context.close()
