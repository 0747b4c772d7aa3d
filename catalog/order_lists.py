"""Quality orders as they are read: one, what was found under it, lists."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select
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


def listing(department_id: str | None, *states: str) -> Listing[QualityOrder]:
    """Orders of a department, open ones first, the soonest due first; None for all departments'."""
    owner, kept = aliased(Department), aliased(Resource)
    query = select(QualityOrder).join(owner, QualityOrder.department_id == owner.id)
    query = query.join(kept, QualityOrder.resource_id == kept.id)
    if department_id is not None:
        query = query.where(QualityOrder.department_id == department_id)
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
