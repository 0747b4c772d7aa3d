"""An entry and its rows: what a catalog says becomes rows of the register, and rows become an entry again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from catalog import resources
from catalog.entries import COLUMNS, ItemEntry, ResourceEntry
from catalog.models import BaseInput, DataItem, Department, Resource, System
from catalog.vocab import DataType, Mask, ResourceState, Sensitivity

_ITEM_COLUMNS = tuple(ItemEntry.__dataclass_fields__)


def new_resource(db: Session, slug: str, department: Department) -> Resource:
    """A draft without content yet."""
    resource = Resource(
        slug=slug, state=ResourceState.DRAFT, version=0, provider=department, unit=slug, table_name=slug
    )
    db.add(resource)
    return resource


def write(db: Session, resource: Resource, entry: ResourceEntry, *, now: datetime, by: str, reason: str) -> bool:
    """Make the rows say what the entry says; a version is kept when that changed anything.

    A published date, once known, is not lost to an empty cell.
    """
    entry.published_date = entry.published_date or resource.published_date
    if resource.version and entry_of(db, resource) == entry:
        return False
    for name in COLUMNS:
        setattr(resource, name, getattr(entry, name))
    resource.system = db.scalar(select(System).where(System.code == entry.system_code)) if entry.system_code else None
    enter_items(db, resource, [_item(position, item) for position, item in enumerate(entry.items)])
    resources.give_code(db, resource)
    _enter_role(db, resource, entry.base_role)
    return resources.keep_version(db, resource, entry.content(), now=now, by=by, reason=reason)


def entry_of(db: Session, resource: Resource) -> ResourceEntry:
    """What the rows say; equal to the entry they were written from."""
    return ResourceEntry(
        row=0,
        slug=resource.slug,
        code=resource.code or "",
        system_code=resource.system.code if resource.system else "",
        base_role=_role(db, resource),
        items=[_item_entry(item) for item in resource.items],
        **{name: getattr(resource, name) for name in COLUMNS},
    )


def _role(db: Session, resource: Resource) -> str:
    rows = db.scalars(select(BaseInput).where(BaseInput.resource_id == resource.id).order_by(BaseInput.id))
    return "、".join(f"{row.base}.{row.role}" for row in rows)


def _item_entry(item: DataItem) -> ItemEntry:
    return ItemEntry(**{name: getattr(item, name) for name in _ITEM_COLUMNS})


def enter_items(db: Session, resource: Resource, items: Sequence[DataItem]) -> None:
    """Replace the items; those of the same name would clash, so the old rows go first."""
    db.flush()
    db.execute(delete(DataItem).where(DataItem.resource_id == resource.id))
    db.expire(resource, ["items"])
    resource.items.extend(items)
    db.flush()


def _item(position: int, entry: ItemEntry) -> DataItem:
    facts: dict[str, Any] = {name: getattr(entry, name) for name in _ITEM_COLUMNS}
    return DataItem(**facts, position=position, stored_type=entry.data_type.duckdb, mask=default_mask(entry))


def default_mask(entry: ItemEntry) -> Mask:
    """What a grant shows of an item unless the decision opens it: identifiers and personal text in part."""
    if entry.sensitivity in (Sensitivity.PERSONAL, Sensitivity.SENSITIVE) and entry.data_type is DataType.TEXT:
        return Mask.PARTIAL if not entry.code_list else Mask.PLAIN
    if entry.sensitivity is Sensitivity.SENSITIVE:
        return Mask.YEAR if entry.data_type is DataType.DATE else Mask.HIDDEN
    return Mask.PLAIN


def _enter_role(db: Session, resource: Resource, role: str) -> None:
    """`<base>.<role>`, several parted by 、, replace what the resource filled before."""
    db.execute(delete(BaseInput).where(BaseInput.resource_id == resource.id))
    for text in role.split("、") if role else ():
        base, _, name = text.partition(".")
        db.add(BaseInput(base=base, role=name, resource=resource))
    db.flush()
