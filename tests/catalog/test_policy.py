"""Which rows of a release a grant opens, asked of real rows."""

from __future__ import annotations

from contextlib import closing

import pytest
from sqlalchemy.orm import Session

from basedb import read
from basedb.natural_person import spec
from catalog import policy, registration, resources
from catalog.keys import Keys, Purpose
from catalog.models import GrantVersion, Release, Resource
from catalog.store import Store
from catalog.vocab import Base
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


@pytest.mark.parametrize(
    ("includes_deceased", "shown"), [(False, {ALIVE, UNKNOWN}), (True, set(DEATHS))], ids=["by default", "when named"]
)
def test_the_deceased_are_left_out_also_when_nobody_knows_the_day(
    city: Session, store: Store, person: Resource, includes_deceased: bool, shown: set[str]
) -> None:
    keys = Keys(store.keys).ensure()
    release = Release(unit=person.unit, release_id="r1")
    columns = spec.PERSON.names
    rows = [
        tuple({"record_key": key, "is_deceased": dead, "death_date": day}.get(column) for column in columns)
        for key, (dead, day) in DEATHS.items()
    ]
    folder = write_release(store.release(person.unit, "r1"), spec.PERSON, rows)
    version = GrantVersion(
        grant_id="g1", version=1, columns={"name": "partial"}, includes_minors=False,
        includes_deceased=includes_deceased, mask_key_id=keys.current(Purpose.MASK).id,
    )  # fmt: skip
    view = policy.view(city, store, keys, version, person, release, today=TODAY)
    with closing(read.open_lookup(folder)) as connection:
        assert {row["record_key"] for row in read.page(connection, view).rows} == shown
