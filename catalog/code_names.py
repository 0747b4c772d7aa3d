"""What codes are called: the name of each code of a list, the newest where a code had several."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.models import CodeListEntry


def of(db: Session, lists: Iterable[str]) -> dict[tuple[str, str], str]:
    """(list, code) -> name."""
    entry = CodeListEntry
    query = select(entry.code_list, entry.code, entry.name).where(entry.code_list.in_(sorted(set(lists))))
    return {(each.code_list, each.code): each.name for each in db.execute(query.order_by(entry.id))}
