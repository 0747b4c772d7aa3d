"""Deciding who is the same: both identifiers must be known, and every base that holds such keys is built again."""

from __future__ import annotations

from contextlib import closing
from typing import Any

from sqlalchemy.orm import Session

from api.house import Exchange
from basedb import read, spec
from catalog import admin_log, departments, identities, own_faults, policy, releases, resources, runs
from catalog.errors import NoRelease, NotFound
from catalog.identities import KINDS, Named
from catalog.keys import Purpose
from catalog.models import IdentityDecision, Resource
from catalog.roles import Caller, Role
from catalog.view import View
from catalog.vocab import Base


def merge(
    house: Exchange, db: Session, caller: Caller, *, kind: str, kept: str, other: str, reason: str, evidence: str
) -> IdentityDecision:
    """Two identifiers name one thing from the next build on; raises NotFound for one that the base does not know."""
    kept, other = identities.normal(kept, kind), identities.normal(other, kind)
    identities.require_apart(db, house.keys, kind, kept, other)
    named = _named(house, db, kind, kept), _named(house, db, kind, other)
    made = identities.merge(db, house.keys, kind, *named, reason=reason, evidence=evidence, **_who(house, caller))
    build_again(db, kind)
    return made


def split(
    house: Exchange, db: Session, caller: Caller, found: IdentityDecision, *, reason: str, evidence: str
) -> IdentityDecision:
    """The merge taken back: both keys live again from the next build on."""
    made = identities.split(db, house.keys, found, reason=reason, evidence=evidence, **_who(house, caller))
    own_faults.taken_back(db, made.kind, own_faults.MERGE_WRONG, now=house.clock(), zone=house.settings.zone)
    build_again(db, made.kind)
    return made


def keep_apart(
    house: Exchange, db: Session, caller: Caller, *, kind: str, one: Named, other: Named, reason: str, evidence: str
) -> IdentityDecision:
    """Two identifiers name two things; nothing is built again, for nothing changes."""
    return identities.keep_apart(
        db, house.keys, kind, one, other, reason=reason, evidence=evidence, **_who(house, caller)
    )


def operator(db: Session) -> Caller:
    """Whoever may run the command line acts for the authority."""
    authority = departments.authority(db)
    return Caller(admin_log.COMMAND_LINE, authority.id, authority.slug, frozenset({Role.STEWARD}), is_authority=True)


def build_again(db: Session, kind: str) -> None:
    """Ask for new builds of the bases that hold keys of a kind."""
    for base in Base:
        if kind in spec.base(base).kinds:
            runs.base_again(db, base)


def is_known(house: Exchange, db: Session, kind: str, record_key: str) -> bool:
    """Whether the release in force has the record of that key, or one into which it was merged."""
    return _is_held(_view(house, db, kind, _table(db, kind)), record_key)


def _named(house: Exchange, db: Session, kind: str, natural: str) -> Named:
    """The record key of an identifier, its own one where the record was merged."""
    resource = _table(db, kind)
    view = _view(house, db, kind, resource)
    own = read.plain_key(kind, natural, house.keys.current(Purpose.PLATFORM).secret)
    [found] = read.keys([(view, natural)], house.engine, 1)
    if not found and _is_held(view, own):
        found = [own]
    if not found:
        raise NotFound("现行版本中没有这一标识的记录", remedy="核对标识；两个标识都须已在库中")
    return Named(natural, found[0])


def _is_held(view: View, record_key: str) -> bool:
    """Whether the release has the record of that key, or one into which it was merged."""
    if read.forwarded(view, record_key) is not None:
        return True
    with closing(read.open_lookup(view.directory, view.table)) as lookup:
        return read.record(lookup, view, record_key) is not None


def _view(house: Exchange, db: Session, kind: str, resource: Resource) -> View:
    """Of a kind without an identifier no column is asked: the key follows from the code."""
    identifier = KINDS[kind][1]
    items = [item.name for item in resource.items if identifier and item.identifier is identifier][:1]
    return policy.key_view(house.store, resource, releases.in_force(db, resource.unit), items)


def _table(db: Session, kind: str) -> Resource:
    """The table whose records the kind's keys name."""
    base, _ = KINDS[kind]
    table = spec.base(base).home(kind)
    found = next((r for r in resources.base_tables(db, base) if r.table_name == table), None)
    if found is None:
        raise NoRelease("该基础库还没有发布任何数据版本", remedy="等待首次融合入库")
    return found


def _who(house: Exchange, caller: Caller) -> dict[str, Any]:
    return {"department_id": caller.department_id, "by": caller.client_id, "now": house.clock()}
