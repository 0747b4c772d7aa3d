"""People of the city from sign-in to done in Debian's Chromium, with the wrong turns that people take.

The consumer's journey and the public's are in test_browser and test_browser_oversight.
"""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

from openpyxl import load_workbook
from playwright.sync_api import Browser, Dialog, Page

from catalog import departments, releases, request_lists, resources
from catalog.models import Release
from catalog.vocab import ResourceState
from tests.pages.conftest import Portal
from tests.pages.test_browser import chromium, enter, faulty_file, run

__all__ = ["chromium"]
SLUG, NAME = "police_lost_document", "遗失证件登记"


def workbook(portal: Portal, target: Path, **changes: str | None) -> Path:
    """The police's catalog with one more resource of one item, whose cells are changed as told."""
    book = load_workbook(portal.home / "sample" / "catalogs" / "police.xlsx")
    sheet = book["信息资源目录"]
    given = {"资源标识": SLUG, "信息资源名称": NAME, "信息资源代码": None, "基础库角色": None, **changes}
    sheet.append([given.get(str(heading.value), cell.value) for heading, cell in zip(sheet[1], sheet[2], strict=True)])
    book.save(target)
    return target


def hand_in(page: Page, file: Path) -> None:
    page.get_by_role("link", name="目录编制", exact=True).first.click()
    page.get_by_label("目录工作簿", exact=False).set_input_files(file)
    page.get_by_role("button", name="上传并检查").click()


def test_a_registrar_registers_by_workbook_mends_what_is_returned_and_sees_it_published(
    chromium: Browser, address: str, portal: Portal, tmp_path: Path
) -> None:
    registrar = enter(chromium, address, "registrar")
    hand_in(registrar, workbook(portal, tmp_path / "错.xlsx", 更新周期="偶尔"))
    registrar.get_by_role("row").filter(has_text="更新周期").wait_for()
    with registrar.expect_download() as download:
        registrar.get_by_role("link", name="错.xlsx").click()
    assert load_workbook(BytesIO(download.value.path().read_bytes())).sheetnames[0] == "错误清单"
    good = workbook(portal, tmp_path / "目录.xlsx")
    hand_in(registrar, good)
    registrar.get_by_text("已入库：变更 1 项。").wait_for()
    registrar.get_by_role("link", name=SLUG).click()
    registrar.get_by_role("button", name="提交审核").click()
    registrar.get_by_text("待审核").first.wait_for()

    steward = enter(chromium, address, "steward")
    steward.get_by_role("link", name=re.compile(NAME)).first.click()
    steward.locator("summary").filter(has_text="退回修改").click()
    steward.get_by_label("列 1", exact=True).select_option("信息资源摘要")
    steward.get_by_label("理由 1", exact=True).fill("写明登记范围")
    steward.get_by_role("button", name="退回修改").click()
    steward.get_by_text("已退回").first.wait_for()

    registrar.goto(address)
    registrar.get_by_role("link", name=re.compile(NAME)).first.click()
    assert registrar.get_by_text("写明登记范围").first.is_visible()
    registrar.get_by_role("link", name="修改", exact=True).click()
    registrar.get_by_label("信息资源摘要", exact=False).first.fill("本市居民遗失证件的登记")
    registrar.get_by_label("登记或修改原因", exact=False).fill("按退回意见补充")
    registrar.get_by_role("button", name="保存并提交审核").first.click()
    registrar.get_by_text("待审核").first.wait_for()

    left_open = steward.context.new_page()
    left_open.goto(f"{address}/registration/{SLUG}")
    steward.goto(f"{address}/reviews")
    steward.get_by_role("link", name=NAME).click()
    steward.get_by_role("button", name="审核通过并发布").click()
    steward.get_by_text("已发布").first.wait_for()
    # the page that was left open says so, and nothing is done twice
    left_open.get_by_role("button", name="审核通过并发布").click()
    assert left_open.locator("[role=alert], .notice.bad").first.is_visible()
    with portal.house.transaction() as db:
        found = resources.get(db, SLUG)
        assert (found.state, found.abstract) == (ResourceState.PUBLISHED, "本市居民遗失证件的登记")

    public = enter(chromium, address, "")
    public.goto(f"{address}/catalog?q=yszj")
    public.get_by_role("link", name=NAME).click()
    assert public.get_by_text("本市居民遗失证件的登记").first.is_visible()
    for page in (registrar, steward, public):
        page.context.close()


def test_a_verifier_reads_what_is_wrong_has_it_delivered_again_and_sees_it_right(
    chromium: Browser, address: str, portal: Portal, tmp_path: Path
) -> None:
    slug, name = "police_driving_licence", "机动车驾驶证"
    bad, good = (tmp_path / each for each in ("bad", "good"))
    for folder in (bad, good):
        folder.mkdir()
    deliver(chromium, address, name, faulty_file(portal, slug, "first_issued_date", bad))
    run(portal, slug)

    verifier = enter(chromium, address, "verifier")
    verifier.get_by_role("link", name=re.compile(f"{name}.*质量问题.*不是有效日期")).first.click()
    assert verifier.get_by_role("row").filter(has_text="first_issued_date").filter(has_text="日期无效").is_visible()
    verifier.get_by_role("link", name="数据报送", exact=True).first.click()
    verifier.get_by_label("关键词").fill(name)
    verifier.get_by_role("button", name="查询").click()
    verifier.get_by_role("row").filter(has_text="部分通过").first.get_by_role("link").first.click()
    assert verifier.get_by_role("row").filter(has_text="日期无效").is_visible()
    with verifier.expect_download() as download:
        verifier.get_by_role("link", name=re.compile("xlsx|Excel", re.IGNORECASE)).first.click()
    assert load_workbook(BytesIO(download.value.path().read_bytes())).worksheets[0].max_row > 1

    text = (bad / "rows.csv").read_text("utf-8").replace("2026-13-45", "2020-01-02")
    (good / "rows.csv").write_text(text, "utf-8")
    deliver(chromium, address, name, good / "rows.csv")
    run(portal, slug)
    verifier.goto(f"{address}/my/resources/{slug}")
    newest = verifier.locator("table.list tbody tr").first
    assert re.search("(?<!部分)通过", newest.inner_text()), newest.inner_text()
    verifier.goto(f"{address}/quality/police")
    assert verifier.get_by_role("row").filter(has_text="first_issued_date").count() == 0
    verifier.context.close()


