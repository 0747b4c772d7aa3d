"""Quality orders as they are read: one, what was found under it, lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session, aliased, joinedload

from catalog.errors import NotFound
from catalog.lists import Listing
from catalog.models import Department, FindingRow, QualityOrder, Resource
from catalog.order_states import CLOSED


def get(db: Session, order_id: str) -> QualityOrder:
    """The order of that id; raises NotFound."""
    found = db.get(QualityOrder, order_id)
    if found is None:
        raise NotFound(f"没有整改通知单 {order_id}", order=order_id)
    return found


def find(db: Session, rule: str, resource_id: str, department_id: str) -> QualityOrder | None:
    """The order for a rule, resource and department, if there ever was one."""
    own = (QualityOrder.rule == rule, QualityOrder.resource_id == resource_id)
    return db.scalar(select(QualityOrder).where(*own, QualityOrder.department_id == department_id))


def findings(db: Session, found: QualityOrder) -> Sequence[FindingRow]:
    """What was found last under an order, by item."""
    table = FindingRow
    own = [table.rule == found.rule, table.resource_id == found.resource_id]
    own.append(table.department_id == found.department_id)
    if found.delivery_id:
        here: ColumnElement[bool] = table.delivery_id == found.delivery_id
    elif found.release_id:
        here = table.release_id == found.release_id
    else:
        here = (table.delivery_id.is_(None)) & (table.period == found.period)
    return db.scalars(select(table).where(*own, here).order_by(table.item, table.id)).all()


def reader(db: Session, found: QualityOrder, department_id: str) -> str:
    """In whose name a department reads an order: its own when it was told of it, else that of the responsible one."""
    told = select(FindingRow.id).where(_told_of(found, department_id)).limit(1)
    return department_id if db.scalar(told) is not None else found.department_id


def _told_of(order: Any, department_id: str) -> ColumnElement[bool]:
    """Findings under an order that concern another department, too."""
    table = FindingRow
    own = (table.rule == order.rule, table.resource_id == order.resource_id)
    return and_(*own, table.department_id == order.department_id, table.other_id == department_id)


def listing(department_id: str | None, *states: str) -> Listing[QualityOrder]:
    """Orders that a department must mend or is told of, open ones first, the soonest due first; None for everybody's."""
    owner, kept = aliased(Department), aliased(Resource)
    query = select(QualityOrder).join(owner, QualityOrder.department_id == owner.id)
    query = query.join(kept, QualityOrder.resource_id == kept.id)
    if department_id is not None:
        told = select(FindingRow.id).where(_told_of(QualityOrder, department_id))
        query = query.where((QualityOrder.department_id == department_id) | told.exists())
    return Listing(
        query.where(QualityOrder.state.in_(states)) if states else query,
        {
            "resource": kept.name,
            "rule": QualityOrder.rule,
            "department": owner.name,
            "dimension": QualityOrder.dimension,
            "count": QualityOrder.count,
            "opened": QualityOrder.opened_at,
            "due": QualityOrder.due_at,
            "state": QualityOrder.state,
            "times": QualityOrder.times,
        },
        [QualityOrder.state == CLOSED, QualityOrder.due_at, QualityOrder.id],
        (kept.name, kept.slug, owner.name, QualityOrder.rule, QualityOrder.message),
        ("department", "dimension", "state", "rule"),
        load=[joinedload(QualityOrder.resource), joinedload(QualityOrder.department)],
    )


def listed(db: Session, department_id: str | None) -> Sequence[QualityOrder]:
    """The same for programs, whole."""
    return listing(department_id).all(db)
