"""Publishing, rolling back, pruning."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from catalog import past, releases, retention, rollbacks
from catalog.errors import Conflict, NoRelease, NotFound, ReleaseExpired
from catalog.models import Release
from catalog.store import Store
from tests.conftest import NOW

ZONE = ZoneInfo("Asia/Shanghai")


def make(
    db: Session,
    store: Store,
    unit: str,
    release_id: str,
    *,
    now: datetime = NOW,
    sources: tuple[tuple[str, str], ...] = (),
) -> Release:
    manifest = {
        "unit": unit,
        "release_id": release_id,
        "identity": release_id * 2,
        "tables": {unit: {"rows": 1}},
        "built_from": [{"unit": u, "release_id": r} for u, r in sources],
    }
    folder = store.release(unit, release_id)
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps(manifest))
    release = releases.record(db, store, manifest, now=now)
    releases.publish(db, release, now=now, by="test")
    return release


def test_before_the_first_release_there_is_none(db: Session) -> None:
    with pytest.raises(NoRelease):
        releases.in_force(db, "person")


def test_the_newest_publication_is_in_force_and_publishing_it_again_is_nothing(db: Session, store: Store) -> None:
    make(db, store, "police", "r1")
    second = make(db, store, "police", "r2")
    assert releases.in_force(db, "police").release_id == "r2"
    assert not releases.publish(db, second, now=NOW, by="test")


def test_rolling_back_takes_the_release_before(db: Session, store: Store) -> None:
    make(db, store, "police", "r1")
    make(db, store, "police", "r2")
    assert rollbacks.roll_back(db, "police", None, now=NOW, by="s", reason="wrong") == [("police", "r1")]
    assert releases.in_force(db, "police").release_id == "r1"


def test_there_is_nothing_before_the_first_release(db: Session, store: Store) -> None:
    make(db, store, "police", "r1")
    with pytest.raises(Conflict, match="更早"):
        rollbacks.roll_back(db, "police", None, now=NOW, by="s", reason="x")


def test_a_source_in_use_goes_back_only_with_the_bases_built_from_it(db: Session, store: Store) -> None:
    make(db, store, "police", "r1")
    make(db, store, "natural_person", "b1", sources=(("police", "r1"),))
    make(db, store, "police", "r2")
    make(db, store, "natural_person", "b2", sources=(("police", "r2"),))
    with pytest.raises(Conflict) as refused:
        rollbacks.roll_back(db, "police", "r1", now=NOW, by="s", reason="x")
    assert refused.value.facts["dependents"] == ["natural_person"]
    moved = rollbacks.roll_back(db, "police", "r1", now=NOW, by="s", reason="x", with_dependents=True)
    assert moved == [("police", "r1"), ("natural_person", "b1")]
    assert releases.current_ids(db) == {"police": "r1", "natural_person": "b1"}


def test_nothing_is_rolled_back_when_a_dependent_cannot_follow(db: Session, store: Store) -> None:
    make(db, store, "police", "r1")
    make(db, store, "police", "r2")
    make(db, store, "natural_person", "b2", sources=(("police", "r2"),))
    with pytest.raises(Conflict, match="不依赖"):
        rollbacks.roll_back(db, "police", "r1", now=NOW, by="s", reason="x", with_dependents=True)
    assert releases.in_force(db, "police").release_id == "r2"


def test_pruning_keeps_what_is_in_force_what_it_came_from_and_the_newest_of_each_day(db: Session, store: Store) -> None:
    day = timedelta(days=1)
    for number in range(5):
        make(db, store, "police", f"r{number}", now=NOW - (10 - number) * day)
    make(db, store, "natural_person", "b0", now=NOW - 9 * day, sources=(("police", "r0"),))
    gone = retention.prune(db, store, now=NOW, zone=ZONE, keep_daily=2, keep_month_ends=1)
    assert [(r.unit, r.release_id) for r in gone] == [("police", "r2"), ("police", "r1")]
    assert not store.release("police", "r1").exists()
    assert store.release("police", "r0").exists(), "a base in force was built from it"
    with pytest.raises(ReleaseExpired):
        releases.get(db, "police", "r1")


def test_pruning_keeps_what_a_day_and_a_month_ended_with_in_the_city(db: Session, store: Store) -> None:
    """The nightly run of 1 March is at 17 o'clock of 28 February in UTC."""
    night = datetime(2026, 3, 1, 1, tzinfo=ZONE)
    make(db, store, "police", "february", now=night - timedelta(hours=15))
    make(db, store, "police", "march", now=night)
    make(db, store, "police", "wrong", now=night + timedelta(hours=10))
    rollbacks.roll_back(db, "police", "march", now=night + timedelta(hours=11), by="s", reason="wrong")
    make(db, store, "police", "now", now=night + timedelta(hours=30))
    gone = retention.prune(db, store, now=NOW, zone=ZONE, keep_daily=2, keep_month_ends=2)
    assert [r.release_id for r in gone] == ["wrong"]
    ended = [past.in_force_on(db, "police", date(*day), ZONE).release_id for day in ((2026, 2, 28), (2026, 3, 1))]
    assert ended == ["february", "march"]


def test_a_dry_run_prunes_nothing(db: Session, store: Store) -> None:
    for number in range(3):
        make(db, store, "police", f"r{number}", now=NOW + timedelta(minutes=number))
    assert len(retention.prune(db, store, now=NOW, zone=ZONE, keep_daily=1, keep_month_ends=1, dry_run=True)) == 2
    assert releases.get(db, "police", "r0")


def test_an_unknown_release_is_not_found(db: Session) -> None:
    with pytest.raises(NotFound):
        releases.get(db, "police", "r9")


def test_a_city_release_pins_the_bases_that_answer_together(db: Session, store: Store) -> None:
    make(db, store, "natural_person", "b1")
    pinned = releases.pin_city(db, ["natural_person", "credit"], now=NOW)
    assert pinned is not None
    assert pinned.members == {"natural_person": "b1"}
    assert releases.pin_city(db, ["natural_person", "credit"], now=NOW) is None
