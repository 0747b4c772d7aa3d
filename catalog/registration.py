"""Entering catalogs: what a department's workbook says becomes rows of the register."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from catalog import departments, one_source, resources
from catalog.errors import Conflict
from catalog.models import (
    AttributeAuthority,
    BaseInput,
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
    Mask,
    ResourceState,
    Sensitivity,
    ShareMethod,
    ShareType,
    TableSpec,
    UpdateCycle,
)
from catalog.workbook import Catalog, ItemEntry, ResourceEntry

DATA = Path(__file__).parent / "data"
# base tables: class 1 (基础信息资源) and the guide's item; macro-economy is a local extension
BASE_ITEMS = {
    "natural_person": "01",
    "legal_entity": "02",
    "geospatial": "03",
    "credit": "04",
    "license": "05",
    "macro_economy": "06",
}


@dataclass(frozen=True, slots=True)
class Registered:
    """What entering one workbook did: slugs that are new or changed."""

    department: str
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]


def enter_reference_data(db: Session) -> None:
    """Code lists, dated rules and reasons for refusals that ship with the house; what is there already stays."""
    if db.scalar(select(CodeListEntry.id).limit(1)) is None:
        with (DATA / "code_lists.csv").open(encoding="utf-8", newline="") as file:
            db.add_all(CodeListEntry(**row) for row in csv.DictReader(file))
    known = set(db.scalars(select(RuleRow.code)))
    db.add_all(RuleRow(**row) for row in RULES if row["code"] not in known)
    _enter_reasons(db)
    db.flush()


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

    zone: the city's, when changed resources shall be compared with what other departments hold (一数一源).
    Raises Conflict when a resource of that slug belongs to another department.
    """
    department = departments.enter(
        db,
        catalog.slug,
        name=catalog.name,
        credit_code=catalog.credit_code,
        division_code=catalog.division_code,
        registrar_name=catalog.registrar_name,
        verifier_name=catalog.verifier_name,
        is_authority=catalog.slug == authority,
        on=on,
    )
    systems = _enter_systems(db, catalog, department)
    changed: list[str] = []
    unchanged: list[str] = []
    for entry in catalog.resources:
        resource = _enter_resource(db, entry, department, systems)
        kept = resources.keep_version(db, resource, entry.content(), now=now, by=by, reason=reason)
        (changed if kept else unchanged).append(entry.slug)
        if kept and zone is not None:
            one_source.examine(db, resource, now=now, zone=zone)
    return Registered(catalog.slug, tuple(changed), tuple(unchanged))


def _enter_systems(db: Session, catalog: Catalog, department: Department) -> dict[str, System]:
    systems: dict[str, System] = {}
    for entry in catalog.systems:
        project = db.scalar(select(Project).where(Project.code == entry.project_code)) or Project(
            code=entry.project_code
        )
        project.name, project.department = entry.project_name, department
        project.kind, project.state, project.go_live_date = entry.kind, entry.state, entry.go_live_date
        project.statement = entry.statement
        db.add(project)
        if entry.system_code:
            system = db.scalar(select(System).where(System.code == entry.system_code)) or System(code=entry.system_code)
            system.name, system.project = entry.system_name, project
            db.add(system)
            systems[entry.system_code] = system
        db.flush()
    return systems


def _enter_resource(
    db: Session, entry: ResourceEntry, department: Department, systems: Mapping[str, System]
) -> Resource:
    resource = db.scalar(select(Resource).where(Resource.slug == entry.slug))
    if resource is None:
        resource = Resource(
            slug=entry.slug, state=ResourceState.DRAFT, provider=department, unit=entry.slug, table_name=entry.slug
        )
        db.add(resource)
    elif resource.provider_id != department.id:
        raise Conflict(f"资源标识「{entry.slug}」已由另一部门登记", remedy="换一个资源标识", resource=entry.slug)
    fields = entry.content()
    for name in ("slug", "system_code", "base_role", "items"):
        del fields[name]
    for name, value in fields.items():
        setattr(resource, name, value)
    resource.system = systems.get(entry.system_code)
    _enter_items(db, resource, [_item(position, item) for position, item in enumerate(entry.items)])
    resources.give_code(db, resource)
    _enter_role(db, resource, entry.base_role)
    return resource


def _enter_items(db: Session, resource: Resource, items: Sequence[DataItem]) -> None:
    """Replace the items; those of the same name would clash, so the old rows go first."""
    db.flush()
    db.execute(delete(DataItem).where(DataItem.resource_id == resource.id))
    db.expire(resource, ["items"])
    resource.items.extend(items)
    db.flush()


def _item(position: int, entry: ItemEntry) -> DataItem:
    return DataItem(
        position=position,
        name=entry.name,
        title=entry.title,
        data_type=entry.data_type,
        stored_type=entry.data_type.duckdb,
        length=entry.length,
        is_key=entry.is_key,
        is_required=entry.is_required,
        is_subject=entry.is_subject,
        is_lookup=entry.is_lookup or entry.is_subject,
        identifier=entry.identifier,
        code_list=entry.code_list,
        pattern=entry.pattern,
        minimum=entry.minimum,
        maximum=entry.maximum,
        measure_unit=entry.measure_unit,
        sensitivity=entry.sensitivity,
        share_type=entry.share_type,
        mask=default_mask(entry),
    )


def default_mask(entry: ItemEntry) -> Mask:
    """What a grant shows of an item unless the decision opens it: identifiers and personal text in part."""
    if entry.sensitivity in (Sensitivity.PERSONAL, Sensitivity.SENSITIVE) and entry.data_type is DataType.TEXT:
        return Mask.PARTIAL if not entry.code_list else Mask.PLAIN
    if entry.sensitivity is Sensitivity.SENSITIVE:
        return Mask.YEAR if entry.data_type is DataType.DATE else Mask.HIDDEN
    return Mask.PLAIN


def _enter_role(db: Session, resource: Resource, role: str) -> None:
    """`<base>.<role>`, several parted by 、 or blanks, replace what the resource filled before."""
    db.execute(delete(BaseInput).where(BaseInput.resource_id == resource.id))
    for text in role.replace("、", " ").split():
        base, _, name = text.partition(".")
        db.add(BaseInput(base=base, role=name, resource=resource))
    db.flush()


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
        _enter_items(
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
    strictest = min((c.share_type for c in spec.columns), key=lambda s: s.strictness)
    resource.class_digit, resource.class_item, resource.category = "1", BASE_ITEMS[base], "001"
    resource.name, resource.abstract = f"{title}·{spec.title}", spec.grain or f"{title}的{spec.title}"
    resource.format_class, resource.format_type = FormatClass.DATABASE, "duckdb"
    resource.share_type, resource.share_method = strictest, ShareMethod.API
    resource.share_condition = "" if strictest is ShareType.UNCONDITIONAL else "依职责使用，按来源信息项的共享条件"
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
