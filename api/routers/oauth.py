"""Sign-in of clients: OAuth 2.0 client credentials (RFC 6749, 4.4)."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse

from api.deps import House
from api.signin import sign_in

router = APIRouter(tags=["oauth"])

_FORM = {
    "type": "object",
    "required": ["grant_type"],
    "properties": {name: {"type": "string"} for name in ("grant_type", "client_id", "client_secret")},
}
_BODY = {"requestBody": {"content": {"application/x-www-form-urlencoded": {"schema": _FORM}}}}


@router.post("/oauth/token", openapi_extra=_BODY)
async def token(request: Request, house: House) -> JSONResponse:
    """A bearer token for a client's secret, sent by HTTP Basic or in the form."""
    form = await request.form()
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    address = request.client.host if request.client else ""
    answer = await run_in_threadpool(sign_in, house, fields, request.headers.get("authorization", ""), address)
    request.state.client = answer.client
    return JSONResponse(answer.body, answer.status, answer.headers | {"Cache-Control": "no-store"})
