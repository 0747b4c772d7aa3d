"""The register of sources (数源): which department is the source of an item, from what day on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from catalog.entries import ItemEntry, ResourceEntry
from catalog.lists import Listing
from catalog.models import DataItem, Department, ItemSource, Resource


def meaning(item: DataItem | ItemEntry, subject: str) -> str:
    """What an item is about, in one word for comparison; subject: the identifier kind of its resource."""
    return f"{subject}|{item.title.strip()}|{item.code_list}"


def subject_of(resource: Resource | ResourceEntry) -> str:
    """The kind of identifier of what a resource is about: of a person, a firm or a licence; "" for none."""
    kinds = {item.identifier.value for item in resource.items if item.identifier is not None}
    return next((kind for kind in ("citizen_id", "credit_code", "licence_id") if kind in kinds), "")


def name_source(
    db: Session, what: str, title: str, resource: Resource, *, basis: str, by: str, now: datetime, on: date
) -> ItemSource:
    """Enter the authoritative department of a meaning from a day on; the one before ends on that day."""
    for old in db.scalars(select(ItemSource).where(ItemSource.meaning == what, ItemSource.valid_to.is_(None))).all():
        if old.valid_from >= on:
            db.delete(old)
        else:
            old.valid_to = on
    found = ItemSource(meaning=what, title=title, department=resource.provider, resource=resource, valid_from=on)
    found.basis, found.settled_by, found.settled_at = basis.strip(), by, now
    db.add(found)
    db.flush()
    return found


def source_of(db: Session, what: str, on: date) -> ItemSource | None:
    """The settled source of a meaning on a day."""
    table = ItemSource
    query = select(table).where(table.meaning == what, table.valid_from <= on)
    return db.scalar(query.where(or_(table.valid_to.is_(None), table.valid_to > on)).order_by(table.valid_from.desc()))


def of_items(db: Session, resource: Resource, on: date) -> dict[str, ItemSource]:
    """The settled sources of a resource's items on a day, by the items' names."""
    subject = subject_of(resource)
    meanings = {meaning(item, subject): item.name for item in resource.items}
    table = ItemSource
    query = select(table).where(table.meaning.in_(meanings), table.valid_from <= on)
    living = db.scalars(query.where(or_(table.valid_to.is_(None), table.valid_to > on)).order_by(table.valid_from))
    return {meanings[each.meaning]: each for each in living}


def sources(db: Session) -> Sequence[ItemSource]:
    """Every settled source there was, by title and day."""
    return source_list().all(db)


def source_list() -> Listing[ItemSource]:
    """The same as a list to search, sort and cut."""
    table = ItemSource
    query = select(table).join(Department, table.department_id == Department.id)
    return Listing(
        query.join(Resource, table.resource_id == Resource.id),
        {
            "title": table.title,
            "department": Department.name,
            "resource": Resource.name,
            "since": table.valid_from,
            "until": table.valid_to,
            "basis": table.basis,
            "by": table.settled_by,
        },
        [table.title, table.meaning, table.valid_from],
        (table.title, Department.name, Resource.name, table.basis),
        ("department",),
        load=[joinedload(table.department), joinedload(table.resource)],
    )
