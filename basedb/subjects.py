"""Where records of a person or a firm stand: every table with its platform key, out of the specs of all bases."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from basedb.spec import Base, base
from catalog.vocab import Base as BaseName


@dataclass(frozen=True, slots=True)
class Place:
    """A table of a base and the columns that hold the subject's key.

    is_counted: its rows are other persons' own (a firm's insured are employees): how many, and no record.
    """

    base: str
    table: str
    columns: tuple[str, ...]
    is_counted: bool = False


@dataclass(frozen=True, slots=True)
class Hop:
    """A table whose records the rows of a place name by a column: the licence of a licence holder.

    over: base and table of the place. by: what the column holds: a value of this column, "" for the record key.
    """

    base: str
    table: str
    over: tuple[str, str]
    column: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """kind of key; home: the table that gives the keys out; places: home first, then by base and table."""

    kind: str
    home: tuple[str, str]
    places: tuple[Place, ...]
    hops: tuple[Hop, ...]


@cache
def subject(owner: str, kind: str) -> Subject:
    """Of a kind of key that a base gives out."""
    table, _ = base(owner).spec.KEYS[kind]
    home = Place(owner, table, ("record_key",))
    others = [place for name in BaseName for place in _places(base(name), owner, table)]
    shown = [place for place in (home, *others) if not place.is_counted]
    at = {(place.base, place.table) for place in shown}
    hops = [hop for place in shown for hop in _hops(base(place.base), place.table) if (hop.base, hop.table) not in at]
    named = [hop for name in BaseName for hop in _named(base(name)) if hop.over in at]
    return Subject(kind, (owner, table), (home, *others), (*hops, *named))


def _places(at: Base, owner: str, table: str) -> list[Place]:
    links = [source for source, target in at.spec.LINKS.items() if target == f"{owner}.{table}"]
    own = [s for s, target in at.spec.REFERENCES.items() if target == f"{table}.record_key" and at.name == owner]
    found: dict[str, list[str]] = {}
    for source in (*own, *links):
        name, column = source.split(".")
        found.setdefault(name, []).append(column)
    # whoever stands in the base of persons is a person of their own
    is_counted = at.name == BaseName.NATURAL_PERSON and owner != at.name
    return [
        Place(at.name, each.name, tuple(found[each.name]), is_counted) for each in at.spec.TABLES if each.name in found
    ]


def _hops(at: Base, over: str) -> list[Hop]:
    pairs = [(s.split("."), t.split(".")) for s, t in at.spec.REFERENCES.items()]
    return [Hop(at.name, to[0], (at.name, over), source[1]) for source, to in pairs if source[0] == over]


def _named(at: Base) -> list[Hop]:
    """Records of a base that others name by a value: the standard address where a person lives."""
    found = []
    for source, target in at.named_by.items():
        other, over, column = source.split(".")
        table, by = target.split(".")
        found.append(Hop(at.name, table, (other, over), column, by))
    return found
