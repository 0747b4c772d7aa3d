"""What the public pages show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from api.finding import find
from api.house import Exchange
from catalog import directory
from catalog.models import Release
from catalog.search import Question
from catalog.search_index import releases_in_force
from catalog.vocab import Base

SHOWN = 20


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
    current = releases_in_force(db, [base.value for base in Base])
    return [_base(base, current.get(base.value)) for base in Base]


def _base(base: Base, release: Release | None) -> BaseLine:
    if release is None:
        return BaseLine(base.value, base.label, "", None, {})
    return BaseLine(base.value, base.label, release.release_id, release.created_at, release.tables)


def home(house: Exchange) -> dict[str, Any]:
    """What the home page shows: the bases, the first published resources by slug, how many there are."""
    found, cards = find(house, Question(limit=SHOWN))
    with house.transaction() as db:
        return {"bases": bases(db), "resources": cards, "total": found.total}


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
