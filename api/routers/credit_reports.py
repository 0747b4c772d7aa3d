"""The credit report of a person or a firm."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel
from pydantic_core import to_json
from starlette.responses import Response

from api import credit_report, whole
from api.question import Question
from api.routers.whole import ClosedOut, WholeIn, asker

router = APIRouter(prefix="/v1/credit-reports", tags=["data"])


class ReportIn(WholeIn):
    """Whose report, and of which day: today or before."""

    on: date | None = None


class LineOut(BaseModel):
    """A record with its kind in the national catalogue, who told it, and the day it is of."""

    table: str
    catalogue_kind_code: str | None
    department: str
    resource: str
    date: str | None
    record: dict[str, Any]


class ProofOut(BaseModel):
    """Under which grant a table answered; more: there are further records."""

    base: str
    table: str
    resource: str
    release: str
    grant: str
    receipt: str
    more: bool


class ReportOut(BaseModel):
    """All lines; tables: each with its grant and receipt; closed: those that no grant opens."""

    kind: str
    record_key: str
    on: date
    lines: list[LineOut]
    tables: list[ProofOut]
    closed: list[ClosedOut]


@router.post("/{kind}", response_model=ReportOut)
async def read_report(kind: str, sent: ReportIn, asked: Annotated[Question, Depends(asker)]) -> Response:
    """What may be shown of a person's or firm's credit on a day; each table with its own receipt."""
    assert asked.caller is not None
    wanted = whole.Wanted(kind, sent.identifier or "", sent.record_key or "", sent.grants)
    found = await credit_report.make(asked.exchange, asked.request, asked.caller, wanted, sent.on)
    asked.request.state.receipt = found.parts[0].receipt
    headers = {"Cache-Control": "no-store", "X-Receipt-Id": found.parts[0].receipt}
    return Response(to_json(credit_report.content(found)), headers=headers, media_type="application/json")
