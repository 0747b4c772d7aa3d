"""Running again: a steward's wish left in the register, which the pipelines take up.

A department's resource: its newest delivery goes back among the received ones, so that the next run checks it and
folds it again. A base: the counter `run.<base>` rises, and a sensor asks for one run of the base.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog import deliveries
from catalog.errors import Conflict, NotFound
from catalog.models import Delivery, Resource, Revision
from catalog.register import bump
from catalog.vocab import Base, DeliveryState

_PREFIX = "run."
_BUSY = (DeliveryState.RECEIVED, DeliveryState.CHECKING)


def check_again(db: Session, delivery: Delivery) -> None:
    """Have a delivery checked once more, with the rules of now; Conflict while it waits or is being checked."""
    if delivery.state in _BUSY:
        raise Conflict(
            f"批次 {delivery.id} 正在等待或进行检查", remedy="等待检查结束后再重新运行", delivery=delivery.id
        )
    delivery.state, delivery.settled_at, delivery.held_reason = DeliveryState.RECEIVED, None, ""
    db.flush()


def resource_again(db: Session, resource: Resource) -> Delivery:
    """Have a resource's newest delivery checked and folded again; NotFound before its first delivery."""
    history = deliveries.history(db, resource, limit=1)
    if not history:
        raise NotFound(f"「{resource.name}」还没有报送", remedy="等待部门报送", resource=resource.slug)
    check_again(db, history[0])
    return history[0]


def base_again(db: Session, base: str) -> None:
    """Ask for a new build of a base; NotFound for what is none."""
    if base not in set(Base):
        raise NotFound(f"没有基础库「{base}」", base=base)
    bump(db, f"{_PREFIX}{base}")


def wanted(db: Session) -> dict[str, int]:
    """How often a new build of each base was asked for."""
    rows = db.execute(select(Revision.name, Revision.value).where(Revision.name.startswith(_PREFIX)))
    return {name.removeprefix(_PREFIX): value for name, value in rows}
