"""A form that makes something, sent twice, makes it once: the second send is answered as the first was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from catalog.errors import Invalid
from catalog.models import SentForm
from catalog.register import whole


@dataclass(frozen=True, slots=True)
class Sent:
    """A form as it came in: the id that its page gave it ("" when none), and the digest of what it says."""

    department_id: str
    form_id: str
    digest: str
    at: datetime


def once(db: Session, sent: Sent, make: Callable[[], str]) -> str:
    """The id of what `make` makes, or of what the first send of the same form made.

    All that `make` does is done, or nothing. Raises Invalid for a form that was sent before and says something else
    now: whoever went back and changed it may want another thing, or may believe to have changed the first one.
    """
    if found := _known(db, sent):
        return found
    try:
        with whole(db):
            # of two that are sent at once, the second waits here until the first is done
            mark = _enter(db, sent)
            answer = make()
            if mark is not None:
                mark.answer = answer
            return answer
    except IntegrityError:
        if found := _known(db, sent):
            return found
        raise


def answer(db: Session, department_id: str, form_id: str) -> str:
    """The id of what a department's form made; "" when it was not sent yet."""
    found = db.get(SentForm, (department_id, form_id))
    return found.answer if found else ""


def _known(db: Session, sent: Sent) -> str:
    first = db.get(SentForm, (sent.department_id, sent.form_id), populate_existing=True) if sent.form_id else None
    if first is None:
        return ""
    if first.digest != sent.digest:
        raise Invalid(
            "这张表单已经提交过一次，这次的内容与上次不同", remedy="先查看上次提交的；确需另提一件的，再次提交"
        )
    return first.answer


def _enter(db: Session, sent: Sent) -> SentForm | None:
    if not sent.form_id:
        return None
    mark = SentForm(department_id=sent.department_id, form_id=sent.form_id, digest=sent.digest, sent_at=sent.at)
    db.add(mark)
    db.flush()
    return mark


def sweep(db: Session, *, before: datetime) -> None:
    """Forget the forms that were sent before a time."""
    db.execute(delete(SentForm).where(SentForm.sent_at < before))
