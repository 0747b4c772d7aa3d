"""How much each release of a base changed against the one in force before it: counts by table, no keys, no values."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from catalog.models import Publication
from catalog.store import Store


@dataclass(frozen=True, slots=True)
class TableChanges:
    """Rows of one table that a release inserted, updated, deleted."""

    table: str
    inserts: int
    updates: int
    deletes: int

    @property
    def all(self) -> int:
        return self.inserts + self.updates + self.deletes


@dataclass(frozen=True, slots=True)
class ReleaseChanges:
    """since: the release before. tables: those that changed, by name."""

    since: str
    tables: tuple[TableChanges, ...]

    @property
    def all(self) -> int:
        return sum(table.all for table in self.tables)


def of(store: Store, unit: str, release_id: str) -> ReleaseChanges | None:
    """The changes of a release; None for a first one, and where they were not counted or are pruned."""
    path = store.changes(unit, release_id) / "changes.json"
    if not path.exists():
        return None
    found = json.loads(path.read_text())
    tables = (TableChanges(t, n["insert"], n["update"], n["delete"]) for t, n in sorted(found["tables"].items()))
    return ReleaseChanges(found["since"], tuple(each for each in tables if each.all))


def links(store: Store, unit: str, release_id: str) -> list[tuple[str, float]]:
    """Of each link of a release the share of its keys that the other base held then, by column."""
    path = store.changes(unit, release_id) / "links.json"
    return sorted(json.loads(path.read_text()).items()) if path.exists() else []


def by_release(store: Store, history: Iterable[Publication]) -> dict[str, ReleaseChanges]:
    """The changes of each release of a history, where they are known."""
    found = {each.release_id: of(store, each.unit, each.release_id) for each in history}
    return {release_id: changes for release_id, changes in found.items() if changes is not None}
