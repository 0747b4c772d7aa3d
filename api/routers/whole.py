"""The whole view of a person or a firm over all bases."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field
from pydantic_core import to_json
from starlette.responses import Response

from api import control, whole
from api.deps import question
from api.direct import DirectRoute
from api.question import Question
from api.schemas import Sent

router = APIRouter(prefix="/v1/whole", tags=["data"], route_class=DirectRoute)


class WholeIn(Sent):
    """Whose: an identifier or a record key. grants: resource -> grant, where several are live."""

    identifier: str | None = Field(None, min_length=1, max_length=40)
    record_key: str | None = Field(None, min_length=20, max_length=20)
    grants: dict[str, str] = Field(default_factory=dict, max_length=50)


class TableOut(BaseModel):
    """What one table shows under its grant; more: there are further records, to be had page by page.

    count: how many records there are, where they are other persons' own (a firm's employees) and none is shown.
    """

    base: str
    table: str
    resource: str
    release: str
    grant: str
    receipt: str
    records: list[dict[str, Any]]
    more: bool
    count: int | None


class ClosedOut(BaseModel):
    """A table that no grant opens to this question."""

    base: str
    table: str
    resource: str
    code: str
    reason: str


class WholeOut(BaseModel):
    """merged_into: the key under which the subject stands, where another was asked for."""

    kind: str
    record_key: str
    merged_into: str | None
    tables: list[TableOut]
    closed: list[ClosedOut]


async def asker(request: Request) -> Question:
    """Who asks, by its token; a refusal leaves a receipt."""
    return await question(request, "")


class ControlIn(WholeIn):
    """Whose holders; least_pct: the share from which on a holder is named, in percent."""

    least_pct: float = Field(control.BENEFICIAL_PCT, ge=0, le=100, allow_inf_nan=False)


class HolderOut(BaseModel):
    """A holder, by its key; name as the grant shows it.

    total_pct: direct and indirect, over all chains. is_ultimate: the grant shows nobody behind it. is_controlling: a
    chain of majorities leads to it. nearest: how many steps away it stands.
    """

    person_key: str | None
    entity_key: str | None
    name: str | None
    direct_pct: float
    indirect_pct: float
    total_pct: float
    chains: int
    nearest: int
    is_ultimate: bool
    is_controlling: bool


class ControlOut(BaseModel):
    """is_complete: no chain was too long, there were not too many, and every part of them was stated."""

    record_key: str
    least_pct: float
    resource: str
    release: str
    grant: str
    receipt: str
    is_complete: bool
    holders: list[HolderOut]


@router.post("/legal_entity/control", response_model=ControlOut)
async def read_control(sent: ControlIn, asked: Annotated[Question, Depends(asker)]) -> Response:
    """Who holds and controls a firm, directly and through other firms, as far as the grant shows the shareholders."""
    assert asked.caller is not None
    wanted = whole.Wanted(control.KIND, sent.identifier or "", sent.record_key or "", sent.grants)
    answer = await control.ask(asked.exchange, asked.request, asked.caller, wanted, sent.least_pct)
    asked.request.state.receipt = answer.receipt
    headers = {"Cache-Control": "no-store", "X-Receipt-Id": answer.receipt}
    return Response(to_json(control.content(answer)), headers=headers, media_type="application/json")


@router.post("/{kind}", response_model=WholeOut)
async def read_whole(kind: str, sent: WholeIn, asked: Annotated[Question, Depends(asker)]) -> Response:
    """All that the caller's grants show of one person or firm; each table with its own receipt."""
    assert asked.caller is not None
    wanted = whole.Wanted(kind, sent.identifier or "", sent.record_key or "", sent.grants)
    found = await whole.view(asked.exchange, asked.request, asked.caller, wanted)
    asked.request.state.receipt = found.parts[0].receipt
    headers = {"Cache-Control": "no-store", "X-Receipt-Id": found.parts[0].receipt}
    return Response(to_json(whole.content(found)), headers=headers, media_type="application/json")
