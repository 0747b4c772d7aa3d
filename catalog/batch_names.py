"""Things to do by name, as a list of results shows them."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from catalog import (
    corrections,
    deliveries,
    demands,
    grants,
    one_source,
    order_lists,
    resources,
    sharing,
)
from catalog.errors import NotFound
from catalog.todo_kinds import KINDS


def name(db: Session, kind: str, row: str) -> str:
    """What a thing of a kind is called; its id where there is none such."""
    noun = KINDS[kind].link.strip("/").partition("/")[0] if kind in KINDS else ""
    try:
        return _NOUNS[noun](db, row) if noun in _NOUNS else row
    except NotFound:
        return row


def _request(db: Session, row: str) -> str:
    found = sharing.get_request(db, row)
    return f"{found.department.name} · {found.resource.name} · {found.purpose}"


def _resource(db: Session, row: str) -> str:
    found = resources.get(db, row)
    return f"{found.provider.name} · {found.name}"


def _delivery(db: Session, row: str) -> str:
    found = deliveries.get(db, row)
    return f"{found.resource.provider.name} · {found.resource.name} {found.period}"


def _grant(db: Session, row: str) -> str:
    found = grants.get_grant(db, row)
    return f"{found.department.name} · {found.resource.name} · {found.versions[-1].purpose}"


def _order(db: Session, row: str) -> str:
    found = order_lists.get(db, row)
    return f"{found.department.name} · {found.resource.name} · {found.message}"


def _correction(db: Session, row: str) -> str:
    found = corrections.get(db, row)
    return f"{found.assigned.name} · {found.resource.name} · {found.item}"


def _conflict(db: Session, row: str) -> str:
    found = one_source.get_conflict(db, row)
    return f"{found.title} · {found.resource.name}"


# by the first part of the page's path
_NOUNS: dict[str, Callable[[Session, str], str]] = {
    "requests": _request,
    "demands": lambda db, row: demands.get(db, row).title,
    "source-conflicts": _conflict,
    "registration": _resource,
    "my": _resource,
    "deliveries": _delivery,
    "grants": _grant,
    "orders": _order,
    "corrections": _correction,
}
