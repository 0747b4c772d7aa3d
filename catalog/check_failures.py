"""Deliveries whose check fails for a reason of the house: tried again a few times, then returned and told of.

Whoever delivered is not at fault: the finding and its order are the authority's.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from catalog import departments, quality_orders
from catalog.claims import MOST_ATTEMPTS
from catalog.deliveries import finding_row
from catalog.faults import CHECK_FAILED, fault_of
from catalog.models import Delivery
from catalog.notices import tell
from catalog.quality_orders import Look
from catalog.verdicts import QualityVerdict
from catalog.vocab import DeliveryState, Dimension, Finding, Outcome, Side

KILLED = "运行中断"


def give_up(db: Session, delivery: Delivery, cause: str, *, now: datetime, zone: ZoneInfo) -> None:
    """Return a delivery that no attempt could check; the authority gets the finding and its order.

    cause: the kind of failure, never its text, which may quote a value.
    """
    delivery.state, delivery.settled_at, delivery.verdict = DeliveryState.RETURNED, now, QualityVerdict.FAILED
    delivery.rows, delivery.good, delivery.bad = delivery.rows or 0, delivery.good or 0, delivery.bad or 0
    delivery.lease_owner = delivery.lease_until = None
    resource, owner = delivery.resource, departments.authority(db)
    row = finding_row(_finding(cause), resource=resource, period=delivery.period, department_id=owner.id, now=now)
    delivery.findings.append(row)
    db.flush()
    look = Look(now, zone, delivery_id=delivery.id, period=delivery.period)
    quality_orders.open_fault(db, fault_of(row), look)
    text = f"「{resource.name}」{delivery.period} 的报送未能完成检查，已退回，由主管部门查明原因"
    tell(db, resource.provider_id, "delivery_check_failed", resource.slug, text, now=now)
    db.flush()


def _finding(cause: str) -> Finding:
    return Finding(
        rule=CHECK_FAILED,
        dimension=Dimension.ACCESSIBLE,
        outcome=Outcome.BLOCK_DELIVERY,
        side=Side.VERIFIER,
        column="",
        count=1,
        message=f"检查 {MOST_ATTEMPTS} 次均未完成（{cause}）",
        remedy="由主管部门查明并排除原因，再请部门重新报送原文件",
    )
