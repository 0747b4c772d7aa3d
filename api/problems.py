"""Errors as RFC 9457 problem documents: one table from error to status."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from api.question import Question
from catalog import errors
from catalog.errors import PlatformError

MEDIA_TYPE = "application/problem+json"

STATUS: dict[type[PlatformError], int] = {
    errors.NotSignedIn: 401,
    errors.NotAllowed: 403,
    errors.NotGranted: 403,
    errors.NotFound: 404,
    errors.Invalid: 400,
    errors.Conflict: 409,
    errors.ReleaseExpired: 410,
    errors.TooMuch: 413,
    errors.Unreadable: 422,
    errors.WorkbookRefused: 422,
    errors.LockedOut: 429,
    errors.TooOften: 429,
    errors.Suppressed: 451,
    errors.NoRelease: 404,
    errors.NoEvidence: 503,
    errors.Misconfigured: 503,
    errors.Damaged: 503,
    errors.BuildFailed: 503,
}
# answers of routes that take workbooks; the document of 422 would else be left out
WORKBOOK_PROBLEMS: dict[int | str, dict[str, Any]] = {
    409: {"description": "与登记簿的现状冲突", "content": {MEDIA_TYPE: {}}},
    413: {"description": "工作簿过大", "content": {MEDIA_TYPE: {}}},
}
TITLES = {
    400: "请求不符合要求",
    401: "未登录",
    403: "没有权限",
    404: "不存在",
    405: "不支持的方法",
    409: "与现状冲突",
    410: "已过保存期",
    413: "超出大小限制",
    415: "不支持的格式",
    422: "内容无法处理",
    429: "请稍后再试",
    451: "依法不予显示",
    500: "平台内部错误",
    503: "平台暂不可用",
}


def status_of(error: PlatformError) -> int:
    """The status of an error, by its nearest class in the table."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)


def install(app: FastAPI) -> None:
    """Let every error leave the app as a problem document."""
    app.add_exception_handler(PlatformError, _platform_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)


def problem(
    request_id: str, status: int, code: str, fault: str, detail: str, remedy: str = "", **more: Any
) -> JSONResponse:
    """A problem document; `more` are extension members, left out when empty."""
    content = {
        "type": f"urn:sixbase:problem:{code}",
        "title": TITLES.get(status, "错误"),
        "status": status,
        "detail": detail,
        "code": code,
        "fault": fault,
        "remedy": remedy,
        "request_id": request_id,
        **{name: value for name, value in more.items() if value},
    }
    return JSONResponse(content, status, media_type=MEDIA_TYPE)


async def _platform_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, PlatformError)
    return await _answer(request, error)


async def _answer(request: Request, error: PlatformError, **more: Any) -> Response:
    """The problem, with the receipt of the refusal where the question was about data."""
    question: Question | None = getattr(request.state, "question", None)
    receipt = ""
    if question is not None and not isinstance(error, errors.NoEvidence):
        try:
            receipt = await question.refuse(error)
        except errors.NoEvidence as unwritten:
            error = unwritten
    status = status_of(error)
    facts = {k: v for k, v in error.facts.items() if isinstance(v, str | int | float | bool | list)}
    response = problem(
        request.state.request_id,
        status,
        error.code,
        error.fault,
        error.message,
        error.remedy,
        receipt_id=receipt,
        facts=facts,
        **more,
    )
    if receipt:
        response.headers["X-Receipt-Id"] = receipt
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="sixbase"'
    if status in (429, 503):
        response.headers["Retry-After"] = str(error.facts.get("seconds", 5))
    return response


async def _validation_error(request: Request, error: Exception) -> Response:
    """What was wrong where; never the value that was sent."""
    assert isinstance(error, RequestValidationError)
    found = [{"where": [str(part) for part in e["loc"]], "what": e["type"]} for e in error.errors()]
    wrong = errors.Invalid("请求的参数或内容不符合接口说明", remedy="对照 /docs 修改 errors 所列之处")
    return await _answer(request, wrong, errors=found)


_HTTP_CODES = {404: "not_found", 405: "method_not_allowed", 413: "too_much", 415: "unsupported_format"}


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = _HTTP_CODES.get(error.status_code, "invalid")
    detail = TITLES.get(error.status_code, "错误")
    response = problem(request.state.request_id, error.status_code, code, "caller", detail, "对照 /docs 检查路径和方法")
    response.headers.update(error.headers or {})
    return response
