"""The portal of a sample city: officials of every kind, a browser for each, and a served one for Chromium."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import uvicorn
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.orm import Session

from api import disputes, doubles, linking
from api.house import Exchange
from api.main import create_app
from basedb import read
from catalog import acceptance, answers, demands, departments, identities, notices, projects, resources, sharing
from catalog.access import Ask
from catalog.grants import LOOKUP
from catalog.identities import Named
from catalog.keys import Purpose
from catalog.models import Delivery, Department, FindingRow, Grant, QualityOrder
from catalog.roles import Caller, Role
from catalog.settings import Settings
from tests.api.officials import Browser, cheap_hashing, hire
from tests.helpers import copied

__all__ = ["cheap_hashing"]

POSTS = {
    "steward": [("digital_government", Role.STEWARD)],
    "auditor": [("digital_government", Role.AUDITOR)],
    "officer": [("digital_government", Role.ACCEPTANCE_OFFICER)],
    "registrar": [("police", Role.REGISTRAR)],
    "verifier": [("police", Role.VERIFIER)],
    "consumer": [("housing_fund", Role.CONSUMER)],
    "approval": [("approval", Role.APPROVAL_BUREAU)],
    "finance": [("finance", Role.FINANCE_BUREAU)],
    "system": [("digital_government", Role.SYSTEM_ADMIN)],
    "security": [("digital_government", Role.SECURITY_ADMIN)],
    "audits": [("digital_government", Role.AUDIT_ADMIN)],
}
PROJECT = "P2026-002"


@dataclass
class Portal:
    """The city's pages: `as_(login)` is a browser of that official, `as_("")` one of nobody's."""

    home: Path
    app: FastAPI
    ids: dict[str, str]
    _browsers: dict[str, Browser] = field(default_factory=dict)

    @property
    def house(self) -> Exchange:
        found: Exchange = self.app.state.exchange
        return found

    def as_(self, login: str) -> Browser:
        if login not in self._browsers:
            browser = Browser(self.app)
            if login:
                assert browser.sign_in(login).status_code == 303
            self._browsers[login] = browser
        return self._browsers[login]

    def path(self, template: str) -> str:
        """A path with the ids of things that there are."""
        return template.format(**self.ids)

    def close(self) -> None:
        for browser in self._browsers.values():
            browser.close()
        self.house.close()


@pytest.fixture(scope="module")
def portal(city: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A copy of the sample city that tests may change."""
    yield from opened(copied(city, tmp_path_factory.mktemp("portal") / "home"))


def opened(home: Path, register_url: str = "") -> Iterator[Portal]:
    """The pages over a home, its register elsewhere where an address is given."""
    settings = Settings(home=home, duckdb_memory="500MB", register_url=register_url)
    app = create_app(settings, log=lambda line: None)
    portal = Portal(home, app, _prepare(app.state.exchange))
    yield portal
    portal.close()


