"""Everybody who has a hand in a request, for tests: short words for long calls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from catalog import answers, departments, resources, sharing
from catalog.models import BaseInput, Department, Grant, Notice, Resource, SharingRequest
from catalog.standing import Checks
from catalog.store import Store
from catalog.vocab import Sensitivity, ShareType
from tests.catalog.conftest import NOW, item, make_department, make_resource

ZONE = ZoneInfo("Asia/Shanghai")
KEY = "mask-1"
SECRET = b"s" * 32
# checks that left no rows
NOWHERE = Checks(Store(Path("nowhere")), SECRET)
NO = {"reason_code": "no_basis", "reason": "使用依据不足"}


@dataclass
class Offices:
    """The authority, police (provider), housing (consumer); `now` is moved by tests."""

    db: Session
    now: datetime = NOW

    def of(self, slug: str) -> Department:
        return departments.get(self.db, slug)

    def who(self, slug: str) -> dict[str, Any]:
        return {"department_id": self.of(slug).id, "by": f"{slug}-app", "now": self.now}

    @property
    def resource(self) -> Resource:
        return resources.get(self.db, "police_population")

    def ask(
        self, slug: str = "police_population", columns: tuple[str, ...] = ("id_number", "name"), **more: Any
    ) -> SharingRequest:
        facts = {"purpose": "公租房资格核验", "legal_basis": "公租房管理办法", "days": 30, **more}
        asker = facts.pop("asker", "housing")
        return sharing.request(
            self.db,
            resource=resources.get(self.db, slug),
            department=self.of(asker),
            columns=columns,
            mask_key_id=KEY,
            asked_by=f"{asker}-app",
            now=self.now,
            zone=ZONE,
            **facts,
        )

    def check(self, asked: SharingRequest, conforms: bool = True, by: str = "digital_government", **more: Any) -> None:
        answers.check(self.db, asked, conforms=conforms, zone=ZONE, **self.who(by), **more)

    def give_back(self, asked: SharingRequest, *texts: str) -> None:
        self.check(asked, False, missing=[{"field": "other", "text": text} for text in texts or ("缺用途说明",)])

    def resubmit(self, asked: SharingRequest, by: str = "housing", **changes: Any) -> None:
        sharing.resubmit(self.db, asked, changes, mask_key_id=KEY, zone=ZONE, **self.who(by))

    def yes(self, asked: SharingRequest, by: str = "police", **more: Any) -> Grant | None:
        return sharing.decide(self.db, asked, approve=True, mask_key_id=KEY, zone=ZONE, **self.who(by), **more)

    def no(self, asked: SharingRequest, by: str = "police", **more: Any) -> None:
        sharing.decide(self.db, asked, approve=False, mask_key_id=KEY, zone=ZONE, **self.who(by), **{**NO, **more})

    def dispute(self, asked: SharingRequest, by: str = "housing") -> None:
        answers.dispute(self.db, asked, reason="履职必需", zone=ZONE, **self.who(by))

    def settle(
        self, asked: SharingRequest, approve: bool = True, by: str = "digital_government", **more: Any
    ) -> Grant | None:
        words = {"reason": "经协调", "reason_code": "" if approve else "no_basis"}
        return answers.settle_dispute(
            self.db, asked, approve=approve, mask_key_id=KEY, zone=ZONE, **self.who(by), **{**words, **more}
        )

    def grant(self, **more: Any) -> Grant:
        masks = more.pop("masks", None)
        asked = self.ask(**more)
        if asked.state == "checking":
            self.check(asked)
            granted = self.yes(asked, masks=masks)
            assert granted is not None
            return granted
        return self.db.query(Grant).filter_by(request_id=asked.id).one()

    def told(self, slug: str, kind: str = "") -> list[Notice]:
        found = (
            self.db.query(Notice).filter_by(department_id=self.of(slug).id).order_by(Notice.sent_at, Notice.id).all()
        )
        return [n for n in found if kind in ("", n.kind)]


def make_base(db: Session, kinds: dict[str, ShareType] | None = None) -> Resource:
    """A base table `person` of which police and health fill roles; its name is held by both, sex by police alone."""
    authority = departments.authority(db)
    person = make_resource(db, authority, "person", unit="natural_person", table_name="person", class_digit="1")
    person.share_type = ShareType.UNCONDITIONAL
    person.items.clear()
    db.flush()
    plain: dict[str, Any] = {"sensitivity": Sensitivity.INTERNAL, "share_type": ShareType.UNCONDITIONAL}
    person.items.extend(item(name, n, **plain) for n, name in enumerate(("name", "sex_code", "is_counted")))
    health = make_department(db, "health", 7)
    sources = {"resident": resources.get(db, "police_population"), "birth": make_resource(db, health, "birth")}
    for role, resource in sources.items():
        resource.share_type = ShareType.UNCONDITIONAL
        resource.items.clear()
        db.flush()
        names = ("name", "sex_code") if role == "resident" else ("name",)
        for position, name in enumerate(names):
            resource.items.append(item(name, position, is_key=not position, **plain))
        db.add(BaseInput(base="natural_person", role=role, resource=resource))
    for slug, kind in (kinds or {}).items():
        resources.get(db, slug).items[0].share_type = kind
    db.flush()
    return person
