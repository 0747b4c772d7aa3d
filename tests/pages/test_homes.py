"""The home of each role whose work seldom comes as things to do: the numbers it answers for, with a way to them."""

from __future__ import annotations

import re
from html import unescape

import pytest

from tests.pages.conftest import Portal

_TILE = re.compile(r'<a href="([^"]+)"><strong>([^<]+)</strong><span>([^<]+)</span></a>')
HOMES = {
    "approval": ("个建设项目", "个项目具备验收条件", "个项目不具备验收条件", "个项目尚未核验"),
    "finance": ("个建设项目", "个项目具备验收条件", "个项目不具备验收条件", "个项目尚未核验"),
    "officer": ("个建设项目", "个项目不具备验收条件"),
    "auditor": ("个建设项目", "份有效授权", "项质量整改逾期"),
    "system": ("个在用账号", "个账号尚未修改初始口令", "个账号已停用", "个在用客户端", "个密钥 30 日内到期"),
    "security": ("项现任任职", "项任职 30 日内到期", "个账号待确认", "个客户端密钥待确认"),
    "audits": ("次登录成功（24 小时）", "次登录失败（24 小时）", "次因锁定被拒（24 小时）", "次管理操作（7 日）"),
}


def tiles(page: str) -> dict[str, tuple[str, str]]:
    """Text -> (number, path) of the tiles of a page."""
    return {text: (number, unescape(path)) for path, number, text in _TILE.findall(page)}


@pytest.mark.parametrize("login", HOMES)
def test_a_home_says_what_the_role_answers_for_and_leads_there(portal: Portal, login: str) -> None:
    browser = portal.as_(login)
    found = tiles(browser.get("/?lang=zh").text)
    assert set(HOMES[login]) <= set(found)
    assert len(tiles(browser.get("/?lang=en").text)) == len(found)
    for number, path in found.values():
        assert re.fullmatch(r"[\d,]+", number)
        assert browser.get(path).status_code == 200, path


@pytest.mark.parametrize("text", ["个项目具备验收条件", "个项目不具备验收条件"])
def test_a_number_is_that_of_the_list_it_leads_to(portal: Portal, text: str) -> None:
    number, path = tiles(portal.as_("finance").get("/?lang=zh").text)[text]
    listed = portal.as_("finance").get(path).text
    assert len(re.findall(r'href="/projects/P[^"/]+"', listed)) == int(number)


@pytest.mark.parametrize("login", ["registrar", "verifier", "consumer"])
def test_a_department_s_home_holds_no_number_of_another_role(portal: Portal, login: str) -> None:
    others = {text for texts in HOMES.values() for text in texts}
    assert not others & set(tiles(portal.as_(login).get("/?lang=zh").text))
