"""Which rows of a release a grant opens, asked of real rows."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from basedb import read
from basedb.natural_person import spec
from catalog import lineage, policy, registration, resources
from catalog.keys import Keys, Purpose
from catalog.models import BaseInput, GrantVersion, Release, Resource
from catalog.store import Store
from catalog.vocab import Base, Sensitivity, ShareType
from tests.basedb.test_read import key_of, write_release
from tests.catalog.conftest import NOW, TODAY

ALIVE, UNKNOWN, DEAD, DEAD_ON_A_DAY, DAY_ALONE = map(key_of, range(5))
DEATHS = {
    ALIVE: (False, None), UNKNOWN: (None, None), DEAD: (True, None), DEAD_ON_A_DAY: (True, "2026-03-01"),
    DAY_ALONE: (False, "2026-03-01"),
}  # fmt: skip


@pytest.fixture
def person(city: Session) -> Resource:
    registration.enter_base_tables(city, Base.NATURAL_PERSON, spec.TITLE, spec.TABLES, now=NOW, on=TODAY)
    return resources.get(city, "person")


def write_deaths(store: Store, person: Resource) -> Path:
    """A release with a row per way to be alive or not."""
    rows = [
        tuple({"record_key": key, "is_deceased": dead, "death_date": day}.get(column) for column in spec.PERSON.names)
        for key, (dead, day) in DEATHS.items()
    ]
    return write_release(store.release(person.unit, "r1"), spec.PERSON, rows)


@pytest.mark.parametrize(
    ("includes_deceased", "shown"), [(False, {ALIVE, UNKNOWN}), (True, set(DEATHS))], ids=["by default", "when named"]
)
def test_the_deceased_are_left_out_also_when_nobody_knows_the_day(
    city: Session, store: Store, person: Resource, includes_deceased: bool, shown: set[str]
) -> None:
    keys, release = Keys(store.keys).ensure(), Release(unit=person.unit, release_id="r1")
    folder = write_deaths(store, person)
    version = GrantVersion(
        grant_id="g1", version=1, columns={"name": "partial"}, includes_minors=False,
        includes_deceased=includes_deceased, mask_key_id=keys.current(Purpose.MASK).id,
    )  # fmt: skip
    view = policy.view(city, store, keys, version, person, release, today=TODAY)
    with closing(read.open_lookup(folder, "person")) as connection:
        assert {row["record_key"] for row in read.page(connection, view).rows} == shown


def test_everybody_sees_nobody_deceased_however_open_the_resource_is(
    city: Session, store: Store, person: Resource
) -> None:
    release, folder = Release(unit=person.unit, release_id="r1"), write_deaths(store, person)
    person.is_open, person.share_type = True, ShareType.UNCONDITIONAL
    opened = next(item for item in person.items if item.name == "sex_code")
    opened.is_open, opened.share_type, opened.sensitivity = True, ShareType.UNCONDITIONAL, Sensitivity.PUBLIC
    city.flush()
    view = policy.open_view(city, store, person, release, today=TODAY)
    with closing(read.open_lookup(folder, "person")) as connection:
        rows = read.page(connection, view).rows
    assert {row["record_key"] for row in rows} == {ALIVE, UNKNOWN}
    assert {frozenset(row) for row in rows} == {frozenset({"record_key", "sex_code"})}


def test_a_column_of_a_base_is_no_more_open_than_its_strictest_source(city: Session, person: Resource) -> None:
    source = resources.get(city, "police_population")
    city.add(BaseInput(base=Base.NATURAL_PERSON.value, role="resident", resource=source))
    person.is_open, person.share_type = True, ShareType.UNCONDITIONAL
    for item in person.items:
        item.is_open, item.share_type, item.sensitivity = True, ShareType.UNCONDITIONAL, Sensitivity.PUBLIC
    city.flush()
    assert not policy.is_open(city, person, TODAY)
    source.share_type = ShareType.UNCONDITIONAL
    for item in source.items:
        item.share_type = ShareType.UNCONDITIONAL
    city.flush()
    assert policy.is_open(city, person, TODAY)


def test_what_a_build_only_holds_its_rows_against_makes_no_column_stricter(city: Session, person: Resource) -> None:
    source = resources.get(city, "police_population")
    city.add(BaseInput(base=Base.NATURAL_PERSON.value, role="check_resident", resource=source))
    person.is_open, person.share_type = True, ShareType.UNCONDITIONAL
    for item in person.items:
        item.is_open, item.share_type, item.sensitivity = True, ShareType.UNCONDITIONAL, Sensitivity.PUBLIC
    city.flush()
    assert policy.is_open(city, person, TODAY)
    assert lineage.sources_of(city, person, TODAY)["name"] == ()


def test_what_everybody_sees_ends_on_the_same_day_as_what_a_grant_shows(
    city: Session, store: Store, person: Resource
) -> None:
    write_deaths(store, person)
    release, keys = Release(unit=person.unit, release_id="r1"), Keys(store.keys).ensure()
    person.is_open, person.share_type = True, ShareType.UNCONDITIONAL
    opened = next(item for item in person.items if item.name == "sex_code")
    opened.is_open, opened.share_type, opened.sensitivity = True, ShareType.UNCONDITIONAL, Sensitivity.PUBLIC
    city.flush()
    version = GrantVersion(
        grant_id="g1", version=1, columns={"sex_code": "plain"}, includes_minors=False, includes_deceased=False,
        mask_key_id=keys.current(Purpose.MASK).id,
    )  # fmt: skip
    granted = policy.view(city, store, keys, version, person, release, today=TODAY)
    everybody = policy.open_view(city, store, person, release, today=TODAY)
    assert (everybody.where, everybody.suppressed) == (granted.where, granted.suppressed)
