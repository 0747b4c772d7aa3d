"""Whose a statement without a valid identifier is: reviewers' decisions, which last through later builds."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalog import admin_log, sealing
from catalog.departments import require_authority
from catalog.errors import Invalid
from catalog.keys import Keys
from catalog.models import AdminAct, LinkageDecision

UNSURE = "linkage_unsure"


def decide(
    db: Session, keys: Keys, kind: str, statement_key: str, record_key: str | None, *, reason: str, department_id: str,
    by: str, now: datetime,
) -> LinkageDecision:  # fmt: skip
    """Keep an answer; record_key None says that the statement speaks of nobody known. Raises Invalid without a reason."""
    require_authority(db, department_id)
    if not reason.strip():
        raise Invalid("应写明理由", remedy="补全后重新提交")
    made = LinkageDecision(
        kind=kind, statement_key=statement_key, record_key=record_key, reason="", department_id=department_id, at=now,
        by=by,
    )  # fmt: skip
    db.add(made)
    db.flush()
    made.reason = sealing.seal(keys, f"linkage.{made.id}.reason", reason.strip())
    db.flush()
    return made


def note_unsure(db: Session, statement_key: str, *, department_id: str, by: str, now: datetime) -> None:
    """Keep that a reviewer could not tell: the statement stays among those that wait, after the others."""
    require_authority(db, department_id)
    admin_log.note(db, by, UNSURE, statement_key, department_id=department_id, now=now)


def unsure(db: Session) -> frozenset[str]:
    """The statements of which a reviewer could not tell whose they are."""
    return frozenset(db.scalars(select(AdminAct.subject).where(AdminAct.act == UNSURE)))


def moves(db: Session, statement_key: str) -> int:
    """How often a reviewer has decided on a statement."""
    own = LinkageDecision.statement_key == statement_key
    return db.scalar(select(func.count()).select_from(LinkageDecision).where(own)) or 0


def linked(db: Session) -> list[tuple[str, str, str | None]]:
    """(kind, statement key, record key or None) by the newest decision on each statement, in order."""
    newest = select(func.max(LinkageDecision.id)).group_by(LinkageDecision.kind, LinkageDecision.statement_key)
    query = select(LinkageDecision.kind, LinkageDecision.statement_key, LinkageDecision.record_key)
    rows = db.execute(query.where(LinkageDecision.id.in_(newest)))
    return sorted(((r.kind, r.statement_key, r.record_key) for r in rows), key=lambda each: each[:2])
