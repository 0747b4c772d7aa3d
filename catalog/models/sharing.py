"""Requests, decisions, grants and the extracts made under them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.models.base import Model, new_id
from catalog.models.organisation import Department
from catalog.models.resources import Resource


class SharingRequest(Model):
    """A department's wish (共享申请): named columns and rows for a purpose on a legal basis.

    state: see `catalog.request_states`. modes: `lookup` (by record, page) and `bulk` (extract).
    due_at: the end of the step that is on. moves: grows with every step, so that two hands never both take one.
    missing: what the one return asked for, each `{"field", "text"}`. renews_id: the grant that this would prolong.
    is_probe: made by the acceptance check for itself; evidence, but in nobody's lists and figures.
    """

    __tablename__ = "sharing_request"
    __table_args__ = (Index("ix_sharing_request_state_due_at", "state", "due_at"),)

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
    moves: Mapped[int] = mapped_column(default=0)
    returned_at: Mapped[datetime | None]
    missing: Mapped[list[Any]] = mapped_column(default=list)
    escalated_at: Mapped[datetime | None]
    disputed_at: Mapped[datetime | None]
    dispute_reason: Mapped[str] = mapped_column(String(500), default="")
    renews_id: Mapped[str | None] = mapped_column(String(20), index=True)
    is_probe: Mapped[bool] = mapped_column(default=False, server_default=false())

    resource: Mapped[Resource] = relationship()
    department: Mapped[Department] = relationship()
    decisions: Mapped[list[Decision]] = relationship(order_by="Decision.id")
    answers: Mapped[list[RequestAnswer]] = relationship(order_by="RequestAnswer.id", cascade="all, delete-orphan")
    extension: Mapped[RequestExtension | None] = relationship(cascade="all, delete-orphan")


class RequestAnswer(Model):
    """A department whose yes a request needs, and its answer once given.

    part: `provider`, `source` (数源部门 of base columns) or `lead` (牵头部门). columns: the items that concern it.
    masks, days: what it allows of them; the strictest of all answers is granted.
    """

    __tablename__ = "request_answer"
    __table_args__ = (UniqueConstraint("request_id", "department_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[str] = mapped_column(ForeignKey("sharing_request.id"), index=True)
    department_id: Mapped[str] = mapped_column(ForeignKey("department.id"), index=True)
    part: Mapped[str] = mapped_column(String(20))
    columns: Mapped[list[Any]]
    outcome: Mapped[str | None] = mapped_column(String(20))
    masks: Mapped[dict[str, Any]] = mapped_column(default=dict)
    days: Mapped[int | None]
    answered_at: Mapped[datetime | None]

    department: Mapped[Department] = relationship()


class RequestExtension(Model):
    """The one longer term that a department may ask for, and what the authority said."""

    __tablename__ = "request_extension"

    request_id: Mapped[str] = mapped_column(ForeignKey("sharing_request.id"), primary_key=True)
    department_id: Mapped[str] = mapped_column(ForeignKey("department.id"))
    reason: Mapped[str] = mapped_column(String(500))
    asked_at: Mapped[datetime]
    asked_by: Mapped[str] = mapped_column(String(100))
    outcome: Mapped[str | None] = mapped_column(String(20))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(String(100), default="")


class RefusalReason(Model):
    """A reason for which sharing may be refused (不予共享理由), with its article; a dated row.

    used_for: `sharing`, `demand` or `both`.
    """

    __tablename__ = "refusal_reason"

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    article: Mapped[str] = mapped_column(String(200))
    used_for: Mapped[str] = mapped_column(String(20))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class Decision(Model):
    """One step of a request, who took it and why; a refusal carries a reason of the list and a text.

    step: `check`, `answer`, `dispute`, `resubmit`, `withdraw`, `extend` or `system`.
    """

    __tablename__ = "decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[str] = mapped_column(ForeignKey("sharing_request.id"), index=True)
    department_id: Mapped[str] = mapped_column(ForeignKey("department.id"))
    step: Mapped[str] = mapped_column(String(20), default="answer")
    outcome: Mapped[str] = mapped_column(String(20))
    reason_code: Mapped[str] = mapped_column(String(40), default="")
    reason: Mapped[str] = mapped_column(String(500), default="")
    decided_at: Mapped[datetime]
    decided_by: Mapped[str] = mapped_column(String(100))


class Grant(Model):
    """A grant (共享授权) of one resource to one department; what it opens is in its newest version.

    end_told_at: when the holder was last told that its end is near. is_probe: as its request.
    """

    __tablename__ = "sharing_grant"

    id: Mapped[str] = mapped_column(String(20), primary_key=True, default=new_id)
    request_id: Mapped[str] = mapped_column(ForeignKey("sharing_request.id"), index=True)
    resource_id: Mapped[str] = mapped_column(ForeignKey("resource.id"), index=True)
    department_id: Mapped[str] = mapped_column(ForeignKey("department.id"), index=True)
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str | None] = mapped_column(String(100))
    revoked_reason: Mapped[str | None] = mapped_column(String(300))
    end_told_at: Mapped[datetime | None]
    is_probe: Mapped[bool] = mapped_column(default=False, server_default=false())

    resource: Mapped[Resource] = relationship()
    department: Mapped[Department] = relationship()
    versions: Mapped[list[GrantVersion]] = relationship(order_by="GrantVersion.version", cascade="all, delete-orphan")


class GrantVersion(Model):
    """Columns with their masks, rows, purpose and time of a grant; never changed, only followed by another.

    columns: {name: mask}. mask_key_id: the key that hash masks use for the life of this version.
    kind: how it came about: `granted`, `renewed` or `narrowed`; reason and created_by say why and by whom.
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
    kind: Mapped[str] = mapped_column(String(20), default="granted")
    reason: Mapped[str] = mapped_column(String(300), default="")
    created_by: Mapped[str] = mapped_column(String(100), default="")


class Extract(Model):
    """A Parquet file made for one grant version out of one release; gone when the grant is.

    grant_id is None for what is open to everybody: that file goes when another one is in its place.
    """

    __tablename__ = "extract"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    grant_id: Mapped[str | None] = mapped_column(ForeignKey("sharing_grant.id"), index=True)
    grant_version: Mapped[int]
    unit: Mapped[str] = mapped_column(String(64))
    release_id: Mapped[str] = mapped_column(String(40))
    filename: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    rows: Mapped[int]
    size: Mapped[int]
    made_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]
