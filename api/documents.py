"""The OpenAPI document: problem answers on every route, the bearer token, a page without scripts from outside."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from api.schemas import Problem

# 422 stands in FastAPI's own documents for what leaves here as 400
PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"description": text, "content": {"application/problem+json": {}}, "model": Problem}
    for status, text in {
        400: "参数或内容不符合要求",
        401: "没有令牌，或令牌无效、过期、被吊销",
        403: "角色、部门或授权不允许",
        404: "不存在",
        503: "平台暂不可用，例如存证无法落盘",
    }.items()
}
PUBLIC = frozenset({"health", "oauth", "catalog", "pages"})

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
    schemes["client"] = {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "/oauth/token", "scopes": {}}}}
    for path in document["paths"].values():
        for operation in path.values():
            _finish_operation(operation)


def _finish_operation(operation: dict[str, Any]) -> None:
    tags = set(operation.get("tags", []))
    if not PUBLIC & tags:
        operation["security"] = [{scheme: []} for scheme in ("client", "session") if tags != _CLOSED_TO[scheme]]
    operation["responses"].pop("422", None)
    for response in operation["responses"].values():
        content = response.get("content", {})
        if "application/problem+json" in content and "application/json" in content:
            content["application/problem+json"] = content.pop("application/json")
