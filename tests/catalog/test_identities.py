"""Merges and splits add up to groups with one canonical key; nothing that names a person lies open in the register."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog import identities, linkages
from catalog.errors import Conflict, Invalid, NotAllowed
from catalog.identities import Named
from catalog.keys import Keys
from catalog.models import Department, IdentityDecision
from catalog.store import Store
from tests.catalog.conftest import make_department
from tests.conftest import NOW

A, B, C, D = "00000019000101001X", "000000195502030024", "000000198001010011", "000000197001010011"


@pytest.fixture
def keys(store: Store) -> Keys:
    return Keys(store.keys).ensure()


@pytest.fixture
def authority(db: Session) -> Department:
    return make_department(db, "digital_government", 1, is_authority=True)


class Desk:
    """Decides in the authority's name."""

    def __init__(self, db: Session, keys: Keys, department: Department) -> None:
        self.db, self.keys = db, keys
        self.who = {"department_id": department.id, "by": "steward", "now": NOW}

    def merge(self, kept: str, other: str, kind: str = "person") -> IdentityDecision:
        self.who["now"] += timedelta(minutes=1)
        named = [Named(each, f"key of {each[-6:]}") for each in (kept, other)]
        words = {"reason": "补领证件", "evidence": "公安机关证明"}
        return identities.merge(self.db, self.keys, kind, *named, **words, **self.who)

    def split(self, found: IdentityDecision) -> IdentityDecision:
        words = {"reason": "两人同名", "evidence": "当事人说明"}
        return identities.split(self.db, self.keys, found, **words, **self.who)

    @property
    def groups(self) -> dict[str, str]:
        return {natural: into for _, natural, into in identities.same_as(self.db, self.keys)}


@pytest.fixture
def desk(db: Session, keys: Keys, authority: Department) -> Desk:
    return Desk(db, keys, authority)


def test_a_merge_names_the_whole_group_with_the_one_that_stays(desk: Desk) -> None:
    desk.merge(A, B)
    assert desk.groups == {A: A, B: A}


def test_merges_in_a_row_lead_to_the_last_that_nobody_gave_up(desk: Desk) -> None:
    desk.merge(A, B)
    desk.merge(C, A)
    assert desk.groups == {A: C, B: C, C: C}
    desk.merge(C, D)
    assert set(desk.groups.values()) == {C}


def test_a_split_undoes_one_merge_and_leaves_the_others(desk: Desk) -> None:
    first = desk.merge(A, B)
    desk.merge(A, C)
    desk.split(first)
    assert desk.groups == {A: A, C: A}


def test_what_was_split_may_be_merged_again_the_other_way_round(desk: Desk) -> None:
    desk.split(desk.merge(A, B))
    assert desk.groups == {}
    desk.merge(B, A)
    assert desk.groups == {A: B, B: B}


def test_no_merge_joins_by_the_way_what_was_decided_to_be_two(desk: Desk) -> None:
    desk.split(desk.merge(A, B))
    desk.merge(D, B)
    desk.merge(A, C)
    with pytest.raises(Conflict, match="不是同一主体"):
        desk.merge(C, D)
    assert desk.groups == {A: A, C: A, B: D, D: D}
    desk.merge(A, B)
    assert len(set(desk.groups.values())) == 1, "on the pair itself the newest decision counts"


def test_every_decision_stays_with_who_when_and_why(desk: Desk, db: Session, keys: Keys) -> None:
    desk.split(desk.merge(A, B))
    rows = db.scalars(select(IdentityDecision).order_by(IdentityDecision.id)).all()
    assert [(row.is_same, row.by, identities.unsealed(keys, row).reason) for row in rows] == [
        (True, "steward", "补领证件"),
        (False, "steward", "两人同名"),
    ]


def test_no_identifier_and_no_word_lies_open_in_the_register(desk: Desk, db: Session) -> None:
    row = desk.merge(A, B)
    kept = " ".join(str(getattr(row, column.key)) for column in IdentityDecision.__table__.columns)
    assert not any(text in kept for text in (A, B, "补领", "公安"))


def test_the_same_pair_is_not_merged_twice_nor_split_twice(desk: Desk) -> None:
    first = desk.merge(A, B)
    with pytest.raises(Conflict):
        desk.merge(B, A)
    desk.split(first)
    with pytest.raises(Conflict):
        desk.split(first)


@pytest.mark.parametrize("kind, other", [("person", A), ("street", B)])
def test_one_key_twice_and_an_unknown_kind_are_refused(desk: Desk, kind: str, other: str) -> None:
    with pytest.raises(Invalid):
        desk.merge(A, other, kind)


def test_nobody_but_the_authority_decides(db: Session, keys: Keys, authority: Department) -> None:
    with pytest.raises(NotAllowed):
        Desk(db, keys, make_department(db, "police", 2)).merge(A, B)


def test_the_newest_answer_on_a_statement_counts(db: Session, keys: Keys, authority: Department) -> None:
    who = {"reason": "同一人", "department_id": authority.id, "by": "steward", "now": NOW}
    linkages.decide(db, keys, "person", "s1", "r1", **who)
    linkages.decide(db, keys, "person", "s2", "r1", **who)
    linkages.decide(db, keys, "person", "s1", None, **who)
    assert linkages.linked(db) == [("person", "s1", None), ("person", "s2", "r1")]
