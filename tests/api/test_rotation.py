"""Keys rotated while the exchange runs: what was made under the last key goes on, what is older ends."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from catalog.keys import Keys, Purpose
from catalog.roles import Role
from tests.api.conftest import City, keys_of
from tests.api.officials import PASSWORD, Browser, cheap_hashing, hire
from tests.helpers import sixbase

__all__ = ["cheap_hashing"]
DATA = "/v1/data/people"
CONSUMER = "housing-consumer"


def rotate(city: City, *options: str) -> None:
    """As an operator does, in another process."""
    done = sixbase("keys", "rotate", *options, home=city.settings.home)
    assert done.returncode == 0, done.stderr
    city.house.access.look_again()


def page(city: City, token: str, **more: Any) -> Any:
    return city.api.get(f"{DATA}/records", token, params={"limit": "2", **more})


def test_a_running_server_takes_new_keys_and_lets_old_tokens_and_cursors_fade(city: City) -> None:
    city.grant(masks={"name": "hash"})
    old = city.token(CONSUMER)
    first = page(city, old).json()
    rotate(city)
    city._tokens.clear()
    new = city.token(CONSUMER)
    assert Keys(city.store.keys).current(Purpose.TOKEN).generation == 2
    rest = page(city, old, cursor=first["next"])
    assert rest.status_code == page(city, new).status_code == 200
    rotate(city, "--purpose", "token", "--purpose", "address")
    assert page(city, old).status_code == 401
    assert page(city, new).status_code == 200
    assert page(city, new, cursor=first["next"]).status_code == 400


def test_masks_of_a_grant_stay_the_same_and_its_records_can_still_be_searched_in_the_receipts(city: City) -> None:
    city.grant(masks={"name": "hash"})
    key = keys_of(city)["甲一"]
    city._tokens.clear()
    one = city.api.get(f"{DATA}/records/{key}", city.token(CONSUMER))
    rotate(city, "--purpose", "mask", "--purpose", "record_reference", "--purpose", "seal")
    two = city.api.get(f"{DATA}/records/{key}", city.token(CONSUMER))
    assert (one.status_code, one.json()) == (200, two.json())
    asked = {"resource": "people", "record": key}
    reads = city.api.get("/v1/receipts", city.token("digital_government-auditor"), params=asked).json()
    assert {one.headers["x-receipt-id"], two.headers["x-receipt-id"]} <= {read["receipt_id"] for read in reads}


def test_a_sign_in_that_has_begun_outlives_one_rotation_and_a_session_any(city: City) -> None:
    with city.transaction() as db:
        hire(db, "rotated", [("police", Role.REGISTRAR)])
    browser = Browser(city.app)
    try:
        form = {"login": "rotated", "password": PASSWORD, "next": "/", "csrf": browser.csrf("/signin")}
        rotate(city, "--purpose", "session")
        city.house.keys._looked.clear()
        assert browser.post("/signin", data=form).status_code == 303
        assert browser.get("/v1/requests").status_code == 200
        rotate(city, "--purpose", "session")
        city.house.keys._looked.clear()
        assert browser.get("/v1/requests").status_code == 200
        assert browser.post("/signin", data=form).status_code == 403
    finally:
        browser.close()


def test_at_once_ends_every_token(city: City) -> None:
    city.grant()
    city._tokens.clear()
    token = city.token(CONSUMER)
    assert page(city, token).status_code == 200
    rotate(city, "--purpose", "token", "--at-once")
    assert page(city, token).status_code == 401
    city._tokens.clear()


@pytest.mark.parametrize("purpose", ["platform", "nothing"])
def test_a_key_that_never_rotates_and_one_that_is_none_are_refused(city: City, purpose: str) -> None:
    done = sixbase("keys", "rotate", "--purpose", purpose, home=city.settings.home)
    assert done.returncode == 2 and done.stderr


def test_a_listing_shows_no_secret(city: City) -> None:
    listed = sixbase("keys", "list", home=city.settings.home).stdout
    for purpose in Purpose:
        for key in Keys(city.store.keys).generations(purpose):
            assert key.secret.hex() not in listed and key.id[:12] in listed


def test_a_backup_and_a_restore_by_the_command_line_end_equal(city: City, tmp_path: Path) -> None:
    words = tmp_path / "words"
    words.write_text("云冈石窟第二十窟露天大佛\n")
    options = ("--passphrase-file", str(words))
    saved = sixbase("backup", "--to", str(tmp_path / "b"), "--with-bytes", *options, home=city.settings.home)
    assert saved.returncode == 0, saved.stderr
    new = tmp_path / "new"
    restored = sixbase("restore", "--from", str(tmp_path / "b"), *options, home=new)
    assert restored.returncode == 0, restored.stderr
    assert sixbase("verify", home=new).returncode == 0
    again = sixbase("restore", "--from", str(tmp_path / "b"), *options, home=new)
    assert again.returncode == 2 and "空目录" in again.stderr
    env = {**os.environ, "SIXBASE_BACKUP_PASSPHRASE": "不对的口令不对的口令不对"}
    wrong = sixbase("restore", "--from", str(tmp_path / "b"), home=tmp_path / "other", env=env)
    assert wrong.returncode == 2 and not (tmp_path / "other").exists()
