"""What goes over the wire about catalog entries, their life, and notices."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, Field

from api.schemas import Given, Sent


class EnteredOut(BaseModel):
    """What one workbook did. revised: changes drafted of published resources, which go on as they are."""

    upload: str
    file: str
    department: str
    changed: list[str]
    revised: list[str]
    unchanged: list[str]
    fixes: list[dict[str, Any]]


class CatalogsOut(BaseModel):
    """What the workbooks of one upload did together, and each of them."""

    changed: list[str]
    revised: list[str]
    unchanged: list[str]
    books: list[EnteredOut]


class UploadOut(Given):
    id: str
    filename: str
    at: datetime
    by: str
    outcome: str
    faults: list[dict[str, Any]]
    fixes: list[dict[str, Any]]
    changed: list[str]


class StepIn(Sent):
    """version: the version that was looked at; stamp: the state, the change under way included. Another is a conflict."""

    version: int | None = Field(None, ge=1)
    stamp: str | None = Field(None, max_length=40)


class ReasonIn(Sent):
    column: str = Field(min_length=1, max_length=100)
    item: str = Field("", max_length=64)
    reason: str = Field(min_length=1, max_length=500)


class ReturnIn(StepIn):
    reasons: list[ReasonIn] = Field(min_length=1, max_length=100)


class RetirementIn(StepIn):
    reason: str = Field(min_length=1, max_length=500)


class UpdateIn(Sent):
    reason: str = Field(min_length=1, max_length=500)


class CopyIn(Sent):
    slug: str = Field(min_length=3, max_length=64)
    name: str = Field(min_length=1, max_length=200)


class RevisionOut(Given):
    """A change of a published resource that is not in force yet."""

    id: str
    kind: str
    state: str
    content: dict[str, Any]
    breaking: list[dict[str, Any]]
    consumers: list[str]
    reason: str
    made_at: datetime
    made_by: str
    effective_date: date | None
    is_provisional: bool


class LifeStepOut(Given):
    step: str
    at: datetime
    by: str
    note: str
    reasons: list[dict[str, Any]]
    side: str
    due: date | None
    is_due_provisional: bool
    closed_at: datetime | None


class EntryOut(BaseModel):
    """A catalog entry as it is registered, with the change that is under way and what was returned."""

    slug: str
    code: str | None
    department: str
    state: str
    state_label: str
    version: int
    stamp: str
    content: dict[str, Any]
    revision: RevisionOut | None
    returned: list[dict[str, Any]]


class VersionOut(Given):
    version: int
    digest: str
    changed_at: datetime
    changed_by: str
    reason: str


class ChangeOut(Given):
    kind: str
    item: str
    field: str
    old: Any
    new: Any


class BreakingOut(Given):
    rule: str
    item: str
    text: str


class DiffOut(BaseModel):
    first: int
    last: int
    changes: list[ChangeOut]
    breaking: list[BreakingOut]


class OverdueOut(BaseModel):
    side: str
    department: str
    resource: str
    step: str
    since: datetime
    due: date
    is_provisional: bool


class NoticeOut(Given):
    id: str
    kind: str
    subject: str
    text: str
    due: date | None
    is_due_provisional: bool
    sent_at: datetime
    read_at: datetime | None
    read_by: str | None


class SpillIn(Sent):
    """delivery: the batch that should never have come in. is_trial: only tell what it led to, freeze nothing."""

    delivery: str = Field(min_length=1, max_length=20)
    reason: str = Field(min_length=1, max_length=500, description="without any of the content")
    is_trial: bool = False


class SpillOut(BaseModel):
    """state: trial, frozen, lifted or erased. in_force: what answers now in place of erased releases."""

    id: str
    state: str
    reason: str
    derived: dict[str, list[str]]
    frozen_at: datetime | None
    frozen_by: str
    ended_at: datetime | None
    ended_by: str | None
    in_force: list[str] = []
    receipt_id: str = ""
