"""Sign-in of clients: OAuth 2.0 client credentials (RFC 6749, 4.4)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse

from api import schemas
from api.deps import House
from api.peers import address_of
from api.signin import sign_in

router = APIRouter(tags=["oauth"])

_FORM = {
    "type": "object",
    "required": ["grant_type"],
    "properties": {name: {"type": "string"} for name in ("grant_type", "client_id", "client_secret")},
}
_BODY = {"requestBody": {"content": {"application/x-www-form-urlencoded": {"schema": _FORM}}}}


_REFUSED: dict[int | str, dict[str, Any]] = {
    status: {
        "description": description,
        "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/TokenRefusal"}},
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}},
        },
    }
    for status, description in {
        400: "请求不完整，或不是这种登录方式",
        401: "客户端标识或密钥不正确",
        429: "连续登录失败，稍后再试",
    }.items()
}


@router.post("/oauth/token", openapi_extra=_BODY, responses=_REFUSED, response_model=schemas.Token)
async def token(request: Request, house: House) -> JSONResponse:
    """A bearer token for a client's secret, sent by HTTP Basic or in the form."""
    form = await request.form()
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    address = address_of(request)
    answer = await run_in_threadpool(sign_in, house, fields, request.headers.get("authorization", ""), address)
    request.state.client = answer.client
    return JSONResponse(answer.body, answer.status, answer.headers | {"Cache-Control": "no-store"})
