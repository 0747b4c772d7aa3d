"""What waits for somebody, noun by noun: one query each, of rows (id, title, due, is_due_provisional).

`due` may be None. The queries are written once, for `department` and `now` to be filled in. Every
query is bounded by the department where the thing is a department's own, so that it costs no more among 100,000
resources than among a hundred.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, String, bindparam, cast, false, func, literal, select
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
    UtcDateTime,
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


DEPARTMENT, NOW = bindparam("department", type_=String), bindparam("now", type_=UtcDateTime)
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


def requests_to_check() -> Query:
    return _requests(SharingRequest.state == CHECKING)


def disputes() -> Query:
    return _requests(SharingRequest.state == DISPUTED)


def overdue_answers() -> Query:
    return _requests(SharingRequest.state == ASKED, SharingRequest.due_at <= NOW)


def extensions() -> Query:
    query = _requests(SharingRequest.state == ASKED, RequestExtension.outcome.is_(None))
    return query.join(RequestExtension, RequestExtension.request_id == SharingRequest.id)


def requests_to_answer() -> Query:
    query = _requests(SharingRequest.state == ASKED)
    query = query.join(RequestAnswer, RequestAnswer.request_id == SharingRequest.id)
    return query.where(RequestAnswer.department_id == DEPARTMENT, RequestAnswer.outcome.is_(None))


def returned_requests() -> Query:
    return _requests(SharingRequest.state == RETURNED, SharingRequest.department_id == DEPARTMENT)


def _demands(*where: Any) -> Query:
    return select(Demand.id, Demand.title, Demand.due_at.label("due"), Demand.is_due_provisional).where(*where)


def demands_to_assign() -> Query:
    return _demands(Demand.state == demands.ASKED)


def demands_to_answer() -> Query:
    return _demands(Demand.state == demands.ASSIGNED, Demand.assigned_id == DEPARTMENT)


def source_conflicts() -> Query:
    table = SourceConflict
    title = _titled(table.title, "：", Department.name, " 再次登记")
    query = select(table.id, title, table.due_at.label("due"), table.is_due_provisional)
    return query.join(Department, table.department_id == Department.id).where(table.state == one_source.OPEN)


def resources_to_review() -> Query:
    title = _titled(Department.name, " ", Resource.name)
    query = select(Resource.slug.label("id"), title, _NEVER, _FIRM).join(
        Department, Resource.provider_id == Department.id
    )
    return query.where(Resource.state == ResourceState.SUBMITTED)


def returned_resources() -> Query:
    query = select(Resource.slug.label("id"), Resource.name.label("title"), _NEVER, _FIRM)
    return query.where(Resource.provider_id == DEPARTMENT, Resource.state == ResourceState.RETURNED)


def returned_deliveries() -> Query:
    """Deliveries that came back and were not followed by another."""
    later = aliased(Delivery)
    followed = select(later.id).where(
        later.resource_id == Delivery.resource_id, later.received_at > Delivery.received_at
    )
    # as a set, not a join: of all returned deliveries SQLite would else look at each
    own = select(Resource.id).where(Resource.provider_id == DEPARTMENT)
    query = select(Delivery.id, _titled(Resource.name, " ", Delivery.period), _NEVER, _FIRM).join(Resource)
    query = query.where(Delivery.resource_id.in_(own), Delivery.state == DeliveryState.RETURNED)
    return query.where(~followed.exists())


def held_deliveries() -> Query:
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


def own_late() -> Query:
    return _late().where(FindingRow.department_id == DEPARTMENT)


def every_late() -> Query:
    return _late()


def findings() -> Query:
    """Resources with findings of their newest delivery or of a base's release in force; `due` is when they began."""
    table, later = FindingRow, aliased(Delivery)
    followed = select(later.id).where(
        later.resource_id == Delivery.resource_id, later.received_at > Delivery.received_at
    )
    newest = select(Delivery.id).where(Delivery.id == table.delivery_id, ~followed.exists())
    said, since = aliased(Publication), aliased(Publication)
    replaced = select(since.id).where(since.unit == said.unit, since.id > said.id)
    in_force = select(said.id).where(said.release_id == table.release_id, ~replaced.exists())
    count = func.sum(table.count)
    title = (Resource.name + literal("：质量问题 ") + cast(count, String)).label("title")
    query = select(Resource.slug.label("id"), title, func.min(table.found_at).label("due"), _FIRM)
    query = query.join(Resource, table.resource_id == Resource.id).where(table.department_id == DEPARTMENT)
    query = query.where(newest.exists() | in_force.exists())
    return query.group_by(Resource.slug, Resource.name)


def ending_grants() -> Query:
    newest = select(func.max(GrantVersion.version)).where(GrantVersion.grant_id == Grant.id)
    query = select(Grant.id, Resource.name.label("title"), GrantVersion.expires_at.label("due"), _FIRM)
    query = query.join(Resource, Grant.resource_id == Resource.id).join(GrantVersion, GrantVersion.grant_id == Grant.id)
    query = query.where(GrantVersion.version == newest.correlate(Grant).scalar_subquery())
    query = query.where(Grant.department_id == DEPARTMENT, Grant.revoked_at.is_(None))
    return query.where(Grant.end_told_at.is_not(None), GrantVersion.expires_at > NOW)
