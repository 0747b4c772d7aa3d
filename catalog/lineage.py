"""Where the columns of a base table come from, and how strictly they are shared for it.

A column's sources are the roles that the one-source register ranks for it; where none is ranked, the
base's inputs with an item of that name and code list; for a derived column, those of the whole table. What a build
only holds its rows against is no source.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog import rankings
from catalog.models import BaseInput, DataItem, Resource
from catalog.vocab import WITNESS, ShareType


@dataclass(frozen=True, slots=True)
class Source:
    """A resource that fills a role of a base. items: name -> (code list, sharing type)."""

    role: str
    resource_id: str
    department_id: str
    share_type: ShareType
    items: dict[str, tuple[str, ShareType]] = field(default_factory=dict)

    def strictness_of(self, column: str) -> ShareType:
        """How strictly the resource shares what becomes the column."""
        own = self.items.get(column)
        return strictest(self.share_type, *([own[1]] if own else []))


def strictest(*kinds: ShareType) -> ShareType:
    """The strictest of several sharing types."""
    return max(kinds, key=lambda kind: kind.strictness)


def share_types(db: Session, resource: Resource, on: date) -> dict[str, ShareType]:
    """How each item may be shared on a day: the strictest of item, resource and, in a base, its sources."""
    sources = sources_of(db, resource, on)
    return {
        item.name: strictest(
            resource.share_type, item.share_type, *(s.strictness_of(item.name) for s in sources.get(item.name, ()))
        )
        for item in resource.items
    }


def sources_of(db: Session, resource: Resource, on: date) -> dict[str, tuple[Source, ...]]:
    """The sources of each column of a base table; nothing for a department's resource."""
    if not resource.is_base_table:
        return {}
    inputs = _inputs(db, resource.unit)
    ranking = rankings.ranking_of(db, resource.unit, on=on)
    found = {item.name: _sources(item, resource.table_name, inputs, ranking) for item in resource.items}
    every = tuple(dict.fromkeys(source.resource_id for sources in found.values() for source in sources))
    whole = tuple({s.resource_id: s for s in inputs if s.resource_id in every or not every}.values())
    return {name: sources or whole for name, sources in found.items()}


def _sources(
    item: DataItem, table: str, inputs: Iterable[Source], ranking: Mapping[str, tuple[str, ...]]
) -> tuple[Source, ...]:
    roles = ranking.get(f"{table}.{item.name.removesuffix('_source')}")
    if roles:
        return tuple(source for source in inputs if source.role in roles)
    return tuple(s for s in inputs if item.name in s.items and s.items[item.name][0] == item.code_list)


def _inputs(db: Session, base: str) -> list[Source]:
    resources = db.execute(
        select(BaseInput.role, Resource.id, Resource.provider_id, Resource.share_type)
        .join(Resource, BaseInput.resource_id == Resource.id)
        .where(BaseInput.base == base, ~BaseInput.role.startswith(WITNESS, autoescape=True))
        .order_by(BaseInput.role, BaseInput.rank, Resource.slug)
    ).all()
    items: defaultdict[str, dict[str, tuple[str, ShareType]]] = defaultdict(dict)
    query = select(DataItem.resource_id, DataItem.name, DataItem.code_list, DataItem.share_type)
    for resource_id, name, code_list, share_type in db.execute(
        query.where(DataItem.resource_id.in_({row.id for row in resources}))
    ):
        items[resource_id][name] = (code_list, share_type)
    return [Source(r.role, r.id, r.provider_id, r.share_type, items[r.id]) for r in resources]
