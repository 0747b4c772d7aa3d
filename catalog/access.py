"""Who calls and what is opened to them, held ready for the hot path.

Everything held falls when a revision of the register moves, which is looked at once in a quarter of a
second: a revoked client or grant, a new release, a suppression or a retired resource takes effect within it.
Expiry is judged at every use by the caller's clock. Nothing refused is held.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from catalog import clients, directory, grants, past, policy, releases, resources
from catalog.errors import NotSignedIn
from catalog.keys import Keys
from catalog.models import Release, Resource, Revision
from catalog.roles import Caller
from catalog.store import Store
from catalog.view import View
from catalog.vocab import TableSpec

LOOK_EVERY = 0.25
MAX_TOKENS = 10_000
MAX_VIEWS = 5_000
# the mode in which everybody reads what is open, under no grant
OPEN, OPENING = "open", "向社会开放"
# the mode in which the platform itself looks for the key of an identifier; no door answers it
KEYS = "keys"
# the mode in which the platform answers everybody whether a licence is valid, and nothing else
VERIFY, VERIFYING = "verify", "公众核验"
_VERIFIED = ("state_code", "state_from", "state_until")

Stamp = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Access:
    """One grant on one release, ready to answer, with what its receipts say.

    identifier: the column that a look-up by identifier asks, "" when there is none. spec: for making a look-up file.
    """

    view: View
    unit: str
    purpose: str
    columns: dict[str, str]
    valid_from: datetime
    expires_at: datetime
    identifier: str
    spec: TableSpec
    is_base_table: bool


@dataclass(frozen=True, slots=True)
class Ask:
    """What a reader asks to be let into; without a release or a day it is the one in force. In mode OPEN everybody asks.

    as_of: the day in the city whose release answers, decided by the view of today.
    """

    department_id: str
    resource: str
    mode: str
    grant_id: str | None = None
    release_id: str | None = None
    as_of: date | None = None


class AccessCache:
    """Callers by token and views by ask, for one process; safe from several threads."""

    def __init__(
        self, engine: Engine, store: Store, keys: Keys, zone: ZoneInfo, *, timer: Callable[[], float] = time.monotonic
    ) -> None:
        self._engine, self._store, self._keys, self._zone, self._timer = engine, store, keys, zone, timer
        self._lock = threading.Lock()
        self._looked = float("-inf")
        self._stamp: Stamp | None = None
        self._day: date | None = None
        self._next_day = datetime.min.replace(tzinfo=zone)
        self._callers: dict[str, Caller] = {}
        self._tokens: dict[str, tuple[str, datetime]] = {}
        self._views: dict[Ask, Access] = {}
        self._tables: dict[tuple[str, str], str] | None = None
        self._granted: dict[tuple[str, str], list[tuple[str, datetime, datetime]]] = {}

    def tables(self, now: datetime) -> dict[tuple[str, str], str]:
        """(base, table) -> slug of every base table that is published."""
        self._refresh(now)
        found, stamp = self._tables, self._stamp
        if found is None:
            with Session(self._engine) as db:
                found = {(r.unit, r.table_name): r.slug for r in resources.base_tables(db)}
            if self._stamp == stamp:
                self._tables = found
        return found

    def granted(self, department_id: str, mode: str, now: datetime) -> frozenset[str]:
        """The resources of which a department has a grant in force in a mode; probes are left out."""
        self._refresh(now)
        found, stamp = self._granted.get((department_id, mode)), self._stamp
        if found is None:
            with Session(self._engine) as db:
                found = [
                    (grant.resource.slug, version.valid_from, version.expires_at)
                    for grant in grants.held_by(db, department_id)
                    for version in [grant.versions[-1]]
                    if mode in version.modes
                ]
            if self._stamp == stamp:
                self._granted[department_id, mode] = found
        return frozenset(slug for slug, start, end in found if start <= now < end)

    def caller(self, token: str, now: datetime) -> Caller:
        """Who a bearer token stands for; raises NotSignedIn, naming the client where it is known."""
        self._refresh(now)
        known = self._tokens.get(token)
        if known is None:
            known = clients.read_token(self._keys, token)
            if len(self._tokens) >= MAX_TOKENS:
                self._tokens.clear()
            self._tokens[token] = known
        client_id, ends = known
        if now >= ends:
            raise NotSignedIn("令牌已过期", remedy="重新申请令牌", client=client_id)
        caller = self._callers.get(client_id)
        if caller is None:
            # perhaps a client of this very moment
            self.look_again()
            self._refresh(now)
            caller = self._callers.get(client_id)
        if caller is None:
            raise NotSignedIn("客户端已停用", remedy="联系本部门管理员", client=client_id)
        return caller

    def look_again(self) -> None:
        """Look at the revisions at the next use, however short ago the last look was."""
        self._looked = float("-inf")

    def held(self, ask: Ask, now: datetime) -> Access | None:
        """The access when it is at hand and in force, without touching the register more than for a look."""
        self._refresh(now)
        access = self._views.get(ask)
        return access if access is not None and access.valid_from <= now < access.expires_at else None

    def find(self, ask: Ask, now: datetime) -> Access:
        """The access, out of the register when it is not at hand; raises NotGranted, NoRelease and the like."""
        access = self.held(ask, now)
        if access is None:
            stamp = self._stamp
            with Session(self._engine) as db:
                access = load(db, self._store, self._keys, ask, now, now.astimezone(self._zone).date(), self._zone)
            with self._lock:
                # what was read while a revision moved is used this once and not held
                if self._stamp == stamp and _stamp(self._engine) == stamp:
                    if len(self._views) >= MAX_VIEWS:
                        self._views.clear()
                    self._views[ask] = access
        return access

    def _refresh(self, now: datetime) -> None:
        """Let go of everything when a revision moved or a day ended since the last look."""
        if now >= self._next_day or self._timer() - self._looked >= LOOK_EVERY:
            with self._lock:
                self._look(now)

    def _look(self, now: datetime) -> None:
        looked, stamp, day = self._timer(), _stamp(self._engine), now.astimezone(self._zone).date()
        if stamp != self._stamp or day != self._day:
            with Session(self._engine) as db:
                callers = clients.callers(db, now)
            self._callers, self._tokens, self._views = callers, {}, {}
            self._tables, self._granted = None, {}
            self._stamp, self._day = stamp, day
            self._next_day = datetime.combine(day + timedelta(days=1), datetime.min.time(), self._zone)
        self._looked = looked


def load(db: Session, store: Store, keys: Keys, ask: Ask, now: datetime, today: date, zone: tzinfo = UTC) -> Access:
    """The access out of the register; zone: the city's, in which days of the past are told apart."""
    if ask.mode == OPEN:
        return _opened(db, store, directory.get(db, ask.resource).resource, today)
    resource = resources.get(db, ask.resource)
    if ask.mode == KEYS:
        return _keys_of(db, store, resource)
    if ask.mode == VERIFY:
        return _verified(db, store, resource, today)
    version = grants.grant_of(
        db, resource, department_id=ask.department_id, mode=ask.mode, now=now, grant_id=ask.grant_id
    )
    release = _release(db, resource.unit, ask, zone)
    view = policy.view(db, store, keys, version, resource, release, today=today)
    return _access(db, resource, view, version.purpose, (version.valid_from, version.expires_at))


