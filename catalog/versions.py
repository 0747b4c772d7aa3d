"""The versions of a resource: what it was after each change."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.errors import NotFound
from catalog.models import Resource, ResourceVersion


def listed(db: Session, resource: Resource) -> Sequence[ResourceVersion]:
    """Every version, newest first."""
    query = select(ResourceVersion).where(ResourceVersion.resource_id == resource.id)
    return db.scalars(query.order_by(ResourceVersion.version.desc())).all()


def get(db: Session, resource: Resource, number: int) -> ResourceVersion:
    """The version of that number; raises NotFound."""
    query = select(ResourceVersion).where(ResourceVersion.resource_id == resource.id, ResourceVersion.version == number)
    found = db.scalar(query)
    if found is None:
        raise NotFound(f"「{resource.name}」没有第 {number} 版", resource=resource.slug, version=number)
    return found
