"""Requests, decisions, grants and the extracts made under them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.models.base import Model, new_id
from catalog.models.organisation import Department
from catalog.models.resources import Resource


class SharingRequest(Model):
    """A department's wish (共享申请): named columns and rows for a purpose on a legal basis.

    state: asked, granted, refused. modes: `lookup` (by record, page) and `bulk` (extract).
    """

    __tablename__ = "sharing_request"

    id: Mapped[str] = mapped_column(String(20), primary_key=True, default=new_id)
    resource_id: Mapped[str] = mapped_column(ForeignKey("resource.id"), index=True)
    department_id: Mapped[str] = mapped_column(ForeignKey("department.id"), index=True)
    columns: Mapped[list[Any]]
    row_condition: Mapped[dict[str, Any] | None]
    modes: Mapped[list[Any]]
    purpose: Mapped[str] = mapped_column(String(500))
    legal_basis: Mapped[str] = mapped_column(String(500))
    includes_minors: Mapped[bool] = mapped_column(default=False)
    includes_deceased: Mapped[bool] = mapped_column(default=False)
    days: Mapped[int]
    state: Mapped[str] = mapped_column(String(20))
    asked_at: Mapped[datetime]
    asked_by: Mapped[str] = mapped_column(String(100))
    due_at: Mapped[datetime | None]
    is_due_provisional: Mapped[bool] = mapped_column(default=False)

    resource: Mapped[Resource] = relationship()
    department: Mapped[Department] = relationship()
    decisions: Mapped[list[Decision]] = relationship(order_by="Decision.decided_at")


class Decision(Model):
    """One answer to a request; a refusal carries its reason."""

    __tablename__ = "decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[str] = mapped_column(ForeignKey("sharing_request.id"), index=True)
    department_id: Mapped[str] = mapped_column(ForeignKey("department.id"))
    outcome: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(500), default="")
    decided_at: Mapped[datetime]
    decided_by: Mapped[str] = mapped_column(String(100))


class Grant(Model):
    """A grant (共享授权) of one resource to one department; what it opens is in its newest version."""

    __tablename__ = "sharing_grant"

    id: Mapped[str] = mapped_column(String(20), primary_key=True, default=new_id)
    request_id: Mapped[str] = mapped_column(ForeignKey("sharing_request.id"), index=True)
    resource_id: Mapped[str] = mapped_column(ForeignKey("resource.id"), index=True)
    department_id: Mapped[str] = mapped_column(ForeignKey("department.id"), index=True)
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str | None] = mapped_column(String(100))
    revoked_reason: Mapped[str | None] = mapped_column(String(300))

    resource: Mapped[Resource] = relationship()
    department: Mapped[Department] = relationship()
    versions: Mapped[list[GrantVersion]] = relationship(order_by="GrantVersion.version", cascade="all, delete-orphan")


class GrantVersion(Model):
    """Columns with their masks, rows, purpose and time of a grant; never changed, only followed by another.

    columns: {name: mask}. mask_key_id: the key that hash masks use for the life of this version.
    """

    __tablename__ = "grant_version"
    __table_args__ = (UniqueConstraint("grant_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    grant_id: Mapped[str] = mapped_column(ForeignKey("sharing_grant.id"), index=True)
    version: Mapped[int]
    columns: Mapped[dict[str, Any]]
    row_condition: Mapped[dict[str, Any] | None]
    modes: Mapped[list[Any]]
    includes_minors: Mapped[bool] = mapped_column(default=False)
    includes_deceased: Mapped[bool] = mapped_column(default=False)
    purpose: Mapped[str] = mapped_column(String(500))
    legal_basis: Mapped[str] = mapped_column(String(500))
    mask_key_id: Mapped[str] = mapped_column(String(40))
    valid_from: Mapped[datetime]
    expires_at: Mapped[datetime]
    created_at: Mapped[datetime]


class Extract(Model):
    """A Parquet file made for one grant version out of one release; gone when the grant is."""

    __tablename__ = "extract"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    grant_id: Mapped[str] = mapped_column(ForeignKey("sharing_grant.id"), index=True)
    grant_version: Mapped[int]
    unit: Mapped[str] = mapped_column(String(64))
    release_id: Mapped[str] = mapped_column(String(40))
    filename: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    rows: Mapped[int]
    size: Mapped[int]
    made_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]
