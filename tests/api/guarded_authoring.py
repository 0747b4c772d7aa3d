"""The routes of catalog authoring in the table of who may call what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalog import departments, notices, own_rules, resources, uploads
from catalog.models import CatalogUpload, ResourceVersion, Spill
from catalog.roles import Action
from catalog.writing import entry_of
from tests.api.conftest import City

AUTHORING: dict[tuple[str, str], tuple[Action, str]] = {
    ("POST", "/v1/catalogs"): (Action.REGISTER, "police"),
    ("GET", "/v1/catalogs/template.xlsx"): (Action.READ_DRAFTS, "own"),
    ("GET", "/v1/catalogs/uploads"): (Action.READ_DRAFTS, "own"),
    ("GET", "/v1/catalogs/faults/{upload_id}.xlsx"): (Action.READ_DRAFTS, "police"),
    ("GET", "/v1/catalogs/{department}.xlsx"): (Action.READ_DRAFTS, "police"),
    ("GET", "/v1/resources/{slug}/entry"): (Action.READ_DRAFTS, "police"),
    ("POST", "/v1/resources/{slug}/submission"): (Action.SUBMIT, "police"),
    ("POST", "/v1/resources/{slug}/withdrawal"): (Action.SUBMIT, "police"),
    ("POST", "/v1/resources/{slug}/return"): (Action.REVIEW, "nobody"),
    ("POST", "/v1/resources/{slug}/publication"): (Action.PUBLISH, "nobody"),
    ("POST", "/v1/resources/{slug}/retirement"): (Action.RETIRE, "police"),
    ("POST", "/v1/resources/{slug}/updates"): (Action.PUBLISH, "nobody"),
    ("POST", "/v1/resources/{slug}/copies"): (Action.REGISTER, "own"),
    ("GET", "/v1/resources/{slug}/steps"): (Action.READ_DRAFTS, "police"),
    ("GET", "/v1/resources/{slug}/versions"): (Action.READ_DRAFTS, "police"),
    ("GET", "/v1/resources/{slug}/versions/{first}..{last}"): (Action.READ_DRAFTS, "police"),
    ("GET", "/v1/overdue"): (Action.READ_DRAFTS, "own"),
    ("GET", "/v1/notices"): (Action.READ_NOTICES, "own"),
    ("POST", "/v1/notices/{notice_id}/reading"): (Action.READ_NOTICES, "police"),
    ("GET", "/v1/spills"): (Action.FREEZE_SPILL, "own"),
    ("POST", "/v1/spills"): (Action.FREEZE_SPILL, "police"),
    ("POST", "/v1/spills/{spill_id}/lifting"): (Action.ERASE_SPILL, "nobody"),
    ("POST", "/v1/spills/{spill_id}/erasure"): (Action.ERASE_SPILL, "nobody"),
}
_BODIES: dict[str, dict[str, Any]] = {
    # never the version in force, so that nothing changes under the other tests
    "/submission": {"json": {"version": 999}},
    "/publication": {"json": {"version": 999}},
    "/return": {"json": {"version": 999, "reasons": [{"column": "信息资源摘要", "reason": "太短"}]}},
    "/retirement": {"json": {"version": 999, "reason": "测试"}},
    "/rules": {"json": {"kind": "pattern", "item": "name", "parameters": {"pattern": "."}, "title": "姓名不为空"}},
    "/updates": {"json": {"reason": "职责调整"}},
    "/copies": {"json": {"slug": "people", "name": "已被使用的标识"}},
}


def authoring_bodies(things: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Bodies by the end of the path; a spill is only tried."""
    trial = {"delivery": things.get("delivery_id", ""), "reason": "测试", "is_trial": True}
    return {**_BODIES, "/spills": {"json": trial}}


def authoring_things(city: City) -> dict[str, str]:
    """Something that each template can name."""
    with city.transaction() as db:
        police = departments.get(db, "police")
        people = resources.get(db, "people")
        db.add(
            ResourceVersion(
                resource_id=people.id,
                version=1,
                content=resources.plain_content(entry_of(db, people).content()),
                digest="0",
                changed_at=city.clock(),
                changed_by="test",
                reason="test",
            )
        )
        notice = notices.notify(db, police.id, kind="test", subject="people", text="测试", now=city.clock())
        upload = CatalogUpload(
            department_id=police.id, filename="a.xlsx", digest="0" * 64, at=city.clock(), by="test",
            outcome="refused", faults=[], fixes=[], changed=[],
        )  # fmt: skip
        spill = Spill(state="lifted", reason="测试", derived={}, frozen_at=city.clock(), frozen_by="test")
        said = {"kind": "pattern", "item": "name", "parameters": {"pattern": "."}, "outcome": "warn", "title": "测试"}
        rule = own_rules.draft(db, people, by="test", now=city.clock(), **said)  # type: ignore[arg-type]
        db.add_all((upload, spill))
        db.flush()
        city.store.marked.mkdir(exist_ok=True)
        uploads.marked_file(city.store, upload.id).write_bytes(b"PK")
        return {
            "upload_id": upload.id,
            "department": "police",
            "notice_id": notice.id,
            "first": "1",
            "last": "1",
            "spill_id": spill.id,
            "rule_id": rule.id,
        }
