"""Departments: finding them, entering them, following their names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.errors import Conflict, NotAllowed, NotFound
from catalog.models import Department, DepartmentName


def get(db: Session, slug: str) -> Department:
    """The department of that slug; raises NotFound."""
    found = db.scalar(select(Department).where(Department.slug == slug))
    if found is None:
        raise NotFound(f"没有标识为「{slug}」的部门", department=slug)
    return found


def authority(db: Session) -> Department:
    """The department that is the city's authority (政务信息化主管部门); raises NotFound before it is entered."""
    found = db.scalar(select(Department).where(Department.is_authority))
    if found is None:
        raise NotFound("尚未登记主管部门", remedy="先导入主管部门的目录工作簿")
    return found


def has_authority(db: Session) -> bool:
    """Whether the authority is entered."""
    return db.scalar(select(Department.id).where(Department.is_authority)) is not None


def is_authority(db: Session, department_id: str) -> bool:
    """Whether a department is the city's authority."""
    return authority(db).id == department_id


def require_authority(db: Session, department_id: str) -> None:
    """Raise NotAllowed unless the department is the city's authority."""
    if not is_authority(db, department_id):
        raise NotAllowed("只有主管部门可以做这一步", remedy=f"由{authority(db).name}办理")


def enter(
    db: Session,
    slug: str,
    *,
    name: str,
    credit_code: str,
    division_code: str,
    registrar_name: str = "",
    verifier_name: str = "",
    is_authority: bool = False,
    on: date,
) -> Department:
    """The department with these facts, made or changed; a former name is kept with its dates.

    is_authority: make it the authority; what is the authority stays so. Raises Conflict when another one is.
    """
    found = db.scalar(select(Department).where(Department.slug == slug))
    if found is None:
        found = Department(slug=slug, name=name, valid_from=on)
        db.add(found)
    elif found.name != name:
        found.names.append(DepartmentName(name=found.name, valid_from=found.valid_from, valid_to=on))
        found.name = name
    found.credit_code, found.division_code = credit_code, division_code
    found.registrar_name, found.verifier_name = registrar_name, verifier_name
    if is_authority:
        _make_authority(db, found)
    db.flush()
    return found


def _make_authority(db: Session, found: Department) -> None:
    other = db.scalar(select(Department).where(Department.is_authority, Department.slug != found.slug))
    if other is not None:
        raise Conflict(f"主管部门已是{other.name}", remedy="一个城市只有一个主管部门", department=other.slug)
    found.is_authority = True


def names(db: Session, ids: Iterable[str]) -> dict[str, str]:
    """What departments are called, by their ids."""
    return {
        row.id: row.name for row in db.execute(select(Department.id, Department.name).where(Department.id.in_(ids)))
    }


def listed(db: Session) -> Sequence[Department]:
    """Every department, by slug."""
    return db.scalars(select(Department).order_by(Department.slug)).all()


def in_force(db: Session, on: date) -> Sequence[Department]:
    """The departments that there are on a day, by name."""
    is_there = (Department.valid_from <= on) & (Department.valid_to.is_(None) | (Department.valid_to > on))
    return db.scalars(select(Department).where(is_there).order_by(Department.name)).all()
