"""Entering catalogs: what a department's workbook says becomes rows of the register."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog import departments, lifecycle, one_source, resources, revisions, writing
from catalog.entries import Catalog, ResourceEntry
from catalog.errors import Conflict
from catalog.guide import BASE_ITEMS
from catalog.models import (
    AttributeAuthority,
    CodeListEntry,
    DataItem,
    Department,
    Project,
    RefusalReason,
    Resource,
    RuleRow,
    System,
)
from catalog.rules import RULES
from catalog.vocab import (
    DataType,
    DeliveryMode,
    FormatClass,
    ResourceState,
    ShareMethod,
    ShareType,
    TableSpec,
    UpdateCycle,
)

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Registered:
    """What entering one workbook did, by slugs: drafts that are new or changed, changes drafted of what is published."""

    department: str
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    revised: tuple[str, ...] = ()


def enter_reference_data(db: Session) -> None:
    """Code lists, dated rules and reasons for refusals that ship with the house; what is there already stays."""
    _enter_codes(db)
    known = set(db.scalars(select(RuleRow.code)))
    db.add_all(RuleRow(**row) for row in RULES if row["code"] not in known)
    _enter_reasons(db)
    db.flush()


def _enter_codes(db: Session) -> None:
    known = {(code_list, code) for code_list, code in db.execute(select(CodeListEntry.code_list, CodeListEntry.code))}
    with (DATA / "code_lists.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if (row["code_list"], row["code"]) not in known]
    for row in rows:
        dates = {
            name: date.fromisoformat(text) if (text := row.pop(name)) else None for name in ("valid_from", "valid_to")
        }
        db.add(CodeListEntry(**row, **dates))


def _enter_reasons(db: Session) -> None:
    known = set(db.scalars(select(RefusalReason.code)))
    with (DATA / "refusal_reasons.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["code"] not in known:
                db.add(RefusalReason(**{**row, "valid_from": date.fromisoformat(row["valid_from"])}))


def enter_catalog(
    db: Session,
    catalog: Catalog,
    *,
    authority: str,
    now: datetime,
    on: date,
    by: str,
    reason: str,
    zone: ZoneInfo | None = None,
) -> Registered:
    """The department, its projects, systems and resources as the workbook says, all or none.

    What is published stays as it is: a change of it becomes a revision, to be submitted and reviewed.
    Raises Conflict when a resource of that slug belongs to another department, or is retired.
    authority: the slug that becomes the authority where there is none yet.
    zone: the city's, when changed resources shall be compared with what other departments hold (一数一源).
    """
    department = departments.enter(
        db,
        catalog.slug,
        name=catalog.name,
        credit_code=catalog.credit_code,
        division_code=catalog.division_code,
        registrar_name=catalog.registrar_name,
        verifier_name=catalog.verifier_name,
        is_authority=catalog.slug == authority and not departments.has_authority(db),
        on=on,
    )
    _enter_upper(db, department, catalog.upper)
    _enter_systems(db, catalog, department)
    done: dict[str, list[str]] = {"changed": [], "unchanged": [], "revised": []}
    for entry in catalog.resources:
        outcome = _enter_resource(db, entry, department, now=now, on=on, by=by, reason=reason)
        done[outcome].append(entry.slug)
        if outcome == "changed" and zone is not None:
            one_source.examine(db, resources.get(db, entry.slug), now=now, zone=zone)
    return Registered(catalog.slug, **{name: tuple(slugs) for name, slugs in done.items()})


def _enter_upper(db: Session, department: Department, slug: str) -> None:
    upper = db.scalar(select(Department).where(Department.slug == slug)) if slug else None
    department.upper_id = upper.id if upper else department.upper_id


def _enter_systems(db: Session, catalog: Catalog, department: Department) -> None:
    for entry in catalog.systems:
        project = db.scalar(select(Project).where(Project.code == entry.project_code)) or Project(
            code=entry.project_code, department=department
        )
        if project.department is not department:
            raise Conflict(
                f"项目「{entry.project_code}」属于另一部门", remedy="核对项目编码", project=entry.project_code
            )
        project.name = entry.project_name
        project.kind, project.state, project.go_live_date = entry.kind, entry.state, entry.go_live_date
        project.statement = entry.statement
        db.add(project)
        if entry.system_code:
            system = db.scalar(select(System).where(System.code == entry.system_code)) or System(code=entry.system_code)
            system.name, system.project = entry.system_name, project
            db.add(system)
        db.flush()


def _enter_resource(
    db: Session, entry: ResourceEntry, department: Department, *, now: datetime, on: date, by: str, reason: str
) -> str:
    """Write a draft, or draft the change of what is published; which of the two, or `unchanged`."""
    resource = db.scalar(select(Resource).where(Resource.slug == entry.slug))
    if resource is None:
        resource = writing.new_resource(db, entry.slug, department)
    elif resource.provider_id != department.id:
        raise Conflict(f"资源标识「{entry.slug}」已由另一部门登记", remedy="换一个资源标识", resource=entry.slug)
    if resource.state is ResourceState.RETIRED:
        raise Conflict(f"「{resource.name}」已停用", remedy="换一个资源标识重新登记", resource=entry.slug)
    if resource.state in (ResourceState.PUBLISHED, ResourceState.PLANNED):
        proposed = revisions.propose(db, resource, entry, now=now, by=by, reason=reason)
        if resource.state is ResourceState.PLANNED and not lifecycle.is_planned(resource):
            lifecycle.go_live(db, resource, now=now, today=on, by=by)
        return "revised" if proposed is not None and proposed.made_at == now else "unchanged"
    changed = writing.write(db, resource, entry, now=now, by=by, reason=reason)
    if changed and resource.state is ResourceState.SUBMITTED:
        lifecycle.take_back(db, resource, now=now, by=by)
    return "changed" if changed else "unchanged"


def enter_base_tables(
    db: Session, base: str, title: str, tables: Sequence[TableSpec], *, now: datetime, on: date
) -> list[Resource]:
    """Each table of a base as a published resource of class 1, provided by the authority."""
    owner = departments.authority(db)
    found = []
    for spec in tables:
        resource = db.scalar(select(Resource).where(Resource.slug == spec.name))
        if resource is None:
            resource = Resource(slug=spec.name, state=ResourceState.DRAFT, provider=owner)
            db.add(resource)
        _fill_base_table(resource, base, title, spec, owner, on)
        writing.enter_items(
            db, resource, [_base_item(n, spec, c.name) for n, c in enumerate(spec.columns) if c.name != "record_key"]
        )
        resources.give_code(db, resource)
        resources.keep_version(
            db, resource, {"base": base, "columns": list(spec.names)}, now=now, by="system", reason="基础库结构登记"
        )
        resources.publish(db, resource, on=on)
        found.append(resource)
    return found


def _fill_base_table(resource: Resource, base: str, title: str, spec: TableSpec, owner: Department, on: date) -> None:
    # an item may be stricter than its resource, never looser; the record key is no item
    items = (c.share_type for c in spec.columns if c.name != "record_key")
    loosest = min(items, key=lambda kind: kind.strictness)
    resource.class_digit, resource.class_item, resource.category = "1", BASE_ITEMS[base], "001"
    grain = f"，{spec.grain}" if spec.grain else ""
    resource.name, resource.abstract = f"{title}·{spec.title}", f"{title}的{spec.title}{grain}"
    resource.format_class, resource.format_type = FormatClass.DATABASE, "duckdb"
    resource.share_type, resource.share_method = loosest, ShareMethod.API
    resource.share_condition = "" if loosest is ShareType.UNCONDITIONAL else "依职责使用，按来源信息项的共享条件"
    resource.update_cycle, resource.delivery_mode = UpdateCycle.DAILY, DeliveryMode.SNAPSHOT
    resource.unit, resource.table_name = base, spec.name
    resource.secrecy_reviewer = resource.secrecy_reviewer or owner.verifier_name or owner.name
    resource.secrecy_reviewed_date = resource.secrecy_reviewed_date or on


_LETTERS = {
    "DATE": DataType.DATE,
    "TIMESTAMP": DataType.DATETIME,
    "BOOLEAN": DataType.LOGICAL,
    "DOUBLE": DataType.DOUBLE,
    "BIGINT": DataType.INTEGER,
    "BLOB": DataType.GENERAL,
}


def _base_item(position: int, spec: TableSpec, name: str) -> DataItem:
    column = spec.column(name)
    letter = DataType.NUMBER if column.type.startswith("DECIMAL") else _LETTERS.get(column.type, DataType.TEXT)
    if column.type.endswith("INT") or column.type == "INTEGER":
        letter = DataType.INTEGER
    return DataItem(
        position=position,
        name=name,
        title=column.title,
        title_en=column.title_en,
        data_type=letter,
        stored_type=column.type,
        length=column.max_length,
        is_key=name in spec.key,
        is_required=column.required,
        is_subject=name == spec.subject,
        is_lookup=name in spec.lookup,
        identifier=column.identifier,
        code_list=column.code_list,
        measure_unit=column.unit,
        sensitivity=column.sensitivity,
        share_type=column.share_type,
        is_open=column.is_open,
        mask=column.mask,
    )


def enter_authority(db: Session, base: str, ranking: Mapping[str, Sequence[str]], *, on: date) -> None:
    """The default one-source ranking of a base's attributes, unless the register already settles them."""
    settled = set(db.scalars(select(AttributeAuthority.attribute).where(AttributeAuthority.base == base)))
    for attribute, roles in ranking.items():
        if attribute not in settled:
            db.add_all(
                AttributeAuthority(base=base, attribute=attribute, role=role, rank=rank, valid_from=on)
                for rank, role in enumerate(roles, start=1)
            )
    db.flush()
