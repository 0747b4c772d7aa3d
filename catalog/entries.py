"""What one department's catalog says, as plain data: what a workbook is read into and written from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from typing import Any

from catalog.vocab import (
    DataType,
    DeliveryMode,
    FormatClass,
    IdentifierKind,
    Sensitivity,
    ShareChannel,
    ShareMethod,
    ShareType,
    UpdateCycle,
)


@dataclass(slots=True)
class ItemEntry:
    """One data item; share_type and is_open are settled, never looser than the resource's."""

    name: str
    title: str
    data_type: DataType
    length: int | None
    is_key: bool
    is_required: bool
    is_subject: bool
    is_lookup: bool
    identifier: IdentifierKind | None
    code_list: str
    pattern: str
    minimum: float | None
    maximum: float | None
    measure_unit: str
    sensitivity: Sensitivity
    share_type: ShareType
    share_condition: str = ""
    is_open: bool = False
    open_condition: str = ""
    title_en: str = ""


@dataclass(slots=True)
class ResourceEntry:
    """One resource; `row` is where its first row stands in the sheet, `code` what the register gave it."""

    row: int = field(compare=False)
    slug: str
    class_digit: str
    class_item: str
    category: str
    sub_category: str
    name: str
    abstract: str
    format_class: FormatClass
    format_type: str
    share_type: ShareType
    share_condition: str
    share_method: ShareMethod
    is_open: bool
    open_condition: str
    update_cycle: UpdateCycle
    published_date: date | None
    related_codes: str
    delivery_mode: DeliveryMode
    pull_table: str
    lead_days: int | None
    system_code: str
    base_role: str
    secrecy_reviewer: str
    secrecy_reviewed_date: date | None
    format_description: str = ""
    share_channel: ShareChannel = ShareChannel.PLATFORM
    duty: str = ""
    business_item: str = ""
    total_gb: float | None = None
    total_records: float | None = None
    shared_gb: float | None = None
    shared_records: float | None = None
    opened_gb: float | None = None
    opened_records: float | None = None
    operation_item: str = ""
    drop_limit_pct: float = 20.0
    items: list[ItemEntry] = field(default_factory=list)
    code: str = field(default="", compare=False)

    def content(self) -> dict[str, Any]:
        """Every field as plain values, for the version history; the code is the register's, the row the sheet's."""
        content = asdict(self)
        del content["row"], content["code"]
        return content


# fields of a resource that its row holds under the same name
COLUMNS = tuple(
    f.name for f in fields(ResourceEntry) if f.name not in ("row", "slug", "code", "system_code", "base_role", "items")
)


def resource_entry(content: Mapping[str, Any]) -> ResourceEntry:
    """The entry whose plain values were kept in a version; fields that a later program added take their default."""
    items = [_item_entry(item) for item in content["items"]]
    typed = {**content, "row": 0, "items": items}
    for name, kind in _TERMS.items():
        typed[name] = kind(typed.get(name, ShareChannel.PLATFORM))
    for name in ("published_date", "secrecy_reviewed_date"):
        value = typed[name]
        typed[name] = date.fromisoformat(value) if isinstance(value, str) else value
    return ResourceEntry(**typed)


_TERMS = {
    "format_class": FormatClass,
    "share_type": ShareType,
    "share_channel": ShareChannel,
    "share_method": ShareMethod,
    "update_cycle": UpdateCycle,
    "delivery_mode": DeliveryMode,
}


def _item_entry(content: Mapping[str, Any]) -> ItemEntry:
    identifier = content["identifier"]
    return ItemEntry(
        **{
            **content,
            "data_type": DataType(content["data_type"]),
            "identifier": IdentifierKind(identifier) if identifier else None,
            "sensitivity": Sensitivity(content["sensitivity"]),
            "share_type": ShareType(content["share_type"]),
        }
    )


@dataclass(slots=True)
class SystemEntry:
    """One line of 项目与系统: a project, and a system of it unless it builds none."""

    project_code: str
    project_name: str
    kind: str
    state: str
    go_live_date: date | None
    system_code: str
    system_name: str
    statement: str


@dataclass(slots=True)
class Catalog:
    """What one department's workbook says."""

    slug: str
    name: str
    credit_code: str
    division_code: str
    registrar_name: str
    verifier_name: str
    systems: list[SystemEntry]
    resources: list[ResourceEntry]
    upper: str = ""
