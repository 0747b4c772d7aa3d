"""What goes over the wire about quality orders and correction requests."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, Field

from api.schemas import Given, Sent


class OrderStepOut(Given):
    what: str
    at: datetime
    by: str
    text: str
    count: int | None
    delivery_id: str | None
    release_id: str | None


class ExplanationOut(Given):
    """evidence_name: "" without a file; outcome: approved, rejected, lapsed, null while it waits."""

    id: str
    text: str
    evidence_name: str
    evidence_size: int
    made_at: datetime
    made_by: str
    outcome: str | None
    reason: str
    decided_at: datetime | None


class OrderOut(BaseModel):
    """state: open, explained, closed; closed_how: passed, accepted; times: how often it was opened."""

    id: str
    rule: str
    resource: str
    department: str
    unit: str
    dimension: str
    side: str
    state: str
    state_label: str
    count: int
    message: str
    remedy: str
    period: str
    delivery_id: str | None
    release_id: str | None
    opened_at: datetime
    due_at: datetime | None
    is_due_provisional: bool
    escalated_at: datetime | None
    closed_at: datetime | None
    closed_how: str
    times: int


class StandingOut(BaseModel):
    """Findings of a delivery of an incremental resource that no later delivery has put right."""

    delivery_id: str
    period: str
    count: int


class OrderDetail(OrderOut):
    """standing: of an open order on an incremental resource, the deliveries whose rows have not come again right."""

    standing: list[StandingOut]
    steps: list[OrderStepOut]
    explanations: list[ExplanationOut]


class ExplanationDecisionIn(Sent):
    """until: the last day of the exception, as long as the rule allows where it is left out."""

    approve: bool
    reason: str = Field("", max_length=500)
    until: date | None = None


class CorrectionIn(Sent):
    """A value of a record that the caller's grant shows. grant: which one, where there are several."""

    resource: str = Field(max_length=64)
    record_key: str = Field(max_length=20)
    item: str = Field(max_length=64)
    claim: str = Field(min_length=1, max_length=1000)
    grounds: str = Field(min_length=1, max_length=1000)
    grant: str | None = Field(None, max_length=20)


class CorrectionAnswerIn(Sent):
    """mended needs `delivery` unless the authority has the request; platform needs `fault` and no words."""

    answer: Literal["mended", "refused", "platform"]
    text: str = Field("", max_length=1000)
    delivery: str = Field("", max_length=20)
    fault: Literal["", "link", "merge", "choose"] = ""


class CorrectionStepOut(Given):
    what: str
    department_id: str
    at: datetime
    by: str


class CorrectionOut(BaseModel):
    """state: asked, mended, refused, withdrawn. told: how many departments were told when it was mended."""

    id: str
    resource: str
    record_key: str
    item: str
    release_id: str
    department: str
    asked_at: datetime
    assigned: str
    source: str
    fault: str
    state: str
    state_label: str
    due_at: datetime | None
    is_due_provisional: bool
    escalated_at: datetime | None
    closed_at: datetime | None
    fix_delivery_id: str | None
    fix_release_id: str | None
    wrong_since: datetime | None
    told: int


class CorrectionDetail(CorrectionOut):
    """claim, grounds, answer: null for those whose business they are not."""

    claim: str | None
    grounds: str | None
    answer: str | None
    steps: list[CorrectionStepOut]


class CardOut(BaseModel):
    """One department, month and dimension, null for all of them. Shares are between 0 and 1, null without a base.

    excepted: accepted exceptions among the right rows; wrong: rows with a finding in the dimension; open, overdue: orders at the end of the month.
    """

    department: str
    month: str
    dimension: str | None
    rows: int
    right: int
    excepted: int
    wrong: int
    findings: int
    share_passed: float | None
    share_on_time: float | None
    opened: int
    ended: int
    median_days: float | None
    share_in_time: float | None
    open: int
    overdue: int
