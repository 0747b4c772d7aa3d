"""Lead departments (牵头部门): which department answers for a base, between two days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from catalog.errors import Invalid
from catalog.models import BaseLead, Department
from catalog.vocab import Base


def lead_of(db: Session, base: str, on: date) -> Department | None:
    """The department that leads a base on a day, None when nobody was named."""
    found = db.scalar(select(BaseLead).where(BaseLead.base == base, *_in_force(on)))
    return found.department if found else None


def appoint(db: Session, base: str, department: Department, *, basis: str, by: str, on: date) -> BaseLead:
    """Make a department the lead of a base from a day on; the one before ends on that day."""
    if base not in {each.value for each in Base}:
        raise Invalid(f"没有名为 {base} 的基础库", remedy=f"可用：{'、'.join(each.value for each in Base)}")
    if not basis.strip():
        raise Invalid("指定牵头部门须写明依据", remedy="填写文件名称或会议纪要")
    for living in db.scalars(select(BaseLead).where(BaseLead.base == base, BaseLead.valid_to.is_(None))).all():
        if living.valid_from >= on:
            db.delete(living)
        else:
            living.valid_to = on
    db.flush()
    found = BaseLead(base=base, department=department, basis=basis.strip(), settled_by=by, valid_from=on)
    db.add(found)
    db.flush()
    return found


def enter(db: Session, wanted: Mapping[str, str], *, by: str, on: date) -> None:
    """Lead departments out of the settings, for bases that never had one; unknown departments are left out."""
    known = set(db.scalars(select(BaseLead.base)))
    for base, slug in wanted.items():
        department = db.scalar(select(Department).where(Department.slug == slug))
        if base not in known and department is not None:
            appoint(db, base, department, basis="平台设置", by=by, on=on)


def listed(db: Session, base: str | None = None) -> Sequence[BaseLead]:
    """Every lead there was, newest first within a base."""
    query = select(BaseLead).order_by(BaseLead.base, BaseLead.valid_from.desc())
    return db.scalars(query.where(BaseLead.base == base) if base else query).all()


def _in_force(on: date) -> tuple[ColumnElement[bool], ...]:
    return BaseLead.valid_from <= on, or_(BaseLead.valid_to.is_(None), BaseLead.valid_to > on)
