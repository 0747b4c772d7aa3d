"""What spills hold back: asked by everything that would read, fold or take it in."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from catalog.models import Spill, SpillPart

BYTES, DELIVERY, RELEASE = "bytes", "delivery", "release"
FROZEN, LIFTED, ERASED = "frozen", "lifted", "erased"


def is_held(db: Session, kind: str, subject: str) -> bool:
    """Whether a spill holds this back: frozen, or erased for good."""
    return db.scalar(subjects(kind).where(SpillPart.subject == subject).limit(1)) is not None


def is_erased(db: Session, kind: str, subject: str) -> bool:
    """Whether this was erased for good."""
    query = subjects(kind).join(Spill).where(SpillPart.subject == subject, Spill.state == ERASED)
    return db.scalar(query.limit(1)) is not None


def subjects(kind: str) -> Select[Any]:
    """The query for everything of a kind that is held back."""
    return select(SpillPart.subject).where(SpillPart.kind == kind, SpillPart.is_active.is_(True))
