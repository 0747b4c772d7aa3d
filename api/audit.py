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
from catalog.view import View
from catalog.vocab import Base, IdentifierKind

MOST_RECORDS = 60
Records = list[tuple[str, str]]
Asked = tuple[str, Iterable[str], str]


def records_of(house: Exchange, db: Session, by: Caller, identifier: str) -> Records:
    """The records, (resource, record key) each, whose release in force holds a citizen's identifier or that person's key.

    The search itself stands in the log of administration, the identifier as a keyed digest. Raises Invalid for a
    text that is none, TooMuch beyond what one page can show.
    """
    value = unicodedata.normalize("NFKC", identifier).strip().upper()
    if len(value) != 18 or not value[:17].isdecimal():
        raise Invalid("公民身份号码应为 18 位", remedy="核对号码", field="identifier")
    held = [(slug, items, value) for slug, items in resources.holding(db, IdentifierKind.CITIZEN_ID)]
    found = list(_records(house, db, held))
    found = list(dict.fromkeys((*found, *_records(house, db, _keyed(db, found)))))
    digest = house.digests.content(value.encode())[:20]
    admin_log.note(
        db, by.client_id, "search_reads", digest, department_id=by.department_id, now=house.clock(), records=len(found)
    )
    if len(found) > MOST_RECORDS:
        raise TooMuch(f"该号码出现在 {len(found)} 条以上记录中", remedy="按资源标识和记录键逐条查询")
    return found


def _keyed(db: Session, found: Records) -> Iterator[Asked]:
    """Where the bases name the persons found by their keys: most records bear no identifier."""
    slugs = {(r.unit, r.table_name): r.slug for r in resources.base_tables(db)}
    about = subject(Base.NATURAL_PERSON, "person")
    persons = [key for slug, key in found if slug == slugs.get(about.home)]
    for place in about.places[1:]:
        if slug := slugs.get((place.base, place.table)):
            yield from ((slug, place.columns, key) for key in persons)


def _records(house: Exchange, db: Session, asked: Iterable[Asked]) -> Iterator[tuple[str, str]]:
    """The records in whose columns the values stand; asked: resource, columns, value."""
    views = [(slug, view, value) for slug, items, value in asked if (view := _view(house, db, slug, items))]
    several = read.keys([(view, value) for _, view, value in views], house.engine, MOST_RECORDS + 1)
    secret = house.keys.current(Purpose.PLATFORM).secret
    for (slug, view, value), found in zip(views, several, strict=True):
        into = read.forwarded_name(view, value, secret) if not found else None
        for key in found or ([into] if into else []):
            # what was read of a record before it was merged into this one was read of the same person
            yield from ((slug, each) for each in (key, *read.merged_into(view, key)))


def _view(house: Exchange, db: Session, slug: str, items: Iterable[str]) -> View | None:
    resource = resources.get(db, slug)
    try:
        return policy.key_view(house.store, resource, releases.in_force(db, resource.unit), items)
    except (NoRelease, NotFound, ReleaseExpired, Suppressed):
        return None


def written(records: Records) -> str:
    """The records as an address carries them: their keys are opaque."""
    return ",".join(f"{slug}:{key}" for slug, key in records)


def parsed(text: str) -> Records:
    """The records of an address; raises Invalid."""
    pairs = [tuple(part.split(":")) for part in text.split(",") if part]
    if len(pairs) > MOST_RECORDS or any(len(p) != 2 or not read.KEY.fullmatch(p[1]) or len(p[0]) > 64 for p in pairs):
        raise Invalid("查询条件不正确", remedy="从查询表单重新查询")
    return [(slug, key) for slug, key in pairs]
