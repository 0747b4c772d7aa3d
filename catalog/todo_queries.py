"""What waits for somebody, noun by noun: one query each, of rows (id, title, due, is_due_provisional).

`due` may be None. Every query is bounded by the department where the thing is a department's own, so that it costs
no more among 100,000 resources than among a hundred.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, String, cast, false, func, literal, select
from sqlalchemy.orm import aliased

from catalog import demands, one_source
from catalog.models import (
    Delivery,
    Demand,
    Department,
    FindingRow,
    Grant,
    GrantVersion,
    Publication,
    RequestAnswer,
    RequestExtension,
    Resource,
    SharingRequest,
    SourceConflict,
)
from catalog.request_states import ASKED, CHECKING, DISPUTED, RETURNED
from catalog.vocab import DeliveryState, ResourceState

Query = Select[*tuple[Any, ...]]


class Row(NamedTuple):
    """A row of any of these queries."""

    id: str
    title: str
    due: datetime | None
    is_provisional: bool


_NEVER = literal(None).label("due")
_FIRM = false().label("is_due_provisional")


def _titled(*parts: Any) -> Any:
    """A title joined out of texts and columns."""
    found: Any = literal("")
    for part in parts:
        found = found + (literal(part) if isinstance(part, str) else part)
    return found.label("title")


def _requests(*where: Any) -> Query:
    title = _titled(Department.name, " 申请 ", Resource.name)
    query = select(SharingRequest.id, title, SharingRequest.due_at.label("due"), SharingRequest.is_due_provisional)
    query = query.join(Resource, SharingRequest.resource_id == Resource.id)
    return query.join(Department, SharingRequest.department_id == Department.id).where(*where)


def requests_to_check(department_id: str, now: datetime) -> Query:
    return _requests(SharingRequest.state == CHECKING)


def disputes(department_id: str, now: datetime) -> Query:
    return _requests(SharingRequest.state == DISPUTED)


def overdue_answers(department_id: str, now: datetime) -> Query:
    return _requests(SharingRequest.state == ASKED, SharingRequest.due_at <= now)


def extensions(department_id: str, now: datetime) -> Query:
    query = _requests(SharingRequest.state == ASKED, RequestExtension.outcome.is_(None))
    return query.join(RequestExtension, RequestExtension.request_id == SharingRequest.id)


def requests_to_answer(department_id: str, now: datetime) -> Query:
    query = _requests(SharingRequest.state == ASKED)
    query = query.join(RequestAnswer, RequestAnswer.request_id == SharingRequest.id)
    return query.where(RequestAnswer.department_id == department_id, RequestAnswer.outcome.is_(None))


def returned_requests(department_id: str, now: datetime) -> Query:
    return _requests(SharingRequest.state == RETURNED, SharingRequest.department_id == department_id)


def _demands(*where: Any) -> Query:
    return select(Demand.id, Demand.title, Demand.due_at.label("due"), Demand.is_due_provisional).where(*where)


def demands_to_assign(department_id: str, now: datetime) -> Query:
    return _demands(Demand.state == demands.ASKED)


def demands_to_answer(department_id: str, now: datetime) -> Query:
    return _demands(Demand.state == demands.ASSIGNED, Demand.assigned_id == department_id)


def source_conflicts(department_id: str, now: datetime) -> Query:
    table = SourceConflict
    title = _titled(table.title, "：", Department.name, " 再次登记")
    query = select(table.id, title, table.due_at.label("due"), table.is_due_provisional)
    return query.join(Department, table.department_id == Department.id).where(table.state == one_source.OPEN)


def resources_to_review(department_id: str, now: datetime) -> Query:
    title = _titled(Department.name, " ", Resource.name)
    query = select(Resource.slug.label("id"), title, _NEVER, _FIRM).join(
        Department, Resource.provider_id == Department.id
    )
    return query.where(Resource.state == ResourceState.SUBMITTED)


def returned_resources(department_id: str, now: datetime) -> Query:
    query = select(Resource.slug.label("id"), Resource.name.label("title"), _NEVER, _FIRM)
    return query.where(Resource.provider_id == department_id, Resource.state == ResourceState.RETURNED)


def returned_deliveries(department_id: str, now: datetime) -> Query:
    """Deliveries that came back and were not followed by another."""
    later = aliased(Delivery)
    followed = select(later.id).where(
        later.resource_id == Delivery.resource_id, later.received_at > Delivery.received_at
    )
    query = select(Delivery.id, _titled(Resource.name, " ", Delivery.period), _NEVER, _FIRM).join(Resource)
    query = query.where(Resource.provider_id == department_id, Delivery.state == DeliveryState.RETURNED)
    return query.where(~followed.exists())


def held_deliveries(department_id: str, now: datetime) -> Query:
    query = select(Delivery.id, _titled(Resource.name, " ", Delivery.period), _NEVER, _FIRM).join(Resource)
    return query.where(Delivery.state == DeliveryState.HELD)


def _late() -> Query:
    """Newest late periods, still without a delivery; due on the day it was found late."""
    table, newer = FindingRow, aliased(FindingRow)
    delivered = select(Delivery.id).where(Delivery.resource_id == table.resource_id, Delivery.period >= table.period)
    newer_one = select(newer.id).where(newer.resource_id == table.resource_id, newer.rule == table.rule)
    title = _titled(Resource.name, " ", table.period)
    query = select(Resource.slug.label("id"), title, table.found_at.label("due"), _FIRM)
    query = query.join(Resource, table.resource_id == Resource.id).where(table.rule == "DELIVERY_LATE")
    query = query.where(Resource.state == ResourceState.PUBLISHED)
    return query.where(~delivered.exists(), ~newer_one.where(newer.period > table.period).exists())


def own_late(department_id: str, now: datetime) -> Query:
    return _late().where(FindingRow.department_id == department_id)


def every_late(department_id: str, now: datetime) -> Query:
    return _late()


def findings(department_id: str, now: datetime) -> Query:
    """Resources with findings of their newest delivery or of a base's release in force; `due` is when they began."""
    table, later = FindingRow, aliased(Delivery)
    followed = select(later.id).where(
        later.resource_id == Delivery.resource_id, later.received_at > Delivery.received_at
    )
    newest = select(Delivery.id).where(Delivery.id == table.delivery_id, ~followed.exists())
    last = select(func.max(Publication.id)).group_by(Publication.unit)
    in_force = select(Publication.release_id).where(Publication.id.in_(last))
    count = func.sum(table.count)
    title = (Resource.name + literal("：质量问题 ") + cast(count, String)).label("title")
    query = select(Resource.slug.label("id"), title, func.min(table.found_at).label("due"), _FIRM)
    query = query.join(Resource, table.resource_id == Resource.id).where(table.department_id == department_id)
    query = query.where(newest.exists() | table.release_id.in_(in_force))
    return query.group_by(Resource.slug, Resource.name)


def ending_grants(department_id: str, now: datetime) -> Query:
    newest = select(func.max(GrantVersion.version)).where(GrantVersion.grant_id == Grant.id)
    query = select(Grant.id, Resource.name.label("title"), GrantVersion.expires_at.label("due"), _FIRM)
    query = query.join(Resource, Grant.resource_id == Resource.id).join(GrantVersion, GrantVersion.grant_id == Grant.id)
    query = query.where(GrantVersion.version == newest.correlate(Grant).scalar_subquery())
    query = query.where(Grant.department_id == department_id, Grant.revoked_at.is_(None))
    return query.where(Grant.end_told_at.is_not(None), GrantVersion.expires_at > now)
