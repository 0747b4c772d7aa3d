"""Licences under a grant: valid on a day, and their cards; and the verification that is everybody's."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field
from pydantic_core import to_json
from starlette.responses import Response

from api import licences, verifying, whole
from api.deps import House, known_parameters
from api.question import Question
from api.routers.credit_reports import ProofOut
from api.routers.whole import ClosedOut, asker
from api.schemas import Sent
from basedb.validity import Validity

router = APIRouter(prefix="/v1", tags=["data"])


class LicenceIn(Sent):
    """Which licence, by one of the three; on: today or before. grants: resource -> grant, where several are live."""

    licence_id: str = Field("", max_length=100)
    licence_no: str = Field("", max_length=100)
    record_key: str = Field("", max_length=20)
    on: date | None = None
    grants: dict[str, str] = Field(default_factory=dict, max_length=50)


class AnswerOut(BaseModel):
    record_key: str
    answer: Validity


class ValidityOut(BaseModel):
    """The answer for each licence of that identifier or number; none where the grant knows of none."""

    on: date
    answers: list[AnswerOut]
    table: ProofOut


class CardOut(BaseModel):
    """validity: null where no grant shows the states. former, later: record keys of the chain, nearest first."""

    licence: dict[str, Any]
    holders: list[dict[str, Any]]
    states: list[dict[str, Any]]
    validity: Validity | None
    former: list[str]
    later: list[str]


class CardsOut(BaseModel):
    on: date
    cards: list[CardOut]
    tables: list[ProofOut]
    closed: list[ClosedOut]


class VerifyIn(Sent):
    """The identifier that stands on the licence; on: today or before."""

    licence_id: str = Field(min_length=1, max_length=100)
    on: date | None = None


class VerifiedOut(BaseModel):
    """Nothing but the answer for that day."""

    on: date
    answer: Validity
    receipt: str


_TOO_OFTEN: dict[int | str, dict[str, Any]] = {
    429: {
        "description": "查询过于频繁，稍后再试",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
}


def _wanted(sent: LicenceIn) -> licences.Wanted:
    return licences.Wanted(sent.licence_id, sent.licence_no, sent.record_key, sent.on, sent.grants)


@router.post("/licences/validity", response_model=ValidityOut)
async def read_validity(sent: LicenceIn, asked: Annotated[Question, Depends(asker)]) -> Response:
    """Whether a licence was valid on a day, out of its states under the caller's grant."""
    assert asked.caller is not None
    on, answers, part = await licences.valid(asked.exchange, asked.request, asked.caller, _wanted(sent))
    found = [{"record_key": key, "answer": answer} for key, answer in answers]
    return _answer(asked, part.receipt, {"on": on, "answers": found, "table": whole.proof(part)})


@router.post("/licences/cards", response_model=CardsOut)
async def read_cards(sent: LicenceIn, asked: Annotated[Question, Depends(asker)]) -> Response:
    """The card of a licence: itself, holders, states, chain; each table under its own grant and with its receipt."""
    assert asked.caller is not None
    found = await licences.cards(asked.exchange, asked.request, asked.caller, _wanted(sent))
    return _answer(asked, found.parts[0].receipt, licences.content(found))


def _answer(asked: Question, receipt: str, content: Any) -> Response:
    asked.request.state.receipt = receipt
    headers = {"Cache-Control": "no-store", "X-Receipt-Id": receipt}
    return Response(to_json(content), headers=headers, media_type="application/json")


@router.post(
    "/verifications/licence",
    response_model=VerifiedOut,
    tags=["open"],
    dependencies=[Depends(known_parameters)],
    responses=_TOO_OFTEN,
)
async def verify_licence(sent: VerifyIn, request: Request, house: House) -> Response:
    """For everybody: valid, not valid or unknown on a day, and nothing else."""
    found = await verifying.verify(house, request, sent.licence_id, sent.on)
    headers = {"Cache-Control": "no-store", "X-Receipt-Id": found["receipt"]}
    return Response(to_json(found), headers=headers, media_type="application/json")
