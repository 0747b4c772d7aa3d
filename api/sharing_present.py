"""Sources, conflicts, leads and demands as what goes over the wire."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import groupby

from sqlalchemy.orm import Session

from api import sharing_schemas as wire
from catalog import rankings
from catalog.demand_states import LABELS
from catalog.errors import NotFound
from catalog.models import AttributeAuthority, BaseLead, Demand, ItemSource, SourceConflict


def attributes(db: Session, rows: Sequence[AttributeAuthority], *, on: date) -> list[wire.AttributeOut]:
    """The attributes of rows that are in force on a day."""
    living = [r for r in rows if r.valid_from <= on and (r.valid_to is None or r.valid_to > on)]
    grouped = groupby(living, key=lambda row: (row.base, row.attribute))
    return [attribute(db, base, name, list(own)) for (base, name), own in grouped]


def attribute(db: Session, base: str, name: str, rows: Sequence[AttributeAuthority]) -> wire.AttributeOut:
    if not rows:
        raise NotFound(f"一数一源登记簿中没有「{base}」的 {name}", base=base, attribute=name)
    return wire.AttributeOut(base=base, attribute=name, sources=[_source(db, row) for row in rows])


def _source(db: Session, row: AttributeAuthority) -> wire.SourceOut:
    filling = rankings.fillers(db, row.base, row.role)
    same = ("role", "rank", "valid_from", "valid_to", "basis", "settled_by", "settled_at")
    return wire.SourceOut(
        **{name: getattr(row, name) for name in same},
        resources=[each.slug for each in filling],
        departments=list(dict.fromkeys(each.provider.slug for each in filling)),
    )


def item_source(found: ItemSource) -> wire.ItemSourceOut:
    same = ("title", "basis", "settled_by", "settled_at", "valid_from", "valid_to")
    named = {"department": found.department.slug, "resource": found.resource.slug}
    return wire.ItemSourceOut(**named, **{name: getattr(found, name) for name in same})


def conflict(found: SourceConflict) -> wire.ConflictOut:
    named = {
        "resource": found.resource.slug,
        "department": found.department.slug,
        "holder_resource": found.holder_resource.slug,
        "holder": found.holder.slug,
    }
    same = [name for name in wire.ConflictOut.model_fields if name not in named]
    return wire.ConflictOut(**named, **{name: getattr(found, name) for name in same})


def lead(found: BaseLead) -> wire.LeadOut:
    same = ("base", "basis", "settled_by", "valid_from", "valid_to")
    return wire.LeadOut(department=found.department.slug, **{name: getattr(found, name) for name in same})


def demand(found: Demand) -> wire.DemandOut:
    named = {
        "department": found.department.slug,
        "assigned": found.assigned.slug if found.assigned else None,
        "resource": found.resource.slug if found.resource else None,
        "state_label": LABELS[found.state],
        "events": [wire.DemandEventOut.model_validate(each) for each in found.events],
    }
    same = [name for name in wire.DemandOut.model_fields if name not in named]
    return wire.DemandOut(**named, **{name: getattr(found, name) for name in same})
