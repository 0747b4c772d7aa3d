"""What a resource's deliveries were like: kept for each, read to judge the next."""

from __future__ import annotations

from datetime import date

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from catalog import projects
from catalog.deliveries import SETTLED_GOOD
from catalog.held import DELIVERY, subjects
from catalog.models import Delivery, DeliveryProfile
from catalog.vocab import Profile

LOOKED_AT = 12  # deliveries: a year of monthly ones


def keep(db: Session, delivery: Delivery, profile: Profile) -> None:
    """Keep what a delivery is like, in place of what an earlier check said of it."""
    row = db.get(DeliveryProfile, delivery.id) or DeliveryProfile(delivery_id=delivery.id)
    row.rows, row.empty = profile.rows, dict(profile.empty)
    row.codes = {item: dict(counts) for item, counts in profile.codes.items()}
    db.add(row)


def before(db: Session, delivery: Delivery) -> list[Profile]:
    """The deliveries that went into the resource before this one by period and sequence, newest first; no zero reports."""
    precedes = or_(
        Delivery.period < delivery.period,
        and_(Delivery.period == delivery.period, Delivery.sequence < delivery.sequence),
    )
    query = select(DeliveryProfile).join(Delivery).where(Delivery.resource_id == delivery.resource_id, precedes)
    query = query.where(
        Delivery.state.in_(SETTLED_GOOD), Delivery.is_zero_report.is_(False), Delivery.id.not_in(subjects(DELIVERY))
    )
    query = query.order_by(Delivery.period.desc(), Delivery.sequence.desc()).limit(LOOKED_AT)
    return [Profile(row.rows, row.empty, row.codes) for row in db.scalars(query)]


def limit(db: Session, code: str, on: date) -> float | None:
    """The threshold in force on a day; None when none is."""
    rule = projects.rule(db, code, on)
    return None if rule is None else rule.value