def _release(db: Session, unit: str, ask: Ask, zone: tzinfo) -> Release:
    if ask.release_id:
        return past.get(db, unit, ask.release_id, zone)
    return past.in_force_on(db, unit, ask.as_of, zone) if ask.as_of else releases.in_force(db, unit)


def _opened(db: Session, store: Store, resource: Resource, today: date) -> Access:
    """What everybody may read of the release in force."""
    view = policy.open_view(db, store, resource, releases.in_force(db, resource.unit), today=today)
    return _access(db, resource, view, OPENING, (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)))


def _verified(db: Session, store: Store, resource: Resource, today: date) -> Access:
    """States of licences by their identifiers, that everybody may have verified."""
    release = releases.in_force(db, resource.unit)
    view = policy.verify_view(db, store, resource, release, asked="licence_id", columns=_VERIFIED, today=today)
    return _access(db, resource, view, VERIFYING, (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)))


def _keys_of(db: Session, store: Store, resource: Resource) -> Access:
    """The keys of records by their identifiers, and nothing that stands in them."""
    identifiers = [item.name for item in resource.items if item.identifier is not None]
    view = policy.key_view(store, resource, releases.in_force(db, resource.unit), identifiers)
    return _access(db, resource, view, "", (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)))


def _access(db: Session, resource: Resource, view: View, purpose: str, span: tuple[datetime, datetime]) -> Access:
    return Access(
        view=view,
        unit=resource.unit,
        purpose=purpose,
        columns={column.name: column.mask.value for column in view.columns},
        valid_from=span[0],
        expires_at=span[1],
        identifier=_identifier(resource),
        spec=resources.table_spec(db, resource),
        is_base_table=resource.is_base_table,
    )


def _identifier(resource: Resource) -> str:
    return next((item.name for item in resource.items if item.is_lookup and item.identifier is not None), "")


def _stamp(engine: Engine) -> Stamp:
    with engine.connect() as connection:
        rows = connection.execute(select(Revision.name, Revision.value).order_by(Revision.name))
        return tuple((row.name, row.value) for row in rows)
