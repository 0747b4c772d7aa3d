"""What goes over the wire, in and out."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Sent(BaseModel):
    """Something a client sends: a field that is not known is an error, not ignored."""

    model_config = ConfigDict(extra="forbid", str_max_length=2000)


class Given(BaseModel):
    """Something the exchange gives."""

    model_config = ConfigDict(from_attributes=True)


class Problem(BaseModel):
    """An error, RFC 9457. fault: `caller`, `provider` or `exchange`."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    fault: str
    remedy: str
    request_id: str
    receipt_id: str | None = None
    facts: dict[str, Any] | None = None
    errors: list[dict[str, Any]] | None = None


class Token(BaseModel):
    """A bearer token, RFC 6749."""

    access_token: str
    token_type: str
    expires_in: int


class TokenRefusal(BaseModel):
    """Why there is no token, RFC 6749."""

    error: str
    error_description: str


class LookupIn(Sent):
    """By `identifier`, or by `column` and `value`; `cursor` goes on with the same question."""

    identifier: str | None = None
    column: str | None = None
    value: str | int | float | bool | None = None
    limit: int = Field(100, ge=1, le=100)
    cursor: str | None = None


class PageOut(BaseModel):
    """A page of records; `next` is the cursor of the following page, null at the end."""

    records: list[dict[str, Any]]
    next: str | None


class ChangeOut(BaseModel):
    """op: insert, update, delete; changed: columns of an update; record: as it is now, null of a delete.

    merged_into: the record that took a deleted one over.
    """

    op: Literal["insert", "update", "delete"]
    record_key: str
    changed: list[str]
    record: dict[str, Any] | None
    merged_into: str | None = None


class OriginOut(BaseModel):
    """delivery, row, as_of: null where the source is known and its row is not; as_of: the day that the row speaks of."""

    item: str
    department: str
    resource: str
    release: str
    delivery: str | None
    row: int | None
    as_of: date | None
    period: str | None
    received_at: datetime | None


class OriginsOut(BaseModel):
    """The items of a record that the grant shows and of which the base knows the source."""

    record_key: str
    origins: list[OriginOut]


class ChangesOut(BaseModel):
    """release: the one that the caller holds once all pages are applied; next: the cursor to go on with."""

    since: str
    release: str
    changes: list[ChangeOut]
    next: str | None


class RequestIn(Sent):
    """A sharing request (共享申请)."""

    resource: str
    columns: list[str] = Field(min_length=1, max_length=500)
    modes: list[str] = ["lookup", "bulk"]
    purpose: str = Field(min_length=1, max_length=500)
    legal_basis: str = Field(min_length=1, max_length=500)
    days: int
    row_condition: dict[str, Any] | None = None
    includes_minors: bool = False
    includes_deceased: bool = False


class DecisionIn(Sent):
    """An answer. masks: item -> plain, partial, hash, year or hidden, where not the default.

    reason_code: for a refusal, one of /v1/refusal-reasons.
    """

    approve: bool
    reason_code: str = Field("", max_length=40)
    reason: str = Field("", max_length=500)
    masks: dict[str, str] = {}
    days: int | None = None


class RevocationIn(Sent):
    reason: str = Field(min_length=1, max_length=300)


class DecisionOut(Given):
    step: str
    department_id: str
    outcome: str
    reason_code: str
    reason: str
    decided_at: datetime
    decided_by: str


class AnswerOut(BaseModel):
    """A department whose yes is needed: provider, source or lead; outcome null until it answered."""

    department: str
    department_name: str
    part: str
    columns: list[str]
    outcome: str | None
    answered_at: datetime | None


class ExtensionOut(Given):
    department_id: str
    reason: str
    asked_at: datetime
    outcome: str | None
    decided_at: datetime | None


