"""A real installation's first people, entered by the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.main import create_app
from catalog.settings import Settings
from tests.api.officials import Browser
from tests.helpers import sixbase


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("first") / "home"
    told(home, "init")
    told(home, "department", "add", "centre", "--name", "数字政府服务中心", "--credit-code", "1", "--authority")
    return home


def told(home: Path, *arguments: str) -> str:
    made = sixbase(*arguments, home=home, env={"COLUMNS": "200"})
    assert made.returncode == 0, made.stderr
    return made.stdout


def refused(home: Path, *arguments: str) -> str:
    made = sixbase(*arguments, home=home, env={"COLUMNS": "200"})
    assert made.returncode == 2, made.stdout
    return made.stderr


def test_the_first_administrator_signs_in_after_choosing_a_password(home: Path) -> None:
    add = ("official", "add", "root", "--name", "张三", "--department", "centre", "--role")
    login, password = told(home, *add, "system_admin").split()
    assert "三员" in refused(home, "official", "post", "root", "centre", "security_admin")
    assert "最后一位" in refused(home, "official", "disable", "root")
    app = create_app(Settings(home=home), log=lambda line: None)
    web = Browser(app)
    try:
        assert web.sign_in(login, password).status_code == 303
        assert web.get("/v1/people").status_code == 403
        new = "a quiet lake at dusk"
        assert web.submit("/password", old=password, new=new, again=new).status_code == 303
        assert [each["login"] for each in web.get("/v1/people").json()] == ["root"]
        body = {"login": "wang", "name": "王五", "department": "centre"}
        assert web.call("POST", "/v1/people", json=body).status_code == 201
    finally:
        web.close()
        app.state.exchange.close()


def test_a_post_is_given_and_ended(home: Path) -> None:
    told(home, "official", "add", "zhao", "--name", "赵六", "--department", "centre")
    assert "steward" in told(home, "official", "post", "zhao", "centre", "steward")
    told(home, "official", "post", "zhao", "centre", "steward", "--end")
    assert "没有这一任职" in refused(home, "official", "post", "zhao", "centre", "steward", "--end")
    assert "可用角色" in refused(home, "official", "post", "zhao", "centre", "king")
    told(home, "official", "disable", "zhao")


def test_a_client_changes_its_secret_without_a_pause(home: Path) -> None:
    add = ("client", "add", "app", "--name", "公租房", "--department", "centre", "--role")
    assert "可用角色" in refused(home, *add, "audit_admin")
    _, first = told(home, *add, "consumer").split()
    _, second = told(home, "client", "rotate", "app").split()
    assert "两个有效密钥" in refused(home, "client", "rotate", "app")
    app = create_app(Settings(home=home), log=lambda line: None)
    web = Browser(app)

    def opens(secret: str) -> bool:
        form = {"grant_type": "client_credentials", "client_id": "app", "client_secret": secret}
        return web.post("/oauth/token", data=form).status_code == 200

    try:
        assert opens(first) and opens(second)
        told(home, "client", "rotate", "app", "--finish")
        assert (opens(first), opens(second)) == (False, True)
        told(home, "client", "revoke", "app")
        assert not opens(second)
    finally:
        web.close()
        app.state.exchange.close()
