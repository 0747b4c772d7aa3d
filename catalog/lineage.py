"""Where the columns of a base table come from, and how strictly they are shared, masked and opened for it.

A column's sources are the roles that the one-source register ranks for it; where none is ranked, the base's inputs
with an item of that name and code list, or of a name that the column is drawn from; for a derived column, those of the
whole table. What a build only holds its rows against is no source.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog import base_roles, rankings
from catalog.models import BaseInput, DataItem, Resource
from catalog.vocab import WITNESS, Sensitivity, ShareType


@dataclass(frozen=True, slots=True)
class Class:
    """How strictly something is held: its sharing type, its sensitivity, whether everybody may read it."""

    share_type: ShareType
    sensitivity: Sensitivity
    is_open: bool


@dataclass(frozen=True, slots=True)
class SourceItem:
    """An item of a source. code_list: tells items of one name apart."""

    code_list: str
    held: Class


@dataclass(frozen=True, slots=True)
class Source:
    """A resource that fills a role of a base, with its items by name."""

    role: str
    resource_id: str
    department_id: str
    share_type: ShareType
    is_open: bool
    items: dict[str, SourceItem] = field(default_factory=dict)

    def class_of(self, column: str, drawn_from: Collection[str] = ()) -> Class:
        """How strictly the resource holds what becomes a column; drawn_from: `<role>.<item>` of other names."""
        whole = Class(self.share_type, Sensitivity.PUBLIC, self.is_open)
        names = [column, *self.drawn(drawn_from)]
        return strictest(whole, *(self.items[name].held for name in names if name in self.items))

    def drawn(self, items: Collection[str]) -> list[str]:
        """Those of `<role>.<item>` that the resource has."""
        return [name for name in self.items if f"{self.role}.{name}" in items]


def strictest(*classes: Class) -> Class:
    """The strictest of several in each respect."""
    return Class(
        max((each.share_type for each in classes), key=lambda kind: kind.strictness),
        max((each.sensitivity for each in classes), key=lambda kind: kind.strictness),
        all(each.is_open for each in classes),
    )


def classes(db: Session, resource: Resource, on: date) -> dict[str, Class]:
    """How each item is held on a day: the strictest of item, resource and, in a base, its sources."""
    sources = sources_of(db, resource, on)
    whole = Class(resource.share_type, Sensitivity.PUBLIC, resource.is_open)
    return {
        item.name: strictest(
            whole,
            _class(item),
            *(s.class_of(item.name, _drawn_from(resource, item)) for s in sources.get(item.name, ())),
        )
        for item in resource.items
    }


def _drawn_from(resource: Resource, item: DataItem) -> tuple[str, ...]:
    """The `<role>.<item>` of other names that become a column of a base."""
    return base_roles.called().get(f"{resource.unit}.{resource.table_name}.{item.name}", ())


def share_types(db: Session, resource: Resource, on: date) -> dict[str, ShareType]:
    """How each item may be shared on a day."""
    return {name: held.share_type for name, held in classes(db, resource, on).items()}


def _class(item: DataItem) -> Class:
    return Class(item.share_type, item.sensitivity, item.is_open)


def sources_of(db: Session, resource: Resource, on: date) -> dict[str, tuple[Source, ...]]:
    """The sources of each column of a base table; nothing for a department's resource."""
    if not resource.is_base_table:
        return {}
    inputs = _inputs(db, resource.unit)
    ranking = rankings.ranking_of(db, resource.unit, on=on)
    found = {item.name: _sources(resource, item, inputs, ranking) for item in resource.items}
    every = tuple(dict.fromkeys(source.resource_id for sources in found.values() for source in sources))
    whole = tuple({s.resource_id: s for s in inputs if s.resource_id in every or not every}.values())
    return {name: sources or whole for name, sources in found.items()}


def _sources(
    resource: Resource, item: DataItem, inputs: Iterable[Source], ranking: Mapping[str, tuple[str, ...]]
) -> tuple[Source, ...]:
    roles = ranking.get(f"{resource.table_name}.{item.name.removesuffix('_source')}")
    if roles:
        return tuple(source for source in inputs if source.role in roles)
    drawn_from = _drawn_from(resource, item)
    return tuple(
        s
        for s in inputs
        if s.drawn(drawn_from) or (item.name in s.items and s.items[item.name].code_list == item.code_list)
    )


def _inputs(db: Session, base: str) -> list[Source]:
    resources = db.execute(
        select(BaseInput.role, Resource.id, Resource.provider_id, Resource.share_type, Resource.is_open)
        .join(Resource, BaseInput.resource_id == Resource.id)
        .where(BaseInput.base == base, ~BaseInput.role.startswith(WITNESS, autoescape=True))
        .order_by(BaseInput.role, BaseInput.rank, Resource.slug)
    ).all()
    items: defaultdict[str, dict[str, SourceItem]] = defaultdict(dict)
    query = select(
        DataItem.resource_id, DataItem.name, DataItem.code_list, DataItem.share_type, DataItem.sensitivity,
        DataItem.is_open,
    )  # fmt: skip
    for row in db.execute(query.where(DataItem.resource_id.in_({row.id for row in resources}))):
        held = Class(row.share_type, row.sensitivity, row.is_open)
        items[row.resource_id][row.name] = SourceItem(row.code_list, held)
    return [Source(r.role, r.id, r.provider_id, r.share_type, r.is_open, items[r.id]) for r in resources]
