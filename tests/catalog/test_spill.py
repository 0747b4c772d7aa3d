"""What came of a delivery's bytes: the same bytes elsewhere, releases, and bases built from them."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from catalog import departments, releases, resources, spill
from catalog.errors import Conflict, Invalid, ReleaseExpired, Suppressed
from catalog.models import Delivery, Release
from catalog.store import Store
from catalog.vocab import Channel, DeliveryState
from tests.catalog.conftest import make_resource
from tests.conftest import NOW


def delivery(db: Session, slug: str, period: str, digest: str) -> Delivery:
    found = Delivery(
        resource=resources.get(db, slug), period=period, sequence=1, digest=digest * 64, filename="a", size=1,
        channel=Channel.API, delivered_by="t", state=DeliveryState.ACCEPTED, received_at=NOW,
    )  # fmt: skip
    db.add(found)
    db.flush()
    return found


def release(
    db: Session, store: Store, unit: str, name: str, held: list[Delivery], built_from: list[str], at: int
) -> None:
    """A published release of the deliveries, or built from `unit/release_id` of others."""
    folder = store.release(unit, name)
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps({"deliveries": [{"delivery_id": d.id} for d in held]}))
    sources = [dict(zip(("unit", "release_id"), each.split("/"), strict=True)) for each in built_from]
    made = Release(
        unit=unit, release_id=name, identity=name, manifest_digest="0", tables={}, built_from=sources,
        created_at=NOW + timedelta(minutes=at),
    )  # fmt: skip
    db.add(made)
    db.flush()
    releases.publish(db, made, now=NOW, by="t")


@pytest.fixture
def spilled(city: Session, store: Store) -> Delivery:
    """The second delivery of the police, folded, built into a base, built into another; also sent elsewhere."""
    make_resource(city, departments.get(city, "police"), "police_other")
    first, second = (
        delivery(city, "police_population", "2026-11-18", "a"),
        delivery(city, "police_population", "2026-11-19", "b"),
    )
    other = delivery(city, "police_other", "2026-11-19", "b")
    release(city, store, "police_population", "r1", [first], [], 1)
    release(city, store, "natural_person", "n1", [], ["police_population/r1"], 2)
    release(city, store, "police_population", "r2", [first, second], [], 3)
    release(city, store, "natural_person", "n2", [], ["police_population/r2"], 4)
    release(city, store, "credit", "c1", [], ["natural_person/n2"], 5)
    release(city, store, "police_other", "o1", [other], [], 6)
    return second


TOUCHED = ["credit/c1", "natural_person/n2", "police_other/o1", "police_population/r2"]


def test_the_same_bytes_elsewhere_and_all_that_was_built_are_found(
    city: Session, store: Store, spilled: Delivery
) -> None:
    found = spill.derived(city, store, spilled)
    assert found.releases == TOUCHED
    assert (len(found.deliveries), found.resources) == (2, ["police_other", "police_population"])


def test_a_freeze_shuts_every_release_and_lifting_opens_them(city: Session, store: Store, spilled: Delivery) -> None:
    made = spill.freeze(city, store, spilled, reason="误报", by="t", now=NOW)
    for each in TOUCHED:
        with pytest.raises(Suppressed):
            releases.in_force(city, each.split("/")[0])
    assert releases.get(city, "police_population", "r1")
    with pytest.raises(Conflict):
        spill.freeze(city, store, spilled, reason="误报", by="t", now=NOW)
    spill.lift(city, made, by="t", now=NOW)
    assert releases.in_force(city, "natural_person").release_id == "n2"
    with pytest.raises(Conflict):
        spill.erase(city, store, made, by="t", now=NOW)


def test_an_erasure_takes_what_was_built_since_the_freeze_too(city: Session, store: Store, spilled: Delivery) -> None:
    made = spill.freeze(city, store, spilled, reason="误报", by="t", now=NOW)
    release(city, store, "macro_economy", "m1", [], ["credit/c1"], 7)
    moved = spill.erase(city, store, made, by="t", now=NOW)
    assert sorted(moved) == [("natural_person", "n1"), ("police_population", "r1")]
    for unit in ("credit", "macro_economy", "police_other"):
        with pytest.raises(ReleaseExpired, match="保密"):
            releases.in_force(city, unit)
    assert not any(store.release(*each.split("/")).exists() for each in (*TOUCHED, "macro_economy/m1"))
    assert releases.in_force(city, "natural_person").release_id == "n1"
    assert spill.to_fold_again(city) == {
        "credit",
        "macro_economy",
        "natural_person",
        "police_other",
        "police_population",
    }
    with pytest.raises(Conflict):
        spill.freeze(city, store, spilled, reason="误报", by="t", now=NOW)


def test_a_freeze_needs_a_reason(city: Session, store: Store, spilled: Delivery) -> None:
    with pytest.raises(Invalid):
        spill.freeze(city, store, spilled, reason=" ", by="t", now=NOW)
