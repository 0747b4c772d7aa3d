"""What a grant opens of a release on a day: the one place where columns, masks and rows are decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from catalog import conditions, resources, showable
from catalog.errors import NoRelease, NotGranted
from catalog.keys import Keys
from catalog.lineage import Class, classes, share_types
from catalog.models import DataItem, GrantVersion, Release, Resource
from catalog.store import Store
from catalog.view import Condition, View, ViewColumn
from catalog.vocab import (
    PLACES,
    DataType,
    IdentifierKind,
    Mask,
    ResourceState,
    Sensitivity,
    ShareType,
)

# no hash mask is ever part of what everybody reads
_NO_KEY = bytes(32)

# how much a mask takes away
_STRENGTH = {Mask.PLAIN: 0, Mask.YEAR: 1, Mask.PARTIAL: 1, Mask.HASH: 2, Mask.HIDDEN: 3}


def view(
    db: Session, store: Store, keys: Keys, version: GrantVersion, resource: Resource, release: Release, *, today: date
) -> View:
    """The view of a live grant's version on one release; today is the day in the city.

    What was tightened since the grant was given is tightened here: a resource or item that is no longer shared
    is not shown. Raises NotGranted when nothing is left.
    """
    stored = _stored(store, resource, release)
    spec = resources.table_spec(db, resource)
    columns = tuple(
        ViewColumn(item.name, stored[item.name], Mask(version.columns[item.name]))
        for item in shareable(db, resource, today)
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
        where=conditions.both(
            _granted_rows(version, stored),
            *showable.showable_rows(
                spec, stored, today, minors=version.includes_minors, deceased=version.includes_deceased
            ),
        ),
        suppressed=showable.with_merged(db, showable.suppressed(db, resource, today), store, resource, release),
        lookup=tuple(name for name in spec.lookup if name in opened),
        mask_key=keys.by_id(version.mask_key_id).secret,
        departed=frozenset() if version.includes_deceased else showable.departed(db, store, release),
    )


def _granted_rows(version: GrantVersion, stored: Mapping[str, str]) -> Condition | None:
    condition: dict[str, Any] | None = version.row_condition
    return conditions.parse(condition, stored) if condition is not None else None


def open_view(db: Session, store: Store, resource: Resource, release: Release, *, today: date) -> View:
    """The view that everybody has of what is open (向社会开放) in one release.

    Rows as in a grant that names no class of persons: no minor, nobody deceased, nothing past its day, nothing
    suppressed. Raises NotGranted when no item is open.
    """
    stored = _stored(store, resource, release)
    opened = [item.name for item in open_items(db, resource, today) if item.name in stored]
    if not opened:
        raise NotGranted("该资源没有向社会开放的信息项", remedy="在 /open 查看开放的资源", resource=resource.slug)
    return _public(db, store, resource, release, opened, today=today)


def key_view(store: Store, resource: Resource, release: Release, identifiers: Iterable[str]) -> View:
    """What an auditor may ask of a release: which records hold an identifier, and nothing that stands in them."""
    stored = _stored(store, resource, release)
    return _ungranted(store, resource, release, lookup=tuple(name for name in identifiers if name in stored))


def review_view(
    db: Session, store: Store, resource: Resource, release: Release, columns: Iterable[str], *, today: date
) -> View:
    """What a reviewer of the authority compares of a base's table: these columns as they are, nothing suppressed."""
    stored = _stored(store, resource, release)
    spec = resources.table_spec(db, resource)
    return _ungranted(
        store,
        resource,
        release,
        columns=tuple(ViewColumn(name, stored[name]) for name in columns if name in stored),
        suppressed=showable.with_merged(db, showable.suppressed(db, resource, today), store, resource, release),
        lookup=spec.lookup,
    )


def verify_view(
    db: Session, store: Store, resource: Resource, release: Release, *, asked: str, columns: Iterable[str], today: date
) -> View:
    """What the platform looks at to answer everybody yes or no (核验): by one column, rows that everybody may know of."""
    return _public(db, store, resource, release, columns, (asked,), today=today)


def _public(
    db: Session,
    store: Store,
    resource: Resource,
    release: Release,
    columns: Iterable[str],
    lookup: tuple[str, ...] = (),
    *,
    today: date,
) -> View:
    """Columns as they are, of the rows that everybody may know of."""
    stored = _stored(store, resource, release)
    spec = resources.table_spec(db, resource)
    return _ungranted(
        store,
        resource,
        release,
        columns=tuple(ViewColumn(name, stored[name]) for name in columns if name in stored),
        where=conditions.both(*showable.showable_rows(spec, stored, today, minors=False, deceased=False)),
        suppressed=showable.with_merged(db, showable.suppressed(db, resource, today), store, resource, release),
        lookup=lookup,
        departed=showable.departed(db, store, release),
    )