def deliver(chromium: Browser, address: str, name: str, file: Path) -> None:
    page = enter(chromium, address, "registrar")
    page.get_by_role("link", name="部门资源").click()
    page.get_by_role("link", name=name).first.click()
    page.get_by_label("文件").set_input_files(file)
    page.get_by_role("button", name="报送", exact=True).click()
    page.get_by_text("已收到，正在等待检查。").wait_for()
    page.context.close()


def test_a_steward_reminds_the_late_runs_again_and_rolls_back_with_a_reason(
    chromium: Browser, address: str, portal: Portal
) -> None:
    unit = "macro_economy"
    with portal.house.transaction() as db:
        current = releases.in_force(db, unit)
        facts = {column.name: getattr(current, column.name) for column in Release.__table__.columns}
        facts |= {"release_id": "r" + "0" * 16, "created_at": current.created_at.replace(year=2020)}
        db.add(Release(**facts))
    page = enter(chromium, address, "steward")
    page.get_by_role("link", name="逾期报送").first.click()
    page.get_by_label("全选本页").check()
    page.get_by_role("button", name="催办").click()
    page.get_by_role("heading", name="预览：催办").wait_for()
    page.get_by_role("button", name=re.compile("^催办")).click()
    page.get_by_role("heading", name="办理结果：催办").wait_for()

    page.goto(f"{address}/releases/{unit}")
    page.get_by_role("button", name="重新运行").click()
    page.get_by_text("已登记重新运行，平台将自动执行。").wait_for()
    page.get_by_label("换为").select_option("r" + "0" * 16)
    page.get_by_role("button", name="执行").click()
    assert page.get_by_label("理由", exact=False).first.evaluate("e => e.validity.valueMissing")
    page.get_by_label("理由", exact=False).first.fill("演练回退")
    page.get_by_role("button", name="执行").click()
    page.get_by_text("现行版本已变更。").wait_for()
    page.go_back()
    page.reload()
    assert page.get_by_text("演练回退").is_visible()
    page.get_by_label("换为").select_option(current.release_id)
    page.get_by_label("理由", exact=False).first.fill("恢复")
    page.get_by_role("button", name="执行").click()
    page.get_by_text("现行版本已变更。").wait_for()
    page.context.close()


def test_an_acceptance_officer_checks_a_project_and_prints_the_report(
    chromium: Browser, address: str, portal: Portal
) -> None:
    page = enter(chromium, address, "officer")
    page.get_by_role("link", name="项目与验收").first.click()
    page.get_by_role("link", name=re.compile(".")).and_(page.locator("a[href='/projects/P2026-001']")).first.click()
    page.get_by_role("button", name="立即核验").click()
    page.get_by_text("核验完成。").wait_for()
    assert re.fullmatch("不?具备验收条件", page.locator(".verdict").inner_text())
    assert page.get_by_text("市办法第二十四条").first.is_visible()
    report = urlsplit(page.url).path
    page.emulate_media(media="print")
    assert not page.locator("#menu").is_visible()
    page.emulate_media(media="screen")

    finance = enter(chromium, address, "finance")
    finance.goto(address + report)
    assert finance.locator(".verdict").inner_text() == page.locator(".verdict").inner_text()
    for each in (page, finance):
        each.context.close()


def test_a_form_sent_twice_or_come_back_to_makes_one_request_and_says_so(
    chromium: Browser, address: str, portal: Portal
) -> None:
    page = enter(chromium, address, "consumer")
    page.goto(f"{address}/requests/new?resource=police_address")
    page.get_by_role("checkbox").first.check()
    page.get_by_label("应用场景").fill("缴存人地址核验")
    page.get_by_label("使用依据").fill("住房公积金管理条例")
    page.on("dialog", Dialog.accept)
    page.get_by_role("button", name="提交申请").dblclick()
    page.get_by_text("申请已提交。").wait_for()
    sent = page.url.partition("?")[0]
    page.go_back()
    page.get_by_text("这张表单已经提交过").wait_for()
    page.get_by_role("checkbox").first.check()
    page.get_by_label("应用场景").fill("缴存人地址核验")
    page.get_by_label("使用依据").fill("住房公积金管理条例")
    page.get_by_role("button", name="提交申请").click()
    page.wait_for_url(f"{sent}*")
    page.goto(f"{address}/requests")
    assert page.get_by_role("row").filter(has_text="缴存人地址核验").count() <= 1
    with portal.house.transaction() as db:
        mine = request_lists.requests(db, departments.get(db, "housing_fund").id)
        assert len([each for each in mine if each.purpose == "缴存人地址核验"]) == 1
    page.context.close()
