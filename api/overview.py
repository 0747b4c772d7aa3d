"""What the public pages show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from catalog import directory, releases
from catalog.directory import Listing
from catalog.vocab import Base


@dataclass(frozen=True, slots=True)
class BaseLine:
    """One base; release_id is "" before the first release."""

    name: str
    label: str
    release_id: str
    released_at: datetime | None
    tables: dict[str, int]

    @property
    def rows(self) -> int:
        return sum(self.tables.values())


def bases(db: Session) -> list[BaseLine]:
    """The six bases with what they hold now."""
    current = releases.current_ids(db)
    return [_base(db, base, current.get(base.value)) for base in Base]


def _base(db: Session, base: Base, release_id: str | None) -> BaseLine:
    if release_id is None:
        return BaseLine(base.value, base.label, "", None, {})
    found = releases.get(db, base.value, release_id)
    return BaseLine(base.value, base.label, release_id, found.created_at, found.tables)


def resources(db: Session) -> list[Listing]:
    """Every published resource, by slug."""
    found, following = directory.page(db, "", "", 500)
    while following:
        more, following = directory.page(db, "", following, 500)
        found += more
    return found


def calls(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Each call of the OpenAPI document: method, path, what it gives, what it takes."""
    return [
        {
            "method": method.upper(),
            "path": path,
            "gives": {"zh": operation["summary"], "en": operation["description"]},
            "takes": [p["name"] for p in operation.get("parameters", [])],
            "needs_token": bool(operation.get("security")),
        }
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    ]


@dataclass(frozen=True, slots=True)
class Total:
    """A number on the welcome page; text: key of its name."""

    value: int
    text: str
    path: str


def totals(db: Session) -> list[Total]:
    """What the city has published, in numbers."""
    found = directory.totals(db)
    return [
        Total(found.resources, "total.resources", "/catalog"),
        Total(found.departments, "total.departments", "/catalog"),
        Total(found.open_resources, "total.open", "/open"),
        Total(found.grants, "total.grants", "/catalog"),
    ]