def _ungranted(
    store: Store,
    resource: Resource,
    release: Release,
    *,
    columns: tuple[ViewColumn, ...] = (),
    where: Condition | None = None,
    suppressed: frozenset[str] = frozenset(),
    lookup: tuple[str, ...] = (),
    departed: frozenset[str] = frozenset(),
) -> View:
    """A view that stands on no grant, and shows nothing masked."""
    return View(
        resource=resource.slug,
        directory=store.release(release.unit, release.release_id),
        table=resource.table_name,
        release_id=release.release_id,
        grant_id="",
        grant_version=0,
        columns=columns,
        where=where,
        suppressed=suppressed,
        lookup=lookup,
        mask_key=_NO_KEY,
        departed=departed,
    )


def open_items(db: Session, resource: Resource, on: date) -> list[DataItem]:
    """The items that everybody may read on a day.

    Opening is given item by item and is never looser than the resource, than unconditional sharing, in a base than
    the sources; what a grant would mask is not opened at all.
    """
    if not resource.is_open or resource.state is not ResourceState.PUBLISHED:
        return []
    held = classes(db, resource, on)
    return [item for item in resource.items if _is_for_everybody(item, held[item.name])]


def open_forms(db: Session, resource: Resource, on: date) -> tuple[str, ...]:
    """The forms in which everybody may download the resource on a day; none where nothing of it is open."""
    names = {item.name for item in open_items(db, resource, on)}
    is_placed = any(names.issuperset(place) for place in PLACES)
    return (("csv", "parquet", "geoparquet") if is_placed else ("csv", "parquet")) if names else ()


def _is_for_everybody(item: DataItem, held: Class) -> bool:
    is_personal = held.sensitivity in (Sensitivity.PERSONAL, Sensitivity.SENSITIVE)
    is_of_a_person = is_personal or item.is_subject or item.identifier is IdentifierKind.CITIZEN_ID
    is_whole = default_mask(item, held.sensitivity) is Mask.PLAIN
    return held.is_open and held.share_type is ShareType.UNCONDITIONAL and is_whole and not is_of_a_person


def _stored(store: Store, resource: Resource, release: Release) -> dict[str, str]:
    """Column -> DuckDB type, as the release has them; NoRelease for a table that came after it."""
    entry = store.manifest(release.unit, release.release_id)["tables"].get(resource.table_name)
    if entry is None:
        raise NoRelease(
            f"「{resource.name}」在数据版本 {release.release_id} 中还没有",
            remedy="读取较新的数据版本",
            resource=resource.slug,
        )
    return {column["name"]: column["type"] for column in entry["columns"]}


def shareable(db: Session, resource: Resource, on: date) -> list[DataItem]:
    """The items of which a request may ask on a day; none is looser than its resource or its sources."""
    kinds = share_types(db, resource, on)
    return [item for item in resource.items if kinds[item.name] is not ShareType.NOT_SHARED]


def default_masks(db: Session, resource: Resource, on: date) -> dict[str, Mask]:
    """What a grant shows of each item unless the decision says otherwise, by the strictest of its sources."""
    held = classes(db, resource, on)
    return {item.name: default_mask(item, held[item.name].sensitivity) for item in resource.items}


def default_mask(item: DataItem, sensitivity: Sensitivity) -> Mask:
    """The mask of an item of a class: the stricter of what the item says and what the class asks for."""
    by_class = Mask.PLAIN
    is_name_or_number = item.data_type is DataType.TEXT and not item.code_list
    if is_name_or_number and sensitivity in (Sensitivity.PERSONAL, Sensitivity.SENSITIVE):
        by_class = Mask.PARTIAL
    elif sensitivity is Sensitivity.SENSITIVE:
        by_class = Mask.YEAR if item.data_type is DataType.DATE else Mask.HIDDEN
    return max(item.mask, by_class, key=_STRENGTH.__getitem__)


def strictest_mask(masks: Iterable[Mask]) -> Mask:
    """The mask that takes most away."""
    return max(masks, key=lambda mask: (_STRENGTH[mask], mask))


def is_as_strict(mask: Mask, than: Mask) -> bool:
    """Whether a mask takes away at least what another does; two that differ in kind do not compare."""
    return mask is than or _STRENGTH[mask] > _STRENGTH[than]