def _prepare(house: Exchange) -> dict[str, str]:
    """Officials, a request that waits for its answer; ids for the paths of pages."""
    with house.transaction() as db:
        for login, posts in POSTS.items():
            hire(db, login, posts)
        asked = sharing.request(
            db,
            resource=resources.get(db, "police_population"),
            department=departments.get(db, "housing_fund"),
            columns=["id_number", "name"],
            purpose="缴存人身份核验",
            legal_basis="住房公积金管理条例",
            days=180,
            mask_key_id=house.keys.current(Purpose.MASK).id,
            asked_by="test",
            now=house.clock(),
            zone=house.settings.zone,
        )
        who = {"department_id": departments.authority(db).id, "by": "test", "now": house.clock()}
        zone = house.settings.zone
        answers.check(db, asked, conforms=True, zone=zone, **who)
        wish = {"purpose": "缴存人身份核验", "legal_basis": "住房公积金管理条例", "by": "test", "now": house.clock()}
        fund, police_department = departments.get(db, "housing_fund"), departments.get(db, "police")
        demand = demands.ask(db, fund, title="充电桩", description="位置", zone=zone, **wish)
        demands.assign(db, demand, police_department, zone=zone, **who)
        notice = notices.listed(db, police_department.id)[0].id
        returned = _returned(house, db, zone, who)
        own = select(FindingRow.delivery_id).where(FindingRow.delivery_id.is_not(None))
        police = resources.get(db, "police_population")
        delivery = db.scalar(select(Delivery.id).where(Delivery.resource_id == police.id, Delivery.id.in_(own)))
        holder = departments.get(db, "housing_fund").id
        grant = db.scalar(select(Grant.id).where(Grant.department_id == holder, Grant.revoked_at.is_(None)))
        report = acceptance.reports(db, projects.get(db, PROJECT))[0].id
        assert delivery
        assert grant
        made = {"request": asked.id, "returned": returned, "demand": demand.id, "notice": notice}
        made |= {"order": _order(db, police_department), "correction": _disputed(house, db, fund, grant)}
        made["decision"] = _decision(house, db)
        made["statement"] = linking.waiting(house, db, house.clock().date())[0].statement_key
        made["double"] = doubles.waiting(house, db, house.clock().date())[0].key
        return {**made, "delivery": delivery, "grant": grant, "report": report, "project": PROJECT}


def _decision(house: Exchange, db: Session) -> str:
    """Two identifiers that were found to be one person's."""
    pair = Named("00000019000101001X", "0" * 20), Named("000000198001010014", "1" * 20)
    words = {"reason": "补领证件", "evidence": "公安机关证明"}
    who = {"department_id": departments.authority(db).id, "by": "official:steward", "now": house.clock()}
    return str(identities.merge(db, house.keys, "person", *pair, **words, **who).id)


def _order(db: Session, owner: Department) -> str:
    """An open quality order of a department."""
    own = (QualityOrder.department_id == owner.id, QualityOrder.state == "open")
    found = db.scalar(
        select(QualityOrder.id).where(*own, QualityOrder.delivery_id.is_not(None)).order_by(QualityOrder.rule)
    )
    assert found
    return found


def _disputed(house: Exchange, db: Session, asker: Department, grant_id: str) -> str:
    """A request about the name of somebody whom the department's grant shows."""
    grant = db.get_one(Grant, grant_id)
    caller = Caller("test", asker.id, asker.slug, frozenset({Role.CONSUMER}))
    said = {"item": "name", "claim": "Zhang San", "grounds": "household register"}
    about = {"resource": grant.resource.slug, "grant": grant.id, "record_key": shown_record(house, db, grant)}
    return disputes.dispute(house, db, caller, **about, **said).id


def shown_record(house: Exchange, db: Session, grant: Grant) -> str:
    """The key of the first record that a grant shows."""
    ask = Ask(grant.department_id, grant.resource.slug, LOOKUP, grant.id)
    access = house.access.find(ask, house.clock())
    key = read.page(house.lookups.open(access, house.engine), access.view, 1).rows[0]["record_key"]
    house.lookups.close()
    return str(key)


def _returned(house: Exchange, db: Session, zone: ZoneInfo, who: dict[str, Any]) -> str:
    """A request that went back to the one who asked."""
    asked = sharing.request(
        db,
        resource=resources.get(db, "civil_affairs_marriage"),
        department=departments.get(db, "housing_fund"),
        columns=[resources.get(db, "civil_affairs_marriage").items[0].name],
        purpose="核验婚姻状况",
        legal_basis="住房公积金管理条例",
        days=90,
        mask_key_id=house.keys.current(Purpose.MASK).id,
        asked_by="test",
        now=house.clock(),
        zone=zone,
    )
    missing = [{"field": "legal_basis", "text": "写明条款"}]
    answers.check(db, asked, conforms=False, missing=missing, zone=zone, **who)
    return asked.id


@pytest.fixture(scope="module")
def address(portal: Portal) -> Iterator[str]:
    """The portal served on loopback, for a real browser."""
    server = uvicorn.Server(uvicorn.Config(portal.app, port=0, log_level="error", access_log=False, lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)
