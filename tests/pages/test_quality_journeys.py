"""Quality from finding to end in Debian's Chromium: an order explained, a rule added, a value disputed; wrong turns, too."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page
from sqlalchemy import select

from catalog.models import AddedRule, Grant
from catalog.settings import Settings
from pipelines.house import open_house
from pipelines.trials import run_trials
from tests.api.officials import PASSWORD
from tests.pages.conftest import Portal, shown_record
from tests.pages.test_browser import chromium, enter, faulty_file, run
from tests.pages.test_journeys import deliver

__all__ = ["chromium"]
SLUG, NAME = "police_driving_licence", "机动车驾驶证"
RULES = f"/my/resources/{SLUG}/rules"


def test_a_department_explains_an_order_with_evidence_and_the_authority_accepts_its_rows(
    chromium: Browser, address: str, portal: Portal, tmp_path: Path
) -> None:
    deliver(chromium, address, NAME, faulty_file(portal, SLUG, "first_issued_date", tmp_path))
    run(portal, SLUG)
    verifier = enter(chromium, address, "verifier")
    verifier.goto(f"{address}/orders")
    verifier.get_by_role("row").filter(has_text=NAME).filter(has_text="日期无效").get_by_role("link").first.click()
    order = urlsplit(verifier.url).path
    assert verifier.get_by_text("整改中").first.is_visible()
    left_open = verifier.context.new_page()
    left_open.goto(address + order)
    explain(verifier, "原始档案如此，无法更正", b"scan")
    verifier.get_by_text("说明已提交主管部门审核。").wait_for()
    # from the page that was left open, nothing is explained twice
    explain(left_open, "再说一遍")
    assert left_open.get_by_text("打开页面之后已有新的办理").first.is_visible()
    verifier.go_back()
    verifier.reload()
    assert verifier.get_by_role("button", name="提交情况说明").count() == 0

    steward = enter(chromium, address, "steward")
    steward.goto(address + order)
    with steward.expect_download() as download:
        steward.get_by_role("link", name="证明.pdf").click()
    assert download.value.path().read_bytes() == b"scan"
    steward.get_by_label("例外有效至").fill("2099-01-01")
    steward.get_by_role("button", name="认可，列为例外").click()
    assert steward.get_by_text("例外的有效期不对").is_visible()
    steward.get_by_label("例外有效至").fill("")
    steward.get_by_role("button", name="认可，列为例外").click()
    steward.get_by_text("说明已认可，整改通知单销号。").wait_for()

    verifier.goto(address + order)
    assert verifier.get_by_text("已销号").first.is_visible()
    assert verifier.get_by_text("列为例外").first.is_visible()
    for page in (verifier, steward):
        page.context.close()


def explain(page: Page, text: str, evidence: bytes = b"") -> None:
    page.locator("details summary").filter(has_text="提交情况说明").click()
    if not page.locator("[name=text]").is_visible():
        page.locator("details summary").filter(has_text="提交情况说明").click()
    page.locator("[name=text]").fill(text)
    if evidence:
        file = {"name": "证明.pdf", "mimeType": "application/pdf", "buffer": evidence}
        page.locator("[name=file]").set_input_files(file)
    page.get_by_role("button", name="提交情况说明").click()


def test_a_verifier_adds_a_rule_reads_why_its_trial_failed_and_puts_the_next_version_in_force(
    chromium: Browser, address: str, portal: Portal
) -> None:
    verifier = enter(chromium, address, "verifier")
    verifier.goto(address + RULES)
    item = verifier.locator("select[name=item] option").filter(has_text="姓名").get_attribute("value")
    draft(verifier, item=item, kind="between", low="很小")
    # what was written stands, and what is wrong stands beside it
    assert verifier.get_by_text("不能作为").first.is_visible()
    assert verifier.locator("[name=title]").input_value() == "姓名的写法"
    draft(verifier, item=item, kind="pattern", pattern=r"\S++")
    assert verifier.get_by_text("不是有效的正则表达式").first.is_visible()
    draft(verifier, item=item, kind="pattern", pattern=r"\S+")
    verifier.get_by_text("规则已保存，正在试运行").wait_for()
    tried(portal, pattern=r"\S++")
    verifier.goto(address + RULES)
    assert verifier.get_by_text("规则的参数不能执行").first.is_visible()
    assert verifier.get_by_role("button", name="生效").count() == 0

    verifier.get_by_role("link", name="修改为下一版").click()
    draft(verifier, item=item, kind="pattern", pattern=r"\S+")
    tried(portal)
    verifier.goto(address + RULES)
    assert verifier.get_by_text("行中有 0 行不符合").first.is_visible()
    # the session ends before the last step
    verifier.context.clear_cookies()
    verifier.get_by_role("button", name="生效").click()
    sign_in(verifier)
    verifier.goto(address + RULES)
    verifier.get_by_role("button", name="生效").click()
    verifier.get_by_text("规则已生效，自下一次报送起执行。").wait_for()
    assert verifier.get_by_role("row").filter(has_text="已生效").count() == 1
    verifier.context.close()


def draft(page: Page, **fields: str | None) -> None:
    form = page.locator("form.panel.form")
    form.locator("[name=title]").fill("姓名的写法")
    for name, value in {"outcome": "warn", **fields}.items():
        field = form.locator(f"[name={name}]")
        if name in ("item", "kind", "outcome"):
            field.select_option(value)
        else:
            field.fill(value or "")
    form.get_by_role("button", name="保存并试运行").click()


def tried(portal: Portal, **parameters: str) -> None:
    """What the pipelines do with trials that wait. parameters: those that the rule was kept with before they were judged."""
    house = open_house(Settings(home=portal.home, duckdb_memory="500MB"))
    if parameters:
        with house.transaction() as db:
            rule = db.scalars(select(AddedRule).order_by(AddedRule.created_at.desc())).first()
            assert rule is not None
            rule.parameters = dict(parameters)
    assert run_trials(house) == 1
    house.database.dispose()


def sign_in(page: Page) -> None:
    page.get_by_label("账号").fill("verifier")
    page.get_by_label("口令").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "signin" not in url)


def test_a_consumer_disputes_a_value_and_the_department_that_collected_it_answers(
    chromium: Browser, address: str, portal: Portal
) -> None:
    with portal.house.transaction() as db:
        key = shown_record(portal.house, db, db.get_one(Grant, portal.ids["grant"]))
    consumer = enter(chromium, address, "consumer")
    consumer.goto(f"{address}/grants/{portal.ids['grant']}")
    consumer.get_by_role("link", name="提出校核申请").click()
    form = consumer.url
    options = consumer.locator("select[name=item] option").all()
    item = next(value for each in options if (value := each.get_attribute("value")) not in ("", "name"))
    dispute(consumer, "0" * 20, str(item))
    assert consumer.get_by_text("没有这条记录").is_visible()
    assert consumer.locator("[name=claim]").input_value() == "应为另一值"
    dispute(consumer, key, str(item))
    consumer.get_by_text("校核申请已送采集部门。").wait_for()
    asked = urlsplit(consumer.url).path
    # the same again: one request for one value
    consumer.goto(form)
    dispute(consumer, key, str(item))
    assert consumer.get_by_text("已有未办结的校核申请").is_visible()

    verifier = enter(chromium, address, "verifier")
    verifier.goto(address + asked)
    assert verifier.get_by_text("应为另一值").is_visible()
    left_open = verifier.context.new_page()
    left_open.goto(address + asked)
    verifier.locator("[name=delivery]").fill("nothing")
    verifier.locator("[name=mend_text]").fill("已改")
    verifier.get_by_role("button", name="已更正").click()
    assert verifier.get_by_text("没有报送批次").is_visible()
    refuse(verifier, "经核实，档案与户籍一致")
    verifier.get_by_text("已答复不予更正。").wait_for()
    refuse(left_open, "再答一次")
    assert left_open.get_by_text("打开页面之后已有新的办理").first.is_visible()

    consumer.goto(address + asked)
    assert consumer.get_by_text("经核实，档案与户籍一致").is_visible()
    assert consumer.get_by_text("不予更正").first.is_visible()
    for page in (consumer, verifier):
        page.context.close()


def dispute(page: Page, record_key: str, item: str) -> None:
    page.locator("[name=record_key]").fill(record_key)
    page.locator("select[name=item]").select_option(item)
    page.locator("[name=claim]").fill("应为另一值")
    page.locator("[name=grounds]").fill("缴存人出示的证件")
    page.get_by_role("button", name="提交校核申请").click()


def refuse(page: Page, reason: str) -> None:
    panel = page.locator("details").filter(has=page.locator("[name=reason]"))
    if not panel.locator("[name=reason]").is_visible():
        panel.locator("summary").click()
    panel.locator("[name=reason]").fill(reason)
    panel.get_by_role("button", name="不予更正").click()
