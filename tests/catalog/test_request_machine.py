"""No path to a grant without the right decisions: any department tries any step, at any time, in any order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from catalog import extensions, grants, narrowing, registration, sharing
from catalog.clockwork import advance
from catalog.errors import PlatformError
from catalog.models import Grant, Model, SharingRequest
from catalog.vocab import ShareType
from tests.catalog.conftest import make_department, make_resource
from tests.catalog.offices import KEY, ZONE, Offices, make_base

DEPARTMENTS = ("digital_government", "police", "health", "housing", "taxation")
AUTHORITY = "digital_government"
# whose yes is needed, said here a second time and in another way
NEEDED = {
    ("police_population", "id_number"): {"police"},
    ("person", "name"): {AUTHORITY, "police", "health"},
    ("person", "sex_code"): set[str](),
}
departments = st.sampled_from((*DEPARTMENTS, AUTHORITY, "police"))


@cache
def engine() -> Engine:
    """One register in memory for all runs; each run is rolled back."""
    found = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    Model.metadata.create_all(found)
    return found


@dataclass
class Facts:
    """What really happened to a request: who said what, successfully."""

    asker: str
    needed: set[str]
    checked_by: set[str] = field(default_factory=set)
    said_yes: set[str] = field(default_factory=set)
    said_no: set[str] = field(default_factory=set)
    settled_by: set[str] = field(default_factory=set)
    returns: int = 0
    withdrawn: bool = False
    renews: str = ""


class Sharing(RuleBasedStateMachine):
    """Requests of several departments for three kinds of items, and everybody's attempts at them."""

    def __init__(self) -> None:
        super().__init__()
        self.connection = engine().connect()
        self.transaction = self.connection.begin()
        self.db = Session(self.connection, expire_on_commit=False)
        registration.enter_reference_data(self.db)
        police = make_department(self.db, "police", 2)
        make_department(self.db, AUTHORITY, 1, is_authority=True)
        for serial, slug in enumerate(("housing", "taxation"), start=3):
            make_department(self.db, slug, serial)
        make_resource(self.db, police)
        make_base(self.db, {"birth": ShareType.CONDITIONAL})
        source = self.offices.resource
        source.items[0].share_type = ShareType.UNCONDITIONAL
        own = make_resource(self.db, police, "police_second")
        self.second = own.slug
        self.requests: dict[str, Facts] = {}

    @property
    def offices(self) -> Offices:
        if not hasattr(self, "_offices"):
            self._offices = Offices(self.db)
        return self._offices

    def teardown(self) -> None:
        self.db.close()
        self.transaction.rollback()
        self.connection.close()

    def attempt(self, act: Callable[[], Any]) -> Any:
        """The step's result, or None when it was refused; a refused step leaves nothing behind."""
        try:
            with self.db.begin_nested():
                found = act()
                self.db.flush()
                return found if found is not None else True
        except PlatformError:
            return None

    def pick(self, number: int, state: str = "") -> SharingRequest:
        """One of the requests in the order they were made, of those in a state when there are any."""
        every = [sharing.get_request(self.db, each) for each in self.requests]
        ready = [each for each in every if each.state == state] or every
        return ready[number % len(ready)]

    def pick_grant(self, number: int) -> Grant | None:
        every = sorted(self.db.query(Grant), key=lambda grant: grant.versions[0].id)
        return every[number % len(every)] if every else None

    numbers = st.integers(0, 50)

    @precondition(lambda self: len(self.requests) < 3)
    @rule(what=st.sampled_from(["conditional", "base", "free"]), asker=departments)
    def ask(self, what: str, asker: str) -> None:
        slug, column = {
            "conditional": (self.second, "name"),
            "base": ("person", "name"),
            "free": ("person", "sex_code"),
        }[what]
        found = self.attempt(lambda: self.offices.ask(slug, (column,), asker=asker))
        assert found is not None
        needed = {"police"} if what == "conditional" else NEEDED[slug, column]
        # nobody need agree with itself, but for the provider
        provider = {"police"} if what == "conditional" else {AUTHORITY}
        self.requests[found.id] = Facts(asker, {d for d in needed if d != asker or d in provider})

    @precondition(lambda self: self.requests)
    @rule(number=numbers, by=departments, conforms=st.booleans())
    def check(self, number: int, by: str, conforms: bool) -> None:
        asked = self.pick(number, "checking")
        if conforms:
            if self.attempt(lambda: self.offices.check(asked, by=by)):
                self.requests[asked.id].checked_by.add(by)
        elif self.attempt(lambda: self.offices.check(asked, False, by=by, missing=[{"field": "other", "text": "x"}])):
            self.requests[asked.id].checked_by.add(by)
            self.requests[asked.id].returns += 1

    @precondition(lambda self: self.requests)
    @rule(number=numbers, kindly=st.booleans())
    def proceed(self, number: int, kindly: bool) -> None:
        """The next step by one who may take it, that runs come to the end of every way."""
        asked = self.pick(number)
        facts = self.requests[asked.id]
        if asked.state == "checking" and self.attempt(lambda: self.offices.check(asked)):
            facts.checked_by.add(AUTHORITY)
        elif asked.state == "asked":
            by = min(facts.needed - facts.said_yes)
            if self.attempt(lambda: (self.offices.yes if kindly else self.offices.no)(asked, by)):
                (facts.said_yes if kindly else facts.said_no).add(by)
        elif asked.state == "refused":
            self.attempt(lambda: self.offices.dispute(asked, facts.asker))

    @precondition(lambda self: self.requests)
    @rule(number=numbers, by=departments)
    def resubmit(self, number: int, by: str) -> None:
        asked = self.pick(number, "returned")
        if self.attempt(lambda: self.offices.resubmit(asked, by=by, purpose="补正")):
            assert by == self.requests[asked.id].asker

    @precondition(lambda self: self.requests)
    @rule(number=numbers, by=departments, agrees=st.booleans())
    def answer(self, number: int, by: str, agrees: bool) -> None:
        asked = self.pick(number, "asked")
        act = self.offices.yes if agrees else self.offices.no
        facts = self.requests[asked.id]
        before = asked.state
        if self.attempt(lambda: act(asked, by)):
            assert before == "asked" and facts.checked_by == {AUTHORITY}
            assert by not in facts.said_yes | facts.said_no
            (facts.said_yes if agrees else facts.said_no).add(by)

    @precondition(lambda self: self.requests)
    @rule(number=numbers, by=departments, decides=st.booleans(), approve=st.booleans())
    def extend(self, number: int, by: str, decides: bool, approve: bool) -> None:
        asked = self.pick(number, "asked")
        due, who = asked.due_at, self.offices.who(by)
        if not decides:
            self.attempt(lambda: extensions.ask(self.db, asked, reason="忙", zone=ZONE, **who))
            assert asked.due_at == due
        elif self.attempt(lambda: extensions.decide(self.db, asked, approve=approve, zone=ZONE, **who)):
            assert by == AUTHORITY and due is not None and asked.due_at is not None
            assert (asked.due_at > due) == approve

    @precondition(lambda self: self.requests)
    @rule(number=numbers, by=departments)
    def dispute(self, number: int, by: str) -> None:
        asked = self.pick(number, "refused")
        before, escalated = asked.state, asked.escalated_at
        if self.attempt(lambda: self.offices.dispute(asked, by)):
            assert by == self.requests[asked.id].asker
            assert before == "refused" or escalated is not None

    @precondition(lambda self: self.requests)
    @rule(number=numbers, by=departments, approve=st.booleans())
    def settle(self, number: int, by: str, approve: bool) -> None:
        asked = self.pick(number, "disputed")
        before = asked.state
        if self.attempt(lambda: self.offices.settle(asked, approve, by)):
            assert before == "disputed"
            if approve:
                self.requests[asked.id].settled_by.add(by)

    @precondition(lambda self: self.requests)
    @rule(number=numbers, by=departments)
    def withdraw(self, number: int, by: str) -> None:
        asked = self.pick(number)
        if self.attempt(lambda: sharing.withdraw(self.db, asked, **self.offices.who(by))):
            assert by == self.requests[asked.id].asker
            self.requests[asked.id].withdrawn = True

    @rule(days=st.sampled_from([0, 1, 7, 20, 31]))
    def wait(self, days: int) -> None:
        self.offices.now += timedelta(days=days)
        advance(self.db, self.offices.now, ZONE)
        assert not any(advance(self.db, self.offices.now, ZONE).values())

    @rule(number=numbers, by=departments)
    def renew(self, number: int, by: str) -> None:
        grant = self.pick_grant(number)
        if grant is None:
            return
        who = self.offices.who(by)
        found = self.attempt(lambda: sharing.renew(self.db, grant, days=10, mask_key_id=KEY, zone=ZONE, **who))
        if found is not None:
            root = self.requests[grant.request_id]
            assert by == root.asker
            self.requests[found.id] = Facts(by, root.needed, renews=grant.id)

    @rule(number=numbers, revoked=st.booleans())
    def reduce(self, number: int, revoked: bool) -> None:
        grant, now = self.pick_grant(number), self.offices.now
        if grant is None:
            return
        if revoked:
            self.attempt(lambda: grants.revoke(self.db, grant, reason="x", by="x", now=now))
        else:
            name = next(iter(grant.versions[-1].columns))
            self.attempt(
                lambda: narrowing.narrow(self.db, grant, reason="x", by="x", now=now, zone=ZONE, masks={name: "hidden"})
            )

    @invariant()
    def a_grant_rests_on_the_right_decisions(self) -> None:
        for asked_id, facts in self.requests.items():
            asked = sharing.get_request(self.db, asked_id)
            agreed = facts.checked_by == {AUTHORITY} and facts.said_yes >= facts.needed and not facts.said_no
            settled = facts.checked_by == {AUTHORITY} and facts.settled_by == {AUTHORITY}
            allowed = (not facts.needed or agreed or settled) and not facts.withdrawn
            assert (asked.state == "granted") == allowed, (asked.state, facts)
            assert facts.returns <= 1
            assert self._grants_of(asked_id) == (1 if allowed and not facts.renews else 0)

    def _grants_of(self, asked_id: str) -> int:
        return self.db.query(Grant).filter_by(request_id=asked_id).count()

    @invariant()
    def a_later_version_opens_no_more(self) -> None:
        for grant in self.db.query(Grant):
            for old, new in zip(grant.versions, grant.versions[1:], strict=False):
                assert set(new.columns) <= set(old.columns)
                assert all(new.columns[n] == "hidden" or new.columns[n] == old.columns[n] for n in new.columns)
                assert new.kind == "renewed" or new.expires_at <= old.expires_at

    @invariant()
    def nothing_opens_after_the_end(self) -> None:
        for grant in self.db.query(Grant):
            newest = grant.versions[-1]
            over = grant.revoked_at is not None or newest.expires_at <= self.offices.now
            assert self._is_open(grant, self.offices.now) == (not over)

    def _is_open(self, grant: Grant, now: datetime) -> bool:
        try:
            grants.grant_of(
                self.db, grant.resource, department_id=grant.department_id, mode="lookup", now=now, grant_id=grant.id
            )
        except PlatformError:
            return False
        return True


Sharing.TestCase.settings = settings(
    max_examples=50, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
TestSharing = Sharing.TestCase
