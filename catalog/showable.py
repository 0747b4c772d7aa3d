"""Which rows may be shown on a day: nothing suppressed, past its day, nor of a class of persons that is not named."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from catalog import deaths, releases
from catalog.errors import NotGranted
from catalog.models import Release, Resource, Suppression
from catalog.store import Store
from catalog.view import AnyOf, Condition, Eq, In, IsNull, Range
from catalog.vocab import Base, Column, TableSpec

ADULT_AGE = 18
DERIVED_BIRTH = "_birth_date"
DECEASED = "is_deceased"
# days from which on an entry of a list is shown no more: removed (移出), repaired (信用修复)
ENDED = ("removed_date", "repaired_date")
# code lists that say of a person who has died
DEAD_CODES = {"人口状态": ("2",)}


def suppressed(
    db: Session, resource: Resource, today: date, *, ordered_before: datetime | None = None
) -> frozenset[str]:
    """The record keys of a resource that no door may show on a day, whatever the release.

    ordered_before: leave out what was ordered at that moment or later.
    """
    query = select(Suppression.record_key).where(
        Suppression.resource_id == resource.id,
        Suppression.valid_from <= today,
        or_(Suppression.valid_to.is_(None), Suppression.valid_to >= today),
        *([Suppression.ordered_at < ordered_before] if ordered_before is not None else []),
    )
    return frozenset(db.scalars(query))


def withheld_since(db: Session, resource: Resource, made: datetime, first: date, today: date) -> frozenset[str]:
    """The record keys of a resource that no door showed for a while since a moment, and since that day, until today."""
    ended = or_(Suppression.valid_to.is_(None), Suppression.valid_to >= first, Suppression.ordered_at >= made)
    query = select(Suppression.record_key).where(
        Suppression.resource_id == resource.id, Suppression.valid_from <= today, ended
    )
    return frozenset(db.scalars(query))


def departed(db: Session, store: Store, release: Release) -> frozenset[str]:
    """Who has died since, as far as a release of a base can name them; a department's own rows bear no such keys."""
    return deaths.known_since(db, store, release) if release.unit in set(Base) else frozenset()


def with_merged(
    db: Session, keys: frozenset[str], store: Store, resource: Resource, release: Release
) -> frozenset[str]:
    """The keys and those of the records merged with theirs, in the release or in the one in force.

    What is secret stays so under every name: a release of the past holds apart what was merged since.
    """
    if not keys:
        return keys
    several = {release.release_id, releases.current_ids(db).get(resource.unit, release.release_id)}
    return keys.union(*(merged_in(keys, store, resource, release.unit, each) for each in several))


def merged_in(keys: frozenset[str], store: Store, resource: Resource, unit: str, release_id: str) -> frozenset[str]:
    """The keys and those of the records merged with theirs in one release."""
    into = _merged(store, resource, unit, release_id)
    groups = keys | {into[key] for key in keys if key in into}
    return groups | {old for old, new in into.items() if new in groups}


def _merged(store: Store, resource: Resource, unit: str, release_id: str) -> dict[str, str]:
    if not (store.release(unit, release_id) / "manifest.json").exists():
        return {}
    merged = store.manifest(unit, release_id)["tables"].get(resource.table_name, {}).get("merged")
    into: dict[str, str] = merged["into"] if merged else {}
    return into


def classes_of(resource: Resource) -> frozenset[str]:
    """Which classes of persons a resource's rows tell apart: minors, the deceased."""
    names = {item.name for item in resource.items}
    has_subject = any(item.is_subject for item in resource.items)
    tells_death = names & {DECEASED, "death_date"} or any(item.code_list in DEAD_CODES for item in resource.items)
    found = {"minors"} if has_subject or "birth_date" in names else set()
    return frozenset(found | ({"deceased"} if tells_death else set()))


def showable_rows(
    spec: TableSpec, stored: Mapping[str, str], today: date, *, minors: bool, deceased: bool
) -> list[Condition | None]:
    """Rows past their day are out, minors and the deceased too unless their class is named."""
    birth = spec.birth_column or (DERIVED_BIRTH if DERIVED_BIRTH in stored else "")
    if spec.visible_until and spec.visible_until not in stored:
        raise NotGranted("该数据版本不能判断记录的展示期限", remedy="读取较新的数据版本")
    _require_classes(spec, stored, birth, minors=minors, deceased=deceased)
    return [
        _unless_null(Range(spec.visible_until, low=today)) if spec.visible_until else None,
        *(_unless_null(Range(end, low=today + timedelta(days=1))) for end in ENDED if end in stored),
        _unless_null(Range(birth, high=_born_by(today))) if birth and not minors else None,
        *([] if deceased else _living(spec, stored)),
    ]


def _living(spec: TableSpec, stored: Mapping[str, str]) -> list[Condition]:
    """The day of a death may be unknown where the death itself is known."""
    known: list[Condition] = [IsNull(spec.death_column)] if spec.death_column in stored else []
    if stored.get(DECEASED) == "BOOLEAN":
        known.append(AnyOf((Eq(DECEASED, False), IsNull(DECEASED))))
    dead = (
        AnyOf((IsNull(c.name), *_other_codes(c)))
        for c in spec.columns
        if c.code_list in DEAD_CODES and c.name in stored
    )
    return [*known, *dead]


def _other_codes(column: Column) -> list[Condition]:
    """Every code of the list but that of the dead."""
    known = (*column.codes, *column.retired_codes)
    return [In(column.name, tuple(code for code in known if code not in DEAD_CODES[column.code_list]))]


def _require_classes(spec: TableSpec, stored: Mapping[str, str], birth: str, *, minors: bool, deceased: bool) -> None:
    """Raise NotGranted for a release that is too old to tell who is a minor and who has died: it shows nobody."""
    known = {column.name for column in spec.columns}
    untold = [birth] if birth and not minors and birth not in stored else []
    untold += [DECEASED] if DECEASED in known and not deceased and DECEASED not in stored else []
    if untold:
        raise NotGranted(
            "该数据版本不能区分未成年人和已死亡人员",
            remedy="读取较新的数据版本，或申请包含这两类人员的授权",
            columns=untold,
        )


def _unless_null(condition: Range) -> Condition:
    return AnyOf((condition, IsNull(condition.column)))


def _born_by(today: date) -> date:
    """The last birth date of those who are of age today; who is born on 29 February waits until 1 March."""
    leap_day = (today.month, today.day) == (2, 29)
    return today.replace(year=today.year - ADULT_AGE, day=28 if leap_day else today.day)
