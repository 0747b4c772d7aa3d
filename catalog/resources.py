"""Resources: their table specs, codes, versions and life."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, joinedload

from catalog.entries import ResourceEntry
from catalog.errors import Invalid, NotFound
from catalog.models import BaseInput, CodeListEntry, CodeSerial, DataItem, Resource, ResourceVersion
from catalog.patterns import of_engine
from catalog.register import bump
from catalog.vocab import Column, IdentifierKind, ResourceState, ShareType, TableSpec

# pairs of items whose dates follow each other, wherever a resource has both
_ORDERED_DATES = (
    ("start_date", "end_date"),
    ("valid_from", "valid_until"),
    ("issued_date", "valid_until"),
    ("first_issued_date", "valid_until"),
    ("established_date", "cancelled_date"),
    ("listed_date", "removed_date"),
    ("listed_date", "repaired_date"),
    ("filed_date", "published_date"),
    ("decided_date", "publish_until"),
    ("decided_date", "submitted_date"),
    ("birth_date", "death_date"),
)
_DIVISIONS = "GB/T 2260"
# the day of the event that a row records, the first of these that it has
_OWN_DATES = (
    "event_date", "decided_date", "issued_date", "registered_date", "opened_date", "filed_date", "listed_date", "start_date",
)  # fmt: skip


# parameters of one statement are bounded
_AT_ONCE = 500


def get(db: Session, slug: str) -> Resource:
    """The resource of that slug; raises NotFound."""
    found = db.scalar(select(Resource).where(Resource.slug == slug))
    if found is None:
        raise NotFound(f"没有标识为「{slug}」的信息资源", remedy="先登记目录，或核对标识", resource=slug)
    return found


def by_id(db: Session, ids: Sequence[str]) -> dict[str, Resource]:
    """These resources with their providers, by id."""
    query = select(Resource).options(joinedload(Resource.provider))
    some = (ids[first : first + _AT_ONCE] for first in range(0, len(ids), _AT_ONCE))
    return {found.id: found for chunk in some for found in db.scalars(query.where(Resource.id.in_(chunk)))}


def published(db: Session) -> Sequence[Resource]:
    """Every published resource, in the order of slugs."""
    query = select(Resource).where(Resource.state == ResourceState.PUBLISHED).order_by(Resource.slug)
    return db.scalars(query).all()


def delivered(db: Session) -> list[Resource]:
    """The published resources that departments deliver: all but the tables of the bases."""
    return [r for r in published(db) if not r.is_base_table]


def table_spec(db: Session, resource: Resource, on: date | None = None) -> TableSpec:
    """The resource as the other rooms see it: columns with types, code lists, patterns and masks.

    on: the day by which codes are in force or retired; None for the codes without an end.
    """
    wanted = {item.code_list for item in resource.items if item.code_list}
    codes, retired = _codes(db, wanted, on)
    names = {item.name for item in resource.items}
    return TableSpec(
        name=resource.table_name,
        title=resource.name,
        key=tuple(item.name for item in resource.items if item.is_key),
        columns=tuple(
            _column(item, codes[item.code_list], retired[item.code_list], _dated_by(item, names))
            for item in resource.items
        ),
        lookup=tuple(item.name for item in resource.items if item.is_lookup),
        subject=next((item.name for item in resource.items if item.is_subject), ""),
        visible_until=_visible_until(names),
        birth_column="birth_date" if resource.is_base_table and "birth_date" in names else "",
        death_column="death_date" if "death_date" in names else "",
        orders=tuple(pair for pair in _ORDERED_DATES if set(pair) <= names),
    )


def _dated_by(item: DataItem, names: set[str]) -> str:
    """The date at which the row's division code held; a list kept up to date has today's codes."""
    return next((name for name in _OWN_DATES if name in names), "") if item.code_list == _DIVISIONS else ""


def _visible_until(names: set[str]) -> str:
    return next((name for name in ("visible_until", "publish_until") if name in names), "")


_Codes = dict[str, tuple[str, ...]]
_Ended = dict[str, dict[str, date]]


def _codes(db: Session, lists: set[str], on: date | None) -> tuple[_Codes, _Ended]:
    """The codes of each list that are in force, and those that were and no longer are, with their last day."""
    rows = db.execute(
        select(CodeListEntry.code_list, CodeListEntry.code, CodeListEntry.valid_from, CodeListEntry.valid_to)
        .where(CodeListEntry.code_list.in_(lists))
        .order_by(CodeListEntry.code_list, CodeListEntry.code)
    ).all()
    in_force: defaultdict[str, tuple[str, ...]] = defaultdict(tuple)
    retired: defaultdict[str, dict[str, date]] = defaultdict(dict)
    for code_list, code, start, end in rows:
        if end is not None and (on is None or end < on):
            retired[code_list][code] = end
        elif start is None or on is None or start <= on:
            in_force[code_list] += (code,)
    # a code that was given out again is in force
    ended = {k: {c: end for c, end in v.items() if c not in in_force[k]} for k, v in retired.items()}
    return in_force, defaultdict(dict, ended)


def _column(item: DataItem, codes: tuple[str, ...], retired: dict[str, date], dated_by: str) -> Column:
    return Column(
        name=item.name,
        type=item.stored_type,
        title=item.title,
        title_en=item.title_en,
        required=item.is_required,
        identifier=item.identifier,
        code_list=item.code_list,
        codes=codes,
        retired_codes=tuple(retired),
        retired_on=tuple(retired.values()),
        dated_by=dated_by,
        pattern=of_engine(item.pattern),
        max_length=item.length,
        minimum=item.minimum,
        maximum=item.maximum,
        unit=item.measure_unit,
        share_type=item.share_type,
        sensitivity=item.sensitivity,
        mask=item.mask,
        is_open=item.is_open,
    )


def give_code(db: Session, resource: Resource) -> str:
    """The resource's code, given once and never again: class, item, category, then the serial after a slash.

    Source of the form: 发改高技〔2017〕1272号; the serial counts every resource ever registered in the category.
    """
    if resource.code is None:
        prefix = f"{resource.class_digit}{resource.class_item}{resource.category}{resource.sub_category}"
        resource.code = f"{prefix}/{_next_serial(db, prefix):06d}"
        db.flush()
    return resource.code


def _next_serial(db: Session, prefix: str) -> int:
    """One more than the last, in one statement: two registrations at once get two serials."""
    insert = postgresql.insert if db.get_bind().dialect.name == "postgresql" else sqlite.insert
    first = insert(CodeSerial).values(prefix=prefix, last=1)
    grown = first.on_conflict_do_update(index_elements=["prefix"], set_={"last": CodeSerial.last + 1})
    return db.execute(grown.returning(CodeSerial.last)).scalar_one()


def publish(db: Session, resource: Resource, *, on: date) -> None:
    """Publish a complete resource; raises Invalid with everything that is missing."""
    require_complete(resource)
    if resource.state is not ResourceState.PUBLISHED:
        resource.state = ResourceState.PUBLISHED
        resource.published_date = resource.published_date or on
        bump(db, "definitions")


def require_complete(resource: Resource, content: ResourceEntry | None = None) -> None:
    """Raise Invalid with everything that a published resource must have and this one lacks.

    content: what it shall become, where a change is under way.
    """
    if lacking := missing(resource, content):
        raise Invalid(f"「{resource.name}」不能发布：{'、'.join(lacking)}", remedy="补全后重新提交", missing=lacking)


def missing(resource: Resource, content: ResourceEntry | None = None) -> list[str]:
    """What keeps a resource from being published, by its names in the workbook; empty when it is complete."""
    about = content or resource
    conditional = about.share_type is not ShareType.UNCONDITIONAL
    needs = {
        "信息资源摘要": about.abstract,
        "信息项": about.items,
        "主键信息项": resource.is_base_table or [i for i in about.items if i.is_key],
        "共享条件（或不予共享的依据）": about.share_condition if conditional else "-",
        "保密审查人": about.secrecy_reviewer,
        "保密审查日期": about.secrecy_reviewed_date,
    }
    return [name for name, value in needs.items() if not value]


def retire(db: Session, resource: Resource) -> None:
    """Take the resource out of use; its releases stay as evidence."""
    resource.state = ResourceState.RETIRED
    bump(db, "definitions")


def keep_version(
    db: Session, resource: Resource, content: dict[str, Any], *, now: datetime, by: str, reason: str
) -> bool:
    """Keep what the resource is now as a new version, unless nothing changed; whether one was kept."""
    text = _canonical(content)
    digest = hashlib.sha256(text.encode()).hexdigest()
    latest = db.scalar(
        select(ResourceVersion)
        .where(ResourceVersion.resource_id == resource.id)
        .order_by(ResourceVersion.version.desc())
        .limit(1)
    )
    if latest is not None and latest.digest == digest:
        return False
    resource.version = latest.version + 1 if latest else 1
    db.add(
        ResourceVersion(
            resource_id=resource.id,
            version=resource.version,
            content=json.loads(text),
            digest=digest,
            changed_at=now,
            changed_by=by,
            reason=reason,
        )
    )
    bump(db, "definitions")
    return True


def _canonical(content: dict[str, Any]) -> str:
    return json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)


def plain_content(content: dict[str, Any]) -> dict[str, Any]:
    """A content as a version keeps it: what JSON can say, dates as text."""
    plain: dict[str, Any] = json.loads(_canonical(content))
    return plain


def inputs_of(db: Session, base: str) -> dict[str, list[Resource]]:
    """The resources that fill each role of a base, best rank first."""
    rows = db.scalars(select(BaseInput).where(BaseInput.base == base).order_by(BaseInput.role, BaseInput.rank))
    found: dict[str, list[Resource]] = {}
    for row in rows:
        found.setdefault(row.role, []).append(row.resource)
    return found


def holding(db: Session, kind: IdentifierKind) -> list[tuple[str, list[str]]]:
    """The published resources with items of that kind of identifier: slug and names of the items, by slug."""
    query = (
        select(Resource.slug, DataItem.name)
        .join(DataItem, DataItem.resource_id == Resource.id)
        .where(Resource.state == ResourceState.PUBLISHED, DataItem.identifier == kind)
    )
    found: dict[str, list[str]] = {}
    for slug, name in db.execute(query.order_by(Resource.slug, DataItem.position)):
        found.setdefault(slug, []).append(name)
    return list(found.items())


def names(db: Session, slugs: Iterable[str]) -> dict[str, str]:
    """The names of these resources by their slugs, of tables of the bases too."""
    wanted = Resource.slug.in_(list(slugs))
    return {row.slug: row.name for row in db.execute(select(Resource.slug, Resource.name).where(wanted))}
