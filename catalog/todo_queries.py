"""What waits for somebody, noun by noun: one query each, of rows (id, title, due, is_due_provisional).

`due` may be None: a moment that ends a term, or the last day of one. Every query is bounded by the department where
the thing is a department's own, so that it costs no more among 100,000 resources than among a hundred. An empty
department stands for all of them, in the queries of what administrators have.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, String, cast, false, func, literal, null, or_, select
from sqlalchemy.orm import aliased

from catalog import demands, one_source, projects, revisions
from catalog.lifecycle import AUTHORITY, DEPARTMENT
from catalog.models import (
    ApiClient,
    CatalogRevision,
    ClientSecret,
    Delivery,
    Demand,
    Department,
    FindingRow,
    Grant,
    GrantVersion,
    LifeStep,
    Official,
    OfficialState,
    Project,
    Publication,
    RequestAnswer,
    RequestExtension,
    Resource,
    SharingRequest,
    SourceConflict,
)
from catalog.models.base import UtcDateTime
from catalog.request_states import ASKED, CHECKING, DISPUTED, RETURNED
from catalog.vocab import DeliveryState, ResourceState

Query = Select[*tuple[Any, ...]]


class Row(NamedTuple):
    """A row of any of these queries, its term as the moment that ends it."""

    id: str
    title: str
    due: datetime | None
    is_provisional: bool


_NEVER = cast(null(), UtcDateTime()).label("due")
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


def _entries(states: Sequence[ResourceState], changes: Sequence[str], side: str, *where: Any) -> Query:
    """Entries in a state, or published ones with a change in one; due as the open step of that side says."""
    waiting = select(CatalogRevision.resource_id).where(CatalogRevision.state.in_(changes))
    either = or_(Resource.state.in_(states), Resource.id.in_(waiting))
    step = (LifeStep.resource_id == Resource.id) & LifeStep.closed_at.is_(None) & (LifeStep.side == side)
    title = _titled(Department.name, " ", Resource.name)
    provisional = func.coalesce(LifeStep.is_due_provisional, false()).label("is_due_provisional")
    query = select(Resource.slug.label("id"), title, LifeStep.due.label("due"), provisional)
    query = query.join(Department, Resource.provider_id == Department.id).outerjoin(LifeStep, step)
    return query.where(either, *where)


def resources_to_review(department_id: str, now: datetime) -> Query:
    return _entries([ResourceState.SUBMITTED], [revisions.SUBMITTED], AUTHORITY)


def drafts(department_id: str, now: datetime) -> Query:
    return _entries([ResourceState.DRAFT], [revisions.DRAFT], DEPARTMENT, Resource.provider_id == department_id)


def returned_resources(department_id: str, now: datetime) -> Query:
    return _entries([ResourceState.RETURNED], [revisions.RETURNED], DEPARTMENT, Resource.provider_id == department_id)


def updates_asked(department_id: str, now: datetime) -> Query:
    """Published entries whose law or duty changed, until a change of them is handed in."""
    query = select(Resource.slug.label("id"), Resource.name.label("title"), LifeStep.due, LifeStep.is_due_provisional)
    query = query.join(LifeStep, LifeStep.resource_id == Resource.id).where(Resource.provider_id == department_id)
    return query.where(LifeStep.step == "update_asked", LifeStep.closed_at.is_(None))


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


def projects_to_check(department_id: str, now: datetime) -> Query:
    query = select(Project.code.label("id"), _titled(Department.name, " ", Project.name), _NEVER, _FIRM)
    query = query.join(Department, Project.department_id == Department.id)
    return query.where(Project.state == projects.UNDER_CONSTRUCTION)


def held_officials(department_id: str, now: datetime) -> Query:
    """Accounts that open when a second administrator confirms them."""
    query = select(Official.login.label("id"), _titled(Department.name, " ", Official.name), _NEVER, _FIRM)
    query = query.join(Department, Official.department_id == Department.id)
    return query.where(Official.state == OfficialState.HELD, *_of_department(Official.department_id, department_id))


def waiting_secrets(department_id: str, now: datetime) -> Query:
    """Clients with a secret that opens nothing until a second administrator confirms it."""
    title = _titled(Department.name, " ", ApiClient.name)
    query = select(ApiClient.client_id.label("id"), title, _NEVER, _FIRM).distinct()
    query = query.join(Department, ApiClient.department_id == Department.id).join(ClientSecret)
    living = or_(ClientSecret.expires_at.is_(None), ClientSecret.expires_at > now)
    query = query.where(ClientSecret.is_waiting, ClientSecret.revoked_at.is_(None), living)
    return query.where(ApiClient.revoked_at.is_(None), *_of_department(ApiClient.department_id, department_id))


def _of_department(column: Any, department_id: str) -> list[Any]:
    return [column == department_id] if department_id else []
