"""What a new release of a base changed: counted beside it, and deaths told to those who must hear of them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from sqlalchemy.orm import Session

from basedb import changes, profile, spec
from catalog import deaths, releases, resources, runs
from catalog.errors import NoRelease, NotFound, ReleaseExpired, Suppressed
from catalog.vocab import Base
from pipelines.house import House

_PERSON = "person"


def in_force(house: House, unit: str) -> str:
    """The release in force, "" before the first and while it cannot be read."""
    with house.transaction() as db:
        try:
            return releases.in_force(db, unit).release_id
        except (NoRelease, NotFound, ReleaseExpired, Suppressed):
            return ""


def note_changes(house: House, unit: str, since: str, release_id: str) -> int:
    """Write the files of changes from the release before to the new one; how many deaths are among them."""
    if not since or since == release_id:
        return 0
    folder = house.store.changes(unit, release_id)
    shutil.rmtree(folder, ignore_errors=True)
    old, new = house.store.release(unit, since), house.store.release(unit, release_id)
    counted = changes.between(old, new, folder, house.engine)
    (folder / "changes.json").write_text(json.dumps({"since": since, "tables": counted}, sort_keys=True))
    return _note_deaths(house, since, folder, new) if unit == Base.NATURAL_PERSON else 0


def note_links(house: House, unit: str, *, is_first: bool) -> None:
    """Write beside the release in force which share of its keys into other bases theirs hold.

    is_first: the base had none before; those that were published earlier and link into it are told anew.
    """
    _note_links(house, unit)
    for other in Base if is_first else ():
        if other != unit and in_force(house, other) and unit in _linked(other):
            _note_links(house, other)


def _linked(unit: str) -> set[str]:
    """The bases that a base links into, its own among them where a firm stands behind a firm."""
    return {target.split(".")[0] for target in spec.base(unit).spec.LINKS.values()}


def _note_links(house: House, unit: str) -> None:
    release_id, found = in_force(house, unit), spec.base(unit).spec.LINKS
    current = {other: in_force(house, other) for other in _linked(unit)}
    targets = {other: house.store.release(other, release) for other, release in current.items() if release}
    shares = profile.links(house.store.release(unit, release_id), found, targets, house.engine)
    folder = house.store.changes(unit, release_id)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "links.json").write_text(json.dumps(shares, sort_keys=True))


def want_prompt_builds(db: Session, slug: str) -> None:
    """Ask for new builds of the bases that must have a resource's news the same day."""
    for name in Base:
        filling = resources.inputs_of(db, name)
        if any(slug == each.slug for role in spec.base(name).prompt for each in filling.get(role, ())):
            runs.base_again(db, name)


def tell_of_deaths(house: House, db: Session, count: int, since: str) -> None:
    """Tell of so many deaths since a release those who must hear of them."""
    slug = next((r.slug for r in resources.base_tables(db) if r.table_name == _PERSON), _PERSON)
    deaths.tell(db, slug, count, since, now=house.clock(), on=house.today)


def _note_deaths(house: House, since: str, folder: Path, new: Path) -> int:
    path, known = folder / f"{_PERSON}.parquet", deaths.known(house.store, since)
    dead, alive = changes.turned(path, new, _PERSON, "is_deceased", known, house.engine)
    # a double that was merged away died, or lives, as the record that took it over
    more_dead, more_alive = changes.merged_as(new, _PERSON, "is_deceased", house.engine)
    told, taken_back = [*dead, *more_dead], [*alive, *more_alive]
    with house.transaction() as db:
        deaths.keep(db, house.store, since, new.name, told, taken_back, now=house.clock())
    return len(dead)
