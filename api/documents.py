"""The OpenAPI document: problem answers on every route, the bearer token, a page without scripts from outside."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from api import base_documents
from api.schemas import Problem, TokenRefusal
from api.summaries import SUMMARIES

_TEXTS = {
    400: "参数或内容不符合要求",
    401: "没有令牌，或令牌无效、过期、被吊销",
    403: "角色、部门或授权不允许",
    404: "不存在",
    409: "与现状冲突，例如已被他人处理",
    410: "数据版本已过保存期",
    413: "内容过大",
    415: "不支持的格式",
    422: "文件或内容无法处理",
    451: "依法不予显示",
    503: "平台暂不可用，例如存证无法落盘",
}
_ALWAYS, _OF_DATA = (400, 401, 403, 404, 503), (410, 451)
_OF_CHANGES, _WITH_BODY = (409,), (413, 415, 422)
PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"description": _TEXTS[status], "content": {"application/problem+json": {}}, "model": Problem}
    for status in _ALWAYS
}
PUBLIC = frozenset({"health", "oauth", "catalog", "open", "pages"})
# records are for clients alone, administration is for people alone
_CLOSED_TO = {"client": {"people"}, "session": {"data"}}


def install(app: FastAPI) -> None:
    """Have the app say which routes need a token and that problems are problem documents."""
    build = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            _finish(build())
        assert app.openapi_schema is not None
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _finish(document: dict[str, Any]) -> None:
    schemes = document.setdefault("components", {}).setdefault("securitySchemes", {})
    schemes["session"] = {"type": "apiKey", "in": "cookie", "name": "__Host-sixbase-session"}
    tables = base_documents.schemas()
    document["components"].setdefault("schemas", {}).update(tables)
    document["components"]["schemas"]["TokenRefusal"] = TokenRefusal.model_json_schema()
    _describe_record(document["paths"], tables)
    schemes["client"] = {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "/oauth/token", "scopes": {}}}}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            operation["summary"] = SUMMARIES[f"{method.upper()} {path}"]
            _finish_operation(method, operation)


def _describe_record(paths: dict[str, Any], tables: dict[str, Any]) -> None:
    """Say of a record that it is one of a base's tables, or what the catalog says of a department's resource."""
    answer = paths["/v1/data/{resource}/records/{record_key}"]["get"]["responses"]["200"]
    known = [{"$ref": f"#/components/schemas/{name}"} for name in tables]
    answer["content"] = {"application/json": {"schema": {"anyOf": [*known, {"type": "object"}]}}}


def _finish_operation(method: str, operation: dict[str, Any]) -> None:
    tags = set(operation.get("tags", []))
    if not PUBLIC & tags:
        operation["security"] = [{scheme: []} for scheme in ("client", "session") if tags != _CLOSED_TO[scheme]]
    # 422 stands in FastAPI's own documents for what leaves here as 400
    operation["responses"].pop("422", None)
    more = (
        *(_OF_CHANGES if method not in ("get", "head") else ()),
        *(_WITH_BODY if "requestBody" in operation else ()),
        *(_OF_DATA if {"data", "open"} & tags else ()),
    )
    for status in more:
        operation["responses"].setdefault(str(status), _problem(_TEXTS[status]))
    for response in operation["responses"].values():
        content = response.get("content", {})
        if content.get("application/problem+json") == {} and "application/json" in content:
            content["application/problem+json"] = content.pop("application/json")


def _problem(text: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": text, "content": {"application/problem+json": {"schema": schema}}}
