"""Who is told of deaths the same day: departments named by dated rule rows, code `death_notice.<department>`.

A notice says how many deaths a release brought and where to pull them; who died, a grant that names the deceased shows.
Beside each release of the base of persons lies whose death became known when: a release from before shows them no more.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from catalog.models import Department, Publication, Release, RuleRow
from catalog.notices import notify
from catalog.releases import PUBLISH
from catalog.store import Store
from catalog.vocab import Base

_PREFIX = "death_notice."
KIND = "deaths"
FILE = "deaths.json"


def enter(db: Session, slugs: Iterable[str], *, on: date) -> None:
    """A rule row for each known department, unless rows of the kind were ever entered."""
    if db.scalar(select(RuleRow.id).where(RuleRow.code.startswith(_PREFIX)).limit(1)):
        return
    wanted = select(Department.slug, Department.name).where(Department.slug.in_(list(slugs)))
    for slug, name in db.execute(wanted.order_by(Department.slug)):
        db.add(
            RuleRow(
                code=f"{_PREFIX}{slug}", title=f"死亡信息当日告知：{name}", article="本市规则", kind="local rule",
                blocks=False, unit="", valid_from=on,
            )
        )  # fmt: skip
    db.flush()


def told(db: Session, on: date) -> Sequence[Department]:
    """The departments that are told on a day, by slug."""
    in_force = (RuleRow.valid_from <= on, or_(RuleRow.valid_to.is_(None), RuleRow.valid_to > on))
    codes = db.scalars(select(RuleRow.code).where(RuleRow.code.startswith(_PREFIX), *in_force)).all()
    slugs = [code.removeprefix(_PREFIX) for code in codes]
    return db.scalars(select(Department).where(Department.slug.in_(slugs)).order_by(Department.slug)).all()


def tell(db: Session, resource: str, count: int, since: str, *, now: datetime, on: date) -> int:
    """Tell of so many new deaths since a release; how many departments were told."""
    if not count:
        return 0
    text = f"新登记死亡 {count} 人，请按授权读取自版本 {since} 以来的增量"
    departments = told(db, on)
    for department in departments:
        notify(db, department.id, kind=KIND, subject=resource, text=text, now=now)
    return len(departments)


def keep(
    db: Session, store: Store, since: str, release_id: str, dead: Iterable[str], alive: Iterable[str], *, now: datetime
) -> None:
    """Write beside a release whose deaths it made known, and those known since the oldest release that can be read.

    dead, alive: keys of persons of whom the release says otherwise than the one before. An error taken back is gone.
    """
    oldest = db.scalar(select(func.min(Release.created_at)).where(Release.pruned_at.is_(None))) or now
    kept = {key: at for key, at in known(store, since).items() if at >= oldest.isoformat()}
    kept |= dict.fromkeys(dead, now.isoformat())
    for key in alive:
        kept.pop(key, None)
    path = _file(store, release_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(kept, sort_keys=True))


def known(store: Store, release_id: str) -> dict[str, str]:
    """Whose death became known when, as it lies beside a release; nobody's where nothing does."""
    return _known(_file(store, release_id))


def known_since(db: Session, store: Store, release: Release) -> frozenset[str]:
    """The keys of the persons whose death became known after a release was made.

    The release built last knows: one that comes again after a split takes back what the merge made known. Rolling back
    brings nobody to life.
    """
    built = select(Publication.release_id).where(
        Publication.unit == Base.NATURAL_PERSON.value, Publication.action == PUBLISH
    )
    files = (_file(store, each) for each in db.scalars(built.order_by(Publication.id.desc())))
    # one that followed on a frozen release has no file, one that was erased has it no more
    newest = next((file for file in files if file.exists()), None)
    made = release.created_at.isoformat()
    return frozenset(key for key, at in _known(newest).items() if at > made) if newest else frozenset()


def _file(store: Store, release_id: str) -> Path:
    return store.changes(Base.NATURAL_PERSON, release_id) / FILE


@lru_cache(maxsize=4)
def _read(path: Path, written_at: int) -> dict[str, str]:
    found: dict[str, str] = json.loads(path.read_text())
    return found


def _known(path: Path) -> dict[str, str]:
    return _read(path, path.stat().st_mtime_ns) if path.exists() else {}
