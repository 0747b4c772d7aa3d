"""People of every department with open sessions, and the work that waits for them, for benchmarks of the home page."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, insert, select
from sqlalchemy.orm import Session

from catalog import sessions
from catalog.models import (
    Delivery,
    Demand,
    FindingRow,
    Grant,
    GrantVersion,
    Model,
    Official,
    Post,
    RequestAnswer,
    Resource,
    SharingRequest,
    new_id,
)
from catalog.models import Department as Office
from catalog.register import transaction
from catalog.request_states import ASKED, CHECKING, GRANTED, RETURNED
from catalog.roles import Role
from catalog.vocab import Channel, DeliveryState, Dimension, Outcome, Side

Rows = dict[type[Model], list[dict[str, Any]]]
STEWARDS = 10
_ROLES = (Role.REGISTRAR, Role.VERIFIER, Role.CONSUMER)
_STATES = (CHECKING, ASKED, ASKED, ASKED, RETURNED, GRANTED)
_BATCH = 200


def employ(engine: Engine, now: datetime) -> list[str]:
    """An official of each department with things to do, stewards in the authority; the tokens of their sessions."""
    with transaction(engine) as db:
        offices = db.scalars(select(Office).order_by(Office.slug)).all()
        tokens = [_sign_in(db, office, f"{office.slug}.all", _ROLES, now) for office in offices]
        authority = next(each for each in offices if each.is_authority)
        tokens += [_sign_in(db, authority, f"steward{n}", (Role.STEWARD,), now) for n in range(STEWARDS)]
        ids = [office.id for office in offices]
    chance = random.Random(2)
    for first in range(0, len(ids), _BATCH):
        with transaction(engine) as db:
            _give_work(db, chance, ids[first : first + _BATCH], ids, now)
    return tokens


def _sign_in(db: Session, office: Office, login: str, roles: tuple[Role, ...], now: datetime) -> str:
    facts: dict[str, Any] = {"department": office, "must_change_password": False, "created_at": now}
    official = Official(login=login, name=login, **facts)
    official.posts = [Post(department=office, role=role, valid_from=date(2020, 1, 1)) for role in roles]
    db.add(official)
    db.flush()
    return sessions.begin(db, official, means="password", now=now, today=now.date())


def _give_work(db: Session, chance: random.Random, some: list[str], all_of: list[str], now: datetime) -> None:
    query = select(Resource.id, Resource.provider_id).where(Resource.provider_id.in_(some)).order_by(Resource.id)
    own: dict[str, list[str]] = {department: [] for department in some}
    for resource, department in db.execute(query):
        own[department].append(resource)
    rows: Rows = {
        kind: [] for kind in (Delivery, FindingRow, SharingRequest, RequestAnswer, Demand, Grant, GrantVersion)
    }
    for department, resources in own.items():
        _add(rows, chance, department, resources, chance.choice(all_of), now)
    for kind, found in rows.items():
        if found:
            db.execute(insert(kind), found)


def _add(rows: Rows, chance: random.Random, department: str, resources: list[str], other: str, now: datetime) -> None:
    for number, resource in enumerate(resources):
        rows[Delivery].append(_delivery(resource, now - timedelta(days=2), DeliveryState.ACCEPTED, "2026-11-01"))
        if number % 10 == 0:
            rows[Delivery].append(_delivery(resource, now, DeliveryState.RETURNED, "2026-11-02"))
            rows[FindingRow].append(_finding(rows[Delivery][-1]["id"], resource, department, "REQUIRED", now))
        if number % 25 == 1:
            rows[FindingRow].append(_finding(None, resource, department, "DELIVERY_LATE", now))
        if number % 5 == 0:
            _ask(rows, resource, department, other, chance.choice(_STATES), now)
    rows[Demand].append(
        {
            "id": new_id(),
            "department_id": other,
            "assigned_id": department,
            "state": "assigned",
            "asked_at": now,
            "asked_by": "bench",
            "due_at": now + timedelta(days=5),
            "is_due_provisional": False,
            **dict.fromkeys(("title", "description", "purpose", "legal_basis"), "充电桩"),
            "update_cycle": "",
        }
    )


def _delivery(resource: str, at: datetime, state: DeliveryState, period: str) -> dict[str, Any]:
    facts = {"digest": "0" * 64, "filename": "x.csv", "size": 1, "channel": Channel.API, "delivered_by": "bench"}
    key = f"{resource[-12:]}{period[-2:]}"
    times = {"received_at": at, "settled_at": at}
    return {"id": key, "resource_id": resource, "period": period, "sequence": 1, "state": state, **facts, **times}


def _finding(delivery: str | None, resource: str, department: str, rule: str, at: datetime) -> dict[str, Any]:
    return {
        "resource_id": resource,
        "delivery_id": delivery,
        "period": "" if delivery else "2026-11-20",
        "rule": rule,
        "dimension": Dimension.COMPLETE,
        "outcome": Outcome.WARN,
        "side": Side.COLLECTOR,
        "department_id": department,
        "count": 3,
        "message": "bench",
        "first_rows": [],
        "found_at": at,
    }


def _ask(rows: Rows, resource: str, department: str, other: str, state: str, now: datetime) -> None:
    key = f"q{resource[-12:]}"
    wish: dict[str, Any] = {"modes": ["lookup"], "purpose": "核验", "legal_basis": "条例", "row_condition": None}
    rows[SharingRequest].append(
        {
            "id": key,
            "resource_id": resource,
            "department_id": other,
            "columns": ["i0"],
            "days": 180,
            "state": state,
            "asked_at": now,
            "asked_by": "bench",
            "due_at": None if state == GRANTED else now + timedelta(days=3),
            "is_due_provisional": False,
            "missing": [],
            **wish,
        }
    )
    if state == ASKED:
        rows[RequestAnswer].append(
            {"request_id": key, "department_id": department, "part": "provider", "columns": ["i0"], "masks": {}}
        )
    if state == GRANTED:
        rows[Grant].append(
            {"id": key, "request_id": key, "resource_id": resource, "department_id": other, "end_told_at": now}
        )
        times = {"valid_from": now, "created_at": now, "expires_at": now + timedelta(days=20)}
        facts: dict[str, Any] = {"grant_id": key, "version": 1, "columns": {"i0": "none"}, "mask_key_id": "bench"}
        rows[GrantVersion].append({**facts, **wish, **times})
