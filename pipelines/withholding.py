"""Keep a record from every door with all that says the same: rows of the sources, and records made of them.

What is withheld of a base goes from the resources that it was read from, and from the tables that speak of the same
person or firm; what is withheld of a resource goes from the base. Values never leave the engine.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
from sqlalchemy import select
from sqlalchemy.orm import Session

from basedb import connect, manifest
from basedb.quote import literal, name
from basedb.source_keys import PERSON_LINK
from basedb.spec import base
from basedb.subjects import subject
from catalog import grants, releases, resources
from catalog.errors import NoRelease, NotFound
from catalog.models import BaseInput, Resource, Suppression
from catalog.vocab import Base, is_witness
from pipelines.house import House

# table -> what names its records, and what else the sources call that
NAMED = {
    "person": ("id_number", ("male_id_number", "female_id_number")),
    "legal_entity": ("credit_code", ()),
    "address": ("address_code", ()),
    "permit": ("document_no", ()),
    "penalty": ("document_no", ()),
    "credit_list_entry": ("entry_no", ("case_no",)),
    "credit_repair": ("repair_no", ()),
    "licence": ("licence_no", ("certificate_no", "card_no", "registration_no", "permit_no", "practice_no")),
}
_FROM = ("record_source", "source")


@dataclass(frozen=True, slots=True)
class Order:
    """Why a record is withheld, and for how long; valid_to None: for good."""

    reason: str
    valid_from: date
    by: str
    valid_to: date | None = None


def withhold(house: House, slug: str, record_key: str, order: Order) -> dict[str, int]:
    """Enter the suppressions; how many records they are, by resource. Raises NotFound for a key that nothing holds."""
    with house.transaction() as db, connect.connect(house.engine) as connection:
        resource = resources.get(db, slug)
        search = _Search(house, db, connection)
        if not search.holds(resource, record_key):
            raise NotFound(f"「{resource.name}」没有这条记录", remedy="核对记录键", resource=slug)
        found = {(resource.id, record_key): resource}
        for other, key in (
            search.of_base(resource, record_key) if resource.is_base_table else search.of_source(resource, record_key)
        ):
            found.setdefault((other.id, key), other)
        entered: dict[str, int] = {}
        for (_, key), other in sorted(found.items(), key=lambda each: (each[1].slug, each[0][1])):
            if not _is_withheld(db, other, key, order):
                grants.suppress(
                    db, other, key, reason=order.reason, valid_from=order.valid_from, valid_to=order.valid_to,
                    by=order.by, now=house.clock(),
                )  # fmt: skip
            entered[other.slug] = entered.get(other.slug, 0) + 1
        return entered


def _is_withheld(db: Session, resource: Resource, key: str, order: Order) -> bool:
    table = Suppression
    same = (table.resource_id == resource.id, table.record_key == key, table.valid_from == order.valid_from)
    ends = table.valid_to.is_(None) if order.valid_to is None else table.valid_to == order.valid_to
    return db.scalar(select(table.id).where(*same, ends, table.reason == order.reason)) is not None


class _Search:
    """Finds what says the same, in the releases in force."""

    def __init__(self, house: House, db: Session, connection: duckdb.DuckDBPyConnection) -> None:
        self._house, self._db, self._connection = house, db, connection

    def holds(self, resource: Resource, key: str) -> bool:
        """Whether the resource has a record of that key in force."""
        rows = self._file(resource)
        return rows is not None and bool(self._keys(f"select record_key from {rows} where record_key = $key", key))

    def of_base(self, resource: Resource, key: str) -> Iterator[tuple[Resource, str]]:
        """The rows that a base's record was made of, those linked to a person, and the records that hold its key."""
        yield from self._rows_behind(resource, key)
        if resource.table_name == "person":
            yield from self._stated("person_key = $key and band = 'linked'", key)
        kinds = [kind for kind, (table, _) in base(resource.unit).spec.KEYS.items() if table == resource.table_name]
        tables = {(r.unit, r.table_name): r for r in resources.base_tables(self._db)}
        for place in (place for kind in kinds for place in subject(resource.unit, kind).places):
            other = tables.get((place.base, place.table))
            rows = self._file(other) if other is not None and other.id != resource.id else None
            if other is None or rows is None or place.is_counted:
                continue
            holds = " or ".join(f"{name(column)} = $key" for column in place.columns)
            yield from ((other, each) for each in self._keys(f"select record_key from {rows} where {holds}", key))

    def _rows_behind(self, resource: Resource, key: str) -> Iterator[tuple[Resource, str]]:
        rows, facts = self._file(resource), self._facts(resource)
        if rows is None or resource.table_name not in NAMED:
            return
        natural, _ = NAMED[resource.table_name]
        for source in facts["sources"]:
            other = self._db.scalar(select(Resource).where(Resource.slug == source["resource"]))
            theirs = self._file(other) if other is not None else None
            if other is None or theirs is None:
                continue
            own = self._source(facts, resource, int(source["code"]))
            for item in self._items(other, resource.table_name):
                query = (
                    f"select r.record_key from {theirs} r join {rows} b on r.{name(item)} = b.{name(natural)} "
                    f"where b.record_key = $key {own}"
                )
                yield from ((other, each) for each in self._keys(query, key))

    def _stated(self, condition: str, key: str, slug: str = "") -> Iterator[tuple[Resource, str]]:
        """The statements without an identifier of which a condition on their links holds, and the rows that make them.

        slug: of one resource alone.
        """
        tables = {r.table_name: r for r in resources.base_tables(self._db, Base.NATURAL_PERSON)}
        links, statements = (tables.get(each) for each in (PERSON_LINK, "person_unlinked"))
        rows = self._file(links) if links is not None else None
        if links is None or statements is None or rows is None:
            return
        for source in self._facts(links)["sources"]:
            other = self._db.scalar(select(Resource).where(Resource.slug == source["resource"]))
            if other is None or other.slug != (slug or other.slug):
                continue
            query = f"select {{}} from {rows} where source = {int(source['code'])} and {condition}"
            yield from ((statements, each) for each in self._keys(query.format("statement_key"), key))
            yield from ((other, each) for each in self._keys(query.format("row_key"), key))

    def of_source(self, resource: Resource, key: str) -> Iterator[tuple[Resource, str]]:
        """The records of the bases that a resource's row went into, and what it states without an identifier."""
        theirs = self._file(resource)
        if theirs is None:
            return
        yield from self._stated("row_key = $key", key, resource.slug)
        for table in self._fed(resource):
            rows, facts = self._file(table), self._facts(table)
            codes = [int(s["code"]) for s in facts.get("sources", ()) if s["resource"] == resource.slug]
            if rows is None or not codes:
                continue
            natural, _ = NAMED[table.table_name]
            own = self._source(facts, table, codes[0])
            for item in self._items(resource, table.table_name):
                query = (
                    f"select b.record_key from {rows} b join {theirs} r on r.{name(item)} = b.{name(natural)} "
                    f"where r.record_key = $key {own}"
                )
                yield from ((table, each) for each in self._keys(query, key))

    def _fed(self, resource: Resource) -> list[Resource]:
        """The tables of bases that are built of the resource and whose records are named."""
        query = select(BaseInput.base, BaseInput.role).where(BaseInput.resource_id == resource.id)
        bases = {owner for owner, role in self._db.execute(query) if not is_witness(role)}
        return [r for r in resources.base_tables(self._db) if r.unit in bases and r.table_name in NAMED]

    def _items(self, resource: Resource, table: str) -> list[str]:
        natural, others = NAMED[table]
        held = {item.name for item in resource.items}
        return [item for item in (natural, *others) if item in held]

    def _source(self, facts: manifest.Manifest, table: Resource, code: int) -> str:
        """A condition for records of that source, where a table says of its whole rows whence they are."""
        held = {column["name"] for column in facts["tables"][table.table_name]["columns"]}
        column = next((each for each in _FROM if each in held), None)
        return f"and b.{name(column)} = {code}" if column else ""

    def _keys(self, query: str, key: str) -> list[str]:
        return [each for (each,) in self._connection.execute(query, {"key": key}).fetchall()]

    def _folder(self, resource: Resource) -> Path | None:
        try:
            release = releases.in_force(self._db, resource.unit)
        except NoRelease:
            return None
        folder = self._house.store.release(release.unit, release.release_id)
        return folder if (folder / manifest.FILE).exists() else None

    def _facts(self, resource: Resource) -> manifest.Manifest:
        folder = self._folder(resource)
        return manifest.read(folder) if folder is not None else {}

    def _file(self, resource: Resource) -> str | None:
        folder = self._folder(resource)
        entry = manifest.read(folder)["tables"].get(resource.table_name) if folder is not None else None
        return f"read_parquet({literal(str(folder / entry['file']))})" if folder is not None and entry else None
