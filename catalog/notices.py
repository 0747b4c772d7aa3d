"""Notices: what a department must know, from whom it came to be, and whether it was read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote

from sqlalchemy import bindparam, case, func, select, update
from sqlalchemy.orm import Session

from catalog.calendar import Due
from catalog.errors import NotFound
from catalog.lists import Listing
from catalog.models import Notice
from catalog.prepared import Prepared

UNREAD, READ = "unread", "read"


def notify(
    db: Session,
    department_id: str,
    *,
    kind: str,
    subject: str,
    text: str,
    now: datetime,
    due: Due | None = None,
) -> Notice:
    """Tell a department something. kind: a stable word for programs; subject: what it is about, by slug or id.

    An unread notice of the same kind, subject and text is not sent again.
    """
    text = text[:1000]
    same = select(Notice).where(
        Notice.department_id == department_id,
        Notice.kind == kind,
        Notice.subject == subject,
        Notice.text == text,
        Notice.read_at.is_(None),
    )
    found = db.scalar(same.limit(1))
    if found is None:
        found = Notice(department_id=department_id, kind=kind, subject=subject, text=text, sent_at=now)
        db.add(found)
    found.due = due.day if due else None
    found.is_due_provisional = due.is_provisional if due else False
    db.flush()
    return found


def listed(db: Session, department_id: str, *, unread_only: bool = False, limit: int = 200) -> Sequence[Notice]:
    """A department's notices, unread and newest first."""
    query = select(Notice).where(Notice.department_id == department_id)
    if unread_only:
        query = query.where(Notice.read_at.is_(None))
    order = (Notice.read_at.is_not(None), Notice.sent_at.desc(), Notice.id)
    return db.scalars(query.order_by(*order).limit(limit)).all()


def listing(department_id: str, *, unread_only: bool = False) -> Listing[Notice]:
    """The same as a list to search, sort and cut."""
    query = select(Notice).where(Notice.department_id == department_id)
    state = case((Notice.read_at.is_(None), UNREAD), else_=READ)
    return Listing(
        query.where(Notice.read_at.is_(None)) if unread_only else query,
        {"text": Notice.text, "sent": Notice.sent_at, "due": Notice.due, "state": state},
        [Notice.read_at.is_not(None), Notice.sent_at.desc(), Notice.id],
        (Notice.text,),
    )


def unread(db: Session, department_id: str) -> int:
    """How many notices a department has not read."""
    (found,) = _UNREAD.rows(db, {"department_id": department_id})
    return int(found.count)


_UNREAD = Prepared(
    select(func.count().label("count"))
    .select_from(Notice)
    .where(Notice.department_id == bindparam("department_id"), Notice.read_at.is_(None))
)


def get(db: Session, notice_id: str) -> Notice:
    """The notice of that id; raises NotFound."""
    found = db.get(Notice, notice_id)
    if found is None:
        raise NotFound(f"没有通知 {notice_id}", notice=notice_id)
    return found


def read(db: Session, notice: Notice, *, by: str, now: datetime) -> None:
    """Mark a notice read, by whom and when; the first reader stands."""
    if notice.read_at is None:
        notice.read_at, notice.read_by = now, by
        db.flush()


def read_all(db: Session, department_id: str, *, by: str, now: datetime) -> int:
    """Mark everything that a department was told until now as read; how many notices it was."""
    wanted = update(Notice).where(Notice.department_id == department_id, Notice.read_at.is_(None))
    wanted = wanted.where(Notice.sent_at <= now).values(read_at=now, read_by=by)
    found: int = db.execute(wanted.execution_options(synchronize_session=False)).rowcount  # type: ignore[attr-defined]
    return found


def page_of(notice: Notice) -> str:
    """The path of the page on which a notice's subject is dealt with; empty where there is none."""
    pattern = next((path for kind, path in _PAGES.items() if notice.kind.startswith(kind)), "")
    return pattern.format(quote(notice.subject, safe=""))


# the longer beginning of a kind stands first
_PAGES = {
    "request": "/requests/{}",
    "extension": "/requests/{}",
    "dispute": "/requests/{}",
    "granted": "/requests/{}",
    "grant": "/grants/{}",
    "demand": "/demands/{}",
    "source": "/source-conflicts/{}",
    "deaths": "/catalog/{}",
    "catalog": "/registration/{}",
    "breaking_change": "/catalog/{}",
    "change_withdrawn": "/catalog/{}",
    "delivery": "/my/resources/{}",
    "order": "/orders/{}",
    "correction": "/corrections/{}",
    "value_mended": "/catalog/{}",
}


def tell(
    db: Session, department_id: str, kind: str, subject: str, text: str, due: Due | None = None, *, now: datetime
) -> Notice:
    """The notice that the department will find; due: the last day of a term."""
    return notify(db, department_id, kind=kind, subject=subject, text=text, now=now, due=due)
