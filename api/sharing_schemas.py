"""What goes over the wire about requests, grants, sources, demands and things to do."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from api.schemas import DecisionIn, Given, GrantOut, RequestOut, Sent


class RequestPage(BaseModel):
    """Some requests. total: how many there are in all; next: the cursor of the page after, null at the end."""

    total: int
    requests: list[RequestOut]
    next: str | None


class GrantPage(BaseModel):
    """Some grants. total: how many there are in all; next: the cursor of the page after, null at the end."""

    total: int
    grants: list[GrantOut]
    next: str | None


class MissingIn(Sent):
    """One thing to mend. field: columns, row_condition, modes, purpose, legal_basis, days or other."""

    field: str = Field(max_length=40)
    text: str = Field(min_length=1, max_length=500)


class CheckIn(Sent):
    """The authority's check; an incomplete request goes back once, with everything that is missing."""

    conforms: bool
    missing: list[MissingIn] = Field([], max_length=50)


class ResubmissionIn(Sent):
    """What was mended; a field that is left out stays as it was."""

    columns: list[str] | None = Field(None, min_length=1, max_length=500)
    modes: list[str] | None = None
    purpose: str | None = Field(None, max_length=500)
    legal_basis: str | None = Field(None, max_length=500)
    days: int | None = None
    row_condition: dict[str, Any] | None = None
    includes_minors: bool | None = None
    includes_deceased: bool | None = None


class ReasonIn(Sent):
    reason: str = Field(min_length=1, max_length=500)


class ExtensionDecisionIn(Sent):
    approve: bool


class SettlementIn(DecisionIn):
    """The authority's decision of a dispute; `reason` is needed either way."""

    reason: str = Field(min_length=1, max_length=500)


class RenewalIn(Sent):
    days: int
    purpose: str | None = Field(None, max_length=500)
    legal_basis: str | None = Field(None, max_length=500)


class NarrowingIn(Sent):
    """What is to stay of a grant. columns, modes: those that stay; row_condition: in addition to the one in force."""

    reason: str = Field(min_length=1, max_length=300)
    columns: list[str] | None = Field(None, max_length=500)
    masks: dict[str, str] | None = None
    row_condition: dict[str, Any] | None = None
    modes: list[str] | None = None
    expires_at: datetime | None = None
    exclude_minors: bool = False
    exclude_deceased: bool = False


class RefusalReasonOut(Given):
    code: str
    title: str
    article: str
    used_for: str


class ColumnAccessOut(Given):
    name: str
    title: str
    is_shown: bool
    mask: str
    mask_label: str
    why_not: str


class ModeAccessOut(Given):
    mode: str
    is_open: bool
    grant: str
    why_not: str
    remedy: str


class GrantAccessOut(Given):
    """A grant: live, ended, revoked, or barred, that is living while nothing opens now."""

    grant: str
    version: int
    state: str
    why_not: str
    remedy: str
    purpose: str
    legal_basis: str
    modes: list[str]
    columns: list[ColumnAccessOut]
    row_condition: dict[str, Any] | None
    rows: list[str]
    valid_from: datetime
    expires_at: datetime


class AccessOut(Given):
    """What a department may read of a resource, by which grant, and why not more."""

    resource: str
    resource_name: str
    department: str
    is_allowed: bool
    modes: list[ModeAccessOut]
    grants: list[GrantAccessOut]
    items: list[ColumnAccessOut]
    waiting: list[tuple[str, str, str]]
    remedy: str


class DemandIn(Sent):
    title: str = Field(min_length=1, max_length=200)
    description: str = Field(min_length=1, max_length=2000)
    purpose: str = Field(min_length=1, max_length=500)
    legal_basis: str = Field(min_length=1, max_length=500)
    update_cycle: str = Field("", max_length=24)


class AssignmentIn(Sent):
    department: str = Field(max_length=64)
    text: str = Field("", max_length=500)


class DemandAnswerIn(Sent):
    """met needs `resource`; refused needs `reason_code` and `text`; not_ours needs `text`."""

    answer: Literal["met", "refused", "not_ours"]
    resource: str = Field("", max_length=64)
    reason_code: str = Field("", max_length=40)
    text: str = Field("", max_length=500)


class DemandEventOut(Given):
    what: str
    department_id: str
    reason_code: str
    text: str
    at: datetime
    by: str


class DemandOut(BaseModel):
    id: str
    department: str
    title: str
    description: str
    purpose: str
    legal_basis: str
    update_cycle: str
    state: str
    state_label: str
    asked_at: datetime
    assigned: str | None
    due_at: datetime | None
    is_due_provisional: bool
    escalated_at: datetime | None
    resource: str | None
    closed_at: datetime | None
    events: list[DemandEventOut]


class SourceOut(BaseModel):
    """A role that speaks for an attribute of a base, and who fills it."""

    role: str
    rank: int
    resources: list[str]
    departments: list[str]
    valid_from: date
    valid_to: date | None
    basis: str
    settled_by: str
    settled_at: datetime | None


class AttributeOut(BaseModel):
    base: str
    attribute: str
    sources: list[SourceOut]


class RankingIn(Sent):
    """The roles of an attribute, most trusted first."""

    roles: list[str] = Field(min_length=1, max_length=50)
    basis: str = Field(min_length=1, max_length=300)


class ItemSourceOut(BaseModel):
    title: str
    department: str
    resource: str
    basis: str
    settled_by: str
    settled_at: datetime
    valid_from: date
    valid_to: date | None


class ConflictOut(BaseModel):
    id: str
    item: str
    title: str
    resource: str
    department: str
    holder_resource: str
    holder: str
    state: str
    found_at: datetime
    due_at: datetime | None
    is_due_provisional: bool
    outcome: str
    basis: str
    settled_at: datetime | None
    settled_by: str


class ConflictSettlementIn(Sent):
    """outcome: holder, newcomer or different."""

    outcome: Literal["holder", "newcomer", "different"]
    basis: str = Field(min_length=1, max_length=300)


class LeadIn(Sent):
    department: str = Field(max_length=64)
    basis: str = Field(min_length=1, max_length=300)


class LeadOut(BaseModel):
    base: str
    department: str
    basis: str
    settled_by: str
    valid_from: date
    valid_to: date | None


class TodoOut(Given):
    kind: str
    label: str
    id: str
    title: str
    due: datetime | None
    is_overdue: bool
    is_due_provisional: bool
    link: str
    actions: list[str]


class TodosOut(Given):
    """Soonest first, at most `limit` of each kind; `totals` counts all of each kind."""

    items: list[TodoOut]
    totals: dict[str, int]


class BatchIn(Sent):
    """values: what the action needs, such as reason_code and reason. preview: try everything, keep nothing."""

    kind: str = Field(max_length=40)
    action: str = Field(max_length=40)
    ids: list[str] = Field(min_length=1, max_length=500)
    values: dict[str, str | int] = Field(default_factory=dict, max_length=20)
    preview: bool = False


class RowResultOut(Given):
    id: str
    done: bool
    code: str
    message: str
    remedy: str