class RequestOut(BaseModel):
    id: str
    resource: str
    department: str
    state: str
    state_label: str
    columns: list[str]
    modes: list[str]
    row_condition: dict[str, Any] | None
    purpose: str
    legal_basis: str
    days: int
    includes_minors: bool
    includes_deceased: bool
    asked_at: datetime
    due_at: datetime | None
    is_due_provisional: bool
    escalated_at: datetime | None
    returned_at: datetime | None
    missing: list[dict[str, str]]
    disputed_at: datetime | None
    dispute_reason: str
    renews: str | None
    answers: list[AnswerOut]
    extension: ExtensionOut | None
    decisions: list[DecisionOut]
    grant: str | None


class GrantVersionOut(Given):
    version: int
    kind: str
    reason: str
    created_by: str
    created_at: datetime
    columns: dict[str, str]
    valid_from: datetime
    expires_at: datetime


class GrantOut(BaseModel):
    id: str
    request: str
    resource: str
    department: str
    version: int
    columns: dict[str, str]
    row_condition: dict[str, Any] | None
    modes: list[str]
    purpose: str
    legal_basis: str
    valid_from: datetime
    expires_at: datetime
    revoked_at: datetime | None
    revoked_reason: str | None
    versions: list[GrantVersionOut]


class DeliveryOut(BaseModel):
    id: str
    resource: str
    period: str
    sequence: int
    digest: str
    filename: str
    size: int
    channel: str
    state: str
    is_zero_report: bool
    received_at: datetime
    settled_at: datetime | None
    rows: int | None
    good: int | None
    bad: int | None
    verdict: str
    excepted: int
    held_reason: str


class FindingOut(BaseModel):
    rule: str
    item: str
    dimension: str
    outcome: str
    side: str
    department: str
    count: int
    accepted: int
    message: str
    remedy: str
    first_rows: list[int]


class DeliveryDetail(DeliveryOut):
    findings: list[FindingOut]


class ResourceOut(BaseModel):
    slug: str
    code: str | None
    name: str
    abstract: str
    provider: str
    provider_name: str
    share_type: str
    share_condition: str
    is_open: bool
    format_class: str
    update_cycle: str
    unit: str
    table: str
    rows: int | None
    release: str | None
    released_at: datetime | None


class ItemOut(Given):
    name: str
    title: str
    title_en: str
    stored_type: str
    length: int | None
    is_key: bool
    is_required: bool
    is_lookup: bool
    code_list: str
    measure_unit: str
    sensitivity: str
    share_type: str
    default_mask: str


class QualityOut(BaseModel):
    """The verdict that the data carry. share: of right rows; excepted: rows accepted as exceptions, counted apart.

    passed_from, fair_from: the thresholds in force, in percent.
    """

    verdict: str
    verdict_label: str
    share: float | None
    excepted: int
    period: str
    passed_from: float | None
    fair_from: float | None


class ResourceDetail(ResourceOut):
    items: list[ItemOut]
    quality: QualityOut | None
    last_period: str | None
    last_received_at: datetime | None


class ResourceFound(ResourceOut):
    """state: published for everybody; others are seen by the provider and the authority."""

    state: str
    freshness: str
    quality: str


class FacetValueOut(BaseModel):
    value: str
    title: str
    count: int


class FacetOut(BaseModel):
    """name: the query parameter that takes a value of it."""

    name: str
    title: str
    values: list[FacetValueOut]


class ResourcePage(BaseModel):
    """facets: how many resources each value would give under the words and the other facets."""

    total: int
    resources: list[ResourceFound]
    next: str | None
    facets: list[FacetOut]


class ReleaseOut(BaseModel):
    unit: str
    release_id: str
    identity: str
    tables: dict[str, int]
    built_from: list[dict[str, Any]]
    share_passed: float | None
    created_at: datetime
    is_in_force: bool
    is_expired: bool


class AcceptanceOut(BaseModel):
    id: str
    project: str
    as_of: date
    verdict: str
    verdict_label: str
    failed_items: list[str]
    items: list[dict[str, Any]]
    digest: str


class ReadOut(Given):
    receipt_id: str
    at: datetime
    client: str
    department: str
    grant: str
    purpose: str
    door: str
    outcome: str
    columns: dict[str, str]
    is_certain: bool
