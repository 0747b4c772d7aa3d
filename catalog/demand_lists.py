"""Demands as departments list them, and the resources that may end one."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from catalog.departments import is_authority
from catalog.lists import Asked, Listing
from catalog.models import Demand, Department, Resource
from catalog.vocab import ResourceState


def suitable(
    db: Session, found: Demand, *, department_id: str, words: str = "", limit: int = 50
) -> tuple[Sequence[Resource], int]:
    """Published resources that a department may end the demand with, by name, and how many there are.

    The authority is shown those of the department that has the demand until it looks for others by words.
    """
    query = select(Resource).join(Department, Resource.provider_id == Department.id)
    query = query.where(Resource.state == ResourceState.PUBLISHED, ~Resource.is_base_table)
    if not is_authority(db, department_id):
        query = query.where(Resource.provider_id == department_id)
    elif not words.strip():
        query = query.where(Resource.provider_id == (found.assigned_id or department_id))
    texts = (Resource.name, Resource.slug, Resource.code, Department.name)
    loaded = [joinedload(Resource.provider)]
    listing: Listing[Resource] = Listing(query, {}, [Resource.name, Resource.slug], texts, load=loaded)
    return listing.cut(db, Asked(words, limit=limit))


def listed(db: Session, department_id: str | None = None) -> Sequence[Demand]:
    """Demands that a department made or was given, newest first; None for all."""
    return listing(department_id).all(db)


def listing(department_id: str | None = None) -> Listing[Demand]:
    """The same as a list to search, sort and cut."""
    asker, holder = aliased(Department), aliased(Department)
    query = select(Demand).join(asker, Demand.department_id == asker.id)
    query = query.outerjoin(holder, Demand.assigned_id == holder.id)
    own = or_(Demand.department_id == department_id, Demand.assigned_id == department_id)
    return Listing(
        query if department_id is None else query.where(own),
        {
            "title": Demand.title,
            "department": asker.name,
            "assigned": holder.name,
            "asked": Demand.asked_at,
            "due": Demand.due_at,
            "state": Demand.state,
        },
        [Demand.asked_at.desc(), Demand.id],
        (Demand.title, asker.name, holder.name),
        ("department", "assigned", "state"),
        load=[joinedload(Demand.department), joinedload(Demand.assigned)],
    )
