"""A department's catalog as the workbook that, handed in again, changes nothing."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog import booklet, writing
from catalog.entries import Catalog, SystemEntry
from catalog.models import Department, Project, Resource, System
from catalog.template import code_lists, named
from catalog.vocab import ResourceState


def export(db: Session, department: Department) -> bytes:
    """The workbook of everything the department has registered and not retired."""
    return booklet.write(catalog_of(db, department), code_lists(db))


def catalog_of(db: Session, department: Department) -> Catalog:
    """What the register holds of a department, as its workbook would say it."""
    found = facts_of(db, department)
    found.resources = [writing.entry_of(db, resource) for resource in _resources(db, department)]
    return found


def facts_of(db: Session, department: Department) -> Catalog:
    """The department and its systems, without any resource."""
    upper = db.get(Department, department.upper_id) if department.upper_id else None
    return replace(named(department), upper=upper.slug if upper else "", systems=_systems(db, department))


def _resources(db: Session, department: Department) -> list[Resource]:
    query = select(Resource).where(
        Resource.provider_id == department.id,
        ~Resource.is_base_table,
        Resource.state != ResourceState.RETIRED,
    )
    return list(db.scalars(query.order_by(Resource.code, Resource.slug)))


def _systems(db: Session, department: Department) -> list[SystemEntry]:
    projects = db.scalars(select(Project).where(Project.department_id == department.id).order_by(Project.code))
    return [_system(project, system) for project in projects for system in _of(project)]


def _of(project: Project) -> list[System] | list[None]:
    return sorted(project.systems, key=lambda system: system.code) or [None]


def _system(project: Project, system: System | None) -> SystemEntry:
    return SystemEntry(
        project_code=project.code,
        project_name=project.name,
        kind=project.kind,
        state=project.state,
        go_live_date=project.go_live_date,
        system_code=system.code if system else "",
        system_name=system.name if system else "",
        statement=project.statement,
    )
