"""The workbook that a department fills in: drop-down lists, notes, and what every field means on its first sheet."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog import booklet
from catalog.entries import Catalog
from catalog.models import CodeListEntry, Department


def template(db: Session, department: Department | None = None) -> bytes:
    """An empty workbook, with the department's own facts filled in where it is known."""
    empty = Catalog("", "", "", "", "", "", [], []) if department is None else named(department)
    return booklet.write(empty, code_lists(db))


def code_lists(db: Session) -> list[str]:
    """The code lists that an item may name."""
    return list(db.scalars(select(CodeListEntry.code_list).distinct().order_by(CodeListEntry.code_list)))


def named(department: Department) -> Catalog:
    """The catalog of a department with nothing in it but the department's own facts."""
    return Catalog(
        slug=department.slug,
        name=department.name,
        credit_code=department.credit_code,
        division_code=department.division_code,
        registrar_name=department.registrar_name,
        verifier_name=department.verifier_name,
        systems=[],
        resources=[],
    )
