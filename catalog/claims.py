"""Deliveries that wait, and who holds them: of two runs that ask at once, one gets each."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from catalog.held import DELIVERY, subjects
from catalog.models import Delivery, Resource
from catalog.vocab import DeliveryState

MOST_ATTEMPTS = 3


def waiting(db: Session, now: datetime) -> list[str]:
    """Slugs of the resources with deliveries that nobody holds: received, or left by a dead run."""
    query = select(Resource.slug).join(Delivery).where(_claimable(now)).distinct().order_by(Resource.slug)
    return list(db.scalars(query))


def _claimable(now: datetime) -> ColumnElement[bool]:
    dead = (Delivery.state == DeliveryState.CHECKING) & (Delivery.lease_until < now)
    return or_(Delivery.state == DeliveryState.RECEIVED, dead) & Delivery.id.not_in(subjects(DELIVERY))


def claim(db: Session, resource: Resource, *, owner: str, now: datetime, lease: timedelta) -> list[Delivery]:
    """The resource's waiting deliveries, held by `owner` until the lease ends, in (period, sequence) order.

    One conditional update per delivery: of two runs that ask at once, one gets each.
    """
    query = select(Delivery.id).where(Delivery.resource_id == resource.id, _claimable(now))
    won = [delivery_id for delivery_id in db.scalars(query).all() if _take(db, delivery_id, owner, now, lease)]
    taken = select(Delivery).where(Delivery.id.in_(won)).order_by(Delivery.period, Delivery.sequence)
    return list(db.scalars(taken.execution_options(populate_existing=True)))


def _take(db: Session, delivery_id: str, owner: str, now: datetime, lease: timedelta) -> bool:
    held = {"state": DeliveryState.CHECKING, "lease_owner": owner, "lease_until": now + lease}
    statement = update(Delivery).where(Delivery.id == delivery_id, _claimable(now)).values(**held)
    return bool(db.execute(statement.execution_options(synchronize_session=False)).rowcount)  # type: ignore[attr-defined]


def begin(db: Session, delivery: Delivery) -> bool:
    """Count one attempt at checking a claimed delivery; False when it had its attempts.

    Counted before the check, so that a run which the check kills has tried, too.
    """
    delivery.attempts += 1
    db.flush()
    return delivery.attempts <= MOST_ATTEMPTS


def put_back(db: Session, delivery: Delivery) -> bool:
    """Let a delivery whose attempt failed wait for the next one; False when it was the last."""
    if delivery.attempts >= MOST_ATTEMPTS:
        return False
    delivery.state, delivery.settled_at = DeliveryState.RECEIVED, None
    delivery.lease_owner = delivery.lease_until = None
    db.flush()
    return True


def give_back(db: Session, owner: str) -> None:
    """Put what a failed run still held back among the received deliveries."""
    held = (Delivery.state == DeliveryState.CHECKING, Delivery.lease_owner == owner)
    freed = {"state": DeliveryState.RECEIVED, "lease_owner": None, "lease_until": None}
    db.execute(update(Delivery).where(*held).values(**freed).execution_options(synchronize_session=False))
