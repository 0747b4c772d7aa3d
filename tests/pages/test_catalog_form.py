"""Registering by form: one set of rules with the workbooks, rows without scripts, two officials at once."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from catalog import entry_form, resources, revisions, versions
from catalog.vocab import ResourceState
from tests.api.officials import Browser, hire
from tests.pages.conftest import Portal
from tests.pages.forms import fill, read

SLUG = "police_address"
FORM = f"/registration/{SLUG}/form"
NEW: dict[str, str] = {
    "信息资源名称": "流动人口登记",
    "资源标识": "police_floating",
    "信息资源摘要": "本市流动人口登记信息",
    "类": "部门信息资源",
    "项": "02",
    "目": "001",
    "信息资源格式分类": "数据库",
    "信息资源格式类型": "mysql",
    "共享类型": "有条件共享",
    "共享条件": "依法定职责使用",
    "共享方式类型": "接口",
    "更新周期": "每日",
    "报送方式": "全量",
    "保密审查人": "赵文华",
    "保密审查日期": "2026-01-04",
    "1.信息项名称": "登记编号",
    "1.信息项标识": "registration_no",
    "1.数据类型": "字符型C",
    "1.数据长度": "20",
    "1.是否主键": "是",
}


def send(portal: Portal, login: str = "registrar", do: str = "save", **changes: str) -> httpx.Response:
    return fill(portal.as_(login), "/registration/new", do=do, **{**NEW, **changes})


def test_every_fault_of_a_form_is_told_at_once_beside_its_field_and_nothing_is_lost(portal: Portal) -> None:
    answer = send(portal, **{"资源标识": "Police", "更新周期": "", "1.数据长度": "二十", "1.是否主键": ""})
    assert answer.status_code == 422
    for id in ("资源标识", "更新周期", "1.数据长度"):
        assert f'id="e-{id}"' in answer.text
    assert "没有主键信息项" in answer.text
    held = read(answer.text, "/registration/new")
    assert (held["信息资源名称"], held["1.数据长度"], held["资源标识"]) == ("流动人口登记", "二十", "Police")
    with portal.house.transaction() as db:
        assert "流动人口登记" not in {r.name for r in resources.published(db)}


def test_the_rules_of_the_register_hold_for_the_form_too(portal: Portal) -> None:
    with portal.house.transaction() as db:
        other = next(r for r in resources.delivered(db) if r.provider.slug == "statistics")
    held = send(portal, 资源标识=other.slug)
    named = send(portal, **{"信息资源名称": f"{other.name}。", "1.代码表": "没有的代码表"})
    assert (held.status_code, named.status_code) == (422, 422)
    assert "已由另一部门登记" in held.text
    assert "同名或只差标点" in named.text
    assert "代码表未登记" in named.text


def test_items_are_added_and_removed_without_scripts_and_without_saving(portal: Portal) -> None:
    more = send(portal, do="add.1")
    assert more.status_code == 200
    held = read(more.text, "/registration/new")
    assert (held["items"], held["1.信息项名称"], held["2.信息项名称"]) == ("2", "登记编号", "")
    less = portal.as_("registrar").post("/registration/new", data={**held, "2.信息项名称": "备注", "do": "remove.1"})
    held = read(less.text, "/registration/new")
    assert (held["items"], held["1.信息项名称"]) == ("1", "备注")
    with portal.house.transaction() as db, pytest.raises(Exception, match="没有标识"):
        resources.get(db, "police_floating")


def test_a_check_saves_nothing(portal: Portal) -> None:
    answer = send(portal, do="check")
    assert "尚未保存" in answer.text
    assert portal.as_("registrar").get("/registration/police_floating").status_code == 404


def test_what_can_be_derived_is_filled_in_and_shown_before_it_is_saved(portal: Portal) -> None:
    answer = send(portal, **{"资源标识": "", "1.信息项标识": ""})
    assert answer.status_code == 200
    held = read(answer.text, "/registration/new")
    assert held["资源标识"].startswith("police_liu_dong")
    assert held["1.信息项标识"] == "deng_ji_bian_hao"
    assert "由平台补上" in answer.text


def test_a_form_registers_a_draft_that_is_submitted_and_a_second_send_is_told(portal: Portal) -> None:
    sent = send(portal, do="submit")
    assert sent.headers["location"] == "/registration/police_floating?done=entry_submitted"
    with portal.house.transaction() as db:
        found = resources.get(db, "police_floating")
        assert (found.state, found.version, found.code is not None) == (ResourceState.SUBMITTED, 1, True)
        assert versions.get(db, found, 1).changed_by == "official:registrar"
    again = send(portal, do="submit")
    assert again.status_code == 409
    assert "已登记" in again.text
    page = portal.as_("registrar").get("/registration/police_floating?lang=zh").text
    assert "主管部门应于" in page
    with portal.house.transaction() as db:
        assert resources.get(db, "police_floating").version == 1


@pytest.mark.parametrize("login", ["verifier", "consumer", "officer", "auditor"])
def test_only_registrars_register(portal: Portal, login: str) -> None:
    data = {**NEW, "csrf": portal.as_(login).csrf("/password"), "items": "1", "do": "save"}
    assert portal.as_(login).post("/registration/new", data=data).status_code == 403
    assert portal.as_(login).post(FORM, data=data).status_code == 403


def test_a_registrar_changes_no_other_departments_entry(portal: Portal) -> None:
    assert portal.as_("registrar").get("/registration/health_vaccination/form").status_code in (403, 404)
    with portal.house.transaction() as db:
        other = next(r.slug for r in resources.delivered(db) if r.provider.slug == "statistics")
    assert portal.as_("registrar").get(f"/registration/{other}/form").status_code == 403
    assert portal.as_("registrar").get(f"/registration/{other}").status_code == 403
    data = {**NEW, "csrf": portal.as_("registrar").csrf("/password"), "items": "1", "do": "save"}
    assert portal.as_("registrar").post(f"/registration/{other}/form", data=data).status_code == 403


def test_saving_a_form_unchanged_makes_no_version(portal: Portal) -> None:
    sent = fill(portal.as_("registrar"), FORM, do="save", reason="核对")
    assert sent.headers["location"].endswith("done=entry_unchanged")
    with portal.house.transaction() as db:
        found = resources.get(db, SLUG)
        assert (found.version, revisions.open_of(db, found)) == (1, None)


def test_a_change_needs_a_reason(portal: Portal) -> None:
    answer = fill(portal.as_("registrar"), FORM, do="save", 信息资源摘要="改了摘要", reason=" ")
    assert answer.status_code == 422
    assert "须写明原因" in answer.text
    assert read(answer.text, FORM)["信息资源摘要"] == "改了摘要"


@pytest.fixture
def colleague(portal: Portal) -> Browser:
    """A second registrar of the police."""
    from catalog.roles import Role

    if "colleague" not in portal._browsers:
        with portal.house.transaction() as db:
            hire(db, "colleague", [("police", Role.REGISTRAR)])
    return portal.as_("colleague")


def save(browser: Browser, held: dict[str, str], **changes: str) -> httpx.Response:
    return browser.post(FORM, data={**held, "do": "save", "reason": "修改", **changes})


def test_of_two_who_save_the_second_is_told_what_changed_and_loses_nothing(portal: Portal, colleague: Browser) -> None:
    first, second = read(colleague.get(FORM).text, FORM), read(portal.as_("registrar").get(FORM).text, FORM)
    number = len([name for name in first if name.endswith(".信息项名称")])
    title = first[f"{number}.信息项名称"]
    assert save(colleague, first, 信息资源摘要="同事写的摘要", 履行职责="地址管理").status_code == 303
    told = save(portal.as_("registrar"), second, 信息资源摘要="我写的摘要", 业务事项="门牌编制")
    assert told.status_code == 409
    assert "同事写的摘要" in told.text
    assert "您也改了这一处" in told.text
    merged = read(told.text, FORM)
    assert merged["信息资源摘要"] == "我写的摘要"
    assert merged["履行职责"] == "地址管理"
    assert merged["业务事项"] == "门牌编制"
    assert merged[f"{number}.信息项名称"] == title
    assert save(portal.as_("registrar"), merged).status_code == 303
    with portal.house.transaction() as db:
        content = entry_form.entry_now(db, resources.get(db, SLUG))
        assert (content.abstract, content.duty, content.business_item) == ("我写的摘要", "地址管理", "门牌编制")


def test_a_made_up_stamp_saves_nothing(portal: Portal) -> None:
    held = read(portal.as_("registrar").get(FORM).text, FORM)
    answer = save(portal.as_("registrar"), held, stamp="99.x", 信息资源摘要="偷改")
    assert answer.status_code == 409
    with portal.house.transaction() as db:
        assert entry_form.entry_now(db, resources.get(db, SLUG)).abstract != "偷改"


def test_an_entry_is_copied_without_name_code_and_secrecy_review(portal: Portal) -> None:
    path, facts = "/registration/copies", {"source": "police_population", "slug": "police_copy", "name": "人口信息副本"}
    browser = portal.as_("registrar")
    sent = fill(browser, "/registration/new", path, **facts)
    assert sent.headers["location"] == "/registration/police_copy/form?done=entry_copied"
    held = read(browser.get("/registration/police_copy/form").text, "/registration/police_copy/form")
    assert (held["信息资源名称"], held["保密审查人"]) == ("人口信息副本", "")
    assert fill(browser, "/registration/new", path, **facts).status_code == 409
    sent = fill(browser, "/registration/police_copy/form", do="submit", reason="新编")
    assert sent.headers["location"].endswith("done=entry_incomplete")
    assert "没有写明保密审查人" in browser.get("/registration/police_copy?lang=zh").text


def test_a_form_of_very_many_items_is_taken(portal: Portal) -> None:
    items: dict[str, Any] = {"items": "80"}
    for n in range(1, 81):
        items |= {f"{n}.信息项名称": f"第{n}项", f"{n}.信息项标识": f"item_{n}", f"{n}.数据类型": "字符型C"}
        items |= {f"{n}.信息项共享条件": "依法定职责，仅供核验" * 12, f"{n}.是否主键": "是" if n == 1 else "否"}
        items |= {f"{n}.{name}": "" for name in ("数据长度", "代码表", "格式规则", "最小值", "最大值", "计量单位")}
        items |= {f"{n}.{name}": "" for name in ("敏感级别", "信息项共享类型", "信息主体", "可查询", "信息项是否开放")}
    answer = send(portal, do="check", **items)
    assert answer.status_code == 200, re.sub(r"<[^>]+>", "", answer.text)[:500]
    assert "尚未保存" in answer.text
