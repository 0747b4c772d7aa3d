"""The one-source register of the bases: for each attribute, whose value is taken first; settled by dated rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from catalog.errors import Invalid, NotFound
from catalog.models import AttributeAuthority, BaseInput, DataItem, Department, Resource


def ranking_of(db: Session, base: str, *, on: date) -> dict[str, tuple[str, ...]]:
    """Which role speaks first for each attribute of a base on a day; what a build reads."""
    query = select(AttributeAuthority).where(AttributeAuthority.base == base, *_in_force(on))
    found: dict[str, tuple[str, ...]] = {}
    for row in db.scalars(query.order_by(AttributeAuthority.attribute, AttributeAuthority.rank)):
        found[row.attribute] = (*found.get(row.attribute, ()), row.role)
    return found


def _in_force(on: date) -> tuple[ColumnElement[bool], ...]:
    ends = AttributeAuthority.valid_to
    return AttributeAuthority.valid_from <= on, or_(ends.is_(None), ends > on)


def rows(db: Session, base: str | None = None, attribute: str | None = None) -> Sequence[AttributeAuthority]:
    """Every row there was, by base, attribute, day and rank."""
    table = AttributeAuthority
    query = select(table).order_by(table.base, table.attribute, table.valid_from, table.rank)
    if base is not None:
        query = query.where(table.base == base)
    return db.scalars(query.where(table.attribute == attribute) if attribute is not None else query).all()


def settle(
    db: Session, base: str, attribute: str, roles: Sequence[str], *, basis: str, by: str, now: datetime, on: date
) -> None:
    """Rank an attribute's roles anew from a day on; the ranking before it ends on that day and stays as history.

    A ranking settled earlier on the same day is replaced. Raises NotFound for an attribute without a ranking,
    Invalid for a role that never spoke for it, for none or one twice, and for an empty basis.
    """
    history = rows(db, base, attribute)
    known = {row.role for row in history}
    if not known:
        raise NotFound(f"一数一源登记簿中没有「{base}」的 {attribute}", base=base, attribute=attribute)
    if not basis.strip():
        raise Invalid("确定数源部门须写明依据", remedy="填写文件名称或协调意见")
    if not roles or len(set(roles)) < len(roles) or set(roles) - known:
        raise Invalid("来源排序应由已登记的来源组成，不重复", remedy=f"可用：{'、'.join(sorted(known))}")
    for row in history:
        if row.valid_from >= on:
            db.delete(row)
        elif row.valid_to is None or row.valid_to > on:
            row.valid_to = on
    db.flush()
    facts = {"valid_from": on, "basis": basis.strip(), "settled_by": by, "settled_at": now}
    db.add_all(
        AttributeAuthority(base=base, attribute=attribute, role=role, rank=rank, **facts)
        for rank, role in enumerate(roles, start=1)
    )
    db.flush()


def fillers(db: Session, base: str, role: str) -> Sequence[Resource]:
    """The resources that fill a role of a base, best rank first."""
    query = select(Resource).join(BaseInput, BaseInput.resource_id == Resource.id)
    return db.scalars(query.where(BaseInput.base == base, BaseInput.role == role).order_by(BaseInput.rank)).all()


def sources(db: Session, base: str) -> dict[str, list[Resource]]:
    """The resources that fill each role of a base, best rank first."""
    query = select(BaseInput.role, Resource).join(Resource, Resource.id == BaseInput.resource_id)
    found: dict[str, list[Resource]] = {}
    for role, resource in db.execute(query.where(BaseInput.base == base).order_by(BaseInput.role, BaseInput.rank)):
        found.setdefault(role, []).append(resource)
    return found


def providers(db: Session) -> dict[tuple[str, str], list[str]]:
    """The names of the departments whose resources fill each role of each base, best rank first."""
    role = (BaseInput.base, BaseInput.role)
    query = select(*role, Department.name).join(Resource, Resource.id == BaseInput.resource_id)
    query = query.join(Department, Department.id == Resource.provider_id).group_by(*role, Department.name)
    found: dict[tuple[str, str], list[str]] = {}
    for base, name, provider in db.execute(query.order_by(*role, func.min(BaseInput.rank), Department.name)):
        found.setdefault((base, name), []).append(provider)
    return found


def speakers(db: Session, resource: Resource, *, on: date) -> dict[str, Department]:
    """Item -> the department that speaks first for it: for an attribute of a base, or for the one an item feeds."""
    names = {item.name for item in resource.items}
    found: dict[str, Department] = {}
    for base, role in _parts(db, resource):
        for attribute, roles in ranking_of(db, base, on=on).items():
            table, _, item = attribute.partition(".")
            concerned = role in roles if role else table == resource.table_name
            if concerned and item in names and (first := fillers(db, base, roles[0])):
                found.setdefault(item, first[0].provider)
    return found


def _parts(db: Session, resource: Resource) -> list[tuple[str, str]]:
    """(base, role) that a resource fills; of a base's table the base alone."""
    if resource.is_base_table:
        return [(resource.unit, "")]
    query = select(BaseInput).where(BaseInput.resource_id == resource.id).order_by(BaseInput.id)
    return [(row.base, row.role) for row in db.scalars(query)]


def titles(db: Session) -> dict[tuple[str, str], str]:
    """(base, attribute) -> what the attribute is called in the table of the base."""
    query = select(Resource.unit, Resource.table_name, DataItem.name, DataItem.title).where(
        DataItem.resource_id == Resource.id, Resource.is_base_table
    )
    return {(unit, f"{table}.{name}"): title for unit, table, name, title in db.execute(query)}
