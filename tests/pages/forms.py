"""Forms sent as a browser sends them, and what became of the things they were about."""

from __future__ import annotations

from typing import Any

import httpx

from catalog import deliveries, resources
from catalog.models import Delivery
from catalog.vocab import DeliveryState
from tests.api.officials import Browser
from tests.pages.conftest import Portal


def csrf(browser: Browser) -> str:
    return browser.csrf("/password")


def post(browser: Browser, path: str, **data: Any) -> httpx.Response:
    return browser.post(path, data={"csrf": csrf(browser), **data})


def newest(portal: Portal, slug: str) -> Delivery:
    with portal.house.transaction() as db:
        return deliveries.history(db, resources.get(db, slug), limit=1)[0]


def state_of(portal: Portal, delivery_id: str) -> DeliveryState:
    with portal.house.transaction() as db:
        return deliveries.get(db, delivery_id).state
