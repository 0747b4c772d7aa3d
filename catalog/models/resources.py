"""Resources, their data items and versions, and what the bases take from them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from catalog.models.base import Model, new_id, term_column
from catalog.models.organisation import Department
from catalog.models.projects import System
from catalog.vocab import (
    Base,
    DataType,
    DeliveryMode,
    FormatClass,
    IdentifierKind,
    Mask,
    ResourceState,
    Sensitivity,
    ShareChannel,
    ShareMethod,
    ShareType,
    UpdateCycle,
    bare,
)

# a resource of a department is kept under its slug, which is never the name of a base
_BASES = [base.value for base in Base]


class Resource(Model):
    """A government information resource, core fields of the national guide (1272) first.

    unit, table_name: the release that holds its rows; for a department's resource both are the slug.
    lead_days: working days after the end of a period until its delivery is due.
    drop_limit_pct: a snapshot that would delete more rows than this share waits for a steward.
    bare_name: the name without punctuation and blanks, by which duplicates are found.
    duty, business_item: the duty (职责) and the business (业务事项) that the data comes from.
    total_gb ... opened_records: the census columns of the national template.
    """

    __tablename__ = "resource"
    __table_args__ = (Index("ix_resource_provider_id_state_id", "provider_id", "state", "id"),)

    id: Mapped[str] = mapped_column(String(20), primary_key=True, default=new_id)
    slug: Mapped[str] = mapped_column(String(64), unique=True)
    code: Mapped[str | None] = mapped_column(String(64), unique=True)
    class_digit: Mapped[str] = mapped_column(String(1))
    class_item: Mapped[str] = mapped_column(String(20))
    category: Mapped[str] = mapped_column(String(20))
    sub_category: Mapped[str] = mapped_column(String(40), default="")
    name: Mapped[str] = mapped_column(String(200))
    bare_name: Mapped[str] = mapped_column(String(200), index=True, default="")
    provider_id: Mapped[str] = mapped_column(ForeignKey("department.id"))
    abstract: Mapped[str] = mapped_column(Text)
    format_class: Mapped[FormatClass] = mapped_column(term_column(FormatClass))
    format_type: Mapped[str] = mapped_column(String(40))
    format_description: Mapped[str] = mapped_column(String(200), default="")
    share_type: Mapped[ShareType] = mapped_column(term_column(ShareType))
    share_condition: Mapped[str] = mapped_column(String(500), default="")
    share_channel: Mapped[ShareChannel] = mapped_column(term_column(ShareChannel), default=ShareChannel.PLATFORM)
    share_method: Mapped[ShareMethod] = mapped_column(term_column(ShareMethod))
    is_open: Mapped[bool] = mapped_column(default=False)
    open_condition: Mapped[str] = mapped_column(String(500), default="")
    update_cycle: Mapped[UpdateCycle] = mapped_column(term_column(UpdateCycle))
    published_date: Mapped[date | None]
    related_codes: Mapped[str] = mapped_column(String(500), default="")
    system_id: Mapped[str | None] = mapped_column(ForeignKey("system.id"), index=True)
    duty: Mapped[str] = mapped_column(String(200), default="")
    business_item: Mapped[str] = mapped_column(String(200), default="")
    total_gb: Mapped[float | None]
    total_records: Mapped[float | None]
    shared_gb: Mapped[float | None]
    shared_records: Mapped[float | None]
    opened_gb: Mapped[float | None]
    opened_records: Mapped[float | None]
    state: Mapped[ResourceState] = mapped_column(term_column(ResourceState))
    version: Mapped[int] = mapped_column(default=1)
    delivery_mode: Mapped[DeliveryMode] = mapped_column(term_column(DeliveryMode))
    operation_item: Mapped[str] = mapped_column(String(64), default="")
    lead_days: Mapped[int | None]
    drop_limit_pct: Mapped[float] = mapped_column(default=20.0)
    pull_table: Mapped[str] = mapped_column(String(200), default="")
    secrecy_reviewer: Mapped[str] = mapped_column(String(50), default="")
    secrecy_reviewed_date: Mapped[date | None]
    unit: Mapped[str] = mapped_column(String(64), index=True)
    table_name: Mapped[str] = mapped_column(String(64))

    provider: Mapped[Department] = relationship()
    system: Mapped[System | None] = relationship()
    items: Mapped[list[DataItem]] = relationship(order_by="DataItem.position", cascade="all, delete-orphan")

    @validates("name")
    def _keep_bare(self, _: str, name: str) -> str:
        self.bare_name = bare(name)
        return name

    @hybrid_property
    def is_base_table(self) -> bool:
        """Whether the authority provides it out of a base, rather than a department by deliveries."""
        return self.unit in _BASES

    @is_base_table.inplace.expression
    @classmethod
    def _is_base_table(cls) -> ColumnElement[bool]:
        return cls.unit.in_(_BASES)


class DataItem(Model):
    """One data item (信息项) of a resource; sharing and opening are never looser than the resource's."""

    __tablename__ = "data_item"
    __table_args__ = (UniqueConstraint("resource_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    resource_id: Mapped[str] = mapped_column(ForeignKey("resource.id"), index=True)
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(100))
    title_en: Mapped[str] = mapped_column(String(100), default="")
    data_type: Mapped[DataType] = mapped_column(term_column(DataType))
    stored_type: Mapped[str] = mapped_column(String(40))
    length: Mapped[int | None]
    is_key: Mapped[bool] = mapped_column(default=False)
    is_required: Mapped[bool] = mapped_column(default=False)
    is_subject: Mapped[bool] = mapped_column(default=False)
    is_lookup: Mapped[bool] = mapped_column(default=False)
    identifier: Mapped[IdentifierKind | None] = mapped_column(term_column(IdentifierKind))
    code_list: Mapped[str] = mapped_column(String(40), default="")
    pattern: Mapped[str] = mapped_column(String(200), default="")
    minimum: Mapped[float | None]
    maximum: Mapped[float | None]
    measure_unit: Mapped[str] = mapped_column(String(20), default="")
    sensitivity: Mapped[Sensitivity] = mapped_column(term_column(Sensitivity))
    share_type: Mapped[ShareType] = mapped_column(term_column(ShareType))
    share_condition: Mapped[str] = mapped_column(String(500), default="")
    is_open: Mapped[bool] = mapped_column(default=False)
    open_condition: Mapped[str] = mapped_column(String(500), default="")
    mask: Mapped[Mask] = mapped_column(term_column(Mask), default=Mask.PLAIN)


class ResourceVersion(Model):
    """A resource as it was after one change: who, when, why, and all its fields."""

    __tablename__ = "resource_version"
    __table_args__ = (UniqueConstraint("resource_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    resource_id: Mapped[str] = mapped_column(ForeignKey("resource.id"), index=True)
    version: Mapped[int]
    content: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(String(64))
    changed_at: Mapped[datetime]
    changed_by: Mapped[str] = mapped_column(String(100))
    reason: Mapped[str] = mapped_column(String(500))


class BaseInput(Model):
    """The resource that fills a role of a base; several may, ranked. Of a role `check_...` it is no source."""

    __tablename__ = "base_input"
    __table_args__ = (UniqueConstraint("base", "role", "resource_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    base: Mapped[str] = mapped_column(String(40), index=True)
    role: Mapped[str] = mapped_column(String(64))
    resource_id: Mapped[str] = mapped_column(ForeignKey("resource.id"), index=True)
    rank: Mapped[int] = mapped_column(default=1)

    resource: Mapped[Resource] = relationship()


class AttributeAuthority(Model):
    """One source per item (一数一源): which role's value an attribute of a base takes first, between two days.

    settled_by is empty for the ranking that a base brought with it.
    """

    __tablename__ = "attribute_authority"
    __table_args__ = (UniqueConstraint("base", "attribute", "role", "valid_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    base: Mapped[str] = mapped_column(String(40), index=True)
    attribute: Mapped[str] = mapped_column(String(100))
    role: Mapped[str] = mapped_column(String(64))
    rank: Mapped[int]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    basis: Mapped[str] = mapped_column(String(300), default="")
    settled_by: Mapped[str] = mapped_column(String(100), default="")
    settled_at: Mapped[datetime | None]


class CodeListEntry(Model):
    """A code of a code list, with the days between which it is in force."""

    __tablename__ = "code_list_entry"
    __table_args__ = (UniqueConstraint("code_list", "code", "valid_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code_list: Mapped[str] = mapped_column(String(40), index=True)
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(String(200))
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
