"""Which rows of a release a grant opens, asked of real rows."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from basedb import read
from basedb.natural_person import spec
from catalog import departments, directory, grants, lineage, policy, registration, resources
from catalog.errors import NoRelease
from catalog.keys import Keys, Purpose
from catalog.models import BaseInput, GrantVersion, Publication, Release, Resource
from catalog.store import Store
from catalog.vocab import Base, Mask, Sensitivity, ShareType
from tests.basedb.test_read import key_of, write_release
from tests.catalog.conftest import NOW, TODAY, make_resource
from tests.catalog.conftest import item as make_item

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
    keys, release = Keys(store.keys).ensure(), Release(unit=person.unit, release_id="r1", created_at=NOW)
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
    release, folder = Release(unit=person.unit, release_id="r1", created_at=NOW), write_deaths(store, person)
    person.is_open, person.share_type = True, ShareType.UNCONDITIONAL
    opened = next(item for item in person.items if item.name == "sex_code")
    opened.is_open, opened.share_type, opened.sensitivity = True, ShareType.UNCONDITIONAL, Sensitivity.PUBLIC
    city.flush()
    view = policy.open_view(city, store, person, release, today=TODAY)
    with closing(read.open_lookup(folder, "person")) as connection:
        rows = read.page(connection, view).rows
    assert {row["record_key"] for row in rows} == {ALIVE, UNKNOWN}
    assert {frozenset(row) for row in rows} == {frozenset({"record_key", "sex_code"})}


def test_a_table_that_came_after_a_release_is_told_so(city: Session, store: Store, person: Resource) -> None:
    release = Release(unit=person.unit, release_id="r1", created_at=NOW, tables={"person": 5})
    write_deaths(store, person)
    later = resources.get(city, "person_marital")
    with pytest.raises(NoRelease, match="r1"):
        policy.review_view(city, store, later, release, ["person_key"], today=TODAY)
    assert directory.Listing(later, release).rows is None and directory.Listing(person, release).rows == 5


def test_a_column_of_a_base_is_no_more_open_than_its_strictest_source(city: Session, person: Resource) -> None:
    source = resources.get(city, "police_population")
    city.add(BaseInput(base=Base.NATURAL_PERSON.value, role="resident", resource=source))
    person.is_open, person.share_type = True, ShareType.UNCONDITIONAL
    for item in person.items:
        item.is_open, item.share_type, item.sensitivity = True, ShareType.UNCONDITIONAL, Sensitivity.PUBLIC
    city.flush()
    assert not policy.open_forms(city, person, TODAY)
    source.share_type = ShareType.UNCONDITIONAL
    for item in source.items:
        item.share_type = ShareType.UNCONDITIONAL
    city.flush()
    assert not policy.open_forms(city, person, TODAY)
    source.is_open = True
    for item in source.items:
        item.is_open, item.sensitivity = True, Sensitivity.PUBLIC
    city.flush()
    assert policy.open_forms(city, person, TODAY)


def test_a_column_of_a_base_is_as_sensitive_as_its_strictest_source(city: Session, person: Resource) -> None:
    source = resources.get(city, "police_population")
    city.add(BaseInput(base=Base.NATURAL_PERSON.value, role="resident", resource=source))
    theirs = next(item for item in source.items if item.name in person_names(person))
    theirs.sensitivity = Sensitivity.SENSITIVE
    own = next(item for item in person.items if item.name == theirs.name)
    own.code_list, own.sensitivity = theirs.code_list, Sensitivity.PUBLIC
    city.flush()
    held = lineage.classes(city, person, TODAY)[own.name]
    assert (held.sensitivity, held.is_open) == (Sensitivity.SENSITIVE, False)
    assert policy.default_masks(city, person, TODAY)[own.name] is not Mask.PLAIN


def test_a_column_is_as_strict_as_the_item_of_another_name_that_it_is_drawn_from(
    city: Session, person: Resource
) -> None:
    stays = resources.get(city, "person_residence")
    source = make_resource(city, departments.get(city, "police"), "stays", share_type=ShareType.UNCONDITIONAL)
    source.items[:] = [
        make_item("residence_address", 0, share_type=ShareType.NOT_SHARED),
        make_item("residence_division_code", 1, share_type=ShareType.UNCONDITIONAL),
    ]
    source.items[0].sensitivity = Sensitivity.SENSITIVE
    city.add(BaseInput(base=Base.NATURAL_PERSON.value, role="residence", resource=source))
    city.flush()
    held = lineage.classes(city, stays, TODAY)
    assert (held["address"].share_type, held["address"].sensitivity) == (ShareType.NOT_SHARED, Sensitivity.SENSITIVE)
    assert held["division_code"].share_type is not ShareType.NOT_SHARED
    assert [each.resource_id for each in lineage.sources_of(city, stays, TODAY)["address"]] == [source.id]


def person_names(person: Resource) -> set[str]:
    return {item.name for item in person.items}


CLASS = st.builds(lineage.Class, st.sampled_from(ShareType), st.sampled_from(Sensitivity), st.booleans())


@given(st.lists(CLASS, min_size=1))
def test_the_strictest_is_never_looser_than_any_of_them(held: list[lineage.Class]) -> None:
    found = lineage.strictest(*held)
    for each in held:
        assert found.share_type.strictness >= each.share_type.strictness
        assert found.sensitivity.strictness >= each.sensitivity.strictness
        assert each.is_open or not found.is_open
    assert found in {lineage.strictest(found, each) for each in held}


KINDS = st.sampled_from(list(ShareType))


@given(table=KINDS, column=KINDS, sources=st.lists(st.tuples(KINDS, KINDS), min_size=1, max_size=3))
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_column_of_a_base_is_looser_than_its_strictest_source(
    city: Session,
    person: Resource,
    table: ShareType,
    column: ShareType,
    sources: list[tuple[ShareType, ShareType]],
) -> None:
    """Whatever table, column, sources and their items say: the strictest of them all holds, and opens nothing more."""
    with city.begin_nested() as attempt:
        person.is_open, person.share_type = True, table
        item = next(each for each in person.items if each.name == "sex_code")
        item.is_open, item.share_type, item.sensitivity = True, column, Sensitivity.PUBLIC
        for number, (of_resource, of_item) in enumerate(sources):
            source = make_resource(city, departments.get(city, "police"), f"source{number}", share_type=of_resource)
            source.items[:] = [make_item("sex_code", 0, code_list=item.code_list, share_type=of_item)]
            source.is_open = source.items[0].is_open = True
            source.items[0].sensitivity = Sensitivity.PUBLIC
            city.add(BaseInput(base=Base.NATURAL_PERSON.value, role="resident", resource=source, rank=number))
        city.flush()
        given_out = lineage.share_types(city, person, TODAY)["sex_code"]
        every = [table, column, *(kind for pair in sources for kind in pair)]
        assert given_out.strictness == max(kind.strictness for kind in every)
        assert (item in policy.open_items(city, person, TODAY)) == (given_out is ShareType.UNCONDITIONAL)
        assert (item in policy.shareable(city, person, TODAY)) == (given_out is not ShareType.NOT_SHARED)
        attempt.rollback()


def test_what_a_build_only_holds_its_rows_against_makes_no_column_stricter(city: Session, person: Resource) -> None:
    source = resources.get(city, "police_population")
    city.add(BaseInput(base=Base.NATURAL_PERSON.value, role="check_resident", resource=source))
    person.is_open, person.share_type = True, ShareType.UNCONDITIONAL
    for item in person.items:
        item.is_open, item.share_type, item.sensitivity = True, ShareType.UNCONDITIONAL, Sensitivity.PUBLIC
    city.flush()
    assert policy.open_forms(city, person, TODAY)
    assert lineage.sources_of(city, person, TODAY)["name"] == ()


def test_what_everybody_sees_ends_on_the_same_day_as_what_a_grant_shows(
    city: Session, store: Store, person: Resource
) -> None:
    write_deaths(store, person)
    release, keys = Release(unit=person.unit, release_id="r1", created_at=NOW), Keys(store.keys).ensure()
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


def test_who_was_merged_into_a_suppressed_record_is_not_shown_as_of_the_day_before(
    city: Session, store: Store, person: Resource
) -> None:
    """In the release of the past the two stand apart; what is secret today is so under both names."""
    write_deaths(store, person)
    later = write_release(
        store.release(person.unit, "r2"), spec.PERSON, [(UNKNOWN, *[None] * (len(spec.PERSON.columns) - 1))]
    )
    facts = store.manifest(person.unit, "r2")
    facts["tables"]["person"]["merged"] = {"kind": "person", "into": {ALIVE: UNKNOWN}}
    (later / "manifest.json").write_text(json.dumps(facts))
    city.add(Publication(unit=person.unit, release_id="r2", action="publish", at=NOW, by="test"))
    grants.suppress(city, person, UNKNOWN, reason="测试", valid_from=TODAY, by="test", now=NOW)
    then = Release(unit=person.unit, release_id="r1", created_at=NOW)
    view = policy.review_view(city, store, person, then, ["name"], today=TODAY)
    assert view.suppressed == {ALIVE, UNKNOWN}
