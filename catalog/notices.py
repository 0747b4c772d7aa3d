"""Notices to departments: what happened, and by when they must act."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from catalog.models import Notice


def tell(
    db: Session, department_id: str, kind: str, subject: str, text: str, due: datetime | None = None, *, now: datetime
) -> Notice:
    """The notice that the department will find; kind names what it is about, subject the thing's id."""
    found = Notice(department_id=department_id, kind=kind, subject=subject, text=text[:500], due=due, created_at=now)
    db.add(found)
    db.flush()
    return found
