"""Who read what about one person: the records that hold an identifier, then every receipt about them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

from sqlalchemy.orm import Session

from api.house import Exchange
from basedb import read
from basedb.subjects import subject
from catalog import admin_log, policy, releases, resources
from catalog.errors import Invalid, NoRelease, NotFound, ReleaseExpired, Suppressed, TooMuch
from catalog.keys import Purpose
from catalog.roles import Caller
from catalog.vocab import Base, IdentifierKind

MOST_RECORDS = 60
Records = list[tuple[str, str]]


def records_of(house: Exchange, db: Session, by: Caller, identifier: str) -> Records:
    """The records, (resource, record key) each, whose release in force holds a citizen's identifier or that person's key.

    The search itself stands in the log of administration, the identifier as a keyed digest. Raises Invalid for a
    text that is none, TooMuch beyond what one page can show.
    """
    value = unicodedata.normalize("NFKC", identifier).strip().upper()
    if len(value) != 18 or not value[:17].isdecimal():
        raise Invalid("公民身份号码应为 18 位", remedy="核对号码", field="identifier")
    found = [
        pair
        for slug, items in resources.holding(db, IdentifierKind.CITIZEN_ID)
        for pair in _keys(house, db, slug, items, value)
    ]
    found = list(dict.fromkeys((*found, *_keyed(house, db, found))))
    digest = house.digests.content(value.encode())[:20]
    admin_log.note(
        db, by.client_id, "search_reads", digest, department_id=by.department_id, now=house.clock(), records=len(found)
    )
    if len(found) > MOST_RECORDS:
        raise TooMuch(f"该号码出现在 {len(found)} 条以上记录中", remedy="按资源标识和记录键逐条查询")
    return found


def _keyed(house: Exchange, db: Session, found: Records) -> Iterator[tuple[str, str]]:
    """The records of all bases that name the persons found by their keys: most bear no identifier."""
    slugs = {(r.unit, r.table_name): r.slug for r in resources.base_tables(db)}
    about = subject(Base.NATURAL_PERSON, "person")
    persons = [key for slug, key in found if slug == slugs.get(about.home)]
    for place in about.places[1:]:
        if slug := slugs.get((place.base, place.table)):
            yield from (pair for key in persons for pair in _keys(house, db, slug, place.columns, key))


def _keys(house: Exchange, db: Session, slug: str, items: Iterable[str], value: str) -> Records:
    resource = resources.get(db, slug)
    try:
        view = policy.key_view(house.store, resource, releases.in_force(db, resource.unit), items)
    except (NoRelease, NotFound, ReleaseExpired, Suppressed):
        return []
    found = read.keys(view, value, house.engine, MOST_RECORDS + 1)
    into = read.forwarded_name(view, value, house.keys.current(Purpose.PLATFORM).secret) if not found else None
    kept = found or ([into] if into else [])
    # what was read of a record before it was merged into this one was read of the same person
    return [(slug, key) for each in kept for key in (each, *read.merged_into(view, each))]


def written(records: Records) -> str:
    """The records as an address carries them: their keys are opaque."""
    return ",".join(f"{slug}:{key}" for slug, key in records)


def parsed(text: str) -> Records:
    """The records of an address; raises Invalid."""
    pairs = [tuple(part.split(":")) for part in text.split(",") if part]
    if len(pairs) > MOST_RECORDS or any(len(p) != 2 or not read.KEY.fullmatch(p[1]) or len(p[0]) > 64 for p in pairs):
        raise Invalid("查询条件不正确", remedy="从查询表单重新查询")
    return [(slug, key) for slug, key in pairs]
