"""Only a base whose inputs changed is built again; the others keep the release they have."""

from __future__ import annotations

import pytest

from basedb import build
from catalog import releases, rollbacks
from catalog.vocab import Base
from pipelines.basedbs import build_candidate, plan, publish_candidate
from pipelines.checking import take
from pipelines.house import House
from pipelines.landing import collect


def in_force(house: House) -> dict[str, str]:
    with house.transaction() as db:
        return {unit: release for unit, release in releases.current_ids(db).items() if unit in set(Base)}


def deliver_again(house: House, department: str, slug: str) -> None:
    """The resource's file once more with one row less, for the next day."""
    (source,) = (house.store.home / "sample" / "landing" / department / slug).glob("*.csv")
    lines = source.read_bytes().splitlines(keepends=True)
    target = house.store.landing / department / slug / "2026-11-20.csv"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(b"".join(lines[:-1]))
    collect(house)
    assert take(house, slug, "run").is_new


def test_a_delivery_builds_the_bases_that_read_it_and_no_other(
    city_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    for base in Base:
        publish_candidate(city_house, build_candidate(city_house, base))
    before = in_force(city_house)
    deliver_again(city_house, "police", "police_population")
    readers = {base for base in Base if any(
        each.resource == "police_population" for filling in plan(city_house, base).inputs.values() for each in filling
    )}  # fmt: skip
    assert readers and readers != set(Base)
    built: list[str] = []
    real = build.build
    monkeypatch.setattr(build, "build", lambda given, out: built.append(given.base.name) or real(given, out))
    for base in Base:
        assert publish_candidate(city_house, build_candidate(city_house, base)) == (base in readers)
    assert set(built) == readers
    after = in_force(city_house)
    assert {base for base in after if after[base] != before[base]} == readers


def test_what_was_rolled_back_stays_so_until_there_is_something_new(city_house: House) -> None:
    """The nightly run builds the same of the same inputs, and would bring back by itself what a steward took away."""
    base, slug = Base.NATURAL_PERSON, "police_population"
    publish_candidate(city_house, build_candidate(city_house, base))
    with city_house.transaction() as db:
        before = releases.current_ids(db)
    deliver_again(city_house, "police", slug)
    assert publish_candidate(city_house, build_candidate(city_house, base))
    for unit in (base, slug):
        with city_house.transaction() as db:
            rollbacks.roll_back(db, unit, None, now=city_house.clock(), by="steward", reason="报错了")
        assert not take(city_house, slug, "run").is_new
        assert not publish_candidate(city_house, build_candidate(city_house, base))
    with city_house.transaction() as db:
        assert releases.current_ids(db) == before
