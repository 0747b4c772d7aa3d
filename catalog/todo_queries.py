"""What waits for somebody, noun by noun: one query each, of rows (id, who, what, more, due, is_due_provisional).

who, what, more: names as they are registered, and a period or a count, of which each language makes a title.

`due` may be None: a moment that ends a term, or the last day of one. The queries are written once, and take a
department and a moment as parameters. Every query is bounded by the department where the thing is a department's
own, so that it costs no more among 100,000 resources than among a hundred.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, String, bindparam, cast, false, func, literal, null, or_, select
from sqlalchemy.orm import aliased

from catalog import correction_states, demand_states, one_source, order_states, projects, revisions
from catalog.came import has_come
from catalog.life_steps import AUTHORITY, DEPARTMENT
from catalog.models import (
    ApiClient,
    CatalogRevision,
    ClientSecret,
    Correction,
    DataItem,
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
    QualityOrder,
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
    who: str
    what: str
    more: str
    due: datetime | None
    is_provisional: bool


DEPARTMENT_ID, NOW = bindparam("department", type_=String), bindparam("now", type_=UtcDateTime)
_NEVER = cast(null(), UtcDateTime()).label("due")
_FIRM = false().label("is_due_provisional")


def _parts(what: Any, who: Any = "", more: Any = "") -> tuple[Any, ...]:
    """The three parts that every query tells of a thing."""
    found = {"who": who, "what": what, "more": more}
    return tuple((literal(part) if isinstance(part, str) else part).label(name) for name, part in found.items())


def _requests(*where: Any) -> Query:
    parts = _parts(Resource.name, Department.name)
    query = select(SharingRequest.id, *parts, SharingRequest.due_at.label("due"), SharingRequest.is_due_provisional)
    query = query.join(Resource, SharingRequest.resource_id == Resource.id)
    return query.join(Department, SharingRequest.department_id == Department.id).where(~SharingRequest.is_probe, *where)


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
    return query.where(RequestAnswer.department_id == DEPARTMENT_ID, RequestAnswer.outcome.is_(None))


def returned_requests() -> Query:
    return _requests(SharingRequest.state == RETURNED, SharingRequest.department_id == DEPARTMENT_ID)


def _demands(*where: Any) -> Query:
    return select(Demand.id, *_parts(Demand.title), Demand.due_at.label("due"), Demand.is_due_provisional).where(*where)


def demands_to_assign() -> Query:
    return _demands(Demand.state == demand_states.ASKED)


def demands_to_answer() -> Query:
    return _demands(Demand.state == demand_states.ASSIGNED, Demand.assigned_id == DEPARTMENT_ID)


def source_conflicts() -> Query:
    table = SourceConflict
    parts = _parts(table.title, Department.name)
    query = select(table.id, *parts, table.due_at.label("due"), table.is_due_provisional)
    return query.join(Department, table.department_id == Department.id).where(table.state == one_source.OPEN)


def _entries(states: Sequence[ResourceState], changes: Sequence[str], side: str, *where: Any) -> Query:
    """Entries in a state, or published ones with a change in one; due as the open step of that side says."""
    waiting = select(CatalogRevision.resource_id).where(CatalogRevision.state.in_(changes))
    either = or_(Resource.state.in_(states), Resource.id.in_(waiting))
    step = (LifeStep.resource_id == Resource.id) & LifeStep.closed_at.is_(None) & (LifeStep.side == side)
    parts = _parts(Resource.name, Department.name)
    provisional = func.coalesce(LifeStep.is_due_provisional, false()).label("is_due_provisional")
    query = select(Resource.slug.label("id"), *parts, LifeStep.due.label("due"), provisional)
    query = query.join(Department, Resource.provider_id == Department.id).outerjoin(LifeStep, step)
    return query.where(either, *where)


def resources_to_review() -> Query:
    return _entries([ResourceState.SUBMITTED], [revisions.SUBMITTED], AUTHORITY)


def drafts() -> Query:
    return _entries([ResourceState.DRAFT], [revisions.DRAFT], DEPARTMENT, Resource.provider_id == DEPARTMENT_ID)


def returned_resources() -> Query:
    return _entries([ResourceState.RETURNED], [revisions.RETURNED], DEPARTMENT, Resource.provider_id == DEPARTMENT_ID)


def updates_asked() -> Query:
    """Published entries whose law or duty changed, until a change of them is handed in."""
    parts = _parts(Resource.name)
    query = select(Resource.slug.label("id"), *parts, LifeStep.due, LifeStep.is_due_provisional)
    query = query.join(LifeStep, LifeStep.resource_id == Resource.id).where(Resource.provider_id == DEPARTMENT_ID)
    return query.where(LifeStep.step == "update_asked", LifeStep.closed_at.is_(None))


def overdue_entries() -> Query:
    """Entries that a department has not mended or brought up to date in time; the day is the one of UTC."""
    query = select(Resource.slug.label("id"), *_parts(Resource.name, Department.name), LifeStep.due)
    query = query.add_columns(LifeStep.is_due_provisional).join(LifeStep, LifeStep.resource_id == Resource.id)
    query = query.join(Department, Resource.provider_id == Department.id)
    late = (LifeStep.closed_at.is_(None), LifeStep.side == DEPARTMENT, LifeStep.due < func.date(NOW))
    return query.where(*late)


def returned_deliveries() -> Query:
    """Deliveries that came back and were not followed by another."""
    later = aliased(Delivery)
    followed = select(later.id).where(
        later.resource_id == Delivery.resource_id, later.received_at > Delivery.received_at
    )
    # a set, not a join: of all returned deliveries, or of each resource of the department, SQLite would else look at each
    own = select(Resource.id).where(Resource.provider_id == DEPARTMENT_ID)
    name = select(Resource.name).where(Resource.id == Delivery.resource_id).scalar_subquery()
    query = select(Delivery.id, *_parts(name, more=Delivery.period), _NEVER, _FIRM)
    query = query.where(Delivery.resource_id.in_(own), Delivery.state == DeliveryState.RETURNED)
    return query.where(~followed.exists())


def held_deliveries() -> Query:
    query = select(Delivery.id, *_parts(Resource.name, more=Delivery.period), _NEVER, _FIRM).join(Resource)
    return query.where(Delivery.state == DeliveryState.HELD)


def _late() -> Query:
    """Newest late periods, still without a delivery that counts; due on the day it was found late."""
    table, newer = FindingRow, aliased(FindingRow)
    delivered = select(Delivery.id).where(Delivery.resource_id == table.resource_id, Delivery.period >= table.period)
    delivered = delivered.where(has_come())
    newer_one = select(newer.id).where(newer.resource_id == table.resource_id, newer.rule == table.rule)
    parts = _parts(Resource.name, more=table.period)
    query = select(Resource.slug.label("id"), *parts, table.found_at.label("due"), _FIRM)
    query = query.join(Resource, table.resource_id == Resource.id).where(table.rule == "DELIVERY_LATE")
    query = query.where(Resource.state == ResourceState.PUBLISHED)
    return query.where(~delivered.exists(), ~newer_one.where(newer.period > table.period).exists())


def own_late() -> Query:
    return _late().where(FindingRow.department_id == DEPARTMENT_ID)


def every_late() -> Query:
    return _late()


def _orders(*where: Any) -> Query:
    """Quality orders; those for a delivery that is late stand among the late ones."""
    table = QualityOrder
    parts = _parts(Resource.name, Department.name, table.message)
    query = select(table.id, *parts, table.due_at.label("due"), table.is_due_provisional)
    query = query.join(Resource, table.resource_id == Resource.id)
    return query.join(Department, table.department_id == Department.id).where(table.rule != "DELIVERY_LATE", *where)


def open_orders() -> Query:
    return _orders(QualityOrder.department_id == DEPARTMENT_ID, QualityOrder.state == order_states.OPEN)


def explained_orders() -> Query:
    return _orders(QualityOrder.state == order_states.EXPLAINED)


def overdue_orders() -> Query:
    return _orders(QualityOrder.state == order_states.OPEN, QualityOrder.due_at <= NOW)


def _corrections(*where: Any) -> Query:
    table = Correction
    item = select(DataItem.title).where(DataItem.resource_id == table.resource_id, DataItem.name == table.item)
    title = func.coalesce(item.correlate(table).scalar_subquery(), table.item)
    parts = _parts(Resource.name, Department.name, title)
    query = select(table.id, *parts, table.due_at.label("due"), table.is_due_provisional)
    query = query.join(Resource, table.resource_id == Resource.id)
    query = query.join(Department, table.department_id == Department.id)
    return query.where(table.state == correction_states.ASKED, *where)


def corrections_to_answer() -> Query:
    return _corrections(Correction.assigned_id == DEPARTMENT_ID)


def overdue_corrections() -> Query:
    return _corrections(Correction.due_at <= NOW)


def ending_grants() -> Query:
    newest = select(func.max(GrantVersion.version)).where(GrantVersion.grant_id == Grant.id)
    query = select(Grant.id, *_parts(Resource.name), GrantVersion.expires_at.label("due"), _FIRM)
    query = query.join(Resource, Grant.resource_id == Resource.id).join(GrantVersion, GrantVersion.grant_id == Grant.id)
    query = query.where(GrantVersion.version == newest.correlate(Grant).scalar_subquery())
    query = query.where(Grant.department_id == DEPARTMENT_ID, Grant.revoked_at.is_(None), ~Grant.is_probe)
    return query.where(Grant.end_told_at.is_not(None), GrantVersion.expires_at > NOW)


def projects_to_check() -> Query:
    query = select(Project.code.label("id"), *_parts(Project.name, Department.name), _NEVER, _FIRM)
    query = query.join(Department, Project.department_id == Department.id)
    return query.where(Project.state == projects.UNDER_CONSTRUCTION)


def held_officials() -> Query:
    """Accounts that open when a second administrator confirms them."""
    query = select(Official.login.label("id"), *_parts(Official.name, Department.name), _NEVER, _FIRM)
    query = query.join(Department, Official.department_id == Department.id)
    return query.where(Official.state == OfficialState.HELD, _of_department(Official.department_id, "official_held"))


def waiting_secrets() -> Query:
    """Clients with a secret that opens nothing until a second administrator confirms it."""
    parts = _parts(ApiClient.name, Department.name)
    query = select(ApiClient.client_id.label("id"), *parts, _NEVER, _FIRM).distinct()
    query = query.join(Department, ApiClient.department_id == Department.id).join(ClientSecret)
    living = or_(ClientSecret.expires_at.is_(None), ClientSecret.expires_at > NOW)
    query = query.where(ClientSecret.is_waiting, ClientSecret.revoked_at.is_(None), living)
    return query.where(ApiClient.revoked_at.is_(None), _of_department(ApiClient.department_id, "secret_waiting"))


def _of_department(column: Any, kind: str) -> ColumnElement[bool]:
    """As far as the caller reaches, which may differ by kind; an empty department is everybody's."""
    whose = bindparam(f"whose_{kind}", type_=String)
    return or_(column == whose, whose == "")
