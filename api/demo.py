"""The sharing part of the main job: demo clients, a request, its decision, and a record that the grant opens."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from api import demo_people, demo_work
from api.house import Exchange
from basedb import read
from catalog import answers, clients, departments, grants, policy, releases, resources, sharing
from catalog.errors import NoRelease
from catalog.keys import Purpose
from catalog.models import ApiClient, Grant, SharingRequest
from catalog.request_states import CHECKING
from catalog.roles import Role
from catalog.vocab import Mask

RESOURCE = "person"
COLUMNS = ("id_number", "name", "sex_code", "birth_date", "registered_division_code", "residence_division_code")


@dataclass(frozen=True, slots=True)
class _Demo:
    client_id: str
    department: str
    name: str
    roles: tuple[Role, ...]


CLIENTS = (
    _Demo("demo-steward", "digital_government", "演示：数据管理员", (Role.STEWARD, Role.REGISTRAR, Role.AUDITOR)),
    _Demo("demo-officer", "digital_government", "演示：验收核验员", (Role.ACCEPTANCE_OFFICER,)),
    _Demo("demo-provider", "police", "演示：数据提供部门", (Role.REGISTRAR, Role.VERIFIER)),
    _Demo("demo-consumer", "housing_fund", "演示：数据需求部门", (Role.CONSUMER,)),
)


def share_demo(house: Exchange) -> dict[str, Any]:
    """What a new user needs to try the exchange; also kept in HOME/demo.json, readable by its owner alone.

    The grant runs `demo_days` from the exchange's clock, which is the real one. Keys: clients (client_id,
    client_secret, department, roles), people (login, password, department, roles) and demo (client_id, client_secret,
    resource, record_key, identifier).
    """
    known = json.loads(house.store.demo_file.read_text("utf-8")) if house.store.demo_file.exists() else {"clients": []}
    with house.transaction() as db:
        made = [_client(db, house, demo, known["clients"]) for demo in CLIENTS]
        people = demo_people.enter(db, house, known.get("people", []))
        grant = _living_grant(db, house) or _grant(db, house)
        demo_work.leave_waiting(db, house)
        record_key, identifier = _example(db, house, grant)
    consumer = next(c for c in made if c["client_id"] == "demo-consumer")
    demo = {
        "client_id": consumer["client_id"],
        "client_secret": consumer["client_secret"],
        "resource": RESOURCE,
        "record_key": record_key,
        "identifier": identifier,
    }
    facts = {"clients": made, "people": people, "demo": demo}
    _keep(house, facts)
    return facts


def _client(db: Session, house: Exchange, demo: _Demo, known: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """The client with a secret that still opens it; demo clients are the only ones whose secret is kept."""
    now = house.clock()
    held = next((c["client_secret"] for c in known if c["client_id"] == demo.client_id), None)
    client = db.get(ApiClient, demo.client_id)
    if client is None:
        owner = departments.get(db, demo.department)
        client = clients.register(
            db, demo.client_id, department=owner, name=demo.name, roles=demo.roles, now=now, is_demo=True
        )
        held = None
    if held is None:
        for secret in client.secrets:
            clients.revoke_secret(db, secret, now=now)
        held = clients.new_secret(db, client, now=now)
    return {
        "client_id": demo.client_id,
        "client_secret": held,
        "department": demo.department,
        "roles": [role.value for role in demo.roles],
    }


def _living_grant(db: Session, house: Exchange) -> Grant | None:
    consumer, resource = departments.get(db, "housing_fund"), resources.get(db, RESOURCE)
    query = select(Grant).where(
        Grant.department_id == consumer.id, Grant.resource_id == resource.id, Grant.revoked_at.is_(None)
    )
    return next((g for g in db.scalars(query) if g.versions[-1].expires_at > house.clock()), None)


def _grant(db: Session, house: Exchange) -> Grant:
    """Ask as the consumer, decide as the provider; the identifier is shown whole, the name in part."""
    now, mask_key = house.clock(), house.keys.current(Purpose.MASK).id
    asked = sharing.request(
        db,
        resource=resources.get(db, RESOURCE),
        department=departments.get(db, "housing_fund"),
        columns=COLUMNS,
        purpose="住房公积金缴存人身份核验",
        legal_basis="《住房公积金管理条例》；《政务数据共享条例》",
        days=house.settings.demo_days,
        mask_key_id=mask_key,
        asked_by="demo-consumer",
        now=now,
        zone=house.settings.zone,
    )
    return agree(
        db,
        asked,
        by="demo-steward",
        now=now,
        zone=house.settings.zone,
        mask_key_id=mask_key,
        reason="用于法定职责，按最小必要授权",
        masks={"id_number": Mask.PLAIN, "birth_date": Mask.PLAIN},
    )


def agree(
    db: Session,
    asked: SharingRequest,
    *,
    by: str,
    now: datetime,
    zone: ZoneInfo,
    masks: Mapping[str, str] | None = None,
    **terms: Any,
) -> Grant:
    """The grant of a request after everybody has said yes: the authority's check, then each department's answer."""
    authority = departments.authority(db)
    if asked.state == CHECKING:
        answers.check(db, asked, conforms=True, department_id=authority.id, by=by, now=now, zone=zone)
    for answer in [each for each in asked.answers if each.outcome is None]:
        own = {name: mask for name, mask in (masks or {}).items() if name in answer.columns}
        sharing.decide(
            db, asked, approve=True, department_id=answer.department_id, by=by, now=now, zone=zone, masks=own, **terms
        )
    granted = grants.of_request(db, asked.id)
    if granted is None:
        raise NoRelease("演示授权未能生成")
    return granted


def _example(db: Session, house: Exchange, grant: Grant) -> tuple[str, str]:
    """The key and the identifier of the first record that the grant shows."""
    resource = grant.resource
    release = releases.in_force(db, resource.unit)
    shown = policy.view(db, house.store, house.keys, grant.versions[-1], resource, release, today=house.today)
    with read.open_lookup(shown.directory, shown.table) as connection:
        rows = read.page(connection, shown, limit=100).rows
    connection.close()
    row = next((row for row in rows if row["id_number"]), None)
    if row is None:
        raise NoRelease("人口基础信息库没有可演示的记录", remedy="增加样例人口后重试")
    return str(row["record_key"]), str(row["id_number"])


def _keep(house: Exchange, facts: dict[str, Any]) -> None:
    draft = house.store.demo_file.with_suffix(".part")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(facts, file, ensure_ascii=False, indent=2)
    draft.replace(house.store.demo_file)
