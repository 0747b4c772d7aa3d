"""Links: no page leads anybody to what is not theirs, or to nothing."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest

from tests.pages.conftest import Portal
from tests.pages.paths import EVERYONE, PAGES

_LINK = re.compile('href="(/[^"#]*)')
# what is fetched is tested where it is made; signing out is no look
_FETCHED = re.compile(r"\.(css|csv|js|json|jsonld|parquet|png|svg|webmanifest|xlsx)$|^/(signout|static|v1)/?")


@pytest.mark.parametrize("login", EVERYONE)
def test_every_link_that_somebody_is_shown_opens_for_them(portal: Portal, login: str) -> None:
    browser = portal.as_(login)
    asked: dict[str, str] = {}
    for path in ["/", *(each for each, (who, _, _) in PAGES.items() if login in who)]:
        page = browser.get(portal.path(path)).text
        for link in _LINK.findall(page):
            where = urlsplit(link.replace("&amp;", "&"))
            if where.path not in asked and not _FETCHED.search(where.path):
                answer = browser.get(link.replace("&amp;", "&"))
                asked[where.path] = "" if answer.status_code < 400 else f"{path} -> {link}: {answer.status_code}"
    assert len(asked) > 3
    found = [fault for fault in asked.values() if fault]
    assert not found, "; ".join(found)
