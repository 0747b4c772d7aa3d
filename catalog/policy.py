"""What a grant opens of a release on a day: the one place where columns, masks and rows are decided."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from catalog import conditions, resources
from catalog.errors import NotGranted
from catalog.keys import Keys
from catalog.models import DataItem, GrantVersion, Release, Resource, Suppression
from catalog.store import Store
from catalog.view import AnyOf, Condition, Eq, IsNull, Range, View, ViewColumn
from catalog.vocab import DataType, Mask, ResourceState, Sensitivity, ShareType, TableSpec

ADULT_AGE = 18
DERIVED_BIRTH = "_birth_date"
DECEASED = "is_deceased"

# how much a mask takes away
_STRENGTH = {Mask.PLAIN: 0, Mask.YEAR: 1, Mask.PARTIAL: 1, Mask.HASH: 2, Mask.HIDDEN: 3}


def view(
    db: Session, store: Store, keys: Keys, version: GrantVersion, resource: Resource, release: Release, *, today: date
) -> View:
    """The view of a live grant's version on one release; today is the day in the city.

    What was tightened since the grant was given is tightened here: a resource or item that is no longer shared
    is not shown. Raises NotGranted when nothing is left.
    """
    entry = store.manifest(release.unit, release.release_id)["tables"][resource.table_name]
    stored = {c["name"]: c["type"] for c in entry["columns"]}
    spec = resources.table_spec(db, resource)
    columns = tuple(
        ViewColumn(item.name, stored[item.name], Mask(version.columns[item.name]))
        for item in shareable(resource)
        if item.name in version.columns and item.name in stored
    )
    if not columns or resource.state is not ResourceState.PUBLISHED:
        raise NotGranted("授权的信息项现在都不共享", remedy="查看资源目录，重新申请", resource=resource.slug)
    opened = {column.name for column in columns}
    return View(
        resource=resource.slug,
        directory=store.release(release.unit, release.release_id),
        table=resource.table_name,
        release_id=release.release_id,
        grant_id=version.grant_id,
        grant_version=version.version,
        columns=columns,
        where=conditions.both(_granted_rows(version, stored), *_showable_rows(version, spec, stored, today)),
        suppressed=suppressed(db, resource, today),
        lookup=tuple(name for name in spec.lookup if name in opened),
        mask_key=keys.by_id(version.mask_key_id).secret,
    )


def shareable(resource: Resource) -> list[DataItem]:
    """The items of which a request may ask; an item is never looser than its resource."""
    if resource.share_type is ShareType.NOT_SHARED:
        return []
    return [item for item in resource.items if item.share_type is not ShareType.NOT_SHARED]


def default_mask(item: DataItem) -> Mask:
    """What a grant shows of an item unless the decision says otherwise: the stricter of item and class."""
    by_class = Mask.PLAIN
    is_name_or_number = item.data_type is DataType.TEXT and not item.code_list
    if is_name_or_number and item.sensitivity in (Sensitivity.PERSONAL, Sensitivity.SENSITIVE):
        by_class = Mask.PARTIAL
    elif item.sensitivity is Sensitivity.SENSITIVE:
        by_class = Mask.YEAR if item.data_type is DataType.DATE else Mask.HIDDEN
    return max(item.mask, by_class, key=_STRENGTH.__getitem__)


def suppressed(db: Session, resource: Resource, today: date) -> frozenset[str]:
    """The record keys of a resource that no door may show on a day, whatever the release."""
    query = select(Suppression.record_key).where(
        Suppression.resource_id == resource.id,
        Suppression.valid_from <= today,
        or_(Suppression.valid_to.is_(None), Suppression.valid_to >= today),
    )
    return frozenset(db.scalars(query))


def _granted_rows(version: GrantVersion, stored: Mapping[str, str]) -> Condition | None:
    condition: dict[str, Any] | None = version.row_condition
    return conditions.parse(condition, stored) if condition is not None else None


def _showable_rows(
    version: GrantVersion, spec: TableSpec, stored: Mapping[str, str], today: date
) -> list[Condition | None]:
    """Rows past their day, minors and the deceased are out, unless the grant names the class."""
    birth = spec.birth_column or (DERIVED_BIRTH if DERIVED_BIRTH in stored else "")
    return [
        _unless_null(Range(spec.visible_until, low=today)) if spec.visible_until else None,
        _unless_null(Range(birth, high=_born_by(today))) if birth and not version.includes_minors else None,
        *([] if version.includes_deceased else _living(spec, stored)),
    ]


def _living(spec: TableSpec, stored: Mapping[str, str]) -> list[Condition]:
    """The day of a death may be unknown where the death itself is known."""
    known: list[Condition] = [IsNull(spec.death_column)] if spec.death_column else []
    if stored.get(DECEASED) == "BOOLEAN":
        known.append(AnyOf((Eq(DECEASED, False), IsNull(DECEASED))))
    return known


def _unless_null(condition: Range) -> Condition:
    return AnyOf((condition, IsNull(condition.column)))


def _born_by(today: date) -> date:
    """The last birth date of those who are of age today; who is born on 29 February waits until 1 March."""
    leap_day = (today.month, today.day) == (2, 29)
    return today.replace(year=today.year - ADULT_AGE, day=28 if leap_day else today.day)
