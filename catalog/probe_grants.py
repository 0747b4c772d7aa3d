"""A grant of minutes for the acceptance check, which reads through the exchange like anybody."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from catalog import grants
from catalog.errors import NotAllowed
from catalog.lineage import classes
from catalog.models import DataItem, Department, Grant, Resource, SharingRequest
from catalog.policy import default_masks, shareable
from catalog.request_states import CHECKING, GRANTED, move, note
from catalog.vocab import Mask, Sensitivity


def grant_for_check(
    db: Session,
    resource: Resource,
    *,
    department: Department,
    mask_key_id: str,
    by: str,
    now: datetime,
    until: datetime,
) -> Grant:
    """A grant of minutes by which the authority's acceptance check reads through the exchange like anybody.

    One item, in plain only when it is nobody's personal data, else hidden; by record only. Request and decision are
    kept like all others, and marked, so that nobody's lists and figures show them. Source: 市办法第二十四条. Raises NotAllowed
    when nothing of the resource is shared.
    """
    chosen, mask = _chosen(db, resource, now.date())
    found = SharingRequest(
        resource=resource,
        department=department,
        columns=[chosen.name],
        row_condition=None,
        modes=[grants.LOOKUP],
        purpose="验收条件核验：接口实测",
        legal_basis="市办法第二十四条",
        days=1,
        state=CHECKING,
        asked_at=now,
        asked_by=by,
        is_probe=True,
    )
    db.add(found)
    move(db, found, GRANTED, out_of=(CHECKING,))
    reason = "验收核验，限时、限一项、不含个人信息原值"
    note(found, "system", GRANTED, department.id, by=by, now=now, reason=reason)
    grant = grants.give(db, found, {chosen.name: mask}, days=1, mask_key_id=mask_key_id, by=by, now=now)
    grant.versions[0].expires_at = until
    db.flush()
    return grant


def _chosen(db: Session, resource: Resource, on: date) -> tuple[DataItem, Mask]:
    """The item to read and how it is masked."""
    items = shareable(db, resource, on)
    if not items:
        raise NotAllowed(f"「{resource.name}」没有可共享的信息项", remedy="核对目录中的共享类型")
    harmless = (Sensitivity.PUBLIC, Sensitivity.INTERNAL)
    held, masks = classes(db, resource, on), default_masks(db, resource, on)
    fit = (i for i in items if held[i.name].sensitivity in harmless and masks[i.name] is Mask.PLAIN)
    chosen = next(fit, items[0])
    return chosen, masks[chosen.name] if held[chosen.name].sensitivity in harmless else Mask.HIDDEN
